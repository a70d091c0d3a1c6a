/** `npm run kafka`: a broker for local work through Java, with the default topics, until Ctrl-C. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startKafka } from "./broker.mjs";
import { cacheDir } from "./jars.mjs";
import { listening } from "./ports.mjs";
import { createTopics } from "./topics.mjs";

const port = Number(process.env.KAFKA_PORT ?? 9092);
const say = (line) => process.stdout.write(`${line}\n`);
try {
  if (await listening(port))
    throw new Error(`something already listens on 127.0.0.1:${port}; set KAFKA_PORT`);
  // Kept between starts, like the broker of docker-compose.yml.
  const dir = join(cacheDir(), "kafka", `data-${port}`);
  mkdirSync(dir, { recursive: true });
  say("starting Apache Kafka (the first start downloads about 45 MB from Maven Central) …");
  const kafka = await startKafka({ port, dir, archive: true });
  const topics = await createTopics(kafka.brokers);
  say(`Apache Kafka listens on ${kafka.brokers[0]}, data in ${dir}`);
  say(`topics: ${topics.join(", ")}`);
  say("Ctrl-C stops it");
  await new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  say("stopping …");
  await kafka.stop();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

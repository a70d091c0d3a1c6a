import { readFileSync } from "node:fs";
import kafkajs from "kafkajs";

/** Default topics, read from the one table that names them, so that this runs without a build. */
function defaultTopics() {
  const table = readFileSync(new URL("../../../schemas/input/streams.ts", import.meta.url), "utf8");
  return [...table.matchAll(/^ {4}topic: "([^"]+)"/gm)].map((match) => match[1]);
}

/** Creates the default topics that do not exist yet; returns the names of all. */
export async function createTopics(brokers, partitions = 3) {
  const kafka = new kafkajs.Kafka({
    clientId: "fundpulse-local",
    brokers,
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin({ retry: { retries: 20, initialRetryTime: 200, maxRetryTime: 1000 } });
  const topics = defaultTopics();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: topics.map((topic) => ({ topic, numPartitions: partitions })),
    });
  } finally {
    await admin.disconnect();
  }
  return topics;
}

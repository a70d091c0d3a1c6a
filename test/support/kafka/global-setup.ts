import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { startKafka } from "./broker.mjs";
import { dockerAnswers, startDockerKafka } from "./docker.mjs";
import { requireJava } from "./jars.mjs";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where a test file asks for the run's one broker. */
    kafkaDoor: string;
  }
}

interface RunningBroker {
  readonly brokers: readonly string[];
  stop(): Promise<unknown>;
}

/**
 * One broker for a whole run of tests, started when the first test file asks for it: `KAFKA_BROKERS` if
 * set, else Docker Compose, else Java.
 */
async function startBroker(): Promise<RunningBroker> {
  const given = process.env.KAFKA_BROKERS;
  if (given) return { brokers: given.split(","), stop: async () => undefined };
  if (await dockerAnswers()) {
    try {
      return await startDockerKafka();
    } catch (error) {
      process.stderr.write(`${(error as Error).message}; trying Java\n`);
    }
  }
  return startKafka({ archive: true });
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let running: Promise<RunningBroker> | null = null;
  let said = false;
  const say = (error: Error): void => {
    const verdict = process.env.CI === "true" ? "FAIL" : "are SKIPPED";
    if (!said) process.stderr.write(`\n*** Kafka tests ${verdict}: ${error.message.split("\n")[0]} ***\n\n`);
    said = true;
  };
  const door = createServer((request, response) => {
    const own = request.url === "/own";
    if (!own && running === null) running = startBroker();
    const asked: Promise<object> = own ? requireJava().then(() => ({})) : (running as Promise<RunningBroker>);
    asked.then(
      (broker) => response.end(JSON.stringify({ brokers: (broker as Partial<RunningBroker>).brokers })),
      (error: Error) => {
        say(own ? new Error(`those that need a broker of their own: ${error.message}`) : error);
        response.end(JSON.stringify({ error: error.message }));
      },
    );
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  project.provide("kafkaDoor", `http://127.0.0.1:${(door.address() as AddressInfo).port}/`);
  return async () => {
    door.closeAllConnections();
    door.close();
    const broker = await running?.catch(() => null);
    await broker?.stop();
  };
}

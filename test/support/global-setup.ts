import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import type { TestProject } from "vitest/node";
import { startKafka } from "./kafka/broker.mjs";
import { dockerAnswers, startDockerKafka } from "./kafka/docker.mjs";
import { requireJava } from "./kafka/jars.mjs";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where a test file asks for what the whole run shares: its broker, its published workspaces. */
    sharedDoor: string;
  }
}

interface RunningBroker {
  readonly brokers: readonly string[];
  stop(): Promise<unknown>;
}

/** The run's one broker: `KAFKA_BROKERS` if set, else Docker Compose, else Java. */
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

/** Work that is begun when it is first asked for, and done once. */
class Once<T> {
  readonly #begun = new Map<string, Promise<T>>();

  get(key: string, begin: () => Promise<T>): Promise<T> {
    const begun = this.#begun.get(key) ?? begin();
    this.#begun.set(key, begun);
    return begun;
  }

  /** What was made, without what failed. */
  async made(): Promise<T[]> {
    const all = await Promise.allSettled(this.#begun.values());
    return all.flatMap((r) => (r.status === "fulfilled" ? [r.value] : []));
  }
}

const broker = new Once<RunningBroker>();
const workspaces = new Once<string>();
let said = false;

function say(error: Error): void {
  const verdict = process.env.CI === "true" ? "FAIL" : "are SKIPPED";
  if (!said) process.stderr.write(`\n*** Kafka tests ${verdict}: ${error.message.split("\n")[0]} ***\n\n`);
  said = true;
}

/** What a test file asks for, by path. */
async function answer(path: string): Promise<object> {
  const [, what, name] = path.split("/");
  if (what === "published") {
    const drain = async (): Promise<string> => (await import("./printed.js")).drainedFolder(name);
    return { root: await workspaces.get(name, drain) };
  }
  try {
    if (what === "java") {
      await requireJava();
      return {};
    }
    return { brokers: (await broker.get("shared", startBroker)).brokers };
  } catch (error) {
    say(
      what === "java"
        ? new Error(`those that need a broker of their own: ${(error as Error).message}`)
        : (error as Error),
    );
    throw error;
  }
}

/** Starts, when the first test file asks for it, what is dear and can be shared by a whole run of tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const door = createServer((request, response) => {
    answer(request.url ?? "").then(
      (body) => response.end(JSON.stringify(body)),
      (error: Error) => response.end(JSON.stringify({ error: error.message })),
    );
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  project.provide("sharedDoor", `http://127.0.0.1:${(door.address() as AddressInfo).port}/`);
  return async () => {
    door.closeAllConnections();
    door.close();
    for (const { stop } of await broker.made()) await stop();
    for (const root of await workspaces.made()) rmSync(dirname(root), { recursive: true, force: true });
  };
}

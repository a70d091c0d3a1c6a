import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type JobFigure, readFigure } from "../../../connectors/flink/figure.js";
import type { JobManifest } from "../../../connectors/flink/generate.js";
import { createKafkaClient } from "../../../connectors/kafka/client.js";
import { silentLog } from "../../../connectors/ports/log.js";

/** Follows a figures topic, committed records alone. */
export class FigureFollower {
  readonly latest = new Map<string, JobFigure>();
  readonly #end: () => Promise<void>;

  private constructor(end: () => Promise<void>) {
    this.#end = end;
  }

  static async open(brokers: readonly string[], manifest: JobManifest): Promise<FigureFollower> {
    const kafka = createKafkaClient(
      { brokers: [...brokers], clientId: "figures", ssl: false },
      silentLog,
      30,
    );
    const consumer = kafka.consumer({
      groupId: `figures-${randomBytes(6).toString("hex")}`,
      readUncommitted: false,
    });
    const follower = new FigureFollower(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topic: manifest.topics.figures, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const key = message.key!.toString();
        if (message.value === null) follower.latest.delete(key);
        else follower.latest.set(key, readFigure(manifest, key, message.value));
      },
    });
    return follower;
  }

  /** Records of a stream that the figures are of. */
  read(stream: "settlement" | "facility"): number {
    let n = 0;
    for (const f of this.latest.values()) if (f.kind === "progress" && f.stream === stream) n += f.records;
    return n;
  }

  async until(what: string, condition: () => boolean, timeoutMs = 420_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!condition()) {
      if (Date.now() > end) {
        throw new Error(
          `${what}: settlements ${this.read("settlement")}, facilities ${this.read("facility")} so far`,
        );
      }
      await sleep(250);
    }
    // The rest of the transaction that brought it.
    await sleep(1500);
  }

  async close(): Promise<void> {
    await this.#end();
  }
}

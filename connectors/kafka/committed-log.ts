import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, Kafka } from "kafkajs";
import { FundpulseError } from "../../schemas/errors.js";
import type { Log } from "../ports/log.js";
import { createKafkaClient, type KafkaConnection, kafkaCalls, kafkaFailure } from "./client.js";

const require = createRequire(import.meta.url);

const READ_COMMITTED = 1;
const MAX_BYTES = 20 << 20;
const MAX_WAIT_MS = 500;
/** An answer without records below the end is believed only after so many: a broker that slows us down gives such. */
const EMPTY_ANSWERS = 20;
const MAX_PAUSE_MS = 2_000;

export interface LogMessage {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: string;
}

/** Some of a log: messages of committed transactions, where they end, and where what is decided ends. */
export interface LogPart {
  readonly messages: readonly LogMessage[];
  readonly next: number;
  /** The last stable offset when this was read: every transaction below it has ended. */
  readonly end: number;
}

interface PartitionAnswer {
  readonly lastStableOffset: string;
}
interface Broker {
  fetch(request: object): Promise<{
    readonly clientSideThrottleTime?: number;
    readonly responses: readonly { readonly partitions: readonly PartitionAnswer[] }[];
  }>;
}
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
  findBroker(node: { nodeId: string }): Promise<Broker>;
}
interface Batch {
  readonly rawMessages: readonly { readonly offset: string }[];
  readonly messagesWithinOffset: readonly { readonly offset: string }[];
  readonly messages: readonly (Omit<LogMessage, "offset"> & { readonly offset: string })[];
}
type BatchClass = new (topic: string, from: string, answer: PartitionAnswer) => Batch;

/**
 * The only partition of a topic, read as far as its transactions have ended. kafkajs (pinned) knows where that is, and
 * tells its consumers nothing of it: so its fetch is called here, without a consumer and without a group.
 */
export class CommittedLog {
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #batch = require("kafkajs/src/consumer/batch") as BatchClass;
  #cluster: Cluster | null = null;
  #broker: Broker | null = null;
  #empty = 0;

  constructor(
    private readonly connection: KafkaConnection,
    readonly topic: string,
    log: Log,
  ) {
    this.#kafka = createKafkaClient(connection, log, 5);
    this.#admin = this.#kafka.admin();
  }

  /**
   * Looks the topic up: first offset, and end of what is decided; null where there is no such topic.
   * @throws FundpulseError FP3001, FP3005; FP3005 also where the topic has several partitions
   */
  async ends(): Promise<{ readonly low: number; readonly high: number } | null> {
    return kafkaCalls(this.connection, async () => {
      await this.#admin.connect();
      if (!(await this.#admin.listTopics()).includes(this.topic)) return null;
      const ends = await this.#admin.fetchTopicOffsets(this.topic);
      if (ends.length !== 1) {
        throw new FundpulseError(
          "FP3005",
          `topic ${this.topic} on ${this.connection.brokers.join(", ")} has ${ends.length} partitions, and is to have one`,
        );
      }
      return { low: Number(ends[0].low), high: Number(ends[0].high) };
    });
  }

  /**
   * What follows an offset; waits for a moment where nothing does. Goes on by itself where the broker was away or
   * another one leads; null where `signal` aborted meanwhile.
   * @throws FundpulseError FP3003 where the log ends before the offset, FP3005 where we are refused
   */
  async read(from: number, signal: AbortSignal, away: (why: string) => void): Promise<LogPart | null> {
    for (let pause = 100; !signal.aborted; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
      try {
        return await this.#fetch(from);
      } catch (error) {
        await this.#disconnect();
        if ((error as { type?: string }).type === "OFFSET_OUT_OF_RANGE") {
          throw new FundpulseError("FP3003", `topic ${this.topic} does not hold offset ${from} any more`);
        }
        // What is no failure of a broker or of the way to it would fail for ever.
        const { name, code } = error as { name?: string; code?: unknown };
        if (!name?.startsWith("KafkaJS") && code === undefined) throw error;
        const failure = kafkaFailure(error, this.connection);
        if (failure.code !== "FP3001") throw failure;
        away(failure.message);
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      }
    }
    return null;
  }

  async #fetch(from: number): Promise<LogPart> {
    const broker = await this.#leader();
    const answer = await broker.fetch({
      replicaId: -1,
      isolationLevel: READ_COMMITTED,
      maxWaitTime: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      topics: [
        {
          topic: this.topic,
          partitions: [{ partition: 0, fetchOffset: String(from), maxBytes: MAX_BYTES }],
        },
      ],
    });
    const [partition] = answer.responses[0].partitions;
    const batch = new this.#batch(this.topic, String(from), partition);
    const end = Number(partition.lastStableOffset);
    const last = batch.messagesWithinOffset.at(-1);
    const messages = batch.messages.map((m) => ({ ...m, offset: Number(m.offset) }));
    if (last !== undefined) {
      this.#empty = 0;
      return { messages, next: Number(last.offset) + 1, end };
    }
    if (from >= end) return { messages, next: from, end };
    // Records at this place were compacted away, or the broker makes us wait.
    if (batch.rawMessages.length === 0) await sleep(100 + (answer.clientSideThrottleTime ?? 0));
    const isHole = batch.rawMessages.length > 0 || ++this.#empty > EMPTY_ANSWERS;
    return { messages, next: isHole ? from + 1 : from, end };
  }

  async #leader(): Promise<Broker> {
    if (this.#broker !== null) return this.#broker;
    const make = Object.getOwnPropertySymbols(this.#kafka).find((s) =>
      s.description?.endsWith("createCluster"),
    );
    if (make === undefined)
      throw new Error("kafkajs is another version than the one that this was written for");
    const cluster = (this.#kafka as unknown as Record<symbol, (options: object) => Cluster>)[make]({
      metadataMaxAge: 300_000,
      allowAutoTopicCreation: false,
      isolationLevel: READ_COMMITTED,
    });
    this.#cluster = cluster;
    await cluster.connect();
    await cluster.addTargetTopic(this.topic);
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(this.topic, [0]));
    this.#broker = await cluster.findBroker({ nodeId });
    return this.#broker;
  }

  async #disconnect(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = null;
    this.#broker = null;
    await cluster?.disconnect().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#disconnect();
    await this.#admin.disconnect().catch(() => undefined);
  }
}

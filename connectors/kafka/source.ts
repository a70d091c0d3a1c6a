import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, Kafka } from "kafkajs";
import { silentLog } from "../ports/log.js";
import type { Source, SourceBatch, SourceConnection, SourceContext, SourceLag } from "../ports/source.js";
import { createKafkaClient, kafkaCalls, kafkaFailure } from "./client.js";
import type { KafkaSettings, KafkaSourceOptions } from "./options.js";
import { countingUncommitted } from "./patches.js";
import { KafkaRun } from "./run.js";
import { type OffsetRange, planTopics, readRanges, sourceName, splitKey } from "./topics.js";

/** How old the log ends may be that `lag` is counted from. */
const LAG_MS = 2_000;

/**
 * All configured topics of a Kafka cluster, read by one consumer. Where it stands comes from the state of
 * the program alone; what the broker remembers for the group is a hint for its tools.
 */
export class KafkaSource implements Source {
  readonly name = "kafka";
  private readonly settings: KafkaSettings;
  private readonly clientId: string;
  private readonly evictable: boolean;
  private readonly kafka: Kafka;
  /** For questions, whose failure is dealt with here. */
  private readonly looker: Kafka;
  private admin: Admin | null = null;
  private running: KafkaRun | null = null;
  private last: SourceContext | null = null;
  private closed = false;
  /** Ends of the logs as last looked up for `lag`. */
  private readonly ends = new Map<string, OffsetRange>();
  private endsAt = Number.NEGATIVE_INFINITY;
  /** The same ends with what open transactions have appended. */
  private readonly appended = new Map<string, OffsetRange>();
  private state: SourceConnection | null = null;

  constructor(options: KafkaSourceOptions) {
    this.settings = {
      log: silentLog,
      bootRetryMs: 20_000,
      rescanMs: 30_000,
      hintMs: 5_000,
      maxBatchRecords: 8_192,
      sessionTimeoutMs: 10_000,
      sharedMs: 60_000,
      acceptGaps: [],
      ...options,
      // Only a run joins a group.
      groupId: options.config.groupId ?? options.groupId ?? "fundpulse",
    };
    const { config, log } = this.settings;
    const suffix = options.instance === undefined ? "" : `-${instanceHash(options.instance)}`;
    this.clientId = config.clientId + suffix;
    this.evictable = options.instance !== undefined;
    const connection = { ...config, clientId: this.clientId };
    this.kafka = createKafkaClient(connection, log);
    this.looker = createKafkaClient(connection, { ...log, warn: log.debug }, 1);
  }

  async check(): Promise<string> {
    const { config } = this.settings;
    const admin = await this.connect();
    const plan = await this.calling(() => planTopics(admin, config, () => []));
    const topics = [...plan.streams.keys()].map((topic) => {
      const ranges = [...plan.ranges].filter(([key]) => key.startsWith(`${topic}/`)).map(([, r]) => r);
      const records = ranges.reduce((sum, r) => sum + r.high - r.low, 0);
      return `${topic} (${ranges.length} ${ranges.length === 1 ? "partition" : "partitions"}, ${records} records)`;
    });
    const missing = plan.missing.length > 0 ? `; not there: ${plan.missing.join(", ")}` : "";
    return `Kafka at ${config.brokers.join(", ")}: ${topics.join(", ")}${missing}`;
  }

  async run(
    context: SourceContext,
    deliver: (batch: SourceBatch) => Promise<void>,
    options: { readonly untilDrained: boolean; readonly onDrained: () => void },
  ): Promise<void> {
    this.last = context;
    const admin = await this.connect(context.signal);
    if (context.signal.aborted) return;
    this.running = new KafkaRun({
      kafka: this.kafka,
      clientId: this.clientId,
      evict: this.evictable,
      admin,
      settings: this.settings,
      context,
      deliver,
      ...options,
    });
    await this.calling(() => (this.running as KafkaRun).run());
  }

  async lag(): Promise<readonly SourceLag[]> {
    const run = this.running;
    if (run === null || this.last === null || this.admin === null) return [];
    if (performance.now() - this.endsAt > LAG_MS) {
      this.endsAt = performance.now();
      try {
        await this.lookAtEnds(this.admin, run.topics);
        this.answered(true);
      } catch {
        this.answered(false);
        this.endsAt = Number.NEGATIVE_INFINITY;
      }
    }
    const lags: SourceLag[] = [];
    for (const [key, range] of this.ends) {
      const [topic, partition] = splitKey(key);
      const source = sourceName(topic);
      // Control and aborted records after the last one applied do not count as lag once they were seen.
      const stored = this.last.committed(source, partition)?.next ?? range.low;
      const read = Math.max(stored, run.readTo(key) ?? 0);
      const open = Math.max(0, (this.appended.get(key)?.high ?? 0) - Math.max(range.high, read));
      lags.push({
        source,
        partition,
        lag: Math.max(0, range.high - read) + open,
        ...(open > 0 ? { inOpenTransactions: open } : {}),
      });
    }
    return lags;
  }

  /** Everything appended is asked before everything committed: what is committed in between counts once. */
  private async lookAtEnds(admin: Admin, topics: readonly string[]): Promise<void> {
    await countingUncommitted(async () => {
      for (const topic of topics) await readRanges(admin, topic, this.appended);
    });
    for (const topic of topics) await readRanges(admin, topic, this.ends);
  }

  private answered(connected: boolean): void {
    const now = performance.now();
    const before = this.state;
    const since = before !== null && before.connected === connected ? before.since : now;
    this.state = { connected, since, lagAt: connected ? now : (before?.lagAt ?? null) };
    if (before !== null && before.connected !== connected)
      this.settings.log.warn(connected ? "Kafka answers again" : "Kafka does not answer", {
        brokers: this.settings.config.brokers,
      });
  }

  connection(): SourceConnection | null {
    return this.state;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.running?.stop();
    await this.admin?.disconnect().catch(() => undefined);
    this.admin = null;
  }

  /** Looks for a broker until `bootRetryMs` are over; what will not change by waiting is thrown at once. */
  private async connect(signal?: AbortSignal): Promise<Admin> {
    if (this.admin !== null) return this.admin;
    const { config, log, bootRetryMs } = this.settings;
    const deadline = performance.now() + bootRetryMs;
    for (let attempt = 1; ; attempt++) {
      const admin = this.looker.admin();
      try {
        await admin.connect();
        await admin.listTopics();
        this.admin = admin;
        return admin;
      } catch (error) {
        await admin.disconnect().catch(() => undefined);
        const failure = kafkaFailure(error, config);
        const stop = this.closed || signal?.aborted === true;
        if (failure.code !== "FP3001" || performance.now() >= deadline || stop) throw failure;
        if (attempt === 1) log.warn("waiting for Kafka", { brokers: config.brokers, error: failure.message });
        await sleep(Math.min(500, bootRetryMs / 4));
      }
    }
  }

  private async calling<T>(work: () => Promise<T>): Promise<T> {
    return kafkaCalls(this.settings.config, work);
  }
}

const instanceHash = (instance: string): string =>
  createHash("sha256").update(`${hostname()}\0${instance}`).digest("hex").slice(0, 8);

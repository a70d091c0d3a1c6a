import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { FundpulseError } from "../../schemas/errors.js";
import type { StreamName } from "../../schemas/input/streams.js";
import { SerialQueue } from "../ports/serial-queue.js";
import type { Position, SourceBatch, SourceContext } from "../ports/source.js";
import { beat, RejoinNeeded, shapeOf, sourceBatch } from "./batch.js";
import { kafkaFailure } from "./client.js";
import { AcceptedGaps } from "./gaps.js";
import { fingerprintOf, PartitionGuard } from "./guard.js";
import { PositionHints } from "./hints.js";
import type { KafkaSettings } from "./options.js";
import { evictBeforeJoin, onFetchFailure } from "./patches.js";
import { ReadingProgress } from "./progress.js";
import { Sharing } from "./sharing.js";
import { type OffsetRange, partitionKey, rangeProblem, sourceName, splitKey, topicOf } from "./topics.js";
import { type AcceptLoss, LogWatch } from "./watch.js";

export interface KafkaRunParts {
  readonly kafka: Kafka;
  readonly clientId: string;
  readonly evict: boolean;
  readonly admin: Admin;
  readonly settings: KafkaSettings;
  readonly context: SourceContext;
  readonly deliver: (batch: SourceBatch) => Promise<void>;
  readonly untilDrained: boolean;
  readonly onDrained: () => void;
}

/**
 * So long after a fetch the next one begins at the last record applied, to recognise it: meanwhile the
 * topic may have been made anew, and nothing else would show it.
 */
const RECOGNISE_AFTER_MS = 500;

/**
 * One run of the consumer, from the check of stored positions to the disconnect. kafkajs fetches, joins
 * and decompresses; every decision about positions is made here and in the guards.
 */
export class KafkaRun {
  private readonly consumer: Consumer;
  private readonly progress = new ReadingProgress();
  private readonly guards = new Map<string, PartitionGuard>();
  private readonly hints: PositionHints;
  private readonly watch: LogWatch;
  private readonly gaps: AcceptedGaps;
  private readonly sharing: Sharing;
  private failure: unknown = null;
  private over = false;
  private finish: () => void = () => undefined;
  private readonly finished = new Promise<void>((resolve) => (this.finish = resolve));
  /**
   * Deliveries and what changes the position that they stand on, one after the other: a batch of the log before must not
   * be applied behind the gap that was accepted meanwhile.
   */
  private readonly turns = new SerialQueue();
  private ended: Promise<void> | null = null;
  private sayDrained = true;
  private confirming = false;
  private goneScans = 0;
  private readonly fetchTimes = new Map<string, number>();

  constructor(private readonly parts: KafkaRunParts) {
    const { kafka, settings } = parts;
    this.consumer = kafka.consumer({
      groupId: settings.groupId,
      sessionTimeout: settings.sessionTimeoutMs,
      heartbeatInterval: Math.ceil(settings.sessionTimeoutMs / 4),
      rebalanceTimeout: 30_000,
      metadataMaxAge: settings.rescanMs,
      maxBytesPerPartition: 4 << 20,
      maxBytes: 16 << 20,
      maxWaitTimeInMs: 500,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries: 8 },
    });
    this.watch = new LogWatch(parts.admin, settings.config, parts.context);
    this.hints = new PositionHints(this.consumer, parts.context);
    this.gaps = new AcceptedGaps(settings.acceptGaps, parts.context);
    this.sharing = new Sharing(parts.admin, settings, parts.context, (failure) => this.end(failure));
  }

  get topics(): readonly string[] {
    return this.watch.topics;
  }

  /** Offset up to which a partition has been dealt with in this run. */
  readTo(key: string): number | undefined {
    return this.progress.position(key);
  }

  async run(): Promise<void> {
    const { context, settings } = this.parts;
    await this.watch.look();
    if (this.watch.plan.missing.length > 0)
      context.warn("kafka topics missing", { topics: this.watch.plan.missing });
    this.gaps.check(this.topics, this.watch.ranges);
    await this.watch.check(this.accepting);
    this.tellBeginnings();
    this.progress.ends(this.watch.plan.ranges);
    const stop = () => this.end(null);
    context.signal.addEventListener("abort", stop, { once: true });
    this.listen();
    const forget = onFetchFailure((error) => this.fetchFailed(error));
    const hints = setInterval(() => void this.hints.tell(this.guards.values()), settings.hintMs);
    const scanning = this.scan();
    try {
      if (context.signal.aborted) return;
      await this.consumer.connect();
      await this.consume(this.topics);
      await this.finished;
    } finally {
      this.over = true;
      this.finish();
      this.sharing.end();
      clearInterval(hints);
      forget();
      context.signal.removeEventListener("abort", stop);
      await this.disconnect();
      await scanning;
    }
    if (this.failure !== null) throw this.failure;
  }

  /** Ends the run after the delivery that is under way. */
  async stop(): Promise<void> {
    this.end(null);
    await this.ended;
  }

  private end(failure: unknown): void {
    if (this.failure === null) this.failure = failure;
    this.over = true;
    this.finish();
  }

  private async consume(topics: readonly string[]): Promise<void> {
    const { groupId } = this.parts.settings;
    await this.consumer.subscribe({ topics: [...topics], fromBeginning: true });
    if (this.parts.evict) evictBeforeJoin(groupId, this.parts.clientId);
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: (payload) => this.turns.run(() => this.take(payload)),
    });
  }

  /** Waits for the delivery and the accepted gaps under way, whatever the connection does; for the connection only a while. */
  private disconnect(): Promise<void> {
    this.ended ??= (async () => {
      await this.turns.idle();
      const goodbye = async () => {
        await Promise.race([this.hints.tell(this.guards.values()), sleep(1_000)]);
        await this.consumer.disconnect();
      };
      const patience = new AbortController();
      await Promise.race([
        goodbye().catch(() => undefined),
        sleep(10_000, undefined, { signal: patience.signal }).catch(() => undefined),
      ]);
      patience.abort();
    })();
    return this.ended;
  }

  private listen(): void {
    const { consumer } = this;
    const { GROUP_JOIN, CRASH, FETCH, START_BATCH_PROCESS } = consumer.events;
    consumer.on(GROUP_JOIN, (event) => this.joined(event.payload.memberAssignment, event.payload.memberId));
    consumer.on(CRASH, ({ payload }) => {
      if (this.over) return;
      if (this.sharing.isForeign(payload.error)) return this.end(this.sharing.foreign());
      if (payload.restart) return;
      const failure = kafkaFailure(payload.error, this.parts.settings.config);
      // A refusal is for the operator; everything else is for the supervisor.
      this.end(
        failure.code === "FP3005"
          ? failure
          : new FundpulseError("FP3004", `the Kafka client stopped: ${payload.error.message}`, {
              cause: payload.error,
            }),
      );
    });
    consumer.on(FETCH, (event) => {
      const node = String((event.payload as { nodeId?: unknown }).nodeId);
      this.fetchTimes.set(node, performance.now());
      this.progress.fetched(node);
      this.maybeDrained();
    });
    consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      this.progress.busy();
      if ((payload as { batchSize: number }).batchSize === 0) this.skipped(payload);
    });
  }

  /**
   * Seeks every assigned partition to our own position. kafkajs calls this within the join, before any
   * fetch: nothing here may wait.
   */
  private joined(assignment: Record<string, number[]>, memberId: string): void {
    const { context } = this.parts;
    this.guards.clear();
    this.fetchTimes.clear();
    const keys = new Set<string>();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const key = partitionKey(topic, partition);
        const sourcePartition = { source: sourceName(topic), partition: String(partition) };
        const stored = context.committed(sourcePartition.source, sourcePartition.partition);
        const guard = new PartitionGuard(
          sourcePartition,
          stored,
          this.watch.ranges.get(key),
          this.watch.plan.compacted.has(topic),
        );
        keys.add(key);
        this.guards.set(key, guard);
        this.consumer.seek({ topic, partition, offset: String(guard.start) });
        this.progress.at(topic, partition, stored?.next ?? guard.start, guard.verified);
      }
    }
    this.progress.assigned(keys);
    const { assignedCount: assigned, count } = this.progress;
    this.sharing.assigned(assigned, count, memberId);
    this.sayDrained = true;
  }

  /** What follows a failed fetch may be another log: it has to show the last records applied first. */
  private fetchFailed(error: unknown): void {
    // An offset out of range has its own way: kafkajs steps back or forth, and the guard sees it.
    if (this.over || (error as { type?: string }).type === "OFFSET_OUT_OF_RANGE") return;
    for (const guard of this.guards.values()) this.recogniseNext(guard);
  }

  private recogniseNext(guard: PartitionGuard): void {
    const { source, partition } = guard.sourcePartition;
    guard.rewind(this.stored(guard));
    this.progress.at(topicOf(source), Number(partition), 0, guard.verified);
    this.seekTo(guard);
  }

  private seekTo(guard: PartitionGuard): void {
    const { source, partition } = guard.sourcePartition;
    const [topic, offset] = [topicOf(source), String(guard.start)];
    try {
      this.consumer.seek({ topic, partition: Number(partition), offset });
    } catch {
      // The consumer is stopping, or joins anew and seeks then.
    }
  }

  /** A fetch of which every record was filtered out (aborted, control); kafkajs steps over it by itself. */
  private skipped(payload: {
    topic: string;
    partition: number;
    firstOffset: string;
    lastOffset: string;
  }): void {
    const { topic, partition } = payload;
    const guard = this.guards.get(partitionKey(topic, partition));
    if (guard === undefined || this.over) return;
    const first = (payload.firstOffset as string | null) === null ? null : Number(payload.firstOffset);
    guard.filtered(first, Number(payload.lastOffset));
    const stored = this.stored(guard);
    try {
      if (!guard.verified && guard.expected > (stored?.lastApplied ?? -1)) guard.assertVerified(stored);
    } catch (error) {
      void this.turns.run(() => this.acceptOrEnd(guard, error));
      return;
    }
    this.progress.at(topic, partition, guard.expected, guard.verified);
  }

  private stored(guard: PartitionGuard): Position | undefined {
    return this.parts.context.committed(guard.sourcePartition.source, guard.sourcePartition.partition);
  }

  /** Losses that a look at the broker shows, when somebody accepted them. */
  private readonly accepting: AcceptLoss = (position, problem, range) =>
    this.turns.run(async () => {
      const topic = topicOf(position.source);
      const stored = this.parts.context.committed(position.source, position.partition);
      // What was delivered meanwhile may have passed it.
      if (stored !== undefined && rangeProblem(stored, range) === null) return true;
      return !this.over && this.accept(topic, stored, problem, range);
    });

  private accept(
    topic: string,
    stored: Position | undefined,
    problem: unknown,
    range: OffsetRange | undefined,
  ): boolean {
    if (stored === undefined || !this.gaps.accept(topic, stored, problem, range)) return false;
    const guard = this.guards.get(partitionKey(topic, stored.partition));
    if (guard === undefined || range === undefined) return true;
    this.progress.anew(topic, Number(stored.partition), range.low, range.high);
    guard.begin(this.stored(guard), range);
    this.seekTo(guard);
    return true;
  }

  /** The same for one that shows while reading; the run ends where it does not go on. Never throws. */
  private async acceptOrEnd(guard: PartitionGuard, problem: unknown): Promise<void> {
    const { source, partition } = guard.sourcePartition;
    const topic = topicOf(source);
    let range: OffsetRange;
    try {
      range = await this.watch.rangeOf(topic, Number(partition), () => this.stored(guard));
    } catch (error) {
      this.parts.settings.log.debug("kafka range unknown", { topic, partition, error: String(error) });
      return this.end(problem);
    }
    try {
      if (!this.accept(topic, this.stored(guard), problem, range)) this.end(problem);
    } catch (error) {
      // It could not be kept in the state.
      this.end(error);
    }
  }

  /** A partition that was never read and does not begin at 0 has lost records before we came. */
  private tellBeginnings(): void {
    const { context } = this.parts;
    for (const [key, { low }] of this.watch.ranges) {
      const [topic, partition] = splitKey(key);
      if (low === 0 || context.committed(sourceName(topic), partition) !== undefined) continue;
      context.warn("kafka log begins above 0: what stood before was never read", {
        topic,
        partition,
        first: low,
      });
    }
  }

  /** Errors of ours end the run and are not for kafkajs, which would try again for ever. */
  private async take(payload: EachBatchPayload): Promise<void> {
    if (this.over || !payload.isRunning() || payload.isStale()) return;
    const { batch, heartbeat } = payload;
    const guard = this.guards.get(partitionKey(batch.topic, batch.partition));
    if (guard === undefined) return;
    // Keeps the membership while a delivery takes long; what it finds, the next heartbeat finds again.
    const pulse = setInterval(() => void heartbeat().catch(() => undefined), 1_000);
    try {
      if (await this.fits(payload, guard)) await this.deliverAll(payload, guard);
    } catch (error) {
      if (error instanceof RejoinNeeded) throw error.cause;
      await this.acceptOrEnd(guard, error);
    } finally {
      clearInterval(pulse);
    }
    this.maybeDrained();
  }

  /** Whether this batch may be applied; asks for it again, or throws, when it does not fit. */
  private async fits({ batch }: EachBatchPayload, guard: PartitionGuard): Promise<boolean> {
    const { topic, partition } = batch;
    const shape = shapeOf(batch);
    const verdict = guard.check(shape);
    if (verdict === "fits") return true;
    const { settings, context } = this.parts;
    const detail = { topic, partition, expected: guard.expected, ...shape };
    if (verdict === "again") {
      settings.log.debug("kafka fetch does not fit", detail);
      this.recogniseNext(guard);
      return false;
    }
    const range = await this.watch.rangeOf(topic, partition, () => this.stored(guard));
    const problem = guard.explain(shape, this.stored(guard), range);
    if (problem !== null) throw problem;
    const next = this.stored(guard)?.next;
    if (next === undefined && shape.fetched > detail.expected)
      context.warn("kafka records expired unread", detail);
    else if (verdict === "ask") context.warn("kafka log has holes", detail);
    return true;
  }

  private async deliverAll(payload: EachBatchPayload, guard: PartitionGuard): Promise<void> {
    const { batch, heartbeat, isRunning, isStale, resolveOffset } = payload;
    const { topic, partition } = batch;
    const { messages } = batch;
    const last = Number(batch.lastOffset());
    const from = this.skipApplied(messages, guard);
    for (let i = from; i < messages.length; ) {
      const end = Math.min(i + this.parts.settings.maxBatchRecords, messages.length);
      const next = end === messages.length ? last + 1 : Number(messages[end - 1].offset) + 1;
      const stream = this.watch.plan.streams.get(topic) as StreamName;
      await this.parts.deliver(sourceBatch(stream, guard.sourcePartition, messages.slice(i, end), next));
      this.sayDrained = true;
      this.progress.at(topic, partition, next, true);
      i = end;
      if (i < messages.length) {
        if (this.over || !isRunning() || isStale()) return;
        await beat(heartbeat);
      }
    }
    guard.done(last);
    this.progress.at(topic, partition, last + 1, guard.verified, Number(batch.highWatermark));
    resolveOffset(batch.lastOffset());
    if (performance.now() - Math.min(...this.fetchTimes.values()) > RECOGNISE_AFTER_MS)
      this.recogniseNext(guard);
    await beat(heartbeat);
  }

  /** Index of the first record that was not applied before; looks at the last applied one on the way. */
  private skipApplied(messages: readonly KafkaMessage[], guard: PartitionGuard): number {
    const stored = this.stored(guard);
    const next = stored?.next ?? 0;
    let i = 0;
    for (; i < messages.length; i++) {
      const { offset, timestamp, value } = messages[i];
      if (Number(offset) >= next) break;
      guard.recognise(Number(offset), () => fingerprintOf(timestamp, value), stored);
    }
    if (i < messages.length) guard.assertVerified(stored);
    return i;
  }

  private maybeDrained(): void {
    if (this.over || this.confirming || !this.progress.caughtUp()) return;
    if (!this.parts.untilDrained) {
      if (this.sayDrained) this.parts.onDrained();
      this.sayDrained = false;
      return;
    }
    this.confirming = true;
    void this.confirmDrained()
      .catch(() => undefined)
      .finally(() => {
        this.confirming = false;
      });
  }

  /** The ends that we know may be old: drained is what the broker's present ends say. */
  private async confirmDrained(): Promise<void> {
    this.progress.ends(await this.watch.present());
    if (this.over || !this.progress.caughtUp()) return;
    this.parts.onDrained();
    this.end(null);
  }

  /** Looks again, now and then: for new topics, and for what only a look at the broker can show. */
  private async scan(): Promise<void> {
    const { settings } = this.parts;
    while (!this.over) {
      const pause = this.goneScans > 0 ? Math.min(1_000, settings.rescanMs) : settings.rescanMs;
      const timer = new AbortController();
      await Promise.race([
        this.finished,
        sleep(pause, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
      timer.abort();
      if (this.over) return;
      try {
        await this.rescan();
        this.goneScans = 0;
      } catch (error) {
        const failure = kafkaFailure(error, settings.config);
        // A topic counts as gone when three looks in a row miss it; a broker that is away is waited for.
        if (failure.code === "FP3005" && error instanceof FundpulseError && this.goneScans++ < 2) continue;
        if (failure.code !== "FP3001") this.end(failure);
        else settings.log.debug("kafka cannot be looked at", { error: failure.message });
      }
    }
  }

  private async rescan(): Promise<void> {
    const before = new Set(this.topics);
    await this.watch.look();
    await this.watch.check(this.accepting);
    this.progress.ends(this.watch.plan.ranges);
    for (const [key, guard] of this.guards) {
      const low = this.watch.ranges.get(key)?.low ?? 0;
      if ((this.stored(guard)?.lastApplied ?? low) < low) guard.verified = true;
    }
    const added = this.topics.filter((topic) => !before.has(topic));
    if (added.length === 0 || this.over) return;
    this.parts.settings.log.info("kafka topics found", { topics: added });
    await this.consumer.stop();
    await this.consume(this.topics);
  }
}

import { FundpulseError } from "../../schemas/errors.js";
import type { EpochMs } from "../../schemas/units.js";
import type { KafkaConnection } from "../kafka/client.js";
import { CommittedLog, type LogMessage } from "../kafka/committed-log.js";
import { sourceName } from "../kafka/topics.js";
import type { FiguresCut, FiguresPosition, FiguresSource } from "../ports/figures.js";
import type { Log } from "../ports/log.js";
import type { SourceLag } from "../ports/source.js";
import { keyOfManifest } from "./figure.js";

/**
 * So long a topic may not be looked at before it is read from its beginning again: a compacted topic forgets after a day
 * (`delete.retention.ms`) that something is gone.
 */
const REREAD_MS = 12 * 3_600_000;
/** A topic of which nothing came for so long is not being read any more. */
const READING_MS = 30_000;

/** The figures topic of a job, cut by cut. */
export class TopicFigures implements FiguresSource {
  readonly #log: CommittedLog;
  #next = 0;
  #whole = false;
  #records = new Map<string, Buffer | null>();
  #manifestAt: number | null = null;
  #appendedAtMs: EpochMs | null = null;
  /** Up to where the topic is taken, and where it ends; null before it was looked at. */
  #standing: { taken: number; end: number } | null = null;
  #heldBack = false;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly connection: KafkaConnection,
    readonly name: string,
    log: Log,
    private readonly clock: () => EpochMs,
  ) {
    this.#log = new CommittedLog(connection, name, log);
  }

  async run(
    position: FiguresPosition | null,
    deliver: (cut: FiguresCut) => Promise<boolean>,
    options: Parameters<FiguresSource["run"]>[2],
  ): Promise<void> {
    const { signal, untilDrained } = options;
    const { low, high } = await this.#ends();
    const away = this.#telling(options.warn);
    await this.#begin(position, low, high, signal, away);
    this.#standing = { taken: this.#next, end: high };
    let told = false;
    let fresh = false;
    while (!signal.aborted) {
      const part = await this.#log.read(this.#next, signal, away);
      if (part === null) return;
      for (const message of part.messages) this.#take(message);
      this.#next = part.next;
      fresh ||= part.messages.length > 0;
      this.#standing.end = part.end;
      if (part.messages.length > 0) this.#readAt = performance.now();
      // Below the last stable offset everything has ended, and one writer commits once a checkpoint: here is a cut.
      if (this.#next < part.end) continue;
      if (this.#records.size === 0) this.#looked(options.onLook);
      // A cut that was not taken is given again with what follows it.
      else if (fresh && (await deliver(this.#cut()))) this.#taken();
      else this.#heldBack = true;
      if (fresh || !told) options.onDrained();
      fresh = false;
      told = true;
      if (untilDrained && this.#next >= high) return;
    }
  }

  async #ends(): Promise<{ readonly low: number; readonly high: number }> {
    const ends = await this.#log.ends();
    if (ends !== null) return ends;
    throw new FundpulseError(
      "FP3005",
      `topic ${this.name} does not exist on ${this.connection.brokers.join(", ")}`,
      { action: "start the job that writes it (`fundpulse flink submit`), or correct engine.figures" },
    );
  }

  /** Where to begin: where the state stands, unless too long ago; and whether the topic is still the same one. */
  async #begin(
    position: FiguresPosition | null,
    low: number,
    high: number,
    signal: AbortSignal,
    away: (why: string) => void,
  ): Promise<void> {
    const again = position === null || this.clock() - position.readAt > REREAD_MS;
    this.#whole = again;
    this.#next = again ? low : position.next;
    if (position === null) return;
    const changed = (why: string): FundpulseError =>
      new FundpulseError("FP3103", `topic ${this.name} is not the one that was read before: ${why}`, {
        action: "give the new topic another name in engine.figures: it takes the place of the old one",
      });
    if (position.next > high) throw changed(`it ends at ${high}, and we stand at ${position.next}`);
    // The job names itself once, and compaction moves no record.
    const { manifestAt } = position;
    let part = await this.#log.read(manifestAt, signal, away);
    // An answer may be empty, though the record is there.
    while (part !== null && part.next <= manifestAt && part.end > manifestAt)
      part = await this.#log.read(manifestAt, signal, away);
    const there = part?.messages.find((m) => m.offset === manifestAt);
    if (part !== null && there?.key?.toString() !== keyOfManifest())
      throw changed(`the job does not name itself at offset ${manifestAt}`);
  }

  #take({ offset, key, value, timestamp }: LogMessage): void {
    if (key === null) return;
    const name = key.toString();
    this.#records.set(name, value);
    if (name === keyOfManifest()) this.#manifestAt = offset;
    this.#appendedAtMs = Number(timestamp);
  }

  #cut(): FiguresCut {
    return {
      next: this.#next,
      records: this.#records,
      whole: this.#whole,
      manifestAt: this.#manifestAt,
      appendedAtMs: this.#appendedAtMs,
    };
  }

  #looked(onLook: () => void): void {
    this.#standing = { taken: this.#next, end: this.#next };
    onLook();
  }

  #taken(): void {
    this.#standing = { taken: this.#next, end: this.#next };
    this.#heldBack = false;
    this.#records = new Map();
    this.#whole = false;
    this.#manifestAt = null;
  }

  /** Tells once that the broker is away, until it was read again. */
  #telling(warn: (event: string, detail: Record<string, unknown>) => void): (why: string) => void {
    let at = Number.NEGATIVE_INFINITY;
    return (error) => {
      if (performance.now() - at > 60_000) warn("figures topic cannot be read", { topic: this.name, error });
      at = performance.now();
    };
  }

  lag(): readonly SourceLag[] {
    const standing = this.#standing;
    const lag = standing && Math.max(0, standing.end - standing.taken);
    // A cut is taken whole, so a long topic is read for a while before any of it is.
    const underWay = this.#heldBack || performance.now() - this.#readAt < READING_MS;
    return [{ source: sourceName(this.name), partition: "0", lag, ...(underWay ? { underWay } : {}) }];
  }

  async close(): Promise<void> {
    await this.#log.close();
  }
}

import type { StreamName } from "../../schemas/input/streams.js";
import type { EpochMs } from "../../schemas/units.js";

/**
 * How far a source has come in one partition: the position AFTER the last record taken. Positions are held
 * in our own state and committed together with what the records did to it; whatever a broker remembers
 * is a hint for its tools only.
 */
export interface Position {
  /** e.g. `folder` or `kafka:fund.settlement`. */
  readonly source: string;
  /** Partition number, or the file's name inside the drop folder. */
  readonly partition: string;
  /** Offset or record number (0-based) of the next record. */
  readonly next: number;
  /** Position of the last record applied, if any: for Kafka to compare `fingerprint` against. */
  readonly lastApplied: number | null;
  /** What the source needs to recognise its place again: last record's hash, or the file's size and digest. */
  readonly fingerprint: string | null;
  /** True when nothing can follow (a file read to its end). */
  readonly finished: boolean;
}

/** An Avro writer schema with the reader compiled for it; made in `decode/avro`. */
export interface AvroWriterRef {
  readonly schemaJson: string;
}

/** Records as they came, not yet decoded. */
export type Payload =
  /** One record a value, each telling its encoding by its first bytes; `null` is an empty Kafka value. */
  | { readonly kind: "values"; readonly values: readonly (Buffer | null)[] }
  /** One decompressed block of an Avro object container: `count` records written with `writer`. */
  | {
      readonly kind: "avro-block";
      readonly writer: AvroWriterRef;
      readonly bytes: Buffer;
      readonly count: number;
      /**
       * Where several blocks stand one after the other in `bytes`: the end and record count of each, so
       * that damage inside one does not spread to the next. Absent: one block.
       */
      readonly parts?: readonly { readonly end: number; readonly count: number }[];
    }
  /** Bytes that belong to no record: a damaged file or block. Counts as one undecodable record. */
  | { readonly kind: "damaged"; readonly bytes: Buffer; readonly detail: string };

/** A run of records of one stream from one partition. Applied and committed as one whole. */
export interface SourceBatch {
  readonly stream: StreamName;
  readonly payload: Payload;
  /** Position of each record, ascending; for `avro-block` and `damaged` only the first is given. */
  readonly positions: ArrayLike<number>;
  /** When the newest record was appended to its log, if the source knows: for latency metrics. */
  readonly appendedAtMs: number | null;
  /** When its records came, where that is not `appendedAtMs`: the date of their file. */
  readonly arrivedAtMs?: EpochMs;
  /** How far the partition has come once this batch is durable. */
  readonly position: Position;
}

/**
 * Records `fromNext` up to, not including, `toNext` of a partition were lost before they were read. Of a log that was made
 * anew nobody knows how many: both are then the position up to which the old one was read.
 */
export interface LostRecords {
  readonly source: string;
  readonly partition: string;
  readonly kind: "expired" | "recreated";
  readonly fromNext: number;
  readonly toNext: number;
}

/** A partition that is no longer what was taken of it: a file that somebody changed. */
export interface PartitionChange {
  readonly source: string;
  readonly partition: string;
  readonly stream: StreamName;
  /** What happened, for people. */
  readonly detail: string;
  /** What it looks like now. */
  readonly mark: string;
  /** The date of its present content; null where there is none. */
  readonly changedAtMs: EpochMs | null;
  /** Its present content, to be looked at and not to be taken; null where it cannot be read. */
  readonly content: (() => AsyncIterable<SourceBatch>) | null;
}

/** What a source asks of the program around it. */
export interface SourceContext {
  /** The committed position of a partition, or undefined if it was never read. Reads our own state. */
  readonly committed: (source: string, partition: string) => Position | undefined;
  /** All committed partitions of a source. */
  readonly partitions: (source: string) => readonly Position[];
  readonly signal: AbortSignal;
  /**
   * Somebody else reads a part of what this source should read: why, or null when that is over. Nothing may be published
   * as complete meanwhile.
   */
  readonly incomplete?: (why: string | null) => void;
  /**
   * Records that were lost before they could be read, and that somebody accepted: keeps that, and where reading goes on,
   * as one commit.
   */
  readonly lost?: (gap: LostRecords, next: Position) => void;
  /** Something an operator should know; never holds record values. */
  readonly warn: (event: string, detail: Record<string, unknown>) => void;
  /** What a partition looked like when its change was last told; undefined where it is what was taken. */
  readonly changedAs: (source: string, partition: string) => string | undefined;
  /** A partition changed after it was taken: durable when it returns. */
  readonly changed: (change: PartitionChange) => Promise<void>;
  /** A partition is again what was taken of it. */
  readonly restored: (source: string, partition: string) => Promise<void>;
}

/**
 * How far a source has to go; `lag` is in records where the source can tell, else null. `waits`: there is something
 * to read, where `lag` does not say so.
 */
export interface SourceLag {
  readonly source: string;
  readonly partition: string;
  readonly lag: number | null;
  readonly waits?: boolean;
  /** Of these, records of transactions that are still open: nobody can read them until those end. */
  readonly inOpenTransactions?: number;
  /** Nothing is wrong though none of them is taken: they are still being read, or wait for what is to follow them. */
  readonly underWay?: boolean;
}

/** What the partitions of a source come to. */
export interface LagTotals {
  /** Records that wait, where the source can tell; null where it cannot for any partition. */
  readonly lag: number | null;
  readonly inOpenTransactions: number;
  /** Partitions whose records nobody can count: files. */
  readonly uncounted: number;
}

export function lagTotals(lags: readonly SourceLag[]): LagTotals {
  const known = lags.flatMap(({ lag }) => (lag === null ? [] : [lag]));
  return {
    lag: known.length === 0 ? null : known.reduce((sum, n) => sum + n, 0),
    inOpenTransactions: lags.reduce((sum, l) => sum + (l.inOpenTransactions ?? 0), 0),
    uncounted: lags.length - known.length,
  };
}

/** Whether a source answers just now. */
export interface SourceConnection {
  readonly connected: boolean;
  /** Since when it does, or does not: milliseconds of `performance.now()`. */
  readonly since: number;
  /** When what `lag` gives was last asked; null before the first answer. */
  readonly lagAt: number | null;
}

/**
 * A place records come from. The program calls `run` once; the source calls `deliver` for each batch
 * and waits for it: when `deliver` returns, the batch and its position are durable, and only then may
 * the next batch of that partition be delivered. `deliver` must be called by one caller at a time.
 * A killed process never calls anything: positions come back from `SourceContext.committed`.
 */
export interface Source {
  /** Name used in positions, tallies and logs. */
  readonly name: string;
  /** Checks that the source can be reached; throws a FundpulseError that says what to do. */
  check(): Promise<string>;
  /**
   * Reads until `signal` aborts or, with `untilDrained`, until everything that was there at the start
   * (and whatever came while reading) is delivered. Calls `onDrained` whenever nothing is left to read.
   */
  run(
    context: SourceContext,
    deliver: (batch: SourceBatch) => Promise<void>,
    options: { readonly untilDrained: boolean; readonly onDrained: () => void },
  ): Promise<void>;
  /** Lag by partition, for metrics: the last that is known where the source does not answer. */
  lag(): Promise<readonly SourceLag[]>;
  /** Absent: a source that is always there, or fails. */
  connection?(): SourceConnection | null;
  close(): Promise<void>;
}

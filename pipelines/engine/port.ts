import type { FigureDifference } from "../../connectors/duckdb/recount/compare.js";
import type { Log } from "../../connectors/ops/log.js";
import type { Observer } from "../../connectors/ports/observer.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { QuarantineReason } from "../../schemas/quarantine.js";
import type { EpochMs } from "../../schemas/units.js";

/** What the engine needs from the program around it. */
export interface EngineDeps {
  readonly log: Log;
  readonly observer: Observer;
  readonly clock: () => EpochMs;
}

/** What one run did: counts of records since it started. */
export interface RunSummary {
  readonly applied: number;
  readonly duplicate: number;
  readonly held: number;
  readonly quarantined: number;
  /** Version of the published file; null when nothing was ever published. */
  readonly version: number | null;
  /** True when every source was read to its end and published. */
  readonly drained: boolean;
}

export interface QuarantineFilter {
  readonly reason?: QuarantineReason;
  readonly stream?: StreamName;
  readonly source?: string;
  /** Default: `waiting`. */
  readonly status?: "waiting" | "resolved" | "dismissed";
  readonly limit?: number;
}

/** A quarantined record as listed: never its content. */
export interface QuarantineEntry {
  readonly id: number;
  readonly source: string;
  readonly partition: string;
  readonly position: number;
  readonly stream: StreamName;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly firstSeen: EpochMs;
  readonly status: string;
}

export interface QuarantineService {
  list(filter: QuarantineFilter): Promise<readonly QuarantineEntry[]>;
  /** The entry and its decrypted bytes; undefined when there is no such record. */
  show(id: number): Promise<{ readonly entry: QuarantineEntry; readonly bytes: Buffer } | undefined>;
  /** Judges records again under the present configuration; returns how many left the quarantine. */
  retry(ids: readonly number[]): Promise<{ readonly retried: number; readonly resolved: number }>;
  /** Sets records aside for good, with a reason; returns how many were waiting. */
  dismiss(ids: readonly number[], why: string): Promise<number>;
}

/** Something that an officer should know before a period's figures are frozen. */
export interface CloseProblem {
  /** Short stable name: `period_open`, `quarantine`, `unmapped`, `lagging_facilities` … */
  readonly problem: string;
  /** In plain words, with what to do; never personal data. */
  readonly detail: string;
  /** Records, facilities … that it is about. */
  readonly count: number;
  /** Whether `--force` closes all the same. */
  readonly forceable: boolean;
}

export interface CloseResult {
  readonly period: string;
  /** Refused when there is a problem and no force, or one that force does not help. */
  readonly outcome: "closed" | "refused" | "already_closed";
  readonly closedAt: EpochMs | null;
  /** Published version that the figures were frozen under. */
  readonly version: number | null;
  readonly problems: readonly CloseProblem[];
  /** Figures of the period restated since it was closed; only of `already_closed`. */
  readonly restated?: number;
}

/** Freezing periods. Arguments and results are plain JSON: they also travel between processes. */
export interface Closing {
  /** Freezes a period's figures; a malformed period throws FP1003. */
  close(period: string, options: { readonly force: boolean }): Promise<CloseResult>;
  /** Periods with data that should be closed by `day` (YYYY-MM-DD) and are not: month, quarter, half, year, ytd. */
  due(day: string): Promise<readonly string[]>;
}

export interface VerifyResult {
  readonly version: number;
  readonly sequence: number;
  readonly figures: number;
  /** The first 1000. */
  readonly differences: readonly FigureDifference[];
  readonly differenceCount: number;
  readonly hash: string;
  readonly seconds: number;
}

export interface DetailResult {
  readonly path: string;
  readonly sequence: number;
  readonly settlements: number;
}

/** The independent recount, and the detail file that it stands on. */
export interface Verification {
  verify(): Promise<VerifyResult>;
  /** Brings the detail file up to date. */
  writeDetail(): Promise<DetailResult>;
}

/** What a published version is called. */
export interface PublishResult {
  readonly version: number;
}

/** The engine: sources to state to published file. Opened once by a process that holds the state lock. */
export interface Engine extends Closing, Verification {
  /** Consumes and publishes until `signal` aborts or, with `untilDrained`, until all is read and published. */
  run(options: { readonly untilDrained: boolean; readonly signal: AbortSignal }): Promise<RunSummary>;
  /** Derives everything again from the kept settlements under the present configuration, and publishes. */
  rebuild(
    onProgress: (done: number, total: number) => void,
  ): Promise<{ readonly settlements: number; readonly version: number }>;
  readonly quarantine: QuarantineService;
  /** Publishes what is not yet published, the finest cells too. */
  publish(): Promise<PublishResult>;
  /** Lets go of the state; nothing can be asked afterwards. */
  end(): Promise<void>;
}

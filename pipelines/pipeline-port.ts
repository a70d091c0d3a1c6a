import type { Log } from "../connectors/log.js";
import type { Observer } from "../connectors/observer.js";
import type { QuarantineReason } from "../schemas/quarantine.js";
import type { StreamName } from "../schemas/streams.js";
import type { EpochMs } from "../schemas/units.js";

/** What the engine needs from the program around it. */
export interface PipelineDeps {
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

export interface QuarantineDesk {
  list(filter: QuarantineFilter): Promise<readonly QuarantineEntry[]>;
  /** The entry and its decrypted bytes; undefined when there is no such record. */
  show(id: number): Promise<{ readonly entry: QuarantineEntry; readonly bytes: Buffer } | undefined>;
  /** Judges records again under the present configuration; returns how many left the quarantine. */
  retry(ids: readonly number[]): Promise<{ readonly retried: number; readonly resolved: number }>;
  /** Sets records aside for good, with a reason; returns how many were waiting. */
  dismiss(ids: readonly number[], why: string): Promise<number>;
}

/** The engine: sources to state to published file. Opened once by a process that holds the state lock. */
export interface Pipeline {
  /** Consumes and publishes until `signal` aborts or, with `untilDrained`, until all is read and published. */
  run(options: { readonly untilDrained: boolean; readonly signal: AbortSignal }): Promise<RunSummary>;
  /** Derives everything again from the kept settlements under the present configuration, and publishes. */
  rebuild(
    onProgress: (done: number, total: number) => void,
  ): Promise<{ readonly settlements: number; readonly version: number }>;
  readonly quarantine: QuarantineDesk;
  close(): Promise<void>;
}

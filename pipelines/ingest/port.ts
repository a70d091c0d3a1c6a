import type { StreamName } from "../../schemas/input/streams.js";
import type { QuarantineReason } from "../../schemas/quarantine.js";
import type { EpochMs } from "../../schemas/units.js";

/** Which quarantined records are meant; a key that is absent excludes none. */
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
  /** Sets the change of a file aside that was taken before: someone has looked into it. */
  dismissFile(name: string, why: string): Promise<void>;
}

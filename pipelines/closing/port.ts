import type { EpochMs } from "../../schemas/units.js";

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

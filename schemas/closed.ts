import type { Dimension } from "./dimensions.js";
import type { EpochMs } from "./units.js";

/** A close as it is kept, without the figures. */
export interface ClosedRow {
  readonly period: string;
  readonly closedAt: EpochMs;
  /** Commit that froze the figures. */
  readonly sequence: number;
  /** Published version that first showed the close; null until it is published. */
  readonly version: number | null;
  readonly forced: boolean;
  /** JSON list of the problems that there were. */
  readonly problems: string;
  /** Figures frozen. */
  readonly figures: number;
}

/**
 * Why a closed period's figures are not what they were: a new bill, a refund, another version of a
 * settlement or record, one that counts no more, a facility's data, the configuration.
 */
export type Cause = "late" | "refund" | "correction" | "withdrawn" | "facility" | "rules";

/** Which figures a record of a small stream can touch; null: whatever the figure has there. */
export interface AffectedPeriods {
  /** First and last day (ISO) of the periods that it may touch. */
  readonly from: string;
  readonly to: string;
  readonly insurance: string;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  /** Only of a reported fact: the indicator that it is. */
  readonly indicator: string | null;
}

import type { AffectedPeriods, Cause } from "../../schemas/closed.js";
import type { EpochMs, MonthNumber } from "../../schemas/units.js";
import type { TupleValues } from "../dimensions/tuples.js";

/** Settlements that came into a closed month or left it; the sums are what that changed. */
export interface SettlementChange {
  readonly kind: "settlement";
  readonly id: number;
  readonly sequence: number;
  readonly at: EpochMs;
  readonly month: MonthNumber;
  /** Stream whose record did it; empty where the configuration did. */
  readonly stream: string;
  /** setl_id; empty for several settlements together. */
  readonly key: string;
  readonly cause: Cause;
  readonly settlements: number;
  readonly tuple: TupleValues;
  readonly sums: Float64Array;
}

/** A record of a small stream that changed after a close. */
export interface RecordChange {
  readonly kind: "record";
  readonly id: number;
  readonly sequence: number;
  readonly at: EpochMs;
  readonly stream: string;
  readonly key: string;
  readonly cause: Cause;
  readonly affected: AffectedPeriods;
}

export type Change = SettlementChange | RecordChange;

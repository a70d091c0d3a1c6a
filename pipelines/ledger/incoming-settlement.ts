import type { DimensionTuple } from "../../aggregations/dimensions/tuples.js";
import type { Outcome } from "../../connectors/ports/observer.js";
import type { CountedAs } from "../../connectors/state/kept-settlements.js";
import type { Ref, RowFacts } from "../../connectors/state/settlement-block.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import { emptyFacts } from "./months.js";

/** A decoded version on its way into the ledger. Reused from batch to batch. */
export class IncomingSettlement {
  readonly s = new Settlement();
  readonly facts: RowFacts = emptyFacts();
  /** What became of it. */
  outcome: Outcome = "applied";
  rejection: Rejection | null = null;
  /** Current at the end of the batch, kept but superseded, or not kept. */
  fate: "current" | "superseded" | "none" = "none";
  /** How this version's record is counted; a later copy of equal content counts in the place of the first. */
  countedAs: CountedAs = "applied";
  /** Reference once written. */
  ref: Ref = 0;
  /** A deletion that names its settlement alone: `s` has the id and, where it is known, the time of the deletion. */
  keyOnly = false;
  /** Such a deletion came before its settlement, and has waited for it. */
  waited = false;
  /** How many records of its batch came before it. */
  ordinal = 0;
  /** Tuple on the day of `facts`, where it is known. */
  tuple: DimensionTuple | null = null;
}

/** Two versions of one time contradict each other: one of them waits. */
export const CONFLICT: Rejection = {
  reason: "conflicting_version",
  detail: "another version has the same updt_time",
};

/** What the record of a current version counts as. */
export const countOf = (s: Settlement): Outcome => (s.vali_flag === "2" ? "held" : "applied");

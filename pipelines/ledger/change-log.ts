import { monthOfDay, parseDay } from "../../aggregations/calendar.js";
import { affectedPeriods, readableKey } from "../../aggregations/closing/affected-periods.js";
import type { DimensionTuple } from "../../aggregations/dimensions/tuples.js";
import { type Contribution, isCounted } from "../../aggregations/settlement/contribution.js";
import type { SmallStream } from "../../aggregations/streams/record.js";
import { canonicalContent } from "../../aggregations/streams/version.js";
import type { RowFacts } from "../../connectors/state/settlement-block.js";
import type { Cause } from "../../schemas/closed.js";
import type { Settlement, StreamRecord } from "../../schemas/input/settlement.js";
import { MEASURE_COUNT } from "../../schemas/measures.js";
import type { EpochMs, MonthNumber } from "../../schemas/units.js";
import type { ClosedPeriods } from "./closed-periods.js";

/**
 * Notes what changes in closed periods: every settlement that comes into a closed month or leaves it, with
 * what it adds to every measure, and every record of a small stream whose figures are frozen somewhere.
 * Costs nothing while nothing is closed. Called inside the commit that makes the change.
 */
export class ChangeLog {
  constructor(
    readonly closed: ClosedPeriods,
    private readonly tupleOf: (s: Settlement, facts: RowFacts) => DimensionTuple,
    private readonly contribution: Contribution,
    private readonly clock: () => EpochMs,
  ) {}

  /** Whether a change of these months must be noted. */
  watchesAny(months: Iterable<MonthNumber>): boolean {
    return this.closed.watchesAny(months);
  }

  /** A version comes (1) or goes (−1). */
  settlement(s: Settlement, facts: RowFacts, sign: 1 | -1, cause: Cause): void {
    const month = monthOfDay(facts.day);
    if (!isCounted(s) || !this.closed.months.has(month)) return;
    const tuple = this.tupleOf(s, facts);
    const sums = new Float64Array(MEASURE_COUNT);
    this.contribution.fill(s, tuple.insurance, tuple.values.care);
    for (let m = 0; m < MEASURE_COUNT; m++) sums[m] = sign * this.contribution.row[m];
    this.closed.store.addSettlement({
      at: this.clock(),
      month,
      stream: "settlement",
      key: s.setl_id,
      cause,
      settlements: 1,
      tuple,
      sums,
    });
  }

  /** Another version of a settlement becomes current: `old` goes and `now` comes. */
  replaced(
    old: { readonly s: Settlement; readonly facts: RowFacts },
    now: { readonly s: Settlement; readonly facts: RowFacts },
  ): void {
    const cause: Cause = !isCounted(now.s)
      ? "withdrawn"
      : isCounted(old.s)
        ? "correction"
        : firstVersionCause(now.s);
    this.settlement(old.s, old.facts, -1, cause);
    this.settlement(now.s, now.facts, 1, cause);
  }

  /** Another version of a small stream's record becomes current; `old` is null for the first. */
  record(stream: SmallStream, old: StreamRecord | null, now: StreamRecord): void {
    if (this.closed.months.size === 0) return;
    if (old !== null && canonicalContent(stream, old) === canonicalContent(stream, now)) return;
    const cause: Cause = old === null ? "late" : "correction";
    for (const side of [old, now]) {
      const affected = side && affectedPeriods(stream, side);
      if (!side || !affected || !this.#touchesClosed(affected.from, affected.to)) continue;
      const month = monthOfDay(parseDay(affected.from)!);
      this.closed.store.addRecord(
        { at: this.clock(), stream, key: readableKey(stream, side), cause, affected },
        month,
      );
    }
  }

  #touchesClosed(from: string, to: string): boolean {
    const last = monthOfDay(parseDay(to)!);
    for (let month = monthOfDay(parseDay(from)!); month <= last; month++) {
      if (this.closed.months.has(month)) return true;
    }
    return false;
  }
}

/** Why the first version of a settlement changes a closed month. */
export const firstVersionCause = (s: Settlement): Cause => (s.init_setl_id === "" ? "late" : "refund");

import { monthOfDay } from "../../aggregations/calendar.js";
import type { DimensionTuple, TupleValues } from "../../aggregations/dimensions/tuples.js";
import { isCounted } from "../../aggregations/settlement/contribution.js";
import type { RowFacts } from "../../connectors/state/settlement-block.js";
import type { Cause } from "../../schemas/closed.js";
import { SETTLEMENT_DIMENSIONS } from "../../schemas/dimensions.js";
import type { Settlement } from "../../schemas/input/settlement.js";
import { MEASURE_COUNT } from "../../schemas/measures.js";
import type { DayNumber, EpochMs, MonthNumber } from "../../schemas/units.js";
import type { ClosedPeriods } from "./closed-periods.js";
import type { Lookup } from "./used-tables.js";

/** So many changes of one review are noted settlement by settlement; further ones are summed by cell. */
const LISTED = 10_000;

interface Entry {
  readonly month: MonthNumber;
  readonly key: string;
  readonly tuple: TupleValues;
  settlements: number;
  readonly sums: Float64Array;
}

/**
 * Notes what other reference tables or rules change in closed months: what each settlement was before
 * goes, what it is now comes. Collected during a review and written in the commit that carries it out.
 */
export class ReclassificationLog {
  readonly #listed: Entry[] = [];
  readonly #summed = new Map<string, Entry>();
  readonly #same = new Map<DimensionTuple, Map<DimensionTuple, boolean>>();
  /** Settlements noted on their present day, which may still have to move with their original. */
  readonly #noted = new Set<string>();

  constructor(
    private readonly closed: ClosedPeriods,
    private readonly before: Lookup,
    private readonly after: Lookup,
    private readonly cause: Cause,
  ) {}

  /** A current version counted until now on the day of its facts. */
  gone(s: Settlement, facts: RowFacts): void {
    this.#note(s, facts.day, this.#noted.has(s.setl_id) ? this.after : this.before, -1);
  }

  /** A version counts from now on, on the day of its facts. */
  came(s: Settlement, facts: RowFacts): void {
    this.#note(s, facts.day, this.after, 1);
  }

  /** A version stays current, on the same day; its cell or its sums may have changed. */
  stays(s: Settlement, facts: RowFacts): void {
    if (!isCounted(s) || !this.closed.months.has(monthOfDay(facts.day))) return;
    const was = this.before.dimensionIndex.find(s, facts.day);
    const is = this.after.dimensionIndex.find(s, facts.day);
    if ("id" in was && "id" in is && this.#equal(was, is) && this.#sameSums(s, was)) return;
    this.gone(s, facts);
    this.came(s, facts);
    if (s.init_setl_id !== "") this.#noted.add(s.setl_id);
  }

  #equal(was: DimensionTuple, is: DimensionTuple): boolean {
    let known = this.#same.get(was);
    if (known === undefined) {
      known = new Map();
      this.#same.set(was, known);
    }
    let equal = known.get(is);
    if (equal === undefined) {
      equal =
        was.insurance === is.insurance &&
        SETTLEMENT_DIMENSIONS.every((d) => was.values[d] === is.values[d]) &&
        // A category's other parents are other lines that it counts in.
        was.parents.join("\u0001") === is.parents.join("\u0001");
      known.set(is, equal);
    }
    return equal;
  }

  #sameSums(s: Settlement, { insurance, values }: DimensionTuple): boolean {
    const before = this.before.contribution;
    const after = this.after.contribution;
    before.fill(s, insurance, values.care);
    after.fill(s, insurance, values.care);
    return before.row.every((value, m) => value === after.row[m]);
  }

  #note(s: Settlement, day: DayNumber, { dimensionIndex, contribution }: Lookup, sign: 1 | -1): void {
    const month = monthOfDay(day);
    if (!isCounted(s) || !this.closed.months.has(month)) return;
    const tuple = dimensionIndex.find(s, day);
    if ("reason" in tuple) return;
    contribution.fill(s, tuple.insurance, tuple.values.care);
    const { row } = contribution;
    if (this.#listed.length < LISTED) {
      const sums = new Float64Array(MEASURE_COUNT);
      for (let m = 0; m < MEASURE_COUNT; m++) sums[m] = sign * row[m];
      this.#listed.push({ month, key: s.setl_id, tuple, settlements: 1, sums });
      return;
    }
    const cell = `${month} ${sign} ${dimensionIndex === this.before.dimensionIndex} ${tuple.id}`;
    let entry = this.#summed.get(cell);
    if (entry === undefined) {
      entry = { month, key: "", tuple, settlements: 0, sums: new Float64Array(MEASURE_COUNT) };
      this.#summed.set(cell, entry);
    }
    entry.settlements++;
    for (let m = 0; m < MEASURE_COUNT; m++) entry.sums[m] += sign * row[m];
  }

  /** Writes what was noted. Only inside the commit that carries the review out. */
  write(at: EpochMs): void {
    const stream = this.cause === "facility" ? "facility" : "";
    for (const entry of [...this.#listed, ...this.#summed.values()]) {
      this.closed.store.addSettlement({ at, stream, cause: this.cause, ...entry });
    }
  }
}

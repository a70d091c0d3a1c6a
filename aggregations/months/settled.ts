import { COMPONENT_MEASURES, MEASURE_INDEX, ROW_WIDTH } from "../../schemas/measures.js";
import type { MonthNumber } from "../../schemas/units.js";
import { type Jurisdiction, liesIn } from "../dimensions/region.js";
import type { DimensionTuple } from "../dimensions/tuples.js";
import { type SettledRow, settledRows } from "../streams/settled.js";
import type { MonthState } from "./month.js";

const FIELDS = COMPONENT_MEASURES.map((m) => MEASURE_INDEX[m]);

/** What one month's settlements paid out of each fund, by district: people insured here alone. */
export class SettledSums {
  /** By insurance and district: sums of COMPONENT_MEASURES, fen. */
  readonly #paid = new Map<string, { insurance: string; district: string; sums: Float64Array }>();
  /** Sums of each tuple met; null for one of people insured elsewhere. */
  readonly #ofTuple = new Map<number, Float64Array | null>();

  constructor(
    readonly month: MonthNumber,
    private readonly jurisdiction: Jurisdiction,
  ) {}

  /** Everything that a month holds. */
  static of(state: MonthState, tuples: readonly DimensionTuple[], jurisdiction: Jurisdiction): SettledSums {
    const settled = new SettledSums(state.month, jurisdiction);
    const { keys, sums } = state.cells;
    keys.forEach((id, slot) => {
      settled.add(tuples[id], sums, slot * ROW_WIDTH);
    });
    return settled;
  }

  /** Adds the row of measures that begins at `start`. */
  add(tuple: DimensionTuple, row: Float64Array, start = 0): void {
    let into = this.#ofTuple.get(tuple.id);
    if (into === undefined) {
      into = this.#sumsOf(tuple);
      this.#ofTuple.set(tuple.id, into);
    }
    if (into === null) return;
    for (let f = 0; f < FIELDS.length; f++) into[f] += row[start + FIELDS[f]];
  }

  #sumsOf({ insurance, values: { district } }: DimensionTuple): Float64Array | null {
    if (!liesIn(district, this.jurisdiction)) return null;
    const key = `${insurance}\u0001${district}`;
    let entry = this.#paid.get(key);
    if (entry === undefined) {
      entry = { insurance, district, sums: new Float64Array(FIELDS.length) };
      this.#paid.set(key, entry);
    }
    return entry.sums;
  }

  rows(): SettledRow[] {
    return [...this.#paid.values()].flatMap(({ insurance, district, sums }) =>
      settledRows(
        this.month,
        insurance,
        district,
        Object.fromEntries(COMPONENT_MEASURES.map((m, i) => [m, sums[i]])),
      ),
    );
  }
}

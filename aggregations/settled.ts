import { COMPONENT_MEASURES, MEASURE_INDEX } from "../schemas/measures.js";
import type { Combo } from "./combos.js";
import type { MonthState } from "./month.js";
import { type Jurisdiction, liesIn } from "./region.js";
import { type SettledRow, settledRows } from "./streams/settled.js";
import { ROW_WIDTH } from "./sums.js";

/** What one month's settlements paid out of each fund, by district: people insured here alone. */
export function settledOf(
  state: MonthState,
  combos: readonly Combo[],
  jurisdiction: Jurisdiction,
): SettledRow[] {
  const paid = new Map<
    string,
    { combo: Combo; sums: Partial<Record<(typeof COMPONENT_MEASURES)[number], number>> }
  >();
  const { keys, sums } = state.cells;
  keys.forEach((id, slot) => {
    const combo = combos[id];
    if (!liesIn(combo.values.district, jurisdiction)) return;
    const key = `${combo.insurance}\u0001${combo.values.district}`;
    let entry = paid.get(key);
    if (entry === undefined) {
      entry = { combo, sums: {} };
      paid.set(key, entry);
    }
    for (const m of COMPONENT_MEASURES) {
      entry.sums[m] = (entry.sums[m] ?? 0) + sums[slot * ROW_WIDTH + MEASURE_INDEX[m]];
    }
  });
  return [...paid.values()].flatMap(({ combo, sums: row }) =>
    settledRows(state.month, combo.insurance, combo.values.district, row),
  );
}

import { monthOfDay, type Period, periodsOfYear, yearOfMonth } from "../../aggregations/calendar.js";
import type { FrozenSums } from "../../connectors/state/frozen-codec.js";
import { MEASURES } from "../../schemas/measures.js";
import type { State } from "../ledger/state.js";

/** The whole numbers behind a period's settlement figures as of the last commit; no day. */
export function frozenSums(state: State, period: Period): FrozenSums {
  const { months, combos, groups, config } = state;
  const held = new Set(state.store.months());
  const rows = new Map<number, number>();
  const sums = MEASURES.map(() => [] as number[]);
  for (let month = monthOfDay(period.startDay); month <= monthOfDay(period.endDay); month++) {
    if (!held.has(month)) continue;
    const { gids, sums: of } = months.cells(month).rollUp(combos.combos, groups);
    months.evict(new Set([month]));
    for (let i = 0; i < gids.length; i++) {
      let row = rows.get(gids[i]);
      if (row === undefined) {
        row = rows.size;
        rows.set(gids[i], row);
        for (const column of sums) column.push(0);
      }
      for (let m = 0; m < sums.length; m++) sums[m][row] += of[m][i];
    }
  }
  const counted = new Set(config.personGroupings);
  const persons = new Float64Array(rows.size);
  for (const [gid, row] of rows) persons[row] = counted.has(groups.groups[gid].grouping) ? 0 : Number.NaN;
  const year = yearOfMonth(monthOfDay(period.endDay));
  const all = months.persons(year);
  all.count();
  const of = all.of(periodsOfYear(year).findIndex((p) => p.id === period.id));
  for (let i = 0; i < of.gids.length; i++) {
    const row = rows.get(of.gids[i]);
    if (row !== undefined && counted.has(groups.groups[of.gids[i]].grouping)) persons[row] = of.counts[i];
  }
  return {
    groupings: [...config.groupings],
    personGroupings: [...config.personGroupings],
    groups: [...rows.keys()].map((gid) => {
      const { insurance, grouping, dimensions } = groups.groups[gid];
      return { insurance, grouping, dimensions };
    }),
    sums: sums.map((column) => Float64Array.from(column)),
    persons,
  };
}

import { monthOfDay, type Period, periodsOfYear, yearOfMonth } from "../../aggregations/calendar.js";
import type { FrozenSums } from "../../connectors/state/frozen-codec.js";
import { MEASURES } from "../../schemas/measures.js";
import type { ClosingState } from "../ledger/ports.js";

/** The whole numbers behind a period's settlement figures as of the last commit; no day. */
export function frozenSums(state: ClosingState, period: Period): FrozenSums {
  const { months, dimensionIndex, groups, config } = state;
  const held = new Set(state.months.held());
  const rows = new Map<number, number>();
  const sums = MEASURES.map(() => [] as number[]);
  for (let month = monthOfDay(period.startDay); month <= monthOfDay(period.endDay); month++) {
    if (!held.has(month)) continue;
    const { groupIds, sums: of } = months.cells(month).rollUp(dimensionIndex.tuples, groups);
    months.evict(new Set([month]));
    for (let i = 0; i < groupIds.length; i++) {
      let row = rows.get(groupIds[i]);
      if (row === undefined) {
        row = rows.size;
        rows.set(groupIds[i], row);
        for (const column of sums) column.push(0);
      }
      for (let m = 0; m < sums.length; m++) sums[m][row] += of[m][i];
    }
  }
  const counted = new Set(config.personGroupings);
  const persons = new Float64Array(rows.size);
  for (const [groupId, row] of rows)
    persons[row] = counted.has(groups.groups[groupId].grouping) ? 0 : Number.NaN;
  const year = yearOfMonth(monthOfDay(period.endDay));
  const all = months.persons(year);
  all.count();
  const of = all.of(periodsOfYear(year).findIndex((p) => p.id === period.id));
  for (let i = 0; i < of.groupIds.length; i++) {
    const row = rows.get(of.groupIds[i]);
    if (row !== undefined && counted.has(groups.groups[of.groupIds[i]].grouping)) persons[row] = of.counts[i];
  }
  return {
    groupings: [...config.groupings],
    personGroupings: [...config.personGroupings],
    groups: [...rows.keys()].map((groupId) => {
      const { insurance, grouping, dimensions } = groups.groups[groupId];
      return { insurance, grouping, dimensions };
    }),
    sums: sums.map((column) => Float64Array.from(column)),
    persons,
  };
}

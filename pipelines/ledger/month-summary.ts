import { monthStart } from "../../aggregations/calendar.js";
import type { MonthState } from "../../aggregations/months/month.js";
import type { MonthSummary } from "../../connectors/state/month-table.js";

/** What is stored of a loaded month beside its settlements: the days that have any, and what no table knows. */
export function summaryOf(state: MonthState): MonthSummary {
  const days = Array.from(state.settlementsByDay.keys()).filter((d) => state.settlementsByDay[d] > 0);
  const start = monthStart(state.month);
  return {
    firstDay: days.length > 0 ? start + days[0] : null,
    lastDay: days.length > 0 ? start + days[days.length - 1] : null,
    unmapped: JSON.stringify(
      [...state.unmapped].map(([key, { records, fee }]) => [...key.split("\u0001"), records, fee]),
    ),
  };
}

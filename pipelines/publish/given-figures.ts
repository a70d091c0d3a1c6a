import { monthNumber, yearOfMonth } from "../../aggregations/calendar.js";
import { SettledSums } from "../../aggregations/months/settled.js";
import { dipFigures } from "../../aggregations/streams/dip.js";
import { enrolmentFigures } from "../../aggregations/streams/enrolment.js";
import { factFigures } from "../../aggregations/streams/facts.js";
import { fundFigures } from "../../aggregations/streams/fund.js";
import type { SettledRow } from "../../aggregations/streams/settled.js";
import type { Figure } from "../../schemas/figure.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { DayNumber, MonthNumber } from "../../schemas/units.js";
import type { PublishState } from "../ledger/ports.js";

/**
 * The figures that no group of settlements gives: enrolment, funds, DIP, reported facts, as of the last
 * commit. What settlements paid out of the funds must be kept (see `keepSettled`) for every touched month.
 */
export function givenFigures(
  { store, config }: PublishState,
  window: { readonly firstDay: DayNumber | null; readonly lastDay: DayNumber | null },
): Figure[] {
  const records = (stream: StreamName): StreamRecord[] => store.records.all(stream).map((r) => r.record);
  const settled = store.months.settled().flatMap((json) => JSON.parse(json) as SettledRow[]);
  return [
    ...enrolmentFigures(records("enrolment"), config.jurisdiction, window),
    ...fundFigures(records("fund-entry"), settled, window),
    ...dipFigures(records("dip-result"), window),
    ...factFigures(records("reported-fact"), config.jurisdiction, window),
  ];
}

/** Brings what the months of a year up to `last` paid out of the funds up to the last commit. */
export function keepSettledOfYear(state: PublishState, last: MonthNumber): void {
  const { store, months, dimensionIndex, config } = state;
  const rows: [string, MonthNumber][] = [];
  const held = new Set(months.held());
  for (let month = monthNumber(yearOfMonth(last), 1); month <= last; month++) {
    if (!held.has(month)) continue;
    const settled = SettledSums.of(months.cells(month), dimensionIndex.tuples, config.jurisdiction);
    rows.push([JSON.stringify(settled.rows()), month]);
    months.evict(new Set([month]));
  }
  store.months.keepSettled(rows);
}

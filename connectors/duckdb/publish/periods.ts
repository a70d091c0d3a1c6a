import {
  civil,
  dayText,
  monthOfDay,
  monthText,
  type Period,
  parsePeriod,
  periodsOfYear,
  previousPeriodId,
} from "../../../aggregations/calendar.js";
import type { DayNumber, MonthNumber } from "../../../schemas/units.js";
import type { DataSpan } from "../../ports/publisher.js";

export interface PeriodRow extends Period {
  readonly previous: string | null;
  readonly previousKnown: boolean;
  readonly shown: boolean;
  readonly shortShown: boolean;
}

/** Days before the kept ones that are held back unseen, because a kept day's `previous` is made of them. */
const PREVIOUS_YEAR_DAYS = 366;

const inSpan = (p: Period, { firstDay, lastDay }: DataSpan): boolean =>
  p.endDay >= firstDay &&
  (p.kind === "ytd" ? monthOfDay(p.endDay) <= monthOfDay(lastDay) : p.startDay <= lastDay);

/** Every period that rows may stand for: up to the one that holds the last day; days as far back as kept. */
export function periodsOf(
  span: DataSpan,
  keep: { keepDays: number; keepFacilityDays: number },
): Map<string, PeriodRow> {
  const rows = new Map<string, PeriodRow>();
  const add = (p: Period, shown: boolean, shortShown: boolean): void => {
    const previous = previousPeriodId(p.id);
    const before = previous === null ? null : parsePeriod(previous);
    rows.set(p.id, {
      ...p,
      previous,
      previousKnown: before !== null && before.endDay >= span.firstDay,
      shown,
      shortShown,
    });
  };
  const [firstYear] = civil(span.firstDay);
  const [lastYear] = civil(span.lastDay);
  for (let year = firstYear; year <= lastYear; year++) {
    for (const p of periodsOfYear(year)) if (inSpan(p, span)) add(p, true, true);
  }
  const kept = Math.max(keep.keepDays, keep.keepFacilityDays);
  const from = Math.max(span.firstDay, span.lastDay - kept - PREVIOUS_YEAR_DAYS + 1);
  for (let day = from; day <= span.lastDay; day++) {
    add(
      { id: dayText(day), kind: "day", startDay: day, endDay: day },
      day > span.lastDay - keep.keepDays,
      day > span.lastDay - keep.keepFacilityDays,
    );
  }
  return rows;
}

/** A period without settlements of its own that a given figure stands for. */
export function givenPeriod(id: string): PeriodRow | null {
  const period = parsePeriod(id);
  return (
    period && {
      ...period,
      previous: previousPeriodId(id),
      previousKnown: true,
      shown: true,
      shortShown: true,
    }
  );
}

/** Ids of the months that a period adds up; empty for a month or a day. */
export function monthsOf(period: Period): string[] {
  if (period.kind === "day" || period.kind === "month") return [];
  const months: string[] = [];
  for (let m = monthOfDay(period.startDay); m <= monthOfDay(period.endDay); m++) months.push(monthText(m));
  return months;
}

/** Periods whose sums or persons change with these months, days and recounted periods. */
export function touchedPeriods(
  months: Iterable<MonthNumber>,
  days: Iterable<DayNumber>,
  recounted: Iterable<string>,
): Set<string> {
  const touched = new Set<string>();
  for (const id of recounted) touched.add(id);
  for (const month of months) {
    const year = Math.floor(month / 12);
    for (const p of periodsOfYear(year)) {
      if (monthOfDay(p.startDay) <= month && month <= monthOfDay(p.endDay)) touched.add(p.id);
    }
  }
  for (const day of days) touched.add(dayText(day));
  return touched;
}

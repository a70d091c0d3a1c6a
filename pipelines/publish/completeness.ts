import {
  civil,
  dayText,
  monthOfDay,
  monthStart,
  monthText,
  type Period,
  periodsOfYear,
} from "../../aggregations/calendar.js";
import { statusAt, statusTowards } from "../../aggregations/completeness.js";
import type { FacilityReportingRow, PeriodQualityRow } from "../../schemas/completeness.js";
import type { DayNumber, MonthNumber } from "../../schemas/units.js";
import type { PublishState } from "../ledger/ports.js";
import { blocksClose } from "../ledger/unmapped.js";

/** A facility whose settlements have not come as far as a period's end although they should have. */
export interface LaggingFacility {
  readonly facility: string;
  readonly latestDay: DayNumber;
  readonly usualGap: number;
}

/** The facilities that lag towards a period's end, those silent longest first. */
export function laggingFacilities(state: PublishState, period: Period): LaggingFacility[] {
  const watermark = state.reporting.latestDay;
  if (watermark === null) return [];
  const found: LaggingFacility[] = [];
  for (const [facility, days] of state.reporting.facilities) {
    if (statusTowards(days, period.endDay, watermark) !== "lagging") continue;
    found.push({ facility, latestDay: days.latestDay, usualGap: days.usualGap! });
  }
  return found.sort((a, b) => a.latestDay - b.latestDay || (a.facility < b.facility ? -1 : 1));
}

/** One row a facility, for `quality_facility`. */
export function facilityReportingRows(state: PublishState): FacilityReportingRow[] {
  const watermark = state.reporting.latestDay;
  if (watermark === null) return [];
  const month = monthOfDay(watermark);
  return [...state.reporting.facilities].map(([facility, days]) => ({
    facility,
    latest: days.latest,
    lag_days: watermark - days.latestDay,
    usual_gap: days.usualGap,
    standing: statusAt(days, watermark),
    month: monthText(month),
    last_month: monthText(month - 1),
    days_this_month: days.daysIn(month),
    days_last_month: days.daysIn(month - 1),
  }));
}

/** One row a period that holds data, for `quality_period`. */
export function periodQualityRows(state: PublishState): PeriodQualityRow[] {
  const watermark = state.reporting.latestDay;
  const { firstDay, lastDay } = state.store.months.dataSpan();
  if (watermark === null || firstDay === null || lastDay === null) return [];
  // Twelve days of a year are the ends of all its 31 periods.
  const byEnd = new Map<DayNumber, PeriodReports>();
  const unmapped = unmappedByMonth(state);
  const waiting = waitingRecords(state);
  const rows: PeriodQualityRow[] = [];
  for (let year = civil(firstDay)[0]; year <= civil(lastDay)[0]; year++) {
    for (const period of periodsOfYear(year)) {
      const begins = period.kind === "ytd" ? monthStart(monthOfDay(period.endDay)) : period.startDay;
      if (begins > lastDay || period.endDay < firstDay) continue;
      const reports = byEnd.get(period.endDay) ?? reportsBy(state, period.endDay, watermark);
      byEnd.set(period.endDay, reports);
      rows.push(periodRow(state, period, watermark, reports, unmapped, waiting));
    }
  }
  return rows;
}

/** Equal revisions mean equal rows of `periodQualityRows`. */
export function periodQualityRevision(state: PublishState): string {
  const { reporting, closed, store } = state;
  const { firstDay, lastDay } = store.months.dataSpan();
  const days = `${reporting.dayRevision} ${state.reporting.latestDay} ${firstDay} ${lastDay}`;
  return [
    days,
    store.quarantine.revision,
    store.changedFiles.revision,
    closed.rows.length,
    store.months.unmappedText(),
  ].join("\n");
}

/** How many facilities have come as far as a day, and which lag. */
interface PeriodReports {
  readonly expected: number;
  readonly reached: number;
  readonly lagging: readonly string[];
}

function reportsBy({ reporting }: PublishState, endDay: DayNumber, watermark: DayNumber): PeriodReports {
  const counts = { reached: 0, pending: 0, lagging: 0, unexpected: 0 };
  const lagging: string[] = [];
  for (const [facility, days] of reporting.facilities) {
    const standing = statusTowards(days, endDay, watermark);
    counts[standing]++;
    if (standing === "lagging") lagging.push(facility);
  }
  const { reached, pending } = counts;
  return { expected: reached + pending + lagging.length, reached, lagging: lagging.sort() };
}

interface Waiting {
  /** Records by the first and last day of the figures that they would touch. */
  readonly dated: readonly (readonly [first: DayNumber, last: DayNumber, records: number])[];
  /** Records that cannot be read, by the latest day that their arrival makes plausible (null: any). */
  readonly undated: readonly (readonly [last: DayNumber | null, records: number])[];
}

function periodRow(
  state: PublishState,
  period: Period,
  watermark: DayNumber,
  { expected, reached, lagging }: PeriodReports,
  unmappedMonths: ReadonlyMap<MonthNumber, number>,
  waiting: Waiting,
): PeriodQualityRow {
  let unmapped = 0;
  for (let m = monthOfDay(period.startDay); m <= monthOfDay(period.endDay); m++) {
    unmapped += unmappedMonths.get(m) ?? 0;
  }
  let quarantined = 0;
  for (const [first, last, records] of waiting.dated) {
    if (first <= period.endDay && last >= period.startDay) quarantined += records;
  }
  const changed = state.store.changedFiles.waitingFor(period.startDay, period.endDay).length;
  let undated = 0;
  for (const [last, records] of waiting.undated) {
    if (last === null || last >= period.startDay) undated += records;
  }
  const over = watermark >= period.endDay;
  const closed = state.closed.get(period.id) !== undefined;
  const reasons = [
    ...(closed ? ["已结账"] : []),
    ...(over ? [] : [`水位未到期末：最晚结算日 ${dayText(watermark)}，期末 ${dayText(period.endDay)}`]),
    ...(lagging.length > 0 ? [`滞后机构 ${lagging.length} 家：${some(lagging)}`] : []),
    ...(quarantined > 0 ? [`隔离区待处理记录 ${quarantined} 条`] : []),
    ...(undated > 0 ? [`隔离区无法判断期间的记录 ${undated} 条`] : []),
    ...(changed > 0 ? [`取后变动的文件 ${changed} 个`] : []),
    ...(unmapped > 0 ? [`未建档机构涉及记录 ${unmapped} 条`] : []),
  ];
  return {
    period: period.id,
    over,
    facilities_expected: expected,
    facilities_reached: reached,
    facilities_lagging: lagging.length,
    quarantined,
    quarantined_undated: undated,
    unmapped,
    closed,
    may_close: reasons.length === 0,
    why_not: reasons.length === 0 ? null : reasons.join("；"),
  };
}

const some = (names: readonly string[]): string =>
  names.slice(0, 5).join("、") + (names.length > 5 ? " 等" : "");

function unmappedByMonth({ store }: PublishState): Map<MonthNumber, number> {
  return new Map(
    store.months
      .unmapped()
      .map(({ month, unmapped }) => [
        month,
        unmapped.reduce((sum, [kind, , records]) => sum + (blocksClose(kind) ? records : 0), 0),
      ]),
  );
}

function waitingRecords({ store }: PublishState): Waiting {
  const rows = store.quarantine.waitingByDays();
  const dated = rows.filter((row): row is [DayNumber, DayNumber, number] => row[0] !== null);
  const undated = rows.flatMap(([first, last, records]) =>
    first === null ? [[last, records] as const] : [],
  );
  return { dated, undated };
}

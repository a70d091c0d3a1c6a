import { dayOf, parseDay, parsePeriod } from "../../../aggregations/calendar.js";
import { type CurveDay, type Pace, paceOf, yearCurve } from "../../../aggregations/monitor/curve.js";
import { partsOfFund } from "../../../aggregations/monitor/fund-measures.js";
import { type DaySums, daySums } from "../../../connectors/duckdb/monitor/days.js";
import type { Context } from "./route.js";

/** A fund's year by day, in fen. */
export interface FundYear {
  readonly now: readonly CurveDay[];
  /** Null where no settlement of last year is within the data. */
  readonly last: readonly CurveDay[] | null;
  readonly pace: Pace;
}

/** A year with the day that its figures have come to. */
export interface Year {
  readonly year: number;
  /** Latest day with a settlement, at most the period's last. */
  readonly asOf: string;
  /** Days of the year, and how many have gone by with `asOf`. */
  readonly days: number;
  readonly gone: number;
}

/** The year of a period, up to the period's end. */
export function yearOf({ file }: Context, period: string): Year {
  const { startDay, endDay } = parsePeriod(period)!;
  const year = new Date(startDay * 86_400_000).getUTCFullYear();
  const last = file.snapshot.lastDay === null ? endDay : parseDay(file.snapshot.lastDay)!;
  const asOf = Math.max(startDay, Math.min(endDay, last));
  const first = dayOf(year, 1, 1);
  return {
    year,
    asOf: new Date(asOf * 86_400_000).toISOString().slice(0, 10),
    days: dayOf(year, 12, 31) - first + 1,
    gone: asOf - first + 1,
  };
}

/** The years of funds, from one look at the days. A fund that no settlement pays out of has none. */
export async function fundYears(
  { file }: Context,
  funds: readonly string[],
  { year }: Year,
  district?: string,
): Promise<ReadonlyMap<string, FundYear>> {
  const parts = new Map(funds.map((fund) => [fund, partsOfFund(fund)]));
  const all = [...parts.values()].flat();
  if (all.length === 0) return new Map();
  const days = await daySums(file, {
    from: `${year - 1}-01-01`,
    to: `${year}-12-31`,
    measures: [...new Set(all.map((p) => p.measure))],
    insurances: [...new Set(all.map((p) => p.insurance))],
    ...(district === undefined ? {} : { district }),
  });
  const { firstDay } = file.snapshot;
  const wholeLast = firstDay !== null && firstDay <= `${year - 1}-01-02`;
  const anyLast = firstDay !== null && firstDay < `${year}-01-01`;
  const found = new Map<string, FundYear>();
  for (const [fund, of] of parts) {
    if (of.length === 0) continue;
    const sums = new Map<string, bigint>();
    const add = (row: DaySums): void => {
      for (const { insurance, measure } of of) {
        if (row.insurance !== insurance) continue;
        sums.set(row.day, (sums.get(row.day) ?? 0n) + (row.sums[measure] ?? 0n));
      }
    };
    days.forEach(add);
    const last = anyLast ? yearCurve(year - 1, sums) : null;
    // A year is whole only when it goes on to its end: half a year is no pace.
    const whole = wholeLast && monthsWithData(sums, year - 1) === 12;
    found.set(fund, { now: yearCurve(year, sums), last, pace: paceOf(year, whole ? last : null) });
  }
  return found;
}

const monthsWithData = (sums: ReadonlyMap<string, bigint>, year: number): number =>
  new Set([...sums.keys()].filter((day) => day.startsWith(`${year}-`)).map((day) => day.slice(0, 7))).size;

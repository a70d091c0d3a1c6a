import type { Figure } from "../../schemas/figure.js";
import { DIP_INDICATORS, FUND_INDICATORS, INDICATORS } from "../../schemas/indicators.js";
import type { MonthNumber } from "../../schemas/units.js";
import { monthNumber, monthOfDay, type Period, yearOfMonth } from "../calendar.js";
import type { GroupKey } from "../dimensions/groups.js";

/**
 * How many settlement figures stand for these groups (not every indicator stands everywhere:
 * docs/specification.md#ratios).
 */
export function figuresOf(groups: readonly GroupKey[], personGroupings: readonly string[]): number {
  const counted = new Set(personGroupings);
  let figures = 0;
  for (const { grouping, dimensions } of groups) {
    for (const { presence } of INDICATORS) {
      if (presence === "persons" && !counted.has(grouping)) continue;
      if (presence === "care" && dimensions.care === undefined) continue;
      if (presence === "category" && dimensions.category === undefined) continue;
      if (presence === "inpatient" && dimensions.care !== "inpatient") continue;
      figures++;
    }
  }
  return figures;
}

/**
 * Months whose settlements a period's figures are made of: its own, and those since 1 January, which the
 * progress of budgets counts.
 */
export function watchedMonths(period: Period): MonthNumber[] {
  const last = monthOfDay(period.endDay);
  const months: MonthNumber[] = [];
  for (let m = monthNumber(yearOfMonth(last), 1); m <= last; m++) months.push(m);
  return months;
}

/** Given indicators that are 0, and not absent, where there is nothing: what adds up. */
const ADDITIVE = new Set(
  [...FUND_INDICATORS, ...DIP_INDICATORS]
    .filter((i) => i.denominator === null && i.name !== "balance_cumulative")
    .map((i) => i.name),
);
const nothing = (indicator: string): string | null => (ADDITIVE.has(indicator) ? "0" : null);

const keyOf = (f: Figure): string =>
  JSON.stringify([
    f.insurance,
    f.grouping,
    Object.entries(f.dimensions).sort(([a], [b]) => (a < b ? -1 : 1)),
    f.other && Object.entries(f.other).sort(([a], [b]) => (a < b ? -1 : 1)),
    f.indicator,
  ]);

/**
 * Given figures with what was reported of them. A figure of a closed period that is gone stands with 0, or
 * without a value; one that has come since was reported as 0, or not at all.
 */
export function withReported(
  figures: readonly Figure[],
  frozen: ReadonlyMap<string, readonly Figure[]>,
): Figure[] {
  if (frozen.size === 0) return figures as Figure[];
  const waiting = new Map(
    [...frozen].map(([period, list]) => [period, new Map(list.map((f) => [keyOf(f), f]))] as const),
  );
  const all = figures.map((f): Figure => {
    const closed = waiting.get(f.period);
    if (closed === undefined) return f;
    const key = keyOf(f);
    const then = closed.get(key);
    closed.delete(key);
    return { ...f, reported: then === undefined ? nothing(f.indicator) : then.value };
  });
  for (const gone of waiting.values()) {
    for (const f of gone.values()) {
      all.push({ ...f, value: nothing(f.indicator), previous: null, change_pct: null, reported: f.value });
    }
  }
  return all;
}

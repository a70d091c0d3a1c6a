import { MEASURES } from "../../../schemas/measures.js";
import type { Figures, Recount } from "./types.js";

/** Figures as somebody else arrived at them, under the same keys (`groupKey`): a row where a settlement stands behind it. */
export interface Claimed {
  /** `YYYY-MM` -> figures. */
  readonly months: ReadonlyMap<string, Figures>;
  /** Any period but day -> group key -> persons. */
  readonly persons: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** `YYYY-MM-DD` -> figures. */
  readonly days: ReadonlyMap<string, Figures>;
}

function compareFigures(
  what: string,
  claimed: ReadonlyMap<string, Figures>,
  counted: ReadonlyMap<string, Figures>,
  wanted: (period: string) => boolean,
): string[] {
  const differences: string[] = [];
  for (const period of new Set([...claimed.keys(), ...counted.keys()])) {
    if (!wanted(period)) continue;
    const one = claimed.get(period) ?? new Map();
    const two = counted.get(period) ?? new Map();
    for (const group of new Set([...one.keys(), ...two.keys()])) {
      if (!one.has(group)) differences.push(`${what} ${period} ${group}: missing`);
      else if (!two.has(group)) differences.push(`${what} ${period} ${group}: stands without a settlement`);
      for (const { name } of MEASURES) {
        const claims = one.get(group)?.[name] ?? 0;
        const counts = two.get(group)?.[name] ?? 0;
        if (claims !== counts) {
          differences.push(`${what} ${period} ${group} ${name}: ${claims}, recounted ${counts}`);
        }
      }
    }
  }
  return differences;
}

/** Every difference between claimed figures and the recount, as text; persons up to the latest month. */
export function differences(claimed: Claimed, recounted: Recount): string[] {
  const isMonth = (period: string): boolean => /^\d{4}-\d{2}$/.test(period);
  const list = compareFigures("month", claimed.months, recounted.months, isMonth);
  list.push(...compareFigures("day", claimed.days, recounted.days, () => true));
  // A ytd period behind the latest month is the year to that month; nobody asks for it.
  const lastMonth = [...recounted.months.keys()].filter(isMonth).sort().at(-1) ?? "";
  const isAsked = (period: string): boolean => {
    const ytd = /^(\d{4})YTD(\d{2})$/.exec(period);
    return ytd === null || `${ytd[1]}-${ytd[2]}` <= lastMonth;
  };
  for (const period of new Set([...claimed.persons.keys(), ...recounted.persons.keys()])) {
    if (!isAsked(period)) continue;
    const one = claimed.persons.get(period) ?? new Map<string, number>();
    const two = recounted.persons.get(period) ?? new Map<string, number>();
    for (const group of new Set([...one.keys(), ...two.keys()])) {
      const claims = one.get(group) ?? 0;
      const counts = two.get(group) ?? 0;
      if (claims !== counts) list.push(`persons ${period} ${group}: ${claims}, recounted ${counts}`);
    }
  }
  return list;
}

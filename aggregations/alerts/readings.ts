import { type AlertRule, EACH } from "../../schemas/alerts/rule.js";
import { watchOf } from "../../schemas/alerts/watches.js";
import { ALL_INSURANCES, DIMENSIONS } from "../../schemas/dimensions.js";
import { INDICATORS } from "../../schemas/indicators.js";
import type { DayNumber } from "../../schemas/units.js";
import { civil, type Period, periodsOfYear } from "../calendar.js";
import type { Rational } from "../rational.js";

/** What a rule wants to read of a version: rows of one indicator, period and grouping. */
export interface Question {
  readonly rule: AlertRule;
  /** `settled`: follows from settlement groups; `given`: stands as a figure; `watch`: see watches.ts. */
  readonly source: "settled" | "given" | "watch";
  /** Null for a watch. */
  readonly period: string | null;
  readonly insurance: string | null;
  readonly grouping: string | null;
  /** Dimensions with one value. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Dimension each of whose values is a subject of its own. */
  readonly each: string | null;
}

/** One row that was read. Numbers are exact, as published or finer. */
export interface Reading {
  /** Value of the question's `each`; empty where there is none. */
  readonly subject: string;
  /** Name of that value where the data has one: a facility's. */
  readonly name: string | null;
  readonly value: Rational | null;
  readonly previous: Rational | null;
  /** What `atLeast` asks for. */
  readonly amounts: Readonly<Record<string, Rational | null>>;
  /** Of a facility: those of equal text are its peers. */
  readonly peers?: string;
  /** The facility lies in the jurisdiction. */
  readonly local?: boolean;
}

const SETTLED = new Set(INDICATORS.map((i) => i.name));

/** Grouping name of dimensions, in their order (docs/specification.md#indicators-table). */
export function groupingOf(dimensions: readonly string[]): string {
  const names = DIMENSIONS.filter((d) => dimensions.includes(d));
  return names.length === 0 ? "total" : names.join("+");
}

/** The current period of a kind: the one that holds the latest settled day. */
export function currentPeriod(kind: Period["kind"], asOf: DayNumber): string {
  const [year, month, date] = civil(asOf);
  if (kind === "day") {
    const two = (n: number): string => String(n).padStart(2, "0");
    return `${String(year).padStart(4, "0")}-${two(month)}-${two(date)}`;
  }
  const found = periodsOfYear(year).filter((p) => p.kind === kind && p.startDay <= asOf && asOf <= p.endDay);
  // Of the year-to-date periods, the first that reaches this day.
  return found[0].id;
}

/** What a rule asks of a version whose latest settled day is `asOf`; null while nothing is settled. */
export function questionOf(rule: AlertRule, asOf: DayNumber | null): Question | null {
  const { insurance = ALL_INSURANCES, ...dimensions } = rule.where;
  const each = Object.keys(dimensions).find((d) => dimensions[d] === EACH) ?? null;
  const fixed = Object.fromEntries(Object.entries(dimensions).filter(([, value]) => value !== EACH));
  if (watchOf(rule.indicator) !== undefined) {
    return { rule, source: "watch", period: null, insurance: null, grouping: null, fixed, each };
  }
  if (asOf === null) return null;
  return {
    rule,
    source: SETTLED.has(rule.indicator) ? "settled" : "given",
    period: currentPeriod(rule.period, asOf),
    insurance,
    grouping: groupingOf(Object.keys(dimensions)),
    fixed,
    each,
  };
}

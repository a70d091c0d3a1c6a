import { ALL_INSURANCES, DIMENSIONS, type Dimension } from "../../schemas/dimensions.js";
import type { Figure } from "../../schemas/figure.js";
import type { DayNumber } from "../../schemas/units.js";
import { civil, dayOf, type Period, periodsOfYear } from "../calendar.js";
import { changePct, type Rational, roundHalfUp, ZERO } from "../rational.js";

/** First and last day with data of the whole product (the settlements); null where there is none yet. */
export interface DataWindow {
  readonly firstDay: DayNumber | null;
  readonly lastDay: DayNumber | null;
}

/** A period inside one year, as months of that year. */
export interface Span {
  readonly period: Period;
  /** Place among the periods of a year, as in `periodsOfYear`. */
  readonly index: number;
  /** 0 for January. */
  readonly from: number;
  /** Last month, included. */
  readonly to: number;
}

/** Data of one group, by year. */
export interface Series<Y> {
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  readonly years: ReadonlyMap<number, Y>;
}

export interface Indicator<Y> {
  readonly name: string;
  readonly unit: string;
  /** Decimals of the printed text. */
  readonly places: number;
  /** Reads 0 where there is a row and this side of it has no data. */
  readonly additive: boolean;
  /** Null where the span has no data or the figure is undefined. */
  readonly value: (year: Y, span: Span) => Rational | null;
}

/**
 * The data window widened by the days of a stream's own records, which may begin before the settlements.
 * Without any settlement the records' own last day closes it. Null when nothing gives an end.
 */
export function windowWith(
  window: DataWindow,
  ownDays: Iterable<DayNumber>,
): { first: DayNumber; last: DayNumber } | null {
  let first = window.firstDay ?? Number.POSITIVE_INFINITY;
  let ownLast = Number.NEGATIVE_INFINITY;
  for (const day of ownDays) {
    if (day < first) first = day;
    if (day > ownLast) ownLast = day;
  }
  const last = window.lastDay ?? ownLast;
  return Number.isFinite(last) ? { first, last } : null;
}

const allSpans = (year: number): Span[] =>
  periodsOfYear(year).map((period, index) => ({
    period,
    index,
    from: civil(period.startDay)[1] - 1,
    to: civil(period.endDay)[1] - 1,
  }));

/** Periods of a year up to those that contain `last`: an ytd counts as the month that it ends with. */
function spansOfYear(year: number, last: DayNumber): Span[] {
  return allSpans(year).filter(({ period, to }) => {
    return (period.kind === "ytd" ? dayOf(year, to + 1, 1) : period.startDay) <= last;
  });
}

/** One figure as text, its `previous` and relative change; null when both sides are missing. */
export function figure(
  period: string,
  group: Pick<Figure, "insurance" | "grouping" | "dimensions"> & { readonly other?: Figure["other"] },
  indicator: { readonly name: string; readonly unit: string; readonly places: number },
  value: Rational | null,
  previous: Rational | null,
): Figure | null {
  if (value === null && previous === null) return null;
  return {
    period,
    insurance: group.insurance,
    grouping: group.grouping,
    dimensions: group.dimensions,
    other: group.other ?? null,
    indicator: indicator.name,
    unit: indicator.unit,
    value: value === null ? null : roundHalfUp(value, indicator.places),
    previous: previous === null ? null : roundHalfUp(previous, indicator.places),
    change_pct: changePct(value, previous),
  };
}

/**
 * Figures of all groups for month, quarter, half, year and ytd (docs/specification.md#rows): a row stands
 * where this period or last year's has data; the missing side of an additive figure is 0, but `previous` is
 * null where that whole period lies before `first`. Order of the result depends on the groups' names alone.
 */
export function seriesFigures<Y>(
  groups: Iterable<Series<Y>>,
  indicators: readonly Indicator<Y>[],
  window: { readonly first: DayNumber; readonly last: DayNumber },
): Figure[] {
  const figures: Figure[] = [];
  const lastYear = civil(window.last)[0];
  const everySpan = new Map<number, Span[]>();
  const spans = new Map<number, Span[]>();
  const named = [...groups].map((group) => ({ group, name: groupName(group) }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { group } of named) {
    // Each year is valued once: as this year and again as the next one's previous.
    const valued = new Map<number, Values>();
    for (const [year, data] of group.years) {
      if (!everySpan.has(year)) everySpan.set(year, allSpans(year));
      valued.set(year, valuesOf(data, indicators, everySpan.get(year)!));
    }
    const years = new Set([...group.years.keys()].flatMap((y) => [y, y + 1]));
    for (const year of [...years].sort((a, b) => a - b)) {
      if (year > lastYear) continue;
      if (!spans.has(year)) spans.set(year, spansOfYear(year, window.last));
      const now = valued.get(year);
      const before = valued.get(year - 1);
      for (const span of spans.get(year)!) {
        const known = dayOf(year - 1, span.to + 2, 1) - 1 >= window.first;
        for (let i = 0; i < indicators.length; i++) {
          let value = now?.[span.index][i] ?? null;
          let previous = before?.[span.index][i] ?? null;
          if (value === null && previous === null) continue;
          if (indicators[i].additive) {
            value ??= ZERO;
            if (known) previous ??= ZERO;
          }
          const row = figure(span.period.id, group, indicators[i], value, previous);
          if (row !== null) figures.push(row);
        }
      }
    }
  }
  return figures;
}

/** By span of the year, then by indicator. */
type Values = (Rational | null)[][];

function valuesOf<Y>(data: Y, indicators: readonly Indicator<Y>[], spans: readonly Span[]): Values {
  return spans.map((span) => indicators.map((indicator) => indicator.value(data, span)));
}

function groupName(group: Series<unknown>): string {
  const dimensions = DIMENSIONS.map((d) => group.dimensions[d] ?? "");
  return JSON.stringify([group.grouping, group.insurance, ...dimensions]);
}

/** Collects the data of groups by insurance, dimensions (given in the order of DIMENSIONS) and year. */
export class SeriesMap<Y> {
  readonly #groups = new Map<string, Series<Y> & { readonly years: Map<number, Y> }>();
  readonly #newYear: () => Y;

  constructor(newYear: () => Y) {
    this.#newYear = newYear;
  }

  /** The data of one group and year, made empty where there is none yet. */
  at(insurance: string, dimensions: Series<Y>["dimensions"], year: number): Y {
    const name = JSON.stringify([insurance, dimensions]);
    let group = this.#groups.get(name);
    if (group === undefined) {
      const grouping = Object.keys(dimensions).join("+") || "total";
      group = { insurance, grouping, dimensions, years: new Map() };
      this.#groups.set(name, group);
    }
    let data = group.years.get(year);
    if (data === undefined) {
      data = this.#newYear();
      group.years.set(year, data);
    }
    return data;
  }

  values(): Iterable<Series<Y>> {
    return this.#groups.values();
  }
}

/** Insurances that a record of one insurance counts in: its own and `all`. */
export const withAll = (insurance: string): readonly string[] =>
  insurance === ALL_INSURANCES ? [ALL_INSURANCES] : [insurance, ALL_INSURANCES];

import { minus } from "../../../aggregations/micros.js";
import { DIMENSIONS, type Dimension, SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { INDICATORS, type Indicator, microsPerUnit, type Term } from "../../../schemas/indicators.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { relativeChange, roundedQuotient, scaled } from "../expressions.js";
import { termColumn } from "../views/cell.js";
import type { OpenFile } from "./open-file.js";

/** A figure as `indicators` has it: decimals as text in the table's units, null where there is none. */
export interface Figure {
  readonly period: string;
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly facility_name?: string;
  readonly indicator: string;
  readonly value: string | null;
  readonly unit: string;
  readonly previous: string | null;
  readonly change: string | null;
  readonly change_pct: string | null;
  readonly reported: string | null;
  readonly status: "open" | "closed" | "restated";
  /** Kept from this caller. */
  readonly hidden?: true;
}

/** Which figures; every list is an "or", all together an "and". */
export interface FigureQuery {
  readonly periods?: readonly string[];
  /** All periods of a kind that begin in the span; days `YYYY-MM-DD`, both inclusive. */
  readonly span?: { readonly kind: string; readonly from: string; readonly to: string };
  readonly indicators: readonly string[];
  readonly insurances?: readonly string[];
  readonly grouping: string;
  readonly where?: Readonly<Partial<Record<Dimension, readonly string[]>>>;
}

const SETTLED = new Map(INDICATORS.map((i) => [i.name, i]));
const list = (values: readonly string[]): string => values.map(quoteText).join(", ");

function conditions(query: FigureQuery, period: string): string[] {
  const { periods, span, insurances, where } = query;
  return [
    ...(periods ? [`c.period IN (${list(periods)})`] : []),
    ...(span
      ? [
          `${period}.period_kind = ${quoteText(span.kind)}`,
          `${period}.period_start >= ${quoteText(span.from)}::DATE`,
          `${period}.period_start <= ${quoteText(span.to)}::DATE`,
        ]
      : []),
    ...(insurances ? [`c.insurance IN (${list(insurances)})`] : []),
    `c."grouping" = ${quoteText(query.grouping)}`,
    ...Object.entries(where ?? {}).map(([d, values]) => `c.${d} IN (${list(values ?? [])})`),
  ];
}

/** Whether an indicator has a row in a grouping at all (as in the view `indicators`). */
function stands(indicator: Indicator, grouping: string, query: FigureQuery): boolean {
  const parts = grouping.split("+");
  switch (indicator.presence) {
    case "care":
    case "inpatient":
      return parts.includes("care") && (indicator.presence === "care" || query.span?.kind !== "day");
    case "category":
      return parts.includes("category");
    default:
      return true;
  }
}

const frozenTerm = (term: Term): string => (term === "enrolled" ? "c.r_enrolled" : `r.${term}`);
const value = (i: Indicator, of: (term: Term) => string): string => {
  const micros = microsPerUnit(i);
  const num = of(i.numerator);
  return i.denominator === null
    ? scaled(`${num}::HUGEINT * ${micros}`, 24, 6)
    : scaled(roundedQuotient(num, of(i.denominator), micros), 24, 6);
};
const changePct = (i: Indicator): string => {
  const den = (previous: boolean): string => (i.denominator ? termColumn(i.denominator, previous) : "1");
  const [now, before] = [termColumn(i.numerator, false), termColumn(i.numerator, true)];
  return scaled(relativeChange(now, den(false), before, den(true), 1_000_000), 24, 6);
};

/** Per row whether the indicator is there: persons are not counted everywhere, rates of stays only for stays. */
const presence = (i: Indicator): string =>
  i.presence === "persons"
    ? "c.has_persons"
    : i.presence === "inpatient"
      ? "(c.care = 'inpatient' AND c.period_kind <> 'day')"
      : "true";

/**
 * The settlement figures of a query, a row per group with five columns an indicator. The view `indicators` gives
 * the same figures, but works out all of a group's before it picks; here only those asked for are divided.
 */
function settledSql(query: FigureQuery, indicators: readonly Indicator[], anyClosed: boolean): string {
  const frozen = anyClosed
    ? `LEFT JOIN store.closed_scope k ON k.period = c.period AND k."grouping" = c."grouping"
       LEFT JOIN store.closed_fact r ON r.period = c.period AND r."grouping" = c."grouping" AND r.gid = c.gid`
    : "";
  const columns = indicators.flatMap((i, n) => [
    `${presence(i)} AS is_${n}`,
    `${value(i, (t) => termColumn(t, false))} AS value_${n}`,
    `${value(i, (t) => termColumn(t, true))} AS previous_${n}`,
    `${changePct(i)} AS change_pct_${n}`,
    ...(anyClosed
      ? [
          `k.period IS NOT NULL${i.presence === "persons" ? " AND k.persons" : ""} AS closed_${n}`,
          `${value(i, frozenTerm)} AS reported_${n}`,
        ]
      : []),
  ]);
  return `SELECT c.period, c.insurance, ${SETTLEMENT_DIMENSIONS.map((d) => `c.${d}`).join(", ")},
      c.facility_name, ${columns.join(", ")}
    FROM store.cell c ${frozen}
    WHERE ${conditions(query, "c").join(" AND ")}
    ORDER BY c.period_start, c.period_end, c.insurance, c.gid`;
}

/** Figures that do not come of settlements stand ready, a row each. */
function givenSql(query: FigureQuery, indicators: readonly string[]): string {
  return `SELECT c.period, c.insurance, ${DIMENSIONS.map((d) => `c.${d}`).join(", ")}, n.name AS facility_name,
      c.indicator, c.unit, c.value, c.previous, c.change_pct, c.closed, c.reported
    FROM store.figure c JOIN store.period p ON p.period = c.period
      LEFT JOIN store.facility_name n ON n.facility = c.facility
    WHERE ${[...conditions(query, "p"), `c.indicator IN (${list(indicators)})`].join(" AND ")}
    ORDER BY p.period_start, p.period_end, c.insurance, ${DIMENSIONS.map((d) => `c.${d}`).join(", ")}, c.indicator`;
}

type Row = Readonly<Record<string, unknown>>;
const text = (v: unknown): string | null => (v === null || v === undefined ? null : String(v));

function dimensionsOf(row: Row, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const is = row[name];
    if (is !== null && is !== undefined) found[name] = String(is);
  }
  return found;
}

function figure(
  row: Row,
  grouping: string,
  names: readonly string[],
  indicator: string,
  unit: string,
  numbers: { value: unknown; previous: unknown; change_pct: unknown; closed: unknown; reported: unknown },
): Figure {
  const [value, previous] = [text(numbers.value), text(numbers.previous)];
  const closed = numbers.closed === true;
  const reported = closed ? text(numbers.reported) : null;
  return {
    period: String(row.period),
    insurance: String(row.insurance),
    grouping,
    dimensions: dimensionsOf(row, names),
    ...(row.facility_name ? { facility_name: String(row.facility_name) } : {}),
    indicator,
    value,
    unit,
    previous,
    change: minus(value, previous),
    change_pct: text(numbers.change_pct),
    reported,
    status: !closed ? "open" : value === reported ? "closed" : "restated",
  };
}

/**
 * Published figures, ordered by period, insurance, group and, within a group, as the indicators were asked for.
 * Equal, digit by digit, to what `indicators` gives.
 */
export async function figuresOf(file: OpenFile, query: FigureQuery): Promise<Figure[]> {
  const settled = query.indicators.flatMap((name) => {
    const indicator = SETTLED.get(name);
    return indicator && stands(indicator, query.grouping, query) ? [indicator] : [];
  });
  const given = query.indicators.filter((name) => !SETTLED.has(name));
  const [first, second] = await Promise.all([
    settled.length > 0 ? file.rows(settledSql(query, settled, file.anyClosed)) : [],
    given.length > 0 ? file.rows(givenSql(query, given)) : [],
  ]);
  const found: Figure[] = [];
  for (const row of first) {
    settled.forEach((i, n) => {
      if (row[`is_${n}`] !== true) return;
      found.push(
        figure(row, query.grouping, SETTLEMENT_DIMENSIONS, i.name, i.unit, {
          value: row[`value_${n}`],
          previous: row[`previous_${n}`],
          change_pct: row[`change_pct_${n}`],
          closed: row[`closed_${n}`],
          reported: row[`reported_${n}`],
        }),
      );
    });
  }
  for (const row of second) {
    found.push(
      figure(row, query.grouping, DIMENSIONS, String(row.indicator), String(row.unit), row as never),
    );
  }
  return found;
}

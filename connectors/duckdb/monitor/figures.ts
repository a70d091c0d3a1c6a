import { decimal, divided, fractionOf, minus } from "../../../aggregations/micros.js";
import {
  DIMENSIONS,
  type Dimension,
  groupingParts,
  SETTLEMENT_DIMENSIONS,
} from "../../../schemas/dimensions.js";
import { INDICATORS, type Indicator, microsPerUnit, type Term } from "../../../schemas/indicators.js";
import { isOneOf, quoteText } from "../../../schemas/published/definition.js";
import { cellExpression, cellFrom, joinsOf, termColumn } from "../views/cell.js";
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

function conditions(query: FigureQuery, period: string): string[] {
  const { periods, span, insurances, where } = query;
  return [
    ...(periods ? [isOneOf("c.period", periods)] : []),
    ...(span
      ? [
          `${period}.period_kind = ${quoteText(span.kind)}`,
          `${period}.period_start >= ${quoteText(span.from)}::DATE`,
          `${period}.period_start <= ${quoteText(span.to)}::DATE`,
        ]
      : []),
    ...(insurances ? [isOneOf("c.insurance", insurances)] : []),
    `c."grouping" = ${quoteText(query.grouping)}`,
    ...Object.entries(where ?? {}).map(([d, values]) => isOneOf(`c.${d}`, values ?? [])),
  ];
}

/** Whether an indicator has a row in a grouping at all (as in the view `indicators`). */
function stands(indicator: Indicator, grouping: string, query: FigureQuery): boolean {
  const parts = groupingParts(grouping);
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

/** Columns of the cell view that a term stands in: of this period, and of the year before. */
const columnsOf = (term: Term): readonly string[] =>
  [termColumn(term, false), termColumn(term, true)].map(unqualified);
const unqualified = (column: string): string => column.replace("c.", "");
const termsOf = (indicators: readonly Indicator[]): Term[] => [
  ...new Set(
    indicators.flatMap((i) => (i.denominator === null ? [i.numerator] : [i.numerator, i.denominator])),
  ),
];

/**
 * The whole numbers that settlement figures are made of, a row a group, joined with what they need alone: the view
 * `indicators` gives the same figures, but works out every one of a group before it picks.
 */
function settledSql(query: FigureQuery, indicators: readonly Indicator[], anyClosed: boolean): string {
  const terms = termsOf(indicators);
  const names = ["has_persons", "facility_name", ...terms.flatMap(columnsOf)];
  const frozen = anyClosed ? terms.map((t) => ({ t, sql: t === "enrolled" ? "e.r_persons" : `r.${t}` })) : [];
  const wanted = names
    .filter((name) => name !== "facility_name" || query.grouping.includes("facility"))
    .map((name) => `${cellExpression(name)} AS ${name}`);
  const columns = [
    "f.period AS period",
    "p.period_kind AS period_kind",
    "g.insurance AS insurance",
    ...SETTLEMENT_DIMENSIONS.filter((d) => groupingParts(query.grouping).includes(d)).map(
      (d) => `g.${d} AS ${d}`,
    ),
    ...wanted,
    ...frozen.map(({ t, sql }) => `${sql} AS r_${t}`),
    ...(anyClosed ? ["k.period IS NOT NULL AS closed", "k.persons AS closed_persons"] : []),
  ];
  const closed = anyClosed
    ? `LEFT JOIN store.closed_scope k ON k.period = f.period AND k."grouping" = f."grouping"
       LEFT JOIN store.closed_fact r ON r.period = f.period AND r."grouping" = f."grouping" AND r.gid = f.gid`
    : "";
  return `SELECT ${columns.join(", ")} ${cellFrom(joinsOf(columns), closed)}
      AND ${settledConditions(query).join(" AND ")}
    ORDER BY p.period_start, p.period_end, g.insurance, f.gid`;
}

/** What narrows the sums of the cell view to those of a query. */
export function settledConditions({
  periods,
  span,
  insurances,
  where,
  grouping,
}: Pick<FigureQuery, "periods" | "span" | "insurances" | "where" | "grouping">): string[] {
  return [
    ...(periods ? [isOneOf("f.period", periods), isOneOf("p.period", periods)] : []),
    ...(span
      ? [
          `p.period_kind = ${quoteText(span.kind)}`,
          `p.period_start >= ${quoteText(span.from)}::DATE`,
          `p.period_start <= ${quoteText(span.to)}::DATE`,
        ]
      : []),
    ...(insurances ? [isOneOf("g.insurance", insurances)] : []),
    `f."grouping" = ${quoteText(grouping)}`,
    `g."grouping" = ${quoteText(grouping)}`,
    ...Object.entries(where ?? {}).map(([d, values]) => isOneOf(`g.${d}`, values ?? [])),
  ];
}

const whole = (v: unknown): bigint | null => (v === null || v === undefined ? null : BigInt(String(v)));

/** What a figure is made of: its numerator and denominator, 1 for one that is no ratio. */
interface Pair {
  readonly num: bigint | null;
  readonly den: bigint | null;
}
const pairOf = (i: Indicator, of: (term: Term) => unknown): Pair => ({
  num: whole(of(i.numerator)),
  den: i.denominator === null ? 1n : whole(of(i.denominator)),
});

/** The figure in its published six places, rounded half up, as the view has it; null over 0. */
const quotient = ({ num, den }: Pair, perUnit: bigint): string | null =>
  num === null || den === null || den === 0n ? null : decimal(divided(num * perUnit, den));

/** Relative change from the unrounded figures; null where the base is 0 or missing. */
function changeOf(now: Pair, before: Pair): string | null {
  if (now.num === null || now.den === null || before.num === null || before.den === null) return null;
  if (now.den === 0n || before.den === 0n) return null;
  return fractionOf(now.num * before.den - before.num * now.den, before.num * now.den);
}

/** Whether a row has the indicator: persons are not counted everywhere, the admission rate is for stays alone. */
const isThere = (i: Indicator, row: Row): boolean =>
  i.presence === "persons"
    ? row.has_persons === true
    : i.presence !== "inpatient" || (row.care === "inpatient" && row.period_kind !== "day");

/** Figures that do not come of settlements stand ready, a row each. */
function givenSql(query: FigureQuery, indicators: readonly string[]): string {
  return `SELECT c.period, c.insurance, ${DIMENSIONS.map((d) => `c.${d}`).join(", ")}, c.other,
      n.name AS facility_name, c.indicator, c.unit, c.value, c.previous, c.change_pct, c.closed, c.reported
    FROM store.figure c JOIN store.period p ON p.period = c.period
      LEFT JOIN store.facility_name n ON n.facility = c.facility
    WHERE ${[...conditions(query, "p"), isOneOf("c.indicator", indicators)].join(" AND ")}
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

/** A MAP as it comes, a list of pairs: dimensions of a reported fact without a column. */
function otherOf(value: unknown): Record<string, string> {
  if (!Array.isArray(value)) return {};
  return Object.fromEntries(value.map(({ key, value: v }) => [String(key), String(v)]));
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
    dimensions: { ...dimensionsOf(row, names), ...otherOf(row.other) },
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
    for (const i of settled) {
      if (!isThere(i, row)) continue;
      const perUnit = BigInt(microsPerUnit(i));
      const [now, before] = [pairOf(i, (t) => row[t]), pairOf(i, (t) => row[`p_${t}`])];
      const closed = row.closed === true && (i.presence !== "persons" || row.closed_persons === true);
      found.push(
        figure(row, query.grouping, SETTLEMENT_DIMENSIONS, i.name, i.unit, {
          value: quotient(now, perUnit),
          previous: quotient(before, perUnit),
          change_pct: changeOf(now, before),
          closed,
          reported: closed
            ? quotient(
                pairOf(i, (t) => row[`r_${t}`]),
                perUnit,
              )
            : null,
        }),
      );
    }
  }
  for (const row of second) {
    found.push(
      figure(row, query.grouping, DIMENSIONS, String(row.indicator), String(row.unit), row as never),
    );
  }
  return found;
}

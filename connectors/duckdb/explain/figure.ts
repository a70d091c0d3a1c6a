import { groupingOf, type Request } from "../../../aggregations/explain/request.js";
import {
  DIMENSIONS,
  type Dimension,
  groupingParts,
  SETTLEMENT_DIMENSIONS,
} from "../../../schemas/dimensions.js";
import { isOneOf, quoteText } from "../../../schemas/published/definition.js";
import type { ExplainReader } from "./reader.js";

/** A figure as it is published; decimal texts, null where there is none. */
export interface PublishedFigure {
  readonly value: string | null;
  readonly unit: string;
  readonly previous: string | null;
  readonly change: string | null;
  readonly change_pct: string | null;
  readonly reported: string | null;
  readonly status: string;
  readonly facility_name: string | null;
}

const text = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);

function mapSql(other: Readonly<Record<string, string>>): string {
  const entries = Object.entries(other).sort(([a], [b]) => (a < b ? -1 : 1));
  return `MAP {${entries.map(([k, v]) => `${quoteText(k)}: ${quoteText(v)}`).join(", ")}}`;
}

/** Conditions on `indicators` (or what has its columns) that name one group of one period. */
export function groupWhere(
  request: Pick<Request, "period" | "insurance" | "dimensions" | "other">,
): string[] {
  return [
    `period = ${quoteText(request.period.id)}`,
    `insurance = ${quoteText(request.insurance)}`,
    `"grouping" = ${quoteText(groupingOf(request))}`,
    ...Object.entries(request.dimensions).map(([d, v]) => `${d} = ${quoteText(v)}`),
    ...(Object.keys(request.other).length > 0 ? [`other = ${mapSql(request.other)}`] : []),
  ];
}

/** The published figures of one group, by indicator: those of the names that stand there. */
export async function publishedFigures(
  reader: ExplainReader,
  request: Pick<Request, "period" | "insurance" | "dimensions" | "other">,
  indicators: readonly string[],
): Promise<Map<string, PublishedFigure>> {
  const { rows } = await reader.query(
    `SELECT indicator, value, unit, previous, change, change_pct, reported, status, facility_name
     FROM published.main.indicators WHERE ${groupWhere(request).join(" AND ")}
       AND ${isOneOf("indicator", indicators)}`,
  );
  return new Map(
    rows.map((row) => {
      const [indicator, value, unit, previous, change, change_pct, reported, status, facility_name] =
        row.map(text);
      return [
        indicator!,
        {
          value: value ?? null,
          unit: unit ?? "",
          previous: previous ?? null,
          change: change ?? null,
          change_pct: change_pct ?? null,
          reported: reported ?? null,
          status: status ?? "open",
          facility_name: facility_name ?? null,
        },
      ];
    }),
  );
}

/** Periods that are published, of the kind and then of every other. */
export const publishedPeriods = (reader: ExplainReader): Promise<string[]> =>
  texts(
    reader,
    "SELECT period FROM published.store.period p WHERE p.shown OR period IN (SELECT period FROM published.store.figure) ORDER BY period_start, period_end",
  );

/** Indicators that other offices report under names of their own, with their units. */
export async function reportedIndicators(reader: ExplainReader): Promise<Map<string, string>> {
  const { rows } = await reader.query(
    "SELECT DISTINCT indicator, unit FROM published.store.figure ORDER BY ALL",
  );
  return new Map(rows.map(([name, unit]) => [String(name), String(unit)]));
}

/** Values of a dimension that occur in the period. */
export function valuesOf(reader: ExplainReader, period: string, dimension: Dimension): Promise<string[]> {
  const given = `SELECT ${dimension} AS v FROM published.store.figure WHERE period = ${quoteText(period)}`;
  const settled = (SETTLEMENT_DIMENSIONS as readonly string[]).includes(dimension)
    ? `SELECT g.${dimension} FROM published.store.fact f JOIN published.store.grp g USING (gid)
       WHERE f.period = ${quoteText(period)} UNION ALL`
    : "";
  return texts(reader, `SELECT DISTINCT v FROM (${settled} ${given}) t(v) WHERE v IS NOT NULL ORDER BY v`);
}

/** Groupings in which an indicator stands in the period. */
export const groupingsOf = (reader: ExplainReader, period: string, indicator: string): Promise<string[]> =>
  texts(
    reader,
    `SELECT DISTINCT "grouping" FROM published.main.indicators
     WHERE period = ${quoteText(period)} AND indicator = ${quoteText(indicator)} ORDER BY 1`,
  );

/** Figures of the indicator and period in that grouping that share most values with what was asked for. */
export async function nearFigures(
  reader: ExplainReader,
  request: Request,
  grouping: string,
  limit: number,
): Promise<string[]> {
  const names = groupingParts(grouping).filter((d) => d !== "other");
  const asked: Readonly<Record<string, string>> = { insurance: request.insurance, ...request.dimensions };
  const shared = ["insurance", ...names]
    .filter((d) => asked[d] !== undefined)
    .map((d) => `(${d} = ${quoteText(asked[d]!)})::INTEGER`);
  const { rows } = await reader.query(
    `SELECT insurance, ${DIMENSIONS.join(", ")}, other, value FROM published.main.indicators
     WHERE period = ${quoteText(request.period.id)} AND indicator = ${quoteText(request.indicator)}
       AND "grouping" = ${quoteText(grouping)}
     ORDER BY ${shared.join(" + ") || "0"} DESC, abs(value) DESC NULLS LAST, insurance LIMIT ${limit}`,
  );
  return rows.map((row) => {
    const named = ["insurance", ...DIMENSIONS].map((d, i) => [d, row[i]]);
    const other = (row[DIMENSIONS.length + 1] ?? []) as { key: string; value: string }[];
    return [...named, ...other.map(({ key, value }) => [key, value])]
      .flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
      .join(" ");
  });
}

async function texts(reader: ExplainReader, sql: string): Promise<string[]> {
  const { rows } = await reader.query(sql);
  return rows.map(([value]) => String(value));
}

/** The head count that a hospitalization rate is published over. */
export async function publishedEnrolled(reader: ExplainReader, request: Request): Promise<string | null> {
  const { district, person_kind } = request.dimensions;
  const is = (column: string, value: string | undefined): string =>
    value === undefined ? `${column} IS NULL` : `${column} = ${quoteText(value)}`;
  const { rows } = await reader.query(
    `SELECT persons FROM published.store.enrolled WHERE period = ${quoteText(request.period.id)}
       AND insurance = ${quoteText(request.insurance)} AND ${is("district", district)}
       AND ${is("person_kind", person_kind)}`,
  );
  return text(rows[0]?.[0]);
}

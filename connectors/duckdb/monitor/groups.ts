import { type Dimension, dimensionsOf } from "../../../schemas/dimensions.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { cellFrom } from "../views/cell.js";
import { settledConditions } from "./figures.js";
import type { OpenFile } from "./open-file.js";

/** Groups of settlements whose measures are added up; money in fen. */
export interface GroupsQuery {
  readonly periods: readonly string[];
  readonly insurance: string;
  readonly grouping: string;
  readonly measures: readonly string[];
  readonly where: Readonly<Partial<Record<Dimension, readonly string[]>>>;
  /** Categories left out: they count in another's row too. */
  readonly without: readonly string[];
  readonly limit: number;
}

export interface GroupSums {
  /** Of all groups, by measure. */
  readonly sums: Readonly<Record<string, bigint>>;
  /** Groups that have anything. */
  readonly count: number;
  /** The largest by the first measure, their sums by measure. */
  readonly largest: readonly {
    readonly period: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly facility_name: string | null;
    readonly sums: Readonly<Record<string, bigint>>;
  }[];
}

/** The finest published groups of a figure: a hundred thousand of them are added up where they lie. */
export async function groupSums(file: OpenFile, query: GroupsQuery): Promise<GroupSums> {
  const { measures, limit } = query;
  const dimensions = dimensionsOf(query.grouping);
  const conditions = [
    ...settledConditions({ ...query, insurances: [query.insurance] }),
    `(${measures.map((m) => `f.${m} <> 0`).join(" OR ")})`,
    ...(query.without.length > 0 && dimensions.includes("category")
      ? [`g.category NOT IN (${query.without.map(quoteText).join(", ")})`]
      : []),
  ];
  const from = `${cellFrom(["n"])} AND ${conditions.join(" AND ")}`;
  const [[total], rows] = await Promise.all([
    file.rows(
      `SELECT count(*) AS groups_, ${measures.map((m) => `coalesce(sum(f.${m}), 0)::HUGEINT AS ${m}`).join(", ")} ${from}`,
    ),
    file.rows(
      `SELECT f.period, n.name AS facility_name, ${[
        ...dimensions.map((d) => `g.${d} AS ${d}`),
        ...measures.map((m) => `f.${m} AS ${m}`),
      ].join(", ")} ${from} ORDER BY abs(f.${measures[0]}) DESC, f.period, f.gid LIMIT ${limit}`,
    ),
  ]);
  const sumsOf = (row: Readonly<Record<string, unknown>> | undefined): Record<string, bigint> =>
    Object.fromEntries(measures.map((m) => [m, BigInt(String(row?.[m] ?? 0))]));
  return {
    sums: sumsOf(total),
    count: Number(total?.groups_ ?? 0),
    largest: rows.map((row) => ({
      period: String(row.period),
      dimensions: Object.fromEntries(dimensions.map((d) => [d, String(row[d])])),
      facility_name: row.facility_name === null ? null : String(row.facility_name),
      sums: sumsOf(row),
    })),
  };
}

import type { Formula } from "../../aggregations/explain/formula.js";
import { termUnit, termZh } from "../../aggregations/explain/formula.js";
import type { ExplainReader } from "../../connectors/duckdb/explain/reader.js";
import {
  CELL,
  cellsSql,
  listSql,
  personsSql,
  type RecordQuery,
  totalsSql,
} from "../../connectors/duckdb/explain/settlement-queries.js";
import type { LimitedList, Part, Persons, Records } from "./explanation.js";

/** How much of each list is wanted; null: all of it. */
export interface Limits {
  readonly records: number | null;
  readonly cells: number | null;
}

const BASE_CELL = ["month", "insurance", "care"];

export const decimalText = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);

/** The first rows of a statement; nothing is asked for where none are wanted, but the columns. */
export async function limitedList(
  reader: ExplainReader,
  sql: string,
  limit: number | null,
  count?: number,
): Promise<LimitedList> {
  const shown = await reader.query(limit === null ? sql : `${sql}\nLIMIT ${limit}`);
  return { shown, count: count ?? shown.rows.length };
}

/** Name of the temporary table that holds the cells of the record kind number `index`. */
export const cellTable = (index: number): string => `explain_cells_${index}`;

/** Sums, finest cells and list of one kind of record. */
export async function collectRecords(
  reader: ExplainReader,
  formula: Formula,
  query: RecordQuery,
  index: number,
  limits: Limits,
): Promise<Records> {
  const bills = query.kind === "settlement" || query.kind === "base";
  const [totals, cells, common] = bills
    ? await collectCells(reader, query, index, limits.cells)
    : [(await reader.query(totalsSql(query))).rows[0]!, null, {}];
  const [count, ...sums] = totals;
  const parts: Part[] = query.terms.map((t, i) => ({
    side: t.side,
    sign: t.sign,
    term: t.term,
    zh: termZh(t.term),
    unit: termUnit(t.term, formula.family, formula.indicator.unit),
    value: decimalText(sums[i]),
  }));
  const sql = listSql(query);
  const limit = query.kind === "base" ? 0 : limits.records;
  return {
    kind: query.kind,
    list: await limitedList(reader, sql, limit, Number(count)),
    parts,
    cells,
    common,
    sql,
  };
}

async function collectCells(
  reader: ExplainReader,
  query: RecordQuery,
  index: number,
  limit: number | null,
): Promise<[totals: readonly unknown[], cells: LimitedList, common: Record<string, string>]> {
  const by = query.kind === "base" ? BASE_CELL : CELL;
  const table = cellTable(index);
  await reader.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${cellsSql(query, by)}`);
  const terms = query.terms.map((_, i) => `t${i}`);
  const { rows } = await reader.query(
    `SELECT count(*), coalesce(sum(settlements), 0)::BIGINT${terms.map((t) => `, sum(${t})`).join("")}${by
      .map((d) => `, CASE WHEN min(${d}) = max(${d}) THEN min(${d}) END`)
      .join("")} FROM ${table}`,
  );
  const [cells, count, ...rest] = rows[0]!;
  const common: Record<string, string> = {};
  by.forEach((d, i) => {
    const value = rest[terms.length + i];
    if (value !== null && value !== undefined) common[d] = String(value);
  });
  const order = [...terms.map((t) => `abs(${t}) DESC`), "settlements DESC", ...by];
  const list = await limitedList(
    reader,
    `SELECT * FROM ${table} ORDER BY ${order.join(", ")}`,
    limit,
    Number(cells),
  );
  return [[count, ...rest.slice(0, terms.length)], list, common];
}

/** Who is behind a figure: whoever's weights sum above 0 is counted. Those who are not come first. */
export async function collectPersons(
  reader: ExplainReader,
  query: RecordQuery,
  limit: number | null,
): Promise<Persons> {
  const sql = personsSql(query);
  await reader.run(`CREATE OR REPLACE TEMP TABLE explain_persons AS ${sql}`);
  const { rows } = await reader.query(
    "SELECT count(*) FILTER (weight > 0), count(*) FILTER (weight <= 0) FROM explain_persons",
  );
  const [counted, notCounted] = rows[0]!.map(Number) as [number, number];
  const list = await limitedList(
    reader,
    `SELECT person, weight, settlements, weight > 0 AS is_counted FROM explain_persons
     ORDER BY is_counted, settlements DESC, person`,
    limit,
    counted + notCounted,
  );
  return { ...list, counted, notCounted, sql };
}

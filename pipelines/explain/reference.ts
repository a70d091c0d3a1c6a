import type { ExplainReader } from "../../connectors/duckdb/explain/reader.js";
import {
  careGroupsSql,
  categoriesSql,
  facilityVersionsSql,
  type RecordQuery,
} from "../../connectors/duckdb/explain/settlement-queries.js";
import type { LimitedList } from "./explanation.js";
import { cellTable } from "./records.js";

/** Rows of reference data that are shown of each table. */
const SHOWN = 10;

/** The reference data under which the settlements behind a figure were counted, most used first. */
export async function collectReference(
  reader: ExplainReader,
  query: RecordQuery,
): Promise<{ name: string; list: LimitedList }[]> {
  const cells = cellTable(0);
  const lists: { name: string; list: LimitedList }[] = [];
  for (const [name, sql] of [
    ["facility", facilityVersionsSql(query, cells)],
    ["category", categoriesSql(cells)],
    ["care_group_rule", careGroupsSql(cells)],
  ] as const) {
    const all = await reader.query(`SELECT count(*) OVER () AS "in all", * FROM (${sql}) LIMIT ${SHOWN}`);
    lists.push({
      name,
      list: {
        count: Number(all.rows[0]?.[0] ?? 0),
        shown: {
          columns: all.columns.slice(1),
          numeric: all.numeric.slice(1),
          rows: all.rows.map((row) => row.slice(1)),
        },
      },
    });
  }
  return lists;
}

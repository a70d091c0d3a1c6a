import type { DuckDBConnection } from "@duckdb/node-api";
import type { Config } from "../../../schemas/config/schema.js";
import { FACT_INDICATORS } from "../../../schemas/fact-indicators.js";
import { GIVEN_INDICATORS, INDICATORS } from "../../../schemas/indicators.js";
import { appendColumns } from "../append.js";
import { formulaOf } from "./catalogue.js";

/**
 * Fills `data_dictionary` from the comments that the definitions have just put on tables, views and
 * columns, and from the catalogue of indicators.
 */
export async function fillDictionary(connection: DuckDBConnection, config: Config): Promise<void> {
  await connection.run(`INSERT INTO data_dictionary
    SELECT * FROM (
      SELECT schema_name, table_name, 'table', NULL, NULL, NULL, comment FROM duckdb_tables()
        WHERE database_name = current_database()
      UNION ALL
      SELECT schema_name, view_name, 'view', NULL, NULL, NULL, comment FROM duckdb_views()
        WHERE database_name = current_database() AND NOT internal
      UNION ALL
      SELECT c.schema_name, c.table_name, CASE WHEN v.view_name IS NULL THEN 'table' ELSE 'view' END,
        c.column_name, c.column_index, c.data_type, c.comment
      FROM duckdb_columns() c LEFT JOIN duckdb_views() v ON v.database_name = c.database_name
        AND v.schema_name = c.schema_name AND v.view_name = c.table_name
      WHERE c.database_name = current_database() AND NOT c.internal)
    ORDER BY ALL`);
  const rows = [
    ...INDICATORS.map((i) => ({ ...i, formula: formulaOf(i.name, config) })),
    ...GIVEN_INDICATORS,
    ...FACT_INDICATORS,
  ];
  await connection.run(
    "CREATE OR REPLACE TEMP TABLE in_rows (name VARCHAR, unit VARCHAR, comment VARCHAR, position INTEGER)",
  );
  await appendColumns(connection, { catalog: "temp", table: "in_rows" }, [
    rows.map((r) => r.name),
    rows.map((r) => r.unit),
    rows.map((r) => `${r.zh}：${r.formula}`),
    Int32Array.from(rows, (_, i) => i + 1),
  ]);
  await connection.run(`INSERT INTO data_dictionary
    SELECT 'main', 'indicators', 'indicator', name, position, unit, comment FROM in_rows ORDER BY position`);
  await connection.run("DROP TABLE temp.in_rows");
}

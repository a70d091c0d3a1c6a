import type { DuckDBConnection } from "@duckdb/node-api";
import type { Config } from "../../../schemas/config/schema.js";
import { CATALOGUE_TABLES, catalogueRows } from "../../../schemas/published/catalogue.js";
import { appendColumns } from "../append.js";
import { formulaOf } from "./catalogue.js";

/** Tables that are filled when an empty file is made, and in no publish. */
export const FILLED_ONCE: ReadonlySet<string> = new Set([
  "data_dictionary",
  ...CATALOGUE_TABLES.map((t) => t.name),
]);

/** Rows of the catalogue of a configuration, as they stand in a new file. */
export const catalogueOfConfig = (config: Config) => catalogueRows(config, (name) => formulaOf(name, config));

/** Fills the catalogue tables of a new file in the current database. */
export async function fillCatalogue(connection: DuckDBConnection, config: Config): Promise<void> {
  const rows = catalogueOfConfig(config);
  for (const table of CATALOGUE_TABLES) {
    const columns = table.columns.map((c) => (c.sql === "INTEGER" ? "INTEGER" : "VARCHAR"));
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE in_rows (${table.columns.map((c, i) => `"${c.name}" ${columns[i]}`).join(", ")})`,
    );
    const of = rows[table.name]!;
    await appendColumns(
      connection,
      { catalog: "temp", table: "in_rows" },
      table.columns.map((c, i) =>
        c.sql === "INTEGER" ? Int32Array.from(of, (row) => Number(row[i])) : of.map((row) => String(row[i])),
      ),
    );
    const picked = table.columns.map((c) =>
      c.sql === "VARCHAR[]"
        ? `CASE WHEN "${c.name}" = '' THEN [] ELSE string_split("${c.name}", '+') END`
        : `"${c.name}"::${c.sql}`,
    );
    await connection.run(
      `INSERT INTO "${table.schema}"."${table.name}" SELECT ${picked.join(", ")} FROM temp.in_rows`,
    );
  }
  await connection.run("DROP TABLE temp.in_rows");
}

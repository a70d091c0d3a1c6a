import { DuckDBInstance } from "@duckdb/node-api";
import { quoteName, quoteText } from "../../schemas/published/definition.js";

/**
 * Makes a DuckDB file with one table: the first row names its columns, the first `texts` of them hold text, the others
 * decimals (NULL where a cell is no number). It opens in every DuckDB from 1.2.
 */
export async function writeTextTable(
  file: string,
  name: string,
  [head, ...rows]: readonly (readonly string[])[],
  texts: number,
): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const columns = head!.map((h, i) => `${quoteName(h)} ${i < texts ? "VARCHAR" : "DECIMAL(18, 2)"}`);
    await connection.run(
      `ATTACH ${quoteText(file)} AS made (STORAGE_VERSION 'v1.2.0'); CREATE TABLE made.${quoteName(name)} (${columns.join(", ")})`,
    );
    const value = (v: string, i: number): string =>
      i < texts ? quoteText(v) : /^-?\d+(\.\d+)?$/.test(v) ? v : "NULL";
    for (let i = 0; i < rows.length; i += 500) {
      const list = rows.slice(i, i + 500).map((row) => `(${row.map(value).join(", ")})`);
      await connection.run(`INSERT INTO made.${quoteName(name)} VALUES ${list.join(", ")}`);
    }
    await connection.run("DETACH made");
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

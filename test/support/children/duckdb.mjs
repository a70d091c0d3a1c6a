#!/usr/bin/env node
/** What of DuckDB's command line the documents use: `duckdb -readonly FILE [SQL]`, the SQL otherwise from standard input. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { DuckDBInstance } = createRequire(process.env.FUNDPULSE_ROOT ?? import.meta.url)("@duckdb/node-api");
const [, , flag, file, query] = process.argv;
if (flag !== "-readonly") throw new Error(`unknown option ${flag}`);
const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
const statements = await connection.extractStatements(query ?? readFileSync(0, "utf8"));
for (let i = 0; i < statements.count; i++) {
  const reader = await (await statements.prepare(i)).runAndReadAll();
  process.stdout.write(`${reader.columnNames().join(",")}\n${reader.currentRowCount} rows\n`);
}

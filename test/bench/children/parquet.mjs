import { DuckDBInstance } from "@duckdb/node-api";
import { answer, usage } from "../measure.mjs";
import { readJson } from "../recount.mjs";

/** Writes the typed Parquet file that a user would keep of the same NDJSON. */
const { from, to } = JSON.parse(process.argv[2]);
const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
await connection.run(
  `COPY (SELECT * FROM ${readJson(from)}) TO '${to}' (FORMAT parquet, COMPRESSION snappy)`,
);
answer(usage());

import { readFileSync, rmSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { recountedHashes } from "../checksum.mjs";
import { answer, cpuSeconds, usage } from "../measure.mjs";
import { readJson, recountSql } from "../recount.mjs";

/** Yardstick B on one thread, or `threads`: "all"; `from` is `ndjson` or `parquet`. The figures end in a database file. */
const { files, from, to, periods, threads = "1" } = JSON.parse(process.argv[2]);
for (const path of [to, `${to}.wal`]) rmSync(path, { force: true });
const started = performance.now();
const before = cpuSeconds();
const instance = await DuckDBInstance.create(to, threads === "all" ? {} : { threads });
const connection = await instance.connect();
const source = from === "ndjson" ? readJson(files.ndjson) : `read_parquet('${files.parquet}')`;
const steps = {};
const lines = readFileSync(files.facilities, "utf8").trim().split("\n");
const facilities = lines.map((line) => JSON.parse(line));
for (const { name, sql, statement } of recountSql(source, facilities)) {
  const at = performance.now();
  if (statement === undefined) await connection.run(sql);
  else await connection.run(statement((await connection.runAndReadAll(sql)).getRowsJson()));
  steps[name] = (steps[name] ?? 0) + (performance.now() - at) / 1000;
}
const seconds = (performance.now() - started) / 1000;
const cpu = cpuSeconds() - before;
const { maxRssMiB } = usage();
const reader = await connection.runAndReadAll(recountedHashes(periods));
answer({ seconds, cpu, maxRssMiB, steps, hashes: reader.getRowObjectsJson() });

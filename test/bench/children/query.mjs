import { DuckDBInstance } from "@duckdb/node-api";
import { publishedHashes } from "../checksum.mjs";
import { answer, median } from "../measure.mjs";

/** A reader of the published file: hashes of the figures, or the times of queries of one period and grouping. */
const { file, periods, groupings, repeats = 5 } = JSON.parse(process.argv[2]);
const started = performance.now();
const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
await connection.runAndReadAll("SELECT version FROM snapshot");
const openMs = performance.now() - started;
if (groupings === undefined) {
  const reader = await connection.runAndReadAll(publishedHashes(periods));
  answer({ openMs, hashes: reader.getRowObjectsJson() });
} else {
  const queries = [];
  for (const period of periods) {
    for (const grouping of groupings) {
      const sql = `SELECT * FROM indicators WHERE period = '${period}' AND "grouping" = '${grouping}'`;
      const times = [];
      let rows = 0;
      for (let i = 0; i < repeats; i++) {
        const at = performance.now();
        rows = (await connection.runAndReadAll(sql)).currentRowCount;
        times.push(performance.now() - at);
      }
      queries.push({ period, grouping, rows, firstMs: times[0], ms: median(times) });
    }
  }
  answer({ openMs, queries });
}

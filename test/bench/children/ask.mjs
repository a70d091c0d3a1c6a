import { DuckDBInstance } from "@duckdb/node-api";
import { answer, cpuSeconds, median } from "../measure.mjs";

/** One question to a published file, first on a connection just opened, then thrice more. */
const { file, sql, repeats = 3, threads } = JSON.parse(process.argv[2]);
const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY", ...(threads && { threads }) });
const connection = await instance.connect();
await connection.runAndReadAll("SELECT version FROM snapshot");
const peak = () => process.resourceUsage().maxRSS * 1024;
const before = peak();

/** Reads all of it, piece by piece, as a tool does. */
async function ask() {
  const result = await connection.stream(sql);
  let rows = 0;
  let value = null;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    if (rows === 0) value = String(chunk.getColumnVector(0).getItem(0));
    rows += chunk.rowCount;
  }
  return { rows, value };
}
const timed = async () => {
  const [at, cpu] = [performance.now(), cpuSeconds()];
  const got = await ask();
  return { ...got, ms: performance.now() - at, cpu: cpuSeconds() - cpu };
};
const cold = await timed();
const warm = [];
// What takes seconds takes them again.
for (let i = 0; i < (cold.ms > 4_000 ? 1 : repeats); i++) warm.push(await timed());
answer({
  rows: cold.rows,
  value: cold.value,
  coldMs: cold.ms,
  warmMs: median(warm.map((w) => w.ms)),
  cpu: median(warm.map((w) => w.cpu)),
  bytes: peak() - before,
});

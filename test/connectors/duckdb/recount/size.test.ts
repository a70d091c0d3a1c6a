import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RefCheck } from "../../../../connectors/duckdb/detail/stage.js";
import { hashRecounted } from "../../../../connectors/duckdb/recount/hash.js";
import { MEASURE_NAMES } from "../../../../connectors/duckdb/recount/sql.js";
import { SETTLEMENT_DIMENSIONS } from "../../../../schemas/dimensions.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fundpulse-size-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Made-up figures: `periods` periods of `lots` groups each, in no order. */
async function figures<T>(
  memory: string,
  periods: number,
  lots: number,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: "1GB",
    temp_directory: join(folder, "spill"),
  });
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH '${join(folder, "recount.duckdb")}' AS recount; USE recount`);
    await connection.run(`CREATE TABLE lot AS SELECT i::INTEGER AS lot, 'resident' AS insurance, 'care+facility' AS "grouping",
      ${SETTLEMENT_DIMENSIONS.map((d) => (d === "facility" ? "'H' || hash(i) AS facility" : `NULL::VARCHAR AS ${d}`)).join(", ")}
      FROM range(${lots}) t(i)`);
    await connection.run(`CREATE TABLE recounted AS SELECT '2024-' || lpad((p + 1)::VARCHAR, 2, '0') AS period, lot,
      ${MEASURE_NAMES.map((n, m) => `(hash(lot, p, ${m}) % 10000000000)::BIGINT AS ${n}`).join(", ")},
      CASE WHEN lot % 7 <> 0 THEN (hash(lot, p) % 1000)::BIGINT END AS persons
      FROM lot, range(${periods}) t(p) ORDER BY hash(lot, p)`);
    await connection.run(`CHECKPOINT; SET memory_limit = '${memory}'`);
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

test("the sums of references are the same in every order, above 2^53 too", () => {
  const [up, down, other] = [new RefCheck(), new RefCheck(), new RefCheck()];
  const rows = 6_000_000;
  for (let i = 0; i < rows; i++) {
    up.add(i * 128);
    down.add((rows - 1 - i) * 128);
    other.add(i === 17 ? rows * 128 : i * 128);
  }
  expect(down.text).toBe(up.text);
  expect(other.text).not.toBe(up.text);
});

test("the hash does not follow the order of rows and groups, and nothing else is the same", async () => {
  const hashes = await figures("1GB", 3, 400, async (connection) => {
    const hash = async (sql: string): Promise<string> => {
      await connection.run(sql);
      return (await hashRecounted(connection)).hash;
    };
    return [
      await hash("SELECT 1"),
      await hash("CREATE OR REPLACE TABLE recounted AS FROM recounted ORDER BY fee"),
      await hash("UPDATE lot SET lot = 1000 - lot; UPDATE recounted SET lot = 1000 - lot"),
      await hash("UPDATE recounted SET cash_paid = cash_paid + 1 WHERE period = '2024-02' AND lot = 990"),
      // Two figures that change places between groups, periods or columns.
      await hash("UPDATE recounted SET lot = 1981 - lot WHERE period = '2024-01' AND lot IN (990, 991)"),
      await hash(
        "UPDATE recounted SET period = CASE period WHEN '2024-02' THEN '2024-03' WHEN '2024-03' THEN '2024-02' ELSE period END WHERE lot = 995",
      ),
      await hash(
        "UPDATE recounted SET fee = cash_paid, cash_paid = fee WHERE period = '2024-02' AND lot = 996",
      ),
      await hash("UPDATE recounted SET persons = 0 WHERE persons IS NULL AND period = '2024-03'"),
    ];
  });
  expect(hashes[1]).toBe(hashes[0]);
  expect(hashes[2]).toBe(hashes[0]);
  expect(new Set(hashes).size).toBe(hashes.length - 2);
});

test("many more figures than memory holds are hashed", async () => {
  const rows = await figures(
    "64MB",
    10,
    50_000,
    async (connection) => (await hashRecounted(connection)).rows,
  );
  expect(rows).toBe(500_000);
}, 120_000);

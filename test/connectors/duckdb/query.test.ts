import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatResult, queryPublished } from "../../../connectors/duckdb/query.js";

const folder = mkdtempSync(join(tmpdir(), "fundpulse-query-"));
const path = join(folder, "fundpulse.duckdb");

beforeAll(async () => {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE t (名称 VARCHAR, fee DECIMAL(18, 2), n BIGINT);
    INSERT INTO t VALUES ('县医院', 12345678901234.10, 9007199254740993), ('a,"b"', NULL, -1); CHECKPOINT`);
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("csv quotes what needs it and leaves NULL empty", async () => {
  const result = await queryPublished(path, "FROM t");
  expect(formatResult(result, "csv")).toBe(
    '名称,fee,n\n县医院,12345678901234.10,9007199254740993\n"a,""b""",,-1\n',
  );
});

test("json keeps every digit", async () => {
  const result = await queryPublished(path, "FROM t");
  expect(formatResult(result, "json")).toBe(
    '[\n  {"名称": "县医院", "fee": 12345678901234.10, "n": 9007199254740993},\n  {"名称": "a,\\"b\\"", "fee": null, "n": -1}\n]\n',
  );
  expect(formatResult(await queryPublished(path, "FROM t WHERE false"), "json")).toBe("[]\n");
});

test("a table aligns numbers to the right and counts Chinese characters as two columns", async () => {
  const result = await queryPublished(path, "SELECT 名称, n FROM t ORDER BY n");
  expect(formatResult(result, "table")).toBe(
    [
      "名称                   n",
      "──────  ────────────────",
      'a,"b"                 -1',
      "县医院  9007199254740993",
      "(2 rows)",
      "",
    ].join("\n"),
  );
});

test("nothing published is FP4002, wrong SQL is FP5001", async () => {
  await expect(queryPublished(join(folder, "none.duckdb"), "SELECT 1")).rejects.toThrow(/FP4002/);
  await expect(queryPublished(path, "SELECT nothing FROM nowhere")).rejects.toThrow(/FP5001/);
});

test.each([
  ["writing a table", "INSERT INTO t VALUES ('x', 1, 1)"],
  ["dropping a table", "DROP TABLE t"],
  ["writing a file", `COPY t TO '${join(folder, "out.csv")}'`],
  ["reading a file", "SELECT * FROM read_text('/etc/hostname')"],
  ["attaching another file", `ATTACH '${join(folder, "other.duckdb")}'`],
  ["loosening the settings", "SET enable_external_access = true"],
  ["loading an extension", "INSTALL httpfs"],
])("%s is refused", async (_, sql) => {
  await expect(queryPublished(path, sql)).rejects.toThrow(/FP5001/);
  expect(existsSync(join(folder, "out.csv"))).toBe(false);
  expect((await queryPublished(path, "SELECT count(*) AS c FROM t")).rows).toEqual([["2"]]);
});

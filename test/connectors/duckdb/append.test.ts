import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { appendColumns } from "../../../connectors/duckdb/append.js";

test("numbers and texts arrive as they are, across chunks of 2048 rows", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("CREATE TABLE t (i INTEGER, d DOUBLE, s VARCHAR)");
  const rows = 5000;
  const ids = Int32Array.from({ length: rows }, (_, i) => i - 2500);
  const amounts = Float64Array.from({ length: rows }, (_, i) => (i % 2 ? -1 : 1) * (2 ** 53 - 1 - i));
  const texts = Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? null : `文字${i}`));
  await appendColumns(connection, { table: "t" }, [ids, amounts, texts]);
  const read = await connection.runAndReadAll("SELECT i, d::BIGINT, s FROM t");
  expect(read.getRows()).toEqual(Array.from(ids, (id, i) => [id, BigInt(amounts[i]!), texts[i]]));
  connection.closeSync();
  instance.closeSync();
});

test("columns of unequal length are refused, no rows are no work", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("CREATE TABLE t (i INTEGER, s VARCHAR)");
  await expect(appendColumns(connection, { table: "t" }, [new Int32Array(2), ["a"]])).rejects.toThrow(
    RangeError,
  );
  await appendColumns(connection, { table: "t" }, [new Int32Array(0), []]);
  expect((await connection.runAndReadAll("SELECT count(*)::INTEGER FROM t")).getRows()).toEqual([[0]]);
  connection.closeSync();
  instance.closeSync();
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type MonthCells, publishCells } from "../../../../connectors/duckdb/publish/cells-file.js";
import { queryPublished } from "../../../../connectors/duckdb/query.js";
import { SETTLEMENT_DIMENSIONS } from "../../../../schemas/dimensions.js";
import { MEASURES } from "../../../../schemas/measures.js";

const cells = (month: number, amount: number): MonthCells => ({
  month,
  insurance: ["resident"],
  dimensions: Object.fromEntries(SETTLEMENT_DIMENSIONS.map((d) => [d, [`${d}值`]])) as never,
  sums: MEASURES.map((_, i) => Float64Array.of(amount + i)),
});

test("cells hold every dimension and measure, money in yuan, and versions rise", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fundpulse-cells-"));
  const path = join(folder, "published", "cells.duckdb");
  const options = { publishedAt: Date.UTC(2024, 0, 1), timezone: "Asia/Shanghai" };
  expect(await publishCells(path, options, [cells(2024 * 12, 100)])).toBe(1);
  expect(await publishCells(path, options, [cells(2024 * 12, 100), cells(2024 * 12 + 1, -7)])).toBe(2);
  const read = await queryPublished(
    path,
    "SELECT period, insurance, care, facility, visits, fee, case_paid_visits FROM cell_month ORDER BY period",
  );
  expect(read.rows).toEqual([
    ["2024-01", "resident", "care值", "facility值", "100", "1.02", "126"],
    ["2024-02", "resident", "care值", "facility值", "-7", "-0.05", "19"],
  ]);
  expect((await queryPublished(path, "SELECT version, published_at FROM snapshot")).rows).toEqual([
    ["2", "2024-01-01 08:00:00"],
  ]);
  expect(
    (
      await queryPublished(
        path,
        "SELECT column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL",
      )
    ).rows,
  ).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

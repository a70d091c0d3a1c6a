import { expect, test } from "vitest";
import { RECOUNTED_INDICATORS } from "../../../../connectors/duckdb/recount/ratios.js";
import { INDICATORS } from "../../../../schemas/indicators.js";

test("every indicator of settlements is recounted", () => {
  const recounted = new Set(RECOUNTED_INDICATORS);
  expect(INDICATORS.map((i) => i.name).filter((name) => !recounted.has(name))).toEqual([]);
});

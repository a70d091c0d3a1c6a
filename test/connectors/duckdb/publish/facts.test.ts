import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import { queryPublished } from "../../../../connectors/duckdb/query.js";
import type { Figure } from "../../../../schemas/figure.js";
import { publishInput, testConfig } from "../../../support/publish.js";

const fact = (
  indicator: string,
  unit: string,
  value: string,
  other: Record<string, string> | null = null,
  previous: string | null = null,
): Figure => ({
  period: "2024H1",
  insurance: "all",
  grouping: other === null ? "total" : "other",
  dimensions: {},
  other,
  indicator,
  unit,
  value,
  previous,
});

const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-facts-"));
const publisher = new DuckDbPublisher({ dataDir, config: testConfig() });
const rows = async (sql: string): Promise<unknown[][]> =>
  (await queryPublished(publisher.publishedPath, sql)).rows as unknown[][];

beforeAll(async () => {
  await publisher.open("state");
  await publisher.publish(
    publishInput({
      figures: [
        fact("facilities", "facility", "300", { kind: "village" }),
        fact("facilities_inspected", "facility", "40", { kind: "village" }, "32"),
        fact("penalty", "yuan", "1234.5", { kind: "village" }),
        fact("facilities_inspected", "facility", "7", { kind: "pharmacy" }),
        fact("facilities_inspected", "facility", "2", { kind: "pharmacy", round: "2" }),
        fact("facilities_inspected", "facility", "47"),
        fact("procurement_amount", "yuan", "1000.00", { goods: "药品" }, "800.00"),
        fact("of_our_own", "piece", "3"),
        fact("enrolled", "person", "5"),
      ],
    }),
  );
});
afterAll(async () => {
  await publisher.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test("supervision has a row for each kind of facility and for the whole, a column for each indicator", async () => {
  expect(
    await rows(`SELECT facility_kind, facilities, facilities_inspected, facilities_inspected_previous,
      facilities_inspected_change_pct, penalty, principal_recovered FROM supervision
      ORDER BY facility_kind, facilities_inspected DESC`),
  ).toEqual([
    ["pharmacy", null, "7", null, null, null, null],
    // Another dimension makes another row, never a sum or a choice of one.
    ["pharmacy", null, "2", null, null, null, null],
    ["village", "300", "40", "32", "0.250000", "1234.50", null],
    [null, null, "47", null, null, null, null],
  ]);
});

test("what other offices report can be read under whatever name it has", async () => {
  expect(
    await rows(`SELECT indicator, indicator_zh, value, unit, previous, change_pct, map_extract(other, 'goods')[1]
      FROM reported_fact WHERE indicator IN ('procurement_amount', 'of_our_own', 'enrolled') ORDER BY indicator`),
  ).toEqual([
    ["of_our_own", null, "3.000000", "piece", null, null, null],
    ["procurement_amount", "实际采购金额", "1000.000000", "yuan", "800.000000", "0.250000", "药品"],
  ]);
});

test("the dictionary tells the names of reported facts", async () => {
  expect(
    await rows(
      "SELECT comment FROM data_dictionary WHERE column_name = 'penalty' AND table_kind = 'indicator'",
    ),
  ).toEqual([[expect.stringContaining("违约金与罚款")]]);
});

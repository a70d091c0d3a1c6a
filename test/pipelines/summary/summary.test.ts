import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { queryPublished } from "../../../connectors/duckdb/query.js";
import { type SummaryFigure, summaryFigures } from "../../../connectors/duckdb/reports/summary-blanks.js";
import { Workspace } from "../../support/workspace.js";
import { COUNTY } from "./county.js";
import { EXPECTED } from "./expected.js";

let space: Workspace;
let rows: (string | null)[][];
let SUMMARY_FIGURES: readonly SummaryFigure[];
beforeAll(async () => {
  space = new Workspace({ groupings: undefined, ...COUNTY.config });
  space.reference("categories", COUNTY.categories);
  for (const [stream, records] of Object.entries(COUNTY.files)) space.put(`${stream}-1.ndjson`, records);
  await space.drain();
  SUMMARY_FIGURES = summaryFigures(loadConfig(space.configFile).config);
  const found = await queryPublished(space.published, `FROM "报表"."工作总结"('2024H1')`);
  rows = found.rows.map((row) => row.map((v) => (v === null ? null : String(v))));
}, 120_000);
afterAll(() => space.remove());

test("every record of the made-up county is counted", async () => {
  const { rows } = await queryPublished(
    space.published,
    "SELECT sum(quarantined)::INT, sum(duplicate)::INT, sum(applied)::INT FROM quality_balance",
  );
  const records = Object.values(COUNTY.files).reduce((n, list) => n + list.length, 0);
  expect(rows).toEqual([[0, 0, records]]);
});

test("each of the 229 blanks reads as worked out on paper", () => {
  expect(EXPECTED).toHaveLength(229);
  const found = rows.map(
    ([n, label, breakdown, , value, unit]) => `${n} ${label} ${breakdown} ${value} ${unit}`,
  );
  const expected = EXPECTED.map(
    (value, i) =>
      `${i + 1} ${SUMMARY_FIGURES[i]!.label} ${SUMMARY_FIGURES[i]!.breakdown} ${value} ${SUMMARY_FIGURES[i]!.unit}`,
  );
  expect(found).toEqual(expected);
});

test("a period that does not begin with the year has no carry-over and no progress over it", async () => {
  const { rows } = await queryPublished(
    space.published,
    `SELECT "序号", "数值" FROM "报表"."工作总结"('2024-02') WHERE "序号" IN (3, 10, 11, 29) ORDER BY ALL`,
  );
  expect(rows).toEqual([
    [3, "12.0"],
    [10, null],
    [11, null],
    [29, null],
  ]);
});

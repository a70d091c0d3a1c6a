import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { queryPublished } from "../../../connectors/duckdb/query.js";
import { type SummaryFigure, summaryFigures } from "../../../connectors/duckdb/reports/summary-blanks.js";
import { unzip } from "../../../pipelines/report/docx/zip.js";
import { readDocument } from "../../../pipelines/report/formats/document.js";
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

test("a summary rendered from the built-in template has no blank left", async () => {
  const { code, err } = await space.cli(
    "report",
    "2024H1",
    "--template",
    "county-summary",
    "--out",
    space.dir,
  );
  expect(`${code} ${err}`).toBe("0 ");
  const blocks = readDocument(unzip(readFileSync(join(space.dir, "county-summary.docx"))));
  const text = blocks.map((b) => ("text" in b ? b.text : "")).join("\n");
  expect(text).not.toMatch(/[{}—]/);
  expect(text).toContain("10人次；市域外1人次；县外市域内3人次；县外市域内·其中民营1人次；县二级3人次");
  expect(text).toContain("基金使用进度：支出总额4.83万元；占当年筹集基金总额40.3%；占累计可用基金32.20%");
});

test("what the bureau has no name for is empty, not 0; the rate of stays covers what the tables cover", {
  tags: "long",
  timeout: 120_000,
}, async () => {
  const { careGroups, ...rest } = COUNTY.config;
  space.configure({
    groupings: undefined,
    ...rest,
    careGroups: careGroups.map((g) => (g.name === "县二级" ? { ...g, name: "县级" } : g)),
    report: {
      categories: { inpatient: ["普通住院"] },
      summary: { facilities: { 上和医院: "没有的医院" }, categories: { 分娩: ["没有的类别"] } },
    },
  });
  expect((await space.cli("rebuild")).code).toBe(0);
  expect((await space.cli("run", "--until-drained")).code).toBe(0);
  const { rows } = await queryPublished(space.published, `FROM "报表"."工作总结"('2024H1')`);
  const at = (n: number): unknown => rows[n - 1]![4];
  const named = (text: string): unknown[] => rows.filter((r) => r[2] === text).map((r) => r[4]);
  expect(new Set(named("县二级"))).toEqual(new Set([null]));
  expect(named("市域外")).toContain("1");
  expect(named("上和医院")).toEqual([null]);
  expect(named("分娩补偿")).toEqual([null]);
  // 8 of the 10 stays are 普通住院, of 200 people; the whole still has all ten.
  expect([at(30), at(32)]).toEqual(["4.5", "10"]);
  const region = await queryPublished(
    space.published,
    `FROM "报表"."居民医保各区域住院率增长明细表"('2024H1')`,
  );
  expect(String(region.rows.at(-1)![4])).toBe("4.50");
});

test("a macro that is asked for a period that does not exist says so", async () => {
  await expect(queryPublished(space.published, `FROM "报表"."工作总结"('2024H9')`)).rejects.toThrow(
    "没有期间 2024H9",
  );
  await expect(queryPublished(space.published, `FROM "报表"."医疗救助明细"('24H1')`)).rejects.toThrow(
    "没有期间 24H1",
  );
});

import { expect, test } from "vitest";
import { documentOf } from "../../../pipelines/audit/data/document.js";
import { asPrintedReport } from "../../../pipelines/audit/data/report.js";
import { inWords } from "../../../pipelines/audit/data/words.js";
import { gridOf } from "../../../pipelines/audit/document/grid.js";

const REPORT = {
  title: "某县2024年上半年基金运行分析",
  period: { from: "2024-01-01", to: "2024-06-30" },
  tables: [
    {
      id: "t",
      title: "住院情况表",
      insurance: "resident",
      columns: [
        { key: "region", label: "区域", unit: null },
        { key: "visits", label: "人次", unit: "人次" },
        { key: "visits_yoy_pct", label: "同比", unit: "%" },
      ],
      rows: [
        { region: "合计", visits: "17,397", visits_yoy_pct: "2.27" },
        { region: "县内", visits: "11165", visits_yoy_pct: "--" },
        { region: "市内", visits: "3242 人次（约）", visits_yoy_pct: null },
      ],
    },
  ],
  statements: [
    {
      id: "a",
      text: "住院17397人次，增长2.27%",
      values: { visits: "17397", visits_yoy_pct: "2.27" },
      lines: [7],
    },
    { id: "b", text: "县内11165人次", values: { in_county_visits: "11165" }, lines: [7] },
    { id: "resident.inpatient", values: { visits_yoy_pct: "3.59" }, directions: { visits_yoy_pct: "down" } },
  ],
};

test("data is put together again as the document that it was taken from, every figure at its place", () => {
  const { document, figures } = documentOf(asPrintedReport(REPORT));
  const texts = document.blocks.flatMap((b) => (b.kind === "paragraph" ? [b.text] : []));
  // Sentences of one printed line stand in one paragraph; one without a text is told by its keys.
  expect(texts).toContain("住院17397人次，增长2.27%；县内11165人次");
  expect(texts).toContain("居民医保住院人次同比下降3.59%");
  expect(texts).toContain("居民医保住院情况表");
  const table = document.blocks.find((b) => b.kind === "table");
  expect(gridOf(table as never)?.heads).toEqual(["人次", "同比(%)"]);
  expect(figures.map((f) => [f.id, f.row, f.key, f.printed, f.spot !== null])).toEqual([
    ["a", "", "visits", "17397", true],
    ["a", "", "visits_yoy_pct", "2.27", true],
    ["b", "", "in_county_visits", "11165", true],
    ["resident.inpatient", "", "visits_yoy_pct", "3.59", true],
    ["t", "合计", "visits", "17,397", true],
    ["t", "合计", "visits_yoy_pct", "2.27", true],
    ["t", "县内", "visits", "11165", true],
    ["t", "县内", "visits_yoy_pct", "--", false],
    ["t", "市内", "visits", "3242 人次（约）", false],
  ]);
});

test("keys and ids in words, with their units", () => {
  expect(inWords("in_city_visits_yoy_pct")).toEqual({ words: "市内人次同比增长", unit: "%" });
  expect(inWords("employee.inpatient")).toMatchObject({ words: "职工医保住院" });
  expect(inWords("avg_bed_days_prev")).toEqual({ words: "平均住院床日上年同期", unit: "天" });
});

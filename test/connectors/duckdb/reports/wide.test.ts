import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import { queryPublished } from "../../../../connectors/duckdb/query.js";
import { reportTables } from "../../../../connectors/duckdb/reports/tables.js";
import type { Dimension } from "../../../../schemas/dimensions.js";
import type { Figure } from "../../../../schemas/figure.js";
import { REGION_LABELS, REGION_LINES } from "../../../../schemas/labels.js";
import { group, month, publishInput, testConfig } from "../../../support/publish.js";

// A city: its tables go by care group and by division.
const config = testConfig({
  jurisdiction: { name: "某市", admdvs: "620700", level: "city" },
  careGroups: [
    { name: "市外", when: { region: ["province", "national"] } },
    { name: "市内三级", when: { tier: ["3"] } },
    { name: "市内其他" },
  ],
});
const figure = (
  indicator: string,
  unit: string,
  value: string,
  dimensions: Partial<Record<Dimension, string>>,
  previous: string | null = null,
): Figure => ({
  period: "2024H1",
  insurance: "resident",
  grouping: Object.keys(dimensions).join("+") || "total",
  dimensions,
  other: null,
  indicator,
  unit,
  value,
  previous,
});
const supervised = (indicator: string, unit: string, value: string, kind: string | null): Figure => ({
  ...figure(indicator, unit, value, {}),
  insurance: "all",
  grouping: kind === null ? "total" : "other",
  other: kind === null ? null : { kind },
});

const STAY = { care: "inpatient" };
const across = (flow: string) => ({ region: "national", flow, channel: "direct" });
const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-wide-"));
const publisher = new DuckDbPublisher({ dataDir, config });
const rows = async (name: string): Promise<unknown[][]> =>
  (await queryPublished(publisher.publishedPath, `FROM 报表."${name}"('2024H1')`)).rows as unknown[][];

beforeAll(async () => {
  await publisher.open("state");
  await publisher.publish(
    publishInput({
      newGroups: [
        group(0, "resident", STAY),
        group(1, "resident", { ...STAY, care_group: "市外" }),
        group(2, "resident", { ...STAY, care_group: "市内三级" }),
        group(3, "resident", { care: "outpatient", category: "普通门诊" }),
        group(4, "resident", { care: "pharmacy", category: "个人账户" }),
        group(5, "resident", { care: "inpatient", facility_district: "620725" }),
        group(6, "resident", { care: "inpatient", facility_district: "620702" }),
        group(11, "resident", { care: "inpatient", facility_district: "610103" }),
        group(12, "resident", { care: "inpatient", facility_district: "unknown" }),
        group(7, "all", { care: "inpatient", ...across("outbound") }),
        group(8, "all", { care: "outpatient", ...across("inbound") }),
        group(9, "all", { care: "inpatient", district: "620702" }),
        group(10, "all", { care: "outpatient", district: "620702" }),
      ],
      months: [
        month("2023-03", {
          0: { visits: 4, fee: 400_000, reimbursed: 200_000, in_scope_fee: 400_000 },
          1: { visits: 4, fee: 400_000, reimbursed: 200_000, in_scope_fee: 400_000 },
          3: { visits: 10, benefit_paid: 10_000 },
        }),
        month("2024-03", {
          0: { visits: 8, fee: 1_000_000, reimbursed: 600_000, in_scope_fee: 1_000_000 },
          1: { visits: 5, fee: 600_000, reimbursed: 330_000, in_scope_fee: 600_000 },
          2: { visits: 3, fee: 400_000, reimbursed: 270_000, in_scope_fee: 400_000 },
          3: { visits: 20, benefit_paid: 30_000 },
          4: { visits: 5, benefit_paid: 20_000 },
          5: { visits: 2, fee: 300_000 },
          6: { visits: 6, fee: 700_000 },
          7: { visits: 2, fee: 500_000, reimbursed: 250_000 },
          8: { visits: 3, fee: 90_000, reimbursed: 40_000 },
          11: { visits: 1, fee: 50_000 },
          12: { visits: 1, fee: 50_000 },
          9: { aid_visits: 3, aid_paid: 110_000 },
          10: { aid_visits: 4, aid_paid: 20_000 },
        }),
      ],
      divisions: [{ admdvs: "620702", name: "甘州区" }],
      figures: [
        figure("enrolled", "person", "300", {}, "200"),
        figure("enrolled", "person", "180", { district: "620725" }, "200"),
        figure("enrolled", "person", "120", { district: "620702" }),
        figure("income", "yuan", "123456.78", {}, "100000.00"),
        figure("months_payable", "month", "17.345678", {}),
        supervised("facilities_inspected", "facility", "40", "village"),
        supervised("facilities_inspected", "facility", "5", "dental"),
        supervised("facilities_inspected", "facility", "45", null),
        supervised("principal_recovered", "yuan", "20500.00", null),
      ],
    }),
  );
}, 120_000);
afterAll(async () => {
  await publisher.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test("stays by care group in the configured order, a growth beside each figure, ratios in points too", async () => {
  // 330,000 / 600,000 = 55 % after 50 %: 5 points, a tenth more.
  expect(await rows("居民医保住院分机构类别情况表")).toEqual([
    [
      "市外",
      "5",
      "25.00",
      "0.60",
      "50.00",
      "1200.00",
      "20.00",
      "0.33",
      "65.00",
      "660.00",
      "32.00",
      "55.00",
      "10.00",
      "5.00",
    ],
    [
      "市内三级",
      "3",
      "100.00",
      "0.40",
      "100.00",
      "1333.33",
      "100.00",
      "0.27",
      "100.00",
      "900.00",
      "100.00",
      "67.50",
      "100.00",
      "67.50",
    ],
    [
      "市内其他",
      "0",
      "0.00",
      "0.00",
      "0.00",
      "0.00",
      "0.00",
      "0.00",
      "0.00",
      "0.00",
      "0.00",
      "0.00",
      "0.00",
      "0.00",
    ],
    [
      "合计",
      "8",
      "100.00",
      "1.00",
      "150.00",
      "1250.00",
      "25.00",
      "0.60",
      "200.00",
      "750.00",
      "50.00",
      "60.00",
      "20.00",
      "10.00",
    ],
  ]);
});

test("outpatient categories with what is paid a visit", async () => {
  expect(await rows("居民医保门诊分类别情况表")).toEqual([
    ["个人账户", "5", "100.00", "0.02", "100.00", "40.00", "100.00"],
    ["普通门诊", "20", "100.00", "0.03", "200.00", "15.00", "50.00"],
    ["合计", "25", "150.00", "0.05", "400.00", "20.00", "100.00"],
  ]);
});

test("by division under its name, or its code; the whole of books and enrolment is their own", async () => {
  expect((await rows("居民医保分县区医疗机构住院情况表")).map((r) => [r[0], r[1], r[3], r[5]])).toEqual([
    ["甘州区", "6", "0.70", "1166.67"],
    ["620725", "2", "0.30", "1500.00"],
    ["辖区外", "2", "0.10", "500.00"],
    ["合计", "10", "1.10", "1100.00"],
  ]);
  expect(await rows("居民医保分县区参保情况表")).toEqual([
    ["甘州区", "120", null],
    ["620725", "180", "-10.00"],
    ["合计", "300", "50.00"],
  ]);
  expect(await rows("居民医保分县区基金收支情况表")).toEqual([
    ["合计", "12.35", "23.46", null, null, null, null, "17.35", null],
  ]);
  expect(await rows("医疗救助分县区情况表")).toEqual([
    ["甘州区", "3", "0.11", "4", "0.02", "0", "0.00"],
    ["合计", "3", "0.11", "4", "0.02", "0", "0.00"],
  ]);
});

test("across provinces both ways, and supervision by kind of facility", async () => {
  expect((await rows("跨省异地就医直接结算情况表")).map((r) => [r[0], r[1], r[3], r[5]])).toEqual([
    ["参保人员跨省住院", "2", "0.50", "0.25"],
    ["外省人员来本地门诊", "3", "0.09", "0.04"],
  ]);
  expect(await rows("基金监管情况表")).toEqual([
    ["村卫生室", null, "40", null, null, null, null],
    ["dental", null, "5", null, null, null, null],
    ["合计", null, "45", null, null, "2.05", null],
  ]);
});

test("the list of tables names every one, by an id of its own", async () => {
  const listed = (await queryPublished(publisher.publishedPath, `SELECT "标识", "表名" FROM 报表."目录"`))
    .rows;
  const tables = reportTables(config);
  expect(listed).toEqual(tables.map((t) => [t.id, t.name]));
  for (const key of ["id", "name"] as const)
    expect(new Set(tables.map((t) => t[key])).size).toBe(tables.length);
});

test.each(Object.entries(REGION_LINES))("of a %s every region stands in one line", (_, lines) => {
  expect(lines.flatMap((l) => l.of)).toEqual(REGION_LABELS.map((l) => l.value));
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import { queryPublished } from "../../../../connectors/duckdb/query.js";
import type { FacilityRow, PublishInput } from "../../../../connectors/ports/publisher.js";
import type { Dimension } from "../../../../schemas/dimensions.js";
import type { Figure } from "../../../../schemas/figure.js";
import { group, month, publishInput, testConfig } from "../../../support/publish.js";

const facility = (code: string, name: string, kind: string, display_order: number): FacilityRow => ({
  facility: code,
  name,
  admdvs: "620725",
  hosp_lv: null,
  tier: "1",
  ownership: null,
  kind,
  parent_code: null,
  valid_from: null,
  valid_to: null,
  display_order,
});
const category = (name: string, insurance: string | null, parent: string | null, display_order: number) => ({
  med_type: `${name}${insurance}`,
  dise_no: null,
  insurance,
  category: name,
  care: "outpatient",
  parent,
  display_order,
  origin: "configured",
});
const figure = (
  indicator: string,
  unit: string,
  value: string,
  dimensions: Partial<Record<Dimension, string>> = {},
  previous: string | null = null,
): Figure => ({
  period: "2024H1",
  insurance: "employee",
  grouping: Object.keys(dimensions).join("+") || "total",
  dimensions,
  other: null,
  indicator,
  unit,
  value,
  previous,
});
const dip = (code: string | null, cases: number, ffs: string, paid: string, deposit: string): Figure[] => {
  const at: Partial<Record<Dimension, string>> = code === null ? {} : { facility: code };
  return [
    figure("dip_cases", "visit", String(cases), at),
    figure("ffs_amount", "yuan", ffs, at),
    figure("dip_amount", "yuan", paid, at),
    figure("dip_deposit", "yuan", deposit, at),
  ];
};

const OUT = { care: "outpatient" };
const CHRONIC = { ...OUT, category: "门诊慢特病" };
const DRUGS = { ...OUT, category: "谈判药品" };
const STAY = { care: "inpatient" };
const away = (region: string, channel: string) => ({ ...STAY, region, flow: "outbound", channel });

const INPUT: PublishInput = publishInput({
  newGroups: [
    group(0, "employee"),
    group(1, "employee", CHRONIC),
    group(2, "employee", { ...CHRONIC, channel: "direct" }),
    group(3, "employee", { ...CHRONIC, channel: "manual" }),
    group(4, "employee", { ...CHRONIC, tier: "2" }),
    group(5, "employee", DRUGS),
    group(6, "employee", { ...DRUGS, channel: "manual" }),
    group(7, "employee", STAY),
    group(8, "employee", { ...STAY, facility: "H1" }),
    group(9, "employee", { ...STAY, region: "city", flow: "local", channel: "direct" }),
    group(10, "employee", away("province", "direct")),
    group(11, "employee", away("national", "direct")),
    group(12, "employee", away("national", "manual")),
    // Other funds pay for people from elsewhere.
    group(13, "employee", { ...STAY, region: "county", flow: "inbound", channel: "direct" }),
    group(14, "employee", { ...STAY, tier: "2" }),
    // Drugs that stand by themselves are no part of another line.
    group(15, "employee", { ...OUT, category: "国家谈判药门诊", channel: "manual" }),
  ],
  months: [
    month("2024-03", {
      0: { visits: 9, benefit_paid: 5_000_000 },
      1: { visits: 5, fee: 400_000, pool_paid: 300_000, benefit_paid: 3_000_000 },
      2: { visits: 4, fee: 300_000, pool_paid: 210_000 },
      3: { visits: 1, fee: 100_000, pool_paid: 90_000 },
      4: { visits: 5, fee: 400_000, pool_paid: 300_000 },
      5: { visits: 2, pool_paid: 80_000, benefit_paid: 1_000_000 },
      6: { visits: 2, pool_paid: 80_000 },
      7: { visits: 4, fee: 1_000_000 },
      8: { visits: 4, fee: 1_000_000 },
      9: { visits: 1, fee: 100_000, large_paid: 10_000 },
      10: { visits: 1, fee: 200_000, large_paid: 20_000 },
      11: { visits: 1, fee: 300_000, large_paid: 40_000 },
      12: { visits: 1, fee: 400_000, large_paid: 80_000 },
      13: { visits: 9, fee: 900_000, large_paid: 90_000 },
      14: { visits: 4, fee: 1_000_000 },
      15: { visits: 1, pool_paid: 50_000 },
    }),
  ],
  facilities: [
    facility("T1", "乡镇一", "township", 1),
    facility("T2", "乡镇二", "township", 2),
    facility("H1", "县医院", "hospital", 3),
  ],
  categories: [
    category("生育津贴", null, null, 1),
    category("门诊慢特病", null, null, 2),
    category("谈判药品", "employee", "门诊慢特病", 3),
    category("谈判药品", "resident", null, 3),
    category("国家谈判药门诊", null, null, 4),
  ],
  figures: [
    ...dip(null, 3, "30000.00", "33333.33", "1666.666500"),
    ...dip("H1", 3, "30000.00", "20000.00", "1000.000000"),
    ...dip("T2", 0, "0.00", "13333.33", "666.666500"),
    figure("expense", "yuan", "8000.00", { subject: "allowance" }),
    figure("expense", "yuan", "500.00", { subject: "other" }),
    figure("certified_cases", "visit", "70", { category: "门诊慢特病" }),
    figure("certified_cases", "visit", "11", { category: "另一类" }),
    figure("enrolled", "person", "30"),
    figure("enrolled", "person", "10", { person_group: "retired" }),
    figure("enrolled", "person", "20", { person_group: "active" }),
    figure("enrolled", "person", "7", { person_group: "flexible" }),
  ],
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
async function published(report: Record<string, unknown>): Promise<(name: string) => Promise<unknown[][]>> {
  const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-report-"));
  folders.push(dataDir);
  const publisher = new DuckDbPublisher({ dataDir, config: testConfig({ report }) });
  await publisher.open("state");
  await publisher.publish(INPUT);
  await publisher.close();
  return async (name) =>
    (await queryPublished(publisher.publishedPath, `FROM 报表."${name}"('2024H1')`)).rows as unknown[][];
}

test("tables of what no settlement gives, as every bureau has them", async () => {
  const rows = await published({});
  // 20,000 − 30,000 yuan; a rate over 0 prints 0.00. The total is that of the stream, to the tenth of a fen.
  expect(await rows("职工医保县内医疗机构DIP支付情况表")).toEqual([
    ["乡镇二", "0", "0.00", "1.33", "1.33", "0.07", "0.00"],
    ["县医院", "3", "3.00", "2.00", "-1.00", "0.10", "66.67"],
    ["合计", "3", "3.00", "3.33", "0.33", "0.17", "111.11"],
  ]);
  // 8,000 yuan of allowance besides 50,000; the negotiated drugs stand in their parent's line.
  expect(await rows("职工医保结构性支出明细表")).toEqual([
    ["生育津贴", "0.80"],
    ["门诊慢特病", "3.00"],
    ["合计", "5.80"],
  ]);
  expect((await rows("职工医保门诊慢特病各级医疗机构实际报销情况明细表")).map((r) => r.slice(0, 3))).toEqual([
    ["三级医疗机构", "70", "0"],
    ["二级医疗机构", null, "5"],
    ["一级医疗机构", null, "0"],
    ["未定级医疗机构", null, "0"],
    ["合计", null, "5"],
  ]);
  expect(await rows("职工医保门诊慢性特殊疾病补偿明细")).toEqual([
    ["直接结算", "4", "0.30", "0.21", "0.21", "70.00", "0.00"],
    ["个人零星报销", "1", "0.10", "0.09", "0.09", "90.00", "0.08"],
    ["合计", "5", "0.40", "0.30", "0.30", "75.00", "0.08"],
  ]);
  expect(await rows("职工医保参保情况")).toEqual([
    ["合计", "30"],
    ["在职", "20"],
    ["退休", "10"],
    ["flexible", "7"],
  ]);
  expect(await rows("职工医保大额医疗补助明细")).toEqual([
    ["合计", null, "1.00", "0.15"],
    ["本地", null, "0.10", "0.01"],
    ["异地", "直接结算", "0.50", "0.06"],
    ["异地", "个人零星报销", "0.40", "0.08"],
  ]);
  expect((await rows("职工医保住院补偿明细")).map((r) => r.slice(0, 3))).toEqual([
    ["本地住院", "1", "0.10"],
    ["省内", "1", "0.20"],
    ["跨省", "1", "0.30"],
    ["个人零星报销", "1", "0.40"],
    ["异地小计", "3", "0.90"],
    ["合计", "4", "1.00"],
  ]);
}, 120_000);

test("another bureau's habits, by setting", { tags: "long", timeout: 120_000 }, async () => {
  const rows = await published({
    categories: { inpatient: [] },
    booked: [{ subject: "other", line: "其他支出" }],
    labels: { 合计: "总计" },
    tables: {
      "employee.dip.by_facility": { facilities: ["H1", "乡镇一"], unsigned: true, subtotals: true },
      "employee.fund_spend.structure": { totalFirst: true, labels: { 门诊慢特病: "慢病" } },
      "employee.inpatient.by_tier.avg_fee": {
        columns: ["fee_total_wan", "visits"],
        headings: { visits: "人次数", tier: "级别" },
      },
      "employee.inpatient.by_facility.visits": { facilities: ["县医院", "乡镇一"], subtotals: false },
    },
  });
  // Listed facilities have a line in any case.
  expect((await rows("职工医保县内医疗机构DIP支付情况表")).map((r) => r.slice(0, 5))).toEqual([
    ["县医院", "3", "3.00", "2.00", "1.00"],
    ["县级医疗机构小计", "3", "3.00", "2.00", "1.00"],
    ["乡镇一", "0", "0.00", "0.00", "0.00"],
    ["乡镇二", "0", "0.00", "1.33", "1.33"],
    ["乡镇卫生院小计", "0", "0.00", "1.33", "1.33"],
    ["总计", "3", "3.00", "3.33", "0.33"],
  ]);
  expect(await rows("职工医保结构性支出明细表")).toEqual([
    ["总计", "5.05"],
    ["慢病", "3.00"],
    ["其他支出", "0.05"],
  ]);
  // All stays, whatever their category.
  expect((await rows("职工医保住院各级医疗机构次均费用明细表"))[1]).toEqual(["二级医疗机构", "1.00", "4"]);
  expect((await rows("职工医保县内医疗机构住院人次增长率明细表")).map((r) => r.slice(0, 2))).toEqual([
    ["县医院", "4"],
    ["乡镇一", "0"],
    ["总计", "4"],
  ]);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import { queryPublished } from "../../../../connectors/duckdb/query.js";
import { reportTables } from "../../../../connectors/duckdb/reports/tables.js";
import type { FacilityRow, PublishInput } from "../../../../connectors/ports/publisher.js";
import { group, month, persons, publishInput, testConfig } from "../../../support/publish.js";

const INPATIENT = { care: "inpatient", category: "普通住院" };
const facility = (
  code: string,
  name: string,
  kind: string,
  display_order: number,
  admdvs = "620725",
): FacilityRow => ({
  facility: code,
  name,
  admdvs,
  hosp_lv: null,
  tier: "1",
  ownership: "public",
  kind,
  parent_code: null,
  valid_from: null,
  valid_to: null,
  display_order,
});

// One month each year. Fees in fen: 100 yuan = 10000.
const INPUT: PublishInput = publishInput({
  newGroups: [
    group(0, "resident"),
    group(1, "resident", INPATIENT),
    group(2, "resident", { ...INPATIENT, region: "county" }),
    group(3, "resident", { ...INPATIENT, region: "city" }),
    group(4, "resident", { ...INPATIENT, facility: "T1" }),
    group(5, "resident", { ...INPATIENT, facility: "T2" }),
    group(6, "resident", { ...INPATIENT, facility: "H1" }),
    group(7, "resident", { ...INPATIENT, facility: "X1" }),
    group(8, "resident", { care: "outpatient", category: "门诊慢特病" }),
    group(9, "resident", { care: "outpatient", category: "门诊慢特病", channel: "direct" }),
    group(10, "resident", { ...INPATIENT, tier: "1" }),
  ],
  months: [
    month("2023-03", {
      1: { visits: 3, fee: 30000 },
      2: { visits: 3, fee: 30000 },
      5: { visits: 1, fee: 20000, pool_paid: 10000 },
      6: { visits: 2, fee: 10000 },
    }),
    month("2024-03", {
      0: { visits: 12, benefit_paid: 3_333_333 },
      1: {
        visits: 7,
        fee: 1_000_000,
        reimbursed: 618_449,
        in_scope_fee: 900_000,
        bed_days: 45,
        benefit_paid: 2_222_222,
      },
      2: { visits: 6, fee: 600_000, reimbursed: 300_000, bed_days: 39 },
      3: { visits: 1, fee: 400_000, reimbursed: 318_449, bed_days: 6 },
      4: { visits: 2, fee: 3333, pool_paid: 1111 },
      6: { visits: 4, fee: 40000, pool_paid: 20000 },
      7: { visits: 1, fee: 400_000 },
      8: { visits: 5, fee: 50_000, pool_paid: 25_000, benefit_paid: 1_111_111 },
      9: { visits: 5, fee: 50_000, pool_paid: 25_000 },
      10: { visits: 7, fee: 1_000_000 },
    }),
  ],
  persons: [persons("2024H1", { 4: 1, 6: 3 })],
  facilities: [
    facility("T2", "乡镇二", "township", 2),
    facility("T1", "乡镇一", "township", 1),
    facility("H1", "县医院", "hospital", 3),
    facility("X1", "外地医院", "hospital", 0, "620702"),
  ],
  categories: [
    {
      med_type: "14",
      dise_no: null,
      insurance: null,
      category: "门诊慢特病",
      care: "outpatient",
      parent: null,
      display_order: 1,
      origin: "national",
    },
    {
      med_type: "21",
      dise_no: null,
      insurance: null,
      category: "普通住院",
      care: "inpatient",
      parent: null,
      display_order: 2,
      origin: "national",
    },
  ],
  figures: [
    {
      period: "2024H1",
      insurance: "resident",
      grouping: "total",
      dimensions: {},
      other: null,
      indicator: "enrolled",
      unit: "person",
      value: "60",
      previous: null,
    },
  ],
});

const COVERS = { inpatient: ["普通住院"] };
const folders: string[] = [];
async function published(report: Record<string, unknown>): Promise<(sql: string) => Promise<unknown[][]>> {
  const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-report-"));
  folders.push(dataDir);
  const publisher = new DuckDbPublisher({
    dataDir,
    config: testConfig({ report: { categories: COVERS, ...report } }),
  });
  await publisher.open("state");
  await publisher.publish(INPUT);
  await publisher.close();
  return async (sql) => (await queryPublished(publisher.publishedPath, sql)).rows as unknown[][];
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("rounded half up", () => {
  let rows: (sql: string) => Promise<unknown[][]>;
  beforeAll(async () => {
    rows = await published({});
  });

  test("regions stand in their order, also without data, over a total; the admission rate over the whole insurance", async () => {
    expect(await rows("FROM 报表.居民医保各区域住院率增长明细表('2024H1')")).toEqual([
      ["县内住院", "60", "6", "3", "10.00", "100.00"],
      ["市内住院", "60", "1", "0", "1.67", "100.00"],
      ["省内异地住院", "60", "0", "0", "0.00", "0.00"],
      ["跨省异地住院", "60", "0", "0", "0.00", "0.00"],
      ["合计", "60", "7", "3", "11.67", "133.33"],
    ]);
  });

  test("reimbursement in 万元, rates in per cent, average stay with one decimal", async () => {
    expect((await rows("FROM 报表.居民医保住院各区域报销比例明细表('2024H1')")).at(-1)).toEqual([
      // 6184.49 yuan of 10000.00: 61.84 %; of 9000.00: 68.7166 %.
      ...["合计", "7", "1.00", "0.90", "0.00", "0.00", "0.00", "0.62", "61.84", "68.72"],
    ]);
    expect(await rows("FROM 报表.居民医保各区域住院床日明细表('2024H1') LIMIT 1")).toEqual([
      ["县内住院", "6", "39", "6.5"],
    ]);
    expect(await rows("FROM 报表.居民医保各级医疗机构住院人次占比表('2024H1')")).toEqual([
      ["三级医疗机构", "0", "0.00"],
      ["二级医疗机构", "0", "0.00"],
      ["一级医疗机构", "7", "100.00"],
      ["未定级医疗机构", "0", "0.00"],
      ["合计", "7", "100.00"],
    ]);
  });

  test("facilities of the jurisdiction stand by display order with a subtotal for each kind", async () => {
    expect(await rows("FROM 报表.居民医保县内医疗机构住院人次增长率明细表('2024H1')")).toEqual([
      ["乡镇一", "2", "0", "2", "100.00"],
      ["乡镇二", "0", "1", "-1", "-100.00"],
      ["乡镇卫生院小计", "2", "1", "1", "100.00"],
      ["县医院", "4", "2", "2", "100.00"],
      ["县级医疗机构小计", "4", "2", "2", "100.00"],
      ["合计", "6", "3", "3", "100.00"],
    ]);
    // 33.33 / 2 = 16.665 → 16.67; 433.33 / 6 = 72.2217; before 300.00 / 3 = 100.00: −27.7783 %.
    expect(await rows("FROM 报表.居民医保县内医疗机构住院次均费用增长率明细表('2024H1')")).toEqual([
      ["乡镇一", "16.67", "0.00", "16.67", "100.00"],
      ["乡镇二", "0.00", "200.00", "-200.00", "-100.00"],
      ["乡镇卫生院小计", "16.67", "200.00", "-183.34", "-91.67"],
      ["县医院", "100.00", "50.00", "50.00", "100.00"],
      ["县级医疗机构小计", "100.00", "50.00", "50.00", "100.00"],
      ["合计", "72.22", "100.00", "-27.78", "-27.78"],
    ]);
    // 11.11 / 33.33 = 33.33 %; township last year 100 / 200 = 50 %.
    expect((await rows("FROM 报表.居民医保基本段报销实际补偿比增长明细表('2024H1')"))[2]).toEqual([
      ...["乡镇卫生院小计", "33.33", "50.00", "-16.67"],
    ]);
    expect(await rows("FROM 报表.居民医保住院人次人头比例明细表('2024H1')")).toEqual([
      ["乡镇一", "2", "1", "2.00"],
      ["乡镇二", "0", "0", "0.00"],
      ["乡镇卫生院小计", "2", "1", "2.00"],
      ["县医院", "4", "3", "1.33"],
      ["县级医疗机构小计", "4", "3", "1.33"],
      ["合计", "6", "4", "1.50"],
    ]);
  });

  test("spending by category in display order, its shares of the whole", async () => {
    expect(await rows("FROM 报表.居民医保基金支出构成及占比表('2024H1')")).toEqual([
      ["门诊慢特病", "1.11", "33.33"],
      ["普通住院", "2.22", "66.67"],
      ["合计", "3.33", "100.00"],
    ]);
  });

  test("a view holds every period, and the macro of its name one of them", {
    tags: "long",
    timeout: 300_000,
  }, async () => {
    expect(
      await rows(
        "SELECT DISTINCT 期间 FROM 报表.居民医保结构性支出明细表 WHERE 期间 LIKE '2024%' ORDER BY 1",
      ),
    ).toEqual(
      ["2024", "2024-03", "2024H1", "2024Q1", "2024YTD03", "2024YTD04", "2024YTD05", "2024YTD06"].map((p) => [
        p,
      ]),
    );
    for (const table of reportTables(testConfig())) {
      await rows(`FROM 报表."${table.name}" LIMIT 0`);
      await rows(`FROM 报表."${table.name}"('2024H1')`);
    }
    const ids = reportTables(testConfig()).map((t) => t.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test("cut off and blank where the settings say so", async () => {
  const rows = await published({ rounding: "cut-off", zeroBase: "blank" });
  expect(await rows("FROM 报表.居民医保各区域住院率增长明细表('2024H1')")).toEqual([
    ["县内住院", "60", "6", "3", "10.00", "100.00"],
    ["市内住院", "60", "1", "0", "1.66", null],
    ["省内异地住院", "60", "0", "0", "0.00", null],
    ["跨省异地住院", "60", "0", "0", "0.00", null],
    ["合计", "60", "7", "3", "11.66", "133.33"],
  ]);
  expect((await rows("FROM 报表.居民医保县内医疗机构住院次均费用增长率明细表('2024H1')"))[2]).toEqual([
    ...["乡镇卫生院小计", "16.66", "200.00", "-183.33", "-91.66"],
  ]);
});

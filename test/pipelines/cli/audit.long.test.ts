import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { type AuditedFigure, nameOf } from "../../../pipelines/audit/arithmetic/judge.js";
import { type AuditResult, auditReport, tally } from "../../../pipelines/audit/wording/compare.js";
import { golden, publishedOf, run } from "../../support/printed.js";
import { publishedWorkspace } from "../../support/shared.js";

interface Audited {
  readonly root: string;
  readonly result: AuditResult;
}

async function auditOf(profile: string): Promise<Audited> {
  const root = await publishedWorkspace(profile);
  const { config } = loadConfig(join(root, "fundpulse.yaml"));
  return { root, result: await auditReport(golden(profile), publishedOf(root), config) };
}

const isCell = (f: AuditedFigure): boolean => f.kind !== "statement";
const of = ({ result }: Audited, status: AuditedFigure["status"]): string[] =>
  result.figures.filter((f) => f.status === status).map((f) => `${nameOf(f)} ${f.text} ${f.computed}`);

describe("the half-year report of 山丹", () => {
  let found: Audited;
  beforeAll(async () => {
    found = await auditOf("shandan-2024h1");
  }, 300_000);

  test("all 30 tables and 395 figures of the prose are held against the events, rounded half up", () => {
    const { figures } = found.result;
    const cells = figures.filter(isCell);
    expect(found.result).toMatchObject({ period: "2024H1", rounding: "half-up" });
    expect(new Set(cells.map((f) => f.id)).size).toBe(30);
    expect([cells.length, figures.length - cells.length]).toEqual([1084, 395]);
    expect(tally(cells)).toEqual({ equal: 1078, differs: 0, "print-error": 6, "not-computable": 0 });
  });

  test("what differs are the print's own errors, nothing more", () => {
    expect(of(found, "differs")).toEqual([]);
    expect(of(found, "print-error")).toEqual([
      // 霍城 2023: one stay in the visits table, none in the others, though their subtotals hold it.
      "employee.inpatient.by_facility.visits 山丹县霍城镇卫生院 visits_yoy_pct 100.00 0.00",
      "employee.inpatient.by_facility.avg_fee 山丹县霍城镇卫生院 avg_fee_prev_yuan 0.00 1651.54",
      "employee.inpatient.by_facility.avg_fee 山丹县霍城镇卫生院 avg_fee_delta_yuan 185.43 -1466.11",
      "employee.inpatient.by_facility.avg_fee 山丹县霍城镇卫生院 avg_fee_yoy_pct 100.00 -88.77",
      "employee.inpatient.by_facility.base_comp 山丹县霍城镇卫生院 base_comp_rate_prev_pct 0.00 62.45",
      "employee.inpatient.by_facility.base_comp 山丹县霍城镇卫生院 base_comp_rate_delta_pp 8.77 -53.69",
      // 687.33 元 for 万元.
      "income.civil_servant income_total 687.33 6873300.00",
      // Added up from rounded parts.
      "resident.fund_spend.total outpatient_spend_wan 1995.09 1995.08",
      // 单病种住院 under the name of 生育.
      "resident.inpatient.fund_structure maternity_spend_wan 40.63 0.00",
      "resident.inpatient.fund_structure maternity_share_pct 0.63 0.00",
      "resident.inpatient.visits visits_yoy_pct 2.7 2.27",
      // "降低" where the tables say growth.
      "resident.inpatient.visits in_city_visits_yoy_pct -6.12 6.12",
      "resident.inpatient.visits in_province_visits_yoy_pct -34.73 34.73",
      "resident.inpatient.visits cross_province_visits_yoy_pct -12.57 12.57",
      "resident.inpatient.in_county.avg_fee county_level_avg_fee_delta_yuan -342.449 -342.444",
      "employee.fund_spend.total outpatient_spend_wan 4058.06 4058.07",
      "employee.inpatient.visits in_city_visits_yoy_pct -13.66 -13.36",
      "employee.outpatient.fund_structure day_surgery_share_pct 0.39 0.38",
      // 71.94 − 72.09, where the unrounded rates are 0.144 apart.
      "employee.outpatient_chronic.total actual_comp_rate_delta_pp -0.15 -0.14",
      "trend.inpatient.employee in_city_visits_yoy_pct -13.66 -13.36",
    ]);
  });

  test("what no indicator gives is what a budget sets, not what happened", () => {
    expect(of(found, "not-computable")).toEqual([
      "enrollment.resident insured_budget 151000 null",
      "enrollment.employee insured_budget 27463 null",
      "income.resident.standard standard_prev_yuan 930 null",
      "income.resident.standard standard_yuan 1020 null",
      "income.resident.standard personal_yuan 380 null",
      "income.resident.standard fiscal_yuan 640 null",
      "income.resident.personal remitted_wan 160 null",
      // A number of rows.
      "resident.dip.total facility_count 15 null",
      "employee.dip.total facility_count 15 null",
      "trend.dip.resident facility_count 15 null",
    ]);
  });

  test("the print's errors are found without the report's own list of them", async () => {
    const { config } = loadConfig(join(found.root, "fundpulse.yaml"));
    const report = { ...golden("shandan-2024h1"), inconsistencies: [] };
    const result = await auditReport(report, publishedOf(found.root), config);
    // But for a figure under another name and a unit, which contradict nothing that is printed.
    expect(of({ root: found.root, result }, "differs")).toEqual([
      "income.civil_servant income_total 687.33 6873300.00",
      "resident.inpatient.fund_structure maternity_spend_wan 40.63 0.00",
      "resident.inpatient.fund_structure maternity_share_pct 0.63 0.00",
      // Printed under this key once: the same figure elsewhere has another, which may as well mean another thing.
      "resident.inpatient.in_county.avg_fee county_level_avg_fee_delta_yuan -342.449 -342.444",
    ]);
  });

  test("the command says so, and ends with 3 when something differs without an excuse", {
    tags: "long",
    timeout: 120_000,
  }, async () => {
    const config = ["--config", join(found.root, "fundpulse.yaml")];
    const file = join(mkdtempSync(join(tmpdir(), "fundpulse-audit-")), "report.json");
    writeFileSync(file, JSON.stringify(golden("shandan-2024h1")));
    const good = await run("audit", file, ...config);
    expect(good).toMatchObject({ code: 0, err: "" });
    expect(good.out).toContain("1,479 figures held against 2024H1 (half-up)");
    expect(good.out).toContain("0 differ, ");
    expect(good.out).toContain(
      "  resident.inpatient.visits visits_yoy_pct: printed 2.7, computed 2.27 – known of the print: ",
    );

    // A hospital's cases and money under DIP, spoiled in the only place where they are printed, and its total.
    const spoiled = JSON.parse(readFileSync(file, "utf8"));
    const dip = spoiled.tables.find((t: { id: string }) => t.id === "resident.dip.by_facility");
    dip.rows.find((r: { _facility_id: string }) => r._facility_id === "tcm").visits = "4063";
    dip.rows.at(-1).visits = "11213";
    writeFileSync(file, JSON.stringify(spoiled));
    const bad = await run("audit", file, ...config, "--format", "json");
    expect(bad.code).toBe(3);
    const { counts, figures } = JSON.parse(bad.out);
    expect(counts.differs).toBe(2);
    expect(figures.filter((f: { status: string }) => f.status === "differs")).toEqual([
      expect.objectContaining({
        id: "resident.dip.by_facility",
        printed: "4063",
        computed: "4062",
        note: null,
      }),
      expect.objectContaining({ row: "合计", printed: "11213", computed: "11212" }),
    ]);

    const other = await run("audit", file, ...config, "--period", "2031Q1");
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining("[FP4004]") });
    writeFileSync(file, "{");
    expect(await run("audit", file, ...config)).toMatchObject({
      code: 2,
      err: expect.stringContaining("[FP1005]"),
    });
  });
});

describe("the quarterly notice of 会宁", () => {
  let found: Audited;
  beforeAll(async () => {
    found = await auditOf("huining-2024q1");
  }, 300_000);

  test("all 13 tables and 123 figures of the prose are held against the events, cut off", () => {
    const { figures } = found.result;
    const cells = figures.filter(isCell);
    expect(found.result).toMatchObject({ period: "2024Q1", rounding: "cut-off" });
    expect(new Set(cells.map((f) => f.id)).size).toBe(13);
    expect([cells.length, figures.length - cells.length]).toEqual([143, 123]);
  });

  test("what differs are the print's own errors, nothing more", () => {
    expect(of(found, "differs")).toEqual([]);
    expect(of(found, "print-error")).toEqual([
      // Rounded where the notice cuts off everywhere else.
      "employee.fund.composition 个人账户 share_pct 21 20.99",
      "employee.inpatient.by_region 合计 reimb_rate_actual_pct 76.89 76.88",
      "resident.fund.composition 普通门诊 share_pct 3.08 4.21",
      "resident.fund.composition 门诊慢性特殊慢病 share_pct 6.17 6.16",
      // The policy's rate, not the actual one.
      "resident.outpatient_general 普通门诊 reimb_rate_actual_pct 50 51",
      // Stays printed as a fee, a fee printed as a subsidy.
      "employee.large_amount.by_region 合计 fee_total_wan 1881 1320.55",
      "employee.large_amount.by_region 异地 large_amount_paid_wan 809.77 24.29",
      "aid.by_category 合计 aid_paid_wan 1806.66 1809.66",
      "employee.fund.personal_account share_pct 21 20.99",
      "employee.large_amount.total fee_total_wan 1881 1320.55",
      "employee.large_amount.nonlocal large_amount_paid_wan 809.77 24.29",
      "resident.fund.outpatient_general share_pct 3.08 4.21",
      "resident.fund.outpatient_chronic share_pct 6.17 6.16",
      "resident.outpatient_general reimb_rate_actual_pct 50 51.88",
      // 元 for 万元.
      "resident.critical_illness fee_total_yuan 4046.77 40467747.50",
      "aid.total aid_paid_wan 1806.66 1809.66",
    ]);
  });

  test("what no indicator gives is the number of facilities and a base that the notice does not print", () => {
    expect(of(found, "not-computable")).toEqual([
      "resident.fund.composition 门诊“两病” share_pct -- 0.03",
      "facility.count facilities 302 null",
      "facility.count facilities_level2 5 null",
      "facility.count facilities_level1 30 null",
      "facility.count facilities_ungraded 267 null",
      "facility.count pharmacies 98 null",
      "resident.insured insured_rate_pct 95.7 null",
    ]);
  });
});

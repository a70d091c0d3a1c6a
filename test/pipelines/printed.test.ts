import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../connectors/config-yaml.js";
import { besidePrinted } from "../../pipelines/demo.js";
import { balances, fingerprints } from "../support/fingerprint.js";
import { createTopic, testBroker, unique } from "../support/kafka/test-broker.js";
import {
  bureau,
  cli,
  compareViews,
  drainedFolder,
  golden,
  publishedOf,
  sameNumber,
  type ViewDifferences,
} from "../support/printed.js";
import { Indicators, proseFigures } from "../support/prose.js";

const PROFILE = "shandan-2024h1";
const PERIOD = "2024H1";
const report = golden(PROFILE);
const brokers = await testBroker();
const roots: string[] = [];

let folder: string;
beforeAll(async () => {
  folder = await drainedFolder(PROFILE);
  roots.push(folder);
}, 300_000);
afterAll(() => {
  for (const root of roots) rmSync(dirname(root), { recursive: true, force: true });
});

// 霍城 2023: one stay in the visits table, none in the others, though their subtotals hold it.
const HUOCHENG = [
  "employee.inpatient.by_facility.visits 山丹县霍城镇卫生院 visits_yoy_pct 100.00 0.00",
  "employee.inpatient.by_facility.avg_fee 山丹县霍城镇卫生院 avg_fee_prev_yuan 0.00 1651.54",
  "employee.inpatient.by_facility.avg_fee 山丹县霍城镇卫生院 avg_fee_delta_yuan 185.43 -1466.11",
  "employee.inpatient.by_facility.avg_fee 山丹县霍城镇卫生院 avg_fee_yoy_pct 100.00 -88.77",
  "employee.inpatient.by_facility.base_comp 山丹县霍城镇卫生院 base_comp_rate_prev_pct 0.00 62.45",
  "employee.inpatient.by_facility.base_comp 山丹县霍城镇卫生院 base_comp_rate_delta_pp 8.77 -53.69",
];
const ALLOWANCE = "employee.fund_spend.structure 合计 fund_spend_wan 6876.62 6793.02";

test("every printed table comes out of the events, but for the errors of the print and other streams", async () => {
  const { config } = loadConfig(join(folder, "fundpulse.yaml"));
  const tables = (await besidePrinted(report, publishedOf(folder), config.report)).filter(
    (t) => !t.id.includes(".dip."),
  );
  expect(tables).toHaveLength(28);
  const cells = tables.flatMap((t) =>
    t.rows.flatMap((r) =>
      r.cells.map((c) => ({ ...c, text: `${t.id} ${r.label} ${c.key} ${c.printed} ${c.computed}` })),
    ),
  );
  const of = (status: string): string[] => cells.filter((c) => c.status === status).map((c) => c.text);
  expect(of("equal")).toHaveLength(882);
  expect(of("different")).toEqual([]);
  expect(of("print-error")).toEqual(HUOCHENG);
  expect(of("beyond")).toEqual([
    "resident.outpatient_chronic.by_tier 三级医疗机构 certified_cases 20380 null",
    "employee.fund_spend.structure 生育津贴 fund_spend_wan 83.60 0.00",
    ALLOWANCE,
    "employee.outpatient_chronic.by_tier 三级医疗机构 certified_cases 6737 null",
  ]);
});

describe("schema 报表", () => {
  let found: ViewDifferences;
  beforeAll(async () => {
    const { config } = loadConfig(join(folder, "fundpulse.yaml"));
    found = await compareViews(report, config, publishedOf(folder), PERIOD);
  });
  /** Prints 报销总额 ÷ 费用总额 under the heading 基本段; the view keeps to the heading. */
  const LABELLED = "employee.inpatient.by_facility.base_comp";

  test("has every printed value, but for those errors", () => {
    expect(found.compared).toBe(890);
    const others = found.values.filter((v) => !v.startsWith(LABELLED));
    // A hospital without a stay in either year has no row.
    expect(others.filter((v) => v.endsWith("no row") && v.includes(" damaying "))).toHaveLength(11);
    const named = (text: string): string => text.replace("山丹县霍城镇卫生院", "huocheng");
    expect(others.filter((v) => !v.includes(" damaying "))).toEqual([
      "employee.fund_spend.structure 生育津贴 fund_spend_wan 83.60 no row",
      ALLOWANCE,
      ...HUOCHENG.map(named).filter((v) => !v.startsWith(LABELLED)),
    ]);
  });

  test("keeps to the heading where the print gives another rate under it", () => {
    const rates = found.values.filter((v) => v.startsWith(LABELLED));
    expect(rates.filter((v) => v.includes("合计"))).toEqual([
      // 326.18 of 433.52: the print's own figures of basic payment and fee in the county.
      `${LABELLED} 合计 base_comp_rate_pct 75.80 75.24`,
      `${LABELLED} 合计 base_comp_rate_prev_pct 71.01 70.51`,
      `${LABELLED} 合计 base_comp_rate_delta_pp 4.79 4.73`,
    ]);
  });

  test("has the printed rows in the printed order", () => {
    const order = (id: string): string | undefined => found.rows.find((r) => r.startsWith(`${id}:`));
    expect(order("employee.fund_spend.structure")?.split(" → ")[1]).toBe(
      order("employee.fund_spend.structure")?.slice(31).split(" → ")[0].replace("生育津贴 ", ""),
    );
    // The print lists the county's hospitals before the townships here, and after them for the residents.
    expect(found.rows.map((r) => r.split(":")[0])).toEqual([
      "employee.fund_spend.structure",
      ...["visits", "avg_fee", "base_comp", "visits_per_head"].map(
        (t) => `employee.inpatient.by_facility.${t}`,
      ),
    ]);
  });

  test("has the printed headings and units, 本期 and 上年同期 for the years", () => {
    expect(found.headings).toEqual([
      "resident.inpatient.by_region.avg_fee: 次均费(元) → 次均费用(元)",
      "resident.inpatient.by_region.reimb: 报销费用(万元)/合计 → 报销合计(万元)",
      "resident.inpatient.by_tier.reimb: 报销费用(万元)/合计 → 报销合计(万元)",
      "resident.outpatient_chronic.by_tier: 认定人次 → none",
      "resident.dip.by_facility: no view",
      "employee.inpatient.by_region.rate: 2024 年参保人数 → 参保人数",
      "employee.inpatient.by_region.rate: 同比增长率 (%) → 住院人次同比增长率(%)",
      "employee.inpatient.by_region.reimb: 报销费用(万元)/救助 → 救助报销(万元)",
      "employee.inpatient.by_region.reimb: 报销费用(万元)/合计 → 报销合计(万元)",
      "employee.inpatient.by_tier.reimb: 报销费用(万元)/救助 → 救助报销(万元)",
      "employee.inpatient.by_tier.reimb: 报销费用(万元)/合计 → 报销合计(万元)",
      "employee.outpatient_chronic.by_tier: 认定人次 → none",
      "employee.dip.by_facility: no view",
    ]);
  });
});

test("the prose is what indicators say, last year's figures and changes included, but for its own errors", async () => {
  const figures = proseFigures(report, await Indicators.of(publishedOf(folder), PERIOD));
  expect(figures).toHaveLength(340);
  const differing = figures.filter((f) => !sameNumber(f.printed, f.computed));
  expect(differing.map((f) => `${f.where} ${f.printed} ${f.computed}`)).toEqual([
    // Added up from rounded parts.
    "resident.fund_spend.total outpatient_spend_wan 1995.09 1995.08",
    "resident.inpatient.visits visits_yoy_pct 2.7 2.27",
    // "降低" where the tables say growth.
    "resident.inpatient.visits in_city_visits_yoy_pct -6.12 6.12",
    "resident.inpatient.visits in_province_visits_yoy_pct -34.73 34.73",
    "resident.inpatient.visits cross_province_visits_yoy_pct -12.57 12.57",
    "resident.inpatient.in_county.avg_fee county_level_avg_fee_delta_yuan -342.449 -342.44",
    // The whole holds 生育津贴, which the fund books; 个人账户 stands under outpatient in the print.
    "employee.fund_spend.total fund_spend_wan 6876.62 6793.02",
    "employee.fund_spend.total inpatient_share_pct 38.91 39.39",
    "employee.fund_spend.total outpatient_spend_wan 4058.06 4058.07",
    "employee.fund_spend.total outpatient_share_pct 59.01 28.04",
    "employee.inpatient.fund_structure inpatient_share_pct 38.91 39.39",
    "employee.inpatient.visits in_city_visits_yoy_pct -13.66 -13.36",
    "employee.outpatient.fund_structure outpatient_share_pct 59.01 28.04",
    "employee.outpatient.fund_structure day_surgery_share_pct 0.39 0.38",
    // 594.89 and 550.90 over 826.88 and 19,078 × 400.57 leave -0.1444 at most.
    "employee.outpatient_chronic.total actual_comp_rate_delta_pp -0.15 -0.14",
    "trend.inpatient.employee in_city_visits_yoy_pct -13.66 -13.36",
  ]);
});

test.skipIf(brokers === null)(
  "the same events through Kafka give the same figures, byte for byte",
  async () => {
    const topics = {
      settlement: unique("settlement"),
      facility: unique("facility"),
      enrolment: unique("enrolment"),
    };
    await createTopic(brokers!, topics.settlement, 3);
    for (const topic of [topics.facility, topics.enrolment]) await createTopic(brokers!, topic, 1);
    const kafka = bureau(PROFILE, { kind: "kafka", brokers, groupId: unique("group"), topics });
    roots.push(kafka);
    const config = join(kafka, "fundpulse.yaml");
    await cli("simulate", PROFILE, "--format", "avro", "--config", config);
    await cli("run", "--until-drained", "--config", config);

    const expected = await fingerprints(folder);
    expect(Number(expected["main.indicators"].split(" ")[0])).toBeGreaterThan(4_000_000);
    expect(await fingerprints(kafka)).toEqual(expected);
    expect(await balances(kafka)).toEqual(await balances(folder));
  },
  600_000,
);

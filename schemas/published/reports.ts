import type { Config } from "../config.js";
import { type CategoryLine, CHANNEL_LABELS, REGION_LABELS, TIER_LABELS } from "../labels.js";
import { column, type MacroDef, quoteName, quoteText, REPORT, type ViewDef } from "./define.js";
import {
  byCare,
  byCategory,
  byDimension,
  byFacility,
  byRegionAndChannel,
  facilityKinds,
  type Lines,
  single,
} from "./report-lines.js";
import { over, Printer, sum } from "./report-print.js";

/** A printed column: `key` as the truth files name it, heading, meaning, expression over a line `r`. */
interface Cell {
  readonly key: string;
  readonly heading: string;
  readonly sql: string;
  readonly comment: string;
}

/** A printed table of schema 报表. `id` is stable: insurance and kind of table. */
export interface ReportTable {
  readonly id: string;
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly Cell[];
  readonly lines: Lines;
}

const ZH = { resident: "居民医保", employee: "职工医保" } as const;
type ReportInsurance = keyof typeof ZH;

const cell = (key: string, heading: string, sql: string, comment: string): Cell => ({
  key,
  heading,
  sql,
  comment,
});

/** The settlement tables of the printed reports, for both insurances, under the report settings. */
export function reportTables(config: Config): readonly ReportTable[] {
  return (Object.keys(ZH) as ReportInsurance[]).flatMap((insurance) => insuranceTables(insurance, config));
}

function insuranceTables(insurance: ReportInsurance, config: Config): ReportTable[] {
  const print = new Printer(config.report);
  const zh = ZH[insurance];
  const rounding = config.report.rounding === "half-up" ? "四舍五入" : "截尾";
  const label = (key: string, heading: string): Cell => cell(key, heading, "r.label", heading);
  const table = (id: string, name: string, lines: Lines, columns: readonly Cell[]): ReportTable => ({
    id: `${insurance}.${id}`,
    name,
    comment: `${name}（金额${rounding}至两位小数）`,
    columns,
    lines,
  });

  const avgFee = over("fee", "visits");
  const pool = over("pool_paid", "fee");
  const visits = cell("visits", "住院人次", print.count("visits"), "住院人次（人次）");
  const fee = cell("fee_total_wan", "住院总费用(万元)", print.wan("fee"), "医疗费总额（万元）");
  const avg = cell("avg_fee_yuan", "次均费用(元)", print.yuan(avgFee), "医疗费总额 ÷ 人次（元）");

  const rate = [
    cell("insured", "参保人数", "r.enrolled", "期末参保人数（人）"),
    cell("visits", "本期住院人次", print.count("visits"), "本期住院人次（人次）"),
    cell("visits_prev", "上年同期住院人次", print.count("visits", true), "上年同期住院人次（人次）"),
    cell(
      "hospitalization_rate_pct",
      "住院率(%)",
      print.percent(over("visits", "enrolled")),
      "住院人次 ÷ 参保人数（%）",
    ),
    cell("visits_yoy_pct", "住院人次同比增长率(%)", print.change(sum("visits")), "住院人次同比增长（%）"),
  ];
  const share = [
    visits,
    cell("share_pct", "占比(%)", print.percent(over("visits", "total_visits")), "占合计住院人次的比例（%）"),
  ];
  const regionAvg = [
    visits,
    fee,
    avg,
    cell("avg_fee_prev_yuan", "上年同期次均费用(元)", print.yuan(avgFee, true), "上年同期次均费用（元）"),
    cell("avg_fee_yoy_pct", "次均费用同比(%)", print.change(avgFee), "次均费用同比增长（%）"),
  ];
  const reimb = [
    visits,
    fee,
    cell("in_scope_fee_wan", "政策范围内费用(万元)", print.wan("in_scope_fee"), "政策范围内费用（万元）"),
    cell("basic_paid_wan", "基本医保报销(万元)", print.wan("pool_paid"), "统筹基金支付（万元）"),
    insurance === "resident"
      ? cell("critical_paid_wan", "大病报销(万元)", print.wan("critical_paid"), "居民大病保险支付（万元）")
      : cell("large_paid_wan", "大额补助(万元)", print.wan("large_paid"), "职工大额补助支付（万元）"),
    cell("aid_paid_wan", "救助报销(万元)", print.wan("aid_paid"), "医疗救助支付（万元）"),
    cell("reimb_total_wan", "报销合计(万元)", print.wan("reimbursed"), "报销金额合计（万元）"),
    cell(
      "reimb_rate_actual_pct",
      "实际住院报销比例(%)",
      print.percent(over("reimbursed", "fee")),
      "报销金额 ÷ 医疗费总额（%）",
    ),
    cell(
      "reimb_rate_in_scope_pct",
      "政策范围内住院报销比例(%)",
      print.percent(over("reimbursed", "in_scope_fee")),
      "报销金额 ÷ 政策范围内费用（%）",
    ),
  ];
  const bedDays = [
    visits,
    cell("bed_days", "住院床日", print.count("bed_days"), "住院床日（天）"),
    cell(
      "avg_bed_days",
      "平均住院床日",
      print.ratio(over("bed_days", "visits"), 1, 1),
      "住院床日 ÷ 住院人次（天）",
    ),
  ];
  const chronic = [
    cell("visits", "待遇享受人次", print.count("visits"), "待遇享受人次（人次）"),
    cell("fee_total_wan", "总费用(万元)", print.wan("fee"), "医疗费总额（万元）"),
    cell("pooled_paid_wan", "统筹基金支付费用(万元)", print.wan("pool_paid"), "统筹基金支付（万元）"),
    cell("actual_comp_rate_pct", "实际补偿比(%)", print.percent(pool), "统筹基金支付 ÷ 医疗费总额（%）"),
    cell("avg_fee_yuan", "次均费(元)", print.yuan(avgFee), "医疗费总额 ÷ 人次（元）"),
  ];
  const facility = (id: string, name: string, columns: readonly Cell[]): ReportTable =>
    table(id, name, byFacility(insurance, "inpatient", config), [label("facility", "医疗机构"), ...columns]);
  const region = (id: string, name: string, columns: readonly Cell[]): ReportTable =>
    table(id, name, byDimension(insurance, "inpatient", "region", REGION_LABELS), [
      label("region", "住院区域"),
      ...columns,
    ]);
  const tier = (id: string, name: string, line: CategoryLine, columns: readonly Cell[]): ReportTable =>
    table(id, name, byDimension(insurance, line, "tier", TIER_LABELS), [
      label("tier", "医疗机构等级"),
      ...columns,
    ]);
  const channel = (id: string, name: string, line: CategoryLine): ReportTable =>
    table(id, name, byDimension(insurance, line, "channel", CHANNEL_LABELS), [
      label("row_label", "项目"),
      ...paid,
    ]);
  const paid = [
    cell("visits", "人次", print.count("visits"), "人次"),
    cell("fee_total_wan", "总费用(万元)", print.wan("fee"), "医疗费总额（万元）"),
    cell("payable_wan", "应补偿(万元)", print.wan("pool_paid"), "统筹基金应支付（万元）"),
    cell("fund_paid_wan", "实际补偿(万元)", print.wan("pool_paid"), "统筹基金实际支付（万元）"),
    cell("reimb_rate_actual_pct", "补偿比(%)", print.percent(pool), "统筹基金支付 ÷ 医疗费总额（%）"),
  ];
  const one = (id: string, name: string, lineLabel: string, line: CategoryLine): ReportTable =>
    table(id, name, single(insurance, lineLabel, line), [label("category", "支出类别"), ...paid]);

  const tables = [
    table("fund_spend.structure", `${zh}结构性支出明细表`, byCategory(insurance), [
      label("category", "医疗类别"),
      cell("fund_spend_wan", "本期支出(万元)", print.wan("benefit_paid"), "基金支出（万元）"),
    ]),
    table("fund.composition", `${zh}基金支出构成及占比表`, byCategory(insurance), [
      label("row_label", "项目"),
      cell("fund_paid_wan", "基金支出(万元)", print.wan("benefit_paid"), "基金支出（万元）"),
      cell(
        "share_pct",
        "占比(%)",
        print.percent(over("benefit_paid", "total_benefit_paid")),
        "占基金支出合计的比例（%）",
      ),
    ]),
    region("inpatient.by_region.rate", `${zh}各区域住院率增长明细表`, rate),
    tier("inpatient.by_tier.visits_share", `${zh}各级医疗机构住院人次占比表`, "inpatient", share),
    facility("inpatient.by_facility.visits", `${zh}县内医疗机构住院人次增长率明细表`, [
      cell("visits", "本期住院人次", print.count("visits"), "本期住院人次（人次）"),
      cell("visits_prev", "上年同期住院人次", print.count("visits", true), "上年同期住院人次（人次）"),
      cell("visits_delta", "同比增加", print.difference(sum("visits"), 1, 0), "住院人次同比增加（人次）"),
      cell("visits_yoy_pct", "同比增长率(%)", print.change(sum("visits")), "住院人次同比增长（%）"),
    ]),
    region("inpatient.by_region.avg_fee", `${zh}住院次均费用增长明细表`, regionAvg),
    tier("inpatient.by_tier.avg_fee", `${zh}住院各级医疗机构次均费用明细表`, "inpatient", [visits, fee, avg]),
    facility("inpatient.by_facility.avg_fee", `${zh}县内医疗机构住院次均费用增长率明细表`, [
      cell("avg_fee_yuan", "本期次均费用(元)", print.yuan(avgFee), "本期次均费用（元）"),
      cell("avg_fee_prev_yuan", "上年同期次均费用(元)", print.yuan(avgFee, true), "上年同期次均费用（元）"),
      cell("avg_fee_delta_yuan", "同比增加(元)", print.difference(avgFee, 0.01, 2), "次均费用同比增加（元）"),
      cell("avg_fee_yoy_pct", "同比增长率(%)", print.change(avgFee), "次均费用同比增长（%）"),
    ]),
    region("inpatient.by_region.reimb", `${zh}住院各区域报销比例明细表`, reimb),
    tier("inpatient.by_tier.reimb", `${zh}住院各级医疗机构报销比例明细表`, "inpatient", reimb),
    facility("inpatient.by_facility.base_comp", `${zh}基本段报销实际补偿比增长明细表`, [
      cell("base_comp_rate_pct", "本期实际补偿比(%)", print.percent(pool), "统筹基金支付 ÷ 医疗费总额（%）"),
      cell(
        "base_comp_rate_prev_pct",
        "上年同期实际补偿比(%)",
        print.percent(pool, true),
        "上年同期补偿比（%）",
      ),
      cell("base_comp_rate_delta_pp", "同比增长(%)", print.difference(pool, 100, 2), "补偿比之差（百分点）"),
    ]),
    region("inpatient.by_region.bed_days", `${zh}各区域住院床日明细表`, bedDays),
    tier("inpatient.by_tier.bed_days", `${zh}各级医疗机构住院床日明细表`, "inpatient", bedDays),
    facility("inpatient.by_facility.visits_per_head", `${zh}住院人次人头比例明细表`, [
      cell("visits", "本期住院人次", print.count("visits"), "本期住院人次（人次）"),
      cell("persons", "本期住院人数", print.count("persons"), "本期住院人数（人），小计与合计为各机构之和"),
      cell(
        "visits_per_head",
        "占比",
        print.ratio(over("visits", "persons"), 1, 2),
        "人次人头比：住院人次 ÷ 住院人数",
      ),
    ]),
    tier("outpatient_chronic.by_tier", `${zh}门诊慢特病各级医疗机构实际报销情况明细表`, "chronic", chronic),
    table("inpatient.by_region", `${zh}住院补偿明细`, byRegionAndChannel(insurance), [
      label("row_label", "项目"),
      ...paid,
    ]),
    channel("outpatient_chronic.by_channel", `${zh}门诊慢性特殊疾病补偿明细`, "chronic"),
    channel("negotiated_drug.by_channel", `${zh}门诊谈判药品补偿明细`, "negotiated"),
    one("outpatient_general", `${zh}普通门诊补偿明细`, "普通门诊", "general"),
  ];
  if (insurance === "resident") {
    tables.push(
      one("two_disease", `${zh}门诊两病补偿明细`, "门诊“两病”", "two"),
      table("critical_illness", "城乡居民大病保险补偿明细", single(insurance, "大病保险", null), [
        label("category", "支出类别"),
        cell("visits", "报销人次", print.count("critical_visits"), "大病保险支付人次"),
        cell("fee_total_wan", "医疗总费用(万元)", print.wan("critical_fee"), "享受大病保险者医疗费（万元）"),
        cell("critical_paid_wan", "报销金额(万元)", print.wan("critical_paid"), "大病保险支付（万元）"),
        cell(
          "reimb_rate_actual_pct",
          "补偿比(%)",
          print.percent(over("critical_paid", "critical_fee")),
          "大病保险支付 ÷ 医疗费（%）",
        ),
      ]),
      {
        ...table("by_category", "医疗救助明细", byCare("all"), [
          label("category", "救助类别"),
          cell("visits", "救助人次", print.count("aid_visits"), "救助人次"),
          cell("aid_paid_wan", "救助资金(万元)", print.wan("aid_paid"), "医疗救助支付（万元）"),
        ]),
        id: "aid.by_category",
      },
    );
  }
  return tables;
}

/** Views of schema 报表 and, under the same names, macros that take the period. */
export function reportDefinitions(config: Config): (ViewDef | MacroDef)[] {
  return reportTables(config).flatMap((t): (ViewDef | MacroDef)[] => [
    {
      kind: "view",
      schema: REPORT,
      name: t.name,
      comment: `${t.comment}；机构类别：${facilityKinds}`,
      columns: [
        column("期间", "r.period", "期间"),
        column("序号", "r.seq", "行的顺序"),
        column("行类", "r.kind", "明细、小计或合计"),
        ...t.columns.map((c) => column(c.heading, c.sql, c.comment)),
      ],
      from: `FROM (SELECT l.*, max(l.visits) FILTER (WHERE l.kind = '合计') OVER (PARTITION BY l.period) AS total_visits,
        max(l.benefit_paid) FILTER (WHERE l.kind = '合计') OVER (PARTITION BY l.period) AS total_benefit_paid
        FROM (${t.lines}) l) r`,
    },
    {
      kind: "macro",
      schema: REPORT,
      name: t.name,
      comment: `${t.comment}，按期间取：SELECT * FROM ${REPORT}.${t.name}(${quoteText("2024H1")})`,
      parameter: "p",
      sql: `SELECT * EXCLUDE ("期间", "序号", "行类") FROM ${REPORT}.${quoteName(t.name)} WHERE "期间" = p ORDER BY "序号"`,
    },
  ]);
}

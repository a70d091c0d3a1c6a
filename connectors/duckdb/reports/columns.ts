import type { Config } from "../../../schemas/config/schema.js";
import { over, type Printed, type PrintedFormula, Printer, sum } from "./print.js";

/** A printed column: `key` as the truth files name it, heading, meaning, expression over a line `r`. */
export interface Cell {
  readonly key: string;
  readonly heading: string;
  readonly sql: string;
  readonly comment: string;
  readonly formula?: PrintedFormula;
}

export const cell = (key: string, heading: string, printed: string | Printed, comment: string): Cell => ({
  key,
  heading,
  comment,
  ...(typeof printed === "string" ? { sql: printed } : { sql: printed.sql, formula: printed.formula }),
});

export const label = (key: string, heading: string): Cell => cell(key, heading, "r.label", heading);

export type ReportInsurance = "resident" | "employee";

/** The columns of the printed tables of one insurance, by what they show. */
export function reportColumns(insurance: ReportInsurance, config: Config) {
  const print = new Printer(config.report);
  const avgFee = over("fee", "visits");
  const pool = over("pool_paid", "fee");
  const visits = cell("visits", "住院人次", print.count("visits"), "住院人次（人次）");
  const fee = cell("fee_total_wan", "住院总费用(万元)", print.wan("fee"), "医疗费总额（万元）");
  const avg = cell("avg_fee_yuan", "次均费用(元)", print.yuan(avgFee), "医疗费总额 ÷ 人次（元）");
  const now = cell("visits", "本期住院人次", print.count("visits"), "本期住院人次（人次）");
  const before = cell(
    "visits_prev",
    "上年同期住院人次",
    print.count("visits", true),
    "上年同期住院人次（人次）",
  );
  const plainVisits = cell("visits", "人次", print.count("visits"), "人次");

  const spend = [cell("fund_spend_wan", "本期支出(万元)", print.wan("benefit_paid"), "基金支出（万元）")];
  const composition = [
    cell("fund_paid_wan", "基金支出(万元)", print.wan("benefit_paid"), "基金支出（万元）"),
    cell(
      "share_pct",
      "占比(%)",
      print.percent(over("benefit_paid", "total_benefit_paid")),
      "占基金支出合计的比例（%）",
    ),
  ];
  const rate = [
    cell("insured", "参保人数", "r.enrolled", "本险种期末参保人数（人），各行相同"),
    now,
    before,
    cell(
      "hospitalization_rate_pct",
      "住院率(%)",
      print.percent(over("visits", "enrolled")),
      "住院人次 ÷ 本险种参保人数（%）",
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
    cell("basic_paid_wan", "报销费用(万元)/基本医保报销", print.wan("pool_paid"), "统筹基金支付（万元）"),
    insurance === "resident"
      ? cell(
          "critical_paid_wan",
          "报销费用(万元)/大病报销",
          print.wan("critical_paid"),
          "居民大病保险支付（万元）",
        )
      : cell(
          "large_paid_wan",
          "报销费用(万元)/大额补助",
          print.wan("large_paid"),
          "职工大额补助支付（万元）",
        ),
    cell("aid_paid_wan", "报销费用(万元)/救助报销", print.wan("aid_paid"), "医疗救助支付（万元）"),
    cell("reimb_total_wan", "报销费用(万元)/合计", print.wan("reimbursed"), "报销金额合计（万元）"),
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
    cell(
      "certified_cases",
      "认定人次",
      "CASE WHEN row_number() OVER (PARTITION BY r.period ORDER BY r.seq) = 1 THEN r.certified END",
      "上报的认定人次（人次），全表一个数，只在首行",
    ),
    cell("visits", "待遇享受人次", print.count("visits"), "待遇享受人次（人次）"),
    cell("fee_total_wan", "总费用(万元)", print.wan("fee"), "医疗费总额（万元）"),
    cell("pooled_paid_wan", "统筹基金支付费用(万元)", print.wan("pool_paid"), "统筹基金支付（万元）"),
    cell("actual_comp_rate_pct", "实际补偿比(%)", print.percent(pool), "统筹基金支付 ÷ 医疗费总额（%）"),
    cell("avg_fee_yuan", "次均费(元)", print.yuan(avgFee), "医疗费总额 ÷ 人次（元）"),
  ];
  const facilityVisits = [
    now,
    before,
    cell("visits_delta", "同比增加", print.difference(sum("visits"), 1, 0), "住院人次同比增加（人次）"),
    cell("visits_yoy_pct", "同比增长率(%)", print.change(sum("visits")), "住院人次同比增长（%）"),
  ];
  const facilityAvg = [
    cell("avg_fee_yuan", "本期次均费用(元)", print.yuan(avgFee), "本期次均费用（元）"),
    cell("avg_fee_prev_yuan", "上年同期次均费用(元)", print.yuan(avgFee, true), "上年同期次均费用（元）"),
    cell("avg_fee_delta_yuan", "同比增加(元)", print.difference(avgFee, 0.01, 2), "次均费用同比增加（元）"),
    cell("avg_fee_yoy_pct", "同比增长率(%)", print.change(avgFee), "次均费用同比增长（%）"),
  ];
  /** Rates over what `report.tables` says is paid. */
  const baseRate = (paid: "pool_paid" | "reimbursed" = "pool_paid") => {
    const ratio = over(paid, "fee");
    const formula = `${paid === "pool_paid" ? "统筹基金支付" : "报销金额合计"} ÷ 医疗费总额`;
    return [
      cell("base_comp_rate_pct", "本期实际补偿比(%)", print.percent(ratio), `${formula}（%）`),
      cell(
        "base_comp_rate_prev_pct",
        "上年同期实际补偿比(%)",
        print.percent(ratio, true),
        `上年同期${formula}（%）`,
      ),
      cell("base_comp_rate_delta_pp", "同比增长(%)", print.difference(ratio, 100, 2), "补偿比之差（百分点）"),
    ];
  };
  const perHead = [
    now,
    cell("heads", "本期住院人数", print.count("persons"), "本期住院人数（人），小计与合计为各机构之和"),
    cell(
      "visits_per_head",
      "占比",
      print.ratio(over("visits", "persons"), 1, 2),
      "人次人头比：住院人次 ÷ 住院人数",
    ),
  ];
  const paid = [
    plainVisits,
    cell("fee_total_wan", "总费用(万元)", print.wan("fee"), "医疗费总额（万元）"),
    cell("payable_wan", "应补偿(万元)", print.wan("pool_paid"), "统筹基金应支付（万元）"),
    cell("fund_paid_wan", "实际补偿(万元)", print.wan("pool_paid"), "统筹基金实际支付（万元）"),
    cell("reimb_rate_actual_pct", "补偿比(%)", print.percent(pool), "统筹基金支付 ÷ 医疗费总额（%）"),
  ];
  const drugs = cell(
    "negotiated_drug_wan",
    "其中:谈判药品(万元)",
    print.wan("negotiated_paid"),
    "其中谈判药品的统筹基金支付（万元）：本类之下级类别",
  );
  const critical = [
    cell("visits", "报销人次", print.count("critical_visits"), "大病保险支付人次"),
    cell("fee_total_wan", "医疗总费用(万元)", print.wan("critical_fee"), "享受大病保险者医疗费（万元）"),
    cell("critical_paid_wan", "报销金额(万元)", print.wan("critical_paid"), "大病保险支付（万元）"),
    cell(
      "reimb_rate_actual_pct",
      "补偿比(%)",
      print.percent(over("critical_paid", "critical_fee")),
      "大病保险支付 ÷ 医疗费（%）",
    ),
  ];
  const large = [
    cell("channel", "结算方式", "r.channel", "结算方式；本地与合计不分"),
    fee,
    cell("large_amount_paid_wan", "补偿金额(万元)", print.wan("large_paid"), "职工大额补助支付（万元）"),
  ];
  const aid = [
    cell("visits", "救助人次", print.count("aid_visits"), "救助人次"),
    cell("aid_paid_wan", "救助资金(万元)", print.wan("aid_paid"), "医疗救助支付（万元）"),
  ];
  const insured = [cell("insured", "参保人数", "r.enrolled", "期末参保人数（人）")];
  const dip = (unsigned: boolean) => [
    cell("visits", "本期/人次", "r.dip_cases", "DIP 结算病例数（人次）"),
    cell("ffs_paid_wan", "本期/按项目付费(万元)", print.wan("ffs_amount"), "按项目付费金额（万元）"),
    cell("dip_paid_wan", "本期/DIP支付金额(万元)", print.wan("dip_amount"), "DIP 支付金额（万元）"),
    cell(
      "dip_diff_wan",
      "本期/差额(万元)",
      print.amount(unsigned ? "abs(r.dip_difference)" : "r.dip_difference", 10_000),
      `DIP 支付金额 − 按项目付费（万元）${unsigned ? "，不带正负号" : ""}`,
    ),
    cell(
      "deposit_wan",
      "本期/扣除保证金(万元)",
      print.amount("r.dip_deposit", 100_000_000),
      "保证金比例 × DIP 支付金额（万元）",
    ),
    cell(
      "dip_prepay_rate_pct",
      "预结付率(%)",
      print.percent(over("dip_amount", "ffs_amount")),
      "DIP 支付金额 ÷ 按项目付费（%）",
    ),
  ];
  return {
    ...{ visits, fee, avg, spend, composition, rate, share, regionAvg, reimb, bedDays, chronic },
    ...{ facilityVisits, facilityAvg, baseRate, perHead, paid, drugs, critical, large, aid, insured, dip },
  };
}

import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { MEASURES, type MeasureName } from "../../../schemas/measures.js";
import {
  type ColumnDef,
  column,
  MAIN,
  quoteText,
  type ViewDef,
} from "../../../schemas/published/definition.js";
import { DIMENSION_ZH } from "../../../schemas/published/store.js";

/** +1 for a bill, −1 for a refund, 0 for a mid-stay bill or no admission; `s` is valid, `d` its dimensions. */
export const WEIGHT = `CASE WHEN s.mid_setl_flag = '1' THEN 0
  WHEN d.care = 'inpatient' AND s.cal_ipt_cnt = '0' THEN 0 WHEN s.init_setl_id IS NULL THEN 1 ELSE -1 END`;

/** Account money; money of a relative's account on top where the province sends it beside `acct_pay`. */
const ACCOUNT = `(s.acct_pay + CASE WHEN coalesce(s.acct_mulaid_pay, 0) <> 0
  AND s.medfee_sumamt <> s.fund_pay_sumamt + s.acct_pay + s.psn_cash_pay + s.hosp_part_amt
  THEN s.acct_mulaid_pay ELSE 0 END)`;

const BED_DAYS = `CASE WHEN s.ipt_days IS NOT NULL THEN abs(s.ipt_days)
  WHEN d.care = 'inpatient' THEN greatest(1, coalesce(s.enddate - s.begndate, 0)) ELSE 0 END`;

const visitsWhere = (test: string): string => `CASE WHEN ${test} THEN ${WEIGHT} ELSE 0 END`;
const feeWhere = (test: string): string => `CASE WHEN ${test} THEN s.medfee_sumamt ELSE 0 END`;

/**
 * What a settlement `s` with dimensions `d` adds to each measure but the composed ones. Written from
 * docs/specification.md#measures, in whatever unit the amounts of `s` have.
 */
export const BILL_MEASURES: Readonly<Record<Exclude<MeasureName, ConfiguredMeasure>, string>> = {
  visits: WEIGHT,
  bed_days: `(${WEIGHT}) * (${BED_DAYS})`,
  fee: "s.medfee_sumamt",
  in_scope_fee: "s.inscp_scp_amt",
  pool_paid: "s.hifp_pay",
  civil_servant_paid: "s.cvlserv_pay",
  supplementary_paid: "s.hifes_pay",
  critical_paid: "s.hifmi_pay",
  large_paid: "s.hifob_pay",
  disabled_paid: "s.hifdm_pay",
  aid_paid: "s.maf_pay",
  other_paid: "s.oth_pay",
  fund_paid: "s.fund_pay_sumamt",
  account_paid: ACCOUNT,
  cash_paid: "s.psn_cash_pay",
  hospital_paid: "s.hosp_part_amt",
  critical_visits: visitsWhere("s.hifmi_pay <> 0"),
  large_visits: visitsWhere("s.hifob_pay <> 0"),
  aid_visits: visitsWhere("s.maf_pay <> 0"),
  civil_servant_visits: visitsWhere("s.cvlserv_pay <> 0"),
  account_visits: visitsWhere(`${ACCOUNT} <> 0`),
  critical_fee: feeWhere("s.hifmi_pay <> 0"),
  large_fee: feeWhere("s.hifob_pay <> 0"),
  aid_fee: feeWhere("s.maf_pay <> 0"),
};

/** Measures that follow from the configuration. */
type ConfiguredMeasure = "reimbursed" | "benefit_paid" | "case_paid_visits";

/** Visits paid by case: those with one of the configured `clr_way` codes. */
export const casePaidVisits = ({ casePayment }: ComponentConfig): string =>
  casePayment.length === 0 ? "0" : visitsWhere(`s.clr_way IN (${casePayment.map(quoteText).join(", ")})`);

/** The part of the configuration that composed amounts follow. */
export interface ComponentConfig {
  readonly reimbursed: readonly string[];
  readonly benefit: Readonly<Record<string, readonly string[]>>;
  /** `clr_way` codes that are paid by case. */
  readonly casePayment: readonly string[];
}

/** The composed amounts from the other measures; `of` names a measure's column. */
export function composed(
  config: ComponentConfig,
  insurance: string,
  of: (measure: string) => string,
): Record<"reimbursed" | "benefit_paid", string> {
  const sum = (parts: readonly string[]): string => (parts.length > 0 ? parts.map(of).join(" + ") : "0");
  const cases = Object.entries(config.benefit).map(([name, parts]) => `WHEN '${name}' THEN ${sum(parts)}`);
  return {
    reimbursed: sum(config.reimbursed),
    benefit_paid: cases.length > 0 ? `CASE ${insurance} ${cases.join(" ")} ELSE 0 END` : "0",
  };
}

/** Where a settlement finds its dimensions. A bill that the tables no longer allow has none. */
export const BILL_FROM = `JOIN dimension d ON d.code_set = s.code_set
  AND s.count_day >= d.valid_from AND s.count_day <= d.valid_to`;

/** One row for each settlement that counts: its dimensions and what it adds to every measure. */
export function billView(config: ComponentConfig): ViewDef {
  const sums = composed(config, "d.insurance", (m) => `(${BILL_MEASURES[m as keyof typeof BILL_MEASURES]})`);
  const configured: Record<ConfiguredMeasure, string> = { ...sums, case_paid_visits: casePaidVisits(config) };
  const measure = (name: MeasureName, unit: string): string => {
    const sql =
      name in configured
        ? configured[name as ConfiguredMeasure]
        : BILL_MEASURES[name as keyof typeof BILL_MEASURES];
    return unit === "yuan" ? `(${sql})::DECIMAL(18, 2)` : `(${sql})::BIGINT`;
  };
  const own: ColumnDef[] = [
    column("setl_id", "s.setl_id", "结算编号"),
    column("init_setl_id", "s.init_setl_id", "被退的原结算编号；非退费为 NULL"),
    column("person", "s.person", "人员假名"),
    column("month", "s.month", "计入月份，如 2024-03"),
    column("count_day", "s.count_day", "计入日期"),
    column("setl_time", "s.setl_time", "结算时间（辖区时区）"),
    column("source", "s.source", "来源"),
    column("partition", 's."partition"', "分区或文件"),
    column("position", "s.position", "在分区或文件中的位置"),
    column("insurance", "d.insurance", "险种"),
    ...SETTLEMENT_DIMENSIONS.map((d) => column(d, `d.${d}`, DIMENSION_ZH[d])),
    column("parents", "d.parents", "上级医疗类别，自近及远；该结算同时计入各上级行"),
    column("code_set", "s.code_set", "代码组合的编号，见 dimension"),
    column("valid_from", "d.valid_from", "所用维度的首日，与 code_set 一起指明 dimension 中的一行"),
    column("own_fund", "d.own_fund", "是否计入不含 flow 的分组（本辖区参保）"),
    column("weight", `(${WEIGHT})::INTEGER`, "权重：结算 1、退费 −1、中途结算或不计住院次数的 0"),
    ...MEASURES.map((m) =>
      column(
        m.name,
        measure(m.name, m.unit),
        `${m.zh}（${m.unit === "yuan" ? "元" : m.unit === "visit" ? "人次" : "天"}）`,
      ),
    ),
  ];
  return {
    kind: "view",
    schema: MAIN,
    name: "bill",
    comment: "计入的结算：每条一行，含全部维度与各项指标的贡献；由 SQL 按口径独立推导",
    columns: own,
    from: `FROM settlement s ${BILL_FROM} WHERE s.vali_flag = '1'`,
  };
}

import { MEASURES, type MeasureName } from "./measures.js";

/** Something of a settlement row that an indicator may stand over. */
export type Term =
  | MeasureName
  | "persons"
  /** Persons enrolled behind the row's insurance, district and kind of person. */
  | "enrolled"
  /** The same measure of the insurance's total, of the care's row, of the category's row. */
  | `total_${ShareMeasure}`
  | `care_${ShareMeasure}`
  | `category_${ShareMeasure}`;

/** Where an indicator has a row at all; it may still be NULL there (over 0). */
export type Presence = "always" | "persons" | "care" | "category" | "inpatient";

export const SHARE_MEASURES = ["visits", "fee", "fund_paid", "pool_paid", "benefit_paid"] as const;
export type ShareMeasure = (typeof SHARE_MEASURES)[number];

/** An indicator that follows from settlements and enrolment (docs/specification.md#ratios). */
export interface Indicator {
  readonly name: string;
  readonly zh: string;
  readonly unit: string;
  readonly numerator: Term;
  /** null for an additive figure. */
  readonly denominator: Term | null;
  readonly presence: Presence;
  /** Formula in words, for comments and the data dictionary. */
  readonly formula: string;
}

const ratio = (
  name: string,
  zh: string,
  unit: string,
  numerator: Term,
  denominator: Term,
  formula: string,
  presence: Presence = "always",
): Indicator => ({ name, zh, unit, numerator, denominator, presence, formula });

const zhOf = (name: MeasureName): string => MEASURES.find((m) => m.name === name)!.zh;

const additive: Indicator[] = MEASURES.map((m) => ({
  name: m.name,
  zh: m.zh,
  unit: m.unit,
  numerator: m.name,
  denominator: null,
  presence: "always",
  formula: `${m.zh}合计`,
}));

const shares: Indicator[] = SHARE_MEASURES.flatMap((m) => [
  ratio(`share_${m}`, `${zhOf(m)}占比`, "fraction", m, `total_${m}`, `${zhOf(m)} ÷ 本险种全部${zhOf(m)}`),
  ratio(
    `share_in_care_${m}`,
    `${zhOf(m)}占本就医类型比`,
    "fraction",
    m,
    `care_${m}`,
    `${zhOf(m)} ÷ 本险种同一就医类型${zhOf(m)}`,
    "care",
  ),
  ratio(
    `share_in_category_${m}`,
    `${zhOf(m)}占本医疗类别比`,
    "fraction",
    m,
    `category_${m}`,
    `${zhOf(m)} ÷ 本险种同一医疗类别${zhOf(m)}`,
    "category",
  ),
]);

/** All indicators over settlement rows: the place where name, unit and formula are written down. */
export const INDICATORS: readonly Indicator[] = [
  ...additive,
  {
    name: "persons",
    zh: "人数",
    unit: "person",
    numerator: "persons",
    denominator: null,
    presence: "persons",
    formula: "期间内结算权重之和大于 0 的不同参保人数",
  },
  ratio("avg_fee", "次均费用", "yuan/visit", "fee", "visits", "医疗费总额 ÷ 人次"),
  ratio("avg_reimbursed", "次均报销", "yuan/visit", "reimbursed", "visits", "报销金额 ÷ 人次"),
  ratio("reimb_rate", "实际报销比例", "fraction", "reimbursed", "fee", "报销金额 ÷ 医疗费总额"),
  ratio(
    "reimb_rate_in_scope",
    "政策范围内报销比例",
    "fraction",
    "reimbursed",
    "in_scope_fee",
    "报销金额 ÷ 政策范围内费用",
  ),
  ratio("pool_rate", "基本段实际补偿比", "fraction", "pool_paid", "fee", "基本医保统筹支付 ÷ 医疗费总额"),
  ratio("avg_bed_days", "平均住院床日", "day/visit", "bed_days", "visits", "住院床日 ÷ 人次"),
  ratio("visits_per_person", "人次人头比", "visit/person", "visits", "persons", "人次 ÷ 人数", "persons"),
  ratio(
    "hospitalization_rate",
    "住院率",
    "fraction",
    "visits",
    "enrolled",
    "住院人次 ÷ 本险种参保人数（分区县、分人员类别时为该区县、该类人员的参保人数）",
    "inpatient",
  ),
  ratio(
    "case_paid_rate",
    "按病种付费执行率",
    "fraction",
    "case_paid_visits",
    "visits",
    "按病种付费人次 ÷ 人次",
  ),
  ...shares,
];

/** `+x` counts towards a figure, `-x` against it. */
export type Signed<T extends string> = `+${T}` | `-${T}`;

/** An indicator of a small stream: given as a figure, and made of signed sums of that stream's records. */
export interface GivenIndicator<T extends string> {
  readonly name: string;
  readonly zh: string;
  readonly unit: string;
  readonly formula: string;
  readonly numerator: readonly Signed<T>[];
  /** null for a figure that is no ratio. */
  readonly denominator: readonly Signed<T>[] | null;
  /** The denominator is taken per month of the period. */
  readonly perMonth?: true;
}

const given = <T extends string>(
  name: string,
  zh: string,
  unit: string,
  formula: string,
  numerator: readonly Signed<T>[],
  denominator: readonly Signed<T>[] | null = null,
): GivenIndicator<T> => ({ name, zh, unit, formula, numerator, denominator });

/** Columns of enrolment rows. */
export type EnrolmentTerm = "persons" | "paid_persons" | "target_persons";

/** Indicators of enrolment, given as figures and not made from settlement rows. */
export const ENROLMENT_INDICATORS: readonly GivenIndicator<EnrolmentTerm>[] = [
  given("enrolled", "参保人数", "person", "期末最近一次统计的参保人数", ["+persons"]),
  given("enrolled_paid", "缴费人数", "person", "期末最近一次统计的缴费人数", ["+paid_persons"]),
  given(
    "enrolment_progress",
    "完成预算",
    "fraction",
    "缴费人数 ÷ 预算参保人数",
    ["+paid_persons"],
    ["+target_persons"],
  ),
];

/** Sums of the books and of settlements: in the period, since 1 January (`_to_date`), or of the year. */
export type FundTerm =
  | "income"
  | "expense"
  | "beneficiaries"
  | "settled"
  | "income_to_date"
  | "expense_to_date"
  | "prepayment_to_date"
  | "settled_to_date"
  | "opening_balance"
  | "budget_income"
  | "budget_expense";

/** Indicators of the funds' books, given as figures. */
export const FUND_INDICATORS: readonly GivenIndicator<FundTerm>[] = [
  given("income", "收入", "yuan", "期间记账收入合计", ["+income"]),
  given("expense", "支出", "yuan", "期间记账支出合计", ["+expense"]),
  given("balance_period", "当期结余", "yuan", "收入 − 支出", ["+income", "-expense"]),
  given("balance_cumulative", "累计结余", "yuan", "年初结余 + 年初以来收入 − 支出", [
    "+opening_balance",
    "+income_to_date",
    "-expense_to_date",
  ]),
  given("beneficiaries", "人次", "visit", "记账金额对应人次", ["+beneficiaries"]),
  given("settled_expense", "结算支出", "yuan", "按结算实时计算的基金支出", ["+settled"]),
  given("budget_income", "收入预算", "yuan", "全年收入预算", ["+budget_income"]),
  given("budget_expense", "支出预算", "yuan", "全年支出预算", ["+budget_expense"]),
  given(
    "income_progress",
    "收入完成预算",
    "fraction",
    "年初以来收入 ÷ 全年收入预算",
    ["+income_to_date"],
    ["+budget_income"],
  ),
  given(
    "expense_progress",
    "支出完成预算",
    "fraction",
    "年初以来支出 ÷ 全年支出预算",
    ["+expense_to_date"],
    ["+budget_expense"],
  ),
  given(
    "settled_progress",
    "结算完成预算",
    "fraction",
    "年初以来结算支出 ÷ 全年支出预算",
    ["+settled_to_date"],
    ["+budget_expense"],
  ),
  {
    ...given<FundTerm>(
      "months_payable",
      "可支付月数",
      "month",
      "累计结余 ÷（期间支出 ÷ 月数）",
      ["+opening_balance", "+income_to_date", "-expense_to_date"],
      ["+expense"],
    ),
    perMonth: true,
  },
  {
    ...given<FundTerm>(
      "months_payable_net",
      "可支付月数（剔除一次性预缴）",
      "month",
      "（累计结余 − 本年一次性预缴）÷（期间支出 ÷ 月数）",
      ["+opening_balance", "+income_to_date", "-expense_to_date", "-prepayment_to_date"],
      ["+expense"],
    ),
    perMonth: true,
  },
  given(
    "use_progress",
    "基金使用进度",
    "fraction",
    "年初以来支出 ÷ 年初以来收入",
    ["+expense_to_date"],
    ["+income_to_date"],
  ),
  given(
    "expense_to_budget_income",
    "支出占收入预算比",
    "fraction",
    "年初以来支出 ÷ 全年收入预算",
    ["+expense_to_date"],
    ["+budget_income"],
  ),
  given(
    "expense_to_available",
    "支出占可用基金比",
    "fraction",
    "年初以来支出 ÷（年初结余 + 全年收入预算）",
    ["+expense_to_date"],
    ["+opening_balance", "+budget_income"],
  ),
];

/** Sums of DIP results; `deposit` is each one's rate times its amount. */
export type DipTerm = "cases" | "fee_for_service_amount" | "dip_amount" | "deposit";

/** Indicators of DIP pre-settlement, given as figures. */
export const DIP_INDICATORS: readonly GivenIndicator<DipTerm>[] = [
  given("dip_cases", "DIP 人次", "visit", "DIP 结算病例数", ["+cases"]),
  given("ffs_amount", "按项目付费", "yuan", "按项目付费金额合计", ["+fee_for_service_amount"]),
  given("dip_amount", "DIP 支付金额", "yuan", "DIP 支付金额合计", ["+dip_amount"]),
  given("dip_difference", "差额", "yuan", "DIP 支付金额 − 按项目付费", [
    "+dip_amount",
    "-fee_for_service_amount",
  ]),
  given("dip_deposit", "扣除保证金", "yuan", "保证金比例 × DIP 支付金额", ["+deposit"]),
  given(
    "dip_prepay_rate",
    "预结付率",
    "fraction",
    "DIP 支付金额 ÷ 按项目付费",
    ["+dip_amount"],
    ["+fee_for_service_amount"],
  ),
];

/** Indicators that are given as figures, made of records of the small streams. */
export const GIVEN_INDICATORS: readonly GivenIndicator<string>[] = [
  ...ENROLMENT_INDICATORS,
  ...FUND_INDICATORS,
  ...DIP_INDICATORS,
];

/** How many millionths of the published unit one unit of the numerator over one of the denominator is. */
export function microsPerUnit(indicator: Pick<Indicator, "numerator" | "denominator">): number {
  const fen = (term: Term | null): boolean =>
    term !== null &&
    (MEASURES.find((m) => m.name === term.replace(/^(total|care|category)_/, ""))?.unit ?? "") === "yuan";
  return fen(indicator.numerator) && !fen(indicator.denominator) ? 10_000 : 1_000_000;
}

/** Names of everything that is computed from events; no reported fact may have one of them. */
export const COMPUTED_INDICATORS: ReadonlySet<string> = new Set(
  [...INDICATORS, ...GIVEN_INDICATORS].map((i) => i.name),
);

/** Other words that reports use for an indicator. */
export const INDICATOR_ALIASES: Readonly<Record<string, string>> = {
  住院人次: "visits",
  总费用: "fee",
  医疗总费用: "fee",
  住院总费用: "fee",
  统筹支付: "pool_paid",
  基本医保报销: "pool_paid",
  大病报销: "critical_paid",
  大额补助: "large_paid",
  救助报销: "aid_paid",
  救助人次: "aid_visits",
  报销合计: "reimbursed",
  实际补偿比: "pool_rate",
  政策范围内住院报销比例: "reimb_rate_in_scope",
  实际住院报销比例: "reimb_rate",
  住院人数: "persons",
  认定人次: "certified_cases",
};

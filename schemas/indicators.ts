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

/** An indicator that follows from settlements and enrolment (contract §6). */
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

/** Indicators of enrolment, given as figures and not made from settlement rows. */
export const ENROLMENT_INDICATORS = [
  { name: "enrolled", zh: "参保人数", unit: "person", formula: "期末最近一次统计的参保人数" },
  { name: "enrolled_paid", zh: "缴费人数", unit: "person", formula: "期末最近一次统计的缴费人数" },
  { name: "enrolment_progress", zh: "完成预算", unit: "fraction", formula: "缴费人数 ÷ 预算参保人数" },
] as const;

/** Indicators of the funds' books, given as figures. */
export const FUND_INDICATORS = [
  { name: "income", zh: "收入", unit: "yuan", formula: "期间记账收入合计" },
  { name: "expense", zh: "支出", unit: "yuan", formula: "期间记账支出合计" },
  { name: "balance_period", zh: "当期结余", unit: "yuan", formula: "收入 − 支出" },
  { name: "balance_cumulative", zh: "累计结余", unit: "yuan", formula: "年初结余 + 年初以来收入 − 支出" },
  { name: "beneficiaries", zh: "人次", unit: "visit", formula: "记账金额对应人次" },
  { name: "settled_expense", zh: "结算支出", unit: "yuan", formula: "按结算实时计算的基金支出" },
  { name: "budget_income", zh: "收入预算", unit: "yuan", formula: "全年收入预算" },
  { name: "budget_expense", zh: "支出预算", unit: "yuan", formula: "全年支出预算" },
  { name: "income_progress", zh: "收入完成预算", unit: "fraction", formula: "年初以来收入 ÷ 全年收入预算" },
  { name: "expense_progress", zh: "支出完成预算", unit: "fraction", formula: "年初以来支出 ÷ 全年支出预算" },
  {
    name: "settled_progress",
    zh: "结算完成预算",
    unit: "fraction",
    formula: "年初以来结算支出 ÷ 全年支出预算",
  },
  { name: "months_payable", zh: "可支付月数", unit: "month", formula: "累计结余 ÷（期间支出 ÷ 月数）" },
  {
    name: "months_payable_net",
    zh: "可支付月数（剔除一次性预缴）",
    unit: "month",
    formula: "（累计结余 − 本年一次性预缴）÷（期间支出 ÷ 月数）",
  },
  { name: "use_progress", zh: "基金使用进度", unit: "fraction", formula: "年初以来支出 ÷ 年初以来收入" },
  {
    name: "expense_to_budget_income",
    zh: "支出占收入预算比",
    unit: "fraction",
    formula: "年初以来支出 ÷ 全年收入预算",
  },
  {
    name: "expense_to_available",
    zh: "支出占可用基金比",
    unit: "fraction",
    formula: "年初以来支出 ÷（年初结余 + 全年收入预算）",
  },
] as const;

/** Indicators of DIP pre-settlement, given as figures. */
export const DIP_INDICATORS = [
  { name: "dip_cases", zh: "DIP 人次", unit: "visit", formula: "DIP 结算病例数" },
  { name: "ffs_amount", zh: "按项目付费", unit: "yuan", formula: "按项目付费金额合计" },
  { name: "dip_amount", zh: "DIP 支付金额", unit: "yuan", formula: "DIP 支付金额合计" },
  { name: "dip_difference", zh: "差额", unit: "yuan", formula: "DIP 支付金额 − 按项目付费" },
  { name: "dip_deposit", zh: "扣除保证金", unit: "yuan", formula: "保证金比例 × DIP 支付金额" },
  { name: "dip_prepay_rate", zh: "预结付率", unit: "fraction", formula: "DIP 支付金额 ÷ 按项目付费" },
] as const;

/** How many millionths of the published unit one unit of the numerator over one of the denominator is. */
export function microsPerUnit(indicator: Pick<Indicator, "numerator" | "denominator">): number {
  const fen = (term: Term | null): boolean =>
    term !== null &&
    (MEASURES.find((m) => m.name === term.replace(/^(total|care|category)_/, ""))?.unit ?? "") === "yuan";
  return fen(indicator.numerator) && !fen(indicator.denominator) ? 10_000 : 1_000_000;
}

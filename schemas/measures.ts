/**
 * The additive measures of a settlement cell (docs/specification.md#measures), in their stored order. All
 * are integers: money in fen, visits, days. `persons` is not here: distinct persons do not add up.
 */
export const MEASURES = [
  { name: "visits", unit: "visit", zh: "人次" },
  { name: "bed_days", unit: "day", zh: "住院床日" },
  { name: "fee", unit: "yuan", zh: "医疗费总额" },
  { name: "in_scope_fee", unit: "yuan", zh: "政策范围内费用" },
  { name: "pool_paid", unit: "yuan", zh: "基本医保统筹支付" },
  { name: "civil_servant_paid", unit: "yuan", zh: "公务员医疗补助支付" },
  { name: "supplementary_paid", unit: "yuan", zh: "企业补充医疗保险支付" },
  { name: "critical_paid", unit: "yuan", zh: "居民大病保险支付" },
  { name: "large_paid", unit: "yuan", zh: "职工大额医疗费用补助支付" },
  { name: "disabled_paid", unit: "yuan", zh: "伤残人员医疗保障支付" },
  { name: "aid_paid", unit: "yuan", zh: "医疗救助支付" },
  { name: "other_paid", unit: "yuan", zh: "其他基金支付" },
  { name: "fund_paid", unit: "yuan", zh: "基金支付总额" },
  { name: "account_paid", unit: "yuan", zh: "个人账户支付" },
  { name: "cash_paid", unit: "yuan", zh: "个人现金支付" },
  { name: "hospital_paid", unit: "yuan", zh: "医院负担" },
  { name: "reimbursed", unit: "yuan", zh: "报销金额" },
  { name: "benefit_paid", unit: "yuan", zh: "基金支出" },
  { name: "critical_visits", unit: "visit", zh: "大病享受人次" },
  { name: "large_visits", unit: "visit", zh: "大额享受人次" },
  { name: "aid_visits", unit: "visit", zh: "救助享受人次" },
  { name: "civil_servant_visits", unit: "visit", zh: "公务员补助享受人次" },
  { name: "account_visits", unit: "visit", zh: "个人账户享受人次" },
  { name: "critical_fee", unit: "yuan", zh: "大病享受者医疗费" },
  { name: "large_fee", unit: "yuan", zh: "大额享受者医疗费" },
  { name: "aid_fee", unit: "yuan", zh: "救助享受者医疗费" },
  { name: "case_paid_visits", unit: "visit", zh: "按病种付费人次" },
] as const;

export type MeasureName = (typeof MEASURES)[number]["name"];
export const MEASURE_COUNT = MEASURES.length;
/** Width of a row of sums: the measures, then the number of counted settlements behind them. */
export const ROW_WIDTH = MEASURE_COUNT + 1;

/** Position of each measure in a cell's row of sums. */
export const MEASURE_INDEX = Object.fromEntries(MEASURES.map((m, i) => [m.name, i])) as Readonly<
  Record<MeasureName, number>
>;

/** Amounts that `reimbursed` and `benefit` may be composed of by configuration. */
export const COMPONENT_MEASURES = [
  "pool_paid",
  "civil_servant_paid",
  "supplementary_paid",
  "critical_paid",
  "large_paid",
  "disabled_paid",
  "aid_paid",
  "other_paid",
  "fund_paid",
  "account_paid",
  "cash_paid",
  "hospital_paid",
] as const satisfies readonly MeasureName[];
export type ComponentMeasure = (typeof COMPONENT_MEASURES)[number];

/**
 * Chinese and English names of the funds that the specification lists (docs/specification.md#fund-entry);
 * the list of funds is open.
 */
export const FUND_LABELS: readonly { readonly value: string; readonly zh: string; readonly en: string }[] = [
  { value: "employee_pool", zh: "职工统筹", en: "employees' pool" },
  { value: "employee_account", zh: "个人账户", en: "personal accounts" },
  { value: "employee", zh: "职工医保（统筹与个人账户）", en: "employees (pool and accounts)" },
  { value: "resident", zh: "居民医保", en: "residents" },
  { value: "civil_servant", zh: "公务员补助", en: "civil servants" },
  { value: "large_amount", zh: "职工大额", en: "large amounts (employees)" },
  { value: "critical_illness", zh: "居民大病", en: "critical illness (residents)" },
  { value: "aid", zh: "医疗救助", en: "medical aid" },
  { value: "maternity", zh: "生育", en: "maternity" },
  { value: "risk_reserve", zh: "风险储备金", en: "risk reserve" },
];

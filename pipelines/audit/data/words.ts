import { CARE_LABELS, CATEGORY_LINES, INSURANCE_LABELS } from "../../../schemas/labels.js";

/** Words for what keys and ids of a report's data say, for figures whose sentence is not given. */
const WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(CATEGORY_LINES).flatMap(([key, [first]]) => (first ? [[key, first]] : [])),
  ),
  ...Object.fromEntries([...INSURANCE_LABELS, ...CARE_LABELS].map(({ value, zh }) => [value, zh])),
  in_county: "县内",
  in_city: "市内",
  in_province: "省内",
  cross_province: "跨省",
  all: "",
  total: "",
  fee_total: "总费用",
  in_scope_fee: "政策范围内费用",
  avg_fee: "次均费用",
  avg_bed_days: "平均住院床日",
  reimb_rate_actual: "实际报销比例",
  reimb_rate_in_scope: "政策范围内报销比例",
  hospitalization_rate: "住院率",
  visits_per_head: "人次人头比",
  visits: "人次",
  persons: "人数",
  insured: "参保人数",
  budget_completion: "完成预算",
  personal_income: "个人缴费收入",
  central_income: "中央财政补助收入",
  income: "收入",
  expense: "支出",
  spend: "支出",
  fund_paid: "基金支出",
  pool_paid: "统筹支付",
  critical_paid: "大病保险支付",
  large_amount_paid: "大额补助支付",
  aid_paid: "医疗救助支付",
  account: "个人账户",
  aid: "医疗救助",
  critical_illness: "大病保险",
  balance_cumulative: "累计结余",
  balance_period: "当期结余",
  balance: "累计结余",
  maternity_allowance: "生育津贴",
  prev: "上年同期",
  delta: "同比增加",
  yoy: "同比增长",
  share: "占",
  inpatient_aid: "住院医疗救助",
  chronic: "门诊慢特病",
  general: "普通门诊",
  township: "乡镇卫生院",
  village: "村卫生室",
  county_level: "县级医院",
};
const UNITS: Readonly<Record<string, string>> = {
  wan: "万元",
  yi: "亿元",
  yuan: "元",
  pct: "%",
  pp: "个百分点",
};
const COUNTED: readonly (readonly [RegExp, string])[] = [
  [/visits(_prev|_delta)?$/, "人次"],
  [/(persons|insured|paying)(_prev|_delta)?$/, "人"],
  [/bed_days(_prev|_delta)?$/, "天"],
];

/** A key or id in words, as far as its parts are known: `in_city_visits_yoy_pct` is 市内人次同比增长, in %. */
export function inWords(key: string): { readonly words: string; readonly unit: string } {
  const parts = key.split(/[._]/);
  const unit = UNITS[parts.at(-1) ?? ""];
  if (unit !== undefined) parts.pop();
  let words = "";
  for (let i = 0; i < parts.length; ) {
    let n = parts.length - i;
    while (n > 1 && WORDS[parts.slice(i, i + n).join("_")] === undefined) n--;
    words += WORDS[parts.slice(i, i + n).join("_")] ?? "";
    i += n;
  }
  return { words, unit: unit ?? COUNTED.find(([of]) => of.test(key))?.[1] ?? "" };
}

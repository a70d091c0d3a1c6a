import { DIMENSIONS, type Dimension, SETTLEMENT_DIMENSIONS } from "../../schemas/dimensions.js";
import { FACT_INDICATORS } from "../../schemas/fact-indicators.js";
import {
  DIP_INDICATORS,
  type DipTerm,
  ENROLMENT_INDICATORS,
  type EnrolmentTerm,
  FUND_INDICATORS,
  type FundTerm,
  type GivenIndicator,
  INDICATOR_ALIASES,
  INDICATORS,
  type Indicator,
} from "../../schemas/indicators.js";
import { MEASURES } from "../../schemas/measures.js";
import type { MonthNumber } from "../../schemas/units.js";
import { monthOfDay, type Period } from "../calendar.js";

/** An indicator with the kind of records that it stands on. */
export type Formula =
  | { readonly family: "settlement"; readonly indicator: Indicator }
  | { readonly family: "fund"; readonly indicator: GivenIndicator<FundTerm> }
  | { readonly family: "enrolment"; readonly indicator: GivenIndicator<EnrolmentTerm> }
  | { readonly family: "dip"; readonly indicator: GivenIndicator<DipTerm> }
  | { readonly family: "fact"; readonly indicator: GivenIndicator<"value"> };

const FORMULAS: readonly Formula[] = [
  ...INDICATORS.map((indicator) => ({ family: "settlement", indicator }) as const),
  ...FUND_INDICATORS.map((indicator) => ({ family: "fund", indicator }) as const),
  ...ENROLMENT_INDICATORS.map((indicator) => ({ family: "enrolment", indicator }) as const),
  ...DIP_INDICATORS.map((indicator) => ({ family: "dip", indicator }) as const),
];

/** Names of all indicators that the product computes (docs/specification.md#indicators). */
export const INDICATOR_NAMES: readonly string[] = FORMULAS.map((f) => f.indicator.name);

/** Every word that names an indicator: names, Chinese names, and those of facts that are known by name. */
export const INDICATOR_WORDS: readonly string[] = [
  ...FORMULAS.flatMap((f) => [f.indicator.zh, f.indicator.name]),
  ...FACT_INDICATORS.flatMap((i) => [i.zh, i.name]),
  ...Object.keys(INDICATOR_ALIASES),
];

/** The formula of an indicator, by its name or its Chinese name where no other has it. */
export function formulaOf(name: string): Formula | undefined {
  const named = FORMULAS.find((f) => f.indicator.name === name);
  if (named) return named;
  const chinese = FORMULAS.filter((f) => f.indicator.zh === name);
  return chinese.length === 1 ? chinese[0] : undefined;
}

/** Every formula that has the name or the Chinese name, the settlements' first; facts that are known by name too. */
export function formulasNamed(name: string): readonly Formula[] {
  const named = FORMULAS.filter((f) => f.indicator.name === name);
  if (named.length > 0) return named;
  const fact = FACT_INDICATORS.filter((i) => i.name === name || i.zh === name);
  return [
    ...FORMULAS.filter((f) => f.indicator.zh === name),
    ...fact.map((i) => factFormula(i.name, i.unit)),
  ];
}

/** The formula of a figure that another office reports under a name of its own. */
export const factFormula = (name: string, unit: string): Formula => ({
  family: "fact",
  indicator: {
    name,
    zh: name,
    unit,
    formula: "上报数，原样发布，不作汇总",
    numerator: ["+value"],
    denominator: null,
  },
});

/** Dimensions that figures of a family may vary by. */
export const FAMILY_DIMENSIONS: Readonly<Record<Formula["family"], readonly Dimension[]>> = {
  settlement: SETTLEMENT_DIMENSIONS,
  fund: ["district", "fund", "subject", "person_group"],
  enrolment: ["district", "person_group", "sex"],
  dip: ["facility"],
  fact: DIMENSIONS,
};

const TERM_ZH: Readonly<Record<string, string>> = {
  persons: "人数",
  paid_persons: "缴费人数",
  target_persons: "预算参保人数",
  enrolled: "参保人数",
  income: "期间收入",
  expense: "期间支出",
  beneficiaries: "人次",
  settled: "期间结算支出",
  income_to_date: "年初以来收入",
  expense_to_date: "年初以来支出",
  prepayment_to_date: "年初以来一次性预缴",
  settled_to_date: "年初以来结算支出",
  opening_balance: "年初结余",
  budget_income: "全年收入预算",
  budget_expense: "全年支出预算",
  cases: "DIP 人次",
  fee_for_service_amount: "按项目付费",
  dip_amount: "DIP 支付金额",
  deposit: "保证金",
  value: "上报数",
};

const COUNTS: ReadonlySet<string> = new Set([
  "persons",
  "paid_persons",
  "target_persons",
  "enrolled",
  "beneficiaries",
  "cases",
]);

/** Over which row a share's base stands: the insurance's, its care's, its category's. */
export const BASE_LEVELS = ["total", "care", "category"] as const;
export type BaseLevel = (typeof BASE_LEVELS)[number];

/** `total_fee` → level `total` and measure `fee`; null for a term that is no base. */
export function baseOf(term: string): { readonly level: BaseLevel; readonly measure: string } | null {
  const match = /^(total|care|category)_(.+)$/.exec(term);
  return match && MEASURES.some((m) => m.name === match[2])
    ? { level: match[1] as BaseLevel, measure: match[2] }
    : null;
}

const BASE_ZH: Readonly<Record<BaseLevel, string>> = {
  total: "本险种全部",
  care: "本险种同一就医类型",
  category: "本险种同一医疗类别",
};

/** Chinese name of a term. */
export function termZh(term: string): string {
  const base = baseOf(term);
  if (base) return BASE_ZH[base.level] + termZh(base.measure);
  return MEASURES.find((m) => m.name === term)?.zh ?? TERM_ZH[term] ?? term;
}

/** Unit that a term is summed in. */
export function termUnit(term: string, family: Formula["family"], unit: string): string {
  if (family === "fact") return unit;
  const measure = MEASURES.find((m) => m.name === (baseOf(term)?.measure ?? term));
  if (measure) return measure.unit;
  if (!COUNTS.has(term)) return "yuan";
  return term === "beneficiaries" || term === "cases" ? "visit" : "person";
}

/** Terms of a side of the formula with their signs. */
export function termsOf(formula: Formula, side: "numerator" | "denominator"): readonly string[] {
  if (formula.family !== "settlement") return formula.indicator[side] ?? [];
  const term = formula.indicator[side];
  return term === null ? [] : [`+${term}`];
}

/**
 * First month of the settlements that are a part of a figure of the funds: January where what was spent to date
 * is; null where none are.
 */
export function settledFrom(formula: Formula | undefined, { startDay, endDay }: Period): MonthNumber | null {
  if (formula?.family !== "fund") return null;
  const terms = [...termsOf(formula, "numerator"), ...termsOf(formula, "denominator")];
  const last = monthOfDay(endDay);
  if (terms.includes("+settled_to_date")) return last - (last % 12);
  return terms.includes("+settled") ? monthOfDay(startDay) : null;
}

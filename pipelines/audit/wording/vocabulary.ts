import type { Form } from "../arithmetic/quantity.js";
import type { Formula } from "./expression.js";

const sum = (...plus: string[]): Formula => ({ top: { plus, minus: [] } });
const over = (top: string, bottom: string): Formula => ({ top: sum(top).top, bottom: sum(bottom).top });

/** Share of a table's total; over what it is taken the table says. */
export const SHARE = "share";

/**
 * What the stem of a key is made of: `fee_total` of `fee_total_prev_wan`. Formulas:
 * docs/specification.md#indicators.
 */
export const STEMS: Readonly<Record<string, Formula>> = {
  visits: sum("visits"),
  heads: sum("persons"),
  persons: sum("persons"),
  bed_days: sum("bed_days"),
  fee: sum("fee"),
  fee_total: sum("fee"),
  in_scope_fee: sum("in_scope_fee"),
  basic_paid: sum("pool_paid"),
  pooled_paid: sum("pool_paid"),
  pool_paid: sum("pool_paid"),
  payable: sum("pool_paid"),
  critical_paid: sum("critical_paid"),
  large_paid: sum("large_paid"),
  large_amount_paid: sum("large_paid"),
  aid_paid: sum("aid_paid"),
  aid_visits: sum("aid_visits"),
  critical_visits: sum("critical_visits"),
  large_visits: sum("large_visits"),
  civil_servant_visits: sum("civil_servant_visits"),
  account_visits: sum("account_visits"),
  fund_paid_total: sum("fund_paid"),
  civil_servant_paid: sum("civil_servant_paid"),
  supplementary_paid: sum("supplementary_paid"),
  account_paid: sum("account_paid"),
  cash_paid: sum("cash_paid"),
  hospital_paid: sum("hospital_paid"),
  reimb_total: sum("reimbursed"),
  reimbursed: sum("reimbursed"),
  fund_spend: sum("benefit_paid"),
  spend: sum("benefit_paid"),
  acct_spend: sum("benefit_paid"),
  benefit_paid: sum("benefit_paid"),
  avg_fee: over("fee", "visits"),
  fee_per_head: over("fee", "persons"),
  fund_rate: over("fund_paid", "fee"),
  avg_reimbursed: over("reimbursed", "visits"),
  avg_bed_days: over("bed_days", "visits"),
  visits_per_head: over("visits", "persons"),
  reimb_rate: over("reimbursed", "fee"),
  reimb_rate_actual: over("reimbursed", "fee"),
  reimb_rate_in_scope: over("reimbursed", "in_scope_fee"),
  base_comp_rate: over("pool_paid", "fee"),
  actual_comp_rate: over("pool_paid", "fee"),
  pool_rate: over("pool_paid", "fee"),
  hospitalization_rate: over("visits", "enrolled"),
  case_paid_visits: sum("case_paid_visits"),
  case_paid_rate: over("case_paid_visits", "visits"),
  insured: sum("enrolled"),
  enrolled: sum("enrolled"),
  paying: sum("enrolled_paid"),
  paid_persons: sum("enrolled_paid"),
  tax_collected_persons: sum("enrolled_paid"),
  enrollment_rate: over("enrolled_paid", "enrolled"),
  dip_cases: sum("dip_cases"),
  ffs_paid: sum("ffs_amount"),
  dip_paid: sum("dip_amount"),
  dip_diff: { top: { plus: ["dip_amount"], minus: ["ffs_amount"] } },
  deposit: sum("dip_deposit"),
  dip_prepay_rate: over("dip_amount", "ffs_amount"),
  income: sum("income"),
  income_total: sum("income"),
  expense: sum("expense"),
  maternity_allowance: sum("expense"),
  balance_period: sum("balance_period"),
  balance: sum("balance_cumulative"),
  balance_cumulative: sum("balance_cumulative"),
  budget_income: sum("budget_income"),
  budget_expense: sum("budget_expense"),
  months_payable: sum("months_payable"),
  months_payable_net: sum("months_payable_net"),
};

/** The unit that a heading has in brackets; null where it has none. */
export const unitOfHeading = (label: string): string | null =>
  /[(\uff08](亿元|万元|元|%|‰|百分点|万人次|万人|人次|人|天)[)\uff09]/.exec(
    label.replaceAll(/\s+/g, ""),
  )?.[1] ?? null;

export interface KeyParts {
  /** What stands before the stem: a region, a level, a category. */
  readonly prefix: string | null;
  readonly stem: string;
  readonly form: Form;
  /** `wan`, `yuan`, `pct`, `pp`, or null. */
  readonly unit: string | null;
}

const FORMS: Readonly<Record<string, Form>> = { prev: "previous", delta: "difference", yoy: "growth" };

/** Takes `county_level_avg_fee_delta_yuan` apart; `known` says which words may stand before a stem. */
export function splitKey(key: string, known: readonly string[]): KeyParts {
  const unit = /_(wan|yuan|pct|pp|yi)$/.exec(key)?.[1] ?? null;
  let rest = unit === null ? key : key.slice(0, -unit.length - 1);
  const form = /_(prev|delta|yoy)$/.exec(rest)?.[1];
  if (form) rest = rest.slice(0, -form.length - 1);
  const parts = { form: form ? FORMS[form] : ("value" as const), unit };
  if (rest in STEMS || rest === SHARE) return { prefix: null, stem: rest, ...parts };
  const prefix = known
    .filter((k) => rest === k || rest.startsWith(`${k}_`))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix === undefined) return { prefix: null, stem: rest, ...parts };
  // `negotiated_drug_wan`: what was spent on it.
  return { prefix, stem: rest === prefix ? "spend" : rest.slice(prefix.length + 1), ...parts };
}

/** Factor from yuan, visits, days and fractions to the printed unit. */
export function scaleOf(key: string, unit: string | null): number {
  const suffix = /_(wan|yuan|pct|pp|yi)$/.exec(key)?.[1];
  const bySuffix: Record<string, number> = { wan: 1e-4, yuan: 1, pct: 100, pp: 100, yi: 1e-8 };
  if (suffix) return bySuffix[suffix];
  const byUnit: Record<string, number> = {
    万元: 1e-4,
    亿元: 1e-8,
    万人: 1e-4,
    万人次: 1e-4,
    "%": 100,
    百分点: 100,
    "‰": 1000,
  };
  return byUnit[unit ?? ""] ?? 1;
}

/** Whose income or budget a key speaks of: `premium_income`, `fiscal_match_budget`. */
const SUBJECTS: Readonly<Record<string, string>> = {
  premium: "levy",
  personal: "levy",
  levy: "levy",
  interest: "interest",
  transfer: "transfer",
  fiscal_match: "subsidy_local",
  local: "subsidy_local",
  provincial: "subsidy_provincial",
  central: "subsidy_central",
};

/** A line of the books that a stem names: indicator, and subject where it names one. */
export function bookedStem(
  stem: string,
): { readonly indicator: string; readonly subject: string | null } | null {
  const parts = /^(?:(.+)_)?(income|expense|budget)$/.exec(stem);
  if (parts === null) return null;
  const [, whose, what] = parts;
  const subject = whose === undefined ? null : SUBJECTS[whose];
  if (subject === undefined) return null;
  return { indicator: what === "budget" ? "budget_income" : what, subject };
}

/** The fund that a word of an id names, as in stream `fund-entry`; `employee` is pool and accounts together. */
export const FUND_WORDS: readonly string[] = [
  ...["civil_servant", "critical_illness", "large_amount", "aid", "maternity", "risk_reserve"],
  ...["employee_pool", "employee_account", "resident", "employee"],
];

/** Figures that other offices report, as keys name them: indicator, and what they are told apart by. */
export function givenStem(
  key: string,
): { readonly indicator: string; readonly other: Readonly<Record<string, string>> } | null {
  if (/subsid/.test(key)) {
    const kind = /(full|fixed)/.exec(key)?.[1];
    const indicator = /_wan$|_yuan$|amount/.test(key) ? "subsidised_amount" : "subsidised_persons";
    return { indicator, other: kind === undefined ? {} : { subsidy: kind } };
  }
  return null;
}

/** Group of people that ends a stem: `insured_active`. */
export function groupOfStem(stem: string): { readonly stem: string; readonly group: string } | null {
  const parts = /^(.+)_(active|retired|government|institution|enterprise)$/.exec(stem);
  return parts !== null && parts[1] in STEMS ? { stem: parts[1], group: parts[2] } : null;
}

/** Whether a column holds figures by what its key says of it: a unit, a year, a change. */
export const isFigureKey = (key: string): boolean => {
  const { unit, form } = splitKey(key, []);
  return unit !== null || form !== "value";
};

/** What a printed column is made of: a sum, or a quotient of sums, in the printed unit. */
export interface Formula {
  readonly top: readonly string[];
  readonly bottom?: readonly string[];
  /** Whose bottom: the row's own, the table's total row (a share), or the people enrolled. */
  readonly over?: "total" | "enrolled";
  /** From yuan, visits, days or fractions to the printed unit. */
  readonly scale: number;
}

/** How the column shows it: this year's, last year's, the difference, or the growth. */
export type Form = "value" | "previous" | "difference" | "growth";

export interface PrintedColumn {
  readonly formula: Formula;
  readonly form: Form;
}

const WAN = 1e-4;
const amount = (...top: string[]): Formula => ({ top, scale: WAN });
const ratio = (top: string, bottom: string, scale = 1): Formula => ({ top: [top], bottom: [bottom], scale });

/** Column keys of printed tables without their suffix. What is not here no settlement can give. */
const FORMULAS: Readonly<Record<string, Formula>> = {
  visits: { top: ["visits"], scale: 1 },
  heads: { top: ["persons"], scale: 1 },
  bed_days: { top: ["bed_days"], scale: 1 },
  fee_total_wan: amount("fee"),
  in_scope_fee_wan: amount("in_scope_fee"),
  basic_paid_wan: amount("pool_paid"),
  pooled_paid_wan: amount("pool_paid"),
  critical_paid_wan: amount("critical_paid"),
  large_paid_wan: amount("large_paid"),
  aid_paid_wan: amount("aid_paid"),
  reimb_total_wan: amount("reimbursed"),
  fund_spend_wan: amount("benefit_paid"),
  avg_fee_yuan: ratio("fee", "visits"),
  avg_bed_days: ratio("bed_days", "visits"),
  visits_per_head: ratio("visits", "persons"),
  reimb_rate_actual_pct: ratio("reimbursed", "fee", 100),
  reimb_rate_in_scope_pct: ratio("reimbursed", "in_scope_fee", 100),
  base_comp_rate_pct: ratio("pool_paid", "fee", 100),
  actual_comp_rate_pct: ratio("pool_paid", "fee", 100),
  share_pct: { top: ["visits"], bottom: ["visits"], over: "total", scale: 100 },
  hospitalization_rate_pct: { top: ["visits"], bottom: ["enrolled"], over: "enrolled", scale: 100 },
  insured: { top: ["enrolled"], over: "enrolled", scale: 1 },
};

/** Suffix of a key, and the unit that the plain column would have there: `avg_fee_yoy_pct` is of `avg_fee_yuan`. */
const FORMS: readonly (readonly [RegExp, Form])[] = [
  [/_prev(_yuan|_wan|_pct)?$/, "previous"],
  [/_delta(_yuan|_wan|_pp)?$/, "difference"],
  [/_yoy_pct$/, "growth"],
];

/** The meaning of a column key, or null when settlements and enrolment do not give it. */
export function columnOf(key: string): PrintedColumn | null {
  const plain = FORMULAS[key];
  if (plain) return { formula: plain, form: "value" };
  for (const [suffix, form] of FORMS) {
    if (!suffix.test(key)) continue;
    const base = key.replace(suffix, "");
    const name = [base, `${base}_yuan`, `${base}_wan`, `${base}_pct`].find((n) => FORMULAS[n]);
    return name === undefined ? null : { formula: FORMULAS[name], form };
  }
  return null;
}

/** The part of a key that columns of one figure share: `avg_fee` of `avg_fee_prev_yuan`. */
export function stemOf(key: string): string {
  return key.replace(/(_prev|_delta|_yoy)?(_yuan|_wan|_pct|_pp)?$/, "");
}

import type { CellMeasure, PrintRounding } from "./targets.js";

export interface Formula {
  readonly top: readonly CellMeasure[];
  readonly bottom?: readonly CellMeasure[];
  /** From fen, days or visits to the printed unit. */
  readonly scale: number;
}

const REIMBURSED: readonly CellMeasure[] = ["pool", "critical", "large", "aid"];
const BENEFIT: readonly CellMeasure[] = ["pool", "large", "account"];
const WAN = 1e-6;

/** The formulas of the reports. Amounts are printed in 万元, averages in yuan, ratios in percent. */
export const FORMULAS: Readonly<Record<string, Formula>> = {
  visits: { top: ["visits"], scale: 1 },
  heads: { top: ["heads"], scale: 1 },
  bed_days: { top: ["bed_days"], scale: 1 },
  aid_visits: { top: ["aid_visits"], scale: 1 },
  fee: { top: ["fee"], scale: WAN },
  in_scope: { top: ["in_scope"], scale: WAN },
  pool: { top: ["pool"], scale: WAN },
  critical: { top: ["critical"], scale: WAN },
  large: { top: ["large"], scale: WAN },
  aid: { top: ["aid"], scale: WAN },
  reimb: { top: REIMBURSED, scale: WAN },
  benefit: { top: BENEFIT, scale: WAN },
  pool_account: { top: ["pool", "account"], scale: WAN },
  avg_fee: { top: ["fee"], bottom: ["visits"], scale: 0.01 },
  avg_bed_days: { top: ["bed_days"], bottom: ["visits"], scale: 1 },
  visits_per_head: { top: ["visits"], bottom: ["heads"], scale: 1 },
  pool_rate: { top: ["pool"], bottom: ["fee"], scale: 100 },
  critical_rate: { top: ["critical"], bottom: ["fee"], scale: 100 },
  reimb_rate: { top: REIMBURSED, bottom: ["fee"], scale: 100 },
  reimb_rate_in_scope: { top: REIMBURSED, bottom: ["in_scope"], scale: 100 },
  benefit_share: { top: BENEFIT, bottom: BENEFIT, scale: 100 },
  pool_account_share: { top: ["pool", "account"], bottom: ["pool", "account"], scale: 100 },
};

export interface Interval {
  readonly lo: number;
  readonly hi: number;
}

/** The unrounded values that print as `text`. */
export function intervalOf(text: string, rounding: PrintRounding): Interval {
  const unit = 10 ** -(text.split(".")[1]?.length ?? 0);
  const v = Number(text);
  if (rounding === "half-up") return { lo: v - unit / 2, hi: v + unit / 2 };
  return text.startsWith("-") ? { lo: v - unit, hi: v } : { lo: v, hi: v + unit };
}

import type { Config } from "../../../schemas/config/schema.js";
import { type ComponentMeasure, MEASURES, type MeasureName } from "../../../schemas/measures.js";
import type { Reading, Sums } from "./types.js";
import { fen, isRefund, restOfB, stayDays } from "./validate.js";

export function zeroSums(): Sums {
  return Object.fromEntries(MEASURES.map((m) => [m.name, 0])) as Sums;
}

export function addSums(to: Sums, more: Sums): void {
  for (const m of MEASURES) to[m.name] += more[m.name];
}

export const valiFlag = (r: Reading): string => r.text.vali_flag || "1";

/** 0 unless valid, 0 for a mid-stay bill and an inpatient bill that is no admission, −1 for a refund, else +1. */
export function weightOf(r: Reading, care: string): number {
  if (valiFlag(r) !== "1" || r.text.mid_setl_flag === "1") return 0;
  if (care === "inpatient" && r.text.cal_ipt_cnt === "0") return 0;
  return isRefund(r) ? -1 : 1;
}

/** The amount that a measure adds up (docs/specification.md#measures). */
export const AMOUNT_OF = {
  fee: "medfee_sumamt",
  in_scope_fee: "inscp_scp_amt",
  pool_paid: "hifp_pay",
  civil_servant_paid: "cvlserv_pay",
  supplementary_paid: "hifes_pay",
  critical_paid: "hifmi_pay",
  large_paid: "hifob_pay",
  disabled_paid: "hifdm_pay",
  aid_paid: "maf_pay",
  other_paid: "oth_pay",
  fund_paid: "fund_pay_sumamt",
  cash_paid: "psn_cash_pay",
  hospital_paid: "hosp_part_amt",
} as const satisfies Partial<Record<MeasureName, string>>;

/** Visits, and their fee, to which one payer gave something. */
export const VISITS_OF = [
  { paid: "critical_paid", visits: "critical_visits", fee: "critical_fee" },
  { paid: "large_paid", visits: "large_visits", fee: "large_fee" },
  { paid: "aid_paid", visits: "aid_visits", fee: "aid_fee" },
  { paid: "civil_servant_paid", visits: "civil_servant_visits", fee: null },
  { paid: "account_paid", visits: "account_visits", fee: null },
] as const;

/** What one settlement adds to every group it belongs to. */
export function sumsOf(r: Reading, insurance: string, care: string, config: Config): Sums {
  const s = zeroSums();
  if (valiFlag(r) !== "1") return s;
  const weight = weightOf(r, care);
  s.visits = weight;
  s.bed_days = weight * stayDays(r, care);
  for (const [measure, amount] of Object.entries(AMOUNT_OF)) s[measure as MeasureName] = fen(r, amount);
  s.account_paid = fen(r, "acct_pay") + (restOfB(r) === 0 ? 0 : fen(r, "acct_mulaid_pay"));
  for (const name of config.reimbursed) s.reimbursed += s[name];
  const benefit = config.benefit[insurance] as readonly ComponentMeasure[];
  for (const name of benefit) s.benefit_paid += s[name];
  for (const { paid, visits, fee } of VISITS_OF) {
    if (s[paid] === 0) continue;
    s[visits] = weight;
    if (fee !== null) s[fee] = s.fee;
  }
  if (config.casePayment.includes(r.text.clr_way)) s.case_paid_visits = weight;
  for (const m of MEASURES) if (s[m.name] === 0) s[m.name] = 0; // no negative zero
  return s;
}

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

/** What one settlement adds to every group it belongs to. */
export function sumsOf(r: Reading, insurance: string, care: string, config: Config): Sums {
  const s = zeroSums();
  if (valiFlag(r) !== "1") return s;
  const weight = weightOf(r, care);
  s.visits = weight;
  s.bed_days = weight * stayDays(r, care);
  s.fee = fen(r, "medfee_sumamt");
  s.in_scope_fee = fen(r, "inscp_scp_amt");
  s.pool_paid = fen(r, "hifp_pay");
  s.civil_servant_paid = fen(r, "cvlserv_pay");
  s.supplementary_paid = fen(r, "hifes_pay");
  s.critical_paid = fen(r, "hifmi_pay");
  s.large_paid = fen(r, "hifob_pay");
  s.disabled_paid = fen(r, "hifdm_pay");
  s.aid_paid = fen(r, "maf_pay");
  s.other_paid = fen(r, "oth_pay");
  s.fund_paid = fen(r, "fund_pay_sumamt");
  s.account_paid = fen(r, "acct_pay") + (restOfB(r) === 0 ? 0 : fen(r, "acct_mulaid_pay"));
  s.cash_paid = fen(r, "psn_cash_pay");
  s.hospital_paid = fen(r, "hosp_part_amt");
  for (const name of config.reimbursed) s.reimbursed += s[name];
  const benefit = config.benefit[insurance] as readonly ComponentMeasure[];
  for (const name of benefit) s.benefit_paid += s[name];
  const partOf = (paid: MeasureName, visits: MeasureName, fee: MeasureName | null): void => {
    if (s[paid] === 0) return;
    s[visits] = weight;
    if (fee !== null) s[fee] = s.fee;
  };
  partOf("critical_paid", "critical_visits", "critical_fee");
  partOf("large_paid", "large_visits", "large_fee");
  partOf("aid_paid", "aid_visits", "aid_fee");
  partOf("civil_servant_paid", "civil_servant_visits", null);
  partOf("account_paid", "account_visits", null);
  if (config.casePayment.includes(r.text.clr_way)) s.case_paid_visits = weight;
  for (const m of MEASURES) if (s[m.name] === 0) s[m.name] = 0; // no negative zero
  return s;
}

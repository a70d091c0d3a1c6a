import { AMOUNT_INDEX, type Settlement } from "../../schemas/input/settlement.js";
import { AMOUNT_FIELDS, FUND_AMOUNTS } from "../../schemas/input/streams.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { DayNumber, EpochMs, Fen } from "../../schemas/units.js";
import { isImplausibleStay, MOST_BED_DAYS } from "./stay.js";

/** A settlement dated later than this after now is `future_time`. */
export const FUTURE_TOLERANCE_MS = 86_400_000;

/** Largest amount of one bill, in fen: 10 billion yuan. Thousands of such would still add up exactly. */
export const LARGEST_AMOUNT: Fen = 1e12;

/** Warnings of a counted settlement, as bits. */
export const WARN_IN_SCOPE_ABOVE_FEE = 1;
export const WARN_PARTS_DIFFER = 2;
export const WARN_IMPLAUSIBLE_STAY = 4;

const A = AMOUNT_INDEX;
const FIRST_FUND = A[FUND_AMOUNTS[0]];
const LAST_FUND = A[FUND_AMOUNTS[FUND_AMOUNTS.length - 1]];
/** Amounts from this place on stay absent where they are not given; those before it read 0. */
export const OPTIONAL_FROM = A.fulamt_ownpay_amt;
const AMOUNTS = AMOUNT_FIELDS.length;

const bad = (detail: string): Rejection => ({ reason: "bad_value", detail });

/** What an absent code of a settlement reads. */
export const DEFAULT_CODES = { vali_flag: "1", setl_type: "2", mid_setl_flag: "0" } as const;

/** Sets absent amounts that mean 0 to 0 and absent flags to their defaults, so that equal content is equal. */
export function normalise(s: Settlement): void {
  const a = s.amounts;
  for (let i = 0; i < OPTIONAL_FROM; i++) if (Number.isNaN(a[i])) a[i] = 0;
  if (s.vali_flag === "") s.vali_flag = DEFAULT_CODES.vali_flag;
  if (s.setl_type === "") s.setl_type = DEFAULT_CODES.setl_type;
  if (s.mid_setl_flag === "") s.mid_setl_flag = DEFAULT_CODES.mid_setl_flag;
  if (s.cal_ipt_cnt === "1") s.cal_ipt_cnt = "";
}

/** True when `acct_mulaid_pay` is sent beside `acct_pay` (identity B holds only with it). */
export function mutualAidBeside(a: Float64Array): boolean {
  const mutual = a[A.acct_mulaid_pay];
  if (!(Math.abs(mutual) > 0)) return false;
  return a[A.medfee_sumamt] !== a[A.fund_pay_sumamt] + a[A.acct_pay] + a[A.psn_cash_pay] + a[A.hosp_part_amt];
}

/** Six digits. Looked at by hand: it is asked twice of every settlement. */
function isDivision(text: string): boolean {
  if (text.length !== 6) return false;
  for (let i = 0; i < 6; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/**
 * Judges what a settlement says of itself, without tables (docs/specification.md#settlement): codes, dates,
 * identities A and B, signs. Call after `normalise`. Tolerance is 0.
 */
export function validateContent(s: Settlement): Rejection | null {
  if (s.vali_flag !== "1" && s.vali_flag !== "0" && s.vali_flag !== "2") return bad("vali_flag: 0, 1 or 2");
  if (s.mid_setl_flag !== "0" && s.mid_setl_flag !== "1") return bad("mid_setl_flag: 0 or 1");
  if (s.cal_ipt_cnt !== "" && s.cal_ipt_cnt !== "0") return bad("cal_ipt_cnt: 0 or 1");
  if (Math.abs(s.ipt_days) > MOST_BED_DAYS) return bad(`ipt_days: at most ${MOST_BED_DAYS}`);
  if (!isDivision(s.insu_admdvs)) return bad("insu_admdvs: six digits");
  if (s.fix_blng_admdvs !== "" && !isDivision(s.fix_blng_admdvs)) return bad("fix_blng_admdvs: six digits");
  if (s.init_setl_id === s.setl_id) return bad("init_setl_id: another settlement than setl_id");
  const a = s.amounts;
  let funds = 0;
  for (let i = FIRST_FUND; i <= LAST_FUND; i++) funds += a[i];
  if (funds !== a[A.fund_pay_sumamt]) {
    return { reason: "identity_broken", detail: "A: fund_pay_sumamt = sum of the eight fund amounts" };
  }
  const parts = a[A.fund_pay_sumamt] + a[A.acct_pay] + a[A.psn_cash_pay] + a[A.hosp_part_amt];
  if (parts !== a[A.medfee_sumamt] && parts + (a[A.acct_mulaid_pay] || 0) !== a[A.medfee_sumamt]) {
    return {
      reason: "identity_broken",
      detail: "B: medfee_sumamt = fund_pay_sumamt + acct_pay + psn_cash_pay + hosp_part_amt",
    };
  }
  const refund = s.init_setl_id !== "";
  for (let i = 0; i < AMOUNTS; i++) {
    if (a[i] > LARGEST_AMOUNT || a[i] < -LARGEST_AMOUNT) {
      return bad(`${AMOUNT_FIELDS[i]}: at most ${LARGEST_AMOUNT / 100} yuan on one bill`);
    }
    if (refund ? a[i] > 0 : a[i] < 0) {
      return {
        reason: "sign_broken",
        detail: `${AMOUNT_FIELDS[i]}: ${refund ? "not above 0 on a refund" : "not below 0"}`,
      };
    }
  }
  return null;
}

/** Judges the times: neither too far ahead of `now` nor before the first day that is kept. */
export function validateTime(
  s: Settlement,
  day: DayNumber,
  now: EpochMs,
  firstDay: DayNumber,
): Rejection | null {
  if (s.setl_time > now + FUTURE_TOLERANCE_MS) return { reason: "future_time", detail: "setl_time" };
  if (s.updt_time > now + FUTURE_TOLERANCE_MS) return { reason: "future_time", detail: "updt_time" };
  if (day < firstDay) return { reason: "too_old", detail: "setl_time before periods.firstDay" };
  return null;
}

/** Warnings C and D, and that of its stay, of a settlement that is counted all the same. `day`: of its `setl_time`. */
export function warningsOf(s: Settlement, day: DayNumber): number {
  const a = s.amounts;
  let warnings = isImplausibleStay(s, day) ? WARN_IMPLAUSIBLE_STAY : 0;
  if (Math.abs(a[A.inscp_scp_amt]) > Math.abs(a[A.medfee_sumamt])) warnings |= WARN_IN_SCOPE_ABOVE_FEE;
  const parts = a[A.fulamt_ownpay_amt] + a[A.overlmt_selfpay] + a[A.preselfpay_amt] + a[A.inscp_scp_amt];
  if (!Number.isNaN(parts) && parts !== a[A.medfee_sumamt]) warnings |= WARN_PARTS_DIFFER;
  return warnings;
}

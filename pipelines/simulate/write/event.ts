import { AMOUNT_INDEX, type InputRecord, type Settlement } from "../../../schemas/input/settlement.js";

/**
 * One simulated record. The generators reuse one event and one settlement, so whoever receives it encodes it
 * before going on.
 */
export type SimEvent = InputRecord;

/** Turns a settlement into its refund: a new id, a reference to the original, every amount negated. */
export function negate(s: Settlement, setl_id: string, setl_time: number): void {
  s.init_setl_id = s.setl_id;
  s.setl_id = setl_id;
  s.refd_setl_flag = "1";
  s.setl_time = setl_time;
  s.updt_time = setl_time;
  const a = s.amounts;
  // 0 - x, because -0 would print as "-0.00".
  for (let i = 0; i < a.length; i++) a[i] = 0 - a[i];
}

const FEE = AMOUNT_INDEX.medfee_sumamt;
const IN_SCOPE = AMOUNT_INDEX.inscp_scp_amt;
const POOL = AMOUNT_INDEX.hifp_pay;
const CIVIL = AMOUNT_INDEX.cvlserv_pay;
const SUPPLEMENTARY = AMOUNT_INDEX.hifes_pay;
const CRITICAL = AMOUNT_INDEX.hifmi_pay;
const LARGE = AMOUNT_INDEX.hifob_pay;
const DISABLED = AMOUNT_INDEX.hifdm_pay;
const AID = AMOUNT_INDEX.maf_pay;
const OTHER = AMOUNT_INDEX.oth_pay;
const FUND = AMOUNT_INDEX.fund_pay_sumamt;
const ACCOUNT = AMOUNT_INDEX.acct_pay;
const CASH = AMOUNT_INDEX.psn_cash_pay;
const HOSPITAL = AMOUNT_INDEX.hosp_part_amt;
const OWN = AMOUNT_INDEX.fulamt_ownpay_amt;
const OVER = AMOUNT_INDEX.overlmt_selfpay;
const PRESELF = AMOUNT_INDEX.preselfpay_amt;

/**
 * Fills the amounts from the chosen parts so that the identities A, B, C and D hold exactly
 * (docs/specification.md#identities). Needs 0 <= inScope <= fee and pool + critical + large + aid + account
 * <= fee, integers in fen.
 */
export function setAmounts(
  s: Settlement,
  fee: number,
  inScope: number,
  pool: number,
  critical: number,
  large: number,
  aid: number,
  account: number,
): void {
  const a = s.amounts;
  const outside = fee - inScope;
  const own = Math.floor(outside * 0.4);
  const over = Math.floor(outside * 0.1);
  const fund = pool + critical + large + aid;
  a[FEE] = fee;
  a[IN_SCOPE] = inScope;
  a[POOL] = pool;
  a[CIVIL] = 0;
  a[SUPPLEMENTARY] = 0;
  a[CRITICAL] = critical;
  a[LARGE] = large;
  a[DISABLED] = 0;
  a[AID] = aid;
  a[OTHER] = 0;
  a[FUND] = fund;
  a[ACCOUNT] = account;
  a[CASH] = fee - fund - account;
  a[HOSPITAL] = 0;
  a[OWN] = own;
  a[OVER] = over;
  a[PRESELF] = outside - own - over;
}

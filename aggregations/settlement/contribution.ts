import { AMOUNT_INDEX, type Settlement } from "../../schemas/input/settlement.js";
import { type ComponentMeasure, MEASURE_INDEX, ROW_WIDTH } from "../../schemas/measures.js";
import { bedDaysOf, isNoAdmission } from "./stay.js";
import { mutualAidBeside } from "./validate.js";

/** Components of the two composed amounts (docs/specification.md#reimbursed), configurable. */
export interface Components {
  readonly reimbursed: readonly ComponentMeasure[];
  readonly benefit: Readonly<Record<string, readonly ComponentMeasure[]>>;
  /** `clr_way` codes that are paid by case. */
  readonly casePayment: readonly string[];
}

/**
 * 0 unless the version is valid and an admission or visit of its own (no mid-stay bill; for care inpatient not
 * marked as no admission); −1 for a refund, +1 otherwise (docs/specification.md#weight).
 */
export function weightOf(s: Settlement, care: string): number {
  if (s.vali_flag !== "1" || s.mid_setl_flag === "1" || isNoAdmission(s, care)) return 0;
  return s.init_setl_id === "" ? 1 : -1;
}

/** Only a version with vali_flag 1 adds money; 0 takes it out and 2 holds it out. */
export const isCounted = (s: Settlement): boolean => s.vali_flag === "1";

const A = AMOUNT_INDEX;
const M = MEASURE_INDEX;
const NO_COMPONENTS: readonly number[] = [];

/** Works out what one settlement adds to every measure. Keeps one row, overwritten by each call. */
export class Contribution {
  /** By MEASURE_INDEX: fen, visits, days; last the settlement itself, 1. */
  readonly row = new Float64Array(ROW_WIDTH);
  /** Indexes of `row` that are not 0: the first `used` of `filled`. Most of a row is 0. */
  readonly filled = new Uint8Array(ROW_WIDTH);
  used = 0;
  readonly #reimbursed: readonly number[];
  readonly #benefit: ReadonlyMap<string, readonly number[]>;

  readonly #casePayment: ReadonlySet<string>;

  constructor(components: Components) {
    this.#casePayment = new Set(components.casePayment);
    const indexes = (names: readonly ComponentMeasure[]): number[] => names.map((name) => M[name]);
    this.#reimbursed = indexes(components.reimbursed);
    this.#benefit = new Map(Object.entries(components.benefit).map(([k, names]) => [k, indexes(names)]));
  }

  /** Fills `row` for a normalised, counted settlement. */
  fill(s: Settlement, insurance: string, care: string): void {
    const row = this.row;
    const a = s.amounts;
    const weight = weightOf(s, care);
    const fee = a[A.medfee_sumamt];
    const account = a[A.acct_pay] + (mutualAidBeside(a) ? a[A.acct_mulaid_pay] : 0);
    row[ROW_WIDTH - 1] = 1;
    row[M.visits] = weight;
    row[M.bed_days] = weight === 0 ? 0 : weight * bedDaysOf(s, care);
    row[M.fee] = fee;
    row[M.in_scope_fee] = a[A.inscp_scp_amt];
    row[M.pool_paid] = a[A.hifp_pay];
    row[M.civil_servant_paid] = a[A.cvlserv_pay];
    row[M.supplementary_paid] = a[A.hifes_pay];
    row[M.critical_paid] = a[A.hifmi_pay];
    row[M.large_paid] = a[A.hifob_pay];
    row[M.disabled_paid] = a[A.hifdm_pay];
    row[M.aid_paid] = a[A.maf_pay];
    row[M.other_paid] = a[A.oth_pay];
    row[M.fund_paid] = a[A.fund_pay_sumamt];
    row[M.account_paid] = account;
    row[M.cash_paid] = a[A.psn_cash_pay];
    row[M.hospital_paid] = a[A.hosp_part_amt];
    let reimbursed = 0;
    for (const i of this.#reimbursed) reimbursed += row[i];
    row[M.reimbursed] = reimbursed;
    let benefit = 0;
    for (const i of this.#benefit.get(insurance) ?? NO_COMPONENTS) benefit += row[i];
    row[M.benefit_paid] = benefit;
    const critical = a[A.hifmi_pay] !== 0;
    const large = a[A.hifob_pay] !== 0;
    const aid = a[A.maf_pay] !== 0;
    row[M.critical_visits] = critical ? weight : 0;
    row[M.large_visits] = large ? weight : 0;
    row[M.aid_visits] = aid ? weight : 0;
    row[M.civil_servant_visits] = a[A.cvlserv_pay] !== 0 ? weight : 0;
    row[M.account_visits] = account !== 0 ? weight : 0;
    row[M.critical_fee] = critical ? fee : 0;
    row[M.large_fee] = large ? fee : 0;
    row[M.aid_fee] = aid ? fee : 0;
    row[M.case_paid_visits] = this.#casePayment.has(s.clr_way) ? weight : 0;
    let used = 0;
    for (let i = 0; i < ROW_WIDTH; i++) if (row[i] !== 0) this.filled[used++] = i;
    this.used = used;
  }
}

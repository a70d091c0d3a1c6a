import type { Settlement } from "../../schemas/input/settlement.js";
import { AMOUNT_FIELDS } from "../../schemas/input/streams.js";

/**
 * Content of a settlement is every known field except `updt_time` and `refd_setl_flag`
 * (docs/specification.md#current-version). The person is compared by number or pseudonym, since the clear
 * number is not kept.
 */
export const CONTENT_TEXTS = [
  "setl_id",
  "init_setl_id",
  "mdtrt_id",
  "vali_flag",
  "insutype",
  "psn_type",
  "insu_admdvs",
  "fixmedins_code",
  "fix_blng_admdvs",
  "hosp_lv",
  "med_type",
  "setl_type",
  "pay_loc",
  "clr_way",
  "mid_setl_flag",
  "cal_ipt_cnt",
  "dise_no",
] as const satisfies readonly (keyof Settlement)[];

export const CONTENT_NUMBERS = [
  "setl_time",
  "begndate",
  "enddate",
  "ipt_days",
] as const satisfies readonly (keyof Settlement)[];

/** Equal numbers, absent (NaN) equal to absent. */
const same = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

/** Whether two normalised versions of one key have the same content. */
export function sameContent(a: Settlement, personA: number, b: Settlement, personB: number): boolean {
  if (personA !== personB) return false;
  for (const field of CONTENT_TEXTS) if (a[field] !== b[field]) return false;
  for (const field of CONTENT_NUMBERS) if (!same(a[field], b[field])) return false;
  for (let i = 0; i < AMOUNT_FIELDS.length; i++) if (!same(a.amounts[i], b.amounts[i])) return false;
  return true;
}

/** Between the parts of a canonical form; no code, id or number has it. */
export const CANONICAL_SEPARATOR = "\u0001";

/**
 * The canonical form that decides between versions of the same time: normalised values in a fixed order.
 * `pseudonym` stands for the person, so that the order does not depend on who was met first.
 */
export function canonicalForm(s: Settlement, pseudonym: string): string {
  const parts: (string | number)[] = [pseudonym];
  for (const field of CONTENT_TEXTS) parts.push(s[field]);
  for (const field of CONTENT_NUMBERS) parts.push(s[field]);
  for (let i = 0; i < AMOUNT_FIELDS.length; i++) parts.push(s.amounts[i]);
  return parts.join(CANONICAL_SEPARATOR);
}

/** Byte order of two canonical forms. */
export function isGreater(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
}

/** `vali_flag`s of one time, in the order in which they win over those before them. */
export const FLAG_ORDER = ["1", "2", "0"];

/**
 * Of two versions of one time whose `vali_flag` differs: above 0 where `a` comes before `b`. A cancellation in
 * the same second wins over a hold, a hold over a bill; 0 where the flags are the same.
 */
export const flagPrecedence = (a: Settlement, b: Settlement): number =>
  FLAG_ORDER.indexOf(a.vali_flag) - FLAG_ORDER.indexOf(b.vali_flag);

import type { Settlement } from "../schemas/settlement.js";
import { AMOUNT_FIELDS } from "../schemas/streams.js";

/**
 * Content of a settlement is every known field except `updt_time` and `refd_setl_flag` (contract §3). The
 * person is compared by number or pseudonym, since the clear number is not kept.
 */
const TEXTS = [
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
  "dise_no",
] as const satisfies readonly (keyof Settlement)[];

const NUMBERS = [
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
  for (const field of TEXTS) if (a[field] !== b[field]) return false;
  for (const field of NUMBERS) if (!same(a[field], b[field])) return false;
  for (let i = 0; i < AMOUNT_FIELDS.length; i++) if (!same(a.amounts[i], b.amounts[i])) return false;
  return true;
}

/**
 * The canonical form that decides between versions of the same time: normalised values in a fixed order.
 * `pseudonym` stands for the person, so that the order does not depend on who was met first.
 */
export function canonicalForm(s: Settlement, pseudonym: string): string {
  const parts: (string | number)[] = [pseudonym];
  for (const field of TEXTS) parts.push(s[field]);
  for (const field of NUMBERS) parts.push(s[field]);
  for (let i = 0; i < AMOUNT_FIELDS.length; i++) parts.push(s.amounts[i]);
  return parts.join("\u0001");
}

/** Byte order of two canonical forms. */
export function isGreater(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
}

/** Copies every field of one settlement to another; spelled out, since it runs for every record. */
export function copySettlement(from: Settlement, to: Settlement): void {
  to.setl_id = from.setl_id;
  to.init_setl_id = from.init_setl_id;
  to.mdtrt_id = from.mdtrt_id;
  to.refd_setl_flag = from.refd_setl_flag;
  to.vali_flag = from.vali_flag;
  to.setl_time = from.setl_time;
  to.updt_time = from.updt_time;
  to.psn_no = from.psn_no;
  to.insutype = from.insutype;
  to.psn_type = from.psn_type;
  to.insu_admdvs = from.insu_admdvs;
  to.fixmedins_code = from.fixmedins_code;
  to.fix_blng_admdvs = from.fix_blng_admdvs;
  to.hosp_lv = from.hosp_lv;
  to.med_type = from.med_type;
  to.setl_type = from.setl_type;
  to.pay_loc = from.pay_loc;
  to.clr_way = from.clr_way;
  to.begndate = from.begndate;
  to.enddate = from.enddate;
  to.ipt_days = from.ipt_days;
  to.mid_setl_flag = from.mid_setl_flag;
  to.dise_no = from.dise_no;
  to.amounts.set(from.amounts);
}

import type { DayNumber, EpochMs } from "../units.js";
import { AMOUNT_FIELDS, type AmountField, type StreamName } from "./streams.js";

/** An absent day, day count or amount. Absent codes and ids are empty strings. */
export const ABSENT = Number.NaN;

/** Position of each amount in `Settlement.amounts`. */
export const AMOUNT_INDEX = Object.fromEntries(AMOUNT_FIELDS.map((f, i) => [f, i])) as Readonly<
  Record<AmountField, number>
>;

/**
 * One version of one settlement as it arrived, decoded but not validated. The decoder fills ONE instance again
 * and again, so nobody may keep a reference to it. Field names are the platform's
 * (docs/specification.md#settlement).
 */
export class Settlement {
  setl_id = "";
  init_setl_id = "";
  mdtrt_id = "";
  refd_setl_flag = "";
  vali_flag = "";
  setl_time: EpochMs = ABSENT;
  updt_time: EpochMs = ABSENT;
  psn_no = "";
  insutype = "";
  psn_type = "";
  insu_admdvs = "";
  fixmedins_code = "";
  fix_blng_admdvs = "";
  hosp_lv = "";
  med_type = "";
  setl_type = "";
  pay_loc = "";
  clr_way = "";
  begndate: DayNumber = ABSENT;
  enddate: DayNumber = ABSENT;
  ipt_days = ABSENT;
  mid_setl_flag = "";
  cal_ipt_cnt = "";
  dise_no = "";
  /** Fen by AMOUNT_INDEX; NaN where absent. */
  readonly amounts = new Float64Array(AMOUNT_FIELDS.length);

  clear(): void {
    this.setl_id = "";
    this.init_setl_id = "";
    this.mdtrt_id = "";
    this.refd_setl_flag = "";
    this.vali_flag = "";
    this.setl_time = ABSENT;
    this.updt_time = ABSENT;
    this.psn_no = "";
    this.insutype = "";
    this.psn_type = "";
    this.insu_admdvs = "";
    this.fixmedins_code = "";
    this.fix_blng_admdvs = "";
    this.hosp_lv = "";
    this.med_type = "";
    this.setl_type = "";
    this.pay_loc = "";
    this.clr_way = "";
    this.begndate = ABSENT;
    this.enddate = ABSENT;
    this.ipt_days = ABSENT;
    this.mid_setl_flag = "";
    this.cal_ipt_cnt = "";
    this.dise_no = "";
    this.amounts.fill(ABSENT);
  }

  /** Takes over every field of another one; spelled out, since it runs for every record. */
  copyFrom(other: Settlement): void {
    this.setl_id = other.setl_id;
    this.init_setl_id = other.init_setl_id;
    this.mdtrt_id = other.mdtrt_id;
    this.refd_setl_flag = other.refd_setl_flag;
    this.vali_flag = other.vali_flag;
    this.setl_time = other.setl_time;
    this.updt_time = other.updt_time;
    this.psn_no = other.psn_no;
    this.insutype = other.insutype;
    this.psn_type = other.psn_type;
    this.insu_admdvs = other.insu_admdvs;
    this.fixmedins_code = other.fixmedins_code;
    this.fix_blng_admdvs = other.fix_blng_admdvs;
    this.hosp_lv = other.hosp_lv;
    this.med_type = other.med_type;
    this.setl_type = other.setl_type;
    this.pay_loc = other.pay_loc;
    this.clr_way = other.clr_way;
    this.begndate = other.begndate;
    this.enddate = other.enddate;
    this.ipt_days = other.ipt_days;
    this.mid_setl_flag = other.mid_setl_flag;
    this.cal_ipt_cnt = other.cal_ipt_cnt;
    this.dise_no = other.dise_no;
    this.amounts.set(other.amounts);
  }
}

/**
 * A record of one of the small streams, normalised: `amount` as integer fen, `instant` as epoch ms,
 * `date` as day number, `rate` and `decimal` as canonical text, absent fields as null.
 */
export type StreamRecord = Record<string, string | number | Record<string, string> | null>;

/** A record of any stream in normalised form: integer fen, epoch ms, day numbers; NaN, "" or null is absent. */
export type InputRecord =
  | { readonly stream: "settlement"; readonly record: Settlement }
  | { readonly stream: Exclude<StreamName, "settlement">; readonly record: StreamRecord };

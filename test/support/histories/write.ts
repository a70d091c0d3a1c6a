import type { Plain } from "../oracle/types.js";
import { amountFields } from "./amounts.js";
import type { DEFECTS, Facts, Intent } from "./intents.js";
import { FINAL_NOW } from "./world.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Writes an instant; `local` only where the zone is Shanghai and no millisecond would be lost. */
export function writeTime(time: number, clock: Intent["clock"], zone: string): string {
  const shanghai = new Date(time + 8 * HOUR_MS).toISOString();
  if (clock === "utc") return new Date(time).toISOString();
  if (clock === "local" && zone === "Asia/Shanghai" && time % 1000 === 0) {
    return shanghai.slice(0, 19).replace("T", " ");
  }
  return shanghai.replace("Z", "+08:00");
}

/** A settlement as the intents know it. */
export interface Draft {
  readonly id: string;
  readonly visit: string;
  readonly original: string | null;
  readonly facts: Facts;
  readonly vali: string;
  readonly refdFlag: string | null;
}

export function writeSettlement(d: Draft, updated: number, clock: Intent["clock"], zone: string): Plain {
  const f = d.facts;
  const refund = d.original !== null;
  const end = Math.floor((f.time + 8 * HOUR_MS) / DAY_MS);
  const day = (n: number): string => new Date(n * DAY_MS).toISOString().slice(0, 10);
  const record: Record<string, string | number | null> = {
    setl_id: d.id,
    mdtrt_id: d.visit,
    setl_time: writeTime(f.time, clock, zone),
    updt_time: writeTime(updated, clock, zone),
    psn_no: `person ${f.person}`,
    insutype: f.insutype,
    psn_type: f.psnType,
    insu_admdvs: f.insured,
    fixmedins_code: f.facility,
    fix_blng_admdvs: f.blng,
    hosp_lv: f.level,
    med_type: f.medType,
    setl_type: f.setlType,
    clr_way: f.clrWay,
    mid_setl_flag: f.mid,
    cal_ipt_cnt: f.admission,
    dise_no: f.disease,
    vali_flag: d.vali,
    ...amountFields(f.money, refund ? -1 : 1),
  };
  if (refund) record.init_setl_id = d.original;
  if (d.refdFlag !== null) record.refd_setl_flag = d.refdFlag;
  if (f.stayDays !== null && f.medType === "21") {
    record.begndate = day(end - f.stayDays);
    record.enddate = day(end);
  }
  if (f.iptDays !== null) record.ipt_days = refund && f.iptDays % 2 === 0 ? 0 - f.iptDays : f.iptDays;
  if (Object.is(record.ipt_days, -0)) record.ipt_days = 0;
  // An absent field, an empty one and null are the same; all three ways occur.
  for (const [name, value] of Object.entries(record)) {
    if (value === "" && f.person % 3 === 1) record[name] = null;
    if (value === "" && f.person % 3 === 2) delete record[name];
  }
  return record;
}

/** Spoils a valid record in one way. */
export function corrupt(record: Plain, defect: (typeof DEFECTS)[number]): Plain {
  const r: Record<string, string | number | null> = { ...record };
  if (defect.startsWith("no ")) {
    if (defect === "no begndate") {
      r.med_type = "21";
      delete r.ipt_days;
    }
    delete r[defect.slice(3)];
  }
  const future = new Date(FINAL_NOW + DAY_MS + 1000).toISOString();
  const plusFen = (value: unknown, fen: number): string =>
    (Math.round(Number(value ?? 0) * 100 + fen) / 100).toFixed(2);
  if (defect === "insutype") r.insutype = "999";
  if (defect === "setl_time text") r.setl_time = "2024-13-01T00:00:00Z";
  if (defect === "amount text") r.psn_cash_pay = "twelve";
  if (defect === "three decimals") r.medfee_sumamt = "10.001";
  if (defect === "identity A") r.fund_pay_sumamt = plusFen(r.fund_pay_sumamt, 1);
  if (defect === "identity B") r.medfee_sumamt = "123456789.01";
  if (defect === "sign") r.act_pay_dedc = r.init_setl_id ? "0.01" : "-0.01";
  if (defect === "unknown category") r.med_type = "ZZ9";
  if (defect === "future setl_time") r.setl_time = future;
  if (defect === "future updt_time") r.updt_time = future;
  if (defect === "too old") r.setl_time = "2023-10-31T23:59:59-05:00";
  if (defect === "short division") r.insu_admdvs = "62072";
  return r;
}

export function writeFacility(
  f: Extract<Intent, { kind: "facility" }>,
  updated: number,
  zone: string,
): Plain {
  const record: Record<string, string> = {
    fixmedins_code: f.code,
    admdvs: f.admdvs,
    updt_time: writeTime(updated, f.clock, zone),
  };
  // One of tier and hosp_lv at the most: which of two contradicting ones holds is not written down.
  if (f.tier !== null) record.tier = f.tier;
  else if (f.level !== null) record.hosp_lv = f.level;
  const backwards = f.from !== "" && f.to !== "" && f.to < f.from;
  const optional = {
    ownership: f.ownership,
    kind: f.type,
    valid_from: f.from,
    valid_to: backwards ? "" : f.to,
  };
  for (const [name, value] of Object.entries(optional)) if (value !== "") record[name] = value;
  return record;
}

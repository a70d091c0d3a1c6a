import type { Config } from "../../../schemas/config/schema.js";
import { AMOUNT_FIELDS, FUND_AMOUNTS, STREAMS } from "../../../schemas/input/streams.js";
import type { QuarantineReason } from "../../../schemas/quarantine.js";
import { facilityAsOf, type OracleFacility } from "./facilities.js";
import { flowOf } from "./geography.js";
import type { OracleCategory, Plain, Reading } from "./types.js";
import { BAD, daysBetween, isAbsent, localDay, readDay, readFen, readInstant, readInt } from "./values.js";

const DAY_MS = 24 * 60 * 60 * 1000;

export interface World {
  readonly config: Config;
  readonly now: number;
  readonly facilities: readonly OracleFacility[];
  readonly categories: readonly OracleCategory[];
}

/** Reads the fields of a settlement; the second part names what stands against it as a text. */
export function readSettlement(record: Plain, zone: string): [Reading, Set<QuarantineReason>] {
  const faults = new Set<QuarantineReason>();
  const text: Record<string, string> = {};
  const amounts = new Map<string, number>();
  const other = new Map<string, number | string>();
  for (const field of STREAMS.settlement.fields) {
    const value = record[field.name];
    if (field.type === "string") text[field.name] = "";
    if (isAbsent(value)) {
      if (field.required) faults.add("missing_field");
      continue;
    }
    if (field.type === "string") {
      if (typeof value === "string") text[field.name] = value;
      else faults.add("bad_value");
    } else if (field.type === "amount") {
      const fen = readFen(value);
      if (fen === BAD) faults.add("bad_value");
      else amounts.set(field.name, fen);
    } else {
      const read =
        field.type === "instant"
          ? readInstant(value, zone)
          : field.type === "date"
            ? readDay(value)
            : readInt(value);
      if (read === BAD) faults.add("bad_value");
      else other.set(field.name, read);
    }
  }
  const reading: Reading = {
    text,
    setlTime: (other.get("setl_time") as number | undefined) ?? Number.NaN,
    updtTime: (other.get("updt_time") as number | undefined) ?? Number.NaN,
    begndate: (other.get("begndate") as string | undefined) ?? null,
    enddate: (other.get("enddate") as string | undefined) ?? null,
    iptDays: (other.get("ipt_days") as number | undefined) ?? null,
    amounts,
  };
  return [reading, faults];
}

/** Fen of an amount, 0 where absent. */
export const fen = (r: Reading, name: string): number => r.amounts.get(name) ?? 0;

export const isRefund = (r: Reading): boolean => r.text.init_setl_id !== "";

export function insuranceOf(r: Reading, config: Config): string | null {
  for (const [insurance, codes] of Object.entries(config.insurances)) {
    if (codes.includes(r.text.insutype)) return insurance;
  }
  return null;
}

/** The category row: by `dise_no` and `insurance`, else `dise_no`, else `insurance`, else `med_type` alone. */
export function categoryOf(
  r: Reading,
  insurance: string | null,
  table: readonly OracleCategory[],
): OracleCategory | null {
  const rows = table.filter((c) => c.med_type === r.text.med_type);
  const find = (dise: string | undefined, ins: string | undefined) =>
    rows.find((c) => (c.dise_no || undefined) === dise && (c.insurance || undefined) === ins);
  const dise = r.text.dise_no || undefined;
  const ins = insurance ?? undefined;
  return (
    (dise && ins ? find(dise, ins) : undefined) ??
    (dise ? find(dise, undefined) : undefined) ??
    (ins ? find(undefined, ins) : undefined) ??
    find(undefined, undefined) ??
    null
  );
}

/** The rest of identity B: what is left of the fee after fund, account, cash and hospital. */
export const restOfB = (r: Reading): number =>
  fen(r, "medfee_sumamt") -
  fen(r, "fund_pay_sumamt") -
  fen(r, "acct_pay") -
  fen(r, "psn_cash_pay") -
  fen(r, "hosp_part_amt");

/** The facility's division at an instant, "" when it is not known. */
export function facilityDivision(r: Reading, instant: number, world: World): string {
  const day = localDay(instant, world.config.timezone);
  return facilityAsOf(world.facilities, r.text.fixmedins_code, day)?.admdvs ?? (r.text.fix_blng_admdvs || "");
}

/** Magnitude of the stay in days: as sent, else from the dates for inpatients, at least 1. */
export function stayDays(r: Reading, care: string): number {
  if (r.iptDays !== null) return Math.abs(r.iptDays);
  if (care !== "inpatient" || r.begndate === null || r.enddate === null) return 0;
  return Math.max(1, daysBetween(r.begndate, r.enddate));
}

/** Every reason that holds against a settlement record; empty when it is valid. */
export function validate(record: Plain, world: World): [Reading, Set<QuarantineReason>] {
  const [r, faults] = readSettlement(record, world.config.timezone);
  return [r, faults.size > 0 ? faults : contentFaults(r, world)];
}

/** Every reason that holds against what a readable settlement says. */
export function contentFaults(r: Reading, world: World): Set<QuarantineReason> {
  const faults = new Set<QuarantineReason>();
  const zone = world.config.timezone;
  const insurance = insuranceOf(r, world.config);
  if (insurance === null) faults.add("bad_value");
  if (!/^\d{6}$/.test(r.text.insu_admdvs)) faults.add("bad_value");

  let funds = 0;
  for (const name of FUND_AMOUNTS) funds += fen(r, name);
  if (funds !== fen(r, "fund_pay_sumamt")) faults.add("identity_broken");
  if (restOfB(r) !== 0 && restOfB(r) !== fen(r, "acct_mulaid_pay")) faults.add("identity_broken");
  for (const name of AMOUNT_FIELDS) {
    if (isRefund(r) ? fen(r, name) > 0 : fen(r, name) < 0) faults.add("sign_broken");
  }

  const category = categoryOf(r, insurance, world.categories);
  if (category === null) faults.add("unknown_category");
  if (category?.care === "inpatient" && r.iptDays === null && (r.begndate === null || r.enddate === null)) {
    faults.add("missing_field");
  }
  if (category?.care === "inpatient") {
    for (const date of [r.begndate, r.enddate]) {
      if (date !== null && (date < "1900-01-01" || date > "2199-12-31")) faults.add("bad_value");
    }
    if (r.begndate !== null && r.enddate !== null && r.enddate < r.begndate) faults.add("bad_value");
  }
  if (stayDays(r, category?.care ?? "") > 36_600) faults.add("bad_value");
  if (!["", "0", "1"].includes(r.text.cal_ipt_cnt)) faults.add("bad_value");
  if (r.setlTime > world.now + DAY_MS || r.updtTime > world.now + DAY_MS) faults.add("future_time");
  if (localDay(r.setlTime, zone) < world.config.periods.firstDay) faults.add("too_old");
  const division = facilityDivision(r, r.setlTime, world);
  if (flowOf(r.text.insu_admdvs, division, world.config.jurisdiction) === "nowhere") {
    faults.add("out_of_jurisdiction");
  }
  return faults;
}

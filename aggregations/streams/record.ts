import type { StreamRecord } from "../../schemas/input/settlement.js";
import { STREAMS, type StreamName } from "../../schemas/input/streams.js";
import { canonicalDecimal } from "../rational.js";

/** Every stream but `settlement`. */
export type SmallStream = Exclude<StreamName, "settlement">;

/** Value of `group` and `sex` where a record does not tell them apart. */
export const ALL = "all";

/**
 * Insurance of a fund whose entry names none (docs/specification.md#fund-entry); any other fund belongs to
 * `all`.
 */
const FUND_INSURANCE: Readonly<Record<string, string>> = {
  employee_pool: "employee",
  employee_account: "employee",
  civil_servant: "employee",
  large_amount: "employee",
  resident: "resident",
  critical_illness: "resident",
  maternity: "maternity",
};

export const insuranceOfFund = (fund: string): string =>
  Object.hasOwn(FUND_INSURANCE, fund) ? FUND_INSURANCE[fund] : ALL;

/** Text of a string field, empty where absent. */
export const textOf = (record: StreamRecord, field: string): string => {
  const value = record[field];
  return typeof value === "string" ? value : "";
};

/** Number of an int, amount (fen), date or instant field, null where absent. */
export const numberOf = (record: StreamRecord, field: string): number | null => {
  const value = record[field];
  return typeof value === "number" ? value : null;
};

/** Entries of a map field, empty where absent. */
export const mapOf = (record: StreamRecord, field: string): Readonly<Record<string, string>> => {
  const value = record[field];
  return value !== null && typeof value === "object" ? value : {};
};

function normaliseMap(value: Record<string, string>): Record<string, string> | null {
  const entries = Object.entries(value).filter(([, v]) => v !== "" && v !== null && v !== undefined);
  if (entries.length === 0) return null;
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

/**
 * The record with every known field of its stream and no other, empty values as null, decimals in one
 * spelling, and the defaults of its fields filled in: group and sex `all`, insurance by fund, deposit rate
 * 0.05, a fact's insurance `all`. Applying it again changes nothing.
 */
export function normaliseRecord(stream: SmallStream, record: StreamRecord): StreamRecord {
  const out: StreamRecord = {};
  for (const { name, type } of STREAMS[stream].fields) {
    const value = record[name];
    if (value === undefined || value === null || value === "") out[name] = null;
    else if (type === "map") out[name] = typeof value === "object" ? normaliseMap(value) : null;
    else if ((type === "rate" || type === "decimal") && typeof value !== "object") {
      out[name] = canonicalDecimal(String(value)) ?? String(value);
    } else out[name] = value;
  }
  switch (stream) {
    case "fund-entry":
      out.insurance ??= insuranceOfFund(textOf(out, "fund"));
      out.group ??= ALL;
      break;
    case "enrolment":
      out.group ??= ALL;
      out.sex ??= ALL;
      break;
    case "dip-result":
      out.deposit_rate ??= "0.05";
      break;
    case "reported-fact": {
      const dimensions = mapOf(out, "dimensions");
      if (dimensions.insurance === ALL) {
        const { insurance: _, ...rest } = dimensions;
        out.dimensions = normaliseMap(rest);
      }
      break;
    }
  }
  return out;
}

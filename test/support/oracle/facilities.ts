import { type Arrival, type Plain, positionKey } from "./types.js";
import { BAD, isAbsent, readDay, readInstant } from "./values.js";

/** One version of one facility that stands. */
export interface OracleFacility {
  readonly code: string;
  readonly admdvs: string;
  readonly tier: string;
  readonly ownership: string;
  readonly kind: string;
  /** First and last valid day, "" where open. */
  readonly from: string;
  readonly to: string;
}

const TIER_OF_LEVEL: Readonly<Record<string, string>> = {
  "01": "3",
  "02": "3",
  "03": "3",
  "04": "3",
  "05": "2",
  "06": "2",
  "07": "2",
  "08": "1",
  "09": "1",
  "10": "1",
  "11": "0",
};

/** Tier of a `hosp_lv`, `0` where it says nothing. */
export const tierOfLevel = (level: string): string => TIER_OF_LEVEL[level] ?? "0";

const text = (value: unknown): string => (isAbsent(value) ? "" : String(value));

/** Why a facility record cannot be used; null when it can. */
export function facilityFault(record: Plain, zone: string): "missing_field" | "bad_value" | null {
  if (isAbsent(record.fixmedins_code) || isAbsent(record.admdvs)) return "missing_field";
  if (!/^\d{6}$/.test(text(record.admdvs))) return "bad_value";
  for (const name of ["valid_from", "valid_to"]) {
    if (!isAbsent(record[name]) && readDay(record[name]) === BAD) return "bad_value";
  }
  if (!isAbsent(record.updt_time) && readInstant(record.updt_time, zone) === BAD) return "bad_value";
  return null;
}

/**
 * The final facility table: of each code + valid_from the version with the greatest `updt_time` (absent is
 * older than any). `ties` receives keys of which two different versions claim the same time.
 */
export function finalFacilities(
  reference: readonly Plain[],
  arrivals: readonly Arrival[],
  zone: string,
  ties: string[],
): OracleFacility[] {
  const rows: Plain[] = [...reference];
  const seen = new Set<string>();
  for (const arrival of arrivals) {
    if (arrival.stream !== "facility" || seen.has(positionKey(arrival))) continue;
    seen.add(positionKey(arrival));
    if (facilityFault(arrival.record, zone) === null) rows.push(arrival.record);
  }
  const timeOf = (row: Plain): number =>
    isAbsent(row.updt_time) ? Number.NEGATIVE_INFINITY : (readInstant(row.updt_time, zone) as number);
  const contentOf = (row: Plain): string =>
    JSON.stringify(["admdvs", "hosp_lv", "tier", "ownership", "kind", "valid_to"].map((n) => text(row[n])));
  const current = new Map<string, Plain>();
  for (const row of rows) {
    const key = `${text(row.fixmedins_code)} ${text(row.valid_from)}`;
    const other = current.get(key);
    if (other && timeOf(other) === timeOf(row) && contentOf(other) !== contentOf(row)) ties.push(key);
    if (!other || timeOf(row) > timeOf(other)) current.set(key, row);
  }
  return [...current.values()].map((row) => ({
    code: text(row.fixmedins_code),
    admdvs: text(row.admdvs),
    tier: text(row.tier) || tierOfLevel(text(row.hosp_lv)),
    ownership: text(row.ownership) || "unknown",
    kind: text(row.kind) || "unknown",
    from: text(row.valid_from),
    to: text(row.valid_to),
  }));
}

/** The version valid on a day; where two overlap the one with the later `valid_from`. */
export function facilityAsOf(
  table: readonly OracleFacility[],
  code: string,
  day: string,
): OracleFacility | null {
  const valid = table.filter(
    (f) => f.code === code && (f.from === "" || f.from <= day) && (f.to === "" || day <= f.to),
  );
  valid.sort((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : 0));
  return valid[0] ?? null;
}

import { UNKNOWN } from "../../schemas/dimensions.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { DayNumber } from "../../schemas/units.js";

/** One version of a facility's reference data, as a settlement meets it. */
export interface FacilityVersion {
  readonly code: string;
  /** Division, or empty when it is not known. */
  readonly admdvs: string;
  readonly tier: string;
  readonly ownership: string;
  readonly kind: string;
  readonly validFrom: DayNumber;
  readonly validTo: DayNumber;
  /** False when the table has no version for the settlement's day. */
  readonly known: boolean;
}

/** The national levels. */
export const HOSPITAL_LEVELS = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"];

/** Whether a code is one of the national levels, 01 to 11. */
export const isHospitalLevel = (hospLv: string): boolean => HOSPITAL_LEVELS.includes(hospLv);

/** Tier 3, 2, 1 or 0 of a national hosp_lv code (docs/specification.md#tier); `0` for anything else. */
export function tierOfLevel(hospLv: string): string {
  // A code without its leading zero is none: other lists number the other way round.
  if (!/^\d\d$/.test(hospLv) || hospLv === "00") return "0";
  const level = Number(hospLv);
  return level <= 4 ? "3" : level <= 7 ? "2" : level <= 10 ? "1" : "0";
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown, absent: number): number => (typeof value === "number" ? value : absent);

export function facilityVersion(record: StreamRecord): FacilityVersion {
  return {
    code: text(record.fixmedins_code),
    admdvs: text(record.admdvs),
    tier: text(record.tier) || tierOfLevel(text(record.hosp_lv)),
    ownership: text(record.ownership) || UNKNOWN,
    kind: text(record.kind) || UNKNOWN,
    validFrom: number(record.valid_from, Number.NEGATIVE_INFINITY),
    validTo: number(record.valid_to, Number.POSITIVE_INFINITY),
    known: true,
  };
}

/** Facilities as of a day: the valid version, where two overlap the one with the later valid_from. */
export class FacilityTable {
  readonly #versions = new Map<string, FacilityVersion[]>();
  readonly #unknown = new Map<string, FacilityVersion>();

  /** `records` are current versions, one for each code and valid_from. */
  constructor(records: Iterable<StreamRecord>) {
    for (const record of records) {
      const version = facilityVersion(record);
      const list = this.#versions.get(version.code);
      if (list) list.push(version);
      else this.#versions.set(version.code, [version]);
    }
    for (const list of this.#versions.values()) list.sort((a, b) => b.validFrom - a.validFrom);
  }

  asOf(code: string, day: DayNumber): FacilityVersion | undefined {
    const list = this.#versions.get(code);
    if (list === undefined) return undefined;
    for (const version of list) if (version.validFrom <= day && day <= version.validTo) return version;
    return undefined;
  }

  /** Stand-in for a facility that is not in the table: what the settlement itself says of it. */
  standIn(code: string, division: string, hospLv: string): FacilityVersion {
    const key = `${code}\u0001${division}\u0001${hospLv}`;
    let version = this.#unknown.get(key);
    if (version === undefined) {
      version = {
        code,
        admdvs: division,
        tier: tierOfLevel(hospLv),
        ownership: UNKNOWN,
        kind: UNKNOWN,
        validFrom: Number.NEGATIVE_INFINITY,
        validTo: Number.POSITIVE_INFINITY,
        known: false,
      };
      this.#unknown.set(key, version);
    }
    return version;
  }
}

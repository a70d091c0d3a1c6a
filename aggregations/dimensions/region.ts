/** Jurisdiction whose fund is watched. */
export interface Jurisdiction {
  readonly admdvs: string;
  readonly level: "county" | "city" | "province";
}

/** Beijing, Tianjin, Shanghai, Chongqing: the first two digits are the city. */
export const MUNICIPALITIES: ReadonlySet<string> = new Set(["11", "12", "31", "50"]);

/** Whether a division belongs to a municipality. */
export const isMunicipal = (division: string): boolean => MUNICIPALITIES.has(division.slice(0, 2));

/**
 * Region of care (docs/specification.md#region): the insured person's division against the facility's. A
 * division ending 00 or 99 is run by a city or province, so it is never `county`; counties run by the
 * province (third and fourth digit 90) are never `city` of one another. An empty facility division reads
 * `unknown`.
 */
export function regionOf(insured: string, facility: string): string {
  if (facility === "" || insured === "") return "unknown";
  if (insured === facility && !insured.endsWith("00") && !insured.endsWith("99")) return "county";
  if (insured.slice(0, 2) !== facility.slice(0, 2)) return "national";
  if (isMunicipal(insured)) return "city";
  if (insured.slice(0, 4) !== facility.slice(0, 4)) return "province";
  return insured.slice(2, 4) === "90" && insured !== facility ? "province" : "city";
}

/** How many first digits a division in the jurisdiction shares with it: six, four or two. */
export const liesInDigits = ({ admdvs, level }: Jurisdiction): number =>
  level === "county" ? 6 : level === "province" || isMunicipal(admdvs) ? 2 : 4;

/** Whether a division lies in the jurisdiction: its first six, four or two digits are the jurisdiction's. */
export function liesIn(division: string, jurisdiction: Jurisdiction): boolean {
  const digits = liesInDigits(jurisdiction);
  return division.slice(0, digits) === jurisdiction.admdvs.slice(0, digits);
}

export type Flow = "local" | "outbound" | "inbound" | "unknown" | "out_of_jurisdiction";

/** Direction of care (docs/specification.md#flow). `out_of_jurisdiction`: neither insured nor treated here. */
export function flowOf(insured: string, facility: string, jurisdiction: Jurisdiction): Flow {
  if (facility === "") return "unknown";
  const insuredHere = liesIn(insured, jurisdiction);
  const treatedHere = liesIn(facility, jurisdiction);
  if (insuredHere) return treatedHere ? "local" : "outbound";
  return treatedHere ? "inbound" : "out_of_jurisdiction";
}

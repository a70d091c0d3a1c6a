import type { Config } from "../../../schemas/config/schema.js";

const MUNICIPALITIES = ["11", "12", "31", "50"];

/** `region` (docs/specification.md#region). `facility` is "" when the facility's division is not known. */
export function regionOf(insured: string, facility: string): string {
  if (facility === "") return "unknown";
  if (insured === facility && !insured.endsWith("00") && !insured.endsWith("99")) return "county";
  if (insured.slice(0, 2) !== facility.slice(0, 2)) return "national";
  if (MUNICIPALITIES.includes(insured.slice(0, 2))) return "city";
  if (insured.slice(0, 4) !== facility.slice(0, 4)) return "province";
  return insured.slice(2, 4) === "90" ? "province" : "city";
}

/** Does a division lie in the jurisdiction? */
export function isInside(division: string, jurisdiction: Config["jurisdiction"]): boolean {
  let digits = { county: 6, city: 4, province: 2 }[jurisdiction.level];
  if (jurisdiction.level === "city" && MUNICIPALITIES.includes(jurisdiction.admdvs.slice(0, 2))) digits = 2;
  return division.slice(0, digits) === jurisdiction.admdvs.slice(0, digits);
}

/** `flow` (docs/specification.md#flow); `nowhere` when neither insured nor treated here. */
export function flowOf(insured: string, facility: string, jurisdiction: Config["jurisdiction"]): string {
  if (facility === "") return "unknown";
  const insuredHere = isInside(insured, jurisdiction);
  const treatedHere = isInside(facility, jurisdiction);
  if (insuredHere && treatedHere) return "local";
  if (insuredHere) return "outbound";
  return treatedHere ? "inbound" : "nowhere";
}

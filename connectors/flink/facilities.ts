import type { StreamRecord } from "../../schemas/input/settlement.js";
import { STREAMS } from "../../schemas/input/streams.js";
import { SEPARATOR_SQL, text, view } from "./dialect.js";
import { tierOfLevel } from "./dimensions.js";

/** Fields of a facility's version, as the jar's `fundpulse_facilities` takes them. */
const FIELDS = STREAMS.facility.fields.map((f) => f.name);
const TYPES: Readonly<Record<string, string>> = {
  string: "STRING",
  instant: "BIGINT",
  date: "INT",
  int: "INT",
};

/** More rows than this are no part of a script: they belong into the topic. */
export const MOST_FACILITIES = 3000;

function literal(value: StreamRecord[string] | undefined, type: string): string {
  if (value === null || value === undefined || value === "") {
    return type === "STRING" ? "''" : `CAST(NULL AS ${type})`;
  }
  return typeof value === "number" ? `CAST(${value} AS ${type})` : text(String(value));
}

/**
 * Every facility with all its versions in one text, from the topic and from `facilities.csv`: which version of a code
 * and `valid_from` is current, and which one a day falls into, is decided by the jar (FacilityVersions.java). So the
 * settlements meet their facility in a join by code alone, which stays right under mini-batches.
 */
export function facilityViews(fromFile: readonly StreamRecord[]): string[] {
  const columns = FIELDS.join(", ");
  const rows = fromFile.map(
    // What is for people alone decides nothing here.
    (record) =>
      `(${STREAMS.facility.fields.map(({ name, type, text: kind }) => literal(kind === "prose" ? null : record[name], TYPES[type])).join(", ")})`,
  );
  const file =
    rows.length === 0
      ? ""
      : `\nUNION ALL\nSELECT ${columns}, 1 AS from_file FROM (VALUES\n  ${rows.join(",\n  ")}\n) AS facility_file (${columns})`;
  return [
    view(
      "facility_record",
      `SELECT ${columns}, 0 AS from_file FROM facility_in WHERE rejection IS NULL${file}`,
    ),
    view(
      "facility_versions",
      `SELECT fixmedins_code AS code, fundpulse_facilities(${columns}, from_file) AS versions\nFROM facility_record GROUP BY fixmedins_code`,
    ),
  ];
}

/** What the jar tells of a facility as of a day, in this order; `facility_known` is `1` or `0`. */
const FACTS = ["division", "tier", "ownership", "kind", "facility_known"] as const;

/** Two views: bills meet their facility by its code, then `into` has their columns with its facts as of a day. */
export function withFacility(names: {
  readonly of: string;
  readonly into: string;
  readonly day: string;
  readonly columns: readonly string[];
}): string[] {
  const { of, into, day, columns } = names;
  const facts = FACTS.map((name, i) => `SPLIT_INDEX(fact_text, ${SEPARATOR_SQL}, ${i}) AS ${name}`);
  return [
    view(
      `${into}_met`,
      `SELECT s.*, fundpulse_facility(f.versions, s.${day}, s.fix_blng_admdvs, ${tierOfLevel("s.hosp_lv")}) AS fact_text
FROM ${of} s LEFT JOIN facility_versions f ON s.fixmedins_code = f.code`,
    ),
    view(into, `SELECT ${[...columns, ...facts].join(",\n  ")}\nFROM ${into}_met`),
  ];
}

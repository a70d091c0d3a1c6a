import type { CategoryTable } from "../../aggregations/dimensions/categories.js";
import { isMunicipal, liesInDigits, MUNICIPALITIES } from "../../aggregations/dimensions/region.js";
import { NATIONAL_CHANNELS, PersonKinds } from "../../aggregations/dimensions/tuples.js";
import { INPATIENT } from "../../aggregations/settlement/stay.js";
import type { Config } from "../../schemas/config/schema.js";
import { SETTLEMENT_DIMENSIONS, type SettlementDimension, UNKNOWN } from "../../schemas/dimensions.js";
import { firstOf, isOneOf, text } from "./dialect.js";
import { required } from "./measures.js";

const unknown = text(UNKNOWN);

/** The place of a settlement's insurance in the configuration; NULL where no insurance has its code. */
export const insurance = (insurances: Config["insurances"]): string =>
  firstOf(
    Object.values(insurances).map((codes, i) => [isOneOf("insutype", codes), String(i)]),
    "CAST(NULL AS INT)",
  );

/** The name of the insurance that `ins` stands for. */
export const insuranceName = (insurances: Config["insurances"]): string =>
  firstOf(
    Object.keys(insurances).map((name, i) => [`ins = ${i}`, text(name)]),
    unknown,
  );

/** The place of the rule that decides a settlement's category; NULL where none does. Over `ins`. */
export function category(table: CategoryTable, insurances: Config["insurances"]): string {
  const names = Object.keys(insurances);
  return firstOf(
    table.specificFirst.map((rule, i): [string, string] => [
      [
        `med_type = ${text(rule.med_type)}`,
        ...(rule.dise_no ? [`dise_no = ${text(rule.dise_no)}`] : []),
        ...(rule.insurance ? [`ins = ${names.indexOf(rule.insurance)}`] : []),
      ].join(" AND "),
      String(i),
    ]),
    "CAST(NULL AS INT)",
  );
}

/** Whether the care of `cat` is a stay. */
export const inpatient = (table: CategoryTable): string =>
  isOneOf(
    "COALESCE(cat, -1)",
    table.specificFirst.flatMap((rule, i) => (rule.care === INPATIENT ? [i] : [])),
  );

/** `tierOfLevel` (aggregations/dimensions/facilities.ts). */
export const tierOfLevel = (level: string): string =>
  firstOf(
    [
      [isOneOf(level, ["01", "02", "03", "04"]), "'3'"],
      [isOneOf(level, ["05", "06", "07"]), "'2'"],
      [isOneOf(level, ["08", "09", "10"]), "'1'"],
    ],
    "'0'",
  );

/** `liesIn` the jurisdiction (aggregations/dimensions/region.ts). */
export function liesIn(division: string, jurisdiction: Config["jurisdiction"]): string {
  const digits = liesInDigits(jurisdiction);
  return `SUBSTRING(${division}, 1, ${digits}) = ${text(jurisdiction.admdvs.slice(0, digits))}`;
}

/** Insured and treated elsewhere (`flowOf`). */
export const isOutside = (insured: string, division: string, jurisdiction: Config["jurisdiction"]): string =>
  `(${division} <> '' AND NOT (${liesIn(insured, jurisdiction)}) AND NOT (${liesIn(division, jurisdiction)}))`;

/** `regionOf` (aggregations/dimensions/region.ts). */
function region(): string {
  const first = (field: string, digits: number): string => `SUBSTRING(${field}, 1, ${digits})`;
  const municipal = [...MUNICIPALITIES].filter((code) => isMunicipal(`${code}0000`));
  return firstOf(
    [
      ["division = ''", unknown],
      ["insu_admdvs = division AND SUBSTRING(insu_admdvs, 5, 2) NOT IN ('00', '99')", "'county'"],
      [`${first("insu_admdvs", 2)} <> ${first("division", 2)}`, "'national'"],
      [isOneOf(first("insu_admdvs", 2), municipal), "'city'"],
      [`${first("insu_admdvs", 4)} <> ${first("division", 4)}`, "'province'"],
      ["SUBSTRING(insu_admdvs, 3, 2) = '90' AND insu_admdvs <> division", "'province'"],
    ],
    "'city'",
  );
}

/** `flowOf` of a bill that is counted. */
const flow = (jurisdiction: Config["jurisdiction"]): string =>
  firstOf(
    [
      ["division = ''", unknown],
      [`NOT (${liesIn("insu_admdvs", jurisdiction)})`, "'inbound'"],
      [liesIn("division", jurisdiction), "'local'"],
    ],
    "'outbound'",
  );

/** `careGroupOf` (aggregations/dimensions/tuples.ts), over the columns `d_region`, `tier`, `ownership` and `kind`. */
const careGroup = (rules: Config["careGroups"]): string =>
  firstOf(
    rules.map((rule): [string, string] => {
      const conditions = Object.entries(rule.when).flatMap(([d, values]) =>
        values ? [isOneOf(d === "region" ? "d_region" : d, values)] : [],
      );
      return [conditions.length > 0 ? conditions.join(" AND ") : "TRUE", text(rule.name)];
    }),
    unknown,
  );

function channel(own: Config["channels"]): string {
  const codes = new Map<string, string>(Object.entries(NATIONAL_CHANNELS));
  for (const [name, list] of Object.entries(own)) for (const code of list ?? []) codes.set(code, name);
  return firstOf(
    [...codes].map(([code, name]) => [`setl_type = ${text(code)}`, text(name)]),
    unknown,
  );
}

const personKind = (own: Config["personKinds"]): string =>
  firstOf(
    new PersonKinds(own).prefixes.map(([prefix, kind]) => [
      `SUBSTRING(psn_type, 1, ${prefix.length}) = ${text(prefix)}`,
      text(kind),
    ]),
    unknown,
  );

/**
 * Every dimension of a bill by name, over its own columns, those of its facility (`division`, `tier`, `ownership`,
 * `kind`) and the rule of its category `cat`. `care_group` is an expression over `d_region`.
 */
export function dimensions(config: Config, table: CategoryTable): Map<SettlementDimension, string> {
  const byRule = (of: "care" | "category"): string =>
    firstOf(
      table.specificFirst.map((rule, i) => [`cat = ${i}`, text(rule[of])]),
      unknown,
    );
  const all: Readonly<Record<SettlementDimension, string>> = {
    care: byRule("care"),
    category: byRule("category"),
    region: region(),
    flow: flow(config.jurisdiction),
    tier: "tier",
    ownership: "ownership",
    care_group: careGroup(config.careGroups),
    district: "insu_admdvs",
    facility_district: `CASE WHEN division = '' THEN ${unknown} ELSE division END`,
    channel: channel(config.channels),
    person_kind: personKind(config.personKinds),
    facility: "fixmedins_code",
  };
  return new Map(SETTLEMENT_DIMENSIONS.map((d) => [d, required(all, d, "dimension")]));
}

/** Parents of a category's line at each depth, over `cat` and `ins`: NULL where there is none so far up. */
export function parentLines(table: CategoryTable, insurances: Config["insurances"]): string[] {
  const names = Object.keys(insurances);
  const found = table.specificFirst.flatMap((rule, cat) =>
    names.map((name, ins) => ({ cat, ins, parents: table.parentsOf(rule.category, name) })),
  );
  const depth = Math.max(0, ...found.map(({ parents }) => parents.length));
  return Array.from({ length: depth }, (_, i) =>
    firstOf(
      found
        .filter(({ parents }) => parents.length > i)
        .map(({ cat, ins, parents }) => [`cat = ${cat} AND ins = ${ins}`, text(parents[i])]),
      "CAST(NULL AS STRING)",
    ),
  );
}

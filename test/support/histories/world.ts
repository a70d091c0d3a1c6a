import fc from "fast-check";
import { type Config, configSchema } from "../../../schemas/config/schema.js";
import type { OracleCategory, Plain } from "../oracle/types.js";

/** The fixed surroundings of a history: configuration and reference tables. */
export interface World {
  readonly config: Config;
  readonly facilities: readonly Plain[];
  readonly categories: readonly OracleCategory[];
  /** The division that stands where the intents say 620725. */
  readonly home: string;
}

/** The clock at the end of every history. */
export const FINAL_NOW = Date.parse("2025-02-20T04:00:00Z");
export const FIRST_DAY = "2023-11-01";

/** H1 and H2 lie in the county, H3 outside; H4 arrives later or never; H5 is never known. */
export const FACILITY_CODES = ["H1", "H2", "H3", "H4", "H5"] as const;

/** County, its city's others, city-run, province-run, another province, municipality, 90-counties. */
export const DIVISIONS = [
  "620725",
  "620702",
  "620799",
  "620700",
  "629900",
  "620102",
  "610102",
  "310104",
  "310115",
  "429004",
  "429005",
] as const;

export const INSURANCE_CODES = ["310", "390", "390", "340", "510"] as const;
export const MED_TYPES = ["21", "11", "14", "41"] as const;

export const HISTORY_CATEGORIES: readonly OracleCategory[] = [
  { med_type: "21", category: "普通住院", care: "inpatient" },
  { med_type: "21", dise_no: "D1", category: "单病种住院", care: "inpatient", parent: "普通住院" },
  {
    ...{ med_type: "21", dise_no: "D1", insurance: "resident" },
    ...{ category: "居民单病种", care: "inpatient", parent: "普通住院" },
  },
  { med_type: "21", insurance: "maternity", category: "生育住院", care: "maternity" },
  { med_type: "11", category: "普通门诊", care: "outpatient" },
  { med_type: "14", category: "门诊慢特病", care: "outpatient" },
  { med_type: "14", dise_no: "D2", category: "门诊两病", care: "outpatient", parent: "门诊慢特病" },
  { med_type: "41", category: "药店购药", care: "pharmacy" },
];

/** Jurisdictions, each with the division that most of its people and facilities belong to. */
const JURISDICTIONS = [
  { name: "county", admdvs: "620725", level: "county", home: "620725" },
  { name: "city", admdvs: "620700", level: "city", home: "620725" },
  { name: "city with its own people", admdvs: "620700", level: "city", home: "620700" },
  { name: "province", admdvs: "620000", level: "province", home: "629900" },
  { name: "municipality", admdvs: "310000", level: "city", home: "310104" },
  { name: "county-level city", admdvs: "429004", level: "county", home: "429004" },
  { name: "province of county-level cities", admdvs: "420000", level: "province", home: "429005" },
] as const;

const CARE_GROUPS = [
  [],
  [
    { name: "市外", when: { region: ["province", "national"] } },
    { name: "县外市内", when: { region: ["city"] } },
    { name: "县二级", when: { tier: ["2", "3"] } },
    { name: "县一级民营", when: { ownership: ["private"] } },
    { name: "乡镇级", when: { kind: ["township", "village"] } },
  ],
  [
    { name: "市内三级", when: { region: ["county", "city"], tier: ["3"] } },
    { name: "不明", when: { region: ["unknown"], tier: ["0"] } },
    { name: "其他" },
  ],
];

/** Worlds: mostly the county of Shandan in Shanghai's zone, with either refund policy. */
export const worlds: fc.Arbitrary<World> = fc
  .record({
    jurisdiction: fc.oneof(
      { weight: 6, arbitrary: fc.constant(JURISDICTIONS[0]) },
      { weight: 4, arbitrary: fc.constantFrom(...JURISDICTIONS) },
    ),
    refunds: fc.constantFrom("own-period", "original-period"),
    careGroups: fc.constantFrom(...CARE_GROUPS),
    timezone: fc.constantFrom("Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "America/New_York"),
    keep: fc.constantFrom([800, 92], [400, 31], [40, 400], [0, 1]),
    benefit: fc.constantFrom(undefined, {
      resident: ["pool_paid", "critical_paid"],
      employee: ["account_paid"],
      maternity: ["fund_paid"],
    }),
    outside: fc.constantFrom(...DIVISIONS.slice(1)),
  })
  .map(({ jurisdiction: { home, ...jurisdiction }, keep, outside, benefit, ...rest }) => ({
    config: configSchema.parse({
      ...rest,
      jurisdiction,
      source: { kind: "folder" },
      privacy: { personKey: "history" },
      periods: { firstDay: FIRST_DAY, keepDays: keep[0], keepFacilityDays: keep[1] },
      ...(benefit ? { benefit } : {}),
    }),
    facilities: [
      { fixmedins_code: "H1", admdvs: home, hosp_lv: "05", ownership: "public", kind: "hospital" },
      { fixmedins_code: "H2", admdvs: home, tier: "1", ownership: "private", kind: "township" },
      { fixmedins_code: "H3", admdvs: outside, hosp_lv: "01", ownership: "public" },
    ] as readonly Plain[],
    categories: HISTORY_CATEGORIES,
    home,
  }));

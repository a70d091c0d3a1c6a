import type { CategoryTable } from "../../aggregations/dimensions/categories.js";
import { HOSPITAL_LEVELS } from "../../aggregations/dimensions/facilities.js";
import type { Config } from "../../schemas/config/schema.js";
import { dimensionsOf, SETTLEMENT_DIMENSIONS, type SettlementDimension } from "../../schemas/dimensions.js";
import { isOneOf, joined, text, view } from "./dialect.js";
import { insuranceName, parentLines } from "./dimensions.js";
import { measures } from "./measures.js";

/**
 * The records of the figures topic: key, numbers, text. Kinds of key (its first part):
 *
 * | kind | further parts | numbers | text |
 * |---|---|---|---|
 * | `c` cell | month, insurance, every dimension, whether the facility is known | measures, settlements | |
 * | `d`, `f` day | day, insurance, `home`, the dimensions of the day groupings without (`d`), with (`f`) facility | measures, settlements | |
 * | `p` persons | year, number of the grouping, its dimensions' values | 31 periods of each insurance, then of all | |
 * | `u` unmapped | month, kind, code | records, fee | |
 * | `r` reporting | facility, day | latest `setl_time`, settlements | |
 * | `q` quarantine | partition, offset | | fault, day, time that decides when it is due, fee, sealed bytes |
 * | `m` | `settlement` or `facility`, partition | last offset, records | |
 * | `m` | `latest` | latest `setl_time` | |
 * | `m` | `archived`, partition | rows of the archive | |
 * | `m` | `manifest` | | digest, key check |
 * | `m` | `savepoint` | | path; written by `flink savepoint --stop` |
 */
export const FIGURE_KINDS = {
  cell: "c",
  day: "d",
  facilityDay: "f",
  persons: "p",
  unmapped: "u",
  reporting: "r",
  quarantine: "q",
  meta: "m",
} as const;
const K = FIGURE_KINDS;

/** The dimensions that the day groupings tell apart, with (`facility`) and without facilities. */
export function dayDimensions(config: Config, facility: boolean): SettlementDimension[] {
  const groupings = config.periods.dayGroupings.filter(
    (g) => dimensionsOf(g).includes("facility") === facility,
  );
  return SETTLEMENT_DIMENSIONS.filter((d) => groupings.some((g) => dimensionsOf(g).includes(d)));
}

const NO_NUMBERS = "CAST(NULL AS ARRAY<BIGINT>)";
const NO_TEXT = "CAST(NULL AS STRING)";
const string = (expression: string): string => `CAST(${expression} AS STRING)`;
const keyOf = (kind: string, parts: readonly string[]): string => joined([text(kind), ...parts]);
const figure = (key: string, numbers: string, words: string, from: string): string =>
  `SELECT ${key} AS k, ${numbers} AS v, ${words} AS t FROM ${from}`;

/** A figure of a job about itself, for each value of a column. */
export const metaFigure = (what: string, by: string, numbers: string, from: string): string =>
  figure(keyOf(K.meta, [text(what), string(by)]), numbers, NO_TEXT, from);

/** Views and the branches of the figures' insert. */
export interface FigureSql {
  readonly views: readonly string[];
  readonly branches: readonly string[];
}

/** Sums of the measures by month and by day. */
export function sumFigures(config: Config): FigureSql {
  const sums = measures(config);
  const columns = sums.map((_, i) => `m${i}`);
  const dims = (names: readonly SettlementDimension[]): string[] => names.map((d) => `d_${d}`);
  const flag = (condition: string): string => `CASE WHEN ${condition} THEN '1' ELSE '0' END`;
  const lot = (name: string, kind: string, parts: readonly string[], where = ""): string[] => [
    view(
      `${name}_row`,
      `SELECT ${keyOf(kind, parts)} AS k, ${columns.join(", ")} FROM bill_measures${where}`,
    ),
    view(
      name,
      `SELECT k, ARRAY[${columns.map((m) => `SUM(${m})`).join(", ")}, COUNT(*)] AS v FROM ${name}_row GROUP BY k`,
    ),
  ];
  const day = (facility: boolean): string[] => {
    const names = dayDimensions(config, facility);
    return [string("setl_day"), "insurance", flag("home"), ...dims(names)];
  };
  const names = ["cell", "day_sum", "facility_day"];
  return {
    views: [
      view(
        "bill_measures",
        `SELECT setl_month, setl_day, ${insuranceName(config.insurances)} AS insurance, home, facility_known, ${dims(SETTLEMENT_DIMENSIONS).join(", ")},
  ${sums.map((sql, i) => `${sql} AS m${i}`).join(",\n  ")}
FROM bill_dimensions`,
      ),
      ...lot("cell", K.cell, [
        string("setl_month"),
        "insurance",
        ...dims(SETTLEMENT_DIMENSIONS),
        "facility_known",
      ]),
      ...lot("day_sum", K.day, day(false)),
      ...lot("facility_day", K.facilityDay, day(true)),
    ],
    branches: names.map((name) => figure("k", "v", NO_TEXT, name)),
  };
}

/** Distinct persons of every period of a year: net weights by person and group, then counts by group. */
export function personFigures(config: Config, categories: CategoryTable): FigureSql {
  const lines = parentLines(categories, config.insurances);
  const keys = (groupings: readonly (readonly [grouping: string, number: number])[]): string[] =>
    groupings.flatMap(([grouping, number]) => {
      const parts = dimensionsOf(grouping);
      const key = (category: string): string =>
        joined([text(String(number)), ...parts.map((d) => (d === "category" ? category : `d_${d}`))]);
      if (!parts.includes("category")) return [key("")];
      return [
        key("d_category"),
        ...lines.map((line) => `CASE WHEN ${line} IS NULL THEN ${NO_TEXT} ELSE ${key(line)} END`),
      ];
    });
  const all = config.personGroupings.map((g, i) => [g, i] as const);
  // Other people's funds count only where the flow is told apart.
  const foreign = keys(all.filter(([g]) => dimensionsOf(g).includes("flow")));
  const array = (list: readonly string[]): string => `ARRAY[${list.join(",\n    ")}]`;
  if (all.length === 0) return { views: [], branches: [] };
  const groups =
    foreign.length > 0
      ? `CASE WHEN home THEN ${array(keys(all))}\n  ELSE ${array(foreign)} END`
      : array(keys(all));
  const where = foreign.length > 0 ? "" : " AND home";
  return {
    views: [
      view(
        "person_row",
        `SELECT ${joined([text(K.persons), string("CAST((setl_month - MOD(setl_month, 12)) / 12 AS INT)"), "g.group_key"])} AS k, psn, ins, MOD(setl_month, 12) AS m, weight
FROM bill_dimensions CROSS JOIN UNNEST(${groups}) AS g(group_key)
WHERE weight <> 0${where} AND g.group_key IS NOT NULL`,
      ),
      view(
        "person_group",
        "SELECT k, psn, fundpulse_held(ins, m, weight) AS held FROM person_row GROUP BY k, psn",
      ),
      view(
        "person_count",
        `SELECT k, fundpulse_held_counts(held, ${Object.keys(config.insurances).length}) AS v FROM person_group GROUP BY k`,
      ),
    ],
    branches: [figure("k", "v", NO_TEXT, "person_count")],
  };
}

/** What is counted under codes that no table knows (`MonthCache`), and how far each facility's bills have come. */
export function qualityFigures(): FigureSql {
  const kinds: [kind: string, code: string, condition: string][] = [
    ["facility", "fixmedins_code", "facility_known = '0'"],
    ["hosp_lv", "hosp_lv", `facility_known = '0' AND NOT ${isOneOf("hosp_lv", HOSPITAL_LEVELS)}`],
    ["psn_type", "psn_type", "d_person_kind = 'unknown'"],
    ["setl_type", "setl_type", "d_channel = 'unknown'"],
  ];
  const rows = kinds.map(
    ([kind, code, condition]) =>
      `SELECT ${keyOf(K.unmapped, [string("setl_month"), text(kind), code])} AS k, medfee_sumamt FROM bill_dimensions WHERE ${condition}`,
  );
  return {
    views: [
      view("unmapped_row", rows.join("\nUNION ALL\n")),
      view("unmapped", "SELECT k, ARRAY[COUNT(*), SUM(medfee_sumamt)] AS v FROM unmapped_row GROUP BY k"),
      view(
        "reporting",
        `SELECT ${keyOf(K.reporting, ["fixmedins_code", string("setl_day")])} AS k, ARRAY[MAX(setl_time), COUNT(*)] AS v
FROM settlement_placed WHERE fault IS NULL GROUP BY fixmedins_code, setl_day`,
      ),
    ],
    branches: ["unmapped", "reporting"].map((name) => figure("k", "v", NO_TEXT, name)),
  };
}

/** What could not be counted, record by record, with its bytes sealed; and how far the job has read. */
export function progressFigures(digest: string): FigureSql {
  const quarantined = (from: string, day: string): string =>
    figure(
      keyOf(K.quarantine, [string("part"), string("pos")]),
      NO_NUMBERS,
      joined([
        "fault",
        `COALESCE(${string(day)}, '')`,
        `COALESCE(${string("CASE WHEN updt_time > setl_time THEN updt_time ELSE setl_time END")}, '')`,
        `COALESCE(${string("medfee_sumamt")}, '')`,
        "fundpulse_seal(raw_value)",
      ]),
      `${from} WHERE fault IS NOT NULL AND fault <> 'passed_over'`,
    );
  const progress = (stream: string, from: string): string =>
    metaFigure(stream, "part", "ARRAY[MAX(pos), COUNT(*)]", `${from} GROUP BY part`);
  return {
    views: [],
    branches: [
      // Of a record that could not be read whole nobody relies on a day.
      quarantined("settlement_judged", "CASE WHEN rejection IS NULL THEN setl_day END"),
      quarantined("settlement_placed", "setl_day"),
      progress("settlement", "settlement_judged"),
      progress("facility", "facility_in"),
      figure(
        keyOf(K.meta, [text("latest")]),
        "ARRAY[MAX(setl_time)]",
        NO_TEXT,
        `(SELECT setl_time, 0 AS lot FROM settlement_placed WHERE fault IS NULL) GROUP BY lot`,
      ),
      figure(
        keyOf(K.meta, [text("manifest")]),
        NO_NUMBERS,
        joined([text(digest), "fundpulse_key_check(lot)"]),
        "(VALUES (1)) AS manifest_row (lot)",
      ),
    ],
  };
}

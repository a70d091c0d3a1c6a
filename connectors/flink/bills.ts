import type { CategoryTable } from "../../aggregations/dimensions/categories.js";
import type { Config } from "../../schemas/config/schema.js";
import { AMOUNT_FIELDS } from "../../schemas/input/streams.js";
import type { DayNumber } from "../../schemas/units.js";
import { once, view } from "./dialect.js";
import { category, dimensions, inpatient, insurance, isOutside, liesIn } from "./dimensions.js";
import { withFacility } from "./facilities.js";
import { fault, outsideFault, stayFault, timeFault } from "./judge.js";
import { account, MEASURED_AMOUNTS } from "./measures.js";
import { normalisedFields } from "./normalise.js";
import { canonical, GREATEST_FIRST, precedence } from "./version.js";
import { bedDays, weight } from "./weight.js";

/** What the views of the settlements are generated from. */
interface BillRules {
  readonly config: Config;
  readonly categories: CategoryTable;
  readonly firstDay: DayNumber;
}

const PLACE = ["part", "pos"];

/** Settlements with what is wrong with each of them before its facility is asked; NULLs where nothing is. */
export function judgedViews({ config, categories, firstDay }: BillRules): string[] {
  return [
    view(
      "settlement_normal",
      `SELECT ${normalisedFields().join(",\n  ")},\n  setl_day, setl_month, rejection, raw_value, ${PLACE.join(", ")}\nFROM settlement_in`,
    ),
    view(
      "settlement_insured",
      `SELECT *, ${once(insurance(config.insurances))} AS ins FROM settlement_normal`,
    ),
    view(
      "settlement_lined",
      `SELECT *, ${once(category(categories, config.insurances))} AS cat FROM settlement_insured`,
    ),
    view("settlement_coded", `SELECT *, ${inpatient(categories)} AS inpatient FROM settlement_lined`),
    view(
      "settlement_judged",
      `SELECT *,
  ${fault()} AS fault,
  CASE WHEN rejection IS NULL THEN ${stayFault()} END AS stay_fault,
  CASE WHEN rejection IS NULL THEN ${timeFault(firstDay)} END AS time_fault
FROM settlement_coded`,
    ),
  ];
}

/** What a settlement is known by once it was found good in itself. */
const CARRIED = [
  ...["setl_id", "init_setl_id", "psn", "ins", "cat", "insu_admdvs", "fixmedins_code", "fix_blng_admdvs"],
  ...[
    "hosp_lv",
    "psn_type",
    "setl_type",
    "clr_way",
    "vali_flag",
    "setl_time",
    "updt_time",
    "flag_rank",
    "canon",
  ],
  ...["weight", "bed_days", "setl_day", "setl_month", ...MEASURED_AMOUNTS],
];
const PLACED = ["division", "tier", "ownership", "kind", "facility_known"];

/** Settlements with their facility as of their day; `fault` says why one cannot be counted. */
export function placedViews({ config }: BillRules): string[] {
  const outside = isOutside("insu_admdvs", "division", config.jurisdiction);
  const amounts = MEASURED_AMOUNTS.filter((name) => (AMOUNT_FIELDS as readonly string[]).includes(name));
  return [
    view(
      "settlement_valid",
      `SELECT setl_id, init_setl_id, fundpulse_person(psn_no) AS psn, ins, cat, insu_admdvs, fixmedins_code, fix_blng_admdvs,
  hosp_lv, psn_type, setl_type, clr_way, vali_flag, setl_time, updt_time,
  ${precedence()} AS flag_rank,
  ${canonical()} AS canon,
  ${weight()} AS weight,
  ${bedDays()} AS bed_days,
  setl_day, setl_month, ${amounts.join(", ")}, ${account()} AS account,
  stay_fault, time_fault, raw_value, ${PLACE.join(", ")}
FROM settlement_judged WHERE fault IS NULL`,
    ),
    ...withFacility({
      of: "settlement_valid",
      into: "settlement_facts",
      day: "setl_day",
      columns: [...CARRIED, "stay_fault", "time_fault", "raw_value", ...PLACE],
    }),
    view(
      "settlement_placed",
      `SELECT *, CASE WHEN ${outside} THEN COALESCE(time_fault, ${outsideFault()})
  ELSE COALESCE(stay_fault, time_fault) END AS fault
FROM settlement_facts`,
    ),
    view(
      "standing",
      `SELECT ${[...CARRIED, ...PLACED].join(", ")} FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY setl_id ORDER BY ${GREATEST_FIRST}) AS place
  FROM settlement_placed WHERE fault IS NULL
) WHERE place = 1`,
    ),
  ];
}

const MOVING = ["setl_day", "setl_month", ...PLACED];
const STAYING = CARRIED.filter((c) => !MOVING.includes(c));

/**
 * The counted bills with the day that each counts on. Under `original-period` a refund counts on the day of its
 * current original, with the facility of that day, unless the facility would not allow it (`OriginalPeriod`).
 */
export function billViews({ config }: BillRules): string[] {
  if (config.refunds === "own-period") {
    return [view("bill", "SELECT * FROM standing WHERE vali_flag = '1'")];
  }
  const allowed = `original_day IS NOT NULL AND NOT ${isOutside("insu_admdvs", "division", config.jurisdiction)}`;
  const own = PLACED.map((c) => `${c} AS own_${c}`);
  const moved = MOVING.map((c) => {
    if (c === "setl_day") return `CASE WHEN ${allowed} THEN original_day ELSE setl_day END AS setl_day`;
    if (c === "setl_month")
      return `CASE WHEN ${allowed} THEN original_month ELSE setl_month END AS setl_month`;
    return `CASE WHEN ${allowed} THEN ${c} ELSE own_${c} END AS ${c}`;
  });
  return [
    view(
      "refund_of",
      `SELECT r.*, o.original_day, o.original_month
FROM (SELECT ${[...CARRIED, ...own].join(", ")} FROM standing WHERE vali_flag = '1' AND init_setl_id <> '') r
LEFT JOIN (SELECT setl_id AS original_id, setl_day AS original_day, setl_month AS original_month FROM standing) o
  ON r.init_setl_id = o.original_id`,
    ),
    ...withFacility({
      of: "refund_of",
      into: "refund_facts",
      day: "original_day",
      columns: [...CARRIED, ...PLACED.map((c) => `own_${c}`), "original_day", "original_month"],
    }),
    view(
      "bill",
      `SELECT ${[...STAYING, ...MOVING].join(", ")} FROM standing WHERE vali_flag = '1' AND init_setl_id = ''
UNION ALL
SELECT ${STAYING.join(", ")}, ${moved.join(",\n  ")} FROM refund_facts`,
    ),
  ];
}

/** The counted bills with every dimension as `d_…`; `home`: of people insured in the jurisdiction. */
export function dimensionViews({ config, categories }: BillRules): string[] {
  const all = dimensions(config, categories);
  const early = [...all].filter(([name]) => name !== "care_group");
  return [
    view(
      "bill_placed",
      `SELECT *, ${early.map(([name, sql]) => `${sql} AS d_${name}`).join(",\n  ")},\n  ${liesIn("insu_admdvs", config.jurisdiction)} AS home\nFROM bill`,
    ),
    view("bill_dimensions", `SELECT *, ${all.get("care_group")} AS d_care_group FROM bill_placed`),
  ];
}

/** Views that several readers share, with a condition that no row fulfils (`anchors`). */
export const sharedViews = (config: Config): [name: string, never: string][] => [
  ["settlement_judged", "setl_time = -9000000000000000"],
  ["settlement_placed", "setl_time = -9000000000000000"],
  ["bill_dimensions", "setl_time = -9000000000000000"],
  ...(config.refunds === "own-period"
    ? []
    : ([["standing", "setl_time = -9000000000000000"]] as [string, string][])),
];

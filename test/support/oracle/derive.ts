import type { Config } from "../../../schemas/config/schema.js";
import type { SettlementDimension } from "../../../schemas/dimensions.js";
import { facilityAsOf, tierOfLevel } from "./facilities.js";
import { flowOf, regionOf } from "./geography.js";
import type { OracleCategory, Reading } from "./types.js";
import { categoryOf, facilityDivision, insuranceOf, type World } from "./validate.js";
import { localDay } from "./values.js";

export type Dimensions = Record<SettlementDimension, string>;

function careGroupOf(d: Dimensions, kind: string, rules: Config["careGroups"]): string {
  const values: Record<string, string> = { region: d.region, tier: d.tier, ownership: d.ownership, kind };
  for (const rule of rules) {
    const conditions = Object.entries(rule.when) as [string, string[] | undefined][];
    if (conditions.every(([name, allowed]) => allowed === undefined || allowed.includes(values[name]))) {
      return rule.name;
    }
  }
  return "unknown";
}

function personKindOf(psnType: string): string {
  const kinds: Record<string, string> = {
    "11": "active",
    "12": "retired",
    "13": "veteran",
    "14": "resident",
    "15": "resident",
    "16": "resident",
  };
  return kinds[psnType.slice(0, 2)] ?? "unknown";
}

/** A category and the categories it counts in besides: its parent, the parent's parent … */
function withParents(row: OracleCategory, table: readonly OracleCategory[]): string[] {
  const names = [row.category];
  let parent = row.parent;
  while (parent && !names.includes(parent)) {
    names.push(parent);
    const name: string = parent;
    parent = table.find((c) => c.category === name && c.parent)?.parent;
  }
  return names;
}

/** Dimensions of a valid settlement as seen at `instant` (docs/specification.md#dimensions). */
export function derive(
  r: Reading,
  instant: number,
  world: World,
): { dimensions: Dimensions; categories: string[]; facilityKnown: boolean } {
  const { config } = world;
  const day = localDay(instant, config.timezone);
  const facility = facilityAsOf(world.facilities, r.text.fixmedins_code, day);
  const division = facilityDivision(r, instant, world);
  const category = categoryOf(r, insuranceOf(r, config), world.categories);
  if (category === null) throw new Error("derive() is for valid settlements");
  const dimensions: Dimensions = {
    care: category.care,
    category: category.category,
    region: regionOf(r.text.insu_admdvs, division),
    flow: flowOf(r.text.insu_admdvs, division, config.jurisdiction),
    tier: facility ? facility.tier : tierOfLevel(r.text.hosp_lv),
    ownership: facility ? facility.ownership : "unknown",
    care_group: "",
    district: r.text.insu_admdvs,
    facility_district: division || "unknown",
    channel: r.text.setl_type === "1" ? "manual" : "direct",
    person_kind: personKindOf(r.text.psn_type),
    facility: r.text.fixmedins_code,
  };
  dimensions.care_group = careGroupOf(dimensions, facility ? facility.kind : "unknown", config.careGroups);
  return {
    dimensions,
    categories: withParents(category, world.categories),
    facilityKnown: facility !== null,
  };
}

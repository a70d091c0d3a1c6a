import { COUNTY_HALF_YEAR } from "./county-half-year.js";

/** A template that comes with the product. */
export interface BuiltIn {
  readonly name: string;
  /** What it is, as `report templates` says it. */
  readonly about: string;
  readonly level: "county" | "city";
  readonly kinds: readonly string[];
  readonly source: string;
}

export const BUILT_IN: readonly BuiltIn[] = [
  {
    name: "county-half-year",
    about: "县级半年运行分析报告：全部表、图与文字 county's half-year analysis",
    level: "county",
    kinds: ["half", "year", "ytd", "month"],
    source: COUNTY_HALF_YEAR,
  },
];

/** The built-in template of a period kind for a jurisdiction. */
export const builtInFor = (level: string, kind: string): BuiltIn =>
  BUILT_IN.find((t) => t.level === (level === "county" ? "county" : "city") && t.kinds.includes(kind)) ??
  BUILT_IN[0]!;

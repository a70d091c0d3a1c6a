import { summaryFigures } from "../../../connectors/duckdb/reports/summary-blanks.js";
import { summarySettings } from "../../../schemas/config/summary.js";
import { CITY_DISTRICTS, CITY_QUARTER } from "./city.js";
import { COUNTY_HALF_YEAR } from "./county-half-year.js";
import { COUNTY_QUARTER_NOTICE } from "./county-quarter-notice.js";
import { countySummary } from "./county-summary.js";
import { PUBLIC_NOTICE } from "./public-notice.js";

/** A template that comes with the product. */
export interface BuiltIn {
  readonly name: string;
  /** What it is, as `report templates` says it. */
  readonly about: string;
  /** Its text, of which the Word document is made. */
  readonly source: () => string;
}

/** The lines of the summary do not depend on the names that stand on them. */
const SUMMARY = (): string =>
  countySummary(
    summaryFigures({ report: { summary: summarySettings.parse({}), categories: { inpatient: [] } } }),
  );

export const BUILT_IN: readonly BuiltIn[] = [
  {
    name: "county-half-year",
    about: "县级半年运行分析报告：全部表、图与文字 · a county's analysis with all tables, charts and prose",
    source: () => COUNTY_HALF_YEAR,
  },
  {
    name: "county-quarter-notice",
    about: "县级季度运行情况公示 · a county's quarterly public notice",
    source: () => COUNTY_QUARTER_NOTICE,
  },
  {
    name: "city-quarter",
    about: "市级季度运行分析，逐项同比 · a city's quarterly analysis, year on year in every line",
    source: () => CITY_QUARTER,
  },
  {
    name: "city-half-year-districts",
    about: "市级半年分县区统计 · a city's half-year statistics by district",
    source: () => CITY_DISTRICTS,
  },
  {
    name: "county-summary",
    about: "县级半年工作总结（229 项） · a county's half-year summary with its 229 figures",
    source: SUMMARY,
  },
  {
    name: "public-notice",
    about: "公开版运行情况公示（--public） · a notice of the public edition's figures alone",
    source: () => PUBLIC_NOTICE,
  },
];

/** The built-in template of a kind of period, for who has none of its own. */
export function builtInFor(level: string, kind: string): BuiltIn {
  const name =
    level === "county"
      ? kind === "quarter" || kind === "month"
        ? "county-quarter-notice"
        : "county-half-year"
      : kind === "half"
        ? "city-half-year-districts"
        : "city-quarter";
  return BUILT_IN.find((t) => t.name === name)!;
}

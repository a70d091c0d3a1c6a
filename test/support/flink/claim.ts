import { dayText, monthText, periodsOfYear } from "../../../aggregations/calendar.js";
import type { CategoryRule } from "../../../aggregations/dimensions/categories.js";
import { CategoryTable } from "../../../aggregations/dimensions/categories.js";
import { FacilityTable } from "../../../aggregations/dimensions/facilities.js";
import { GroupTable } from "../../../aggregations/dimensions/groups.js";
import { DimensionIndex } from "../../../aggregations/dimensions/tuples.js";
import type { JobFigure } from "../../../connectors/flink/figure.js";
import { dimensionRules } from "../../../pipelines/ledger/rules.js";
import type { Config } from "../../../schemas/config/schema.js";
import { NATIONAL_CATEGORIES } from "../../../schemas/input/national-categories.js";
import { MEASURES } from "../../../schemas/measures.js";
import type { Claimed } from "../oracle/compare.js";
import { type Figures, groupKey, type Sums } from "../oracle/types.js";

const partsOf = (grouping: string): string[] => (grouping === "total" ? [] : grouping.split("+"));

function add(into: Map<string, Figures>, period: string, key: string, row: readonly number[]): void {
  const figures = into.get(period) ?? new Map();
  into.set(period, figures);
  const sums = figures.get(key) ?? Object.fromEntries(MEASURES.map((m) => [m.name, 0]));
  MEASURES.forEach(({ name }, i) => {
    sums[name] += row[i];
  });
  figures.set(key, sums as Sums);
}

/** The groups' figures that a job's figures come to, for the oracle. */
export function claimOf(
  config: Config,
  categories: readonly CategoryRule[],
  figures: readonly JobFigure[],
): Claimed {
  const groups = new GroupTable();
  const table = new CategoryTable(NATIONAL_CATEGORIES, categories);
  const index = new DimensionIndex(dimensionRules(config), table, new FacilityTable([]), groups);
  const months = new Map<string, Figures>();
  const days = new Map<string, Figures>();
  const persons = new Map<string, Map<string, number>>();
  const { dayGroupings, keepDays, keepFacilityDays } = config.periods;
  const last = Math.max(...figures.flatMap((f) => (f.kind === "day" && f.row ? [f.day] : [])));
  for (const figure of figures) {
    if (figure.kind === "cell" && figure.row) {
      const tuple = index.number({
        insurance: figure.insurance,
        values: figure.values,
        facilityKnown: figure.facilityKnown,
      });
      for (const groupId of tuple.groups) {
        const { grouping, dimensions } = groups.groups[groupId];
        const values = partsOf(grouping).map((d) => (dimensions as Record<string, string>)[d]);
        for (const insurance of [figure.insurance, "all"])
          add(months, monthText(figure.month), groupKey(insurance, grouping, values), figure.row);
      }
    } else if ((figure.kind === "day" || figure.kind === "facilityDay") && figure.row) {
      const facility = figure.kind === "facilityDay";
      if (figure.day <= last - (facility ? keepFacilityDays : keepDays)) continue;
      for (const grouping of dayGroupings) {
        const parts = partsOf(grouping);
        if (parts.includes("facility") !== facility) continue;
        if (!figure.home && !parts.includes("flow")) continue;
        const own = figure.values as Record<string, string>;
        const lines = parts.includes("category")
          ? [own.category, ...table.parentsOf(own.category, figure.insurance)]
          : [""];
        for (const line of lines) {
          const values = parts.map((d) => (d === "category" ? line : own[d]));
          for (const insurance of [figure.insurance, "all"])
            add(days, dayText(figure.day), groupKey(insurance, grouping, values), figure.row);
        }
      }
    } else if (figure.kind === "persons" && figure.counts) {
      const names = [...Object.keys(config.insurances), "all"];
      const values = partsOf(figure.grouping).map((d) => (figure.values as Record<string, string>)[d]);
      periodsOfYear(figure.year).forEach((period, p) => {
        names.forEach((insurance, i) => {
          const n = figure.counts![i * 31 + p];
          if (n === 0) return;
          const counts = persons.get(period.id) ?? new Map();
          persons.set(period.id, counts);
          counts.set(groupKey(insurance, figure.grouping, values), n);
        });
      });
    }
  }
  return { months, days, persons };
}

import { z } from "zod";
import { parsePeriod, previousPeriodId } from "../../../aggregations/calendar.js";
import { minus, relative } from "../../../aggregations/micros.js";
import { type Figure, type FigureQuery, figuresOf } from "../../../connectors/duckdb/monitor/figures.js";
import { type Labels, labelsOf } from "../../../connectors/duckdb/monitor/labels.js";
import { ALL_INSURANCES, type Dimension } from "../../../schemas/dimensions.js";
import { currentPeriods } from "../http/periods.js";
import { figureKey, groupKey } from "./group-key.js";
import { district, insurance, period } from "./parameters.js";
import { perVersion } from "./per-version.js";
import type { Context } from "./route.js";
import { hideSmall } from "./small.js";

/** What every view's route takes; those that a view cannot serve are told in `scope`. */
export const viewQuery = {
  period: period.optional().describe("Left out: from 1 January to the month of the latest settlement"),
  insurance: insurance.default(ALL_INSURANCES),
  district: district.optional().describe("Insured persons' division, where the view is published by it"),
  compare: period.optional().describe("Another period to compare with than the year before"),
};

export const scopeShape = z.object({ insurance: z.string(), district: z.string().nullable() }).meta({
  id: "Scope",
  description: "What the answer was narrowed to: a district only where that is published",
});

/** Published figures as the caller may see them, with those of another period beside. */
export async function ask(context: Context, query: FigureQuery, compare?: string): Promise<Figure[]> {
  const found = await hideSmall(context, query, await figuresOf(context.file, query));
  if (compare === undefined || query.periods?.length !== 1) return found;
  const other = { ...query, periods: [compare] };
  const compared = await hideSmall(context, other, await figuresOf(context.file, other));
  const values = new Map(compared.map((f) => [figureKey(f), f.value]));
  return found.map((f) => {
    const value = values.get(figureKey(f)) ?? null;
    return {
      ...f,
      compared: value,
      compared_change: minus(f.value, value),
      compared_change_pct: relative(f.value, value),
    };
  });
}

/** Figures of one group by indicator. */
export interface Group {
  readonly period: string;
  readonly insurance: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly facility_name?: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** Figures put together by period and group, in their order. */
export function groupsOf(figures: readonly Figure[]): Group[] {
  const groups = new Map<
    string,
    { -readonly [K in keyof Group]: Group[K] } & { figures: Record<string, Figure> }
  >();
  for (const f of figures) {
    const key = `${f.period} ${groupKey(f)}`;
    let group = groups.get(key);
    if (group === undefined) {
      const { period, insurance, dimensions, facility_name } = f;
      group = { period, insurance, dimensions, ...(facility_name ? { facility_name } : {}), figures: {} };
      groups.set(key, group);
    }
    group.figures[f.indicator] = f;
  }
  return [...groups.values()];
}

/** The period asked for, or the current one of a kind; before any data that of today. */
export function periodOf(context: Context, given: string | undefined, kind = "ytd"): string {
  if (given !== undefined) return given;
  const today = new Date(context.now + context.calendar.offsetMs(context.now)).toISOString().slice(0, 10);
  return currentPeriods(context.file.snapshot.lastDay ?? today)[kind]!;
}

/** Months of a period up to the month of the latest settlement, and the same of the year before. */
export function monthsOf(
  context: Context,
  id: string,
): { readonly now: string[]; readonly before: string[] } {
  const period = parsePeriod(id)!;
  const last = context.file.snapshot.lastDay;
  const iso = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 7);
  const now: string[] = [];
  for (let day = period.startDay; day <= period.endDay; day += 1) {
    const month = iso(day);
    if (now.at(-1) !== month && (last === null || month <= last.slice(0, 7))) now.push(month);
  }
  return { now, before: now.map((m) => previousPeriodId(m)!) };
}

const labelsIn = perVersion(labelsOf);
/** Names of values; each version's are read once. */
export const labels = ({ file }: Context): Promise<Labels> => labelsIn(file);

/** Only a value of one dimension, where it is asked for. */
export const only = (dimension: Dimension, value: string | undefined): FigureQuery["where"] =>
  value === undefined ? {} : { [dimension]: [value] };

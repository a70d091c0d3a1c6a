import { z } from "zod";
import { minus, relative } from "../../../aggregations/micros.js";
import { type Figure, figuresOf } from "../../../connectors/duckdb/monitor/figures.js";
import { DIMENSIONS, type Dimension, groupingParts } from "../../../schemas/dimensions.js";
import { refuse } from "../http/problem.js";
import { figureKey } from "./group-key.js";
import {
  count,
  day,
  dimensionFilters,
  grouping,
  indicator,
  insurance,
  listOf,
  period,
  periodKind,
} from "./parameters.js";
import { type Context, route } from "./route.js";
import { figureShape } from "./shapes.js";
import { hideSmall } from "./small.js";

const MOST_FIGURES = 10_000;

/** Parameters that say which figures are meant; `export` has the same. */
export const figuresQuery = z.strictObject({
  period: listOf(period).optional().describe("One or more periods, parted by commas"),
  from: day
    .optional()
    .describe("With `to` and `period_kind` instead of `period`: periods that begin on or after"),
  to: day.optional().describe("Periods that begin on or before"),
  period_kind: periodKind.optional(),
  indicator: listOf(indicator).describe("One or more indicators, parted by commas"),
  insurance: listOf(insurance).default(["all"]),
  grouping,
  ...dimensionFilters,
  compare: period.optional().describe("Give beside each figure that of this period"),
});

export type FiguresQuery = z.output<typeof figuresQuery>;

const wrong = (path: string, message: string) =>
  refuse("FP6005", `${path}: ${message}`, { errors: [{ path, message }] });

/** All figures that the parameters mean, in the published order, as the caller may see them. */
export async function figuresFor(context: Context, query: FiguresQuery): Promise<Figure[]> {
  const { from, to, period_kind, compare } = query;
  const span = from !== undefined || to !== undefined || period_kind !== undefined;
  if (span === (query.period !== undefined)) {
    throw wrong("period", "give either `period`, or `from`, `to` and `period_kind`");
  }
  if (span && (from === undefined || to === undefined || period_kind === undefined)) {
    throw wrong("period_kind", "`from`, `to` and `period_kind` belong together");
  }
  const dimensions = groupingParts(query.grouping);
  const where: Partial<Record<Dimension, readonly string[]>> = {};
  for (const d of DIMENSIONS) {
    const values = query[d];
    if (values === undefined) continue;
    if (!dimensions.includes(d)) throw wrong(d, `the grouping ${query.grouping} does not have it`);
    where[d] = values;
  }
  const wanted = {
    ...(query.period ? { periods: query.period } : {}),
    ...(span ? { span: { kind: period_kind!, from: from!, to: to! } } : {}),
    indicators: [...new Set(query.indicator)],
    insurances: query.insurance,
    grouping: query.grouping,
    where,
  };
  const found = await hideSmall(context, wanted, await figuresOf(context.file, wanted));
  if (compare === undefined) return found;
  const other = { ...wanted, periods: [compare], span: undefined };
  const compared = await hideSmall(context, other, await figuresOf(context.file, other));
  const beside = new Map(compared.map((f) => [figureKey(f), f.value]));
  return found.map((f) => {
    const value = beside.get(figureKey(f)) ?? null;
    return {
      ...f,
      compared: value,
      compared_change: minus(f.value, value),
      compared_change_pct: relative(f.value, value),
    };
  });
}

/** Where the next page begins: the version and how many were given before. */
const after = z
  .string()
  .regex(/^\d{1,18}-\d{1,9}$/, "the `next` of the answer before")
  .optional()
  .describe("`next` of the answer before");

export const figuresRoute = route({
  path: "/api/v1/figures",
  summary: "Published figures",
  description:
    "The columns of `indicators`. At most 10,000 figures an answer; `next` is `after` of the following one, null at the end.",
  role: "viewer",
  query: figuresQuery.extend({ limit: count(MOST_FIGURES, MOST_FIGURES), after }),
  answer: z.object({ figures: z.array(figureShape), next: z.string().nullable() }),
  answerOf: async (context, query) => {
    const { version } = context.file.snapshot;
    const [of, given] = (query.after ?? `${version}-0`).split("-");
    if (of !== version) {
      throw wrong(
        "after",
        `version ${of} is no longer published, now it is ${version}: begin again without \`after\``,
      );
    }
    const found = await figuresFor(context, query);
    const start = Number(given);
    const end = start + query.limit;
    return {
      figures: found.slice(start, end),
      next: end < found.length ? `${version}-${end}` : null,
    };
  },
});

import { z } from "zod";
import { formulaOf, termsOf, termUnit, termZh } from "../../../aggregations/explain/formula.js";
import {
  parseRequest,
  type Request,
  groupingOf as requestGrouping,
} from "../../../aggregations/explain/request.js";
import { restatementOf } from "../../../connectors/duckdb/monitor/restatements.js";
import { DIMENSIONS, type Dimension } from "../../../schemas/dimensions.js";
import { MEASURES } from "../../../schemas/measures.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { refuse } from "../http/problem.js";
import { withOffsetOrNull } from "../http/times.js";
import { ask } from "./ask.js";
import { cellsOf, type KnownFormula, SIDES, termNames } from "./cells.js";
import { dimensionFilters, indicator, insurance, period, word } from "./parameters.js";
import { type Context, route } from "./route.js";
import { decimal, figureShape } from "./shapes.js";

const one = Object.fromEntries(Object.keys(dimensionFilters).map((d) => [d, word.optional()])) as Record<
  Dimension,
  z.ZodOptional<typeof word>
>;

export const explainQuery = z.object({
  period,
  indicator,
  insurance: insurance.default("all"),
  ...one,
});

const explainShape = {
  figure: figureShape.nullable(),
  indicator: z.string(),
  name_zh: z.string(),
  formula: z.string(),
  unit: z.string(),
  parts: z
    .array(
      z.object({
        side: z.enum(["numerator", "denominator"]),
        sign: z.string(),
        term: z.string(),
        zh: z.string(),
        unit: z.string(),
        value: decimal.describe("As it is published for this group; null where it is no figure of its own"),
      }),
    )
    .describe("The terms of the formula"),
  cells_grouping: z.string().nullable().describe("The finest published grouping below the figure's own"),
  cells: z
    .array(
      z.object({
        period: z.string(),
        dimensions: z.record(z.string(), z.string()),
        labels: z.record(z.string(), z.string()),
        facility_name: z.string().nullable(),
        value: decimal.describe("The first term"),
        unit: z.string(),
        terms: z.record(z.string(), decimal),
      }),
    )
    .describe(
      "Months and groups that add up to the terms, the largest first; empty for what does not add up",
    ),
  cells_count: z.number().int(),
  cells_sums: z.record(z.string(), decimal).describe("What all cells add up to, term by term"),
  sql: z.string().describe("Gives the figure from the published file"),
  since_close: z
    .looseObject({})
    .nullable()
    .describe("For a restated figure: what it was, what it is, the causes"),
};

export const explainRoute = route({
  path: "/api/v1/explain",
  summary: "From a figure to its terms and to the cells that they are summed from",
  description:
    "One value of each dimension of the figure's grouping. The settlements behind it are at /api/v1/settlements, for the role detail.",
  role: "viewer",
  query: explainQuery,
  answer: z.object(explainShape),
  answerOf: (context, query) => explanationOf(context, requestOf(query)),
});

/** @throws Refusal FP6005 as parseRequest says. */
export function requestOf(query: z.output<typeof explainQuery>): Request {
  const pairs = DIMENSIONS.flatMap((d) => (query[d] === undefined ? [] : [`${d}=${query[d]}`]));
  try {
    return parseRequest(query.period, query.indicator, [`insurance=${query.insurance}`, ...pairs]).request;
  } catch (error) {
    throw refuse("FP6005", (error as Error).message.replace(/; see --help \[FP1003\]$/, ""));
  }
}

async function explanationOf(
  context: Context,
  request: Request,
): Promise<z.input<z.ZodObject<typeof explainShape>>> {
  const { period: p, insurance: of, dimensions } = request;
  const grouping = requestGrouping(request);
  const where = Object.fromEntries(Object.entries(dimensions).map(([d, v]) => [d, [v!]]));
  const formula = formulaOf(request.indicator);
  const terms = formula === undefined ? [] : termNames(formula);
  const shown = [
    ...new Set([
      request.indicator,
      ...terms.filter((t) => MEASURES.some((m) => m.name === t) || t === "persons"),
    ]),
  ];
  const figures = await ask(context, {
    periods: [p.id],
    insurances: [of],
    grouping,
    indicators: shown,
    where,
  });
  const figure = figures.find((f) => f.indicator === request.indicator) ?? null;
  if (figure === null) {
    throw refuse("FP5003", `${request.indicator} of ${p.id} by ${grouping} is not published for that group`);
  }
  const values = new Map(figures.map((f) => [f.indicator, f.value]));
  const parts = formula === undefined ? [] : await partsOf(context, request, formula, values);
  const cells = await cellsOf(context, request, formula);
  const restated = figure.status === "restated" ? await restatementOf(context.file, figure) : null;
  return {
    figure,
    indicator: request.indicator,
    name_zh: formula?.indicator.zh ?? request.indicator,
    formula: formula?.indicator.formula ?? "上报数，原样发布，不作汇总",
    unit: figure.unit,
    parts,
    ...cells,
    sql: sqlOf(request),
    since_close: restated && {
      ...restated,
      restated_at: withOffsetOrNull(context.calendar, restated.restated_at),
    },
  };
}

/** Indicators under which terms of the books are published: in the period, or from 1 January. */
const PUBLISHED_AS: Readonly<Record<string, { readonly indicator: string; readonly ytd?: true }>> = {
  income: { indicator: "income" },
  expense: { indicator: "expense" },
  beneficiaries: { indicator: "beneficiaries" },
  settled: { indicator: "settled_expense" },
  income_to_date: { indicator: "income", ytd: true },
  expense_to_date: { indicator: "expense", ytd: true },
  settled_to_date: { indicator: "settled_expense", ytd: true },
  budget_income: { indicator: "budget_income" },
  budget_expense: { indicator: "budget_expense" },
  paid_persons: { indicator: "enrolled_paid" },
  enrolled: { indicator: "enrolled" },
  cases: { indicator: "dip_cases" },
  fee_for_service_amount: { indicator: "ffs_amount" },
  dip_amount: { indicator: "dip_amount" },
  deposit: { indicator: "dip_deposit" },
};

async function partsOf(
  context: Context,
  request: Request,
  formula: KnownFormula,
  values: ReadonlyMap<string, string | null>,
) {
  const parts = [];
  for (const side of SIDES) {
    for (const signed of termsOf(formula, side)) {
      const term = signed.slice(1);
      parts.push({
        side,
        sign: signed[0]!,
        term,
        zh: termZh(term),
        unit: termUnit(term, formula.family, formula.indicator.unit),
        value: values.get(term) ?? (await termValue(context, request, formula, term)),
      });
    }
  }
  return parts;
}

/** A term that stands under another name, another group or another period. */
async function termValue(
  context: Context,
  request: Request,
  formula: KnownFormula,
  term: string,
): Promise<string | null> {
  const { dimensions, insurance: of, period: p } = request;
  const look = async (name: string, at: Readonly<Partial<Record<Dimension, string>>>, id: string) => {
    const grouping = Object.keys(at).join("+") || "total";
    const where = Object.fromEntries(Object.entries(at).map(([d, v]) => [d, [v!]]));
    const [found] = await ask(context, {
      periods: [id],
      insurances: [of],
      grouping,
      indicators: [name],
      where,
    });
    return found?.value ?? null;
  };
  const base = /^(total|care|category)_(.+)$/.exec(term);
  if (base && formula.family === "settlement") {
    const { care, category } = dimensions;
    const at = {
      total: {},
      care: { ...(care ? { care } : {}) },
      category: { ...(care ? { care } : {}), ...(category ? { category } : {}) },
    };
    return look(base[2]!, at[base[1] as keyof typeof at], p.id);
  }
  const known = PUBLISHED_AS[term];
  if (known === undefined) return null;
  if (term === "enrolled") {
    const { district, person_kind } = dimensions;
    return look(
      "enrolled",
      { ...(district ? { district } : {}), ...(person_kind ? { person_group: person_kind } : {}) },
      p.id,
    );
  }
  const month = new Date(p.endDay * 86_400_000).toISOString().slice(0, 7);
  return look(known.indicator, dimensions, known.ytd ? `${month.slice(0, 4)}YTD${month.slice(5)}` : p.id);
}

/** The query that a reader of the published file can run to see the same. */
function sqlOf(request: Request): string {
  const conditions = [
    `period = ${quoteText(request.period.id)}`,
    `insurance = ${quoteText(request.insurance)}`,
    `"grouping" = ${quoteText(requestGrouping(request))}`,
    ...Object.entries(request.dimensions).map(([d, v]) => `${d} = ${quoteText(v!)}`),
    `indicator = ${quoteText(request.indicator)}`,
  ];
  return `SELECT value, unit, previous, change, change_pct, reported, status\nFROM indicators\nWHERE ${conditions.join("\n  AND ")}`;
}

import { type formulaOf, termsOf } from "../../../aggregations/explain/formula.js";
import type { Request } from "../../../aggregations/explain/request.js";
import { compare } from "../../../aggregations/findings/words.js";
import { decimal as decimalText, microsOr0 } from "../../../aggregations/micros.js";
import { type GroupsQuery, groupSums } from "../../../connectors/duckdb/monitor/groups.js";
import { groupingParts } from "../../../schemas/dimensions.js";
import { MEASURES } from "../../../schemas/measures.js";
import { ask, groupsOf, labels, monthsOf } from "./ask.js";
import type { Context } from "./route.js";

export type KnownFormula = NonNullable<ReturnType<typeof formulaOf>>;
/** Cells given, the largest first; `cells_sums` has all. */
const MOST_CELLS = 200;
export const SIDES = ["numerator", "denominator"] as const;
export const termNames = (formula: KnownFormula): string[] =>
  SIDES.flatMap((side) => termsOf(formula, side).map((t) => t.slice(1)));

const NO_CELLS = { cells_grouping: null, cells: [], cells_count: 0, cells_sums: {} };

/** The finest published groups that add up to a figure. */
export async function cellsOf(context: Context, request: Request, formula: KnownFormula | undefined) {
  if (formula?.family !== "settlement") return NO_CELLS;
  const terms = termNames(formula).filter((t) => MEASURES.some((m) => m.name === t));
  if (terms.length === 0) return NO_CELLS;
  const finer = finest(context.config.groupings, Object.keys(request.dimensions));
  if (finer === null) return NO_CELLS;
  const where = Object.fromEntries(Object.entries(request.dimensions).map(([d, v]) => [d, [v!]]));
  const months =
    request.period.kind === "day" ? [request.period.id] : monthsOf(context, request.period.id).now;
  if (context.config.monitor.smallCell === 0 || context.caller.role !== "viewer")
    return addedUp(context, request, { grouping: finer, months, terms: [...new Set(terms)], where });
  const [figures, names] = await Promise.all([
    ask(context, {
      periods: months,
      insurances: [request.insurance],
      grouping: finer,
      indicators: [...new Set(terms)],
      where,
    }),
    labels(context),
  ]);
  const groups = groupsOf(figures).filter((g) => {
    // A category counts in its parent's row too: the parents stand for their children.
    const { category } = g.dimensions;
    const asked = request.dimensions.category !== undefined || category === undefined;
    return asked || ![...names.parents.keys()].some((key) => key.endsWith(` ${category}`));
  });
  const first = terms[0]!;
  const sums = new Map(terms.map((t) => [t, 0n]));
  for (const g of groups)
    for (const t of sums.keys()) sums.set(t, sums.get(t)! + microsOr0(g.figures[t]?.value));
  const filled = groups.filter((g) => [...sums.keys()].some((t) => microsOr0(g.figures[t]?.value) !== 0n));
  const size = (v: string | null | undefined): string => (v ?? "0").replace("-", "");
  filled.sort((a, b) => compare(size(b.figures[first]?.value), size(a.figures[first]?.value)));
  return {
    cells_grouping: finer,
    cells: filled.slice(0, MOST_CELLS).map((g) => ({
      period: g.period,
      dimensions: { ...g.dimensions },
      labels: Object.fromEntries(Object.entries(g.dimensions).map(([d, v]) => [d, names.nameOf(d, v).zh])),
      facility_name: g.facility_name ?? null,
      value: g.figures[first]?.value ?? null,
      unit: g.figures[first]?.unit ?? "",
      terms: Object.fromEntries([...sums.keys()].map((t) => [t, g.figures[t]?.value ?? null])),
    })),
    cells_count: filled.length,
    cells_sums: Object.fromEntries([...sums].map(([t, v]) => [t, decimalText(v)])),
  };
}

/** The same where nothing is kept from the caller: the file adds up what may be a hundred thousand groups. */
async function addedUp(
  context: Context,
  request: Request,
  of: {
    readonly grouping: string;
    readonly months: readonly string[];
    readonly terms: readonly string[];
    readonly where: GroupsQuery["where"];
  },
) {
  const names = await labels(context);
  // A category counts in its parent's row too: the parents stand for their children.
  const children = [...names.parents.keys()].map((key) => key.slice(key.indexOf(" ") + 1));
  const found = await groupSums(context.file, {
    periods: of.months,
    insurance: request.insurance,
    grouping: of.grouping,
    measures: of.terms,
    where: of.where,
    without: request.dimensions.category === undefined ? [...new Set(children)] : [],
    limit: MOST_CELLS,
  });
  const unitOf = (term: string): string => MEASURES.find((m) => m.name === term)!.unit;
  const text = (term: string, sum: bigint): string =>
    decimalText(sum * (unitOf(term) === "yuan" ? 10_000n : 1_000_000n));
  const texts = (sums: Readonly<Record<string, bigint>>): Record<string, string> =>
    Object.fromEntries(of.terms.map((t) => [t, text(t, sums[t]!)]));
  const first = of.terms[0]!;
  return {
    cells_grouping: of.grouping,
    cells: found.largest.map((g) => ({
      period: g.period,
      dimensions: { ...g.dimensions },
      labels: Object.fromEntries(Object.entries(g.dimensions).map(([d, v]) => [d, names.nameOf(d, v).zh])),
      facility_name: g.facility_name,
      value: text(first, g.sums[first]!),
      unit: unitOf(first),
      terms: texts(g.sums),
    })),
    cells_count: found.count,
    cells_sums: texts(found.sums),
  };
}

/**
 * The published grouping with most further dimensions, facilities before others; `flow` only where the figure has it,
 * since inbound care counts there alone.
 */
function finest(groupings: readonly string[], own: readonly string[]): string | null {
  const fitting = groupings
    .map((g) => ({ g, parts: groupingParts(g) }))
    .filter(
      ({ parts }) => own.every((d) => parts.includes(d)) && (own.includes("flow") || !parts.includes("flow")),
    )
    .sort(
      (a, b) =>
        b.parts.length - a.parts.length ||
        Number(b.parts.includes("facility")) - Number(a.parts.includes("facility")) ||
        Number(b.parts.includes("category")) - Number(a.parts.includes("category")),
    );
  return fitting[0]?.g ?? null;
}

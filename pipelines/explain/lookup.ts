import { distance } from "fastest-levenshtein";
import { type Formula, factFormula, INDICATOR_NAMES } from "../../aggregations/explain/formula.js";
import { groupingOf, type Request } from "../../aggregations/explain/request.js";
import {
  groupingsOf,
  nearFigures,
  type PublishedFigure,
  publishedPeriods,
  reportedIndicators,
  valuesOf,
} from "../../connectors/duckdb/explain/figure.js";
import type { ExplainReader } from "../../connectors/duckdb/explain/reader.js";
import { DIMENSIONS, type Dimension, groupingParts } from "../../schemas/dimensions.js";
import { FundpulseError } from "../../schemas/errors.js";
import { lookUp } from "./collect.js";

const LISTED = 20;
const NEARBY = 8;

const wrong = (what: string): FundpulseError => new FundpulseError("FP1003", what);

const some = (values: readonly string[], limit = LISTED): string =>
  values.length === 0
    ? "none"
    : `${values.slice(0, limit).join(", ")}${values.length > limit ? ` and ${values.length - limit} more` : ""}`;

/** The figure that was asked for, its formula, and the terms published beside it. */
export interface Found {
  readonly formula: Formula;
  readonly published: Map<string, PublishedFigure>;
}

/**
 * Finds the published figure.
 * @throws FundpulseError FP1003 for a period, indicator or value that does not occur; FP5003 for a figure that
 * is not published, with those that are.
 */
export async function findFigure(
  reader: ExplainReader,
  request: Request,
  known: Formula | undefined,
): Promise<Found> {
  const formula = known ?? (await reportedFormula(reader, request.indicator));
  const published = await lookUp(reader, request, formula);
  if (published.has(request.indicator)) return { formula, published };
  throw await missing(reader, request);
}

async function reportedFormula(reader: ExplainReader, indicator: string): Promise<Formula> {
  const reported = await reportedIndicators(reader);
  const unit = reported.get(indicator);
  if (unit !== undefined) return factFormula(indicator, unit);
  const all = [...new Set([...INDICATOR_NAMES, ...reported.keys()])];
  const near = all.filter((name) => distance(name, indicator) <= 3);
  throw wrong(
    `indicator "${indicator}" is not one of ${all.join(", ")}${near.length > 0 ? `; did you mean ${near.join(" or ")}?` : ""}`,
  );
}

async function missing(reader: ExplainReader, request: Request): Promise<FundpulseError> {
  const { period, indicator } = request;
  const periods = await publishedPeriods(reader);
  if (!periods.includes(period.id)) {
    const alike = periods.filter((p) => p.length === period.id.length);
    return wrong(
      `period ${period.id} is not published; there are ${some(alike.length > 0 ? alike : periods)}`,
    );
  }
  for (const [name, value] of Object.entries(request.dimensions)) {
    const values = await valuesOf(reader, period.id, name as Dimension);
    if (!values.includes(value)) {
      return wrong(`${name}=${value} does not occur in ${period.id}; ${name} is ${some(values)}`);
    }
  }
  const asked = `${indicator} of ${period.id} by ${groupingOf(request)} for ${[
    `insurance=${request.insurance}`,
    ...Object.entries({ ...request.dimensions, ...request.other }).map(([d, v]) => `${d}=${v}`),
  ].join(" ")}`;
  const groupings = await groupingsOf(reader, period.id, indicator);
  if (groupings.length === 0) {
    return new FundpulseError("FP5003", `there is no ${indicator} in ${period.id}`, {
      action: "ask for another period or indicator",
    });
  }
  const wanted = groupingOf(request);
  const nearest = groupings.includes(wanted) ? wanted : closest(groupings, wanted);
  const near = await nearFigures(reader, request, nearest, NEARBY);
  const lines = near.map((figure) => `\n  fundpulse explain ${period.id} ${indicator} ${figure}`).join("");
  const known = groupings.includes(wanted)
    ? ""
    : `; ${indicator} stands by ${some([...groupings].sort(byOrder), 40)}`;
  return new FundpulseError("FP5003", `${asked} is not published${known}; near it are:${lines}\n`);
}

/** The grouping that shares most dimensions with what was asked for, with as few others as can be. */
function closest(groupings: readonly string[], wanted: string): string {
  const parts = new Set(groupingParts(wanted));
  const score = (g: string): number => {
    return groupingParts(g).reduce((sum, p) => sum + (parts.has(p) ? 2 : -1), 0);
  };
  return [...groupings].sort((a, b) => score(b) - score(a) || (a < b ? -1 : 1))[0]!;
}

function byOrder(a: string, b: string): number {
  const rank = (g: string): string =>
    groupingParts(g)
      .map((d) => String(DIMENSIONS.indexOf(d as Dimension) + 1).padStart(2, "0"))
      .join();
  return groupingParts(a).length - groupingParts(b).length || (rank(a) < rank(b) ? -1 : 1);
}

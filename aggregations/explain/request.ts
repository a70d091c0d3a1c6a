import { ALL_INSURANCES, DIMENSIONS, type Dimension, INSURANCES } from "../../schemas/dimensions.js";
import { FundpulseError } from "../../schemas/errors.js";
import { DIMENSION_LABELS } from "../../schemas/labels.js";
import { type Period, parsePeriod } from "../calendar.js";
import { FAMILY_DIMENSIONS, type Formula, formulaOf } from "./formula.js";

/** Which figure is to be explained, as asked for. */
export interface Request {
  readonly period: Period;
  readonly indicator: string;
  readonly insurance: string;
  /** In the order of `grouping` (docs/specification.md#indicators-table). */
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  /** Dimensions without a column: those of a reported fact. */
  readonly other: Readonly<Record<string, string>>;
}

const PERIOD_FORMS =
  "a day 2024-03-31, a month 2024-03, a quarter 2024Q1, a half-year 2024H1, a year 2024, or from 1 January to a month's end 2024YTD05";

/** Name under which dimensions are joined in `grouping`. */
export const groupingOf = (request: Pick<Request, "dimensions" | "other">): string =>
  [...Object.keys(request.dimensions), ...(Object.keys(request.other).length > 0 ? ["other"] : [])].join(
    "+",
  ) || "total";

/**
 * Reads `<period> <indicator> [dimension=value …]`. A value may be given by its printed Chinese label.
 * @throws FundpulseError FP1003 naming the allowed forms. Whether the values occur is not known here.
 */
export function parseRequest(
  periodText: string,
  indicator: string,
  pairs: readonly string[],
): { readonly request: Request; readonly formula: Formula | undefined } {
  const period = parsePeriod(periodText);
  if (period === null) throw wrong(`period "${periodText}": give ${PERIOD_FORMS}`);
  const formula = formulaOf(indicator);
  const given = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1 || at === pair.length - 1) {
      throw wrong(`"${pair}": give a dimension as name=value, e.g. insurance=resident`);
    }
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (given.has(name)) throw wrong(`dimension ${name} is given twice`);
    given.set(name, DIMENSION_LABELS[name]?.find((label) => label.zh === value)?.value ?? value);
  }
  const insurance = given.get("insurance") ?? ALL_INSURANCES;
  given.delete("insurance");
  if (![...INSURANCES, ALL_INSURANCES].includes(insurance as never)) {
    throw wrong(`insurance "${insurance}": one of ${[...INSURANCES, ALL_INSURANCES].join(", ")}`);
  }
  const dimensions: Partial<Record<Dimension, string>> = {};
  for (const name of DIMENSIONS) {
    const value = given.get(name);
    if (value !== undefined) dimensions[name] = value;
    given.delete(name);
  }
  if (formula) {
    const allowed = FAMILY_DIMENSIONS[formula.family];
    const unknown = [
      ...given.keys(),
      ...Object.keys(dimensions).filter((d) => !allowed.includes(d as Dimension)),
    ];
    if (unknown.length > 0) {
      throw wrong(
        `dimension ${unknown.join(", ")}: ${formula.indicator.name} has ${["insurance", ...allowed].join(", ")}`,
      );
    }
  }
  return {
    request: {
      period,
      indicator: formula?.indicator.name ?? indicator,
      insurance,
      dimensions,
      other: Object.fromEntries(given),
    },
    formula,
  };
}

const wrong = (what: string): FundpulseError => new FundpulseError("FP1003", what);

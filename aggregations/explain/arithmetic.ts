import { minus, over, parseDecimal, plus, type Rational, roundHalfUp, whole, ZERO } from "../rational.js";

/** Decimals of published values. */
const PLACES = 6;

/** A signed sum as far as the records give it. */
export interface SignedSum {
  /** `+` or `-`. */
  readonly sign: string;
  readonly term: string;
  /** Exact decimal text; null without any record. */
  readonly value: string | null;
}

/**
 * Terms that make a side undefined where no record gives them; any other counts 0 then
 * (docs/specification.md#fund-figures).
 */
const NEEDED: ReadonlySet<string> = new Set([
  "opening_balance",
  "budget_income",
  "budget_expense",
  "settled_to_date",
  "paid_persons",
  "target_persons",
  "enrolled",
  "persons",
]);

const places = (text: string): number => (/\.(\d+)$/.exec(text)?.[1] ?? "").length;

/** Sum of one side; null where a term that it needs is missing. Exact, with no more decimals than its terms. */
export function sideSum(terms: readonly SignedSum[]): string | null {
  if (terms.some((t) => t.value === null && NEEDED.has(t.term))) return null;
  let sum: Rational = ZERO;
  for (const { sign, value } of terms) {
    if (value === null) continue;
    sum = (sign === "-" ? minus : plus)(sum, parseDecimal(value)!);
  }
  return roundHalfUp(sum, Math.max(0, ...terms.map((t) => places(t.value ?? ""))));
}

/**
 * The figure that follows from both sides, as published: six decimals, half up; null over 0.
 * @param denominator null for a figure that is no ratio
 * @param months of the period, for a denominator that is taken per month; else 1
 */
export function figureOf(
  numerator: string | null,
  denominator: { readonly sum: string | null; readonly months: number } | null,
): string | null {
  if (numerator === null) return null;
  const top = parseDecimal(numerator)!;
  if (denominator === null) return roundHalfUp(top, PLACES);
  if (denominator.sum === null) return null;
  const value = over({ n: top.n * BigInt(denominator.months), d: top.d }, parseDecimal(denominator.sum)!);
  return value === null ? null : roundHalfUp(value, PLACES);
}

/** Whether two decimal texts say the same; nothing and 0 count as the same. */
export function sameValue(a: string | null, b: string | null): boolean {
  const [x, y] = [parseDecimal(a ?? "0") ?? ZERO, parseDecimal(b ?? "0") ?? ZERO];
  return minus(x, y).n === 0n;
}

/** a − b as exact decimal text; null where either is missing. */
export function difference(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return null;
  return roundHalfUp(
    minus(parseDecimal(a) ?? whole(0), parseDecimal(b) ?? whole(0)),
    Math.max(places(a), places(b)),
  );
}

import { Decimal } from "decimal.js";
import { type Figures, isSettled, type Year } from "./figures.js";
import type { Meaning, Quantity } from "./quantity.js";

/** How the bureau writes its figures. */
export interface PrintHabits {
  readonly rounding: "half-up" | "cut-off";
  /** A change from base 0: printed as 100.00 (and 0.00 from 0 to 0), or left out. */
  readonly zeroBase: "hundred" | "blank";
}

/** A figure in the printed unit, unrounded; `blank` where the bureau leaves the place empty; or why there is none. */
export type Computed = Decimal | "blank" | { readonly reason: string };

export const isReason = (c: Computed): c is { readonly reason: string } =>
  typeof c === "object" && !(c instanceof Decimal);

/** Computes a figure from unrounded sums, to be rounded once. A quotient over 0 is printed as 0. */
export function evaluate(
  meaning: Meaning,
  figures: Figures,
  habits: PrintHabits,
  previousKnown: boolean,
): Computed {
  const missing = missingFigure(meaning, figures, previousKnown);
  if (missing !== null) return { reason: missing };
  const now = ratioOf(meaning, figures, "value");
  if (meaning.form === "value") return now.times(meaning.scale);
  const before = ratioOf(meaning, figures, "previous");
  if (meaning.form === "previous") return before.times(meaning.scale);
  if (meaning.form === "difference") return now.minus(before).times(meaning.scale);
  if (before.isZero()) {
    if (habits.zeroBase === "blank") return "blank";
    return new Decimal(now.isZero() ? 0 : 100);
  }
  const of = meaning.form === "growth" ? now.minus(before) : now;
  return of.div(before).times(100);
}

function ratioOf({ top, bottom }: Meaning, figures: Figures, year: Year): Decimal {
  const over = sumOf(top, figures, year);
  if (bottom === null) return over;
  const base = sumOf(bottom, figures, year);
  return base.isZero() ? new Decimal(0) : over.div(base);
}

function sumOf(q: Quantity, figures: Figures, year: Year): Decimal {
  let sum = new Decimal(0);
  for (const { places, indicator, sign } of q.terms)
    sum = sum.plus(figures.sum(places, indicator, year).times(sign));
  return q.abs ? sum.abs() : sum;
}

/** Why the figure cannot be computed; null where it can. Where settlements have no row, they sum up to 0. */
function missingFigure(
  { top, bottom, form }: Meaning,
  figures: Figures,
  previousKnown: boolean,
): string | null {
  const years: readonly Year[] =
    form === "value" ? ["value"] : form === "previous" ? ["previous"] : ["value", "previous"];
  for (const year of years) {
    if (year === "previous" && !previousKnown) return "the year before lies outside the data";
    for (const { indicator, places } of [...top.terms, ...(bottom?.terms ?? [])]) {
      if (isSettled(indicator) || places.length === 0) continue;
      // Other streams send nothing where there is nothing to send, but not a whole table without a row.
      const there = places.some((p) => figures.stands(p, indicator));
      if (!there || (STOCKS.test(indicator) && !figures.has(places, indicator, year)))
        return `no ${indicator} was reported${year === "previous" ? " the year before" : ""}`;
    }
  }
  return null;
}

/** Figures that are unknown, not 0, where nothing was reported. */
const STOCKS = /^(enrolled|enrolment_progress|income_progress|balance|months|budget)/;

/** A figure in the printed digits. */
export function round(value: Decimal, decimals: number, rounding: PrintHabits["rounding"]): Decimal {
  return value.toDecimalPlaces(decimals, rounding === "half-up" ? Decimal.ROUND_HALF_UP : Decimal.ROUND_DOWN);
}

import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { INDICATORS, type Indicator } from "../../../schemas/indicators.js";
import { type FigureRow, OTHER, type Place } from "../arithmetic/figures.js";
import type { Form, Meaning, Quantity } from "../arithmetic/quantity.js";
import type { Book, Figure, FigureForm, Scope } from "./book.js";
import { baseOf, isShare } from "./score.js";

const FORM: Readonly<Record<FigureForm, Form>> = {
  value: "value",
  previous: "previous",
  change: "difference",
  change_pct: "growth",
};
const SETTLEMENT = new Map<string, Indicator>(INDICATORS.map((i) => [i.name, i]));
const ORDER: readonly string[] = [...DIMENSIONS, OTHER];

export const placeOf = ({ insurance, members }: Scope): Place => {
  const names = ORDER.filter((d) => members.has(d));
  return {
    insurance,
    grouping: names.join("+") || "total",
    dimensions: Object.fromEntries(names.map((d) => [d, members.get(d) as string])),
  };
};

/** The figures with rows that a figure is the sum of. */
const partsOf = (f: Figure): readonly Figure[] => (f.parts.length === 0 ? [f] : f.parts.flatMap(partsOf));

/** A sum of figures; its magnitude where `abs`. */
function quantity(figures: readonly Figure[], abs = false): Quantity {
  const by = new Map<string, Place[]>();
  for (const f of figures.flatMap(partsOf))
    by.set(f.indicator, [...(by.get(f.indicator) ?? []), placeOf(f.scope)]);
  return { terms: [...by].map(([indicator, places]) => ({ indicator, sign: 1, places })), abs };
}

/** What a figure is divided from: the figures above and below; null where it is no quotient of published ones. */
export function termsOf(figure: Figure, book: Book): { top: Figure; bottom: Figure } | null {
  const { scope, indicator } = figure;
  if (isShare(indicator)) {
    const base = baseOf(indicator);
    const top = book.at(scope, base);
    const whole = indicator.split("@")[1];
    const { insurance, members } = scope;
    const care = members.get("care");
    const over = whole
      ? book.scope(insurance, [["care", whole]])
      : indicator.startsWith("share_in_category_")
        ? book.scope(
            insurance,
            [...members].filter(([d]) => d === "care" || d === "category"),
          )
        : indicator.startsWith("share_in_care_") && care !== undefined
          ? book.scope(insurance, [["care", care]])
          : book.scope(insurance, []);
    const bottom = book.at(over, base);
    return top && bottom ? { top, bottom } : null;
  }
  const known = SETTLEMENT.get(indicator);
  if (!known?.denominator) return null;
  const top = book.at(scope, known.numerator);
  if (top === undefined) return null;
  const bottoms =
    known.denominator === "enrolled" ? enrolledBehind(scope, book) : [book.at(scope, known.denominator)];
  const bottom = bottoms.find((b) => b !== undefined && isQuotient(figure, top, b));
  return bottom ? { top, bottom } : null;
}

/** The insured that a rate may be of: those of the figure's own group and district, of one of them, of all. */
function enrolledBehind({ insurance, members }: Scope, book: Book): (Figure | undefined)[] {
  const own = [...members].filter(([d]) => ["district", "person_group", "person_kind"].includes(d));
  return [own, ...own.map((m) => [m]), []].map((m) => book.at(book.scope(insurance, m), "enrolled"));
}

/** Whether a figure is the one over the other, as far as it is published. */
function isQuotient({ values }: Figure, top: Figure, bottom: Figure): boolean {
  const [a, b] = [top.values[0] ?? 0, bottom.values[0] ?? 0];
  return (
    values[0] === null || (b !== 0 && Math.abs(a / b - values[0]) <= 2e-6 * Math.max(1, Math.abs(values[0])))
  );
}

/** What a printed number that reads so says, in terms of rows; `factor` leads to the printed unit. */
export function meaningOf(
  figure: Figure,
  form: FigureForm,
  factor: number,
  book: Book,
  abs: boolean,
): Meaning {
  const terms = termsOf(figure, book);
  const [top, bottom] = terms ? [terms.top, terms.bottom] : [figure, null];
  return {
    top: quantity([top], abs),
    bottom: bottom === null ? null : quantity([bottom]),
    form: FORM[form],
    scale: factor,
  };
}

/** A total of lines: the sum of their figures, or for a quotient of what they are divided from. */
export function totalMeaning(
  figures: readonly Figure[],
  form: FigureForm,
  factor: number,
  book: Book,
): Meaning | null {
  const first = figures[0];
  if (first === undefined) return null;
  if (!SETTLEMENT.get(first.indicator)?.denominator && !isShare(first.indicator))
    return { top: quantity(figures), bottom: null, form: FORM[form], scale: factor };
  const terms = figures.map((f) => termsOf(f, book));
  if (terms.some((t) => t === null)) return null;
  const known = terms as { top: Figure; bottom: Figure }[];
  const add = (list: readonly Figure[]): Quantity => quantity([...new Set(list)]);
  return {
    top: add(known.map((t) => t.top)),
    bottom: add(known.map((t) => t.bottom)),
    form: FORM[form],
    scale: factor,
  };
}

/** Nothing, where the others of a line have a figure: what is summed, or divided, at a place without a row. */
export function absentMeaning(like: Figure, scope: Scope, form: FigureForm, factor: number): Meaning {
  const indicator = isShare(like.indicator)
    ? baseOf(like.indicator)
    : (SETTLEMENT.get(like.indicator)?.numerator ?? like.indicator);
  const top: Quantity = { terms: [{ indicator, sign: 1, places: [placeOf(scope)] }], abs: false };
  return { top, bottom: null, form: FORM[form], scale: factor };
}

/** The rows that meanings refer to. */
export function rowsOf(meanings: Iterable<Meaning>, book: Book): FigureRow[] {
  const found = new Map<string, FigureRow>();
  const text = (v: number | null): string | null => (v === null ? null : v.toFixed(6));
  for (const m of meanings)
    for (const term of [...m.top.terms, ...(m.bottom?.terms ?? [])])
      for (const place of term.places) {
        const scope = book.scope(place.insurance, Object.entries(place.dimensions));
        const figure = book.at(scope, term.indicator);
        if (figure === undefined) continue;
        const [value, previous] = figure.values;
        found.set(`${scope.id} ${term.indicator}`, {
          ...place,
          indicator: term.indicator,
          value: text(value),
          previous: text(previous),
        });
      }
  return [...found.values()];
}

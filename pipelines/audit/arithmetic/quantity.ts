import { type Place, placeKey } from "./figures.js";

/** How a figure is shown: this year's, last year's, the difference, the growth, or this year's over last year's. */
export type Form = "value" | "previous" | "difference" | "growth" | "ofPrevious";

/** An indicator, summed over places, added or subtracted. */
export interface Term {
  readonly indicator: string;
  readonly sign: 1 | -1;
  readonly places: readonly Place[];
}

export interface Quantity {
  readonly terms: readonly Term[];
  readonly abs: boolean;
}

/** What a printed figure says, in terms of `indicators`. */
export interface Meaning {
  readonly top: Quantity;
  readonly bottom: Quantity | null;
  readonly form: Form;
  /** From yuan, visits, days or fractions to the printed unit. */
  readonly scale: number;
}

/** One text for what a quantity is; equal texts, equal figures. */
export const quantityKey = (q: Quantity): string =>
  `${q.abs ? "abs " : ""}${q.terms
    .map((t) => `${t.sign}${t.indicator}[${t.places.map(placeKey).sort().join(";")}]`)
    .sort()
    .join("+")}`;

/** One text for what a figure says but for its form. */
export const plainKey = (m: Pick<Meaning, "top" | "bottom">): string =>
  `${quantityKey(m.top)}${m.bottom ? ` / ${quantityKey(m.bottom)}` : ""}`;

export const meaningKey = (m: Meaning): string => `${m.form} ${plainKey(m)}`;

import { Decimal } from "decimal.js";
import { ALL_INSURANCES, DIMENSIONS } from "../../../schemas/dimensions.js";
import { MEASURES } from "../../../schemas/measures.js";

/** One row of `indicators` of one period: an additive figure and last year's, exact decimal text. */
export interface FigureRow {
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly indicator: string;
  readonly value: string | null;
  readonly previous: string | null;
}

/** Where a figure stands: insurance, grouping and the value of each of its dimensions. */
export interface Place {
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export type Year = "value" | "previous";

/** Figures of one period, looked up by place. */
export class Figures {
  readonly #byKey = new Map<string, FigureRow>();
  readonly #stands = new Set<string>();

  constructor(rows: Iterable<FigureRow>) {
    for (const row of rows) {
      this.#byKey.set(`${placeKey(row)} ${row.indicator}`, row);
      this.#stands.add(`${row.insurance} ${row.grouping} ${row.indicator}`);
    }
  }

  /** Sum over the places; 0 where nothing stands. Yuan, visits, days, persons. */
  sum(places: readonly Place[], indicator: string, year: Year): Decimal {
    let total = new Decimal(0);
    for (const place of places) {
      const text = this.#byKey.get(`${placeKey(place)} ${indicator}`)?.[year] ?? null;
      if (text !== null) total = total.plus(text);
    }
    return total;
  }

  /** Whether any of the places has the indicator in that year. */
  has(places: readonly Place[], indicator: string, year: Year): boolean {
    return places.some((p) => (this.#byKey.get(`${placeKey(p)} ${indicator}`)?.[year] ?? null) !== null);
  }

  /** Whether the insurance and grouping have the indicator anywhere. */
  stands(place: Place, indicator: string): boolean {
    return this.#stands.has(`${place.insurance || ALL_INSURANCES} ${place.grouping} ${indicator}`);
  }
}

/** One text for a place; equal places have equal texts. */
export const placeKey = ({
  insurance,
  grouping,
  dimensions,
}: Omit<FigureRow, "indicator" | "value" | "previous">): string =>
  `${insurance || ALL_INSURANCES} ${grouping} ${[...DIMENSIONS, OTHER].map((d) => dimensions[d] ?? "").join("\u0001")}`;

/** Dimensions of a reported fact that have no column of their own, as one text `name=value,…`. */
export const OTHER = "other";

const SETTLED = new Set<string>([...MEASURES.map((m) => m.name), "persons"]);
/** Whether an indicator is a sum over settlements: where they have no row, it is 0. */
export const isSettled = (indicator: string): boolean => SETTLED.has(indicator);

import { Decimal } from "decimal.js";
import { ALL_INSURANCES } from "../../schemas/dimensions.js";

/** One row of `indicators` of one period: an additive figure and last year's, exact decimal text. */
export interface FigureRow {
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly indicator: string;
  readonly value: string | null;
  readonly previous: string | null;
}

/** Which figures to add up: every row of the grouping whose dimensions agree. */
export interface Place {
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export type Year = "value" | "previous";

/** Additive figures of one period, looked up by place. */
export class Figures {
  readonly #byKey = new Map<string, FigureRow[]>();

  constructor(rows: Iterable<FigureRow>) {
    for (const row of rows) {
      const key = keyOf(row.insurance, row.grouping, row.indicator);
      const list = this.#byKey.get(key);
      if (list) list.push(row);
      else this.#byKey.set(key, [row]);
    }
  }

  /** Sum over the places and indicators; 0 where nothing stands. Yuan, visits, days or persons. */
  sum(places: readonly Place[], indicators: readonly string[], year: Year): Decimal {
    let total = new Decimal(0);
    for (const place of places) {
      for (const indicator of indicators) {
        const rows = this.#byKey.get(keyOf(place.insurance, place.grouping, indicator)) ?? [];
        for (const row of rows) {
          const agrees = Object.entries(place.dimensions).every(([name, v]) => row.dimensions[name] === v);
          const text = row[year];
          if (agrees && text !== null) total = total.plus(text);
        }
      }
    }
    return total;
  }

  /** The different values of a dimension in a grouping, with what another column says beside them. */
  values(grouping: string, dimension: string, beside: string): Map<string, string | null> {
    const found = new Map<string, string | null>();
    for (const rows of this.#byKey.values()) {
      for (const row of rows) {
        const value = row.dimensions[dimension];
        if (row.grouping === grouping && value) found.set(value, row.dimensions[beside] ?? null);
      }
    }
    return found;
  }
}

const keyOf = (insurance: string, grouping: string, indicator: string): string =>
  `${insurance || ALL_INSURANCES} ${grouping} ${indicator}`;

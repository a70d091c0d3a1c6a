import {
  over,
  parseDecimal,
  plus,
  type Rational,
  whole,
  yuan,
  ZERO,
} from "../../../aggregations/rational.js";
import type { Cell, GivenRow } from "../../../connectors/duckdb/reports/figures.js";
import { DIMENSIONS, type Dimension } from "../../../schemas/dimensions.js";
import { MEASURES } from "../../../schemas/measures.js";
import type { CellSum, GivenFigure, Quantity, Ref, Where } from "./quantity.js";

const IN_FEN = new Set<string>(MEASURES.filter((m) => m.unit === "yuan").map((m) => m.name));

/** The figures of one period, exact; null where there is none. */
export class Figures {
  readonly #sums = new Map<string, Rational | null>();

  readonly #cells = new Map<string, readonly Cell[]>();

  constructor(private readonly given: readonly GivenRow[]) {}

  has(grouping: string): boolean {
    return this.#cells.has(grouping);
  }

  add(cells: ReadonlyMap<string, readonly Cell[]>): void {
    for (const [grouping, list] of cells) this.#cells.set(grouping, list);
  }

  /** In the published unit: yuan, visits, a fraction. */
  value(quantity: Quantity, previous: boolean): Rational | null {
    const top = this.ref(quantity.numerator, previous);
    return quantity.denominator === null ? top : over(top, this.ref(quantity.denominator, previous));
  }

  ref(ref: Ref, previous: boolean): Rational | null {
    const key = JSON.stringify([ref, previous]);
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const value = this.#value(ref, previous);
    this.#sums.set(key, value);
    return value;
  }

  #value(ref: Ref, previous: boolean): Rational | null {
    if (ref.kind === "cells") return this.#sum(ref, previous);
    if (ref.kind === "given") return this.#figure(ref, previous);
    const settled = this.#sum(ref.cells, previous);
    if (settled === null) return null;
    return ref.booked.reduce((sum, b) => plus(sum, this.#figure(b, previous) ?? ZERO), settled);
  }

  /** Values that a dimension has in the cells of a sum, where there is anything this year or last. */
  membersOf(ref: Ref, dimension: Dimension): Set<string> {
    if (ref.kind === "together") return this.membersOf(ref.cells, dimension);
    if (ref.kind === "given") {
      return new Set(this.#rowsOf(ref).flatMap((r) => r.dimensions[dimension] ?? []));
    }
    return new Set(
      this.#cellsOf(ref)
        // A number that is not told stands for one all the same.
        .filter((c) => c.now[ref.measure] === null || c.now[ref.measure] || c.before[ref.measure])
        .flatMap((c) => c.dimensions[dimension] ?? []),
    );
  }

  #cellsOf({ grouping, insurance, where }: CellSum): Cell[] {
    return (this.#cells.get(grouping) ?? []).filter(
      (c) => c.insurance === insurance && fits(c.dimensions, where),
    );
  }

  #sum(sum: CellSum, previous: boolean): Rational | null {
    let found = this.#cellsOf(sum);
    if (sum.measure === "enrolled") found = firstOfEach(found);
    if (found.length === 0) return null;
    let total = 0n;
    for (const cell of found) {
      const value = (previous ? cell.before : cell.now)[sum.measure];
      if (value === null || value === undefined) return null;
      total += value;
    }
    return IN_FEN.has(sum.measure) ? yuan(total) : whole(total);
  }

  #rowsOf({ indicator, insurance, grouping, where, other }: GivenFigure): GivenRow[] {
    return this.given.filter(
      (r) =>
        r.indicator === indicator &&
        r.insurance === insurance &&
        r.grouping === grouping &&
        fits(r.dimensions, where) &&
        Object.entries(other).every(([k, v]) => r.other[k] === v) &&
        Object.keys(r.other).length === Object.keys(other).length,
    );
  }

  #figure(figure: GivenFigure, previous: boolean): Rational | null {
    const rows = this.#rowsOf(figure);
    if (rows.length === 0) return null;
    // Ratios cannot be added up.
    if (rows.length > 1 && ["fraction", "month"].includes(rows[0]!.unit)) return null;
    return rows.reduce<Rational | null>((sum, row) => {
      const text = previous ? row.previous : row.value;
      const value = text === null ? null : parseDecimal(text);
      return sum === null || value === null ? null : plus(sum, value);
    }, ZERO);
  }
}

const fits = (dimensions: Cell["dimensions"], where: Where): boolean =>
  DIMENSIONS.every((d) => where[d] === undefined || where[d].includes(dimensions[d] ?? ""));

/** People enrolled stand behind every cell of their district and kind; each of those once. */
function firstOfEach(cells: readonly Cell[]): Cell[] {
  const seen = new Map(cells.map((c) => [`${c.dimensions.district}|${c.dimensions.person_kind}`, c]));
  return [...seen.values()];
}

import type { PrintedFigure } from "./printed-figure.js";

/** A figure that was compared. */
type Judged = PrintedFigure & { readonly status: string };

/**
 * What the other figures say of how one was read. The words of its column and of its row stand in other figures
 * too: where those are equal to the computed ones, the words were understood. Where more of them differ than are
 * equal, the reading is wrong, or the data, and not the print.
 */
export class Confirmed {
  readonly #by = new Map<string, Judged[]>();

  /** @param follows whether the first figure is printed as what the second, as printed, makes of it */
  constructor(
    found: readonly Judged[],
    readonly follows: (figure: PrintedFigure, from: PrintedFigure) => boolean,
  ) {
    for (const f of found) {
      if (f.status !== "equal" && f.status !== "differs") continue;
      for (const key of [columnOf(f), wordsOf(f), partOf(f), rowOf(f)])
        this.#by.set(key, [...(this.#by.get(key) ?? []), f]);
    }
  }

  /** Whether both the column and the row of a differing figure are known to be read as meant. */
  both(f: PrintedFigure): boolean {
    return [this.#column(f), this.#row(f)].every(({ equal, differs }) => equal > 0 && equal >= differs);
  }

  /** Whether nothing speaks against its column. */
  column(f: PrintedFigure): boolean {
    const { equal, differs } = this.#column(f);
    return equal >= differs;
  }

  /** The other figures of its column; where that has none, those under the same words elsewhere. */
  #column(f: PrintedFigure): Votes {
    return this.#votes(f, [columnOf(f), wordsOf(f)]);
  }

  /** The other figures of its row: of its sentence those of the same place or category, else all of them. */
  #row(f: PrintedFigure): Votes {
    return this.#votes(f, [partOf(f), rowOf(f)]);
  }

  #votes(f: PrintedFigure, keys: readonly string[]): Votes {
    for (const key of keys) {
      const others = (this.#by.get(key) ?? []).filter(
        (o) => !stands(o, f) && (o.status === "equal" || !this.follows(o, f)),
      );
      if (others.length > 0) {
        const equal = others.filter((o) => o.status === "equal").length;
        return { equal, differs: others.length - equal };
      }
    }
    return { equal: 0, differs: 0 };
  }
}

interface Votes {
  readonly equal: number;
  readonly differs: number;
}

const stands = (a: PrintedFigure, b: PrintedFigure): boolean =>
  a.id === b.id && a.kind === b.kind && a.rowIndex === b.rowIndex && a.key === b.key;

const columnOf = (f: PrintedFigure): string =>
  f.kind === "statement" ? `prose ${f.column ?? f.key}` : `column ${f.id} ${f.key}`;
const wordsOf = (f: PrintedFigure): string => `words ${f.key} ${f.heading}`;
const rowOf = (f: PrintedFigure): string =>
  f.kind === "statement" ? `sentence ${f.id}` : `row ${f.id} ${f.rowIndex}`;
const partOf = (f: PrintedFigure): string =>
  f.kind === "statement" ? `${rowOf(f)} ${f.part ?? ""}` : rowOf(f);

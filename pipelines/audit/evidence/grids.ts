import type { Grid } from "../document/grid.js";
import type { Reader } from "./chain.js";
import {
  type BoundLine,
  bindLineInAnyUnit,
  type Line,
  type LineHouse,
  linesOf,
  sharedText,
  type TableWords,
} from "./columns.js";
import { masked } from "./context.js";
import type { Labels } from "./labels.js";

/** A table whose lines are bound: its columns, or where more of its cells agree so its rows. */
export interface BoundGrid {
  readonly axis: "columns" | "rows";
  readonly lines: readonly { readonly line: Line; readonly bound: BoundLine | null }[];
}

/** What title and headings above a table say. */
export function tableWords(title: string, heads: readonly string[], labels: Labels): TableWords {
  const own = labels.of(masked(title));
  const above = heads.map((h) => labels.of(masked(h)));
  const insurance = [own, ...above.reverse()].map((m) => m.get("insurance")).find((i) => i?.size === 1);
  return { title, insurance: insurance ? [...insurance][0] : null, members: own };
}

/** Binds the lines of a table; what most of them have in common then favours it in the others. */
export function bindGrid(grid: Grid, words: TableWords, labels: Labels, reader: Reader): BoundGrid {
  const { columns, rows } = linesOf(grid);
  let best: { cells: number; bound: BoundGrid } | null = null;
  for (const [axis, lines] of [
    ["columns", columns],
    ["rows", rows],
  ] as const) {
    let house: LineHouse = null;
    let bound: (BoundLine | null)[] = [];
    for (let turn = 0; turn < 2; turn++) {
      bound = lines.map((line) => bindLineInAnyUnit(line, words, labels, reader, house));
      house = houseOf(bound);
    }
    const cells = bound.reduce((sum, b) => sum + (b?.agree ?? 0), 0);
    const made: BoundGrid = { axis, lines: lines.map((line, i) => ({ line, bound: bound[i] })) };
    if (best === null || cells > best.cells) best = { cells, bound: made };
  }
  return best!.bound;
}

function houseOf(bound: readonly (BoundLine | null)[]): LineHouse {
  const counts = new Map<string, { house: NonNullable<LineHouse>; n: number }>();
  for (const b of bound) {
    if (b === null) continue;
    const house = { shared: sharedText(b.key.shared), named: b.key.named.join() };
    const key = `${house.shared} ${house.named}`;
    counts.set(key, { house, n: (counts.get(key)?.n ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.n - a.n)[0]?.house ?? null;
}

import type { Grid } from "../document/grid.js";
import type { Reader } from "./chain.js";
import {
  type BoundLine,
  bindLineInAnyUnit,
  figuresAt,
  type Line,
  type LineHouse,
  linesOf,
  sharedText,
  type TableWords,
} from "./columns.js";
import { masked } from "./context.js";
import { isTotal, type Labels } from "./labels.js";
import { printsAs } from "./units.js";

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
    if (learnLabels(lines, bound, labels, reader))
      bound = lines.map((line) => bindLineInAnyUnit(line, words, labels, reader, house));
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

/**
 * A label that names nobody among lines that are bound: the member whose figures its cells print, if there is one
 * that most of them speak for, and no other label has it.
 */
function learnLabels(
  lines: readonly Line[],
  bound: readonly (BoundLine | null)[],
  labels: Labels,
  reader: Reader,
): boolean {
  const known = lines.flatMap((line, i) =>
    bound[i]?.key.named.length === 1 ? [{ line, key: bound[i].key, unit: bound[i].unit }] : [],
  );
  const first = known[0];
  if (first === undefined) return false;
  const [dimension] = first.key.named;
  const same = known.filter((k) => k.key.named[0] === dimension && k.key.insurance !== null);
  const taken = new Set(
    first.line.cells.flatMap((c) => (isTotal(c.label) ? [] : [...(labels.of(c.label).get(dimension) ?? [])])),
  );
  let learned = false;
  for (const [i, { label }] of first.line.cells.entries()) {
    if (isTotal(label) || figuresAt(first.key, labels.of(label), reader.book).length > 0) continue;
    const votes = new Map<string, number>();
    let asked = 0;
    for (const { line, key, unit } of same) {
      const n = line.cells[i]?.number;
      if (!n || Number(n.digits) === 0) continue;
      asked++;
      for (const figure of reader.book.with(key.indicator, key.insurance as string)) {
        const member = figure.scope.members.get(dimension);
        if (member === undefined || taken.has(member) || figure.scope.members.size !== key.shared.size + 1)
          continue;
        if (![...key.shared].every(([d, m]) => figure.scope.members.get(d) === m)) continue;
        if (printsAs(n, { figure, form: key.form }, unit)) votes.set(member, (votes.get(member) ?? 0) + 1);
      }
    }
    const [best, next] = [...votes].sort((a, b) => b[1] - a[1]);
    if (
      best === undefined ||
      asked < 2 ||
      best[1] < 2 ||
      best[1] < 0.6 * asked ||
      (next?.[1] ?? 0) >= best[1]
    )
      continue;
    labels.learn(label, dimension, best[0]);
    taken.add(best[0]);
    learned = true;
  }
  return learned;
}

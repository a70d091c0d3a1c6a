import { bare, type Cell, type CellRun, joined, passage, type Table } from "./model.js";
import { cellNumber, isBlankCell } from "./numbers.js";

/** How well headings and rows go together, from 0 up; what knows the figures says it. */
export type Rank = (
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  labelled: boolean,
) => number;

interface Option {
  readonly score: number;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly labelled: boolean;
}

const isFigure = (c: Cell): boolean =>
  cellNumber(c.text) !== null || (isBlankCell(c.text) && c.text.trim() !== "");
const kindOf = (c: Cell | undefined): string => {
  const n = c && cellNumber(c.text);
  if (!n) return "";
  return n.unit === "%" || /%/.test(c.text) ? "%" : n.digits.includes(".") ? "." : "0";
};
const EMPTY = passage("", 0);

/**
 * Tables out of cells that came without their rows. How many columns there are follows from how many figures
 * stand between two labels; what the headings are, from which joins of their broken words the words that are
 * known, the sums, and the figures below speak for.
 */
export function arranged(run: CellRun, known: (label: string) => number, rank: Rank | null): Table {
  const options = [...optionsOf(run.cells, known)].sort((a, b) => b.score - a.score);
  const best = options[0];
  const chosen =
    best === undefined || rank === null
      ? best
      : options
          .filter((o) => o.score > best.score - 2.5)
          .slice(0, 30)
          .map((o) => ({ ...o, score: o.score + 4 * rank(o.heads, o.rows, o.labelled) }))
          .sort((a, b) => b.score - a.score)[0];
  const { number, anchor } = run;
  if (chosen === undefined) return { kind: "table", number, anchor, rows: [run.cells], headerRows: 0 };
  const split = chosen.heads.map((h) => h.split("/"));
  const depth = Math.max(...split.map((s) => s.length));
  const head = Array.from({ length: depth }, (_, i) => split.map((s) => passage(s[i] ?? "", anchor)));
  return { kind: "table", number, anchor, rows: [...head, ...chosen.rows], headerRows: depth };
}

function* optionsOf(cells: readonly Cell[], known: (label: string) => number): Generator<Option> {
  const at = cells.findIndex(isFigure);
  if (at < 0) return;
  const head = cells.slice(0, at);
  const runs: { label: Cell | null; figures: Cell[] }[] = [];
  let label: Cell | null = null;
  for (const c of cells.slice(at)) {
    if (!isFigure(c)) {
      label = label === null ? c : joined(label as Cell, c);
    } else if (label !== null || runs.length === 0) {
      runs.push({ label, figures: [c] });
      label = null;
    } else runs[runs.length - 1].figures.push(c);
  }
  const lengths = runs.map((r) => r.figures.length);
  const usual = mode(lengths.length > 1 ? lengths.slice(1) : lengths);
  const first = runs[0].figures;
  for (const labelled of [true, false]) {
    if (labelled && head.length < 2) continue;
    const width = labelled ? Math.max(usual, lengths[0]) + 1 : lengths[0];
    const rows: Cell[][] = [
      labelled ? [head[head.length - 1], ...first] : first,
      ...runs.slice(1).map((r) => (r.label ? [r.label, ...r.figures] : r.figures)),
    ];
    const labels = labelled ? head.slice(0, -1) : head;
    let penalty = 0;
    if (runs.length === 1) penalty = labelled ? 1 : 0;
    else if (!labelled && rows.some((r) => r.length !== width)) penalty = 2.5;
    if (rows.some((r) => r.length !== width && r.length !== width - 1)) penalty += 3;
    const full = rows.find((r) => r.length === width);
    const whole = full ? rows.map((r) => (r.length === width - 1 ? withGap(r, full, labelled) : r)) : rows;
    for (const [score, heads] of headsOf(
      labels.map((l) => bare(l.text)),
      width,
      known,
      labelled,
    ).slice(0, 40))
      yield { score: score - penalty + 1.5 * sums(whole, heads), heads, rows: whole, labelled };
  }
}

/** A merged cell is printed once: the rows after it are one short, where their kinds of numbers fit best. */
function withGap(row: readonly Cell[], full: readonly Cell[], labelled: boolean): Cell[] {
  let best = labelled ? 1 : 0;
  let most = -1;
  for (let gap = best; gap < full.length; gap++) {
    const tried = [...row.slice(0, gap), EMPTY, ...row.slice(gap)];
    const same = tried.filter((c, i) => c !== EMPTY && kindOf(c) === kindOf(full[i])).length;
    if (same > most) [most, best] = [same, gap];
  }
  return [...row.slice(0, best), EMPTY, ...row.slice(best)];
}

/** Headings of so many columns out of cells that were broken, or that span others. */
function headsOf(
  labels: readonly string[],
  width: number,
  known: (label: string) => number,
  labelled: boolean,
): [number, string[]][] {
  if (labels.length === width - 1 && labelled) return [[0, ["", ...labels]]];
  if (labels.length < width) return [[-2, Array.from({ length: width }, (_, i) => labels[i] ?? "")]];
  const found: [number, string[]][] = [];
  const joins = (from: number, left: number): number[][] =>
    left === 0
      ? [[]]
      : Array.from({ length: Math.max(0, labels.length - 1 - from) }, (_, i) => from + i).flatMap((j) =>
          joins(j + 1, left - 1).map((rest) => [j, ...rest]),
        );
  for (let extra = 0; extra <= 3; extra++) {
    // The corner stands alone above the labels.
    for (const at of joins(labelled ? 1 : 0, extra)) {
      const cells = [labels[0]];
      for (let i = 1; i < labels.length; i++) {
        if (at.includes(i - 1)) cells[cells.length - 1] += labels[i];
        else cells.push(labels[i]);
      }
      const penalty = 0.6 * extra;
      const score = (heads: readonly string[]): number =>
        heads.reduce((sum, h) => sum + known(h.split("/").at(-1) ?? ""), 0) / width - penalty;
      if (cells.length === width) found.push([score(cells), cells]);
      else if (cells.length > width) {
        // One cell of the first row spans those of the second.
        for (let top = 2; top <= Math.min(width, cells.length - 1); top++) {
          const below = cells.slice(top);
          if (top - 1 + below.length !== width) continue;
          for (let span = 1; span < top; span++) {
            const heads = [
              ...cells.slice(0, span),
              ...below.map((b) => `${cells[span]}/${b}`),
              ...cells.slice(span + 1, top),
            ];
            found.push([score(heads) - 0.3, heads]);
          }
        }
      }
    }
  }
  return found.sort((a, b) => b[0] - a[0]);
}

/** Share of the cells under 小计 and 合计 that are sums of the others of their row. */
function sums(rows: readonly (readonly Cell[])[], heads: readonly string[]): number {
  let [holds, all] = [0, 0];
  const value = (c: Cell | undefined): number | null => {
    const n = c && cellNumber(c.text);
    return n && n.unit !== "%" ? Number(n.digits) : null;
  };
  for (const [j, head] of heads.entries()) {
    if (!/小计|合计/.test(head)) continue;
    for (const row of rows) {
      const x = value(row[j]);
      if (x === null) continue;
      const group = head.includes("/") ? `${head.split("/")[0]}/` : null;
      const parts = heads.flatMap((h, k) => {
        const v = value(row[k]);
        return k !== j && v !== null && (group ? h.startsWith(group) : !h.includes("小计")) ? [v] : [];
      });
      all++;
      if (Math.abs(parts.reduce((a, b) => a + b, 0) - x) < 0.02) holds++;
    }
  }
  return all === 0 ? 0.5 : holds / all;
}

function mode(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || b - a)[0]?.[0] ?? 0;
}

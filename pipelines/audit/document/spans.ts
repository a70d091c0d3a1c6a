import type { Cell } from "./model.js";

/** A cell with how many columns and rows it covers. */
export interface SpanningCell {
  readonly cell: Cell;
  readonly columns: number;
  readonly rows: number;
}

/** Rows of one width: each place that a merged cell covers has its text, and says so. */
export function spread(rows: readonly (readonly SpanningCell[])[]): Cell[][] {
  const grid: (Cell | undefined)[][] = rows.map(() => []);
  for (const [i, row] of rows.entries()) {
    let j = 0;
    for (const { cell, columns, rows: deep } of row) {
      while (grid[i][j] !== undefined) j++;
      for (let r = i; r < Math.min(rows.length, i + deep); r++)
        for (let c = j; c < j + columns; c++)
          grid[r][c] = r === i && c === j ? cell : { ...cell, covered: true };
      j += columns;
    }
  }
  const width = Math.max(0, ...grid.map((r) => r.length));
  return grid.map((r) => Array.from({ length: width }, (_, j) => r[j] ?? { text: "", stretches: [] }));
}

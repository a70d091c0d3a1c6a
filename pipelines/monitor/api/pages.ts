import { z } from "zod";
import { compare } from "../../../aggregations/findings/words.js";
import type { Figure } from "../../../connectors/duckdb/monitor/figures.js";
import { count } from "./parameters.js";

/** Rows an answer has where nobody says how many. */
const USUAL_ROWS = 50;
/** A file of all rows asks for them at once. */
const MOST_ROWS = 5_000;

/** Long lists come in pages, ordered on the server: a page of the browser never holds them all. */
export const pageQuery = {
  limit: count(MOST_ROWS, USUAL_ROWS).describe("Rows an answer"),
  page: count(10_000, 1).describe("Which of the pages, the first is 1"),
};

/** What every answer in pages says of them. */
export const pageShape = {
  rows_total: z.number().int().describe("Rows of all pages"),
  page: z.number().int(),
  next: z.number().int().nullable().describe("The next `page`; null at the end"),
};

export interface PageAsked {
  readonly limit: number;
  readonly page: number;
}

/** The rows of one page, and what is said of all; beyond the end the last page. */
export function pageOf<R>(rows: readonly R[], { limit, page: asked }: PageAsked) {
  const page = Math.min(asked, Math.max(1, Math.ceil(rows.length / limit)));
  const end = page * limit;
  return {
    rows: rows.slice(end - limit, end),
    said: { rows_total: rows.length, page, next: rows.length > end ? page + 1 : null },
  };
}

/** A row's order by a figure, the largest first unless `up`; rows without it come last. */
export function byFigure<R>(of: (row: R) => Figure | undefined, changed: boolean, up: boolean) {
  const key = (row: R): string | null => (changed ? of(row)?.change_pct : of(row)?.value) ?? null;
  return (a: R, b: R): number => {
    const [left, right] = [key(a), key(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return up ? compare(left, right) : compare(right, left);
  };
}

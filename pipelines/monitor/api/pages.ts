import { z } from "zod";
import { compare } from "../../../aggregations/findings/words.js";
import { type Changes, shownChange } from "../../../aggregations/monitor/shown-change.js";
import type { Figure } from "../../../connectors/duckdb/monitor/figures.js";
import { count } from "./parameters.js";

/** Rows an answer has where nobody says how many. */
const USUAL_ROWS = 50;
/** A file of all rows asks for so many at once, page after page. */
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

/** Number of the last page; the first where there are no rows. */
export const lastPage = (rows: number, limit: number): number => Math.max(1, Math.ceil(rows / limit));

/** The rows of one page, and what is said of all; beyond the end the last page. */
export function pageOf<R>(rows: readonly R[], { limit, page: asked }: PageAsked) {
  const page = Math.min(asked, lastPage(rows.length, limit));
  const end = page * limit;
  return {
    rows: rows.slice(end - limit, end),
    said: { rows_total: rows.length, page, next: rows.length > end ? page + 1 : null },
  };
}

/** The figure with that of the period it is compared with, where one was asked for. */
export type ComparedFigure = Figure & Changes & { readonly compared?: string | null };

/**
 * A figure's change as it is shown, in points for fractions and else relative; against the period that was asked
 * for, or against last year.
 */
export const changeOf = (figure: ComparedFigure | undefined): string | null =>
  shownChange(figure, figure?.unit ?? "", figure?.compared === undefined ? "yoy" : "period");

/** A row's order by a figure, the largest first unless `up`; rows without it come last. */
export function byFigure<R>(of: (row: R) => ComparedFigure | undefined, changed: boolean, up: boolean) {
  const key = (row: R): string | null => (changed ? changeOf(of(row)) : of(row)?.value) ?? null;
  return (a: R, b: R): number => {
    const [left, right] = [key(a), key(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return up ? compare(left, right) : compare(right, left);
  };
}

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

/** What is said of all rows and of the page given; beyond the end the last page, the first where there are no rows. */
export function pageSaid(rows: number, { limit, page: asked }: PageAsked) {
  const last = Math.max(1, Math.ceil(rows / limit));
  const page = Math.min(asked, last);
  return { rows_total: rows, page, next: page < last ? page + 1 : null };
}

/** The rows of one page, and what is said of all. */
export function pageOf<R>(rows: readonly R[], asked: PageAsked) {
  const said = pageSaid(rows.length, asked);
  const end = said.page * asked.limit;
  return { rows: rows.slice(end - asked.limit, end), said };
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

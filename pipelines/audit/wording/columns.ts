import type { Scope } from "./catalogue.js";
import type { PrintedRow, PrintedTable } from "./report.js";
import { rowLabel } from "./rows.js";
import { isStructure, PREFIX_WORDS } from "./scope.js";
import { type KeyParts, STEMS, splitKey } from "./vocabulary.js";

/** Key of a column taken apart; `prefixes`: all words before its stem. */
export interface ColumnParts extends KeyParts {
  readonly prefixes: readonly string[];
}

/** Takes every known word off the front of a key: `employee_in_city_visits`. */
export function splitColumn(key: string): ColumnParts {
  const known = [...PREFIX_WORDS, "employee", "resident"];
  let parts = splitKey(key, known);
  const prefixes: string[] = [];
  while (parts.prefix !== null) {
    prefixes.push(parts.prefix);
    const next = splitKey(parts.stem, known);
    parts = { ...parts, prefix: next.prefix, stem: next.stem };
  }
  return { ...parts, prefix: prefixes[0] ?? null, prefixes };
}

/** Words beside the stem of a key that change nothing; so do years, which the heading says again. */
const NEUTRAL =
  /^(total|all|sum|overall|actual|this|current|cur|last|year|annual|num|number|count|growth|rate|amount|amt|\d{4})$/;

/** Words beside a known stem of a key that nobody understands: `tertiary` of `tertiary_visits`. */
export function wordsBeside(stem: string): string | null {
  const known = Object.keys(STEMS)
    .filter((name) => stem.startsWith(`${name}_`) || stem.endsWith(`_${name}`))
    .sort((a, b) => b.length - a.length)[0];
  if (known === undefined) return null;
  const rest = stem.startsWith(`${known}_`) ? stem.slice(known.length + 1) : stem.slice(0, -known.length - 1);
  return rest.split("_").every((word) => NEUTRAL.test(word)) ? null : rest;
}

/** Stem that `fee_share` is the share of; null where a stem is none. */
export function shareOf(stem: string): string | null {
  const of = /^(.+)_share$/.exec(stem)?.[1];
  return of !== undefined && (of in STEMS || of === "fund_paid") ? of : null;
}

/** The indicator that a row is about where a table has one a row; null in other tables. */
export function indicatorOf(table: PrintedTable, row: PrintedRow): string | null {
  const column = table.columns.find((c) => c.key === "indicator" || c.label === "指标");
  const text = column ? row[column.key] : null;
  return typeof text === "string" ? text : null;
}

/** Maternity benefits as one line hold the allowances that the books know, unless those have a line. */
export function withAllowance(table: PrintedTable, row: PrintedRow, stem: string): boolean {
  if (!/^生育(保险)?待遇/.test(rowLabel(table, row)) || /医疗/.test(rowLabel(table, row))) return false;
  const beside = table.rows.some((r) => /津贴/.test(rowLabel(table, r)));
  // A line of its own for the allowance leaves the rest to this one, but for their sum.
  const alone = !beside || /合计/.test(rowLabel(table, row));
  return alone && /^(fund_spend|spend|benefit_paid)$/.test(stem);
}

/** Whether one figure stands for all rows of a table. */
export const isMerged = (table: PrintedTable, key: string): boolean =>
  table.rows.length > 1 && table.rows.filter((r) => typeof r[key] === "string").length === 1;

/** Whether a table or a sentence is about maternity alone, not about what all spending is made of. */
export const isOfMaternity = (id: string): boolean => id.split(".").includes("maternity") && !isStructure(id);

/** Of maternity the pool bears everything; what accounts pay is none of its spending. */
export const ofPool = (scope: Scope): Scope => ({
  ...scope,
  rename: { ...scope.rename, benefit_paid: "pool_paid" },
});

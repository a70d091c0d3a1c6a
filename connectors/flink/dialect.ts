import { FundpulseError } from "../../schemas/errors.js";

/** Words of SQL that Flink and DuckDB both read, so that a test without a cluster can evaluate what is generated. */

/** Between the parts of a figure's key, and of its text; no code or name has it. */
export const SEPARATOR = "\u001f";

/** The separator as an expression: the SQL client's parser chokes on raw control characters. */
export const SEPARATOR_SQL = "CHR(31)";

/** A text literal. */
export function text(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f]/.test(value)) {
    throw new FundpulseError(
      "FP3101",
      `control characters in ${JSON.stringify(value)}, a name or code that the job needs`,
    );
  }
  return `'${value.replaceAll("'", "''")}'`;
}

/** `x IN (…)`; false where the list is empty. */
export const isOneOf = (expression: string, values: readonly (string | number)[]): string =>
  values.length === 0
    ? "FALSE"
    : `${expression} IN (${values.map((v) => (typeof v === "string" ? text(v) : v)).join(", ")})`;

/** The first branch whose condition holds; `otherwise` where none does. */
export const firstOf = (
  branches: readonly (readonly [condition: string, value: string])[],
  otherwise: string,
): string =>
  branches.length === 0
    ? otherwise
    : `CASE ${branches.map(([when, then]) => `WHEN ${when} THEN ${then}`).join("\n    ")}\n    ELSE ${otherwise} END`;

/** Parts as one text. None of them may be NULL: it would be left out. */
export const joined = (parts: readonly string[]): string =>
  parts.length === 1 ? parts[0] : `CONCAT_WS(${SEPARATOR_SQL}, ${parts.join(", ")})`;

/** Worked out once, however often the column is used (Once.java). */
export const once = (expression: string): string => `fundpulse_once(${expression})`;

export const bigint = (value: number): string => `CAST(${value} AS BIGINT)`;

export const view = (name: string, query: string): string => `CREATE TEMPORARY VIEW ${name} AS\n${query};`;

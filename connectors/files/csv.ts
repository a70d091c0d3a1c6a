import { stringify } from "csv-stringify/sync";

/** A value as it stands in a cell of a table: nothing for NULL, JSON for lists and structs. */
export const cellText = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/**
 * A text that a spreadsheet would take for a formula, kept a text by a leading quote: what begins with = + - @, also
 * full-width (a Chinese Excel takes those too) and behind white space that is cut off; numbers with their sign are none.
 */
export const neutralText = (value: string): string =>
  /^[\s\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value)
    ? `'${value}`
    : value;

/** Rows as RFC 4180 text; for Excel with a byte order mark and CRLF, which it opens without being asked. */
export function csvText(rows: readonly (readonly unknown[])[], reader: "excel" | "any" = "any"): string {
  const excel = reader === "excel";
  return stringify(
    rows.map((row) => row.map((v) => (excel ? neutralText(cellText(v)) : cellText(v)))),
    { bom: excel, record_delimiter: excel ? "windows" : "unix", quoted_match: /[\r\n]/ },
  );
}

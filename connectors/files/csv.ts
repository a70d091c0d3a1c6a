import { stringify } from "csv-stringify/sync";
import { neutralText } from "../../schemas/neutral-text.js";
import { cellText } from "./cell-text.js";

/**
 * Rows as RFC 4180 text; for Excel with a byte order mark and CRLF, which it opens without being asked, and with
 * every text neutralised that it would take for a formula.
 */
export function csvText(rows: readonly (readonly unknown[])[], reader: "excel" | "any" = "any"): string {
  const excel = reader === "excel";
  return stringify(
    rows.map((row) => row.map((v) => (excel ? neutralText(cellText(v)) : cellText(v)))),
    { bom: excel, record_delimiter: excel ? "windows" : "unix", quoted_match: /[\r\n]/ },
  );
}

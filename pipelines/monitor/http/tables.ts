import { csvText } from "../../../connectors/files/csv.js";
import { harmless, type SheetTable, XLSX_TYPE, xlsxBytes } from "../../../connectors/files/xlsx.js";

export const TABLE_FORMATS = ["csv", "xlsx"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** A table as a file for a spreadsheet; texts that would be formulas are none. */
export function tableFile(
  table: SheetTable,
  format: TableFormat,
): { readonly type: string; readonly body: Buffer } {
  if (format === "xlsx") return { type: XLSX_TYPE, body: xlsxBytes(table) };
  const rows = table.rows.map((row) =>
    row.map((v, i) => (typeof v === "string" && !table.numeric[i] ? harmless(v) : v)),
  );
  return {
    type: "text/csv; charset=utf-8",
    body: Buffer.from(csvText([table.columns.map(harmless), ...rows], "excel")),
  };
}

/** `attachment` with the name as every browser takes it. */
export const attachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name)}`;

import { csvText } from "../../../connectors/files/csv.js";
import { type SheetTable, XLSX_TYPE, xlsxBytes } from "../../../connectors/files/xlsx.js";

export const TABLE_FORMATS = ["csv", "xlsx"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** A table as a file for a spreadsheet; texts that would be formulas are none. */
export function tableFile(
  table: SheetTable,
  format: TableFormat,
): { readonly type: string; readonly body: Buffer } {
  if (format === "xlsx") {
    const { buffer, byteOffset, byteLength } = xlsxBytes(table);
    return { type: XLSX_TYPE, body: Buffer.from(buffer, byteOffset, byteLength) };
  }
  return {
    type: "text/csv; charset=utf-8",
    body: Buffer.from(csvText([table.columns, ...table.rows], "excel")),
  };
}

/** `attachment` with the name as every browser takes it. */
export const attachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name)}`;

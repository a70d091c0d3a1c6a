import { XLSX_TYPE, xlsxBytes } from "../../../../connectors/files/xlsx.js";
import { neutralText } from "../../../../schemas/neutral-text.js";

/** A table as it leaves the page: decimal text in numeric columns, plain text in others. */
export interface Sheet {
  readonly name: string;
  readonly head: readonly string[];
  readonly numeric: readonly boolean[];
  readonly rows: readonly (readonly string[])[];
}

/** With a BOM, as Excel wants it; figures are the published decimals, unrounded. */
export function csvOf({ head, rows }: Sheet): Blob {
  const field = (text: string): string => {
    const plain = neutralText(text);
    return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  const lines = [head, ...rows].map((row) => row.map(field).join(","));
  return new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" });
}

export const xlsxOf = ({ name, head, numeric, rows }: Sheet): Blob =>
  new Blob([xlsxBytes({ name, columns: head, numeric, rows })], { type: XLSX_TYPE });

import { bare } from "../document/model.js";
import type { PrintedColumn, PrintedRow, PrintedTable } from "./report.js";

/** Columns that name a row and are no figures. */
const ROW_COLUMNS: readonly string[] = [
  ...["row_label", "insurance", "facility", "region", "tier", "care_group", "district", "category", "group"],
  ...["channel", "fund", "subject"],
];

export const isRowColumn = ({ key }: PrintedColumn): boolean => ROW_COLUMNS.includes(key);

/** The label of a row: the value of the table's first column that names it. */
export function rowLabel(table: PrintedTable, row: PrintedRow): string {
  const key = ROW_COLUMNS.find((name) => table.columns.some((c) => c.key === name) && row[name]);
  return String((key && row[key]) ?? "");
}

/** What a row says it is, by its mark or by its label. */
export function rowKind(table: PrintedTable, row: PrintedRow): "detail" | "subtotal" | "total" {
  const kind = row._kind ?? row.row_kind;
  if (kind === "detail" || kind === "subtotal" || kind === "total") return kind;
  const label = bare(rowLabel(table, row));
  return /^(全市|全县|全区)?(合计|总计)$/.test(label) ? "total" : /^小计/.test(label) ? "subtotal" : "detail";
}

import type { PrintedRow, PrintedTable } from "./report.js";
import { plain } from "./subjects.js";
import { isFigureKey } from "./vocabulary.js";

/** Columns that name a row and are no figures. */
export const ROW_COLUMNS: readonly string[] = [
  ...["row_label", "facility", "region", "tier", "care_group", "district", "category", "group", "channel"],
];

/** The label of a row: the value of the table's first column that names it. */
export function rowLabel(table: PrintedTable, row: PrintedRow): string {
  const key = ROW_COLUMNS.find((name) => table.columns.some((c) => c.key === name) && row[name]);
  return String((key && row[key]) ?? "");
}

/** What a row says it is, by its mark or by its label. */
export function rowKind(table: PrintedTable, row: PrintedRow): "detail" | "subtotal" | "total" {
  const kind = row._kind ?? row.row_kind;
  if (kind === "detail" || kind === "subtotal" || kind === "total") return kind;
  const label = rowLabel(table, row);
  return /^(全市|全县|全区)?(合计|总计)$/.test(plain(label))
    ? "total"
    : /^小计/.test(label)
      ? "subtotal"
      : "detail";
}

/** Whether an amount of a total is the sum of the table's own lines, within the last digit of each. */
export function addsUp(table: PrintedTable, total: PrintedRow): boolean {
  const details = table.rows.filter((r) => rowKind(table, r) === "detail");
  return table.columns.some(({ key }) => {
    if (ROW_COLUMNS.includes(key) || /pct|pp$|yoy|avg|rate|delta|per_|days/.test(key)) return false;
    const sum = details.reduce((all, r) => all + Number(r[key] ?? Number.NaN), 0);
    const gap = Math.abs(sum - Number(total[key] ?? Number.NaN));
    return gap < (/_wan$/.test(key) ? 0.01 * details.length : 0.5);
  });
}

/** Labels of insurances in a column of their own. */
const INSURANCES: Readonly<Record<string, string>> = {
  职工: "employee",
  职工医保: "employee",
  职工基本医疗保险: "employee",
  城镇职工: "employee",
  居民: "resident",
  居民医保: "resident",
  城乡居民: "resident",
  居民基本医疗保险: "resident",
  城乡居民基本医疗保险: "resident",
  生育保险: "maternity",
};

/** The insurance that a row is told by, in a column of its own or as its label. */
export const insuranceOfRow = (row: PrintedRow): string | undefined =>
  INSURANCES[plain(String(row.insurance ?? ""))] ?? INSURANCES[plain(String(row.row_label ?? ""))];

/** The reason where a column that holds words, not figures, is none that tells rows apart. */
export function unreadColumn(table: PrintedTable, row: PrintedRow): string | null {
  for (const { key, unit, label } of table.columns) {
    const text = row[key];
    if (key === "insurance" && INSURANCES[plain(String(text))] !== undefined) continue;
    if (ROW_COLUMNS.includes(key) || unit || isFigureKey(key) || typeof text !== "string" || isWhole(text))
      continue;
    if (/^\p{Script=Han}[^0-9]*$/u.test(text))
      return `${text} in the column ${label ?? key} is not understood`;
  }
  return null;
}

/** Whether a total stands in one label column while another still names a part. */
export const isDeclaredBeside = (table: PrintedTable, row: PrintedRow): boolean =>
  table.columns.some(({ key }) => ROW_COLUMNS.includes(key) && isWhole(String(row[key] ?? "")));

/** A label of everything, however it is spaced. */
export const isWhole = (label: string): boolean =>
  /^(全市|全县|全区)?(合计|总计|小计|total)$/.test(plain(label));

import type { PrintedReport, PrintedRow } from "../../../pipelines/audit/wording/report.js";

/** A figure with its last digit one higher; 9 becomes 0. */
const wrongDigit = (text: string): string => text.replace(/\d$/, (d) => String((Number(d) + 1) % 10));

const isFigure = (value: unknown): value is string => typeof value === "string" && /^-?[\d.,]+$/.test(value);

/** A report with one wrong digit in each table and each sentence: that of its first figure. */
export function spoil(report: PrintedReport): PrintedReport {
  const tables = report.tables.map((table) => {
    const key = table.columns.find((c) => isFigure(table.rows[0]?.[c.key]))?.key;
    if (key === undefined) return table;
    const [first, ...rest] = table.rows as readonly [PrintedRow, ...PrintedRow[]];
    return { ...table, rows: [{ ...first, [key]: wrongDigit(String(first[key])) }, ...rest] };
  });
  const statements = (report.statements ?? []).map((statement) => {
    const [key, value] = Object.entries(statement.values)[0]!;
    return { ...statement, values: { ...statement.values, [key]: wrongDigit(String(value)) } };
  });
  return { ...report, tables, statements };
}

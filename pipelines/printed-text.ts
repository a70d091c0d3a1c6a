import type { CellStatus, ComparedCell, ComparedTable } from "../aggregations/printed/compare.js";
import type { PrintedTable } from "../aggregations/printed/report.js";

/** How many figures of which standing. */
export type Tally = Record<CellStatus, number>;

export function tally(tables: readonly ComparedTable[]): Tally {
  const counts: Tally = { equal: 0, "print-error": 0, different: 0, beyond: 0 };
  for (const { rows } of tables) for (const { cells } of rows) for (const c of cells) counts[c.status]++;
  return counts;
}

/** True when no figure of the table comes from the streams at hand. */
export const isBeyond = (table: ComparedTable): boolean =>
  table.rows.every((row) => row.cells.every((c) => c.status === "beyond"));

/**
 * A table for the terminal: `12.34 =` is computed and printed alike, `12.34 ≠ 12.43 (1)` is computed but
 * printed otherwise for the reason below, `– 12.34` is printed but not computed from these events.
 */
export function tableText(table: ComparedTable, printed: PrintedTable): string {
  const keys = printed.columns
    .map((c) => c.key)
    .filter((key) => table.rows.some((r) => r.cells.some((c) => c.key === key)));
  const head = ["", ...keys.map((key) => heading(printed, key))];
  const notes: string[] = [];
  const body = table.rows.map((row) => [
    row.label,
    ...keys.map((key) => {
      const cell = row.cells.find((c) => c.key === key);
      return cell === undefined ? "" : cellText(cell, notes);
    }),
  ]);
  const widths = head.map((h, i) => Math.max(displayWidth(h), ...body.map((r) => displayWidth(r[i]))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? padEnd(cell, widths[i]) : padStart(cell, widths[i])))
      .join("  ")
      .trimEnd();
  const below = [
    ...notes.map((note, i) => `  (${i + 1}) ${note}`),
    ...(table.note ? [`  ${table.note}`] : []),
  ];
  return [insuranceTitle(table), line(head), ...body.map(line), ...below].join("\n");
}

const INSURANCE: Readonly<Record<string, string>> = { resident: "居民", employee: "职工" };

function insuranceTitle(table: ComparedTable): string {
  const insurance = INSURANCE[table.insurance] ?? "";
  return `${table.title.includes(insurance) ? "" : `${insurance} `}${table.title}`;
}

function heading(table: PrintedTable, key: string): string {
  const label = table.columns.find((c) => c.key === key)?.label ?? key;
  return label.replaceAll(/\s+/g, "");
}

function cellText(cell: ComparedCell, notes: string[]): string {
  if (cell.status === "equal") return `${cell.printed} =`;
  const note = cell.note ?? "nothing known explains this";
  let at = notes.indexOf(note);
  if (at < 0) at = notes.push(note) - 1;
  const mark = `(${at + 1})`;
  return cell.computed === null ? `– ${cell.printed} ${mark}` : `${cell.computed} ≠ ${cell.printed} ${mark}`;
}

/** Columns that a text takes on a terminal: Chinese characters and full-width signs take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        char,
      )
        ? 2
        : 1;
  return width;
}

const padEnd = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - displayWidth(text)));
const padStart = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - displayWidth(text))) + text;

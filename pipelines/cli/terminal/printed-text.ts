import stringWidth from "string-width";
import { type AuditedFigure, isUnread, nameOf } from "../../audit/arithmetic/judge.js";
import { type AuditResult, tally } from "../../audit/wording/compare.js";
import type { PrintedReport, PrintedTable } from "../../audit/wording/report.js";
import { rowLabel } from "../../audit/wording/rows.js";
import { count } from "./progress.js";

/**
 * A table for the terminal: `12.34 =` is computed and printed alike, `12.34 ≠ 12.43 (1)` is computed but
 * printed otherwise for the reason below, `– 12.34 (1)` is printed but not computed from these events.
 */
export function tableText(table: PrintedTable, figures: readonly AuditedFigure[]): string {
  const keys = table.columns.map((c) => c.key).filter((key) => figures.some((f) => f.key === key));
  const head = ["", ...keys.map((key) => heading(table, key))];
  const notes: string[] = [];
  const body = table.rows.map((row, i) => [
    rowLabel(table, row),
    ...keys.map((key) => {
      const figure = figures.find((f) => f.rowIndex === i && f.key === key);
      return figure === undefined ? "" : figureText(figure, notes);
    }),
  ]);
  const widths = head.map((h, i) => Math.max(stringWidth(h), ...body.map((r) => stringWidth(r[i]))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? padEnd(cell, widths[i]) : padStart(cell, widths[i])))
      .join("  ")
      .trimEnd();
  return [title(table), line(head), ...body.map(line), ...notes.map((n, i) => `  (${i + 1}) ${n}`)].join(
    "\n",
  );
}

const INSURANCE: Readonly<Record<string, string>> = { resident: "居民", employee: "职工" };

function title(table: PrintedTable): string {
  const insurance = INSURANCE[table.insurance] ?? "";
  const name = table.title ?? table.id;
  return `${name.includes(insurance) ? "" : `${insurance} `}${name}`;
}

function heading(table: PrintedTable, key: string): string {
  const label = table.columns.find((c) => c.key === key)?.label ?? key;
  return label.replaceAll(/\s+/g, "");
}

function figureText(figure: AuditedFigure, notes: string[]): string {
  if (figure.status === "equal") return `${figure.text} =`;
  const note = figure.note ?? "nothing known explains this";
  let at = notes.indexOf(note);
  if (at < 0) at = notes.push(note) - 1;
  const mark = `(${at + 1})`;
  return figure.computed === null
    ? `– ${figure.text} ${mark}`
    : `${figure.computed} ≠ ${figure.text} ${mark}`;
}

/**
 * The audit for a terminal: what differs first, then where the print contradicts itself, then what cannot be
 * computed and why; with `all` every table and sentence.
 */
export function auditText(report: PrintedReport, result: AuditResult, all: boolean): string {
  const { figures, period, rounding } = result;
  const counts = tally(figures);
  const unread = figures.filter(isUnread).length;
  const of = (status: AuditedFigure["status"]): AuditedFigure[] => figures.filter((f) => f.status === status);
  const lines = [
    `${report.title || "printed report"}: ${count(figures.length)} figures held against ${period} (${rounding})`,
    `  ${count(counts.equal)} equal, ${count(counts.differs)} differ, ${count(counts["print-error"])} differ where the print contradicts itself, ${count(counts["not-computable"])} not computable${unread === 0 ? "" : ` (${count(unread)} of them no readable number)`}`,
  ];
  const list = (heading: string, found: readonly AuditedFigure[]): void => {
    if (found.length > 0) lines.push("", heading, ...found.map(differenceText));
  };
  if (all) lines.push("", ...tablesText(report, figures));
  list("Differ:", of("differs"));
  list("Differ where the print contradicts itself:", of("print-error"));
  if (counts["not-computable"] > 0) lines.push("", "Not computable:", ...reasons(of("not-computable")));
  return `${lines.join("\n")}\n`;
}

const differenceText = (f: AuditedFigure): string =>
  `  ${nameOf(f)}: printed ${f.text}, computed ${f.computed}${f.note === null ? "" : ` – ${f.note}`}`;

function* tablesText(report: PrintedReport, figures: readonly AuditedFigure[]): Generator<string> {
  for (const table of report.tables) {
    const own = figures.filter((f) => f.kind !== "statement" && f.id === table.id);
    if (own.length > 0) yield `${tableText(table, own)}\n`;
  }
  for (const f of figures)
    if (f.kind === "statement")
      yield `${nameOf(f)}: ${f.status === "equal" ? `${f.text} =` : `${f.text} (${f.status})`}`;
}

/** One line for each reason, with the figures that it keeps from being computed. */
function reasons(figures: readonly AuditedFigure[]): string[] {
  const by = new Map<string, AuditedFigure[]>();
  for (const f of figures) by.set(f.note ?? "", [...(by.get(f.note ?? "") ?? []), f]);
  return [...by].map(([reason, list]) => {
    const names = list.map((f) => `${nameOf(f)} ${f.text}`);
    const shown = names.slice(0, 5).join(", ");
    return `  ${reason}: ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
  });
}

const padEnd = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - stringWidth(text)));
const padStart = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - stringWidth(text))) + text;

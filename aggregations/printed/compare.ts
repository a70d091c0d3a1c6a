import { Decimal } from "decimal.js";
import { columnOf, type Formula, type PrintedColumn, stemOf } from "./columns.js";
import type { Figures, Place, Year } from "./figures.js";
import type { PrintedInconsistency, PrintedReport, PrintedRow, PrintedTable } from "./report.js";
import { placesOf, ROW_COLUMNS, rowLabel, type TableScope } from "./rows.js";

/** How the bureau writes its figures. */
export interface PrintHabits {
  readonly rounding: "half-up" | "cut-off";
  /** A change from base 0: printed as 100.00 (and 0.00 from 0 to 0), or left out. */
  readonly zeroBase: "hundred" | "blank";
}

/** What a table needs to be told beyond its own id. */
export interface TableHint {
  /** Columns printed by another formula than their heading says. */
  readonly columns?: Readonly<Record<string, Formula>>;
  /** Row labels that hold something no settlement gives, with the reason. */
  readonly beyond?: Readonly<Record<string, string>>;
  /** Said below the table. */
  readonly note?: string;
}

export type CellStatus =
  /** Computed and printed figure are the same. */
  | "equal"
  /** They differ, and the print contradicts itself here (`note`). */
  | "print-error"
  /** They differ, and nothing explains it. */
  | "different"
  /** Comes from another stream than settlements and enrolment (`note`). */
  | "beyond";

export interface ComparedCell {
  readonly key: string;
  readonly printed: string;
  /** As the bureau would print it; null when it is not computed. */
  readonly computed: string | null;
  readonly status: CellStatus;
  readonly note: string | null;
}

export interface ComparedTable {
  readonly id: string;
  readonly title: string;
  readonly insurance: string;
  readonly note: string | null;
  readonly rows: readonly { readonly label: string; readonly cells: readonly ComparedCell[] }[];
}

/**
 * Holds every table of a printed report against computed figures. A computed figure is made from unrounded
 * sums and rounded once, to the digits that the print shows.
 */
export function comparePrinted(
  report: PrintedReport,
  figures: Figures,
  habits: PrintHabits,
  hints: Readonly<Record<string, TableHint>> = {},
): ComparedTable[] {
  return report.tables.map((table) => {
    const hint = hints[table.id] ?? {};
    const scope = placesOf(report, table, figures);
    return {
      id: table.id,
      title: table.title,
      insurance: table.insurance,
      note: hint.note ?? null,
      rows: table.rows.map((row) => ({
        label: rowLabel(table, row),
        cells: table.columns.flatMap(({ key }) => {
          const printed = row[key];
          if (typeof printed !== "string" || ROW_COLUMNS.includes(key)) return [];
          return [compareCell(report, table, row, key, printed, scope, figures, habits, hint)];
        }),
      })),
    };
  });
}

function compareCell(
  report: PrintedReport,
  table: PrintedTable,
  row: PrintedRow,
  key: string,
  printed: string,
  scope: TableScope | null,
  figures: Figures,
  habits: PrintHabits,
  hint: TableHint,
): ComparedCell {
  const column = columnOf(key);
  const places = scope?.of(row) ?? null;
  const beyond = (note: string): ComparedCell => ({ key, printed, computed: null, status: "beyond", note });
  if (column === null || scope === null || places === null) return beyond("comes from another stream");
  const formula = hint.columns?.[key] ?? column.formula;
  const value = evaluate({ ...column, formula }, places, scope, figures, habits);
  const computed = value === null ? "" : printLike(printed, value, habits.rounding);
  const outside = hint.beyond?.[rowLabel(table, row)];
  if (same(computed, printed)) return { key, printed, computed, status: "equal", note: null };
  if (outside !== undefined) return { ...beyond(outside), computed };
  const error = explanation(report.inconsistencies, table, row, key);
  return { key, printed, computed, status: error === null ? "different" : "print-error", note: error };
}

function evaluate(
  { formula, form }: PrintedColumn,
  places: readonly Place[],
  scope: TableScope,
  figures: Figures,
  habits: PrintHabits,
): Decimal | null {
  const one = (year: Year): Decimal | null => {
    const own = formula.over === "enrolled" && formula.bottom === undefined ? scope.enrolled : places;
    const top = figures.sum(own, formula.top, year).times(formula.scale);
    if (formula.bottom === undefined) return top;
    const base =
      formula.over === "total" ? scope.total : formula.over === "enrolled" ? scope.enrolled : places;
    const bottom = figures.sum(base, formula.bottom, year);
    return bottom.isZero() ? null : top.div(bottom);
  };
  if (form === "value") return one("value") ?? new Decimal(0);
  if (form === "previous") return one("previous") ?? new Decimal(0);
  const now = one("value") ?? new Decimal(0);
  const before = one("previous") ?? new Decimal(0);
  if (form === "difference") return now.minus(before);
  if (!before.isZero()) return now.minus(before).div(before).times(100);
  if (habits.zeroBase === "blank") return null;
  return new Decimal(now.isZero() ? 0 : 100);
}

/** A figure with as many decimals as the printed one. */
function printLike(printed: string, value: Decimal, rounding: PrintHabits["rounding"]): string {
  const decimals = printed.split(".")[1]?.length ?? 0;
  const mode = rounding === "half-up" ? Decimal.ROUND_HALF_UP : Decimal.ROUND_DOWN;
  return value.toDecimalPlaces(decimals, mode).toFixed(decimals);
}

function same(computed: string, printed: string): boolean {
  if (computed === printed) return true;
  return /^-?[\d.]+$/.test(printed) && computed !== "" && new Decimal(computed).eq(printed);
}

/** Why a printed cell is wrong: its own entry, or one of a cell of the same row that it was made from. */
function explanation(
  known: readonly PrintedInconsistency[],
  table: PrintedTable,
  row: PrintedRow,
  key: string,
): string | null {
  const here = known.filter(
    (i) => i.kind === "error" && i.ref?.table === table.id && i.ref.line === row._line,
  );
  const own = here.find((i) => i.ref?.key === key);
  if (own) return `${own.id}: ${own.note}`;
  const source = here.find((i) => i.ref?.key !== undefined && stemOf(i.ref.key) === stemOf(key));
  return source ? `follows from ${source.id}: ${source.note}` : null;
}

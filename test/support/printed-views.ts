import { readRows } from "../../connectors/duckdb/query.js";
import { type ReportTable, reportTables } from "../../connectors/duckdb/reports/tables.js";
import type { PrintedReport, PrintedRow, PrintedTable } from "../../pipelines/audit/wording/report.js";
import type { Config } from "../../schemas/config/schema.js";

export type CellStatus =
  /** Computed and printed figure are the same. */
  | "equal"
  /** They differ, and the print contradicts itself here (`note`). */
  | "print-error"
  /** They differ, and nothing explains it. */
  | "different";

export interface ComparedCell {
  readonly key: string;
  readonly printed: string;
  /** As the view has it; null where it has no such row, column or value. */
  readonly computed: string | null;
  readonly status: CellStatus;
  readonly note: string | null;
}

export interface ComparedRow {
  readonly label: string;
  readonly cells: readonly ComparedCell[];
}

export interface ComparedTable {
  readonly id: string;
  readonly title: string;
  readonly insurance: string;
  readonly rows: readonly ComparedRow[];
  /** Row labels as printed and as the view has them, one name for each facility. */
  readonly order: readonly [printed: readonly string[], ours: readonly string[]];
  /** Columns whose heading differs: printed, ours (null where the view lacks it). */
  readonly headings: readonly (readonly [printed: string, ours: string | null])[];
}

/** Columns that name a row and are no figures. */
const LABELS = ["row_label", "category", "region", "tier", "facility", "group"];

/** Holds every table of a printed report against the views of schema 报表, cell by cell. */
export async function compareViews(
  report: PrintedReport,
  config: Config,
  file: string,
  period: string,
): Promise<ComparedTable[]> {
  const views = new Map(reportTables(config).map((t) => [t.id, t]));
  const compared: ComparedTable[] = [];
  for (const table of report.tables) {
    const view = views.get(table.id);
    const rows = view ? await readRows(file, `FROM "报表"."${view.name}"('${period}')`) : [];
    compared.push(compareView(report, table, view, rows));
  }
  return compared;
}

function compareView(
  report: PrintedReport,
  table: PrintedTable,
  view: ReportTable | undefined,
  rows: readonly Readonly<Record<string, unknown>>[],
): ComparedTable {
  const labelKey = LABELS.find((key) => table.columns.some((c) => c.key === key)) ?? "";
  const first = view?.columns[0].heading ?? "";
  const printed = names(
    report,
    table.rows.map((row) => String(row[labelKey])),
  );
  const ours = names(
    report,
    rows.map((row) => String(row[first])),
  );
  const column = (key: string) => view?.columns.find((c) => c.key === key);
  return {
    id: table.id,
    title: table.title,
    insurance: table.insurance,
    order: [printed, ours],
    headings: table.columns.flatMap(({ key, label, unit }): [string, string | null][] => {
      const heading = column(key)?.heading ?? null;
      // What a printed head tells apart in two lines, region and channel, is one label here.
      if (heading === null && key !== labelKey && [...LABELS, "channel"].includes(key)) return [];
      return heading === undatedHeading(label, unit ?? null) ? [] : [[label, heading]];
    }),
    rows: table.rows.map((row, i) => ({
      label: String(row[labelKey]),
      cells: table.columns.flatMap(({ key }): ComparedCell[] => {
        const text = row[key];
        if (typeof text !== "string" || [...LABELS, "channel"].includes(key)) return [];
        const heading = column(key)?.heading;
        const our = rows[ours.indexOf(printed[i])];
        const value = heading === undefined ? null : our?.[heading];
        const computed = value === null || value === undefined ? null : String(value);
        if (computed !== null && sameNumber(text, computed)) {
          return [{ key, printed: text, computed, status: "equal", note: null }];
        }
        const note = explanation(report, table, row, key);
        return [{ key, printed: text, computed, status: note === null ? "different" : "print-error", note }];
      }),
    })),
  };
}

/** Reports drop zeros at the end here and there. */
export const sameNumber = (printed: string, computed: string): boolean =>
  computed !== "" && printed !== "" && Number(printed) === Number(computed);

/** One name for all names of a row; the second 小计 is another row than the first. */
function names(report: PrintedReport, labels: readonly string[]): string[] {
  const ids = new Map((report.facilities ?? []).flatMap((f) => f.names.map((name) => [name, f.id] as const)));
  const seen = new Map<string, number>();
  return labels.map((label) => {
    const name = ids.get(label) ?? label;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} ${count}`;
  });
}

/**
 * A printed heading without blanks and with 本期 and 上年同期 for this and last year: a view holds every
 * period. The unit follows in brackets, as every heading of the views has it.
 */
export function undatedHeading(label: string, unit: string | null): string {
  const text = label
    .replaceAll(/\s+/g, "")
    .replace(/^20?\d?4年/, "本期")
    .replace(/^1—6月\//, "本期/")
    .replace(/^2023年(同期)?/, "上年同期");
  return unit === null || !["万元", "%", "元"].includes(unit) || /\((万元|%|元)\)/.test(text)
    ? text
    : `${text}(${unit})`;
}

/** Why a printed cell is wrong: its own entry, or one of a cell of the same row that it was made from. */
function explanation(
  report: PrintedReport,
  table: PrintedTable,
  row: PrintedRow,
  key: string,
): string | null {
  const here = (report.inconsistencies ?? []).flatMap((i) => {
    const ref = typeof i.ref === "object" ? i.ref : undefined;
    return i.kind === "error" && ref?.table === table.id && ref.line === row._line ? [{ ...i, ref }] : [];
  });
  const own = here.find((i) => i.ref.key === key);
  if (own) return `${own.id}: ${own.note}`;
  const source = here.find((i) => i.ref.key !== undefined && stemOf(i.ref.key) === stemOf(key));
  return source ? `follows from ${source.id}: ${source.note}` : null;
}

/** The part of a key that columns of one figure share: `avg_fee` of `avg_fee_prev_yuan`. */
const stemOf = (key: string): string => key.replace(/(_prev|_delta|_yoy)?(_yuan|_wan|_pct|_pp)?$/, "");

import { Decimal } from "decimal.js";
import { readRows } from "../../connectors/duckdb/query.js";
import type { Config } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { PrintHabits } from "./arithmetic/evaluate.js";
import type { AuditedFigure } from "./arithmetic/judge.js";
import { isBlank } from "./arithmetic/printed-figure.js";
import { type DataFigure, documentOf } from "./data/document.js";
import { asPrintedReport, listedError, type PrintedReport } from "./data/report.js";
import type { JudgedFigure } from "./evidence/verdict.js";
import { PeriodFigures } from "./printed.js";

/** A printed report held against the published figures of its period. */
export interface AuditResult {
  readonly period: string;
  readonly rounding: PrintHabits["rounding"];
  readonly figures: readonly AuditedFigure[];
}

/** How many figures of which standing. */
export function tally(figures: readonly AuditedFigure[]): Record<AuditedFigure["status"], number> {
  const counts = { equal: 0, differs: 0, "print-error": 0, "not-computable": 0 };
  for (const { status } of figures) counts[status]++;
  return counts;
}

/**
 * Holds a printed report, given as data, against the figures of a published file, by the same evidence as a
 * document. The report's own period is used unless another is given; its rounding is told from its figures
 * unless it is given.
 * @throws FundpulseError FP4004 where the file has no such period
 */
export async function auditReport(
  given: PrintedReport,
  file: string,
  config: Config,
  options: { readonly period?: string; readonly rounding?: PrintHabits["rounding"] } = {},
): Promise<AuditResult> {
  const report = asPrintedReport(given);
  const period = options.period ?? (await periodOf(report, file));
  const read = await PeriodFigures.read(file, period, config);
  const { document, figures } = documentOf(report);
  const audit = read.audit(document, options.rounding ?? null);
  const at = new Map(audit.figures.map((f) => [`${f.found.spot.anchor} ${f.found.spot.at}`, f]));
  return {
    period,
    rounding: audit.rounding,
    figures: figures.map((f) => {
      const judged = f.spot === null ? undefined : at.get(`${f.spot.anchor} ${f.spot.at}`);
      return listed(report, asData(f, judged));
    }),
  };
}

async function periodOf({ period: { from, to } }: PrintedReport, file: string): Promise<string> {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const [found] = await readRows(
    file,
    `SELECT period FROM dim_period WHERE period_start = ${quote(from)} AND period_end = ${quote(to)}
     ORDER BY period_kind = 'ytd' LIMIT 1`,
  );
  if (found === undefined)
    throw new FundpulseError("FP4004", `the published file has no figures of ${from} to ${to}`);
  return String(found.period);
}

/** A figure of the document under its names in the data. */
function asData(f: DataFigure, judged: JudgedFigure | undefined): AuditedFigure {
  const { spot: _, printed, ...place } = f;
  if (judged === undefined)
    return {
      ...{ ...place, text: printed, printed: null, decimals: 0, computed: null, status: "not-computable" },
      ...(isBlank(printed)
        ? { meaning: "no figure is printed", note: "no figure is printed" }
        : { meaning: UNREAD, note: `“${printed}” cannot be read as a number` }),
    };
  const { text, decimals, meaning, printed: number } = judged.found.figure;
  const status = judged.status === "not-understood" ? ("not-computable" as const) : judged.status;
  const plain = number ?? new Decimal(text.replaceAll(",", ""));
  return {
    ...{ ...place, text, printed: plain, decimals, meaning },
    ...{ computed: judged.computed, status, note: judged.note },
  };
}

const UNREAD = "no number";

/** Whether something is printed that is no number, where one is expected. */
export const isUnread = (f: AuditedFigure): boolean => f.meaning === UNREAD;

/** What the report's own list calls an error is one, unless its digits are right and its name is, too. */
function listed(report: PrintedReport, figure: AuditedFigure): AuditedFigure {
  const error = listedError(report.inconsistencies ?? [], figure);
  if (error === null || (figure.status === "equal" && !error.ofName)) return figure;
  return { ...figure, status: "print-error", note: error.note };
}

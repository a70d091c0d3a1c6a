import { readRows } from "../../../connectors/duckdb/query.js";
import type { Config } from "../../../schemas/config/schema.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { FundpulseError } from "../../../schemas/errors.js";
import type { PrintHabits } from "../arithmetic/evaluate.js";
import { type FigureRow, Figures, OTHER } from "../arithmetic/figures.js";
import { type AuditedFigure, audit, detectRounding } from "../arithmetic/judge.js";
import type { PrintedFigure } from "../arithmetic/printed-figure.js";
import type { Catalogue } from "./catalogue.js";
import { Meanings } from "./meaning.js";
import { printedFigures } from "./printed-figures.js";
import type { AuditHints, PrintedReport } from "./report.js";

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
 * Holds a printed report against the figures of a published file. The report's own period is used unless
 * another is given; its rounding is told from its figures unless it is given.
 */
export async function auditReport(
  report: PrintedReport,
  file: string,
  config: Config,
  options: {
    readonly period?: string;
    readonly rounding?: PrintHabits["rounding"];
    readonly hints?: AuditHints;
  } = {},
): Promise<AuditResult> {
  const catalogue = await readCatalogue(file, config, report, options.period);
  const printed = printedFigures(report, new Meanings(report, catalogue, options.hints));
  const figures = await readFigures(file, catalogue.period, printed);
  const configured = { ...config.report };
  const known = catalogue.previousKnown;
  const rounding = options.rounding ?? detectRounding(printed, figures, configured, known);
  const habits = { ...configured, rounding };
  return {
    period: catalogue.period,
    rounding,
    figures: audit(report.inconsistencies ?? [], printed, figures, habits, known),
  };
}

/** Dimensions of a fact beside the columns, as `figures.ts` writes them. */
const OTHER_TEXT =
  "CASE WHEN other IS NOT NULL THEN array_to_string(list_sort(list_transform(map_entries(other), lambda e: e.key || '=' || e.value)), ',') END";

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

async function readCatalogue(
  file: string,
  config: Config,
  report: PrintedReport,
  given: string | undefined,
): Promise<Catalogue> {
  const { from, to } = report.period;
  const periods = await readRows(
    file,
    given === undefined
      ? `SELECT period, previous_known FROM dim_period WHERE period_start = ${quote(from)} AND period_end = ${quote(to)}
         ORDER BY period_kind = 'ytd' LIMIT 1`
      : `SELECT period, previous_known FROM dim_period WHERE period = ${quote(given)}`,
  );
  if (periods.length === 0) {
    const wanted = given ?? `${from} to ${to}`;
    throw new FundpulseError("FP4004", `the published file has no figures of ${wanted}`);
  }
  const period = String(periods[0].period);
  const where = `FROM indicators WHERE period = ${quote(period)}`;
  const [kept, lines, facilities, divisions, careGroups] = [
    await readRows(
      file,
      `SELECT DISTINCT insurance, "grouping", indicator, unit, fund, ${OTHER_TEXT} AS other ${where}`,
    ),
    await readRows(
      file,
      `SELECT insurance, care, category, value::VARCHAR AS fee ${where} AND "grouping" IN ('care', 'care+category') AND indicator = 'fee'`,
    ),
    await readRows(
      file,
      "SELECT facility, name, any_value(kind) AS kind FROM dim_facility WHERE name IS NOT NULL GROUP BY facility, name",
    ),
    await readRows(file, "SELECT admdvs, name FROM dim_division WHERE name IS NOT NULL"),
    await readRows(file, `SELECT DISTINCT care_group AS name ${where} AND "grouping" = 'care+care_group'`),
  ];
  const rows = <T>(list: Record<string, unknown>[]): T[] => list as T[];
  return {
    period,
    level: config.jurisdiction.level,
    previousKnown: periods[0].previous_known === true,
    kept: rows(kept.map(({ grouping, ...rest }) => ({ grouping, ...rest }))),
    lines: rows(lines),
    facilities: rows(facilities),
    divisions: rows(divisions),
    careGroups: careGroups.map((g) => String(g.name)),
    categories: config.report.categories,
    booked: config.report.booked,
  };
}

async function readFigures(
  file: string,
  period: string,
  printed: readonly PrintedFigure[],
): Promise<Figures> {
  const terms = printed.flatMap(({ meaning: m }) =>
    typeof m === "string" ? [] : [...m.top.terms, ...(m.bottom?.terms ?? [])],
  );
  const list = (values: Iterable<string>): string => [...new Set(values)].map(quote).join(", ") || "''";
  const groupings = list(terms.flatMap((t) => t.places.map((p) => p.grouping)));
  const indicators = list(terms.map((t) => t.indicator));
  const found = await readRows(
    file,
    `SELECT insurance, "grouping", ${DIMENSIONS.join(", ")}, ${OTHER_TEXT} AS other, indicator, value::VARCHAR AS value, previous::VARCHAR AS previous
     FROM indicators WHERE period = ${quote(period)} AND "grouping" IN (${groupings}) AND indicator IN (${indicators})`,
  );
  return new Figures(
    found.map((row): FigureRow => {
      const names = [...DIMENSIONS, OTHER];
      const dimensions = Object.fromEntries(names.map((name) => [name, row[name] as string | null]));
      const { insurance, grouping, indicator, value, previous } = row as unknown as FigureRow;
      return { insurance, grouping, dimensions, indicator, value, previous };
    }),
  );
}

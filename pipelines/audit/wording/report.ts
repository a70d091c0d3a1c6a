import type { PrintedInconsistency } from "../arithmetic/judge.js";

/**
 * A printed report as data: its tables cell by cell as they were printed, the figures of its prose, the
 * formulas that it states, and what is known to be wrong in the print. Keys that start with _ describe a row
 * and are no printed figures; a figure is a text of digits, anything else is a label.
 */
export interface PrintedReport {
  readonly title: string;
  /** First and last day. */
  readonly period: { readonly from: string; readonly to: string };
  readonly tables: readonly PrintedTable[];
  readonly statements?: readonly PrintedStatement[];
  readonly facilities?: readonly PrintedFacility[];
  /** How the report makes its figures. */
  readonly indicators?: readonly PrintedFormula[];
  readonly inconsistencies?: readonly PrintedInconsistency[];
}

export interface PrintedFacility {
  readonly id: string;
  readonly group: string;
  /** Every name that the report prints for it. */
  readonly names: readonly string[];
}

export interface PrintedTable {
  /** `resident.inpatient.by_region.avg_fee`: insurance, what it covers, rows, subject. */
  readonly id: string;
  readonly title: string;
  readonly insurance: string;
  readonly columns: readonly PrintedColumn[];
  readonly rows: readonly PrintedRow[];
}

export interface PrintedColumn {
  readonly key: string;
  readonly label: string;
  readonly unit: string | null;
}

export type PrintedRow = Readonly<Record<string, string | number | null>>;

/** A sentence with figures: printed magnitudes, and in `directions` which of them go down. */
export interface PrintedStatement {
  readonly id: string;
  readonly text?: string;
  readonly insurance?: string;
  readonly dims?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string | null>>;
  readonly directions?: Readonly<Record<string, string>>;
}

/** `id` is the stem of a column key, with `_` and an insurance where the formula holds for that one only. */
export interface PrintedFormula {
  readonly id: string;
  readonly formula: string;
}

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === "object" && v !== null && !Array.isArray(v);

/**
 * Takes parsed JSON for a printed report.
 * @throws Error that names the first thing that is missing or of another kind
 */
export function asPrintedReport(json: unknown): PrintedReport {
  const fail = (what: string): never => {
    throw new Error(what);
  };
  if (!isObject(json)) return fail("is no object");
  const days = json.period;
  if (!isObject(days) || typeof days.from !== "string" || typeof days.to !== "string")
    return fail("period.from and period.to are missing");
  const tables = json.tables ?? [];
  const statements = json.statements ?? [];
  if (!Array.isArray(tables) || !Array.isArray(statements)) return fail("tables and statements are no lists");
  if (tables.length + statements.length === 0) return fail("has neither tables nor statements");
  for (const [i, t] of tables.entries()) {
    if (!isObject(t) || typeof t.id !== "string") return fail(`tables[${i}] has no id`);
    if (
      !Array.isArray(t.columns) ||
      !Array.isArray(t.rows) ||
      !t.columns.every((c) => isObject(c) && typeof c.key === "string")
    )
      return fail(`table ${t.id} has no columns or no rows`);
  }
  for (const [i, s] of statements.entries()) {
    if (!isObject(s) || typeof s.id !== "string" || !isObject(s.values))
      return fail(`statements[${i}] has no id or no values`);
  }
  return {
    title: textOf(json.title),
    period: { from: days.from, to: days.to },
    tables: tables.map(asTable),
    statements: statements.map(asStatement),
    facilities: objects(json.facilities).flatMap((f) =>
      typeof f.id === "string" && Array.isArray(f.names)
        ? [{ id: f.id, group: textOf(f.group), names: f.names.map(textOf) }]
        : [],
    ),
    indicators: objects(json.indicators).map((i) => ({ id: textOf(i.id), formula: textOf(i.formula) })),
    inconsistencies: objects(json.inconsistencies).map((i) => ({
      kind: textOf(i.kind),
      note: textOf(i.note),
      ...(typeof i.ref === "string" || isObject(i.ref) ? { ref: i.ref } : {}),
    })),
  };
}

const textOf = (v: unknown): string => (typeof v === "string" ? v : typeof v === "number" ? String(v) : "");
const objects = (v: unknown): Record<string, unknown>[] => (Array.isArray(v) ? v.filter(isObject) : []);
/** The entries that are texts; numbers become texts of their digits. */
const texts = (v: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isObject(v) ? v : {}).flatMap(([k, x]) =>
      typeof x === "string" || typeof x === "number" ? [[k, textOf(x)]] : [],
    ),
  );

function asTable(t: Record<string, unknown>): PrintedTable {
  return {
    id: textOf(t.id),
    title: textOf(t.title),
    insurance: textOf(t.insurance),
    columns: objects(t.columns).map((c) => ({
      key: textOf(c.key),
      label: textOf(c.label) || textOf(c.key),
      unit: typeof c.unit === "string" ? c.unit : null,
    })),
    rows: objects(t.rows).map((r) => {
      // What begins with _ describes the row; a printed number may come as one.
      const line: Record<string, number> = typeof r._line === "number" ? { _line: r._line } : {};
      return { ...texts(r), ...line };
    }),
  };
}

function asStatement(s: Record<string, unknown>): PrintedStatement {
  return {
    id: textOf(s.id),
    text: textOf(s.text),
    insurance: textOf(s.insurance),
    values: texts(s.values),
    directions: texts(s.directions),
    ...(isObject(s.dims) ? { dims: texts(s.dims) } : {}),
  };
}

/** What a report cannot say of itself: where a figure stands, or why nothing gives it. */
export interface AuditHints {
  /** By `table or statement id/row label/key`, or without the row label. */
  readonly figures?: Readonly<
    Record<
      string,
      | string
      | {
          readonly insurance?: string;
          readonly grouping: string;
          readonly dimensions?: Readonly<Record<string, string>>;
          readonly top: readonly string[];
          readonly bottom?: readonly string[];
          readonly scale?: number;
        }
    >
  >;
}

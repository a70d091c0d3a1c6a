import { groupingOf } from "../../aggregations/explain/request.js";
import type { ExplainReader } from "../../connectors/duckdb/explain/reader.js";
import type { QueryResult } from "../../connectors/duckdb/query.js";
import { cellText } from "../../connectors/files/cell-text.js";
import { csvText } from "../../connectors/files/csv.js";
import { neutralText } from "../../schemas/neutral-text.js";
import type { Explanation, LimitedList } from "./explanation.js";

/** Decimal text that is written as a JSON number, digit by digit. */
class Exact {
  constructor(readonly text: string | null) {}
}

/** JSON in which no decimal loses a place. */
function json(value: unknown, indent = ""): string {
  if (value instanceof Exact) return value.text ?? "null";
  if (value === null || value === undefined) return "null";
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((v) => json(v, inner))
    : Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .map(([k, v]) => `${JSON.stringify(k)}: ${json(v, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (items.length === 0) return `${open}${close}`;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}

const rowsOf = ({ columns, numeric, rows }: QueryResult): object[] =>
  rows.map((row) =>
    Object.fromEntries(
      columns.map((name, i) => [name, numeric[i] && row[i] !== null ? new Exact(String(row[i])) : row[i]]),
    ),
  );

const listOf = (list: LimitedList): object => ({ count: list.count, rows: rowsOf(list.shown) });
const exact = (value: string | null | undefined): Exact | undefined =>
  value === undefined ? undefined : new Exact(value);

/** An explanation for other programs. Numbers are exact decimals. */
export function explanationJson(e: Explanation): string {
  const { request, figure, formula } = e;
  const parts = e.parts.map(({ value, published, ...part }) => ({
    ...part,
    value: exact(value),
    published: exact(published),
  }));
  const out = {
    period: request.period.id,
    indicator: formula.indicator.name,
    zh: formula.indicator.zh,
    formula: formula.indicator.formula,
    insurance: request.insurance,
    grouping: groupingOf(request),
    dimensions: request.dimensions,
    other: request.other,
    figure: {
      unit: figure.unit,
      value: exact(figure.value),
      previous: exact(figure.previous),
      change: exact(figure.change),
      change_pct: exact(figure.change_pct),
      reported: exact(figure.reported),
      status: figure.status,
      facility_name: figure.facility_name,
    },
    parts,
    numerator: exact(e.numerator),
    denominator: exact(e.denominator),
    months: e.months === 1 ? undefined : e.months,
    computed: exact(e.computed),
    records: e.records.map((r) => ({
      kind: r.kind,
      count: r.list.count,
      sums: r.parts.map((p) => ({ side: p.side, sign: p.sign, term: p.term, value: exact(p.value) })),
      cells:
        r.cells &&
        listOf({
          count: r.cells.count,
          shown: named(
            r.cells.shown,
            r.parts.map((p) => p.term),
          ),
        }),
      rows: rowsOf(r.list.shown),
      sql: r.sql,
    })),
    persons: e.persons && {
      counted: e.persons.counted,
      not_counted: e.persons.notCounted,
      rows: rowsOf(e.persons.shown),
      sql: e.persons.sql,
    },
    reference: Object.fromEntries(e.reference.map(({ name, list }) => [name, listOf(list)])),
    since_close: e.sinceClose && {
      closed_at: e.sinceClose.closedAt,
      version: exact(e.sinceClose.version),
      delta: exact(e.sinceClose.delta),
      causes: listOf(e.sinceClose.causes),
    },
    published: {
      version: exact(e.published.version),
      published_at: e.published.publishedAt,
      sequence: e.published.sequence,
    },
    detail: { sequence: e.detail.sequence },
    check: e.check,
  };
  return `${json(out)}\n`;
}

/** Sums `t0`, `t1` … by the names of their terms. */
const named = (result: QueryResult, terms: readonly string[]): QueryResult => ({
  ...result,
  columns: result.columns.map((name) =>
    /^t\d+$/.test(name) ? (terms[Number(name.slice(1))] ?? name) : name,
  ),
});

/** Writes the rows of a statement as CSV, piece by piece: there may be millions. */
export async function writeCsv(
  reader: ExplainReader,
  sql: string,
  limit: number | null,
  write: (text: string) => Promise<void>,
): Promise<void> {
  let head = true;
  for await (const piece of reader.pieces(limit === null ? sql : `${sql}\nLIMIT ${limit}`)) {
    const text = csvText([
      ...(head ? [piece.columns] : []),
      ...piece.rows.map((row) => row.map((v, i) => (piece.numeric[i] ? v : neutralText(cellText(v))))),
    ]);
    await write(text);
    head = false;
  }
}

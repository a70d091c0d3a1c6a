import type { Config } from "../../../schemas/config/schema.js";
import { quoteName, quoteText, REPORT } from "../../../schemas/published/definition.js";
import { selectOf } from "./definitions.js";
import { HELD, type Reader } from "./figures.js";
import type { PrintedFormula } from "./print.js";
import { SUMMARY_NAME } from "./summary.js";
import { reportTables } from "./tables.js";

/** A printed table of one period: headings, what kind of line each row is, and its cells as printed. */
export interface PrintedTable {
  readonly name: string;
  readonly headings: readonly string[];
  /** The headings without the bureau's own ones, and the columns' keys. */
  readonly usual: readonly string[];
  readonly keys: readonly string[];
  readonly numeric: readonly boolean[];
  readonly rows: readonly {
    /** 明细, 小计 or 合计. */
    readonly kind: string;
    readonly cells: readonly (string | null)[];
  }[];
}

/** Names of the tables of schema 报表, in their order. */
export const tableNames = (config: Config): string[] => [
  ...reportTables(config).map((t) => t.name),
  SUMMARY_NAME,
];

/** A table of the period that is held; null where nobody knows the name. */
export async function readTable(
  reader: Reader,
  config: Config,
  period: string,
  name: string,
): Promise<PrintedTable | null> {
  if (!tableNames(config).includes(name)) return null;
  const summary = name === SUMMARY_NAME;
  const table = reportTables(config).find((t) => t.name === name);
  const from = summary
    ? `FROM ${REPORT}.${quoteName(name)}(${quoteText(period)})`
    : `FROM (${selectOf(table!, config).replaceAll("store.cell ", `${HELD} `)}) WHERE "期间" = ${quoteText(period)}`;
  const { columns, numeric, rows } = await reader.query(`${from} ORDER BY "序号"`);
  const kind = columns.indexOf("行类");
  const printed = columns.flatMap((c, i) =>
    ["期间", "行类"].includes(c) || (c === "序号" && !summary) ? [] : [i],
  );
  const headings = printed.map((i) => columns[i]!);
  const own = table?.columns ?? [];
  const plain = reportTables({ ...config, report: { ...config.report, tables: {} } }).find(
    (t) => t.name === name,
  );
  const keys = headings.map((h) => own.find((c) => c.heading === h)?.key ?? h);
  return {
    name,
    headings,
    keys,
    usual: keys.map((k, i) => plain?.columns.find((c) => c.key === k)?.heading ?? headings[i]!),
    numeric: printed.map((i) => numeric[i]!),
    rows: rows.map((row) => ({
      kind: kind < 0 ? "明细" : String(row[kind]),
      cells: printed.map((i) => (row[i] === null ? null : String(row[i]))),
    })),
  };
}

/** The whole numbers that a printed table is made of: fen, visits, people; a row for each of its rows. */
export interface TableNumbers {
  readonly formulas: readonly (PrintedFormula | null)[];
  /** Names as in formulas, `p_` before those of last year. */
  readonly measures: readonly string[];
  readonly rows: readonly (readonly (bigint | null)[])[];
}

/** What stands behind a table of the period that is held; null where its cells have no formulas. */
export async function readNumbers(
  reader: Reader,
  config: Config,
  period: string,
  name: string,
): Promise<TableNumbers | null> {
  const table = reportTables(config).find((t) => t.name === name);
  const formulas = table?.columns.map((c) => c.formula ?? null) ?? [];
  const measures = [...new Set(formulas.flatMap((f) => (f === null ? [] : measuresOf(f))))];
  if (table === undefined || measures.length === 0) return null;
  const { rows } = await reader.query(
    `SELECT ${measures.map((m) => `r.${m}`).join(", ")}
     FROM (${table.lines.replaceAll("store.cell ", `${HELD} `)}) r WHERE r.period = ${quoteText(period)} ORDER BY r.seq`,
  );
  return {
    formulas,
    measures,
    rows: rows.map((row) => row.map((v) => (v === null ? null : BigInt(String(v))))),
  };
}

/** Measures of a line that a formula takes; a base of all lines is that of the total. */
function measuresOf({ kind, of, previous }: PrintedFormula): string[] {
  const own = [of.num, ...(of.den === null ? [] : [of.den])].map((m) => m.replace(/^total_/, ""));
  const before = own.map((m) => `p_${m}`);
  if (kind === "change" || kind === "difference") return [...own, ...before];
  return previous ? before : own;
}

import { access } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance, DuckDBTypeId } from "@duckdb/node-api";
import stringWidth from "string-width";
import { FundpulseError } from "../../schemas/errors.js";
import { visible, visibleJson } from "../../schemas/visible.js";
import { faultOf, knownOr } from "../faults/known.js";
import { cellText } from "../files/cell-text.js";
import { csvText } from "../files/csv.js";

const QUERY_FORMATS = ["table", "csv", "json"] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

/** A result as texts; `numeric` columns hold exact decimal text. NULL is null. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly numeric: readonly boolean[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Types whose JSON text is a number, exact. */
export const NUMERIC_TYPES: ReadonlySet<DuckDBTypeId> = new Set<DuckDBTypeId>([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.DECIMAL,
]);

/**
 * Runs SQL on the published file as it stands now. The file is opened anew for every call, read-only, with
 * no way to other files, extensions or settings.
 * @throws FundpulseError FP4002 when nothing is published, FP5001 when the query fails.
 */
export async function queryPublished(path: string, sql: string): Promise<QueryResult> {
  const reader = await PublishedReader.open(path);
  try {
    return await reader.query(sql);
  } finally {
    reader.close();
  }
}

/** @throws FundpulseError FP4002 when nothing is published. */
export async function mustBeThere(path: string): Promise<void> {
  await access(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw knownOr(error, path);
    throw new FundpulseError("FP4002", `${path} does not exist`);
  });
}

/** Why a file cannot be opened: a right, damage, or else the code, of a published file FP4002. */
export const openFault = (
  cause: unknown,
  path: string,
  code: "FP4002" | "FP5002" = "FP4002",
): FundpulseError =>
  faultOf(cause, path) ??
  new FundpulseError(code, `${path} cannot be opened: ${(cause as Error).message}`, { cause });

/** The published file as it stood when it was opened: queries that belong together see one version. */
export class PublishedReader {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** @throws FundpulseError FP4002 when nothing is published. */
  static async open(path: string): Promise<PublishedReader> {
    await mustBeThere(path);
    let instance: DuckDBInstance | null = null;
    try {
      instance = await DuckDBInstance.create(path, {
        access_mode: "READ_ONLY",
        enable_external_access: "false",
        autoload_known_extensions: "false",
        autoinstall_known_extensions: "false",
        lock_configuration: "true",
      });
      return new PublishedReader(instance, await instance.connect());
    } catch (cause) {
      instance?.closeSync();
      throw openFault(cause, path);
    }
  }

  /** @throws FundpulseError FP5001 when the query fails. */
  query(sql: string): Promise<QueryResult> {
    return queryOn(this.connection, sql);
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** Rows of one query on a published file as objects by column name; values as `QueryResult` has them. */
export async function readRows(file: string, sql: string): Promise<Record<string, unknown>[]> {
  const { columns, rows } = await queryPublished(file, sql);
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
}

/**
 * A query's whole result.
 * @throws FundpulseError FP5001 with DuckDB's message when it fails.
 */
export async function queryOn(connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  try {
    const reader = await connection.runAndReadAll(sql);
    return {
      columns: reader.deduplicatedColumnNames(),
      numeric: reader.columnTypes().map((t) => NUMERIC_TYPES.has(t.typeId)),
      rows: reader.getRowsJson() as unknown[][],
    };
  } catch (cause) {
    throw new FundpulseError("FP5001", (cause as Error).message, { cause });
  }
}

const csv = ({ columns, rows }: QueryResult): string => csvText([columns, ...rows]);

/** Numbers are written digit by digit as DuckDB has them, so that no decimal loses a place. */
function json(result: QueryResult): string {
  const value = (v: unknown, i: number): string =>
    v === null ? "null" : result.numeric[i] ? String(v) : JSON.stringify(v);
  const rows = result.rows.map(
    (row) => `  {${row.map((v, i) => `${JSON.stringify(result.columns[i])}: ${value(v, i)}`).join(", ")}}`,
  );
  return rows.length === 0 ? "[]\n" : `[\n${visibleJson(rows.join(",\n"))}\n]\n`;
}

/** A result as the lines of a table: headings, a rule, the rows. */
export function textTable(result: QueryResult): string[] {
  const cells = [result.columns, ...result.rows].map((row) =>
    row.map((v) => (v === null ? "NULL" : visible(cellText(v)))),
  );
  const widths = result.columns.map((_, i) =>
    cells.reduce((w, row) => Math.max(w, stringWidth(row[i] ?? "")), 0),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((v, i) => {
        const blank = " ".repeat(widths[i]! - stringWidth(v));
        return result.numeric[i] ? blank + v : v + blank;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((w) => "─".repeat(w)).join("  ");
  const [head, ...body] = cells;
  return [line(head!), rule, ...body.map(line)];
}

const table = (result: QueryResult): string =>
  `${textTable(result).join("\n")}\n(${result.rows.length} rows)\n`;

/** A result as text that ends with a line feed. */
export function formatResult(result: QueryResult, format: QueryFormat): string {
  return { table, csv, json }[format](result);
}

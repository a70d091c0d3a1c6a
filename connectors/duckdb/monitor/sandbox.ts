import { DuckDBInstance, StatementType } from "@duckdb/node-api";
import { FundpulseError } from "../../../schemas/errors.js";
import { NUMERIC_TYPES } from "../query.js";
import { SEALED } from "./open-file.js";

/** A column of a result. */
export interface SandboxColumn {
  readonly name: string;
  readonly type: string;
  /** Its cells are exact decimal text. */
  readonly numeric: boolean;
}

export interface SandboxResult {
  readonly columns: readonly SandboxColumn[];
  readonly rows: readonly (readonly unknown[])[];
  /** More rows there were than are given. */
  readonly truncated: boolean;
  readonly milliseconds: number;
}

export interface SandboxLimits {
  readonly milliseconds: number;
  readonly rows: number;
  /** Of the result as text. */
  readonly bytes: number;
}

const MEMORY_LIMIT = "400MB";
const READ_ONLY: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

/**
 * Runs in a process of its own (`askSealed`): one query of someone's own on a published file. It runs on an instance of its own, which is thrown away: read-only,
 * without a way to other files, extensions or settings, without room on disk, in limited memory on one thread, and is
 * stopped when its time is over.
 * @throws FundpulseError FP5001 for what is no single query or fails, FP6008 when its time or room is over.
 */
export async function runSealed(path: string, sql: string, limits: SandboxLimits): Promise<SandboxResult> {
  const started = performance.now();
  const instance = await DuckDBInstance.create(path, {
    ...SEALED,
    memory_limit: MEMORY_LIMIT,
    threads: "1",
    max_temp_directory_size: "0KB",
    allow_community_extensions: "false",
  });
  const connection = await instance.connect();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.interrupt();
  }, limits.milliseconds);
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) {
      throw new FundpulseError("FP5001", `one query is taken at a time, here are ${statements.count}`);
    }
    const prepared = await statements.prepare(0);
    if (!READ_ONLY.has(prepared.statementType)) {
      throw new FundpulseError(
        "FP5001",
        "only queries are taken: SELECT, FROM, WITH, DESCRIBE, SHOW, EXPLAIN",
      );
    }
    const stream = await prepared.stream();
    const columns = stream.deduplicatedColumnNames().map((name, i) => ({
      name,
      type: stream.columnTypes()[i]!.toString(),
      numeric: NUMERIC_TYPES.has(stream.columnTypes()[i]!.typeId),
    }));
    const rows: unknown[][] = [];
    let bytes = 0;
    let truncated = false;
    for await (const piece of stream.yieldRowsJson()) {
      for (const row of piece as unknown[][]) {
        if (rows.length === limits.rows) {
          truncated = true;
          break;
        }
        bytes += sizeOf(row);
        if (bytes > limits.bytes) {
          throw new FundpulseError("FP6008", `the result is larger than ${limits.bytes / 1_048_576} MB`);
        }
        rows.push(row);
      }
      if (late) throw new Error("late");
      if (truncated) break;
    }
    return { columns, rows, truncated, milliseconds: Math.round(performance.now() - started) };
  } catch (error) {
    if (late) {
      throw new FundpulseError("FP6008", `the query took longer than ${limits.milliseconds / 1000} seconds`);
    }
    if (error instanceof FundpulseError) throw error;
    const { message } = error as Error;
    // What DuckDB's client says of a text without any statement.
    const said = message === "Error in native callback" ? "there is no query in it" : message;
    throw new FundpulseError("FP5001", said, { cause: error });
  } finally {
    clearTimeout(timer);
    connection.closeSync();
    instance.closeSync();
  }
}

function sizeOf(row: readonly unknown[]): number {
  let bytes = 0;
  for (const v of row)
    bytes +=
      typeof v === "string" ? v.length : v !== null && typeof v === "object" ? JSON.stringify(v).length : 8;
  return bytes;
}

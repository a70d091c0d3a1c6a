import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from "@duckdb/node-api";

/** A column to append. The table's column must have the same type: INTEGER, BIGINT, DOUBLE or VARCHAR. */
export type AppendColumn = Int32Array | BigInt64Array | Float64Array | readonly (string | null)[];

type Numbers = Int32Array | BigInt64Array | Float64Array;
const isNumbers = (column: AppendColumn): column is Numbers => !Array.isArray(column);

const CHUNK_ROWS = 2048;

const typeOf = (column: AppendColumn): DuckDBType =>
  column instanceof Int32Array
    ? INTEGER
    : column instanceof Float64Array
      ? DOUBLE
      : column instanceof BigInt64Array
        ? BIGINT
        : VARCHAR;

/** The part of a number vector that the library does not document: its backing typed array. */
interface NumberVector {
  readonly items: Numbers;
  flush(): void;
}

/**
 * Appends whole columns to a table, about ten times as fast as row by row. Number columns are copied
 * straight into DuckDB's vectors. Columns must have equal length and stand in the table's order.
 * Counts and fen travel as DOUBLE, exact below 2^53; the SQL that reads them casts them to BIGINT.
 */
export function appendColumns(
  connection: DuckDBConnection,
  table: { catalog?: string; schema?: string; table: string },
  columns: readonly AppendColumn[],
): Promise<void> {
  return appendBlocks(connection, table, [columns]);
}

/** Appends several sets of columns of the same types, one after the other, through one appender. */
export async function appendBlocks(
  connection: DuckDBConnection,
  table: { catalog?: string; schema?: string; table: string },
  blocks: readonly (readonly AppendColumn[])[],
): Promise<void> {
  for (const columns of blocks) {
    if (columns.some((c) => c.length !== columns[0].length))
      throw new RangeError("columns of unequal length");
  }
  const filled = blocks.filter((columns) => (columns[0]?.length ?? 0) > 0);
  if (filled.length === 0) return;
  const appender = await connection.createAppender(table.table, table.schema ?? null, table.catalog ?? null);
  try {
    const chunk = DuckDBDataChunk.create(filled[0].map(typeOf));
    for (const columns of filled) {
      const rows = columns[0].length;
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        fill(chunk, columns, from, Math.min(CHUNK_ROWS, rows - from));
        appender.appendDataChunk(chunk);
      }
    }
  } finally {
    appender.closeSync();
  }
}

function fill(chunk: DuckDBDataChunk, columns: readonly AppendColumn[], from: number, size: number): void {
  chunk.reset();
  chunk.rowCount = size;
  for (const [i, column] of columns.entries()) {
    if (isNumbers(column)) {
      const vector = chunk.getColumnVector(i) as unknown as NumberVector;
      vector.items.set(column.subarray(from, from + size) as never);
      vector.flush();
    } else {
      chunk.setColumnValues(i, column.slice(from, from + size));
    }
  }
}

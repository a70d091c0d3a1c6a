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
export async function appendColumns(
  connection: DuckDBConnection,
  table: { catalog?: string; schema?: string; table: string },
  columns: readonly AppendColumn[],
): Promise<void> {
  const rows = columns[0]?.length ?? 0;
  if (columns.some((c) => c.length !== rows)) throw new RangeError("columns of unequal length");
  if (rows === 0) return;
  const appender = await connection.createAppender(table.table, table.schema ?? null, table.catalog ?? null);
  try {
    const chunk = DuckDBDataChunk.create(columns.map(typeOf));
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const size = Math.min(CHUNK_ROWS, rows - from);
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
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

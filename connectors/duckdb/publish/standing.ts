import { stat } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { quoteText } from "../../../schemas/published/definition.js";

/** A published file that stands: of which state and commit it was made, and what is in it. */
export interface StandingFile {
  readonly path: string;
  readonly stateId: string;
  readonly sequence: number;
  readonly version: number;
  /** Closed periods. */
  readonly closed: readonly string[];
}

/** What the published file at `path` was made of; null where there is none, `unreadable` where nobody can tell. */
export async function standingFile(path: string): Promise<StandingFile | "unreadable" | null> {
  const size = await stat(path).then(
    (s) => s.size,
    () => 0,
  );
  if (size === 0) return null;
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH ${quoteText(path)} AS standing (READ_ONLY); USE standing`);
    const meta = await connection.runAndReadAll(
      "SELECT state_id, sequence::VARCHAR, version::VARCHAR FROM store.meta",
    );
    const closed = await connection.runAndReadAll("SELECT period FROM store.closed ORDER BY period");
    const [row] = meta.getRows();
    // A file without its one row is one that was being made.
    if (row === undefined) return null;
    return {
      path,
      stateId: String(row[0]),
      sequence: Number(row[1]),
      version: Number(row[2]),
      closed: closed.getRows().map(([period]) => String(period)),
    };
  } catch {
    return "unreadable";
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

import { access, constants } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { FundpulseError } from "../../../schemas/errors.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { mustBeThere, NUMERIC_TYPES, openFault, type QueryResult, queryOn } from "../query.js";

/** What a file says of the snapshot of the state that it was made from. */
export interface SnapshotId {
  readonly stateId: string;
  readonly sequence: number;
}

const MEMORY_LIMIT = "1GB";
/** Binds only on a file of the present layout. */
const NEEDED_COLUMNS =
  "SELECT b.code_set, b.valid_from, b.own_fund, b.parents, c.change_id FROM bill b, closed_change c LIMIT 0";

/**
 * The published file and the detail file, open read-only side by side: `published.…`, and the detail file's
 * tables by their bare names. Both keep the version that was opened.
 */
export class ExplainReader {
  private constructor(
    readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
  ) {}

  /** @throws FundpulseError FP4002 when nothing is published. */
  static async open(published: string): Promise<ExplainReader> {
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: MEMORY_LIMIT,
      autoload_known_extensions: "false",
      autoinstall_known_extensions: "false",
    });
    const reader = new ExplainReader(instance, await instance.connect());
    try {
      await mustBeThere(published);
      await reader.#attach(published, "published", "FP4002");
      return reader;
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  async #attach(path: string, name: string, code: "FP4002" | "FP5002"): Promise<void> {
    try {
      await this.connection.run(`ATTACH ${quoteText(path)} AS ${name} (READ_ONLY)`);
    } catch (cause) {
      throw openFault(cause, path, code);
    }
  }

  /** Which cut the published file shows, and under which version and time. */
  async publishedSnapshot(): Promise<
    SnapshotId & { readonly version: string; readonly publishedAt: string }
  > {
    const { rows } = await this.query(
      `SELECT m.state_id, m.sequence, m.version, s.published_at
       FROM published.store.meta m, published.main.snapshot s`,
    );
    const [stateId, sequence, version, publishedAt] = rows[0]!;
    return {
      stateId: String(stateId),
      sequence: Number(sequence),
      version: String(version),
      publishedAt: String(publishedAt),
    };
  }

  /**
   * Opens the detail file and says which cut it is of; null when there is none, and a sequence of −1 for
   * one of another version of the program.
   * @throws FundpulseError FP5002 when it may not be read.
   */
  async openDetail(path: string): Promise<SnapshotId | null> {
    try {
      await access(path, constants.R_OK);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw new FundpulseError("FP5002", `${path} may not be read by this user`, { cause });
    }
    await this.#attach(path, "detail", "FP5002");
    await this.connection.run("USE detail");
    const known = await this.query(NEEDED_COLUMNS).catch(() => null);
    if (known === null) return { stateId: "", sequence: -1 };
    const { rows } = await this.query("SELECT state_id, sequence FROM snapshot");
    return { stateId: String(rows[0]?.[0]), sequence: Number(rows[0]?.[1]) };
  }

  /** Lets go of the detail file, so that a newer one can be opened. */
  async closeDetail(): Promise<void> {
    await this.connection.run("USE memory");
    await this.connection.run("DETACH detail");
  }

  /** @throws FundpulseError FP5001. */
  query(sql: string): Promise<QueryResult> {
    return queryOn(this.connection, sql);
  }

  async run(sql: string): Promise<void> {
    try {
      await this.connection.run(sql);
    } catch (cause) {
      throw new FundpulseError("FP5001", (cause as Error).message, { cause });
    }
  }

  /** Rows piece by piece, for a result that may be large. */
  async *pieces(sql: string): AsyncGenerator<QueryResult> {
    const stream = await this.connection.stream(sql);
    const columns = stream.deduplicatedColumnNames();
    const numeric = stream.columnTypes().map((t) => NUMERIC_TYPES.has(t.typeId));
    let first = true;
    for await (const rows of stream.yieldRowsJson()) {
      yield { columns, numeric, rows: rows as unknown[][] };
      first = false;
    }
    if (first) yield { columns, numeric, rows: [] };
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { FundpulseError } from "../../../schemas/errors.js";
import { openFault, type QueryResult, queryOn } from "../query.js";

/** What stands in `snapshot`: the version that every answer names. Times as the file has them, local and without offset. */
export interface Snapshot {
  readonly version: string;
  readonly publishedAt: string;
  readonly watermark: string | null;
  readonly completeness: string | null;
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  readonly verified: {
    readonly at: string;
    readonly version: string;
    readonly figures: string;
    readonly differences: string;
  } | null;
}

/** Queries that may run at once; the others wait for their turn. */
const CONNECTIONS = 4;
/** For all queries of the monitor together: it may be a small machine that also publishes. */
const MEMORY_LIMIT = "512MB";

/** Options that leave a file's reader no way to other files, extensions or settings. */
export const SEALED = {
  access_mode: "READ_ONLY",
  enable_external_access: "false",
  autoload_known_extensions: "false",
  autoinstall_known_extensions: "false",
  lock_configuration: "true",
} as const;

const SNAPSHOT = `SELECT version::VARCHAR, published_at::VARCHAR, watermark::VARCHAR, completeness::VARCHAR,
    first_day::VARCHAR, last_day::VARCHAR, verified_at::VARCHAR, verified_version::VARCHAR,
    verified_figures::VARCHAR, verified_differences::VARCHAR FROM snapshot`;

/** Tables and views without which no view of the monitor can be answered. */
const NEEDED = [
  "snapshot",
  "indicators",
  "cell",
  "figure",
  "period",
  "facility_name",
  "dim_indicator",
  "dim_label",
];

const text = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);

/** One version of the published file, open read-only until it is replaced and its last query is answered. */
export class OpenFile {
  readonly #idle: DuckDBConnection[] = [];
  readonly #waiting: ((connection: DuckDBConnection) => void)[] = [];
  #made = 0;
  #busy = 0;
  #retired = false;

  private constructor(
    readonly path: string,
    /** Tells one file from another under the same path. */
    readonly identity: string,
    private readonly instance: DuckDBInstance,
    readonly snapshot: Snapshot,
    /** Names of tables and views; `store` included. */
    readonly tables: ReadonlySet<string>,
    /** Whether any period is closed: without, nothing frozen has to be looked up. */
    readonly anyClosed: boolean,
  ) {}

  /**
   * @throws FundpulseError FP4002 when the file cannot be opened, FP6007 when another version of the program
   * wrote it.
   */
  static async open(path: string, identity: string): Promise<OpenFile> {
    let instance: DuckDBInstance | null = null;
    try {
      instance = await DuckDBInstance.create(path, { ...SEALED, memory_limit: MEMORY_LIMIT, threads: "2" });
      const connection = await instance.connect();
      try {
        return await OpenFile.#read(path, identity, instance, connection);
      } finally {
        connection.closeSync();
      }
    } catch (cause) {
      instance?.closeSync();
      throw openFault(cause, path);
    }
  }

  static async #read(
    path: string,
    identity: string,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
  ): Promise<OpenFile> {
    const named = await queryOn(
      connection,
      `SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()
       UNION ALL SELECT view_name FROM duckdb_views() WHERE database_name = current_database() AND NOT internal`,
    );
    const tables = new Set(named.rows.map(([name]) => String(name)));
    const missing = NEEDED.filter((name) => !tables.has(name));
    if (missing.length > 0) {
      throw new FundpulseError("FP6007", `${path} has no ${missing.join(", ")}`);
    }
    const [row] = (await queryOn(connection, SNAPSHOT)).rows;
    if (row === undefined) throw new FundpulseError("FP4002", `${path} holds no version yet`);
    const [version, publishedAt, watermark, completeness, first, last, at, verified, figures, differences] =
      row.map(text);
    const [closed] = (await queryOn(connection, "SELECT count(*) FROM store.closed")).rows;
    const snapshot: Snapshot = {
      version: version!,
      publishedAt: publishedAt!,
      watermark: watermark!,
      completeness: completeness!,
      firstDay: first!,
      lastDay: last!,
      verified:
        at === null ? null : { at: at!, version: verified!, figures: figures!, differences: differences! },
    };
    return new OpenFile(path, identity, instance, snapshot, tables, Number(closed?.[0] ?? 0) > 0);
  }

  /** @throws FundpulseError FP5001 when the query fails. */
  async query(sql: string): Promise<QueryResult> {
    const connection = await this.#take();
    try {
      return await queryOn(connection, sql);
    } finally {
      this.#give(connection);
    }
  }

  /** Rows by column name; decimals and counts as text, NULL as null. */
  async rows(sql: string): Promise<Record<string, unknown>[]> {
    const { columns, numeric, rows } = await this.query(sql);
    return rows.map((row) =>
      Object.fromEntries(
        columns.map((name, i) => [name, numeric[i] && row[i] !== null ? String(row[i]) : row[i]]),
      ),
    );
  }

  /** Counts a piece of work that keeps the file open until it is released. */
  hold(): () => void {
    this.#busy += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#busy -= 1;
      this.#closeWhenDone();
    };
  }

  /** No new work comes; the file is closed after what runs. */
  retire(): void {
    this.#retired = true;
    this.#closeWhenDone();
  }

  async #take(): Promise<DuckDBConnection> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#made < CONNECTIONS) {
      this.#made += 1;
      return this.instance.connect();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(connection: DuckDBConnection): void {
    const next = this.#waiting.shift();
    if (next) next(connection);
    else this.#idle.push(connection);
    this.#closeWhenDone();
  }

  #closeWhenDone(): void {
    if (!this.#retired || this.#busy > 0 || this.#idle.length < this.#made) return;
    for (const connection of this.#idle.splice(0)) connection.closeSync();
    this.#made = 0;
    this.#retired = false;
    this.instance.closeSync();
  }
}

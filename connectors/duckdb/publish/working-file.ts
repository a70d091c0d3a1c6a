import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Config } from "../../../schemas/config/schema.js";
import { type Definition, quoteText, STORE } from "../../../schemas/published/definition.js";
import { makeFolder, makePrivateFile, PRIVATE_FOLDER } from "../../files/modes.js";
import type { DataSpan } from "../../ports/publisher.js";
import { moveIntoPlace, OLD_READERS, STORAGE_VERSION, sizeOf } from "../file.js";
import { emptyFile } from "./empty.js";
import { FILLED_ONCE } from "./fill-catalogue.js";

const CATALOG = "fundpulse";
/**
 * Row groups keep their default size: with smaller ones (ROW_GROUP_SIZE) DuckDB 1.5 does not see, within a
 * transaction, the rows that the same transaction has inserted, once they fill a group.
 */
const FILE_OPTIONS = `STORAGE_VERSION '${STORAGE_VERSION}'`;
/** Smaller working files than this are taken to be so large: writing them anew would gain nothing. */
const COMPACT_FLOOR_BYTES = 8 * 1024 * 1024;

/** What a working file says of itself. */
export interface WorkingMeta {
  stateId: string;
  layout: string;
  sequence: number;
  version: number;
  span: DataSpan | null;
  /** Size and rows of the file when it was last written anew. */
  compactBytes: number;
  compactRows: number;
}

/** Which state's cut a published file shows, under which version. */
export type PublishedMeta = Readonly<Pick<WorkingMeta, "version" | "stateId" | "sequence" | "layout">>;

export interface WorkingFileOptions {
  readonly path: string;
  /** Fingerprint of everything that is defined in it. */
  readonly layout: string;
  readonly definitions: readonly Definition[];
  readonly config: Config;
  /** It is written anew when it is this many times its compact size. */
  readonly compactFactor: number;
}

/** The DuckDB file that publishes are written into, attached to an instance in memory while it is open. */
export class WorkingFile {
  readonly #options: WorkingFileOptions;
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;

  private constructor(options: WorkingFileOptions, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#options = options;
    this.#instance = instance;
    this.connection = connection;
  }

  /** Opens an instance; the file itself is attached by `read` or `create`. */
  static async open(options: WorkingFileOptions): Promise<WorkingFile> {
    makeFolder(dirname(options.path), PRIVATE_FOLDER);
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: options.config.publish.memory,
      temp_directory: join(dirname(options.path), "duckdb-tmp"),
      autoinstall_known_extensions: "false",
      ...OLD_READERS,
    });
    return new WorkingFile(options, instance, await instance.connect());
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }

  /** Attaches the file; null when it is missing, cannot be read or is empty. */
  async read(): Promise<WorkingMeta | null> {
    const { path } = this.#options;
    if ((await sizeOf(path)) === 0) return null;
    try {
      await this.#attach(path, CATALOG);
      const result = await this.connection.runAndReadAll(
        "SELECT state_id, layout, sequence::VARCHAR, version::VARCHAR, first_day, last_day, compact_bytes::VARCHAR, compact_rows::VARCHAR FROM store.meta",
      );
      const row = result.getRows()[0];
      if (!row) return null;
      return {
        stateId: String(row[0]),
        layout: String(row[1]),
        sequence: Number(row[2]),
        version: Number(row[3]),
        span: row[4] === null ? null : { firstDay: Number(row[4]), lastDay: Number(row[5]) },
        compactBytes: Number(row[6]),
        compactRows: Number(row[7]),
      };
    } catch {
      return null;
    }
  }

  /** Begins a file with every table and view and nothing in them. */
  async create(): Promise<void> {
    const { path } = this.#options;
    await this.#detach(CATALOG);
    await rm(path, { force: true });
    await rm(`${path}.wal`, { force: true });
    await this.#createEmpty(path, CATALOG);
  }

  async writeMeta(meta: WorkingMeta): Promise<void> {
    await this.connection.run(
      `DELETE FROM store.meta;
      INSERT INTO store.meta VALUES (${quoteText(meta.stateId)}, ${quoteText(meta.layout)}, ${meta.sequence},
        ${meta.version}, ${meta.span?.firstDay ?? "NULL"}, ${meta.span?.lastDay ?? "NULL"}, ${meta.compactBytes}, ${meta.compactRows})`,
    );
  }

  /** Everything that was committed stands in the file itself, and not in its log alone. */
  async checkpoint(): Promise<void> {
    await this.connection.run(`CHECKPOINT ${CATALOG}`);
  }

  /**
   * Writes the file anew when replaced rows have left it far larger than its content, and notes its size in `meta`.
   * @param fresh it was created for this publish
   */
  async compactWhenBloated(meta: WorkingMeta, fresh: boolean): Promise<void> {
    const { connection } = this;
    const { path, compactFactor } = this.#options;
    const size = await sizeOf(path);
    const counted = await connection.runAndReadAll("SELECT count(*)::VARCHAR FROM store.fact");
    const rows = Number(counted.getRows()[0]?.[0] ?? 0);
    // What the file would be if it had only grown with its rows.
    const grown = meta.compactBytes * Math.max(1, rows / Math.max(1, meta.compactRows));
    if (fresh || meta.compactBytes === 0) {
      meta.compactBytes = size;
    } else if (size > compactFactor * Math.max(grown, COMPACT_FLOOR_BYTES)) {
      await this.#writeAnew();
      meta.compactBytes = await sizeOf(path);
    } else {
      return;
    }
    meta.compactRows = rows;
    await this.writeMeta(meta);
    await this.checkpoint();
  }

  async #writeAnew(): Promise<void> {
    const { path, definitions } = this.#options;
    const next = `${path}.next`;
    await rm(next, { force: true });
    await this.#createEmpty(next, "compact");
    for (const d of definitions) {
      if (d.kind !== "table" || FILLED_ONCE.has(d.name)) continue;
      const at = `"${d.schema}"."${d.name}"`;
      const order = d.schema === STORE && d.name === "fact" ? " ORDER BY period, gid" : "";
      await this.connection.run(`INSERT INTO compact.${at} SELECT * FROM ${CATALOG}.${at}${order}`);
    }
    await this.connection.run("CHECKPOINT compact");
    await this.#detach("compact");
    await this.#detach(CATALOG);
    await moveIntoPlace(next, path);
    await this.#attach(path, CATALOG);
  }

  /** What a published file says of itself; null when there is none or it cannot be read. */
  async ofPublished(publishedPath: string): Promise<PublishedMeta | null> {
    if ((await sizeOf(publishedPath)) === 0) return null;
    const read = async (sql: string): Promise<unknown[]> =>
      (await this.connection.runAndReadAll(sql)).getRows()[0] ?? [];
    try {
      await this.connection.run(`ATTACH ${quoteText(publishedPath)} AS old (READ_ONLY)`);
      const [version] = await read("SELECT version::VARCHAR FROM old.main.snapshot");
      // A file of another version of the program may not say whose it is.
      const [stateId, sequence, layout] = await read(
        "SELECT state_id, sequence::VARCHAR, layout FROM old.store.meta",
      ).catch(() => []);
      return {
        version: Number(version ?? 0),
        stateId: String(stateId ?? ""),
        sequence: Number(sequence ?? -1),
        layout: String(layout ?? ""),
      };
    } catch {
      return null;
    } finally {
      await this.#detach("old").catch(() => undefined);
    }
  }

  /** Bytes of a file without data; made once, which takes seconds. */
  empty(): Promise<Buffer> {
    const { path, layout, definitions, config } = this.#options;
    return emptyFile(layout, definitions, config, `${path}.empty`);
  }

  async #createEmpty(path: string, as: string): Promise<void> {
    makePrivateFile(path);
    await writeFile(path, await this.empty());
    await this.#attach(path, as);
  }

  async #attach(path: string, as: string): Promise<void> {
    await this.connection.run(`ATTACH ${quoteText(path)} AS ${as} (${FILE_OPTIONS}); USE ${as}`);
  }

  async #detach(name: string): Promise<void> {
    await this.connection.run(`USE memory; DETACH DATABASE IF EXISTS ${name}`);
  }
}

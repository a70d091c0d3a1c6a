import { createHash } from "node:crypto";
import { rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { dayText, monthText, ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Config } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { type Definition, quoteText, STORE } from "../../../schemas/published/definition.js";
import { failed } from "../../faults/known.js";
import { makeFolder, makePrivateFile, PRIVATE_FOLDER } from "../../files/modes.js";
import type { PublishedState, Publisher, PublishInput } from "../../ports/publisher.js";
import { identityOf, moveIntoPlace, OLD_READERS, replaceWithCopy, STORAGE_VERSION } from "../file.js";
import { loadForesight } from "./alerts.js";
import { definitions } from "./catalogue.js";
import { type ChangedPeriod, changeFacts } from "./change.js";
import { keepReportedRows, loadClosed } from "./closed.js";
import { emptyFile } from "./empty.js";
import { catalogueOfConfig, FILLED_ONCE } from "./fill-catalogue.js";
import { addGroups, stageSums } from "./load.js";
import { type DataSpan, monthsOf, type PeriodRow, periodsOf, touchedPeriods } from "./periods.js";
import { refreshFacts, refreshShares } from "./refresh.js";
import { loadPeriods, loadSnapshot, loadTables } from "./tables.js";

export interface DuckDbPublisherOptions {
  /** Folder `data`: the working file goes to `work/`, the published one to `published/`. */
  readonly dataDir: string;
  readonly config: Config;
  /** The working file is written anew when it is this many times its compact size (default 2). */
  readonly compactFactor?: number;
}

const CATALOG = "fundpulse";
/**
 * Row groups keep their default size: with smaller ones (ROW_GROUP_SIZE) DuckDB 1.5 does not see, within a
 * transaction, the rows that the same transaction has inserted, once they fill a group.
 */
const FILE_OPTIONS = `STORAGE_VERSION '${STORAGE_VERSION}'`;
/** Smaller working files than this are taken to be so large: writing them anew would gain nothing. */
const COMPACT_FLOOR_BYTES = 8 * 1024 * 1024;

interface Meta {
  stateId: string;
  layout: string;
  sequence: number;
  version: number;
  span: DataSpan | null;
  /** Size and rows of the file when it was last written anew. */
  compactBytes: number;
  compactRows: number;
}

/**
 * Keeps a working DuckDB file up to date and publishes checkpointed copies of it. Both files are derived
 * from the state: losing them costs one full publish. After a crash between the working file's commit
 * and the move into place, `open` makes up for the missing copy. Publishes run one at a time.
 */
export class DuckDbPublisher implements Publisher {
  readonly publishedPath: string;
  readonly workPath: string;
  readonly #config: Config;
  readonly #compactFactor: number;
  readonly #definitions: readonly Definition[];
  readonly #layout: string;
  readonly #calendar: ZoneCalendar;
  #instance: DuckDBInstance | null = null;
  #connection: DuckDBConnection | null = null;
  #stateId = "";
  #meta: Meta | null = null;
  /** Versions never fall, also when the working file was lost. */
  #lastVersion = 0;
  #running: Promise<unknown> = Promise.resolve();
  /** Tells the published file that was put there last from any other; empty where one is owed. */
  #placed = "";

  constructor(options: DuckDbPublisherOptions) {
    this.workPath = join(options.dataDir, "work", "published.duckdb");
    this.publishedPath = join(options.dataDir, "published", "fundpulse.duckdb");
    this.#config = options.config;
    this.#compactFactor = options.compactFactor ?? 2;
    this.#definitions = definitions(options.config);
    this.#calendar = new ZoneCalendar(options.config.timezone);
    const { periods, personGroupings, timezone, reimbursed, benefit } = options.config;
    this.#layout = createHash("sha256")
      .update(
        JSON.stringify([
          this.#definitions,
          periods,
          personGroupings,
          timezone,
          reimbursed,
          benefit,
          catalogueOfConfig(options.config),
          STORAGE_VERSION,
        ]),
      )
      .digest("hex");
  }

  /**
   * Opens the working file; call it again after a failed publish to learn what still stands. Null: the
   * next publish must be full.
   */
  async open(stateId: string): Promise<PublishedState | null> {
    await this.close();
    this.#stateId = stateId;
    makeFolder(dirname(this.workPath), PRIVATE_FOLDER);
    this.#instance = await DuckDBInstance.create(":memory:", {
      memory_limit: this.#config.publish.memory,
      temp_directory: join(dirname(this.workPath), "duckdb-tmp"),
      autoinstall_known_extensions: "false",
      ...OLD_READERS,
    });
    this.#connection = await this.#instance.connect();
    const published = await this.#published();
    this.#lastVersion = Math.max(this.#lastVersion, published?.version ?? 0);
    const meta = await this.#openWork();
    this.#lastVersion = Math.max(this.#lastVersion, meta?.version ?? 0);
    if (meta === null || meta.stateId !== stateId || meta.layout !== this.#layout) {
      this.#meta = null;
      return null;
    }
    this.#meta = meta;
    // A working file that is older than what it published (an old copy, put back): nothing is known to stand.
    if (published !== null && published.version > meta.version) {
      this.#meta = null;
      return null;
    }
    // What is in place may be older, or of another state under the same number. After a crash the last commit may
    // stand in the file's log alone: a copy of the file would lack it.
    const { version, sequence } = meta;
    if (
      published?.version !== version ||
      published.stateId !== stateId ||
      published.sequence !== sequence ||
      published.layout !== meta.layout
    ) {
      await this.#connection.run(`CHECKPOINT ${CATALOG}`);
      // What fails here stays owed: `restore` tries again, and tells.
      await this.#place().catch(() => undefined);
    } else this.#placed = await identityOf(this.publishedPath);
    return { sequence: meta.sequence, version: meta.version, stateId };
  }

  /** @throws FundpulseError FP4001; it is then still owed. */
  restore(): Promise<boolean> {
    const run = this.#running.then(() => this.#restore());
    this.#running = run.catch(() => undefined);
    return run;
  }

  async #restore(): Promise<boolean> {
    if (this.#connection === null || this.#meta === null) return false;
    if (this.#placed !== "" && (await identityOf(this.publishedPath)) === this.#placed) return false;
    try {
      await this.#place();
      return true;
    } catch (cause) {
      throw publishFault(cause, this.publishedPath);
    }
  }

  /** The working file, whole, under the published name. */
  async #place(): Promise<void> {
    this.#placed = "";
    await replaceWithCopy(this.workPath, this.publishedPath);
    this.#placed = await identityOf(this.publishedPath);
  }

  /** Begins, beside what the program does meanwhile, what takes long in the first publish. */
  prepare(): void {
    // A failure is told by the publish that needs it.
    if (this.#meta === null) this.#empty().catch(() => undefined);
  }

  /** @throws FundpulseError FP4001; the published file is then the old one. */
  publish(input: PublishInput): Promise<number> {
    const run = this.#running.then(() => this.#publish(input));
    this.#running = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    await this.#running;
    this.#connection?.closeSync();
    this.#instance?.closeSync();
    this.#connection = null;
    this.#instance = null;
    this.#meta = null;
  }

  async #publish(input: PublishInput): Promise<number> {
    const connection = this.#connection;
    if (connection === null) throw new FundpulseError("FP4001", "the publisher is not open");
    if (!input.full && this.#meta === null) {
      throw new FundpulseError("FP4001", "the working file is missing or damaged", {
        action: "publish everything (full)",
      });
    }
    try {
      if (input.full) await this.#makeWork();
      const version = Math.max(this.#lastVersion, input.versionFloor ?? 0) + 1;
      const meta = await this.#refresh(connection, input, version);
      this.#meta = meta;
      this.#lastVersion = version;
      await connection.run(`CHECKPOINT ${CATALOG}`);
      await this.#compactWhenBloated(input.full);
      await this.#place();
      return version;
    } catch (cause) {
      throw publishFault(cause, this.publishedPath);
    }
  }

  async #refresh(connection: DuckDBConnection, input: PublishInput, version: number): Promise<Meta> {
    const span =
      input.firstDataDay === null || input.lastDataDay === null
        ? null
        : { firstDay: input.firstDataDay, lastDay: input.lastDataDay };
    const keep = this.#config.periods;
    const after = span ? periodsOf(span, keep) : new Map<string, never>();
    const before =
      !input.full && this.#meta?.span ? periodsOf(this.#meta.span, keep) : new Map<string, never>();
    const touched = touchedPeriods(
      input.months.map((m) => m.month),
      input.days.map((d) => d.day),
      input.persons.map((p) => p.period),
    );
    const changed = [...after.values()].filter((p) => touched.has(p.id) || !before.has(p.id));
    const changedIds = new Set(changed.map((p) => p.id));
    const removed = [...before.keys()].filter((id) => !after.has(id));
    const moved = new Set([...changedIds, ...touched, ...removed]);
    const followers = [...after.values()].filter(
      (p) => !changedIds.has(p.id) && p.previous !== null && moved.has(p.previous),
    );
    const partial = this.#partial(input, before, after, changedIds);

    const given = givenWhole(input);
    await stageSums(connection, input, given);
    await connection.run("BEGIN TRANSACTION");
    try {
      await addGroups(connection, input.newGroups, this.#config);
      await loadClosed(connection, input, version, this.#calendar);
      await loadTables(connection, input, this.#calendar);
      await loadPeriods(connection, after);
      if (partial.size > 0) await changeFacts(connection, input.sumChanges, input.personChanges, partial);
      if (changed.length + followers.length + removed.length > 0)
        await refreshFacts(connection, changed, followers, removed, given, (p) => after.has(p));
      const refreshed = new Set([...changed, ...followers].map((p) => p.id));
      for (const { id, next } of partial.values())
        for (const p of [id, next]) if (p !== null) refreshed.add(p);
      await keepReportedRows(connection, [
        ...refreshed,
        ...removed,
        ...(input.closed ?? []).map((c) => c.period),
      ]);
      await refreshShares(
        connection,
        [...refreshed].flatMap((id) => after.get(id) ?? []),
        removed,
      );
      await loadSnapshot(connection, input, version, this.#calendar);
      if (input.foresight)
        await loadForesight(connection, input.foresight, version, {
          calendar: this.#calendar,
          jurisdiction: this.#config.jurisdiction,
          now: input.publishedAt,
        });
      const meta: Meta = {
        stateId: this.#stateId,
        layout: this.#layout,
        sequence: input.sequence,
        version,
        span,
        compactBytes: input.full ? 0 : (this.#meta?.compactBytes ?? 0),
        compactRows: input.full ? 0 : (this.#meta?.compactRows ?? 0),
      };
      await this.#writeMeta(connection, meta);
      await connection.run("COMMIT");
      return meta;
    } catch (error) {
      await connection.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  /**
   * Periods that get changes alone, by id. Changes count from one publish on: on another, or for a period
   * that is not published, they would say nothing.
   */
  #partial(
    input: PublishInput,
    before: ReadonlyMap<string, PeriodRow>,
    after: ReadonlyMap<string, PeriodRow>,
    whole: ReadonlySet<string>,
  ): Map<string, ChangedPeriod> {
    const ids = new Set([
      ...input.sumChanges.flatMap((c) => c.periods),
      ...input.personChanges.map((p) => p.period),
    ]);
    if (ids.size === 0) return new Map();
    if (input.full || input.since !== this.#meta?.sequence)
      throw new FundpulseError("FP4001", "changes of another publish", {
        action: "publish everything (full)",
      });
    const next = new Map([...after.values()].map((p) => [p.previous, p.id]));
    const given = new Set([
      ...input.months.map((m) => monthText(m.month)),
      ...input.days.map((d) => dayText(d.day)),
    ]);
    const found = new Map<string, ChangedPeriod>();
    for (const id of ids) {
      const period = after.get(id);
      // Taken back with the end of the data.
      if (period === undefined) continue;
      if (given.has(id) || !before.has(id))
        throw new FundpulseError("FP4001", `changes of ${id} without its sums`);
      // Added up from its months anew.
      if (whole.has(id) && monthsOf(period).length > 0) continue;
      const { previous } = period;
      found.set(id, {
        id,
        previous: previous !== null && after.has(previous) ? previous : null,
        next: next.get(id) ?? null,
      });
    }
    return found;
  }

  async #writeMeta(connection: DuckDBConnection, meta: Meta): Promise<void> {
    await connection.run(
      `DELETE FROM store.meta;
      INSERT INTO store.meta VALUES (${quoteText(meta.stateId)}, ${quoteText(meta.layout)}, ${meta.sequence},
        ${meta.version}, ${meta.span?.firstDay ?? "NULL"}, ${meta.span?.lastDay ?? "NULL"}, ${meta.compactBytes}, ${meta.compactRows})`,
    );
  }

  async #attach(path: string, as: string, options: string): Promise<void> {
    await this.#connection!.run(`ATTACH ${quoteText(path)} AS ${as} (${options})`);
  }

  async #detach(name: string): Promise<void> {
    await this.#connection!.run(`USE memory; DETACH DATABASE IF EXISTS ${name}`);
  }

  /** Attaches the working file; null when it is missing or cannot be read. */
  async #openWork(): Promise<Meta | null> {
    if ((await sizeOf(this.workPath)) === 0) return null;
    try {
      await this.#attach(this.workPath, CATALOG, FILE_OPTIONS);
      await this.#connection!.run(`USE ${CATALOG}`);
      const result = await this.#connection!.runAndReadAll(
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

  /** Begins a working file with every table and view and nothing in them. */
  async #makeWork(): Promise<void> {
    this.#meta = null;
    await this.#detach(CATALOG);
    await rm(this.workPath, { force: true });
    await rm(`${this.workPath}.wal`, { force: true });
    await this.#makeEmpty(this.workPath, CATALOG);
  }

  /** Attaches a new file without data. */
  async #makeEmpty(path: string, as: string): Promise<void> {
    makePrivateFile(path);
    await writeFile(path, await this.#empty());
    await this.#attach(path, as, FILE_OPTIONS);
    await this.#connection!.run(`USE ${as}`);
  }

  #empty(): Promise<Buffer> {
    return emptyFile(this.#layout, this.#definitions, this.#config, `${this.workPath}.empty`);
  }

  /** Rewrites the working file when replaced rows have left it far larger than its content. */
  async #compactWhenBloated(fresh: boolean): Promise<void> {
    const connection = this.#connection!;
    const meta = this.#meta!;
    const size = await sizeOf(this.workPath);
    const counted = await connection.runAndReadAll("SELECT count(*)::VARCHAR FROM store.fact");
    const rows = Number(counted.getRows()[0]?.[0] ?? 0);
    // What the file would be if it had only grown with its rows.
    const grown = meta.compactBytes * Math.max(1, rows / Math.max(1, meta.compactRows));
    if (fresh || meta.compactBytes === 0) {
      meta.compactBytes = size;
      meta.compactRows = rows;
    } else if (size > this.#compactFactor * Math.max(grown, COMPACT_FLOOR_BYTES)) {
      const next = `${this.workPath}.next`;
      await rm(next, { force: true });
      await this.#makeEmpty(next, "compact");
      for (const d of this.#definitions) {
        if (d.kind !== "table" || FILLED_ONCE.has(d.name)) continue;
        const at = `"${d.schema}"."${d.name}"`;
        const order = d.schema === STORE && d.name === "fact" ? " ORDER BY period, gid" : "";
        await connection.run(`INSERT INTO compact.${at} SELECT * FROM ${CATALOG}.${at}${order}`);
      }
      await connection.run("CHECKPOINT compact");
      await this.#detach("compact");
      await this.#detach(CATALOG);
      await moveIntoPlace(next, this.workPath);
      await this.#attach(this.workPath, CATALOG, FILE_OPTIONS);
      await connection.run(`USE ${CATALOG}`);
      meta.compactBytes = await sizeOf(this.workPath);
      meta.compactRows = rows;
    } else {
      return;
    }
    await this.#writeMeta(connection, meta);
    await connection.run(`CHECKPOINT ${CATALOG}`);
  }

  /** What the published file says of itself; null when there is none or it cannot be read. */
  async #published(): Promise<Pick<Meta, "version" | "stateId" | "sequence" | "layout"> | null> {
    if ((await sizeOf(this.publishedPath)) === 0) return null;
    const read = async (sql: string): Promise<unknown[]> =>
      (await this.#connection!.runAndReadAll(sql)).getRows()[0] ?? [];
    try {
      await this.#attach(this.publishedPath, "old", "READ_ONLY");
      const [version] = await read("SELECT version::VARCHAR FROM old.main.snapshot");
      // Another version of the program may not say whose it is.
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
}

const publishFault = (cause: unknown, path: string): FundpulseError =>
  failed("FP4001", `publishing ${path} failed`, cause);

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (s) => s.size,
    () => 0,
  );
}

/**
 * Periods of which everything is given: sums, and persons where any are counted. Others are made of what
 * is given and what stands.
 */
function givenWhole(input: PublishInput): Set<string> {
  const counted = new Set(input.persons.map((p) => p.period));
  const summed = [
    ...input.months.map((m) => monthText(m.month)),
    ...(input.addedUp ?? []).flatMap((p) => p.periods),
  ];
  return new Set([...summed.filter((id) => counted.has(id)), ...input.days.map((d) => dayText(d.day))]);
}

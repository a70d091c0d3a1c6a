import { createHash } from "node:crypto";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Config } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { failed } from "../../faults/known.js";
import { publishedPath } from "../../files/paths.js";
import type { PublishedState, Publisher, PublishInput } from "../../ports/publisher.js";
import { SerialQueue } from "../../ports/serial-queue.js";
import { identityOf, replaceWithCopy, STORAGE_VERSION } from "../file.js";
import { loadAlertsAndOutlook } from "./alerts.js";
import { definitions } from "./catalogue.js";
import { keepReportedRows, loadClosed } from "./closed.js";
import { changeFacts } from "./facts-in-part.js";
import { refreshFacts, refreshShares } from "./facts-whole.js";
import { catalogueOfConfig } from "./fill-catalogue.js";
import { type PublishPlan, planPublish } from "./plan.js";
import { refreshRestated } from "./restated.js";
import { addGroups, stageSums } from "./stage.js";
import { loadPeriods, loadSnapshot, loadTables } from "./whole-tables.js";
import {
  type PublishedMeta,
  WorkingFile,
  type WorkingFileOptions,
  type WorkingMeta,
} from "./working-file.js";

export interface DuckDbPublisherOptions {
  /** Folder `data`: the working file goes to `work/`, the published one to `published/`. */
  readonly dataDir: string;
  readonly config: Config;
  /** The working file is written anew when it is this many times its compact size (default 2). */
  readonly compactFactor?: number;
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
  readonly #file: WorkingFileOptions;
  readonly #calendar: ZoneCalendar;
  #work: WorkingFile | null = null;
  #stateId = "";
  #meta: WorkingMeta | null = null;
  /** Versions never fall, also when the working file was lost. */
  #lastVersion = 0;
  readonly #turns = new SerialQueue();
  /** Tells the published file that was put there last from any other; empty where one is owed. */
  #placed = "";

  constructor({ dataDir, config, compactFactor = 2 }: DuckDbPublisherOptions) {
    this.workPath = join(dataDir, "work", "published.duckdb");
    this.publishedPath = publishedPath(dataDir);
    this.#config = config;
    this.#calendar = new ZoneCalendar(config.timezone);
    const defined = definitions(config);
    const { periods, personGroupings, timezone, reimbursed, benefit } = config;
    const layout = createHash("sha256")
      .update(
        JSON.stringify([
          defined,
          periods,
          personGroupings,
          timezone,
          reimbursed,
          benefit,
          catalogueOfConfig(config),
          STORAGE_VERSION,
        ]),
      )
      .digest("hex");
    this.#file = { path: this.workPath, layout, definitions: defined, config, compactFactor };
  }

  /**
   * Opens the working file; call it again after a failed publish to learn what still stands. Null: the
   * next publish must be full.
   */
  async open(stateId: string): Promise<PublishedState | null> {
    await this.close();
    this.#stateId = stateId;
    const work = await WorkingFile.open(this.#file);
    this.#work = work;
    const published = await work.ofPublished(this.publishedPath);
    this.#lastVersion = Math.max(this.#lastVersion, published?.version ?? 0);
    const meta = await work.read();
    this.#lastVersion = Math.max(this.#lastVersion, meta?.version ?? 0);
    if (meta === null || meta.stateId !== stateId || meta.layout !== this.#file.layout) return null;
    // A working file that is older than what it published (an old copy, put back): nothing is known to stand.
    if (published !== null && published.version > meta.version) return null;
    this.#meta = meta;
    // What is in place may be older, or of another state under the same number. After a crash the last commit may
    // stand in the file's log alone: a copy of the file would lack it.
    if (!this.#isOf(meta, published)) {
      await work.checkpoint();
      // What fails here stays owed: `restore` tries again, and tells.
      await this.#place().catch(() => undefined);
    } else this.#placed = await identityOf(this.publishedPath);
    return { sequence: meta.sequence, version: meta.version, span: meta.span, stateId };
  }

  #isOf(meta: WorkingMeta, published: PublishedMeta | null): boolean {
    if (published === null) return false;
    return (["version", "stateId", "sequence", "layout"] as const).every((k) => published[k] === meta[k]);
  }

  /** @throws FundpulseError FP4001; it is then still owed. */
  restore(): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#meta === null) return false;
      if (this.#placed !== "" && (await identityOf(this.publishedPath)) === this.#placed) return false;
      await this.#place();
      return true;
    });
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
    if (this.#meta === null) this.#work?.empty().catch(() => undefined);
  }

  /** @throws FundpulseError FP4001; the published file is then the old one. */
  publish(input: PublishInput): Promise<number> {
    return this.#inTurn(() => this.#publish(input));
  }

  async close(): Promise<void> {
    await this.#turns.idle();
    this.#work?.close();
    this.#work = null;
    this.#meta = null;
  }

  /** One at a time; what fails is FP4001. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(work).catch((cause: unknown) => {
      throw failed("FP4001", `publishing ${this.publishedPath} failed`, cause);
    });
  }

  async #publish(input: PublishInput): Promise<number> {
    const work = this.#work;
    if (work === null) throw new FundpulseError("FP4001", "the publisher is not open");
    if (!input.full && this.#meta === null) {
      throw new FundpulseError("FP4001", "the working file is missing or damaged", {
        action: "publish everything (full)",
      });
    }
    if (input.full) {
      this.#meta = null;
      await work.create();
    }
    const version = Math.max(this.#lastVersion, input.versionFloor ?? 0) + 1;
    const meta = await this.#refresh(work, input, version);
    this.#meta = meta;
    this.#lastVersion = version;
    await work.checkpoint();
    await work.compactWhenBloated(meta, input.full);
    await this.#place();
    return version;
  }

  /** Brings the working file up to date, in one transaction. */
  async #refresh(work: WorkingFile, input: PublishInput, version: number): Promise<WorkingMeta> {
    const { connection } = work;
    const plan = planPublish(input, this.#meta, this.#config.periods);
    await stageSums(connection, input, plan.given);
    await connection.run("BEGIN TRANSACTION");
    try {
      await this.#load(connection, input, plan, version);
      const meta: WorkingMeta = {
        stateId: this.#stateId,
        layout: this.#file.layout,
        sequence: input.sequence,
        version,
        span: plan.span,
        compactBytes: this.#meta?.compactBytes ?? 0,
        compactRows: this.#meta?.compactRows ?? 0,
      };
      await work.writeMeta(meta);
      await connection.run("COMMIT");
      return meta;
    } catch (error) {
      await connection.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  async #load(
    connection: DuckDBConnection,
    input: PublishInput,
    { periods, given, changed, followers, removed, partial, refreshed }: PublishPlan,
    version: number,
  ): Promise<void> {
    const has = (id: string): boolean => periods.has(id);
    await addGroups(connection, input.newGroups, this.#config);
    await loadClosed(connection, input, version, this.#calendar);
    await loadTables(connection, input, this.#calendar);
    await loadPeriods(connection, periods);
    if (partial.size > 0) await changeFacts(connection, input.sumChanges, input.personChanges, partial);
    if (changed.length + followers.length + removed.length > 0)
      await refreshFacts(connection, changed, followers, removed, given, has);
    await keepReportedRows(connection, [
      ...refreshed,
      ...removed,
      ...(input.closed ?? []).map((c) => c.period),
    ]);
    await refreshShares(
      connection,
      [...refreshed].flatMap((id) => periods.get(id) ?? []),
      removed,
    );
    await refreshRestated(connection, input, { refreshed, removed });
    await loadSnapshot(connection, input, version, this.#calendar);
    if (input.foresight)
      await loadAlertsAndOutlook(connection, input.foresight, version, {
        calendar: this.#calendar,
        jurisdiction: this.#config.jurisdiction,
        now: input.publishedAt,
      });
  }
}

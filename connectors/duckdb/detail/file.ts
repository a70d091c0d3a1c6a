import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { monthText, ZoneCalendar } from "../../../aggregations/calendar.js";
import {
  CLOSED_CHANGE,
  CODE_SET,
  DETAIL_RECORDS,
  DETAIL_REFERENCE,
  DETAIL_SNAPSHOT,
  DETAIL_STREAMS,
  type DetailStream,
  DIMENSION,
  SETTLEMENT,
} from "../../../schemas/detail/tables.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { type Definition, ddl, quoteText } from "../../../schemas/published/definition.js";
import type { EpochMs, MonthNumber } from "../../../schemas/units.js";
import { failed } from "../../faults/known.js";
import { makeFolder, PRIVATE_FILE, PRIVATE_FOLDER } from "../../files/modes.js";
import { detailPath } from "../../files/paths.js";
import type { StateSnapshot } from "../../state/read-snapshot.js";
import { OLD_READERS, replaceWithCopy, STORAGE_VERSION } from "../file.js";
import { localTime } from "../publish/stage.js";
import { billView } from "./bill.js";
import { type DetailNeed, removeExcerpt, writeExcerpt } from "./excerpt.js";
import { fillDetail } from "./fill.js";
import { appendPseudonyms, PERSON_WORDS, PSEUDONYM_SQL } from "./pseudonyms.js";
import { DetailStage, keptBlocks } from "./stage.js";
import type { DetailReference, StageMaker } from "./staged.js";

const CATALOG = "detail";
const MEMORY_LIMIT = "1GB";
/** The work copy is written anew when it is this many times its size after the last time. */
const COMPACT_FACTOR = 2;
/** Settlements of one statement: a few of DuckDB's row groups, which are then packed side by side. */
const BATCH = 400_000;
const COMPACT_FLOOR_BYTES = 32 * 1024 * 1024;
/** What copying a file costs over writing it. */
const COPY_SHARE = 0.1;

export interface DetailFileOptions {
  readonly dataDir: string;
  readonly reference: DetailReference;
  readonly writtenAt: EpochMs;
  /** Everything anew, whatever is there. */
  readonly full?: boolean;
  /** What is asked for, where that is not everything: it may come as an excerpt. */
  readonly need?: DetailNeed;
  /** Where the settlements come from, where that is not the state: then nothing is kept from one time to the next. */
  readonly settlements?: StageMaker;
}

export interface DetailWritten {
  readonly path: string;
  readonly sequence: number;
  readonly settlements: number;
  /** Months that were written. */
  readonly months: number;
  /** The file holds what was needed alone, and is to be taken away by whoever asked for it. */
  readonly excerpt?: true;
}

interface Held {
  readonly sequence: number;
  readonly lastBlock: number;
  readonly settlements: number;
  readonly compactBytes: number;
  readonly referenceHash: string;
}

const definitions = (reference: DetailReference): readonly Definition[] => [
  SETTLEMENT,
  CODE_SET,
  DIMENSION,
  ...DETAIL_REFERENCE,
  ...DETAIL_RECORDS,
  CLOSED_CHANGE,
  DETAIL_SNAPSHOT,
  billView(reference.config),
];

const sha = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/** A folder and files in it for this user alone. */
export async function privateFolder(path: string): Promise<void> {
  makeFolder(path, PRIVATE_FOLDER);
  await chmod(path, PRIVATE_FOLDER);
}

/**
 * Brings the detail file up to a snapshot of the state and moves it into place: only months whose current
 * versions changed are written. A reader keeps the file that it opened. Where only some months are needed, the
 * file that stands is left as it is when those months are in it as they are now, and an excerpt is written
 * when that reads less than bringing the file up to date.
 * @throws FundpulseError FP4001; the old file then stands.
 */
export async function writeDetailFile(
  snapshot: StateSnapshot,
  options: DetailFileOptions,
): Promise<DetailWritten> {
  const folder = join(options.dataDir, "work", "detail");
  const path = detailPath(options.dataDir);
  await privateFolder(folder);
  await privateFolder(dirname(path));
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(folder, "duckdb-tmp"),
    autoinstall_known_extensions: "false",
    ...OLD_READERS,
  });
  const connection = await instance.connect();
  try {
    if (options.settlements) return await writeAnew(connection, snapshot, options, options.settlements);
    const writer = new DetailWriter(connection, snapshot, options, join(folder, "detail.duckdb"));
    const current = await writer.current();
    if (current !== null) {
      // The work copy is as the state is; what stands in its place may be an older one, or another state's.
      if (!(await writer.isPlaced(path))) {
        await writer.close();
        await replaceWithCopy(writer.work, path, PRIVATE_FILE);
      }
      return { path, ...current };
    }
    if (options.need) {
      const { sequence } = snapshot;
      if (writer.stands(options.need) && (await writer.isPlaced(path)))
        return { path, sequence, settlements: 0, months: 0 };
      if (writer.exceeds(options.need)) {
        await writer.close();
        const excerpt = await writeExcerpt(connection, snapshot, options.need, {
          ...options,
          folder,
          definitions: definitions(options.reference),
          settlements: keptBlocks,
        });
        return { ...excerpt, sequence, months: options.need.months.length, excerpt: true };
      }
    }
    const written = await writer.write();
    await chmod(writer.work, 0o600);
    await replaceWithCopy(writer.work, path, PRIVATE_FILE);
    return { path, ...written };
  } catch (cause) {
    throw failed("FP4001", `writing ${path} failed`, cause);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The detail file, or what of it is needed, without one that stands. */
async function writeAnew(
  connection: DuckDBConnection,
  snapshot: StateSnapshot,
  options: DetailFileOptions,
  settlements: StageMaker,
): Promise<DetailWritten> {
  const { need, reference, dataDir } = options;
  const folder = join(dataDir, "work", "detail");
  const given = { ...options, folder, settlements, definitions: definitions(reference) };
  const written = await writeExcerpt(connection, snapshot, need ?? null, given);
  const { sequence } = snapshot;
  if (need) return { ...written, sequence, months: need.months.length, excerpt: true };
  const path = detailPath(dataDir);
  try {
    await replaceWithCopy(written.path, path, PRIVATE_FILE);
  } finally {
    await removeExcerpt(written.path);
  }
  return { path, sequence, settlements: written.settlements, months: 0 };
}

class DetailWriter {
  readonly #layout: string;
  readonly #referenceHash: string;
  readonly #stage: DetailStage;
  #held: Held | null = null;

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly snapshot: StateSnapshot,
    private readonly options: DetailFileOptions,
    readonly work: string,
  ) {
    const { reference } = options;
    const { categories, config } = reference;
    // What decides how a settlement is kept and numbered; facilities are none of it.
    this.#layout = sha([
      definitions(reference),
      categories.map((c) => c.dise_no),
      config.timezone,
      config.refunds,
      STORAGE_VERSION,
    ]);
    const { jurisdiction, timezone, refunds, insurances, careGroups, reimbursed, benefit } = config;
    const { personKinds, channels, casePayment } = config;
    this.#referenceHash = sha([
      reference.facilities,
      categories,
      [
        jurisdiction.admdvs,
        jurisdiction.level,
        timezone,
        refunds,
        insurances,
        careGroups,
        reimbursed,
        benefit,
        personKinds,
        channels,
        casePayment,
      ],
    ]);
    this.#stage = new DetailStage(connection, snapshot, reference, true);
  }

  /** What the work copy holds, when that is what the snapshot says; null when something is to be written. */
  async current(): Promise<Omit<DetailWritten, "path"> | null> {
    this.#held = this.options.full ? null : await this.#open();
    const held = this.#held;
    if (held?.sequence !== this.snapshot.sequence || held.referenceHash !== this.#referenceHash) return null;
    return { sequence: held.sequence, settlements: held.settlements, months: 0 };
  }

  /**
   * Whether the file in place is the work copy as it stands, by what both say of themselves: a command that ended
   * half-way leaves an older one, a restored backup another state's. Call it after `current`.
   */
  async isPlaced(path: string): Promise<boolean> {
    if (this.#held === null || !existsSync(path)) return false;
    try {
      await this.connection.run(`ATTACH ${quoteText(path)} AS placed (READ_ONLY)`);
      const found = await this.connection.runAndReadAll(
        `SELECT count(*)::INTEGER FROM (FROM placed.snapshot INTERSECT FROM ${CATALOG}.snapshot)`,
      );
      return found.getRows()[0]![0] === 1;
    } catch {
      return false;
    } finally {
      await this.connection.run("DETACH DATABASE IF EXISTS placed").catch(() => undefined);
    }
  }

  /** Whether the work copy holds what is needed as the snapshot has it; call it after `current`. */
  stands({ months, streams }: DetailNeed): boolean {
    const held = this.#held;
    if (held === null || streams.length > 0 || held.referenceHash !== this.#referenceHash) return false;
    const changed = new Set(this.snapshot.monthsChangedSince(held.sequence, held.lastBlock));
    return !months.some((m) => changed.has(m));
  }

  /** Whether bringing the work copy up to date reads and writes more than what is needed. */
  exceeds({ months }: DetailNeed): boolean {
    const held = this.#held;
    const blocks = this.snapshot.blocks();
    const of = (list: Iterable<MonthNumber>): number =>
      [...list].reduce((sum, month) => sum + (blocks.get(month) ?? 0), 0);
    const whole = of(blocks.keys());
    const changed =
      held === null ? whole : of(this.snapshot.monthsChangedSince(held.sequence, held.lastBlock));
    return of(months) < changed + whole * COPY_SHARE;
  }

  /** Lets go of the work copy. */
  async close(): Promise<void> {
    await this.connection.run(`USE memory; DETACH DATABASE IF EXISTS ${CATALOG}`);
  }

  /** Writes what changed; call it when `current` has said that something did. */
  async write(): Promise<Omit<DetailWritten, "path">> {
    const { snapshot } = this;
    let held = this.#held;
    let months = held ? snapshot.monthsChangedSince(held.sequence, held.lastBlock) : snapshot.months();
    if (held && months.length > 0 && (await this.#bloated(held))) held = null;
    if (held === null) {
      months = snapshot.months();
      await this.#make();
    }
    const settlements = await this.#fill(months, held);
    if (settlements !== snapshot.ids.count()) {
      // Never met; but a file that misses what the state holds must not stand.
      if (held === null) throw new FundpulseError("FP2004", "the state's settlements do not add up");
      await this.#make();
      return {
        sequence: snapshot.sequence,
        settlements: await this.#fill(snapshot.months(), null),
        months: snapshot.months().length,
      };
    }
    return { sequence: snapshot.sequence, settlements, months: months.length };
  }

  async #fill(months: readonly MonthNumber[], held: Held | null): Promise<number> {
    const { connection, snapshot, options } = this;
    await connection.run("BEGIN TRANSACTION");
    const settlements = await fillDetail(connection, snapshot, {
      ...{ reference: options.reference, stage: this.#stage, months, batch: BATCH },
      streams: Object.keys(DETAIL_STREAMS) as DetailStream[],
      begun: async () => {
        await this.#loadPersons(held);
        if (held === null || months.length === 0) return;
        const names = months.map((m) => quoteText(monthText(m))).join(", ");
        await connection.run(`DELETE FROM settlement WHERE month IN (${names})`);
      },
    });
    await this.#writeSnapshot(settlements, held?.compactBytes ?? 0);
    await connection.run(`COMMIT; CHECKPOINT ${CATALOG}`);
    if (held === null) {
      await this.#writeSnapshot(settlements, (await stat(this.work)).size);
      await connection.run(`CHECKPOINT ${CATALOG}`);
    }
    return settlements;
  }

  /** Pseudonyms as four words each; SQL writes them out. */
  async #loadPersons(held: Held | null): Promise<void> {
    const { connection, snapshot } = this;
    await connection.run(PERSON_WORDS);
    let first = 0;
    for (const pseudonyms of snapshot.pseudonyms()) {
      const persons = Int32Array.from({ length: pseudonyms.length / 16 }, (_, i) => first + i);
      await appendPseudonyms(connection, persons, pseudonyms);
      first += persons.length;
    }
    // Written out once for everything, but for a few months only where it is asked for.
    await connection.run(
      `CREATE OR REPLACE TEMP ${held ? "VIEW" : "TABLE"} person AS SELECT person, ${PSEUDONYM_SQL} AS pseudonym
        FROM person_word ${held ? "WHERE person IN (SELECT person FROM kept)" : ""}`,
    );
  }

  async #writeSnapshot(settlements: number, compactBytes: number): Promise<void> {
    const { snapshot, options } = this;
    const calendar = new ZoneCalendar(options.reference.config.timezone);
    await this.connection.run(`DELETE FROM snapshot; INSERT INTO snapshot VALUES (${quoteText(snapshot.stateId)},
      ${snapshot.sequence}, ${quoteText(localTime(calendar, options.writtenAt)!)}, ${quoteText(this.#referenceHash)},
      ${settlements}, ${quoteText(this.#layout)}, ${snapshot.lastBlock()}, ${compactBytes})`);
  }

  async #attach(): Promise<void> {
    await this.connection.run(
      `ATTACH ${quoteText(this.work)} AS ${CATALOG} (STORAGE_VERSION '${STORAGE_VERSION}'); USE ${CATALOG}`,
    );
  }

  /** The work copy as it stands; null when it is missing, damaged or of another state or layout. */
  async #open(): Promise<Held | null> {
    if ((await stat(this.work).catch(() => null)) === null) return null;
    try {
      await this.#attach();
      const found = await this.connection.runAndReadAll(
        `SELECT state_id, layout, sequence::VARCHAR, last_block::VARCHAR, settlements::VARCHAR, compact_bytes::VARCHAR,
          reference_hash FROM snapshot`,
      );
      const row = found.getRows()[0] as string[] | undefined;
      if (!row || row[0] !== this.snapshot.stateId || row[1] !== this.#layout) return null;
      const [sequence, lastBlock, settlements, compactBytes] = row.slice(2, 6).map(Number);
      // A state older than the file is a backup that went another way.
      if (sequence > this.snapshot.sequence) return null;
      return { sequence, lastBlock, settlements, compactBytes, referenceHash: row[6] };
    } catch {
      return null;
    }
  }

  async #bloated(held: Held): Promise<boolean> {
    const { size } = await stat(this.work);
    const grown = held.compactBytes * Math.max(1, this.snapshot.ids.count() / Math.max(1, held.settlements));
    return size > COMPACT_FACTOR * Math.max(grown, COMPACT_FLOOR_BYTES);
  }

  async #make(): Promise<void> {
    await this.close();
    await rm(this.work, { force: true });
    await rm(`${this.work}.wal`, { force: true });
    await this.#attach();
    await this.connection.run(
      definitions(this.options.reference)
        .flatMap((d) => ddl(d))
        .join(";\n"),
    );
    await chmod(this.work, 0o600);
  }
}

import Database from "better-sqlite3";
import { monthEnd, monthStart } from "../../aggregations/calendar.js";
import type { SettlementChange } from "../../aggregations/closing/change.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { MonthNumber } from "../../schemas/units.js";
import { readChanges } from "./closed.js";
import { behind } from "./figures.js";
import { checkedCrc, stateError } from "./file.js";
import { sameId } from "./kept-settlements.js";
import { LaterTimes } from "./later-times.js";
import { BlockReader, PackedRow, ROWS_PER_BLOCK } from "./settlement-block.js";
import { SettlementIndex } from "./settlement-index.js";
import { keptSql } from "./tallies.js";

export interface SnapshotRecord {
  readonly record: StreamRecord;
  readonly partitionId: number;
  readonly position: number;
}

/** Blocks read between two turns of the caller: up to 8,192 rows. */
const PAGE_BLOCKS = 64;
export const PAGE_ROWS = PAGE_BLOCKS * ROWS_PER_BLOCK;

/**
 * The state file as of one commit, read through a connection of its own while the engine goes on: what is
 * committed later is not seen. Made at the commit that is meant, in the engine's process. Until `close` the
 * state's log keeps growing, so it is not held longer than needed.
 */
export class StateSnapshot {
  readonly #db: Database.Database;
  readonly #reader: BlockReader;
  readonly #row = new PackedRow();
  readonly sequence: number;
  readonly stateId: string;
  /** Texts of codes by their numbers. */
  readonly codes: readonly string[];
  /** The current version of each setl_id. */
  readonly ids: SettlementIndex;
  readonly #later: LaterTimes;

  constructor(readonly path: string) {
    this.#db = new Database(path, { readonly: true });
    try {
      this.#db.exec("BEGIN");
      // The first read is what pins the snapshot.
      this.sequence = Number(this.meta("sequence") ?? 0);
      this.stateId = this.meta("state_id") ?? "";
      this.codes = this.#raw<[string]>("SELECT text FROM code ORDER BY id").map(([text]) => text);
      const sql = keptSql(this.#db);
      this.ids = new SettlementIndex(sql);
      this.#later = new LaterTimes(sql);
    } catch (error) {
      this.#db.close();
      throw stateError(error, path);
    }
    const texts = this.codes;
    this.#reader = new BlockReader({
      textOf: (id) => texts[id],
      idOf: () => {
        throw new Error("a snapshot of the state is read-only");
      },
    });
  }

  #raw<T>(sql: string, ...parameters: unknown[]): T[] {
    return this.#db
      .prepare(sql)
      .raw()
      .all(...parameters) as T[];
  }

  meta(key: string): string | undefined {
    return this.#raw<[string]>("SELECT value FROM meta WHERE key = ?", key)[0]?.[0];
  }

  /** Source and partition of each place, by its number. */
  partitions(): [id: number, source: string, partition: string][] {
    return this.#raw("SELECT id, source, partition FROM place ORDER BY id");
  }

  /** How far each partition of a source was read: the position of the next record. */
  positions(source: string): Map<string, number> {
    return new Map(this.#raw<[string, number]>("SELECT partition, next FROM place WHERE source = ?", source));
  }

  /** Figures that a job elsewhere computed, of which the keys begin with a text that ends where a part of them does. */
  figures(prefix: string): [key: string, value: Buffer][] {
    return this.#raw(
      "SELECT key, value FROM figure WHERE key >= ? AND key < ? ORDER BY key",
      prefix,
      behind(prefix),
    );
  }

  /** Pseudonyms of all persons in the order of their numbers, 16 bytes each. */
  *pseudonyms(): Generator<Buffer> {
    for (const [first, pseudonyms] of this.#raw<[number, Buffer]>(
      "SELECT first, tags FROM person_chunk ORDER BY first",
    )) {
      yield checkedCrc(pseudonyms, `person chunk ${first}`);
    }
  }

  /** Pseudonyms of the wanted persons, whose numbers ascend: only the chunks that hold any are read. */
  *pseudonymsOf(wanted: Int32Array): Generator<{ persons: Int32Array; pseudonyms: Buffer }> {
    const firsts = this.#raw<[number]>("SELECT first FROM person_chunk ORDER BY first").map(([n]) => n);
    const chunk = this.#db.prepare("SELECT tags FROM person_chunk WHERE first = ?").raw();
    let at = 0;
    for (const [i, first] of firsts.entries()) {
      const end = firsts[i + 1] ?? Number.POSITIVE_INFINITY;
      const from = at;
      while (at < wanted.length && wanted[at] < end) at++;
      if (at === from) continue;
      const all = checkedCrc((chunk.get(first) as [Buffer])[0], `person chunk ${first}`);
      const persons = wanted.slice(from, at);
      const pseudonyms = Buffer.alloc(persons.length * 16);
      persons.forEach((person, n) => {
        all.copy(pseudonyms, n * 16, (person - first) * 16, (person - first + 1) * 16);
      });
      yield { persons, pseudonyms };
    }
  }

  /** Blocks of kept settlements in each month: how much there is to read. */
  blocks(): Map<MonthNumber, number> {
    return new Map(this.#raw<[number, number]>("SELECT month, count(*) FROM block GROUP BY month"));
  }

  /** Months that hold kept settlements. */
  months(): MonthNumber[] {
    return this.#raw<[number]>("SELECT DISTINCT month FROM block ORDER BY month").map(([m]) => m);
  }

  /** Number of the last block that was written. */
  lastBlock(): number {
    return this.#raw<[number]>("SELECT coalesce(max(id), 0) FROM block")[0][0];
  }

  /** Months whose current versions are others than at an earlier commit and its last block. */
  monthsChangedSince(sequence: number, lastBlock: number): MonthNumber[] {
    return this.#raw<[number]>(
      "SELECT month FROM block WHERE id > ? UNION SELECT month FROM dead WHERE sequence > ? " +
        "UNION SELECT month FROM later_time_month WHERE sequence > ? ORDER BY 1",
      lastBlock,
      sequence,
      sequence,
    ).map(([m]) => m);
  }

  /** Time of the current version of a settlement; undefined when it was never seen or none is current any more. */
  timeOf(setlId: string): number | undefined {
    const ref = this.ids.findOne(setlId);
    if (ref === undefined) return undefined;
    const id = Math.floor(ref / ROWS_PER_BLOCK);
    const [data] = this.#raw<[Buffer]>("SELECT data FROM block WHERE id = ?", id)[0] ?? [];
    if (data === undefined || !this.#reader.open(data)) throw this.#damaged(id);
    this.#reader.readPacked(ref % ROWS_PER_BLOCK, this.#row);
    if (!sameId(this.#row.setl_id, setlId)) throw this.#damaged(id);
    return this.#row.setl_time;
  }

  #damaged(block: number): FundpulseError {
    return new FundpulseError("FP2004", `block ${block} of the state file ${this.path} is damaged`);
  }

  /**
   * The current versions of a month, in pages: each page calls `visit` for its rows (always with the same
   * object) and then gives its caller a turn.
   */
  *rows(month: MonthNumber, visit: (ref: number, row: PackedRow) => void): Generator<void> {
    const superseded = new Set(
      this.#raw<[number]>("SELECT ref FROM dead WHERE month = ?", month).map(([ref]) => ref),
    );
    const page = this.#db
      .prepare("SELECT id, data FROM block WHERE month = ? AND id > ? ORDER BY id LIMIT ?")
      .raw();
    const row = new PackedRow();
    const [first, last] = [monthStart(month), monthEnd(month)];
    for (let after = 0; ; ) {
      const blocks = page.all(month, after, PAGE_BLOCKS) as [number, Buffer][];
      for (const [id, data] of blocks) {
        if (!this.#reader.open(data)) throw this.#damaged(id);
        const later = this.#later.ofBlock(id);
        const { count } = this.#reader;
        for (let i = 0; i < count; i++) {
          const ref = id * ROWS_PER_BLOCK + i;
          if (superseded.has(ref)) continue;
          this.#reader.readPacked(i, row);
          row.updt_time = this.#later.of(ref, later, row.updt_time);
          if (!(row.day >= first && row.day <= last)) throw this.#damaged(id);
          visit(ref, row);
        }
        after = id;
      }
      yield;
      if (blocks.length < PAGE_BLOCKS) return;
    }
  }

  /** Current records of a small stream. */
  records(stream: StreamName): SnapshotRecord[] {
    return this.#raw<[string, number, number]>(
      "SELECT content, place, position FROM record WHERE stream = ? ORDER BY key",
      stream,
    ).map(([content, partitionId, position]) => ({ record: JSON.parse(content), partitionId, position }));
  }

  /** What changed in closed months since they were closed, bill by bill; of the months given, or of all. */
  changes(months?: readonly MonthNumber[]): SettlementChange[] {
    const within = months === undefined ? "" : " AND c.month IN (SELECT value FROM json_each(?))";
    const found = readChanges(
      (text) => this.#db.prepare(text),
      `c.combo IS NOT NULL${within}`,
      months === undefined ? [] : [JSON.stringify(months)],
    );
    return found.filter((change) => change.kind === "settlement");
  }

  close(): void {
    this.#db.close();
  }
}

import { FundpulseError } from "../../schemas/errors.js";
import type { Settlement, StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { QuarantineReason } from "../../schemas/quarantine.js";
import type { DayNumber, EpochMs, Fen, MonthNumber } from "../../schemas/units.js";
import type { Position } from "../ports/source.js";
import { checkedCrc, StateFile, type StateIdentity, withCrc } from "./file.js";
import {
  BlockReader,
  BlockWriter,
  type CodeTable,
  type Ref,
  ROWS_PER_BLOCK,
  type RowFacts,
} from "./settlement-block.js";
import { SettlementIndex } from "./settlement-index.js";

/** How the record of a superseded version was counted: `applied` (or held), or as what is told beside it. */
export type CountedAs = "applied" | "duplicate" | "quarantined";
/** In the order of their numbers in `dead.kept`, from 1. */
const COUNTED_AS: readonly CountedAs[] = ["applied", "duplicate", "quarantined"];

export interface SourcePartition extends Position {
  readonly id: number;
  received: number;
  applied: number;
  duplicate: number;
  held: number;
  quarantined: number;
}

export type Outcome = "applied" | "duplicate" | "held" | "quarantined";

export interface QuarantineEntry {
  readonly id: number;
  readonly partitionId: number;
  readonly position: number;
  readonly stream: StreamName;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly first_seen: EpochMs;
  readonly status: "waiting" | "resolved" | "dismissed";
  /** First and last day of the figures that it would touch; null where it cannot be read so far. */
  readonly first_day: DayNumber | null;
  readonly last_day: DayNumber | null;
  readonly due: EpochMs | null;
  /** Sealed raw bytes, as `Privacy.seal` makes them; null when the record is a kept version (`ref`). */
  readonly raw: Buffer | null;
  readonly ref: Ref | null;
  readonly note: string | null;
}

export interface RefundRow {
  readonly setl_id: string;
  readonly init_setl_id: string;
  readonly orphan: number;
  readonly setl_time: EpochMs;
  readonly fee: Fen;
  readonly valid: number;
}

export interface KeptRecord {
  readonly key: string;
  readonly updt_time: number;
  readonly content: string;
  readonly partitionId: number;
  readonly position: number;
}

export interface Checkpoint {
  readonly sequence: number;
  readonly lastBlock: number;
  readonly data: Buffer;
}

/** What the published tables need to know of a month that is not in memory. */
export interface MonthSummary {
  readonly firstDay: DayNumber | null;
  readonly lastDay: DayNumber | null;
  /** JSON list of [kind, code, records, fee in fen]. */
  readonly unmapped: string;
}

/**
 * The state: one SQLite file, the truth of everything published. One transaction per batch holds kept
 * settlements, positions, tallies and quarantine; a crash at any point leaves the state of the last commit.
 * Grows by about 160 bytes a settlement; memory does not grow with it.
 */
export class SqliteStore extends StateFile {
  readonly #codeIds = new Map<string, number>();
  readonly #codeTexts: string[] = [];
  #codesSaved = 0;
  readonly #partitions = new Map<string, SourcePartition>();
  readonly #partitionById = new Map<number, SourcePartition>();
  readonly #changedPartitions = new Set<SourcePartition>();
  readonly codes: CodeTable;
  readonly #reader: BlockReader;
  /** Bumped when rows of these change, so that who publishes them need not compare. */
  readonly revisions = { facilities: 0, quarantine: 0, warnings: 0, refunds: 0 };
  #lastReadBlock = -1;
  /** Current versions by setl_id. */
  readonly ids: SettlementIndex;

  constructor(dataDir: string, identity: StateIdentity, options: { acceptRules?: boolean } = {}) {
    super(dataDir, identity, options);
    this.ids = new SettlementIndex((text) => this.sql(text));
    this.beforeCommit.push(() => {
      this.#saveCodes();
      this.#savePartitions();
      this.ids.settle();
    });
    this.codes = {
      idOf: (text) => {
        let id = this.#codeIds.get(text);
        if (id === undefined) {
          id = this.#codeTexts.length;
          this.#codeIds.set(text, id);
          this.#codeTexts.push(text);
        }
        return id;
      },
      textOf: (id) => this.#codeTexts[id],
    };
    this.#reader = new BlockReader(this.codes);
    for (const row of this.db.prepare("SELECT text FROM code ORDER BY id").all() as { text: string }[]) {
      this.codes.idOf(row.text);
    }
    this.#codesSaved = this.#codeTexts.length;
    for (const row of this.db.prepare("SELECT * FROM place").all() as Record<string, unknown>[]) {
      this.#addPartition({
        ...(row as unknown as SourcePartition),
        lastApplied: row.last_applied as number | null,
        finished: row.finished === 1,
      });
    }
  }

  #saveCodes(): void {
    for (; this.#codesSaved < this.#codeTexts.length; this.#codesSaved++) {
      this.sql("INSERT INTO code (id, text) VALUES (?, ?)").run(
        this.#codesSaved,
        this.#codeTexts[this.#codesSaved],
      );
    }
  }

  // Places: positions and tallies -------------------------------------------------------------------------

  #addPartition(partition: SourcePartition): SourcePartition {
    this.#partitions.set(`${partition.source}\u0001${partition.partition}`, partition);
    this.#partitionById.set(partition.id, partition);
    return partition;
  }

  partitions(): SourcePartition[] {
    return [...this.#partitions.values()];
  }

  partitionById(id: number): SourcePartition {
    return this.#partitionById.get(id)!;
  }

  findPartition(source: string, partition: string): SourcePartition | undefined {
    return this.#partitions.get(`${source}\u0001${partition}`);
  }

  /** The place of a partition, made at its first record. Only inside `commit`. */
  partition(source: string, partition: string): SourcePartition {
    const known = this.findPartition(source, partition);
    if (known) return known;
    const id = Number(
      this.sql("INSERT INTO place (source, partition) VALUES (?, ?)").run(source, partition).lastInsertRowid,
    );
    return this.#addPartition({
      id,
      source,
      partition,
      next: 0,
      lastApplied: null,
      fingerprint: null,
      finished: false,
      received: 0,
      applied: 0,
      duplicate: 0,
      held: 0,
      quarantined: 0,
    });
  }

  tally(partitionId: number, outcome: Outcome, change: number, received = 0): void {
    const partition = this.partitionById(partitionId);
    partition[outcome] += change;
    partition.received += received;
    this.#changedPartitions.add(partition);
  }

  movePosition(partition: SourcePartition, position: Position): void {
    Object.assign(partition, {
      next: position.next,
      lastApplied: position.lastApplied,
      fingerprint: position.fingerprint,
      finished: position.finished,
    });
    this.#changedPartitions.add(partition);
  }

  #savePartitions(): void {
    for (const p of this.#changedPartitions) {
      this.sql(
        "UPDATE place SET next = ?, last_applied = ?, fingerprint = ?, finished = ?, received = ?, applied = ?, duplicate = ?, held = ?, quarantined = ? WHERE id = ?",
      ).run(
        p.next,
        p.lastApplied,
        p.fingerprint,
        p.finished ? 1 : 0,
        p.received,
        p.applied,
        p.duplicate,
        p.held,
        p.quarantined,
        p.id,
      );
    }
    this.#changedPartitions.clear();
  }

  // Kept settlements --------------------------------------------------------------------------------------

  blockWriter(): BlockWriter {
    return new BlockWriter(this.codes);
  }

  /** Keeps a block of a month; returns the reference of its first row. */
  writeBlock(month: MonthNumber, rows: number, data: Buffer): Ref {
    const id = Number(
      this.sql("INSERT INTO block (month, rows, data) VALUES (?, ?, ?)").run(month, rows, data)
        .lastInsertRowid,
    );
    return id * ROWS_PER_BLOCK;
  }

  get lastBlock(): number {
    return (this.sql("SELECT coalesce(max(id), 0) AS id FROM block").get() as { id: number }).id;
  }

  #openBlock(id: number, data: Buffer): void {
    if (!this.#reader.open(data)) {
      throw new FundpulseError("FP2004", `block ${id} of the state file ${this.path} is damaged`);
    }
    this.#lastReadBlock = id;
  }

  /** Reads one kept version. */
  read(ref: Ref, into: Settlement, facts: RowFacts): void {
    const id = Math.floor(ref / ROWS_PER_BLOCK);
    if (this.#lastReadBlock !== id) {
      const row = this.sql("SELECT data FROM block WHERE id = ?").get(id) as { data: Buffer } | undefined;
      if (!row) throw new FundpulseError("FP2004", `block ${id} of the state file ${this.path} is missing`);
      this.#openBlock(id, row.data);
    }
    this.#reader.read(ref % ROWS_PER_BLOCK, into, facts);
  }

  /** Months that hold kept settlements. */
  months(): MonthNumber[] {
    return (this.sql("SELECT DISTINCT month FROM block ORDER BY month").raw().all() as [number][]).map(
      ([m]) => m,
    );
  }

  /**
   * Visits the current versions of a month's blocks after `afterBlock`, in the order they were kept.
   * `visit` may read and write the state: blocks are taken in pages.
   */
  scan(
    month: MonthNumber,
    afterBlock: number,
    into: Settlement,
    facts: RowFacts,
    visit: (ref: Ref) => void,
  ): void {
    const superseded = new Set(
      (this.sql("SELECT ref FROM dead WHERE month = ?").raw().all(month) as [number][]).map(([ref]) => ref),
    );
    const page = this.sql("SELECT id, data FROM block WHERE month = ? AND id > ? ORDER BY id LIMIT 64");
    for (let after = afterBlock; ; ) {
      const blocks = page.all(month, after) as { id: number; data: Buffer }[];
      for (const block of blocks) {
        this.#openBlock(block.id, block.data);
        const count = this.#reader.count;
        for (let i = 0; i < count; i++) {
          const ref = block.id * ROWS_PER_BLOCK + i;
          if (superseded.has(ref)) continue;
          if (this.#lastReadBlock !== block.id) this.#openBlock(block.id, block.data);
          this.#reader.read(i, into, facts);
          visit(ref);
        }
        after = block.id;
      }
      if (blocks.length < 64) return;
    }
  }

  /** Visits every version ever kept, those that stand no more too. */
  scanKept(into: Settlement, facts: RowFacts, visit: () => void): void {
    const page = this.sql("SELECT id, data FROM block WHERE id > ? ORDER BY id LIMIT 64");
    for (let after = 0; ; ) {
      const blocks = page.all(after) as { id: number; data: Buffer }[];
      for (const { id, data } of blocks) {
        this.#openBlock(id, data);
        for (let i = 0; i < this.#reader.count; i++) {
          this.#reader.read(i, into, facts);
          visit();
        }
        after = id;
      }
      if (blocks.length < 64) return;
    }
  }

  /**
   * Takes a version out of the current ones. It stays readable: unless `countedAs` is null, it may have to
   * stand again.
   */
  supersede(ref: Ref, month: MonthNumber, setlId: string, countedAs: CountedAs | null = "applied"): void {
    this.sql("INSERT INTO dead (ref, month, sequence, setl_id, kept) VALUES (?, ?, ?, ?, ?)").run(
      ref,
      month,
      this.sequence,
      setlId,
      countedAs === null ? 0 : COUNTED_AS.indexOf(countedAs) + 1,
    );
  }

  /** Versions of a month in blocks up to `lastBlock` that were superseded after `sequence`. */
  supersededSince(month: MonthNumber, sequence: number, lastBlock: number): Ref[] {
    return (
      this.sql("SELECT ref FROM dead WHERE month = ? AND sequence > ? AND ref < ?")
        .raw()
        .all(month, sequence, (lastBlock + 1) * ROWS_PER_BLOCK) as [number][]
    ).map(([ref]) => ref);
  }

  /** Superseded versions of a key that could stand again, and how their records were counted. */
  supersededVersions(setlId: string): { readonly ref: Ref; readonly countedAs: CountedAs }[] {
    const rows = this.sql("SELECT ref, kept FROM dead WHERE setl_id = ? AND kept > 0").raw().all(setlId);
    return (rows as [number, number][]).map(([ref, kept]) => ({ ref, countedAs: COUNTED_AS[kept - 1] }));
  }

  forgetSuperseded(ref: Ref): void {
    this.sql("UPDATE dead SET kept = 0 WHERE ref = ?").run(ref);
  }

  // Months and checkpoints --------------------------------------------------------------------------------

  /** Notes that figures of a month changed in this commit, and what its data spans. */
  touchMonth(month: MonthNumber, summary?: MonthSummary): void {
    this.sql(
      "INSERT INTO month (month, touched) VALUES (?, ?) ON CONFLICT (month) DO UPDATE SET touched = excluded.touched",
    ).run(month, this.sequence);
    if (summary) {
      this.sql("UPDATE month SET first_day = ?, last_day = ?, unmapped = ? WHERE month = ?").run(
        summary.firstDay,
        summary.lastDay,
        summary.unmapped,
        month,
      );
    }
  }

  /** First and last day with a counted settlement over all months. */
  dataSpan(): { firstDay: DayNumber | null; lastDay: DayNumber | null } {
    return this.sql("SELECT min(first_day) AS firstDay, max(last_day) AS lastDay FROM month").get() as {
      firstDay: DayNumber | null;
      lastDay: DayNumber | null;
    };
  }

  /** Keeps what each month's settlements paid out of each fund, as JSON; derived, so it is no commit. */
  keepSettled(rows: readonly (readonly [json: string, month: MonthNumber])[]): void {
    const update = this.sql("UPDATE month SET settled = ? WHERE month = ?");
    this.db.transaction(() => {
      for (const [json, month] of rows) update.run(json, month);
    })();
  }

  unmapped(): string[] {
    return (this.sql("SELECT unmapped FROM month").raw().all() as [string][]).map(([text]) => text);
  }

  /** The month's checkpoints are of no use any more: it must be made again from its settlements. */
  dropMonth(month: MonthNumber): void {
    this.touchMonth(month);
    this.sql("DELETE FROM checkpoint WHERE kind = 'cells' AND id = ?").run(month);
    // The persons of a year are one whole: without the counts the rows of its other months are of no use.
    const year = Math.floor(month / 12);
    this.sql("DELETE FROM checkpoint WHERE kind = 'counts' AND id = ?").run(year);
    this.sql("DELETE FROM checkpoint WHERE kind = 'persons' AND id BETWEEN ? AND ?").run(
      year * 12,
      year * 12 + 11,
    );
  }

  facilityMonths(): [number, MonthNumber][] {
    return this.sql("SELECT code, month FROM facility_month").raw().all() as [number, MonthNumber][];
  }

  addFacilityMonth(code: number, month: MonthNumber): void {
    this.sql("INSERT OR IGNORE INTO facility_month (code, month) VALUES (?, ?)").run(code, month);
  }

  monthsTouchedSince(sequence: number): MonthNumber[] {
    return (
      this.sql("SELECT month FROM month WHERE touched > ? ORDER BY month").raw().all(sequence) as [number][]
    ).map(([m]) => m);
  }

  checkpoint(kind: "cells" | "persons" | "counts", id: number): Checkpoint | undefined {
    const row = this.sql("SELECT sequence, last_block, data FROM checkpoint WHERE kind = ? AND id = ?").get(
      kind,
      id,
    ) as { sequence: number; last_block: number; data: Buffer } | undefined;
    if (row === undefined) return undefined;
    const data = checkedCrc(row.data, `checkpoint ${kind} ${id}`);
    return { sequence: row.sequence, lastBlock: row.last_block, data };
  }

  saveCheckpoint(kind: "cells" | "persons" | "counts", id: number, data: Buffer): void {
    this.sql(
      "INSERT OR REPLACE INTO checkpoint (kind, id, sequence, last_block, data) VALUES (?, ?, ?, ?, ?)",
    ).run(kind, id, this.sequence, this.lastBlock, withCrc(data));
  }

  dropCheckpoints(): void {
    this.sql("DELETE FROM checkpoint").run();
    this.sql("DELETE FROM combo").run();
    this.sql("DELETE FROM grp").run();
  }

  // Small things ------------------------------------------------------------------------------------------

  records(stream: StreamName): { record: StreamRecord; partitionId: number; position: number }[] {
    const rows = this.sql(
      "SELECT content, place AS partitionId, position FROM record WHERE stream = ? ORDER BY key",
    ).all(stream) as KeptRecord[];
    return rows.map((r) => ({
      record: JSON.parse(r.content),
      partitionId: r.partitionId,
      position: r.position,
    }));
  }

  record(stream: StreamName, key: string): KeptRecord | undefined {
    return this.sql(
      "SELECT key, updt_time, content, place AS partitionId, position FROM record WHERE stream = ? AND key = ?",
    ).get(stream, key) as KeptRecord | undefined;
  }

  setRecord(stream: StreamName, kept: KeptRecord): void {
    this.sql(
      "INSERT OR REPLACE INTO record (stream, key, updt_time, content, place, position) VALUES (?, ?, ?, ?, ?, ?)",
    ).run(stream, kept.key, kept.updt_time, kept.content, kept.partitionId, kept.position);
  }

  quarantine(entry: Omit<QuarantineEntry, "id" | "status" | "note">): number {
    this.revisions.quarantine++;
    return Number(
      this.sql(
        "INSERT INTO quarantine (place, position, stream, reason, detail, first_seen, status, first_day, last_day, due, raw, ref) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?)",
      ).run(
        entry.partitionId,
        entry.position,
        entry.stream,
        entry.reason,
        entry.detail,
        entry.first_seen,
        entry.first_day,
        entry.last_day,
        entry.due,
        entry.raw,
        entry.ref,
      ).lastInsertRowid,
    );
  }

  quarantined(where: string, ...parameters: unknown[]): QuarantineEntry[] {
    return this.sql(`SELECT *, place AS partitionId FROM quarantine WHERE ${where} ORDER BY id`).all(
      ...parameters,
    ) as QuarantineEntry[];
  }

  updateQuarantine(
    id: number,
    change: Partial<
      Pick<
        QuarantineEntry,
        "reason" | "detail" | "status" | "first_day" | "last_day" | "due" | "note" | "ref"
      >
    >,
  ): void {
    this.revisions.quarantine++;
    for (const [column, value] of Object.entries(change)) {
      this.sql(`UPDATE quarantine SET ${column} = ? WHERE id = ?`).run(value, id);
    }
  }

  warn(
    recordKey: string,
    warning: string,
    at: { readonly partitionId: number; readonly position: number },
    detail: string,
    stream: StreamName = "settlement",
  ): void {
    this.revisions.warnings++;
    this.sql(
      "INSERT OR REPLACE INTO warning (record_key, warning, stream, place, position, detail) VALUES (?, ?, ?, ?, ?, ?)",
    ).run(recordKey, warning, stream, at.partitionId, at.position, detail);
  }

  dropWarnings(recordKey: string, warnings: readonly string[]): void {
    const statement = this.sql("DELETE FROM warning WHERE record_key = ? AND warning = ?");
    for (const warning of warnings) this.revisions.warnings += statement.run(recordKey, warning).changes;
  }
}

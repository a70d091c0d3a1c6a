import type { StreamName } from "../../schemas/input/streams.js";
import type { QuarantineReason } from "../../schemas/quarantine.js";
import type { DayNumber, EpochMs, Fen } from "../../schemas/units.js";
import { ChangedKeys } from "./changed-keys.js";
import type { StateFile } from "./file.js";
import type { Ref } from "./settlement-block.js";

/** A record that cannot be counted, as the state keeps it. */
export interface QuarantineEntry {
  readonly id: number;
  readonly partitionId: number;
  readonly position: number;
  readonly stream: StreamName;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly first_seen: EpochMs;
  readonly status: "waiting" | "resolved" | "dismissed";
  /**
   * First and last day of the figures that it would touch. Where it cannot be read so far there is no first
   * day, and the last is the latest that its arrival makes plausible (null: any).
   */
  readonly first_day: DayNumber | null;
  readonly last_day: DayNumber | null;
  readonly due: EpochMs | null;
  /** Sealed raw bytes, as `Privacy.seal` makes them; null when the record is a kept version (`ref`). */
  readonly raw: Buffer | null;
  readonly ref: Ref | null;
  readonly note: string | null;
}

/** Columns that name a record and tell why it waits, without its content. */
export type ListedEntry = Pick<
  QuarantineEntry,
  "id" | "partitionId" | "position" | "stream" | "reason" | "detail" | "first_seen" | "status"
>;

/** The records that wait, and those that were resolved or dismissed. */
export class Quarantine {
  /** Bumped by every change, so that who publishes the table need not compare. */
  revision = 0;
  /** Numbers of the entries that changed since they were published. */
  readonly changed = new ChangedKeys();

  constructor(private readonly file: StateFile) {}

  /** A record waits; returns its number. Only inside a commit. */
  add(entry: Omit<QuarantineEntry, "id" | "status" | "note">): number {
    this.revision++;
    const id = Number(
      this.file
        .sql(
          "INSERT INTO quarantine (place, position, stream, reason, detail, first_seen, status, first_day, last_day, due, raw, ref) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?)",
        )
        .run(
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
    this.changed.add(id);
    return id;
  }

  /** Entries that fit an SQL condition on the table, by number. */
  find(where: string, ...parameters: unknown[]): QuarantineEntry[] {
    return this.file
      .sql(`SELECT *, place AS partitionId FROM quarantine WHERE ${where} ORDER BY id`)
      .all(...parameters) as QuarantineEntry[];
  }

  /** Numbers of the entries that fit an SQL condition, ascending; their bytes are not read. */
  ids(where: string, ...parameters: unknown[]): number[] {
    return this.file
      .sql(`SELECT id FROM quarantine WHERE ${where} ORDER BY id`)
      .pluck()
      .all(...parameters) as number[];
  }

  /** The first entries that fit an SQL condition, by number, without their bytes. */
  named(where: string, limit: number, ...parameters: unknown[]): ListedEntry[] {
    return this.file
      .sql(
        `SELECT id, place AS partitionId, position, stream, reason, detail, first_seen, status FROM quarantine WHERE ${where} ORDER BY id LIMIT ?`,
      )
      .all(...parameters, limit) as ListedEntry[];
  }

  /** Only inside a commit. */
  update(
    id: number,
    change: Partial<
      Pick<
        QuarantineEntry,
        "reason" | "detail" | "status" | "first_day" | "last_day" | "due" | "note" | "ref" | "raw"
      >
    >,
  ): void {
    this.revision++;
    this.changed.add(id);
    for (const [column, value] of Object.entries(change)) {
      this.file.sql(`UPDATE quarantine SET ${column} = ? WHERE id = ?`).run(value, id);
    }
  }

  /** Entries for a list: those that wait first, the newest before the older ones. */
  listed(limit: number): ListedEntry[] {
    return this.file
      .sql(
        "SELECT id, place AS partitionId, position, stream, reason, detail, first_seen, status FROM quarantine ORDER BY status = 'waiting' DESC, id DESC LIMIT ?",
      )
      .all(limit) as ListedEntry[];
  }

  /** Some entries for a list. */
  listedOf(ids: readonly string[]): ListedEntry[] {
    return this.named("id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))", -1, JSON.stringify(ids));
  }

  /** How many entries there are at most: numbers are given in turn. */
  size(): number {
    return (this.file.sql("SELECT max(id) FROM quarantine").pluck().get() as number | null) ?? 0;
  }

  /** How many records wait, by reason. */
  waiting(): ReadonlyMap<string, number> {
    const rows = this.file
      .sql("SELECT reason, count(*) FROM quarantine WHERE status = 'waiting' GROUP BY reason")
      .raw()
      .all() as [string, number][];
    return new Map(rows);
  }

  /** Notes what stands behind a bill that waits because its category is unknown. Only inside a commit. */
  noteUnmapped(id: number, code: string, fee: Fen): void {
    this.file
      .sql("INSERT OR REPLACE INTO unmapped_category (quarantine, code, fee) VALUES (?, ?, ?)")
      .run(id, code, fee);
  }

  /** Unknown categories that bills wait for, with how many wait and the money behind them. */
  unmappedCategories(): { readonly code: string; readonly records: number; readonly fee: Fen }[] {
    return this.file
      .sql(
        "SELECT u.code, count(*) AS records, sum(u.fee) AS fee FROM unmapped_category u JOIN quarantine q ON q.id = u.quarantine WHERE q.status = 'waiting' AND q.reason = 'unknown_category' GROUP BY u.code ORDER BY u.code",
      )
      .all() as { code: string; records: number; fee: Fen }[];
  }

  /** How many wait, by the days of the figures that they would touch (`first_day`, `last_day`). */
  waitingByDays(): (readonly [first: DayNumber | null, last: DayNumber | null, count: number])[] {
    return this.file
      .sql(
        "SELECT first_day, last_day, count(*) FROM quarantine WHERE status = 'waiting' GROUP BY first_day, last_day",
      )
      .raw()
      .all() as [DayNumber | null, DayNumber | null, number][];
  }

  /** Since when the oldest waits, by reason. */
  waitingSince(): { readonly reason: string; readonly since: EpochMs }[] {
    return this.file
      .sql("SELECT reason, min(first_seen) AS since FROM quarantine WHERE status = 'waiting' GROUP BY reason")
      .all() as { reason: string; since: EpochMs }[];
  }
}

import { crc32 } from "node:zlib";
import type Database from "better-sqlite3";

/** Gives a prepared statement; who asks often keeps them. */
export type Sql = (text: string) => Database.Statement;
export const plainSql =
  (db: Database.Database): Sql =>
  (text) =>
    db.prepare(text);
/** Prepares each statement once. */
export function keptSql(db: Database.Database): Sql {
  const prepared = new Map<string, Database.Statement>();
  return (text) => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = db.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };
}

type Value = string | number | bigint | Buffer | null;

/** Rows of a table: how many, and two sums of their CRC-32s, which wrap at 32 bits. The order is no matter. */
export interface Tally {
  rows: number;
  a: number;
  b: number;
}

/** Bytes that carry a checksum (or a seal) of their own, held to it wherever they are read; only their length counts here. */
const OWN_CHECKSUM: ReadonlySet<string> = new Set([
  "block.data",
  "checkpoint.data",
  "closed.sums",
  "closed.given",
  "used_table.data",
  "quarantine.raw",
]);
/** Bytes that are tallied apart, under `table.column`: too many to be read at every start. */
const READ_BY_CHECK = ["quarantine.raw"];
/** Not tallied row by row: the ids are one map over both tables (see SettlementIndex). */
const APART: ReadonlySet<string> = new Set(["tally", "settlement_id", "settlement_id_recent"]);

/** CRC-32 of a row's values, each with its type. */
export function rowCrc(values: readonly Value[]): number {
  let crc = 0;
  let text = "";
  for (const value of values) {
    if (Buffer.isBuffer(value)) {
      crc = crc32(value, crc32(`${text}b${value.length}\u0001`, crc));
      text = "";
    } else text += value === null ? "n\u0001" : `${typeof value === "string" ? "s" : "i"}${value}\u0001`;
  }
  return crc32(text, crc);
}

/** Adds rows to a tally or takes them out of it. */
export function count(tally: Tally, crc: number, sign: 1 | -1): void {
  tally.rows += sign;
  tally.a = (tally.a + sign * crc) | 0;
  tally.b = (tally.b + sign * Math.imul(crc ^ (crc >>> 15), 0x2c1b3c6d)) | 0;
}

export const emptyTally = (): Tally => ({ rows: 0, a: 0, b: 0 });
export const sameTally = (x: Tally, y: Tally): boolean => x.rows === y.rows && x.a === y.a && x.b === y.b;

/** Columns of a table as they are tallied, as SQL; `of` names the row (`NEW`, `OLD`, or nothing). */
function columns(db: Database.Database, table: string, of: string): string {
  const [from, apart] = table.split(".");
  if (apart !== undefined) {
    const [key] = (db.pragma(`table_info("${from}")`) as { name: string; pk: number }[]).filter(
      (c) => c.pk === 1,
    );
    return `${of}"${key.name}", ${of}"${apart}"`;
  }
  const names = (db.pragma(`table_info("${table}")`) as { name: string }[]).map((c) => c.name);
  // Of a block only what finds it: `data` holds the rest, and this much an index tells without reading it.
  const tallied = table === "block" ? ["id", "month"] : names;
  return tallied
    .map((name) => (OWN_CHECKSUM.has(`${table}.${name}`) ? `length(${of}"${name}")` : `${of}"${name}"`))
    .join(", ");
}

/** Tables of the state that are tallied row by row: all but a few, whoever added them; and what is tallied apart. */
export function talliedTables(db: Database.Database): string[] {
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all() as string[];
  const apart = READ_BY_CHECK.filter((name) => names.includes(name.split(".")[0]));
  return [...names.filter((name) => !APART.has(name)), ...apart];
}

/** What a table holds now. */
export function tallyOf(db: Database.Database, table: string): Tally {
  const tally = emptyTally();
  const from = table === "block" ? "block INDEXED BY block_month" : `"${table.split(".")[0]}"`;
  const rows = db
    .prepare(`SELECT ${columns(db, table, "")} FROM ${from}`)
    .raw()
    .iterate();
  for (const row of rows as IterableIterator<Value[]>) count(tally, rowCrc(row), 1);
  return tally;
}

/** Whether a state has checksums: one of an earlier program is given them when it is upgraded. */
export const isTallied = (sql: Sql): boolean =>
  sql("SELECT 1 FROM sqlite_schema WHERE name = 'tally'").get() !== undefined;

/** What the state says that a table holds; undefined where it says nothing. */
export function keptTally(sql: Sql, name: string): Tally | undefined {
  return sql("SELECT rows, a, b FROM tally WHERE name = ?").get(name) as Tally | undefined;
}

export function keepTally(sql: Sql, name: string, { rows, a, b }: Tally): void {
  sql("INSERT OR REPLACE INTO tally (name, rows, a, b) VALUES (?, ?, ?, ?)").run(name, rows, a, b);
}

/**
 * A tally of every table, kept with each commit: what was lost, changed or added by anything but this program shows
 * when the table is counted again. Triggers of this connection follow every change, so that no writer can forget it.
 */
export class Tallies {
  readonly #tallies = new Map<string, Tally>();
  readonly #changed = new Set<string>();
  readonly #sql: Sql;

  /** @param sql of `db`; given by who keeps prepared statements */
  constructor(
    private readonly db: Database.Database,
    sql: Sql = plainSql(db),
  ) {
    this.#sql = sql;
  }

  /** Begins to follow every change. @throws Error on a table whose tally is missing. */
  follow(): void {
    const { db } = this;
    // Rows that INSERT OR REPLACE takes away are told to triggers only so.
    db.pragma("recursive_triggers = ON");
    db.function("note_row", { varargs: true, directOnly: false }, (table, sign, ...values) => {
      this.#note(table as string, sign as 1 | -1, values as Value[]);
      return null;
    });
    for (const table of talliedTables(db)) {
      this.#tallies.set(table, { ...(keptTally(this.#sql, table) ?? emptyTally()) });
      const note = (sign: 1 | -1, of: string): string =>
        `SELECT note_row('${table}', ${sign}, ${columns(db, table, `${of}.`)});`;
      const on = table.split(".")[0];
      db.exec(`CREATE TEMP TRIGGER "${table}_in" AFTER INSERT ON "${on}" BEGIN ${note(1, "NEW")} END;
        CREATE TEMP TRIGGER "${table}_out" AFTER DELETE ON "${on}" BEGIN ${note(-1, "OLD")} END;
        CREATE TEMP TRIGGER "${table}_change" AFTER UPDATE ON "${on}" BEGIN ${note(-1, "OLD")} ${note(1, "NEW")} END;`);
    }
  }

  #note(table: string, sign: 1 | -1, values: Value[]): void {
    // Nothing would keep the tally with it.
    if (!this.db.inTransaction) throw new Error(`a write to ${table} outside a commit`);
    count(this.#tallies.get(table)!, rowCrc(values), sign);
    this.#changed.add(table);
  }

  /** Keeps what changed, last of all that a transaction writes. */
  save(): void {
    for (const table of this.#changed) keepTally(this.#sql, table, this.#tallies.get(table)!);
    this.#changed.clear();
  }

  /** Tables that the state had, and has no more. */
  gone(): string[] {
    const names = this.db.prepare("SELECT name FROM tally ORDER BY name").pluck().all() as string[];
    const there = new Set(talliedTables(this.db));
    return names.filter((name) => !there.has(name) && !APART.has(name));
  }

  /** Tables whose rows are not those that were kept; with `all` also what is tallied apart. */
  differing(all = false): string[] {
    return talliedTables(this.db).filter((table) => {
      if (!all && table.includes(".")) return false;
      const kept = keptTally(this.#sql, table);
      return kept === undefined || !sameTally(kept, tallyOf(this.db, table));
    });
  }
}

/** Takes tables as they are now. */
export function retally(db: Database.Database, tables: readonly string[]): void {
  for (const table of tables) keepTally(plainSql(db), table, tallyOf(db, table));
}

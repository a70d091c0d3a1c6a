import type Database from "better-sqlite3";
import { crcOfText, rowCrc, rowTextSql, type Value } from "./row-crc.js";

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

/** Adds rows to a tally or takes them out of it. */
export function count(tally: Tally, crc: number, sign: 1 | -1): void {
  tally.rows += sign;
  tally.a = (tally.a + sign * crc) | 0;
  tally.b = (tally.b + sign * Math.imul(crc ^ (crc >>> 15), 0x2c1b3c6d)) | 0;
}

export const emptyTally = (): Tally => ({ rows: 0, a: 0, b: 0 });
export const sameTally = (x: Tally, y: Tally): boolean => x.rows === y.rows && x.a === y.a && x.b === y.b;

/** A column as it is tallied; `sql` has `of` before its name (`NEW.`, `OLD.`, or nothing). */
interface Column {
  readonly sql: string;
  readonly type: string;
}

/** Columns of a table as they are tallied. */
function columns(db: Database.Database, table: string, of: string): Column[] {
  const [from, apart] = table.split(".");
  const all = db.pragma(`table_info("${from}")`) as { name: string; type: string; pk: number }[];
  const plain = ({ name, type }: { name: string; type: string }): Column => ({ sql: `${of}"${name}"`, type });
  if (apart !== undefined) {
    return [...all.filter((c) => c.pk === 1), ...all.filter((c) => c.name === apart)].map(plain);
  }
  // Of a block only what finds it: `data` holds the rest, and this much an index tells without reading it.
  const tallied = table === "block" ? all.filter((c) => c.name === "id" || c.name === "month") : all;
  return tallied.map((column) =>
    OWN_CHECKSUM.has(`${table}.${column.name}`)
      ? { sql: `length(${of}"${column.name}")`, type: "INTEGER" }
      : plain(column),
  );
}

const list = (all: readonly Column[]): string => all.map(({ sql }) => sql).join(", ");

/** Types whose text in SQL is what `rowCrc` makes of a value: then one text tells a whole row. */
const TOLD_AS_TEXT: ReadonlySet<string> = new Set(["INTEGER", "TEXT"]);

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
    .prepare(`SELECT ${list(columns(db, table, ""))} FROM ${from}`)
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
    const told = talliedTables(db);
    const note = (table: number, before: number | null, after: number | null): null => {
      this.#note(told[table], before, after);
      return null;
    };
    const crcOf = (text: string | null): number | null => (text === null ? null : crcOfText(text));
    db.function(
      "note_row",
      { directOnly: false },
      (table: number, before: string | null, after: string | null) =>
        note(table, crcOf(before), crcOf(after)),
    );
    db.function("note_values", { varargs: true, directOnly: false }, (table, isNew, ...values) => {
      const crc = rowCrc(values as Value[]);
      return isNew === 1 ? note(table as number, null, crc) : note(table as number, crc, null);
    });
    told.forEach((table, i) => {
      this.#tallies.set(table, { ...(keptTally(this.#sql, table) ?? emptyTally()) });
      const on = table.split(".")[0];
      const { added, taken, changed } = this.#calls(table, i);
      db.exec(`CREATE TEMP TRIGGER "${table}_in" AFTER INSERT ON "${on}" BEGIN SELECT ${added}; END;
        CREATE TEMP TRIGGER "${table}_out" AFTER DELETE ON "${on}" BEGIN SELECT ${taken}; END;
        CREATE TEMP TRIGGER "${table}_change" AFTER UPDATE ON "${on}" BEGIN SELECT ${changed}; END;`);
    });
  }

  /** What the triggers of a table call for a row that came, went, or is another one now. */
  #calls(table: string, index: number): { added: string; taken: string; changed: string } {
    const [before, after] = ["OLD.", "NEW."].map((of) => columns(this.db, table, of));
    if (after.every(({ type }) => TOLD_AS_TEXT.has(type))) {
      const [old, now] = [before, after].map((all) =>
        rowTextSql(all.map(({ sql, type }) => ({ sql, isText: type === "TEXT" }))),
      );
      return {
        added: `note_row(${index}, NULL, ${now})`,
        taken: `note_row(${index}, ${old}, NULL)`,
        changed: `note_row(${index}, ${old}, ${now})`,
      };
    }
    const added = `note_values(${index}, 1, ${list(after)})`;
    const taken = `note_values(${index}, 0, ${list(before)})`;
    return { added, taken, changed: `${taken}, ${added}` };
  }

  /** Notes the checksums of a row as it was and as it is; null where it was not there, or is not any more. */
  #note(table: string, before: number | null, after: number | null): void {
    // Nothing would keep the tally with it.
    if (!this.db.inTransaction) throw new Error(`a write to ${table} outside a commit`);
    if (before === after) return;
    const tally = this.#tallies.get(table)!;
    if (before !== null) count(tally, before, -1);
    if (after !== null) count(tally, after, 1);
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

import { broken } from "../../schemas/invariant.js";
import { idCrc } from "./row-crc.js";
import type { Ref } from "./settlement-block.js";
import {
  count,
  emptyTally,
  isTallied,
  keepTally,
  keptTally,
  type Sql,
  sameTally,
  type Tally,
} from "./tallies.js";

/** Recent ids are merged into the tree when there are so many: each merge touches most of its pages once. */
const MERGE_IDS = 200_000;
/** Ids of a page of all of them. */
const PAGE_IDS = 10_000;
/** Stands for an id that has no current version any more. */
const NONE = 0;

/** Name of the ids' tally: of the current versions, in whichever of the two tables they stand. */
const TALLY = "settlement_id";

/**
 * The current version of each `setl_id`. Ids come in any order, and a tree that takes a few thousand
 * of them at random writes nearly every page it has at every commit; so ids that do not lie beyond all
 * earlier ones go to a list first (`settlement_id_recent`, also held in memory), which is merged into the tree
 * (`settlement_id`) in order of ids when it has grown. Both are part of the commit of the batch.
 */
export class SettlementIndex {
  readonly #recent = new Map<string, Ref>();
  /** Rows of the list: an id that changes again while it is recent has several, of which the last counts. */
  #rows = 0;
  /** Greatest id of the tree, and what it was at the last commit. */
  #last: string;
  #edge: string;
  readonly #tally: Tally;
  #tallied = false;

  constructor(
    private readonly sql: Sql,
    private readonly mergeIds = MERGE_IDS,
  ) {
    const rows = sql("SELECT setl_id, ref FROM settlement_id_recent ORDER BY id").raw().all() as [
      string,
      Ref,
    ][];
    for (const [id, ref] of rows) this.#recent.set(id, ref);
    this.#rows = rows.length;
    this.#last = this.#greatest();
    this.#edge = this.#last;
    this.#tally = this.#kept() ?? emptyTally();
  }

  #kept(): Tally | undefined {
    return isTallied(this.sql) ? keptTally(this.sql, TALLY) : undefined;
  }

  #greatest(): string {
    const row = this.sql("SELECT setl_id FROM settlement_id ORDER BY setl_id DESC LIMIT 1").get() as
      | { setl_id: string }
      | undefined;
    return row?.setl_id ?? "";
  }

  /** References of the current versions of `ids`; index into `ids` to reference, only for known ids. */
  find(ids: readonly string[]): Map<number, Ref> {
    const found = new Map<number, Ref>();
    const asked: string[] = [];
    const indexes: number[] = [];
    ids.forEach((id, i) => {
      const ref = this.#recent.get(id);
      if (ref === undefined) {
        asked.push(id);
        indexes.push(i);
      } else if (ref !== NONE) found.set(i, ref);
    });
    if (asked.length === 0) return found;
    const rows = this.sql(
      "SELECT j.key AS i, s.ref AS ref FROM json_each(?) AS j CROSS JOIN settlement_id AS s ON s.setl_id = j.value",
    )
      .raw()
      .all(JSON.stringify(asked)) as [number, Ref][];
    for (const [i, ref] of rows) found.set(indexes[i], ref);
    return found;
  }

  findOne(setlId: string): Ref | undefined {
    const recent = this.#recent.get(setlId);
    if (recent !== undefined) return recent === NONE ? undefined : recent;
    return (
      this.sql("SELECT ref FROM settlement_id WHERE setl_id = ?").get(setlId) as { ref: Ref } | undefined
    )?.ref;
  }

  /** Makes reference `first + i` the current version of the new id `ids[i]`. Only inside a commit. */
  insert(ids: readonly string[], first: Ref): void {
    if (ids.length === 0) return;
    // 0 stands for no version.
    if (!(first > NONE && Number.isSafeInteger(first + ids.length))) broken(`ids lead to version ${first}`);
    ids.forEach((id, i) => {
      count(this.#tally, idCrc(id, first + i), 1);
    });
    this.#tallied = true;
    // An id that the list knows, if only as gone, stays in the list: there the last row counts.
    const follows = ids.every((id) => id > this.#edge && !this.#recent.has(id));
    const table = follows ? "settlement_id" : "settlement_id_recent";
    this.sql(
      `INSERT INTO ${table} (setl_id, ref) SELECT value, CAST(? AS INTEGER) + key FROM json_each(?)`,
    ).run(first, JSON.stringify(ids));
    if (follows) {
      for (const id of ids) if (id > this.#last) this.#last = id;
    } else {
      ids.forEach((id, i) => {
        this.#recent.set(id, first + i);
      });
      this.#rows += ids.length;
    }
  }

  /** Makes another version the current one of an id. Only inside a commit. */
  set(setlId: string, ref: Ref): void {
    const before = this.findOne(setlId);
    if (before !== undefined) count(this.#tally, idCrc(setlId, before), -1);
    if (ref !== NONE) count(this.#tally, idCrc(setlId, ref), 1);
    this.#tallied = true;
    this.sql("INSERT INTO settlement_id_recent (setl_id, ref) VALUES (?, ?)").run(setlId, ref);
    this.#recent.set(setlId, ref);
    this.#rows++;
  }

  /** An id has no current version any more. Only inside a commit. */
  drop(setlId: string): void {
    this.set(setlId, NONE);
  }

  /** Merges the list into the tree when it has grown. Only inside a commit, at its end. */
  settle(): void {
    if (this.#rows >= this.mergeIds) this.#merge();
    this.#edge = this.#last;
    if (this.#tallied) this.#keep();
    this.#tallied = false;
  }

  #keep(): void {
    keepTally(this.sql, TALLY, this.#tally);
  }

  /** Ids with a current version, as they were kept. */
  get size(): number {
    return this.#tally.rows;
  }

  /** Whether the ids and where they lead to are those that were kept; reads all of them. */
  isSound(): boolean {
    // A new state has no ids and no tally of them.
    return sameTally(this.#kept() ?? emptyTally(), this.#count());
  }

  #count(): Tally {
    const tally = emptyTally();
    for (const page of this.#entries()) for (const [id, ref] of page) count(tally, idCrc(id, ref), 1);
    return tally;
  }

  /** Takes the ids as they are now. Only inside a transaction. */
  retally(): void {
    Object.assign(this.#tally, this.#count());
    this.#keep();
  }

  /** Forgets every id, so that they can be entered anew. Only inside a transaction. */
  forget(): void {
    this.sql("DELETE FROM settlement_id").run();
    this.sql("DELETE FROM settlement_id_recent").run();
    this.#recent.clear();
    this.#rows = 0;
    this.#last = "";
    this.#edge = "";
    Object.assign(this.#tally, emptyTally());
    this.#tallied = true;
  }

  #merge(): void {
    // In order of ids every page of the tree is written once; of rows of one id the last one counts.
    this.sql(
      "INSERT OR REPLACE INTO settlement_id (setl_id, ref) SELECT setl_id, ref FROM settlement_id_recent ORDER BY setl_id, id",
    ).run();
    this.sql(
      `DELETE FROM settlement_id WHERE ref = ${NONE} AND setl_id IN (SELECT setl_id FROM settlement_id_recent WHERE ref = ${NONE})`,
    ).run();
    this.sql("DELETE FROM settlement_id_recent").run();
    this.#recent.clear();
    this.#rows = 0;
    this.#last = this.#greatest();
  }

  /** References of all current versions, in pages. */
  *refs(): Generator<readonly Ref[]> {
    for (const page of this.#entries()) yield page.map(([, ref]) => ref);
  }

  *#entries(): Generator<readonly (readonly [string, Ref])[]> {
    const page = this.sql(
      "SELECT setl_id, ref FROM settlement_id WHERE setl_id > ? ORDER BY setl_id LIMIT ?",
    ).raw();
    // Ids that rotted out of their order would lead round in a circle.
    let most = this.#tally.rows + this.#rows + PAGE_IDS;
    for (let after = ""; most > 0; ) {
      const rows = page.all(after, PAGE_IDS) as [string, Ref][];
      most -= rows.length;
      yield rows.filter(([id]) => !this.#recent.has(id));
      if (rows.length < PAGE_IDS) break;
      after = rows[rows.length - 1][0];
    }
    yield [...this.#recent].filter(([, ref]) => ref !== NONE);
  }

  /** Ids with a current version. */
  count(): number {
    const { n } = this.sql(
      `SELECT (SELECT count(*) FROM settlement_id) - (SELECT count(*) FROM settlement_id
         WHERE setl_id IN (SELECT setl_id FROM settlement_id_recent)) AS n`,
    ).get() as { n: number };
    let recent = 0;
    for (const ref of this.#recent.values()) if (ref !== NONE) recent++;
    return n + recent;
  }
}

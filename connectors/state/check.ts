import Database from "better-sqlite3";
import { monthEnd, monthStart } from "../../aggregations/calendar.js";
import { FundpulseError } from "../../schemas/errors.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { MonthNumber } from "../../schemas/units.js";
import { checkTables, DERIVED_TABLES, damagedError, notedDamage, RECOVER } from "./damage.js";
import { checkedCrc, checkIdentity, type StateIdentity, stateError } from "./file.js";
import { unpackFigures, unpackSums, unpackText } from "./frozen-codec.js";
import { APPLICATION_ID } from "./migrations/base-tables.js";
import { BlockReader, ROWS_PER_BLOCK } from "./settlement-block.js";
import { SettlementIndex } from "./settlement-index.js";
import { isTallied, keptSql, plainSql, Tallies } from "./tallies.js";

/** Findings named in the message at most. */
const NAMED = 3;

/**
 * Looks into everything that a state file holds: every page and index, every table against its checksum, every
 * block, frozen figure and derived sum against its own, and that every current version is the one that its id leads
 * to. The caller holds the state lock.
 * With `identity` it must also be one that the present configuration may go on with.
 * `file` is the file where it is a copy of the state at `path`, which messages name.
 * @throws FundpulseError FP2002 to FP2005
 */
export function checkStateFile(path: string, identity?: StateIdentity, file = path): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    if (db.pragma("application_id", { simple: true }) !== APPLICATION_ID)
      throw new FundpulseError("FP2004", `${path} is no fundpulse state`);
    if (identity !== undefined) {
      const row = db.prepare("SELECT value FROM meta WHERE key = ?").pluck();
      checkIdentity(path, (key) => row.get(key) as string | undefined, identity, false);
    }
    const found = db.pragma("integrity_check") as { integrity_check: string }[];
    const wrong = found.map((row) => row.integrity_check).filter((text) => text !== "ok");
    if (wrong.length > 0) {
      const more = wrong.length > NAMED ? `; and ${wrong.length - NAMED} more` : "";
      const named = wrong.slice(0, NAMED).join("; ").replace(/\s+/g, " ");
      throw new FundpulseError("FP2004", `the state file ${path} is damaged (${named}${more})`);
    }
    checkTables(db, path);
    if (isTallied(plainSql(db))) checkTallies(db, path);
    checkOwnChecksums(db);
    checkVersions(db, path);
  } catch (error) {
    throw stateError(error, path);
  } finally {
    db?.close();
  }
}

function checkTallies(db: Database.Database, path: string): void {
  const tallies = new Tallies(db);
  const differing = tallies.differing(true);
  const kept = [...tallies.gone(), ...differing.filter((table) => !DERIVED_TABLES.has(table))];
  if (kept.length > 0) throw damagedError(path, kept);
  const ids = new SettlementIndex(keptSql(db)).isSound() ? [] : ["settlement_id"];
  const derived = [...new Set([...differing, ...ids, ...notedDamage(db)])];
  if (derived.length === 0) return;
  throw new FundpulseError(
    "FP2004",
    `the state file ${path} is damaged: ${derived.map((t) => `"${t}"`).join(", ")} ${derived.length === 1 ? "is" : "are"} not what was written, and follows from what is sound`,
    { action: "run `fundpulse rebuild`: it is made again from the kept settlements, nothing is lost" },
  );
}

/** What carries a checksum of its own. */
function checkOwnChecksums(db: Database.Database): void {
  const rows = (sql: string): IterableIterator<unknown[]> =>
    db.prepare(sql).raw().iterate() as IterableIterator<unknown[]>;
  for (const [first, tags] of rows("SELECT first, tags FROM person_chunk")) {
    checkedCrc(tags as Buffer, `person chunk ${first}`);
  }
  for (const [kind, id, data] of rows("SELECT kind, id, data FROM checkpoint")) {
    checkedCrc(data as Buffer, `checkpoint ${kind} ${id}`);
  }
  for (const [period, sums, given] of rows("SELECT period, sums, given FROM closed")) {
    unpackSums(sums as Buffer, String(period));
    unpackFigures(given as Buffer, String(period));
  }
  for (const [name, data] of rows("SELECT name, data FROM used_table")) {
    unpackText(data as Buffer, `the table ${name} as it was used`);
  }
}

/** Every row of every block that is not superseded is current: its id leads to it, and to nothing else. */
function checkVersions(db: Database.Database, path: string): void {
  const index = new SettlementIndex(keptSql(db));
  const codes = db.prepare("SELECT text FROM code ORDER BY id").pluck().all() as string[];
  const reader = new BlockReader({ textOf: (id) => codes[id]!, idOf: () => -1 });
  const dead = new Set(db.prepare("SELECT ref FROM dead").pluck().all() as number[]);
  const s = new Settlement();
  const facts = { person: 0, day: 0, partitionId: 0, position: 0 };
  const damaged = (block: number, what: string): FundpulseError =>
    new FundpulseError("FP2004", `block ${block} of the state file ${path} ${what}`, { action: RECOVER });
  let standing = 0;
  const blocks = db.prepare("SELECT id, month, rows, data FROM block ORDER BY id").raw().iterate();
  for (const [id, month, rows, data] of blocks as IterableIterator<[number, MonthNumber, number, Buffer]>) {
    if (!reader.open(data) || reader.count !== rows) throw damaged(id, "is damaged");
    for (let i = 0; i < rows; i++) {
      reader.read(i, s, facts);
      if (!(facts.day >= monthStart(month) && facts.day <= monthEnd(month))) {
        throw damaged(id, "is of another month than its settlements");
      }
      const ref = id * ROWS_PER_BLOCK + i;
      if (dead.has(ref)) continue;
      standing++;
      const named = index.findOne(s.setl_id);
      // An id with half a surrogate pair is kept as it cannot be found.
      if (named !== ref && !(named === undefined && s.setl_id.includes("\ufffd")))
        throw damaged(id, "holds a settlement that its id does not lead to");
    }
  }
  if (standing !== index.count()) {
    throw new FundpulseError(
      "FP2004",
      `the state file ${path} is damaged (${standing} settlements stand, ids lead to ${index.count()})`,
    );
  }
}

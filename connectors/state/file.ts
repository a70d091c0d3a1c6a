import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import Database from "better-sqlite3";
import { differingNames, differText } from "../../schemas/differing.js";
import { FundpulseError } from "../../schemas/errors.js";
import { knownOr } from "../faults/known.js";
import { makeFolder, makePrivateFile, PRIVATE_FILE, PUBLIC_FOLDER, setMode } from "../files/modes.js";
import { statePath } from "../files/paths.js";
import { PROGRAM_VERSION } from "../files/program-version.js";
import { checkTables, mendTables, verifyTables } from "./damage.js";
import { APPLICATION_ID } from "./migrations/base-tables.js";
import { makeTables, migrate, note } from "./migrations/migrate.js";
import { SettlementIndex } from "./settlement-index.js";
import { isTallied, keptSql, plainSql, retally, type Sql, Tallies, talliedTables } from "./tallies.js";

/** What a state must agree with before it may be used. */
export interface StateIdentity {
  /** Of privacy.personKey. */
  readonly keyCheck: string;
  /** Of the configuration of dimensions. */
  readonly rules: string;
  /** The same by name: JSON of a hash for each rule. */
  readonly ruleParts?: string;
}

/** Names of the rules that differ between two texts of `ruleParts`; empty where one is not known. */
function differingRules(kept: string | undefined, present: string | undefined): string[] {
  if (kept === undefined || present === undefined) return [];
  const [a, b] = [kept, present].map((text) => JSON.parse(text) as Record<string, string>);
  return differingNames(a!, b!);
}

/**
 * Whether a state may be used under a configuration. Reads, and changes nothing.
 * @throws FundpulseError FP2003, FP2005 naming the keys that differ
 */
export function checkIdentity(
  path: string,
  meta: (key: string) => string | undefined,
  identity: StateIdentity,
  acceptRules: boolean,
): void {
  if (meta("key_check") !== identity.keyCheck) {
    throw new FundpulseError(
      "FP2003",
      `the state ${path} was made with another privacy.personKey; nothing was changed`,
    );
  }
  if (meta("rules") === identity.rules || acceptRules) return;
  // A rebuild under these rules that was interrupted goes on.
  if (meta("rules") === "" && meta("rebuilding") === identity.rules) return;
  const differing = differingRules(meta("rule_parts"), identity.ruleParts);
  const named =
    differing.length === 0
      ? "(jurisdiction, timezone, periods, groupings, refunds, insurances, careGroups, reimbursed or benefit)"
      : `(${differText(differing)})`;
  throw new FundpulseError(
    "FP2005",
    `the state ${path} was built under another configuration of dimensions ${named}; nothing was changed`,
  );
}

/** Turns SQLite's words on damage into FP2004, and what the system refuses into its number; all else is passed on. */
export const stateError = (error: unknown, path: string): unknown =>
  knownOr(error, (error as Error | null)?.name === "SqliteError" ? path : undefined);

/** Bytes with their CRC-32 behind them, for values that nothing else checks. */
export function withCrc(data: Buffer): Buffer {
  const whole = Buffer.allocUnsafe(data.length + 4);
  data.copy(whole);
  whole.writeUInt32LE(crc32(data), data.length);
  return whole;
}

/** What `withCrc` was given; throws FP2004 when it was damaged since. */
export function checkedCrc(whole: Buffer, what: string): Buffer {
  const end = whole.length - 4;
  const data = whole.subarray(0, Math.max(0, end));
  if (end < 0 || crc32(data) !== whole.readUInt32LE(end)) {
    throw new FundpulseError("FP2004", `${what} in the state file is damaged`);
  }
  return data;
}

/**
 * The state file as a file: opened only when its version, key and rules agree, and changed only by whole
 * commits.
 */
export class StateFile {
  readonly path: string;
  /** Changes when the state begins a history of its own (`StateLife.branch`). */
  stateId: string;
  readonly db: Database.Database;
  /** Number of the last commit. */
  sequence: number;
  /** Why a commit failed: what is in memory is then ahead of the file, and nothing may be kept any more. */
  failed: unknown = null;
  /** Run at the end of every commit, before it is made durable. */
  readonly beforeCommit: (() => void)[] = [];
  /** A prepared statement, kept. */
  readonly sql: Sql;
  readonly #tallies: Tallies;

  constructor(dataDir: string, identity: StateIdentity, options: { acceptRules?: boolean }) {
    this.path = statePath(dataDir);
    const fresh = !existsSync(this.path);
    this.db = this.#open(fresh, identity, options.acceptRules ?? false);
    this.sql = keptSql(this.db);
    this.#tallies = new Tallies(this.db, this.sql);
    this.#tallies.follow();
    this.stateId = this.meta("state_id") ?? "";
    this.sequence = Number(this.meta("sequence") ?? 0);
  }

  #open(fresh: boolean, identity: StateIdentity, acceptRules: boolean): Database.Database {
    let db: Database.Database | undefined;
    try {
      makeFolder(dirname(this.path), PUBLIC_FOLDER);
      makePrivateFile(this.path);
      // What a killed process left beside it has the bits that the file had then.
      for (const name of ["-wal", "-shm"]) {
        if (existsSync(this.path + name)) setMode(this.path + name, PRIVATE_FILE);
      }
      db = new Database(this.path);
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = FULL");
      db.pragma("cache_size = -65536");
      db.pragma("wal_autocheckpoint = 4000");
      if (fresh || (db.pragma("user_version", { simple: true }) === 0 && this.#isEmpty(db))) {
        this.#create(db, identity);
        return db;
      }
      if (db.pragma("application_id", { simple: true }) !== APPLICATION_ID) {
        throw new FundpulseError("FP2004", `${this.path} is no fundpulse state`);
      }
      checkTables(db, this.path);
      const tallied = isTallied(plainSql(db));
      const derived = tallied ? verifyTables(db, this.path) : [];
      const meta = (key: string): string | undefined =>
        (db!.prepare("SELECT value FROM meta WHERE key = ?").get(key) as { value: string } | undefined)
          ?.value;
      checkIdentity(this.path, meta, identity, acceptRules);
      if (tallied) mendTables(db, derived);
      migrate(db, this.path, Date.now(), () => {
        retally(db!, talliedTables(db!));
        new SettlementIndex(plainSql(db!)).retally();
      });
      if (meta("program") !== PROGRAM_VERSION) {
        db.transaction(() => {
          db!.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('program', ?)").run(PROGRAM_VERSION);
          retally(db!, ["meta"]);
        })();
      }
      return db;
    } catch (error) {
      db?.close();
      throw stateError(error, this.path);
    }
  }

  #isEmpty(db: Database.Database): boolean {
    return (db.prepare("SELECT count(*) AS n FROM sqlite_schema").get() as { n: number }).n === 0;
  }

  #create(db: Database.Database, identity: StateIdentity): void {
    db.transaction(() => {
      makeTables(db);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      const set = db.prepare("INSERT INTO meta (key, value) VALUES (?, ?)");
      set.run("state_id", randomUUID());
      set.run("key_check", identity.keyCheck);
      set.run("rules", identity.rules);
      set.run("sequence", "0");
      set.run("program", PROGRAM_VERSION);
      note(db, Date.now(), "made", {});
      retally(db, talliedTables(db));
    })();
  }

  meta(key: string): string | undefined {
    return (this.sql("SELECT value FROM meta WHERE key = ?").get(key) as { value: string } | undefined)
      ?.value;
  }

  setMeta(key: string, value: string): void {
    this.sql("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(key, value);
  }

  /** Notes, inside a commit, that it changes something that is published. */
  noteContent(): void {
    this.setMeta("content_sequence", String(this.sequence));
  }

  /**
   * Runs `work` as one transaction: all of it is durable when this returns, or nothing. After a failure
   * every commit fails: the process must start again from the file.
   */
  commit<T>(work: () => T): T {
    if (this.failed !== null) throw this.failed;
    try {
      this.db.exec("BEGIN IMMEDIATE");
      this.sequence++;
      const result = work();
      for (const hook of this.beforeCommit) hook();
      this.setMeta("sequence", String(this.sequence));
      this.#tallies.save();
      this.db.exec("COMMIT");
      return result;
    } catch (error) {
      this.failed = stateError(error, this.path);
      if (this.db.inTransaction) this.db.exec("ROLLBACK");
      throw this.failed;
    }
  }

  /** Writes what is no part of a commit (derived sums, the version of a close): all of it is durable, or nothing. */
  beside(work: () => void): void {
    if (this.failed !== null) throw this.failed;
    try {
      this.db.transaction(() => {
        work();
        this.#tallies.save();
      })();
    } catch (error) {
      this.failed = stateError(error, this.path);
      throw this.failed;
    }
  }

  close(): void {
    try {
      this.db.pragma("wal_checkpoint(TRUNCATE)");
    } finally {
      this.db.close();
    }
  }
}

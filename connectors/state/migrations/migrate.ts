import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { FundpulseError } from "../../../schemas/errors.js";
import { PRIVATE_FILE, setMode } from "../../files/modes.js";
import { PROGRAM_VERSION } from "../../files/program-version.js";
import { BASE_LAYOUT, BASE_TABLES } from "./base-tables.js";
import { LAYOUT, MIGRATIONS, type Migration } from "./list.js";

type Db = Database.Database;

export const layoutOf = (db: Db): number => db.pragma("user_version", { simple: true }) as number;

const metaOf = (db: Db, key: string): string | undefined =>
  (db.prepare("SELECT value FROM meta WHERE key = ?").get(key) as { value: string } | undefined)?.value;

/**
 * Whether this program can work on a state of that layout, as it is or after an upgrade. Changes nothing. Returns the
 * tables that a state of that layout has and this one lacks, or lacks columns of: it is damaged.
 * @throws FundpulseError FP2002
 */
export function checkLayout(db: Db, path: string): string[] {
  const layout = layoutOf(db);
  if (layout > LAYOUT) {
    const by = metaOf(db, "program");
    throw new FundpulseError(
      "FP2002",
      `the state ${path} has layout ${layout}${by === undefined ? "" : `, of fundpulse ${by}`}; this program ` +
        `(fundpulse ${PROGRAM_VERSION}) knows layouts up to ${LAYOUT}; nothing was changed`,
      { action: "use the newer program, or restore a backup made before it was upgraded" },
    );
  }
  const missing = missingOfBase(db);
  if (missing.length > 0 && layout > BASE_LAYOUT) return missing;
  if (missing.length > 0 || layout < BASE_LAYOUT) {
    throw new FundpulseError(
      "FP2002",
      `the state ${path} has layout ${layout} of a program from before upgrades (this one: fundpulse ` +
        `${PROGRAM_VERSION}, layouts ${BASE_LAYOUT} to ${LAYOUT}); nothing was changed`,
      {
        action:
          "keep it, and read the whole input again into another `data` directory; where the source has forgotten its beginning, use the program that wrote it",
      },
    );
  }
  return [];
}

/**
 * Tables of the base layout that are not there, or lack a column. Layout 2 had other columns on its first day; states of
 * that day are none that can be upgraded.
 */
function missingOfBase(db: Db): string[] {
  const base = new Database(":memory:");
  try {
    base.exec(BASE_TABLES);
    const tables = base
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all() as string[];
    return tables.filter((table) => {
      const names = (of: Db): string[] =>
        (of.pragma(`table_info(${table})`) as { name: string }[]).map((c) => c.name);
      const found = new Set(names(db));
      return !names(base).every((name) => found.has(name));
    });
  } finally {
    base.close();
  }
}

/** Where the state of an earlier layout is kept. */
const asidePath = (statePath: string, layout: number): string =>
  join(dirname(statePath), `state.layout-${layout}.sqlite`);

/** Tables of a new state, and its layout. Inside the caller's transaction. */
export function makeTables(db: Db): void {
  db.exec(BASE_TABLES);
  for (const step of MIGRATIONS) take(db, step);
  db.pragma(`user_version = ${LAYOUT}`);
}

function take(db: Db, step: Migration): void {
  if (step.tables !== undefined) db.exec(step.tables);
  step.run?.(db);
}

/**
 * Brings a state to this program's layout: all steps or none, after a copy of the file as it was has been set aside.
 * `finish` runs last in the same transaction. Returns the layout that it had. The caller holds the state lock and has called `checkLayout`.
 * @throws FundpulseError FP2010; the state is then as it was.
 */
export function migrate(db: Db, path: string, now: number, finish: () => void): number {
  const layout = layoutOf(db);
  const steps = MIGRATIONS.filter((step) => step.to > layout);
  if (steps.length === 0) return layout;
  const aside = asidePath(path, layout);
  try {
    setAside(db, path, aside);
    db.transaction(() => {
      for (const step of steps) take(db, step);
      if (steps.some((step) => step.derivesAgain)) {
        db.prepare("UPDATE meta SET value = '' WHERE key = 'categories'").run();
        db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('publish_full', '1')").run();
      }
      const detail = {
        from: layout,
        to: LAYOUT,
        steps: steps.map((s) => s.what),
        before: metaOf(db, "program") ?? null,
      };
      note(db, now, "upgraded", detail);
      db.pragma(`user_version = ${LAYOUT}`);
      finish();
    }).immediate();
  } catch (cause) {
    throw new FundpulseError(
      "FP2010",
      `the state ${path} could not be upgraded from layout ${layout} to ${LAYOUT}: ${(cause as Error).message}; it is as it was`,
      { cause },
    );
  }
  return layout;
}

/** Writes a line of the state's history; inside the caller's transaction. */
export function note(db: Db, at: number, kind: string, detail: object): void {
  db.prepare("INSERT INTO history (at, program, kind, detail) VALUES (?, ?, ?, ?)").run(
    at,
    PROGRAM_VERSION,
    kind,
    JSON.stringify(detail),
  );
}

/** Copies the state file, whole, under another name; a copy that an earlier try left is replaced. */
function setAside(db: Db, path: string, aside: string): void {
  const [checkpoint] = db.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
  if (checkpoint.busy !== 0) throw new Error("another process reads the state");
  const draft = `${aside}.tmp`;
  rmSync(draft, { force: true });
  try {
    copyFileSync(path, draft, constants.COPYFILE_FICLONE);
    setMode(draft, PRIVATE_FILE);
    const handle = openSync(draft, "r+");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, aside);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Removes copies of earlier layouts: once the upgraded state has been recounted without a difference. */
export function forgetAside(statePath: string): void {
  for (let layout = BASE_LAYOUT; layout < LAYOUT; layout++) {
    const aside = asidePath(statePath, layout);
    if (existsSync(aside)) rmSync(aside, { force: true });
  }
}

import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { differingNames, differText } from "../../schemas/differing.js";
import { FundpulseError } from "../../schemas/errors.js";
import { knownOr, told } from "../faults/known.js";
import { makeFolder, makePrivateFile, PUBLIC_FOLDER } from "../files/modes.js";

/** The state directory belongs to this process until `release`, or until the process ends in any way. */
export interface StateLock {
  release(): void;
  /** Says beside the lock under which configuration the holder works (hashes by name), for `check`. */
  tell(rules: Readonly<Record<string, string>>): void;
}

export interface LockOptions {
  /** Held for one piece of work only, so that who wants to stay may wait for its end. */
  readonly brief?: boolean;
}

const WAIT_MS = 300;
/** How often the holder shows that it lives and goes on: one that hangs does not. */
const BEAT_MS = 1_000;

/**
 * Takes the state directory for this process; throws FP2001 naming the holder when another has it.
 *
 * The lock is an exclusive SQLite transaction on `lock.db`, a file that holds nothing: the kernel drops it
 * when the process dies, kill -9 included, so nothing is left to clean up. `lock.json` beside it only says
 * who holds the lock; it may be stale and decides nothing. Needs a file system whose locks work (a local one).
 */
export function acquireLock(dataDir: string, options: LockOptions = {}): StateLock {
  told(dataDir, () => makeFolder(dataDir, PUBLIC_FOLDER));
  const path = join(dataDir, "lock.db");
  const database = told(path, () => {
    makePrivateFile(path);
    return new Database(path, { timeout: 0 });
  });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if (!/^SQLITE_BUSY/.test((cause as { code?: string }).code ?? "")) throw knownOr(cause, path);
    throw new FundpulseError("FP2001", `${dataDir} is in use by ${lockHolder(dataDir)}`, { cause });
  }
  try {
    sayHolder(join(dataDir, "lock.json"), options.brief ?? false);
  } catch (error) {
    database.close();
    throw knownOr(error, join(dataDir, "lock.json"));
  }
  let held = true;
  const beat = setInterval(() => touch(join(dataDir, "lock.json")), BEAT_MS);
  beat.unref();
  return {
    tell: (rules) => sayHolder(join(dataDir, "lock.json"), options.brief ?? false, rules),
    release: () => {
      if (!held) return;
      held = false;
      clearInterval(beat);
      database.exec("ROLLBACK");
      database.close();
    },
  };
}

function sayHolder(path: string, brief: boolean, rules?: Readonly<Record<string, string>>): void {
  makePrivateFile(path);
  writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), brief, rules }));
}

function touch(path: string): void {
  try {
    const now = Date.now() / 1000;
    utimesSync(path, now, now);
  } catch {
    // Of no matter to the work: who waits then gives up sooner.
  }
}

/** When the holder last showed that it goes on; a time of its clock, to be compared with the one before alone. */
export const holderBeat = (dataDir: string): number | null =>
  statSync(join(dataDir, "lock.json"), { throwIfNoEntry: false })?.mtimeMs ?? null;

/**
 * Two processes work under one configuration; reference tables may be others than those that one was started with.
 * @throws FundpulseError FP2008
 */
export function mustAgree(process: string, differing: readonly string[]): void {
  const names = differing.filter((name) => name !== "reference");
  if (names.length > 0)
    throw new FundpulseError("FP2008", `${process} works under another configuration: ${differText(names)}`);
}

/** Names of what differs between the holder's configuration and another; null where it does not tell. */
export function differsFromHolder(
  dataDir: string,
  rules: Readonly<Record<string, string>>,
): readonly string[] | null {
  const held = readHolder(dataDir)?.rules as Record<string, string> | undefined;
  if (held === undefined || held === null || typeof held !== "object") return null;
  return differingNames(held, rules);
}

/** As `acquireLock`; null when another process has the state directory. */
export function tryLock(dataDir: string, options: LockOptions = {}): StateLock | null {
  try {
    return acquireLock(dataDir, options);
  } catch (error) {
    if (error instanceof FundpulseError && error.code === "FP2001") return null;
    throw error;
  }
}

/** As `acquireLock`, but waits for as long as a holder that said it is `brief` has the state directory. */
export async function awaitLock(dataDir: string, onWait: (holder: string) => void): Promise<StateLock> {
  let told = false;
  // One look more than needed: a new holder may not have said yet who it is.
  for (let refusals = 0; ; ) {
    try {
      return acquireLock(dataDir);
    } catch (error) {
      if (!(error instanceof FundpulseError) || error.code !== "FP2001") throw error;
      if (readHolder(dataDir)?.brief === true) refusals = 0;
      else if (++refusals > 1) throw error;
      if (refusals === 0 && !told) {
        told = true;
        onWait(lockHolder(dataDir));
      }
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}

/** Who holds the lock, or held it last: `process 17 on host`. */
export function lockHolder(dataDir: string): string {
  const holder = readHolder(dataDir);
  return holder === null ? "another process" : `process ${Number(holder.pid)} on ${String(holder.host)}`;
}

function readHolder(dataDir: string): Record<string, unknown> | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, "lock.json"), "utf8"));
  } catch {
    return null;
  }
}

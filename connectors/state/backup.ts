import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import Database from "better-sqlite3";
import { FundpulseError } from "../../schemas/errors.js";
import type { EpochMs } from "../../schemas/units.js";
import { knownOr } from "../faults/known.js";
import { makePrivateFile } from "../files/modes.js";
import { statePath } from "../files/paths.js";
import { PROGRAM_VERSION } from "../files/program-version.js";
import { syncFolder } from "../files/sync.js";
import { type BackupContents, type BackupEntry, isBackup, sealed } from "./backup-format.js";
import { checkStateFile } from "./check.js";
import { stateError } from "./file.js";
import { peekState } from "./peek.js";

/** Pages copied between two turns of the caller. */
const PAGES = 2_000;
const CHUNK = 1 << 20;

/** What belongs to the state and lies beside it: editions that later ones must not give away, and who looked at bills. */
export const BESIDE = ["public", "detail/access.log"] as const;

/**
 * Writes the state of one moment into one sealed file, also while a process works on it: pages are copied within one
 * read transaction. What was copied is looked through, every page and index, before it counts. `file` appears whole or
 * not at all; an earlier backup under its name is replaced.
 * @throws FundpulseError FP4002 where there is no state, FP2004 where it is damaged, FP2012 where `file` is something else
 */
export async function backupState(
  dataDir: string,
  file: string,
  now: EpochMs,
  onProgress: (stage: "copy" | "check" | "seal", done: number, total: number) => void,
): Promise<BackupContents> {
  const path = statePath(dataDir);
  const { kind } = peekState(path);
  if (kind === "missing" || kind === "empty") throw new FundpulseError("FP4002", `there is no state ${path}`);
  const inside = resolve(file).startsWith(resolve(dataDir) + sep);
  if (inside) throw new FundpulseError("FP2012", `${file} lies in ${dataDir}, and would be lost with it`);
  if (existsSync(file) && !isBackup(file))
    throw new FundpulseError("FP2012", `${file} exists and is no backup; nothing was written`);
  const draft = `${file}.part`;
  try {
    rmSync(draft, { force: true });
    makePrivateFile(draft);
    const facts = await copyState(path, draft, onProgress);
    onProgress("check", 0, 1);
    checkStateFile(path, undefined, draft);
    const handle = await open(draft, "r+");
    try {
      const entries = [await entryOf(handle, "state.sqlite", onProgress)];
      for (const name of besideNames(dataDir)) entries.push(await append(handle, dataDir, name));
      const contents = { format: 1 as const, program: PROGRAM_VERSION, madeAt: now, ...facts, entries };
      await handle.write(sealed(contents), 0, undefined, await sizeOf(handle));
      await handle.sync();
      renameSync(draft, file);
      await syncFolder(dirname(file));
      return contents;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw stateError(error, path);
  } finally {
    for (const part of ["", "-wal", "-shm", "-journal"]) rmSync(`${draft}${part}`, { force: true });
  }
}

async function copyState(
  path: string,
  draft: string,
  onProgress: (stage: "copy", done: number, total: number) => void,
): Promise<Omit<BackupContents, "format" | "program" | "madeAt" | "entries">> {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    // The first read pins the moment; the copy goes on within this transaction, whatever is committed meanwhile.
    db.exec("BEGIN");
    const meta = db.prepare("SELECT value FROM meta WHERE key = ?").pluck();
    const one = (sql: string): number => db.prepare(sql).pluck().get() as number;
    const facts = {
      stateId: String(meta.get("state_id")),
      sequence: Number(meta.get("sequence") ?? 0),
      layout: db.pragma("user_version", { simple: true }) as number,
      keyCheck: String(meta.get("key_check")),
      settlements: one("SELECT (SELECT coalesce(sum(rows), 0) FROM block) - (SELECT count(*) FROM dead)"),
      closed: db.prepare("SELECT period FROM closed ORDER BY period").pluck().all() as string[],
    };
    await db
      .backup(draft, {
        progress: ({ totalPages, remainingPages }) => {
          onProgress("copy", totalPages - remainingPages, totalPages);
          return PAGES;
        },
      })
      .catch((error: NodeJS.ErrnoException) => {
        throw error.code === "SQLITE_FULL" ? knownOr(error, draft) : error;
      });
    const copy = new Database(draft);
    try {
      // One file, without a log beside it.
      copy.pragma("journal_mode = DELETE");
    } finally {
      copy.close();
    }
    return facts;
  } finally {
    db.close();
  }
}

const sizeOf = async (handle: FileHandle): Promise<number> => (await handle.stat()).size;

/** The digest of what has been written so far. */
async function entryOf(
  handle: FileHandle,
  name: string,
  onProgress: (stage: "seal", done: number, total: number) => void,
): Promise<BackupEntry> {
  const size = await sizeOf(handle);
  const digest = createHash("sha256");
  const chunk = Buffer.alloc(CHUNK);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK, at);
    if (bytesRead === 0) break;
    digest.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
    onProgress("seal", at, size);
  }
  return { name, size, sha256: digest.digest("hex") };
}

async function append(into: FileHandle, dataDir: string, name: string): Promise<BackupEntry> {
  const from = await open(join(dataDir, name), "r");
  try {
    const bytes = await from.readFile();
    await into.write(bytes, 0, bytes.length, await sizeOf(into));
    return { name, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  } finally {
    await from.close();
  }
}

function besideNames(dataDir: string): string[] {
  const found: string[] = [];
  const look = (name: string): void => {
    const stat = statSync(join(dataDir, name), { throwIfNoEntry: false });
    if (stat?.isFile()) found.push(name);
    if (stat?.isDirectory())
      for (const entry of readdirSync(join(dataDir, name)).sort()) look(`${name}/${entry}`);
  };
  for (const name of BESIDE) look(name);
  return found;
}

import { createHash } from "node:crypto";
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { FundpulseError } from "../../schemas/errors.js";
import type { EpochMs } from "../../schemas/units.js";
import { makeFolder, makePrivateFile, PRIVATE_FOLDER, PUBLIC_FOLDER } from "../files/modes.js";
import { syncFolder } from "../files/sync.js";
import { setAside } from "./aside.js";
import { BESIDE } from "./backup.js";
import { type BackupContents, type BackupEntry, contentsOf } from "./backup-format.js";
import { checkTables } from "./damage.js";
import { RESTORED } from "./meta-keys.js";
import { REPLACES, type Replaced } from "./peek.js";
import { isTallied, plainSql, retally } from "./tallies.js";

const CHUNK = 1 << 20;
const STATE = "state.sqlite";

export interface RestoreOptions {
  readonly dataDir: string;
  readonly file: string;
  /** Of privacy.personKey. */
  readonly keyCheck: string;
  readonly now: EpochMs;
  /** Published files that stand, and will be replaced by those of the restored state. */
  readonly replaces: readonly Replaced[];
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Puts a backup back where no state is: whole, or nothing of it. Files that stand beside stay as they are. The caller
 * holds the state lock.
 * @throws FundpulseError FP2012 where a state stands, FP2013 for what is no whole backup, FP2003 for another key, FP2002
 * for a newer program
 */
export async function restoreState(options: RestoreOptions): Promise<BackupContents> {
  const { dataDir, file, keyCheck } = options;
  const path = join(dataDir, STATE);
  if (!existsSync(file)) throw new FundpulseError("FP2013", `there is no file ${file}; nothing was changed`);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new FundpulseError("FP2012", `a state stands in ${dataDir}; nothing was changed`, {
      action: "move `state.sqlite` away first, with `state.sqlite-wal` where there is one",
    });
  }
  const contents = contentsOf(file);
  if (!contents.entries.every(({ name }) => isOurs(name)) || contents.entries[0]?.name !== STATE)
    throw new FundpulseError("FP2013", `${file} holds what is no part of a state; nothing was changed`);
  if (contents.keyCheck !== keyCheck)
    throw new FundpulseError(
      "FP2003",
      `the backup ${file} was made with another privacy.personKey; nothing was changed`,
    );
  makeFolder(dataDir, PUBLIC_FOLDER);
  const drafts: [draft: string, target: string][] = [];
  const from = await open(file, "r");
  try {
    const total = contents.entries.reduce((sum, entry) => sum + entry.size, 0);
    let at = 0;
    for (const entry of contents.entries) {
      const target = join(dataDir, entry.name);
      if (entry.name === STATE || !existsSync(target)) {
        if (dirname(target) !== dataDir) makeFolder(dirname(target), PRIVATE_FOLDER);
        const draft = `${target}.restoring`;
        drafts.push([draft, target]);
        await extract(from, at, entry, draft, file, (done) => options.onProgress(at + done, total));
      }
      at += entry.size;
    }
    sign(`${path}.restoring`, path, contents, options);
    // What lies beside belongs to another state: SQLite would take it for this one's.
    setAside(path, options.now, ["-wal", "-shm"]);
    // The state last: where it stands, all of it does.
    for (const [draft, target] of drafts.reverse()) renameSync(draft, target);
    await syncFolder(dataDir);
    return contents;
  } finally {
    await from.close();
    for (const [draft] of drafts)
      for (const part of ["", "-journal", "-wal", "-shm"]) rmSync(`${draft}${part}`, { force: true });
  }
}

const isOurs = (name: string): boolean =>
  name === STATE ||
  (!name.split("/").some((part) => part === "" || part === "." || part === "..") &&
    BESIDE.some((known) => name === known || name.startsWith(`${known}/`)));

async function extract(
  from: FileHandle,
  start: number,
  { name, size, sha256 }: BackupEntry,
  draft: string,
  file: string,
  onProgress: (done: number) => void,
): Promise<void> {
  rmSync(draft, { force: true });
  makePrivateFile(draft);
  const into = await open(draft, "r+");
  try {
    const digest = createHash("sha256");
    const chunk = Buffer.alloc(CHUNK);
    for (let done = 0; done < size; ) {
      const { bytesRead } = await from.read(chunk, 0, Math.min(CHUNK, size - done), start + done);
      if (bytesRead === 0) break;
      digest.update(chunk.subarray(0, bytesRead));
      await into.write(chunk, 0, bytesRead);
      done += bytesRead;
      onProgress(done);
    }
    if (digest.digest("hex") !== sha256)
      throw new FundpulseError(
        "FP2013",
        `${file} is damaged: ${name} in it has another digest; nothing was changed`,
      );
    await into.sync();
  } finally {
    await into.close();
  }
}

/** Notes in the restored file itself what it is, for its first start. */
function sign(draft: string, path: string, contents: BackupContents, options: RestoreOptions): void {
  const db = new Database(draft);
  try {
    checkTables(db, path);
    const set = db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
    const { madeAt, program, sequence } = contents;
    db.transaction(() => {
      set.run(
        RESTORED,
        JSON.stringify({ made_at: madeAt, made_by: program, sequence, restored_at: options.now }),
      );
      set.run(REPLACES, JSON.stringify(options.replaces));
      if (isTallied(plainSql(db))) retally(db, ["meta"]);
    })();
  } finally {
    db.close();
  }
}

import { constants } from "node:fs";
import { copyFile, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder, PRIVATE_FOLDER, PUBLIC_FILE, PUBLIC_FOLDER, setMode } from "../files/modes.js";
import { syncFolder } from "../files/sync.js";

/** Oldest DuckDB whose files we write: what it reads, every later version reads. */
export const STORAGE_VERSION = "v1.2.0";
/** Setting of every instance that writes them: else the second checkpoint writes what none before 1.4 can open. */
export const OLD_READERS = { experimental_metadata_reuse: "false" };

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts a finished file in place of another in one step: a reader sees the old file or the new one, and
 * keeps the one that it opened. A stray `.wal` beside the target would be replayed by every reader, so it
 * is removed first. `target` itself is never opened for writing, and has the permission bits `mode` from its
 * first moment on.
 */
export async function moveIntoPlace(finished: string, target: string, mode = PUBLIC_FILE): Promise<void> {
  setMode(finished, mode);
  await sync(finished);
  await rm(`${target}.wal`, { force: true });
  await rename(finished, target);
  await syncFolder(dirname(target));
}

/** Copies a checkpointed database file beside the target and moves the copy into place. */
export async function replaceWithCopy(source: string, target: string, mode = PUBLIC_FILE): Promise<void> {
  makeFolder(dirname(target), mode === PUBLIC_FILE ? PUBLIC_FOLDER : PRIVATE_FOLDER);
  const copy = join(dirname(target), `.${basename(target)}.next`);
  await rm(copy, { force: true });
  // A clone where the file system can share blocks, else a plain copy.
  await copyFile(source, copy, constants.COPYFILE_FICLONE);
  await moveIntoPlace(copy, target, mode);
}

/** Another text for every file that is moved to the path or changed there; empty where there is none. */
export async function identityOf(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    (s) => (s.isFile() ? `${s.ino}-${s.mtimeNs}-${s.size}` : ""),
    () => "",
  );
}

/** Size of a file in bytes; 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (s) => s.size,
    () => 0,
  );
}

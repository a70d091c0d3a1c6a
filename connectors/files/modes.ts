import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * Who may read what under `data` (docs/specification.md#privacy), whatever the umask: `data`, `published` and
 * `reports` are open to readers, everything else is for the user who runs the program alone.
 */
export const PUBLIC_FOLDER = 0o755;
export const PUBLIC_FILE = 0o644;
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/** Permission bits of a file or folder. */
export const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** Sets the permission bits where they differ. One that belongs to another user is left to `check` to tell. */
export function setMode(path: string, mode: number): void {
  if (modeOf(path) === mode) return;
  try {
    chmodSync(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

/**
 * Makes a folder where there is none, and those above it that are missing, with permissions that no umask changes;
 * without `mode` with those that the umask leaves. One that is there is given `mode`, those above it are left alone.
 */
export function makeFolder(path: string, mode?: number): void {
  makeMissing(resolve(path), mode);
  if (mode !== undefined) setMode(path, mode);
}

/** Not by `recursive` of Node's mkdir: below /proc and its like that never ends. */
function makeMissing(path: string, mode?: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeMissing(dirname(path), mode);
  try {
    // Closed from its first moment on; the umask may still take from it.
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process was faster.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
    return;
  }
  if (mode !== undefined) setMode(path, mode);
}

/** Writes a file that every reader may open. */
export function writePublicFile(path: string, content: string | Uint8Array): void {
  writeFileSync(path, content);
  setMode(path, PUBLIC_FILE);
}

/** Folders under `data` that are open to readers. */
const OPEN_FOLDERS: ReadonlySet<string> = new Set(["published", "reports"]);

/**
 * Files and folders under `data` that have other permissions than they should, each with what it has and what
 * it should have. Nothing where there is no such folder yet.
 */
export function otherModes(data: string): string[] {
  if (!existsSync(data)) return [];
  const found: string[] = [];
  const look = (path: string, isFolder: boolean, open: boolean): void => {
    const wanted = isFolder ? (open ? PUBLIC_FOLDER : PRIVATE_FOLDER) : open ? PUBLIC_FILE : PRIVATE_FILE;
    const mode = modeOf(path);
    if (mode !== wanted) found.push(`${path} has ${mode.toString(8)}, it should have ${wanted.toString(8)}`);
    if (!isFolder) return;
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) continue;
      const isOpen = path === data ? OPEN_FOLDERS.has(entry.name) : open;
      look(join(path, entry.name), entry.isDirectory(), isOpen);
    }
  };
  look(data, true, true);
  return found;
}

/** Has a file there that nobody else can open, before anything is written into it. */
export function makePrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "a", PRIVATE_FILE));
  setMode(path, PRIVATE_FILE);
}

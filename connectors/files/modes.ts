import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";

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

/** Makes a folder, and those above it, with permissions that no umask changes. */
export function makeFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true, mode });
  setMode(path, mode);
}

/** Has a file there that nobody else can open, before anything is written into it. */
export function makePrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "a", PRIVATE_FILE));
  setMode(path, PRIVATE_FILE);
}

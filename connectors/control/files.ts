import { createHash, randomBytes } from "node:crypto";
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { ErrorCode } from "../../schemas/errors.js";
import { makeFolder, PRIVATE_FOLDER } from "../files/modes.js";

/**
 * The control channel: how a command reaches the process that holds the state. Files in `data/control/`, each
 * written under another name and renamed, so that it is whole when it is seen:
 * `<id>.request` (asked) is renamed to `<id>.working` when it is begun; `<id>.bytes` and `<id>.answer` follow, or `<id>.lost` where the answer cannot be written.
 * Who asked removes the answer; the folder belongs to one user alone.
 */
export const controlFolder = (dataDir: string): string => join(dataDir, "control");

export interface ControlRequest {
  readonly operation: string;
  readonly args: readonly unknown[];
  /** Hashes of the parts of the configuration that must agree, by name. */
  readonly rules: Readonly<Record<string, string>>;
}

export type ControlAnswer =
  | {
      readonly ok: true;
      readonly result: unknown;
      /** True when `<id>.bytes` holds bytes that belong to the result. */
      readonly bytes: boolean;
      /** What the asker should know beside the result. */
      readonly note: string | null;
    }
  | {
      readonly ok: false;
      /** Null: an error that nobody foresaw. */
      readonly code: ErrorCode | null;
      readonly message: string;
    };

export type ControlFile = "request" | "working" | "bytes" | "answer" | "lost";

export const controlPath = (folder: string, id: string, kind: ControlFile): string =>
  join(folder, `${id}.${kind}`);

const HERE = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/** Ids sort by the time of asking, and say who asked: process and machine. */
export const newControlId = (now: number): string =>
  `${String(now).padStart(14, "0")}-${process.pid}-${HERE}-${randomBytes(4).toString("hex")}`;

/** The process that asked; null when it is one of another machine (or container), or the name is no id. */
export function askerOf(id: string): number | null {
  const [, pid, host] = id.split("-");
  return host === HERE ? Number(pid) : null;
}

export function makeControlFolder(folder: string): void {
  makeFolder(folder, PRIVATE_FOLDER);
  chmodSync(folder, PRIVATE_FOLDER);
}

/** Writes a file that nobody else can read, whole when it appears. */
export function writeWhole(path: string, content: string | Buffer): void {
  const draft = `${path}.tmp`;
  rmSync(draft, { force: true });
  writeFileSync(draft, content, { mode: 0o600, flag: "wx" });
  renameSync(draft, path);
}

/** The file's JSON; undefined when there is no such file. */
export function readWhole<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return JSON.parse(text) as T;
}

/** Moves a file; false when it is not there any more. */
export function moveIfThere(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Whether a process of this machine lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

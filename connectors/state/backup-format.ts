import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { FundpulseError } from "../../schemas/errors.js";

/**
 * A backup is one file: the bytes of its entries one after the other, then what is in it as JSON, then the tail: SHA-256
 * of that JSON (32 bytes), its length (8 bytes, big-endian), `FUNDPULSE-BACKUP`. What is cut off has no tail.
 */
const MAGIC = Buffer.from("FUNDPULSE-BACKUP", "latin1");
const TAIL = 32 + 8 + MAGIC.length;
const MAX_CONTENTS = 64 << 20;

/** A file in a backup, by its path under `data`. */
export interface BackupEntry {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

export interface BackupContents {
  readonly format: 1;
  /** Program that made it. */
  readonly program: string;
  readonly madeAt: number;
  readonly stateId: string;
  /** Last commit in it. */
  readonly sequence: number;
  readonly layout: number;
  /** Of privacy.personKey, which is not in it. */
  readonly keyCheck: string;
  readonly settlements: number;
  readonly closed: readonly string[];
  readonly entries: readonly BackupEntry[];
}

/** What follows the entries. */
export function sealed(contents: BackupContents): Buffer {
  const json = Buffer.from(JSON.stringify(contents));
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(json.length));
  return Buffer.concat([json, createHash("sha256").update(json).digest(), length, MAGIC]);
}

const damaged = (path: string, why: string): FundpulseError =>
  new FundpulseError("FP2013", `${path} ${why}; nothing was changed`);

/** What is in a backup. @throws FundpulseError FP2013 */
export function contentsOf(path: string): BackupContents {
  const handle = openSync(path, "r");
  try {
    const { size } = fstatSync(handle);
    const tail = Buffer.alloc(TAIL);
    if (
      size < TAIL ||
      readSync(handle, tail, 0, TAIL, size - TAIL) < TAIL ||
      !tail.subarray(40).equals(MAGIC)
    )
      throw damaged(path, "is no backup, or it was cut off");
    const length = Number(tail.readBigUInt64BE(32));
    if (length > Math.min(size - TAIL, MAX_CONTENTS))
      throw damaged(path, "is damaged: its contents do not fit");
    const json = Buffer.alloc(length);
    readSync(handle, json, 0, length, size - TAIL - length);
    if (!createHash("sha256").update(json).digest().equals(tail.subarray(0, 32)))
      throw damaged(path, "is damaged: its contents have another digest");
    const contents = JSON.parse(json.toString("utf8")) as BackupContents;
    if (contents.format !== 1)
      throw damaged(path, `is of a newer program (format ${String(contents.format)})`);
    const total = contents.entries.reduce((sum, entry) => sum + entry.size, 0);
    if (total !== size - TAIL - length) throw damaged(path, "is damaged: its entries do not fill it");
    return contents;
  } finally {
    closeSync(handle);
  }
}

/** Whether an existing file may be replaced by a backup: it is one. */
export function isBackup(path: string): boolean {
  try {
    contentsOf(path);
    return true;
  } catch {
    return false;
  }
}

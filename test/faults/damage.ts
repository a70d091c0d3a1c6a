import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Random } from "../../pipelines/simulate/random.js";

/** Bits that flip, anywhere. */
export function flipBytes(bytes: Buffer, random: Random, flips: number): Buffer {
  const flipped = Buffer.from(bytes);
  for (let i = 0; i < flips && flipped.length > 0; i++)
    flipped[random.below(flipped.length)]! ^= 1 << random.below(8);
  return flipped;
}

export function flipInFile(path: string, random: Random): void {
  writeFileSync(path, flipBytes(readFileSync(path), random, 1 + random.below(3)));
}

/** A write that did not come to its end. */
export function cutOff(path: string, random: Random): void {
  const { size } = statSync(path);
  if (size > 0) truncateSync(path, random.below(size));
}

/** Fills the disk of a folder to its last byte; `emptied` gives the room back. */
export function fill(folder: string): void {
  for (const piece of [1 << 20, 1 << 16, 1 << 12, 1]) {
    try {
      for (;;) appendFileSync(join(folder, ".filler"), Buffer.alloc(piece));
    } catch {
      // Full at this size.
    }
  }
}

export const emptied = (folder: string): void => rmSync(join(folder, ".filler"), { force: true });

/** Disks of their own can be had: by root, where mounting is allowed. */
export const canMount = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  const { status } = spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
  return status === 0;
};

/** Mounts an empty disk of a size at a folder; null where that is not allowed. */
export function mountDisk(
  at: string,
  size: string,
): { readOnly(): void; writable(): void; unmount(): void } | null {
  mkdirSync(at, { recursive: true });
  const call = (...args: string[]): boolean => spawnSync("mount", args).status === 0;
  if (!call("-t", "tmpfs", "-o", `size=${size},mode=755`, "tmpfs", at)) return null;
  return {
    readOnly: () => void call("-o", "remount,ro", at),
    writable: () => void call("-o", "remount,rw", at),
    unmount: () => void spawnSync("umount", ["-l", at]),
  };
}

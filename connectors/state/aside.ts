import { existsSync, renameSync } from "node:fs";
import type { EpochMs } from "../../schemas/units.js";

/**
 * Nothing is thrown away: a state that is not gone on with, and what SQLite left beside it, stays under a name of its
 * own (`state.aside-<time>.sqlite`). `parts`: endings of what goes.
 */
export function setAside(path: string, now: EpochMs, parts: readonly string[] = ["", "-wal", "-shm"]): void {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const named = (n: number): string =>
    path.replace(/\.sqlite$/, `.aside-${stamp}${n === 1 ? "" : `-${n}`}.sqlite`);
  let n = 1;
  while (parts.some((part) => existsSync(named(n) + part))) n++;
  for (const part of parts) if (existsSync(path + part)) renameSync(path + part, named(n) + part);
}

import { statSync, watch } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Hears when a file of the folder is written to for the first time from now; the folder may be missing. `names` says
 * which files count.
 */
export function changeIn(
  dir: string,
  names = /^(state|published)\./,
): { seen: Promise<void>; happened: () => boolean; close: () => void } {
  let done = false;
  let closed = false;
  let close = (): void => {
    closed = true;
  };
  const seen = (async () => {
    while (!closed && !statSync(dir, { throwIfNoEntry: false })) await sleep(5);
    if (closed) return;
    await new Promise<void>((resolve) => {
      const watcher = watch(dir, (_, name) => {
        if (name !== null && !names.test(name)) return;
        done = true;
        watcher.close();
        resolve();
      });
      close = () => {
        watcher.close();
        resolve();
      };
    });
  })();
  return { seen, happened: () => done, close: () => close() };
}

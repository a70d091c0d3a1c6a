import { renameSync } from "node:fs";
import { basename, join } from "node:path";
import type { LoadedConfig } from "../../../connectors/config/load.js";
import type { Log } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import { openEngine } from "../../engine/open.js";
import type { RunSummary } from "../../engine/port.js";
import { progressLine } from "../terminal/progress.js";
import { together } from "./run.js";

/** How long the held-back month takes to arrive. */
const LIVE_MS = 120_000;

/**
 * Runs the pipeline while files arrive one after the other, over two minutes; resolves when all of it is
 * published. Ctrl-C lets the rest arrive at once.
 */
export async function arriveLive(
  loaded: LoadedConfig,
  log: Log,
  files: readonly string[],
  options: { readonly inbox: string; readonly ms?: number; readonly onPublished?: () => void },
): Promise<RunSummary> {
  const progress = progressLine();
  const hurry = new AbortController();
  const onSignal = (): void => hurry.abort();
  process.once("SIGINT", onSignal);
  const observer = allObservers([{ ...silent, published: () => options.onPublished?.() }]);
  const engine = await openEngine(loaded, { log, observer, clock: Date.now }, { wait: true });
  const stop = new AbortController();
  try {
    const run = engine.run({ untilDrained: false, signal: stop.signal });
    // A run that fails must not wait for files that nobody takes.
    const failed = run.then(
      () => undefined,
      () => hurry.abort(),
    );
    const pause = (options.ms ?? LIVE_MS) / Math.max(1, files.length);
    for (const [i, file] of files.entries()) {
      await passed(pause, hurry.signal);
      renameSync(file, join(options.inbox, basename(file)));
      progress.note(`June 2024 arrives: ${Math.round(((i + 1) * 100) / files.length)} %`);
    }
    progress.end();
    await passed(1000, new AbortController().signal);
    stop.abort();
    await failed;
    const first = await run;
    // What came between the last look at the folder and the stop.
    const rest = await engine.run({ untilDrained: true, signal: new AbortController().signal });
    return together(first, rest);
  } finally {
    progress.end();
    process.off("SIGINT", onSignal);
    await engine.end();
  }
}

const silent = { batch: () => {}, publishFailed: () => {}, drained: () => {}, lag: () => {} };

/** Waits so long, or until it is told to hurry. */
function passed(ms: number, hurry: AbortSignal): Promise<void> {
  if (hurry.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      hurry.removeEventListener("abort", done);
      resolve();
    }
    hurry.addEventListener("abort", done);
  });
}

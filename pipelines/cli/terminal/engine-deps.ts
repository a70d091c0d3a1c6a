import type { LoadedConfig } from "../../../connectors/config/load.js";
import type { Log } from "../../../connectors/ports/log.js";
import type { EngineServices } from "../../engine/operations.js";
import type { EngineDeps, Waiting } from "../../engine/port.js";
import { commandLog } from "../../workspace/log.js";
import { type ProgressLine, progressLine } from "./progress.js";

/** What the engine needs of a command: its log, a progress line on the terminal, the machine's clock. */
export function engineDeps(log: Log): EngineDeps & { readonly observer: ProgressLine } {
  const progress = progressLine();
  return {
    log,
    observer: progress,
    clock: Date.now,
    onWaiting: (waiting) => (waiting === null ? progress.end() : progress.note(waitingText(waiting))),
  };
}

/**
 * One piece of work by the process that holds the state, or by this one where nobody does. What the log would tell of
 * it stands in the command's answer.
 */
export async function askEngine<T>(
  loaded: LoadedConfig,
  work: (engine: EngineServices) => Promise<T>,
): Promise<T> {
  // Loaded late: a reader of the published file needs no engine.
  const { withEngine } = await import("../../engine/open.js");
  const log = commandLog(loaded);
  return withEngine(loaded, engineDeps({ ...log, info: log.debug }), work);
}

const waitingText = ({ operation, stage, holder, seconds }: Waiting): string =>
  stage === "waiting"
    ? `${operation}: waiting for ${holder} · ${Math.round(seconds)} s`
    : `${operation}: ${holder} works on it · ${Math.round(seconds)} s`;

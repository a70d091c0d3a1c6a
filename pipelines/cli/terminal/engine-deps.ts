import type { Log } from "../../../connectors/ports/log.js";
import type { EngineDeps, Waiting } from "../../engine/port.js";
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

const waitingText = ({ operation, stage, holder, seconds }: Waiting): string =>
  stage === "waiting"
    ? `${operation}: waiting for ${holder} · ${Math.round(seconds)} s`
    : `${operation}: ${holder} works on it · ${Math.round(seconds)} s`;

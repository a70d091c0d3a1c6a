import { existsSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { ERROR_CODES, FundpulseError } from "../../schemas/errors.js";
import {
  type ControlAnswer,
  type ControlFile,
  type ControlRequest,
  controlFolder,
  controlPath,
  makeControlFolder,
  newControlId,
  readWhole,
  writeWhole,
} from "./files.js";
import { holderBeat, lockHolder, type StateLock } from "./lock.js";

const LOOK_MS = 50;
/** How often the lock is tried, and the request touched. */
const PROBE_MS = 500;
/** A process that shows no sign of life for so long hangs: deriving everything again keeps one busy for minutes. */
const SILENT_MS = 600_000;

export interface ControlQuestion {
  readonly dataDir: string;
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly rules: Readonly<Record<string, string>>;
  /** Tries to take the state lock; null when another process has it. */
  readonly tryLock: () => StateLock | null;
  /** Says how far it is: `waiting` until the other process begins, then `working`. */
  /** How long the other process may show no sign of life. */
  readonly silentMs?: number;
  readonly onProgress: (stage: "waiting" | "working", seconds: number) => void;
}

export interface ControlReply {
  readonly result: unknown;
  readonly bytes: Buffer | null;
  readonly note: string | null;
}

/**
 * Asks the process that holds the state, and waits for as long as it lives. Returns its answer, or the lock when
 * that process ended before it began: the caller then does the work itself.
 * @throws FundpulseError FP2007 when it ended half-way, FP2016 when it hangs or its answer is lost, and every error of the operation itself.
 */
export async function askControl(question: ControlQuestion): Promise<ControlReply | StateLock> {
  const folder = controlFolder(question.dataDir);
  makeControlFolder(folder);
  const id = newControlId(Date.now());
  const path = (kind: ControlFile): string => controlPath(folder, id, kind);
  const request: ControlRequest = {
    operation: question.operation,
    args: question.args,
    rules: question.rules,
  };
  const forget = (): void => {
    for (const kind of ["request", "bytes", "answer", "lost"] as const) rmSync(path(kind), { force: true });
  };
  // Also when this process is told to stop.
  process.once("exit", forget);
  try {
    writeWhole(path("request"), JSON.stringify(request));
    const started = performance.now();
    const { silentMs = SILENT_MS, dataDir, operation } = question;
    let beat = holderBeat(dataDir);
    let beatAt = started;
    for (let probedAt = started; ; ) {
      const answer = readWhole<ControlAnswer>(path("answer"));
      if (answer) return replyOf(answer, path("bytes"));
      const now = performance.now();
      if (now - probedAt >= PROBE_MS) {
        probedAt = now;
        const asked = touch(path("request"), Date.now());
        const begun = !asked && existsSync(path("working"));
        // Looked for in the order in which the files follow one another: none of them means forgotten.
        const gone = !asked && !begun && !existsSync(path("answer")) && !existsSync(path("lost"));
        if (existsSync(path("lost")))
          throw new FundpulseError(
            "FP2016",
            `${lockHolder(dataDir)} did \`${operation}\` and could not write its answer; its log says why`,
          );
        const latest = holderBeat(dataDir);
        if (latest !== beat) [beat, beatAt] = [latest, now];
        else if (now - beatAt >= silentMs)
          throw new FundpulseError(
            "FP2016",
            `${lockHolder(dataDir)} holds ${dataDir} and has shown no sign of life for ${Math.round((now - beatAt) / 1000)} s; \`${operation}\` was ${asked ? "not begun" : "begun and may be done"}`,
          );
        question.onProgress(asked ? "waiting" : "working", (now - started) / 1000);
        const lock = gone ? null : question.tryLock();
        if (lock !== null && touch(path("request"), Date.now())) return lock;
        lock?.release();
        if (gone || (lock !== null && !existsSync(path("answer")))) {
          throw new FundpulseError(
            "FP2007",
            `the process that held ${question.dataDir} ended while it worked on \`${question.operation}\``,
          );
        }
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    forget();
    process.off("exit", forget);
  }
}

/** Tells the holder that somebody waits; false when the request has been taken. */
function touch(path: string, now: number): boolean {
  try {
    utimesSync(path, now / 1000, now / 1000);
    return true;
  } catch {
    return false;
  }
}

function replyOf(answer: ControlAnswer, bytesPath: string): ControlReply {
  if (answer.ok) {
    const bytes = answer.bytes ? readFileSync(bytesPath) : null;
    return { result: answer.result, bytes, note: answer.note };
  }
  if (answer.code !== null && answer.code in ERROR_CODES) {
    throw FundpulseError.retold(answer.code, answer.message);
  }
  throw new Error(`in the process that holds the state: ${answer.message}`);
}

import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { differingNames } from "../../schemas/differing.js";
import { FundpulseError } from "../../schemas/errors.js";
import { faultOf } from "../faults/known.js";
import type { Log } from "../ports/log.js";
import {
  askerOf,
  type ControlAnswer,
  type ControlFile,
  type ControlRequest,
  controlFolder,
  controlPath,
  isAlive,
  makeControlFolder,
  moveIfThere,
  readWhole,
  writeWhole,
} from "./files.js";
import { mustAgree } from "./lock.js";

/** How often the folder is looked at. Listing it costs less than a watch, and works on every file system. */
const LOOK_MS = 150;
/** Who asks touches its request this often at least (control-client.ts); one left alone so long is nobody's. */
const ABANDONED_MS = 60_000;
/** How often what nobody waits for is looked for. */
const SWEEP_MS = 5000;

export interface ControlWork {
  readonly result: unknown;
  /** Bytes that belong to the result and must not be text in an answer. */
  readonly bytes?: Buffer;
}

/** An operation on the engine; `args` come from another process and may be anything. */
export type ControlOperation = (...args: unknown[]) => Promise<ControlWork>;

export interface ControlServerOptions {
  readonly dataDir: string;
  readonly operations: ReadonlyMap<string, ControlOperation>;
  /** Hashes of this process's configuration, by name. */
  readonly rules: Readonly<Record<string, string>>;
  readonly log: Log;
}

export interface ControlServer {
  /** Begins nothing more; resolves when the operation under way has been answered. */
  stop(): Promise<void>;
}

/**
 * Executes what other processes ask of this one, in the order of asking and one at a time. The caller holds the
 * state lock, so nobody else serves this folder.
 */
export function serveControl({ dataDir, operations, rules, log }: ControlServerOptions): ControlServer {
  const folder = controlFolder(dataDir);
  makeControlFolder(folder);
  let stopped = false;
  let working: Promise<void> | null = null;
  let sweptAt = performance.now();
  sweep(folder, true);

  const answer = async (id: string): Promise<void> => {
    const begun = controlPath(folder, id, "working");
    if (!moveIfThere(controlPath(folder, id, "request"), begun)) return;
    let reply: ControlAnswer;
    try {
      const request = readWhole<ControlRequest>(begun)!;
      log.info("control request", { operation: request.operation, from: askerOf(id) });
      const { result, bytes } = await execute(request, operations, rules);
      if (bytes) writeWhole(controlPath(folder, id, "bytes"), bytes);
      const note =
        request.rules.reference === rules.reference
          ? null
          : "the running process read the reference tables before they changed; it takes the new ones at its next start";
      reply = { ok: true, result: result ?? null, bytes: bytes !== undefined, note };
    } catch (error) {
      const known = faultOf(error);
      if (known === undefined) log.error("control request failed", { error: (error as Error).message });
      reply = { ok: false, code: known?.code ?? null, message: (known ?? (error as Error)).message };
    }
    try {
      writeWhole(controlPath(folder, id, "answer"), JSON.stringify(reply));
    } catch (error) {
      // A full disk: a name can be changed all the same, and who waits learns that nothing will come.
      moveIfThere(begun, controlPath(folder, id, "lost"));
      throw error;
    }
    rmSync(begun, { force: true });
  };

  /** The oldest request. Trouble with the folder is told and must not stop the engine. */
  const next = (): string | undefined => {
    try {
      if (performance.now() - sweptAt > SWEEP_MS) {
        sweptAt = performance.now();
        sweep(folder, false);
      }
      return idsOf(folder, "request").find((id) => {
        // Nothing is begun that nobody waits for.
        const path = controlPath(folder, id, "request");
        const nobodys = abandoned(path, `${id}.request`);
        if (nobodys) rmSync(path, { force: true });
        return !nobodys;
      });
    } catch (error) {
      if (!existsSync(folder)) makeControlFolder(folder);
      else log.error("control channel", { error: (error as Error).message });
      return undefined;
    }
  };

  const look = (): void => {
    if (stopped || working !== null) return;
    const first = next();
    if (first === undefined) return;
    working = answer(first)
      .catch((error: Error) => log.error("control channel", { error: error.message }))
      .finally(() => {
        working = null;
        // Whoever waits behind it need not wait for the next look.
        setImmediate(look);
      });
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await working;
    },
  };
}

async function execute(
  request: ControlRequest,
  operations: ReadonlyMap<string, ControlOperation>,
  rules: Readonly<Record<string, string>>,
): Promise<ControlWork> {
  const operation = operations.get(request.operation);
  if (operation === undefined) {
    throw new FundpulseError(
      "FP2009",
      `the running process ${process.pid} does not know the operation ${JSON.stringify(request.operation)}`,
    );
  }
  mustAgree(`the running process ${process.pid}`, differingNames(rules, request.rules));
  return operation(...request.args);
}

function idsOf(folder: string, kind: ControlFile): string[] {
  const end = `.${kind}`;
  return readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => name.slice(0, -end.length))
    .sort();
}

/**
 * Removes what nobody waits for any more: requests and answers of processes that ended, drafts, and (at the
 * start) what a former holder of the state had begun. Its asker learns that from the file's absence.
 */
function sweep(folder: string, atStart: boolean): void {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    const begun = name.endsWith(".working");
    if (begun && !atStart) continue;
    try {
      if (begun || abandoned(path, name, atStart)) rmSync(path, { force: true });
    } catch {
      // Removed by its owner meanwhile.
    }
  }
}

const untouched = new Map<string, { readonly mtimeMs: number; readonly since: number }>();

/** Told by the asker's process, or, where that cannot be seen, by the file's age: a request is touched for as long as someone waits. */
function abandoned(path: string, name: string, atStart = false): boolean {
  const pid = askerOf(name.slice(0, name.indexOf(".")));
  if (pid !== null && !isAlive(pid)) return true;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return true;
  const forSomeone = pid === null || name.endsWith(".request");
  if (atStart) return Date.now() - found.mtimeMs > ABANDONED_MS && forSomeone;
  // How long it has not been touched while we looked: its times are of a clock that may be set.
  const known = untouched.get(path);
  if (known?.mtimeMs !== found.mtimeMs) {
    if (untouched.size > 1_000) untouched.clear();
    untouched.set(path, { mtimeMs: found.mtimeMs, since: performance.now() });
    return false;
  }
  return performance.now() - known.since > ABANDONED_MS && forSomeone;
}

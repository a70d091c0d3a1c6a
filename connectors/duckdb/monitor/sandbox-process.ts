import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type ErrorCode, FundpulseError } from "../../../schemas/errors.js";
import type { SandboxLimits, SandboxResult } from "./sandbox.js";

/** What the process is asked. */
export interface Asked {
  readonly path: string;
  readonly sql: string;
  readonly limits: SandboxLimits;
}
/** What it tells. */
export type Told =
  | { readonly result: SandboxResult }
  | { readonly code: ErrorCode; readonly message: string };

/** Texts that a query builds count towards no limit of DuckDB's: a process that grows larger is ended. */
const MOST_RESIDENT_BYTES = 1_200 * 1024 * 1024;
const LOOK_EVERY_MS = 100;
/** After its time is over, how long the process may take to say so itself. */
const GRACE_MS = 1_000;
const PAGE_BYTES = 4096;

/** The compiled script: beside this file, or under `dist` where this runs from source. */
function script(): string {
  const places = ["./sandbox-child.js", "../../../dist/connectors/duckdb/monitor/sandbox-child.js"];
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return files.find((file) => existsSync(file)) ?? files[0]!;
}

/**
 * Runs one query in a process of its own, which is ended when it takes too long or too much: whatever it does, pages
 * and figures of others go on.
 * @throws FundpulseError FP5001 for what is no query or fails, FP6008 when its time or room is over.
 */
export async function askSealed(asked: Asked): Promise<SandboxResult> {
  const child = fork(script(), [], { serialization: "advanced", stdio: "ignore", env: {}, execArgv: [] });
  const { limits } = asked;
  try {
    return await new Promise<SandboxResult>((resolve, reject) => {
      const over = setTimeout(
        () =>
          reject(
            new FundpulseError("FP6008", `the query took longer than ${limits.milliseconds / 1000} seconds`),
          ),
        limits.milliseconds + GRACE_MS,
      );
      const look = setInterval(() => {
        void residentBytes(child.pid).then((bytes) => {
          if (bytes > MOST_RESIDENT_BYTES)
            reject(new FundpulseError("FP6008", "the query takes too much memory"));
        });
      }, LOOK_EVERY_MS);
      const done = (): void => {
        clearTimeout(over);
        clearInterval(look);
      };
      child.once("message", (told: Told) => {
        done();
        if ("result" in told) resolve(told.result);
        else reject(FundpulseError.retold(told.code, told.message));
      });
      child.once("error", (cause) => {
        done();
        reject(new FundpulseError("FP5001", `the query could not be run: ${cause.message}`, { cause }));
      });
      child.once("exit", () => {
        done();
        reject(new FundpulseError("FP6008", "the query ended its process: it takes too much"));
      });
      child.send(asked);
    });
  } finally {
    child.kill("SIGKILL");
  }
}

/** Memory that a process holds; 0 where the system does not tell. */
const residentBytes = (pid: number | undefined): Promise<number> =>
  readFile(`/proc/${pid}/statm`, "utf8").then(
    (text) => Number(text.split(" ")[1]) * PAGE_BYTES,
    () => 0,
  );

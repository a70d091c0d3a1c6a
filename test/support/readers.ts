import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a process met that read a published file again and again. */
export interface Met {
  readonly opens: number;
  readonly errors: readonly string[];
  /** Whatever did not fit together within one opening. */
  readonly mixtures: readonly string[];
  /** How often the version was lower than before. */
  readonly falls: number;
  /** Versions met. */
  readonly versions: number;
}

/** Starts a reader of test/support/children on a file; it tells what it met once the file `stop` exists. */
export function startReader(script: string, file: string, stop: string): Promise<Met> {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path, file, stop]);
    let out = "";
    let err = "";
    child.stdout.on("data", (data) => {
      out += data;
    });
    child.stderr.on("data", (data) => {
      err += data;
    });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(err))));
  });
}

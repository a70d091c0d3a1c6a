import { execFile } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { FundpulseError } from "../../../schemas/errors.js";
import { makeFolder } from "../../files/modes.js";

const run = promisify(execFile);

/** Where parts taken from registries are kept: `FUNDPULSE_CACHE`, or `~/.cache/fundpulse`. */
export const cacheDir = (): string => process.env.FUNDPULSE_CACHE || join(homedir(), ".cache", "fundpulse");

/**
 * Runs a tool to its end, or until `signal`.
 * @throws FundpulseError FP3102 where it is not there or fails, with the end of what it said
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  { cwd, signal }: { readonly cwd?: string; readonly signal?: AbortSignal } = {},
): Promise<string> {
  try {
    const { stdout } = await run(tool, [...args], { cwd, signal, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    signal?.throwIfAborted();
    const { code, stdout = "", stderr = "" } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === "ENOENT") throw new FundpulseError("FP3102", `\`${tool}\` is not on the path`);
    const said = `${stdout}\n${stderr}`.trim().slice(-800);
    throw new FundpulseError("FP3102", `\`${tool} ${args.slice(0, 3).join(" ")} …\` failed: ${said}`);
  }
}

/** Makes a folder whole or not at all; another process that was faster made it as well. */
export async function makeWhole(path: string, fill: (into: string) => Promise<void>): Promise<void> {
  const mine = `${path}.${process.pid}`;
  rmSync(mine, { recursive: true, force: true });
  makeFolder(mine);
  try {
    await fill(mine);
    makeFolder(dirname(path));
    renameSync(mine, path);
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    const { code } = error as { code?: string };
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

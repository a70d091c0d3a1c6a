import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { FundpulseError } from "../../schemas/errors.js";
import { failed } from "../faults/known.js";
import { makeFolder, PRIVATE_FILE, PRIVATE_FOLDER, setMode } from "./modes.js";

/** A look at records of persons: by whom, over which way, at what. Never what was seen. */
export interface Look {
  /** Name of a token, or user of this machine. */
  readonly who: string;
  /** Address of a caller over the network, or the machine. */
  readonly address: string;
  /** `monitor`, or the command. */
  readonly by: string;
  /** The figure, the record's number in the quarantine … */
  readonly what: string;
  readonly at: Date;
}

const accessLog = (dataDir: string): string => join(dataDir, "detail", "access.log");

/** The user of this machine who runs a command; behind `sudo` both names. */
export function localUser(env: NodeJS.ProcessEnv = process.env): Pick<Look, "who" | "address"> {
  let name: string;
  try {
    name = userInfo().username;
  } catch {
    name = `uid ${process.getuid?.() ?? "unknown"}`;
  }
  const before = env.SUDO_USER;
  return {
    who: before === undefined || before === name ? name : `${name} (for ${before})`,
    address: hostname(),
  };
}

/**
 * Writes a look down before it is allowed, durably: a line of JSON that a later one never changes.
 * @throws FundpulseError FP5002 (or what the system refuses) when it cannot be written; then nothing is shown.
 */
export function noteLook(dataDir: string, look: Look): void {
  const path = accessLog(dataDir);
  const { at, who, address, by, what } = look;
  const line = `${JSON.stringify({ at: at.toISOString(), who, address, by, what })}\n`;
  try {
    makeFolder(dirname(path), PRIVATE_FOLDER);
    const file = openSync(path, "a", PRIVATE_FILE);
    try {
      writeSync(file, line);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    setMode(path, PRIVATE_FILE);
  } catch (cause) {
    const error = failed("FP5002", `the look cannot be written to ${path}, so no record is shown`, cause);
    throw new FundpulseError("FP5002", error.what, { cause });
  }
}

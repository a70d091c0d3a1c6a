import { existsSync, readFileSync, type Stats, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type ErrorCode, FundpulseError } from "../../schemas/errors.js";
import { ERRNO, SQLITE, WORDS } from "./kinds.js";

/** Less room than this on a disk is none: a database then fails with whatever it tried last. */
const FULL_BYTES = 64 * 1024;

/**
 * The boundary between what the operating system, SQLite and DuckDB say and what an operator reads: every
 * ordinary condition of a disk, a right, a lock or a network as a numbered error with the path that it concerns.
 * Undefined for what is none of these: a mistake of the program. `path` is what was worked on, where the error
 * itself does not tell.
 */
export function faultOf(error: unknown, path?: string): FundpulseError | undefined {
  if (error instanceof FundpulseError) return error;
  if (!(error instanceof Error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  const said = error.message.split("\n")[0]!.trim();
  const at = pathOf(error) ?? path;
  if (typeof code === "string" && code.startsWith("SQLITE")) return sqliteFault(error, code, said, at);
  const known = typeof code === "string" ? ERRNO[code] : undefined;
  if (known !== undefined)
    return tell(known, syscall === undefined ? code! : `${code}, ${syscall}`, at, error);
  if (typeof code === "string" && syscall !== undefined && /^E[A-Z0-9]+$/.test(code))
    return tell("FP9010", `${code}, ${syscall}`, at, error);
  if (error.name.startsWith("KafkaJS"))
    return new FundpulseError("FP3004", `the Kafka client stopped: ${said}`, { cause: error });
  const words = WORDS.find(([pattern]) => pattern.test(said));
  if (words !== undefined) return tell(words[1], said, at, error);
  // `fetch` and its like put the system's error behind their own.
  return error.cause instanceof Error ? faultOf(error.cause, at) : undefined;
}

/** As `faultOf`; what is no ordinary condition is passed on as it is. */
export const knownOr = (error: unknown, path?: string): unknown => faultOf(error, path) ?? error;

/** What failed, and why: under the number of the condition that stopped it where it is one, else under `code`. */
export function failed(code: ErrorCode, what: string, cause: unknown): FundpulseError {
  if (cause instanceof FundpulseError) return cause;
  const known = faultOf(cause);
  return known === undefined
    ? new FundpulseError(code, `${what}: ${(cause as Error).message}`, { cause })
    : new FundpulseError(known.code, `${what}: ${known.what}`, { cause });
}

/** Does `work`; what goes wrong with the disk, a right or a lock meanwhile is told of `path`. */
export function told<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw knownOr(error, path);
  }
}

function sqliteFault(
  error: Error,
  code: string,
  said: string,
  path: string | undefined,
): FundpulseError | undefined {
  const known = SQLITE.find(([prefix]) => code.startsWith(prefix))?.[1];
  if (known === undefined) return undefined;
  const why = `${code}: ${said}`;
  if (known === "FP2004")
    return new FundpulseError(
      "FP2004",
      `the state file${path === undefined ? "" : ` ${path}`} is damaged (${said})`,
      {
        cause: error,
      },
    );
  if (path === undefined) return tell(known, why, path, error);
  // SQLite names what it tried, not why the system refused it.
  const found = statOf(path);
  if (found?.isDirectory()) return tell("FP9003", why, path, error);
  if (found === undefined && !existsSync(dirname(path))) return tell("FP9004", why, path, error);
  if ((known === "FP9006" || known === "FP9002") && isFull(path)) return tell("FP9001", why, path, error);
  if (known === "FP9002" && code.startsWith("SQLITE_CANTOPEN") && !mayOpen())
    return tell("FP9005", why, path, error);
  return tell(known, why, path, error);
}

/** What each kind of trouble is called in a message. */
const WHAT: Partial<Record<ErrorCode, (at: string) => string>> = {
  FP4006: (at) => `a DuckDB file${at} is damaged, or is none`,
  FP9001: (at) => `no space is left${at}`,
  FP9002: (at) => `access was refused${at}`,
  FP9003: (at) => `something else stands where a file or folder was expected${at}`,
  FP9004: (at) => `a file or folder is missing${at}`,
  FP9005: (at) => `too many files are open${at}`,
  FP9006: (at) => `the disk failed${at}`,
  FP9007: (at) => `memory ran out${at}`,
  FP9008: (at) => `the network address cannot be used${at}`,
  FP9009: (at) => `another program has the file in use${at}`,
  FP9010: (at) => `the operating system refused a call${at}`,
};

function tell(code: ErrorCode, why: string, path: string | undefined, cause: Error): FundpulseError {
  const at = path === undefined ? "" : `: ${path}`;
  const owner = code === "FP9002" && path !== undefined ? foreignOwner(path) : "";
  return new FundpulseError(code, `${WHAT[code]!(at)} (${why})${owner}`, { cause });
}

/** The path or address that an error tells of itself. */
function pathOf(error: Error): string | undefined {
  const { path, dest, address, port, hostname } = error as NodeJS.ErrnoException & {
    dest?: string;
    address?: string;
    port?: number;
    hostname?: string;
  };
  if (typeof path === "string" && path !== "") return typeof dest === "string" ? `${path} -> ${dest}` : path;
  if (address !== undefined) return port === undefined ? address : `${address}:${port}`;
  if (hostname !== undefined) return hostname;
  return /"(\/[^"]+)"|'(\/[^']+)'|directory (\/\S+) does not exist/
    .exec(error.message)
    ?.slice(1)
    .find((p) => p);
}

const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
};

/** The deepest folder of a path that is there. */
export function existing(path: string): string {
  let at = path;
  while (statOf(at) === undefined && dirname(at) !== at) at = dirname(at);
  return at;
}

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(existing(path));
    return bavail * bsize < FULL_BYTES;
  } catch {
    return false;
  }
}

/** Whether this process may open one more file. */
function mayOpen(): boolean {
  try {
    readFileSync("/dev/null");
    return true;
  } catch {
    return false;
  }
}

/** Where what stands in the way belongs to somebody else: to whom, and who we are. */
function foreignOwner(path: string): string {
  const uid = process.geteuid?.();
  if (uid === undefined || uid === 0) return "";
  const at = existing(path.split(" -> ")[0]!);
  const owner = statOf(at)?.uid;
  return owner === undefined || owner === uid
    ? ""
    : `; ${at} belongs to ${owner === 0 ? "root" : `user ${owner}`}, this process runs as user ${uid}`;
}

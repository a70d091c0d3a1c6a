import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The native module, which its install script compiles or downloads: minutes that tests need not spend again. */
export const SQLITE_ADDON = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";

/** Runs a program to its end; its standard output. Rejects with the program's error output. */
export async function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 1 << 26, ...options });
  return stdout;
}

export const makeFolder = (name: string): string => mkdtempSync(join(tmpdir(), `fundpulse-${name}-`));

/** Files that git knows, as they stand in the working tree. */
export async function filesInGit(): Promise<string[]> {
  return (await run("git", ["ls-files", "-z"], { cwd: ROOT })).split("\0").filter((name) => name !== "");
}

/** What git knows, alone in a folder: nothing built, nothing installed. */
export async function cleanCopy(): Promise<string> {
  const copy = makeFolder("clone");
  for (const name of await filesInGit()) {
    mkdirSync(join(copy, dirname(name)), { recursive: true });
    cpSync(join(ROOT, name), join(copy, name));
  }
  return copy;
}

/** `npm pack` in a clean copy, with the development tools installed here; the tarball. */
export async function packed(): Promise<string> {
  const copy = await cleanCopy();
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const out = await run("npm", ["pack", "--silent"], { cwd: copy });
  return join(copy, out.trim().split("\n").at(-1)!);
}

/** Puts the native module where its install script would. */
export function placeAddon(folder: string): void {
  mkdirSync(dirname(join(folder, SQLITE_ADDON)), { recursive: true });
  cpSync(join(ROOT, SQLITE_ADDON), join(folder, SQLITE_ADDON));
}

import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder, PRIVATE_FOLDER, PUBLIC_FOLDER } from "../../../connectors/files/modes.js";

let dir: string;
let umask: number;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "fundpulse-modes-"));
  umask = process.umask(0o077);
});
afterEach(() => {
  process.umask(umask);
  rmSync(dir, { recursive: true, force: true });
});
const modeOf = (...path: string[]): number => statSync(join(dir, ...path)).mode & 0o777;

test("folders that are missing are made with the mode, whatever the umask; those that were there keep theirs", () => {
  mkdirSync(join(dir, "old"), 0o711);
  makeFolder(join(dir, "old", "a", "b"), PUBLIC_FOLDER);
  expect([modeOf("old"), modeOf("old", "a"), modeOf("old", "a", "b")]).toEqual([0o700, 0o755, 0o755]);
  makeFolder(join(dir, "old", "a", "b"), PRIVATE_FOLDER);
  expect([modeOf("old", "a"), modeOf("old", "a", "b")]).toEqual([0o755, 0o700]);
  makeFolder(join(dir, "as-umask"));
  expect(modeOf("as-umask")).toBe(0o700);
});

test("where no folder can be made it ends with what the system says", () => {
  writeFileSync(join(dir, "file"), "");
  expect(() => makeFolder(join(dir, "file"))).toThrow(/EEXIST/);
  expect(() => makeFolder(join(dir, "file", "below"))).toThrow(/ENOTDIR|EEXIST/);
  expect(() => makeFolder(join(dir, "n".repeat(300)))).toThrow(/ENAMETOOLONG/);
});

// Node's own recursive mkdir never ends there.
test.runIf(existsSync("/proc/self"))("a folder below /proc is refused at once", () => {
  expect(() => makeFolder("/proc/none/data", PUBLIC_FOLDER)).toThrow(/ENOENT/);
});

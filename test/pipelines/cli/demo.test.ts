import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { CLI } from "../../support/workspace.js";

// What the demo prints is held against the report where the package is installed: test/packaging.
const dir = mkdtempSync(join(tmpdir(), "fundpulse-demo-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a folder that the demo did not make is refused", async () => {
  const run = promisify(execFile)(process.execPath, [CLI, "demo", "--dir", "."], { cwd: dir });
  await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("[FP1004]") });
});

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "fundpulse-demo-"));
let out = "";

beforeAll(async () => {
  const options = { cwd: dir, maxBuffer: 10_000_000 };
  // A figure that differs without a reason would end with 3, which rejects.
  ({ stdout: out } = await promisify(execFile)(
    process.execPath,
    [file("dist/pipelines/cli/main.js"), "demo"],
    options,
  ));
}, 600_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("the county's printed tables come out of events, but for the errors of the print", () => {
  expect(out).toContain("30 tables: 1,078 figures as printed, 6 differ where the print contradicts itself");
  expect(out).toContain("0 differ without a reason, 0 are not computed");
  const differing = out.split("\n").filter((line) => /≠/.test(line) && !line.includes("12.34"));
  expect(differing.map((line) => line.split(/\s+/)[0])).toEqual([
    "山丹县霍城镇卫生院",
    "山丹县霍城镇卫生院",
    "山丹县霍城镇卫生院",
  ]);
});

test("a folder that the demo did not make is refused", async () => {
  const run = promisify(execFile)(
    process.execPath,
    [file("dist/pipelines/cli/main.js"), "demo", "--dir", "."],
    {
      cwd: dir,
    },
  );
  await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("[FP1004]") });
});

test.each(["README.md", "README.zh-CN.md"])("what %s shows is what the demo prints", (readme) => {
  const [, block = ""] =
    /\$ npm ci && npm run demo\n([\s\S]*?)```/.exec(readFileSync(file(readme), "utf8")) ?? [];
  const lines = block.split("\n").filter((line) => line.trim() !== "" && line !== "…");
  expect(lines.length).toBeGreaterThan(10);
  // How often is published meanwhile depends on the machine.
  const steady = (text: string): string => text.replace(/version \d+/, "version N");
  for (const line of lines) expect(steady(out)).toContain(steady(line));
});

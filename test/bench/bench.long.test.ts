import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const BENCH = fileURLToPath(new URL("./bench.mjs", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "fundpulse-bench-test-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Hash {
  readonly period: string;
  readonly figures: number;
  readonly hash: string;
}

test("all published figures of a simulated year equal a recount in SQL", async () => {
  expect(existsSync(fileURLToPath(new URL("../../dist", import.meta.url))), "npm run build").toBe(true);
  const args = [BENCH, "--events", "4000", "--only", "figures", "--json", "--dir", dir];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  const { hashes, counts } = JSON.parse(stdout).parts.figures as { hashes: Hash[]; counts: object };
  // 12 months, 4 quarters, 2 halves, the year, 12 times since January; the bench fails where one differs.
  expect(hashes).toHaveLength(31);
  expect(hashes.every((h) => h.figures > 1000)).toBe(true);
  expect(counts).toMatchObject({ held: 0 });
}, 900_000);

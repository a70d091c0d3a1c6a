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

test("what is made up is said to be, and gives the page a whole last year, an outlook and alerts", async () => {
  expect(out).toContain("made up for the page, in no printed figure");
  expect(out).toMatch(/^The page: http:\/\/127\.0\.0\.1:\d+\/$/m);
  const query = async (sql: string): Promise<Record<string, string>[]> => {
    const args = [
      file("dist/pipelines/cli/main.js"),
      "sql",
      "--config",
      "demo/fundpulse.yaml",
      "--format",
      "json",
      sql,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: dir });
    return JSON.parse(stdout) as Record<string, string>[];
  };
  const outlook = await query("SELECT fund, method, years FROM fund_outlook");
  expect(outlook.map((o) => `${o.fund} ${o.method} ${o.years}`)).toContain(
    "employee_pool earlier_years 2023",
  );
  const alerts = await query(
    "SELECT DISTINCT rule || ' ' || subject_zh AS alert FROM alert WHERE state = 'open'",
  );
  expect(alerts.map((a) => a.alert)).toEqual(
    expect.arrayContaining([
      "基金支出超时间进度 职工统筹",
      "基金可支付月数偏低 居民医保",
      "县外住院基金支出占比上升 住院·本地参保异地就医",
      "机构长时间无结算数据 山丹县某门诊部（示例）",
    ]),
  );
});

test("a folder that the demo did not make is refused", async () => {
  const run = promisify(execFile)(process.execPath, [CLI, "demo", "--dir", "."], { cwd: dir });
  await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("[FP1004]") });
});

import { execFileSync } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLI, type Workspace } from "../../support/workspace.js";
import { BILLS, county } from "./county.js";

const LINE = ["2024Q1", "reimb_rate", "insurance=resident", "care=inpatient"];
let space: Workspace;
beforeAll(async () => {
  space = county();
  await space.drain();
}, 180_000);
afterAll(() => space.remove());

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
const explained = (...args: string[]): any =>
  JSON.parse(
    execFileSync(process.execPath, [CLI, "explain", ...args, "--format", "json", "-c", space.configFile], {
      encoding: "utf8",
    }),
  );

test("an explanation needs no detail file; `--sql` makes it when it is missing, for this user alone", () => {
  const path = join(space.data, "detail", "detail.duckdb");
  rmSync(join(space.data, "detail"), { recursive: true, force: true });
  expect(explained(...LINE).since_close).toBeNull();
  expect(existsSync(path)).toBe(false);
  execFileSync(process.execPath, [CLI, "explain", ...LINE, "--sql", "-c", space.configFile]);
  expect(existsSync(path)).toBe(true);
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(statSync(join(space.data, "detail")).mode & 0o077).toBe(0);
});

test("a closed period: as reported, then what changed since, bill by bill", async () => {
  await space.engine((engine) => engine.close("2024Q1", { force: true }));
  const closed = explained(...LINE);
  expect(closed.figure).toMatchObject({ value: 0.55, reported: 0.55, status: "closed" });
  expect(closed.since_close).toMatchObject({ delta: 0, causes: { count: 0 } });

  // S6 of 600, 300 by the pool, is corrected to 1000 and 460: 3300 + 160 over 6000 + 400.
  const s6 = BILLS.find((b) => (b as { setl_id: string }).setl_id === "S6");
  space.put("settlement-2.ndjson", [
    {
      ...s6,
      medfee_sumamt: 1000,
      hifp_pay: 460,
      fund_pay_sumamt: 460,
      psn_cash_pay: 540,
      updt_time: "2024-04-20 10:00:00",
    },
  ]);
  await space.drain();
  const restated = explained(...LINE);
  expect(restated.figure).toMatchObject({ value: 0.540625, reported: 0.55, status: "restated" });
  expect([restated.numerator, restated.denominator]).toEqual([3460, 6400]);
  expect(restated.check.outcome).toBe("equal");
  expect(restated.since_close.delta).toBe(-0.009375);
  const causes = restated.since_close.causes.rows as Record<string, number | string>[];
  expect(new Set(causes.map((c) => c.setl_id))).toEqual(new Set(["S6"]));
  expect(causes.reduce((sum, c) => sum + Number(c.reimbursed), 0)).toBe(160);
  expect(causes.reduce((sum, c) => sum + Number(c.fee), 0)).toBe(400);
});

test("a fund's closed figure: the entry that changed it", async () => {
  space.put("fund-entry-2.ndjson", [
    {
      entry_id: "E9",
      fund: "resident",
      kind: "expense",
      subject: "benefit",
      book_date: "2024-03-31",
      amount: 250,
      admdvs: "620725",
      updt_time: "2024-04-25 10:00:00",
    },
  ]);
  await space.drain();
  const e = explained("2024Q1", "expense", "insurance=resident", "fund=resident");
  expect(e.figure).toMatchObject({ value: 4750, reported: 4500, status: "restated" });
  expect(e.since_close.causes.rows).toEqual([
    expect.objectContaining({ record_key: "E9", fund: "resident" }),
  ]);
});

test("what was spent since 1 January: a late bill of January restates March", async () => {
  const asked = ["settled_progress", "insurance=resident", "fund=resident"];
  await space.engine((engine) => engine.close("2024-03", { force: true }));
  const s3 = BILLS.find((b) => (b as { setl_id: string }).setl_id === "S3")!;
  const january = "2024-01-20 10:00:00";
  space.put("settlement-3.ndjson", [
    {
      ...s3,
      setl_id: "S11",
      mdtrt_id: "VS11",
      setl_time: january,
      updt_time: january,
      enddate: "2024-01-20",
    },
  ]);
  await space.drain();
  for (const period of ["2024-03", "2024Q1"]) {
    const e = explained(period, ...asked);
    expect(e.figure.status, period).toBe("restated");
    expect(e.check.outcome).toBe("equal");
    const bills = (e.since_close.causes.rows as Record<string, string>[]).map((c) => [c.setl_id, c.month]);
    expect(bills, period).toContainEqual(["S11", "2024-01"]);
  }
  // What the month alone spent is as it was.
  const month = explained("2024-03", "settled_expense", "insurance=resident", "fund=resident");
  expect(month.figure.status).toBe("closed");
  expect(month.since_close.causes.count).toBe(0);
});

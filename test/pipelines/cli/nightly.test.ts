import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dayText, parseDay } from "../../../aggregations/calendar.js";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import { withEngine } from "../../../pipelines/engine/open.js";
import { settlement, Workspace } from "../../support/workspace.js";

const FACILITIES = `fixmedins_code,admdvs,hosp_lv,name,kind
H62072500001,620725,05,县医院,hospital
H62072500002,620725,11,李寨村卫生室,village
`;

let w: Workspace;
const running: ChildProcess[] = [];
beforeEach(() => {
  w = new Workspace({ ops: { port: 0 } });
  w.reference("facilities", FACILITIES);
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  w.remove();
});

/** One settlement a day of a facility, from a day to a day. */
function daily(facility: string, from: string, to: string): object[] {
  const records: object[] = [];
  for (let d = parseDay(from)!; d <= parseDay(to)!; d++) {
    const at = `${dayText(d)} 10:00:00`;
    records.push(
      settlement(`${facility.slice(-1)}-${dayText(d)}`, {
        setl_time: at,
        updt_time: at,
        fixmedins_code: facility,
        ...(facility.endsWith("1") ? {} : { hosp_lv: "11" }),
      }),
    );
  }
  return records;
}

/** Events of January to 12 April 2024 of both facilities. */
const whole = (): object[] => [
  ...daily("H62072500001", "2024-01-01", "2024-04-12"),
  ...daily("H62072500002", "2024-01-01", "2024-04-12"),
];

/** `fundpulse run`, once it holds the state and something is published. */
async function startRun(): Promise<ChildProcess> {
  const { child } = w.start("run", "--no-ops");
  running.push(child);
  const lock = join(w.data, "lock.json");
  const holder = (): unknown =>
    existsSync(lock) ? JSON.parse(readFileSync(lock, "utf8") || "{}").pid : null;
  await expect.poll(holder, { timeout: 60_000 }).toBe(child.pid);
  await expect.poll(() => existsSync(w.published), { timeout: 60_000 }).toBe(true);
  return child;
}

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    if (child.exitCode !== null) reject(new Error(`ended before, with ${child.exitCode}`));
    child.once("close", () => resolve());
    child.kill("SIGTERM");
  });

const statuses = async (): Promise<string[]> =>
  (
    await w.query(
      "SELECT DISTINCT period || ' ' || status AS s FROM indicators WHERE status <> 'open' ORDER BY s",
    )
  ).map((row) => String(row.s));

describe("close", () => {
  test("freezes a period alone and beside a running process; a second time it says when", async () => {
    w.put("settlement-1.ndjson", whole());
    expect((await w.cli("run", "--until-drained")).code).toBe(0);
    const alone = await w.cli("close", "2024-01");
    expect([alone.code, alone.out.toString()]).toEqual([
      0,
      expect.stringMatching(/^2024-01 is closed at .* under version \d+\n$/),
    ]);
    const run = await startRun();
    const beside = await w.cli("close", "2024-02");
    expect([beside.code, beside.err]).toEqual([0, ""]);
    expect(beside.out.toString()).toMatch(/^2024-02 is closed at /);
    const again = await w.cli("close", "2024-02");
    expect(again.code).toBe(1);
    expect(again.out.toString()).toMatch(
      /^2024-02 is closed already, at .* under version \d+; nothing of it was restated since\n$/,
    );
    expect(await statuses()).toEqual(["2024-01 closed", "2024-02 closed"]);
    await stop(run);
  });

  test("tells how many figures were restated since", { tags: "long" }, async () => {
    w.put("settlement-1.ndjson", whole());
    await w.drain();
    expect((await w.cli("close", "2024-01")).code).toBe(0);
    w.put("settlement-2.ndjson", [settlement("late", { setl_time: "2024-01-05 10:00:00" })]);
    await w.drain();
    const again = await w.cli("close", "2024-01");
    expect(again.code).toBe(1);
    expect(again.out.toString()).toMatch(/[1-9]\d* figures were restated since: fundpulse sql/);
  });

  test("is refused with exit code 3 and a reason for each problem; --force closes", async () => {
    w.put("settlement-1.ndjson", [
      ...daily("H62072500001", "2024-01-01", "2024-04-12"),
      ...daily("H62072500002", "2024-01-01", "2024-03-20"),
      settlement("bad", { setl_time: "2024-03-07 10:00:00", insutype: "999" }),
    ]);
    await w.drain();
    const refused = await w.cli("close", "2024-03");
    expect(refused.code).toBe(3);
    const said = refused.out.toString();
    expect(said).toMatch(/^2024-03 was not closed:\n/);
    expect(said).toContain("1 quarantined record belongs to it");
    expect(said).toContain(
      "1 facility has been silent for longer than usual (H62072500002 since 2024-03-20)",
    );
    expect(said).toContain("fundpulse close 2024-03 --force");
    expect(await statuses()).toEqual([]);
    const [row] = await w.query(
      "SELECT may_close, facilities_lagging, why_not FROM quality_period WHERE period = '2024-03'",
    );
    expect(row).toMatchObject({
      may_close: false,
      facilities_lagging: "1",
      why_not: "滞后机构 1 家：H62072500002；隔离区待处理记录 1 条",
    });
    const forced = await w.cli("close", "2024-03", "--force");
    expect(forced.code).toBe(0);
    expect(forced.out.toString()).toContain("in spite of:");
  });

  test("a period that does not exist, or is not over, is refused clearly", async () => {
    w.put("settlement-1.ndjson", daily("H62072500001", "2024-01-01", "2024-01-10"));
    await w.drain();
    for (const name of ["2024-13", "2024Q5", "march", "2024-01-05"]) {
      expect([name, (await w.cli("close", name)).code]).toEqual([name, 2]);
    }
    const future = await w.cli("close", "2199", "--force");
    expect(future.code).toBe(3);
    expect(future.out.toString()).toContain("--force does not help here");
  });
});

describe("nightly", () => {
  test("closes what is due, writes the printed tables and verifies; twice in a row is harmless", async () => {
    w.put("settlement-1.ndjson", whole());
    await w.drain();
    const first = await w.cli("nightly", "--date", "2024-03-12");
    expect([first.code, first.out.toString()]).toEqual([0, expect.stringContaining("no difference")]);
    expect(await statuses()).toEqual(
      ["2024-01", "2024-02", "2024YTD01", "2024YTD02"].map((p) => `${p} closed`),
    );
    const reports = join(w.data, "reports");
    expect(readdirSync(reports).sort()).toEqual(["2024-01", "2024-02", "2024YTD01", "2024YTD02"]);
    const files = readdirSync(join(reports, "2024-01"));
    expect(files).toContain("2024-01.md");
    const sheets = files.filter((f) => f.endsWith(".csv"));
    expect(sheets.length).toBeGreaterThan(3);
    for (const f of sheets) {
      const bytes = readFileSync(join(reports, "2024-01", f));
      expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
      expect(bytes.toString()).toMatch(/\r\n$/);
    }
    expect(readFileSync(join(reports, "2024-01", "2024-01.md"), "utf8")).toMatch(
      /^# 山丹县2024年1月医疗保险基金运行统计表\n/,
    );

    const second = await w.cli("nightly", "--date", "2024-03-12");
    expect([second.code, second.out.toString()]).toEqual([0, expect.stringContaining("nothing was due")]);
  }, 300_000);

  test("does the same beside a running process", { tags: "long", timeout: 300_000 }, async () => {
    w.put("settlement-1.ndjson", whole());
    const run = await startRun();
    const beside = await w.cli("nightly", "--date", "2024-02-12");
    expect([beside.code, beside.out.toString()]).toEqual([0, expect.stringContaining("no difference")]);
    expect(await statuses()).toEqual(["2024-01", "2024YTD01"].map((period) => `${period} closed`));
    expect(readdirSync(join(w.data, "reports")).sort()).toEqual(["2024-01", "2024YTD01"]);
    expect(existsSync(join(w.data, "detail", "detail.duckdb"))).toBe(true);
    expect(existsSync(join(w.data, "published", "cells.duckdb"))).toBe(true);
    await stop(run);
  });

  test("goes on with the rest when a due period is refused, and ends with exit code 3", {
    tags: "long",
  }, async () => {
    w.put("settlement-1.ndjson", [
      ...whole(),
      settlement("bad", {
        setl_time: "2024-02-07 10:00:00",
        updt_time: "2024-02-07 10:00:00",
        insutype: "999",
      }),
    ]);
    await w.drain();
    const night = await w.cli("nightly", "--date", "2024-03-12");
    expect(night.code).toBe(3);
    expect(night.out.toString()).toMatch(/refused: 2024-02, 2024YTD02\n {2}- 1 quarantined record /);
    expect(await statuses()).toEqual(["2024-01 closed", "2024YTD01 closed"]);
  });

  test("a day that is none is a wrong usage", async () => {
    expect((await w.cli("nightly", "--date", "2024-02-30")).code).toBe(2);
  });

  test("reports half-written by a killed night are made again, those that stand are left alone", {
    tags: "long",
  }, async () => {
    w.put("settlement-1.ndjson", whole());
    await w.drain();
    expect((await w.cli("nightly", "--date", "2024-02-12")).code).toBe(0);
    const reports = join(w.data, "reports");
    rmSync(join(reports, "2024YTD01"), { recursive: true });
    mkdirSync(join(reports, ".2024YTD01.next"));
    writeFileSync(join(reports, ".2024YTD01.next", "half.csv"), "");
    writeFileSync(join(reports, "2024-01", "note.txt"), "kept");
    expect((await w.cli("nightly", "--date", "2024-02-12")).code).toBe(0);
    expect(readdirSync(reports).sort()).toEqual(["2024-01", "2024YTD01"]);
    expect(readdirSync(join(reports, "2024YTD01"))).not.toContain("half.csv");
    expect(readFileSync(join(reports, "2024-01", "note.txt"), "utf8")).toBe("kept");
  });
});

describe("beside a running process", () => {
  const broken = settlement("bad", { insutype: "999" });

  test("the quarantine is worked through it: list, show, retry, dismiss", { tags: "long" }, async () => {
    w.put("settlement-1.ndjson", [...whole(), broken, JSON.stringify(broken).replace('"bad"', '"worse"')]);
    const run = await startRun();
    const list = await w.cli("quarantine", "list", "--format", "json");
    expect([list.code, list.err]).toEqual([0, ""]);
    const entries = JSON.parse(list.out.toString()) as { id: number }[];
    expect(entries).toHaveLength(2);
    const [a, b] = entries.map((e) => String(e.id)) as [string, string];
    const shown = await w.cli("quarantine", "show", a);
    expect(JSON.parse(shown.out.toString())).toEqual(broken);
    expect(await w.cli("quarantine", "show", "99")).toMatchObject({
      code: 1,
      err: expect.stringContaining("FP2006"),
    });
    expect((await w.cli("quarantine", "retry", b)).out.toString()).toBe(
      "1 judged again, 0 left the quarantine\n",
    );
    expect((await w.cli("quarantine", "dismiss", a, "--why", "a test")).out.toString()).toBe("1 dismissed\n");
    expect(
      await w.query("SELECT status, count(*) AS n FROM quality_quarantine GROUP BY ALL ORDER BY ALL"),
    ).toEqual([
      { status: "dismissed", n: "1" },
      { status: "waiting", n: "1" },
    ]);
    expect(readdirSync(join(w.data, "control"))).toEqual([]);
    await stop(run);
  });

  test("a command with another configuration is refused with the keys that differ; ports and log level do not matter", {
    tags: "long",
  }, async () => {
    w.put("settlement-1.ndjson", whole());
    const run = await startRun();
    w.configure({ ops: { port: 1 }, log: { level: "error" } });
    expect((await w.cli("quarantine", "list")).code).toBe(0);
    w.configure({ refunds: "original-period", periods: { firstDay: "2023-01-01", closeAfterDays: 3 } });
    const refused = await w.cli("close", "2024-01");
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("FP2008") });
    expect(refused.err).toContain("closeAfterDays, refunds differ");
    await stop(run);
  });

  test("when it is killed before it begins, the command does the work itself", { tags: "long" }, async () => {
    w.put("settlement-1.ndjson", whole());
    const run = await startRun();
    run.kill("SIGSTOP");
    const closing = w.cli("close", "2024-01");
    const control = join(w.data, "control");
    await expect
      .poll(() => readdirSync(control).filter((f) => f.endsWith(".request")), { timeout: 60_000 })
      .toHaveLength(1);
    run.kill("SIGKILL");
    const closed = await closing;
    expect([closed.code, closed.out.toString()]).toEqual([0, expect.stringContaining("2024-01 is closed")]);
    expect(await statuses()).toEqual(["2024-01 closed"]);
    expect(readdirSync(control)).toEqual([]);
  });

  test("a command that was stopped while it waited leaves nothing that is done later", {
    tags: "long",
  }, async () => {
    w.put("settlement-1.ndjson", whole());
    const run = await startRun();
    run.kill("SIGSTOP");
    const { child, ended } = w.start("close", "2024-01");
    const control = join(w.data, "control");
    await expect
      .poll(() => readdirSync(control).filter((f) => f.endsWith(".request")), { timeout: 60_000 })
      .toHaveLength(1);
    child.kill("SIGKILL");
    await ended;
    run.kill("SIGKILL");
    const again = await startRun();
    await expect.poll(() => readdirSync(control), { timeout: 60_000 }).toEqual([]);
    expect((await w.cli("quarantine", "list")).code).toBe(0);
    expect(await statuses()).toEqual([]);
    await stop(again);
  });
});

test("what each facility has sent is the same after a restart, a rebuild and a replay in another order", {
  tags: "long",
}, async () => {
  const events = [
    ...daily("H62072500001", "2024-01-01", "2024-03-31"),
    ...daily("H62072500002", "2024-01-01", "2024-03-20"),
  ];
  const moved = settlement("1-2024-02-10", {
    setl_time: "2024-04-02 10:00:00",
    updt_time: "2024-04-03 10:00:00",
  });
  // Counted on 20 April until the correction takes it to March.
  const mistaken = settlement("m", { setl_time: "2024-04-20 10:00:00", updt_time: "2024-04-20 10:00:00" });
  const corrected = { ...mistaken, setl_time: "2024-03-02 10:00:00", updt_time: "2024-04-21 10:00:00" };
  const rows = (of: Workspace): Promise<unknown> =>
    of
      .query("SELECT * FROM quality_facility ORDER BY facility")
      .then(async (facilities) => [
        facilities,
        await of.query("SELECT * FROM quality_period ORDER BY period"),
        await of.query("SELECT completeness FROM snapshot"),
      ]);
  w.put("settlement-1.ndjson", [...events, moved, mistaken, corrected]);
  await w.drain();
  const first = await rows(w);
  rmSync(join(w.data, "published"), { recursive: true });
  rmSync(join(w.data, "work"), { recursive: true });
  await w.drain();
  expect(await rows(w)).toEqual(first);
  await w.engine((engine) => engine.rebuild(() => {}));
  expect(await rows(w)).toEqual(first);
  const other = new Workspace();
  try {
    other.reference("facilities", FACILITIES);
    other.put("settlement-1.ndjson", [corrected, moved, ...events.reverse(), mistaken]);
    await other.drain();
    expect(await rows(other)).toEqual(first);
  } finally {
    other.remove();
  }
});

test("within one process the engine is opened once and let go", async () => {
  w.put("settlement-1.ndjson", whole());
  await w.drain();
  const loaded = loadConfig(w.configFile);
  const deps = { log: silentLog, observer: allObservers([]), clock: Date.now };
  const due = await withEngine(loaded, deps, async (engine) => {
    await engine.publish();
    return engine.due("2024-02-12");
  });
  expect(due).toEqual(["2024-01", "2024YTD01"]);
  expect((await w.cli("run", "--until-drained")).code).toBe(0);
});

test("quality_period says of every period what a close then says", async () => {
  const entry = { entry_id: "E1", fund: "resident", admdvs: "620725", kind: "expense", subject: "benefit" };
  w.put("settlement-1.ndjson", [
    ...daily("H62072500001", "2024-01-01", "2024-08-05"),
    ...daily("H62072500002", "2024-01-01", "2024-05-20"),
    settlement("bad", { setl_time: "2024-02-07 10:00:00", updt_time: "2024-02-07 10:00:00", med_type: "ZZ" }),
    settlement("new", { setl_time: "2024-04-07 10:00:00", fixmedins_code: "H9" }),
  ]);
  // Of one time and other content: one of them waits, and touches the books of November 2024 alone.
  w.put("fund-entry-1.ndjson", [
    { ...entry, amount: "10.00", book_date: "2024-11-05", updt_time: "2024-11-06 08:00:00" },
    { ...entry, amount: "11.00", book_date: "2024-11-05", updt_time: "2024-11-06 08:00:00" },
  ]);
  await w.drain();
  const rows = await w.query(
    "SELECT period, may_close, why_not FROM quality_period WHERE period_kind IN ('month', 'ytd') ORDER BY period",
  );
  const said = Object.fromEntries(rows.map((row) => [row.period, row.may_close]));
  const closed = await w.engine(async (engine) => {
    const outcomes: [string, boolean][] = [];
    for (const { period } of rows) {
      const { outcome } = await engine.close(String(period), { force: false });
      outcomes.push([String(period), outcome === "closed"]);
    }
    return Object.fromEntries(outcomes);
  });
  expect(closed).toEqual(said);
  expect(Object.keys(said).filter((period) => said[period])).toEqual(["2024-01", "2024-03", "2024YTD01"]);
  expect(rows.find((row) => row.period === "2024-05")?.why_not).toBe("滞后机构 1 家：H62072500002");
});

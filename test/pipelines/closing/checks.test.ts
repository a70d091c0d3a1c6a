import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import type { CloseProblem } from "../../../pipelines/closing/port.js";
import { assembleEngine } from "../../../pipelines/engine/engine.js";
import type { Engine } from "../../../pipelines/engine/port.js";
import { settlement, Workspace } from "../../support/workspace.js";

const NOW = (): number => Date.parse("2024-06-15T00:00:00Z");
const FACILITIES = "fixmedins_code,admdvs,tier\nH1,620725,2\n";
const bill = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> =>
  settlement(id, { fixmedins_code: "H1", ...more });

describe("before a period is closed", () => {
  const w = new Workspace();
  let engine: Engine;
  const problems = async (period: string): Promise<readonly CloseProblem[]> => {
    const { outcome, problems: found, closedAt } = await engine.close(period, { force: false });
    expect([outcome, closedAt]).toEqual(["refused", null]);
    return found.filter((p) => p.problem !== "lagging_facilities");
  };
  const named = async (period: string): Promise<string[]> =>
    (await problems(period)).map((p) => `${p.problem} ${p.count}`);

  beforeAll(async () => {
    w.reference("facilities", FACILITIES);
    w.put("settlement-1.ndjson", [
      bill("S1"),
      bill("S2", { setl_time: "2024-04-10 10:00:00", fixmedins_code: "H9" }),
      bill("S3", { setl_time: "2024-05-20 10:00:00" }),
      // Waiting: one of March, one of April, one of which the time cannot be read, one that is no record.
      bill("Q1", { medfee_sumamt: "99.00" }),
      bill("Q2", { setl_time: "2024-04-11 10:00:00", med_type: "no-such-type" }),
      bill("Q3", { setl_time: "sometime" }),
      "{ not JSON",
    ]);
    w.put("fund-entry-1.ndjson", [
      { entry_id: "E1", fund: "resident", admdvs: "620725", kind: "no such kind", subject: "benefit" },
    ]);
    const { config } = loadConfig(w.configFile);
    engine = await assembleEngine(config, { log: silentLog, observer: allObservers([]), clock: NOW });
    await engine.run({ untilDrained: true, signal: new AbortController().signal });
  }, 60_000);
  afterAll(async () => {
    await engine.end();
    w.remove();
  });

  test.each(["2024-13", "2024Q5", "", "March", "2024-3", "2024YTD13"])("%s is no period", async (text) => {
    await expect(engine.close(text, { force: true })).rejects.toMatchObject({ code: "FP1003", exitCode: 2 });
  });

  test("a day is never closed, not by force either", async () => {
    await expect(engine.close("2024-03-05", { force: true })).rejects.toThrow(/days are never closed/);
  });

  test("a period that is not over, or lies ahead, cannot be closed by force", async () => {
    for (const period of ["2024-06", "2024H1", "2024", "2024YTD06", "2025-01"]) {
      const [first] = (await engine.close(period, { force: true })).problems;
      expect(first).toMatchObject({ problem: "period_open", forceable: false });
    }
    expect(await engine.close("2024H1", { force: true })).toMatchObject({
      outcome: "refused",
      closedAt: null,
    });
  });

  test("a period without data cannot be closed by force", async () => {
    const { outcome, problems: found } = await engine.close("2023-11", { force: true });
    expect(outcome).toBe("refused");
    expect(found[0]).toMatchObject({ problem: "no_data", forceable: false });
  });

  test("waiting records count where they belong, and where nobody can tell", async () => {
    expect(await named("2024-03")).toEqual(["quarantine 1", "quarantine_unreadable 3"]);
    expect(await named("2024-04")).toEqual(["unmapped 1", "quarantine 1", "quarantine_unreadable 3"]);
    expect(await named("2024Q1")).toEqual(["quarantine 1", "quarantine_unreadable 3"]);
  });

  test("events that do not reach the period's end speak against it", async () => {
    const [first] = await problems("2024-05");
    expect(first).toMatchObject({ problem: "watermark", count: 11, forceable: true });
    expect(first?.detail).toContain("2024-05-20");
  });

  test("an unknown facility is named", async () => {
    const [first] = await problems("2024-04");
    expect(first?.detail).toContain("facility H9");
  });

  test("what is due: periods with data that ended long enough ago, months first", async () => {
    expect(await engine.due("2024-04-10")).toEqual([]);
    expect(await engine.due("2024-04-11")).toEqual(["2024-03", "2024Q1", "2024YTD03"]);
    expect(await engine.due("2024-05-11")).toEqual([
      "2024-03",
      "2024-04",
      "2024Q1",
      "2024YTD03",
      "2024YTD04",
    ]);
    await expect(engine.due("soon")).rejects.toMatchObject({ code: "FP1003" });
  });

  test("force closes all the same, and what spoke against it is kept with the close", async () => {
    const closed = await engine.close("2024-04", { force: true });
    expect(closed).toMatchObject({ outcome: "closed", closedAt: NOW() });
    const [row] = await w.query("SELECT forced, problems, version::INT AS version FROM closed_period");
    expect(row).toMatchObject({ forced: true, version: closed.version });
    const kept = (JSON.parse(String(row?.problems)) as CloseProblem[]).map((p) => p.problem);
    expect(kept).toEqual(expect.arrayContaining(["unmapped", "quarantine", "quarantine_unreadable"]));
    expect(await engine.due("2024-05-11")).not.toContain("2024-04");
  });
});

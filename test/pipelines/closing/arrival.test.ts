import { utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import { assembleEngine } from "../../../pipelines/engine/engine.js";
import type { Engine } from "../../../pipelines/engine/port.js";
import { settlement, Workspace } from "../../support/workspace.js";

/** What may speak against a close by what is unknown, and by when it came. */
const NOW = (): number => Date.parse("2024-06-15T00:00:00Z");
const bill = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> =>
  settlement(id, { fixmedins_code: "H1", ...more });

let w: Workspace;
beforeEach(() => {
  w = new Workspace();
  w.reference("facilities", "fixmedins_code,admdvs,tier\nH1,620725,2\n");
  w.put("settlement-0.ndjson", [
    bill("F", { setl_time: "2024-02-10 10:00:00" }),
    bill("M", { setl_time: "2024-03-31 10:00:00" }),
    bill("A", { setl_time: "2024-05-31 10:00:00" }),
  ]);
});
afterEach(() => w.remove());

/** Takes what lies in the inbox, tries to close a period, and says what came of it; published in memory alone. */
async function closing(period: string): Promise<string[]> {
  const { config } = loadConfig(w.configFile);
  const deps = { log: silentLog, observer: allObservers([]), clock: NOW };
  const engine = await assembleEngine(config, deps, { publisher: w.memory });
  try {
    return await closeIn(engine, period);
  } finally {
    await engine.end();
  }
}

async function closeIn(engine: Engine, period: string): Promise<string[]> {
  await engine.run({ untilDrained: true, signal: new AbortController().signal });
  const { outcome, problems } = await engine.close(period, { force: false });
  return [outcome, ...problems.map((p) => `${p.problem} ${p.count}`)].filter((p) => !/lagging/.test(p));
}

const putDated = (name: string, lines: readonly (object | string)[], date: string): void => {
  w.put(name, lines);
  const at = new Date(date);
  utimesSync(join(w.inbox, name), at, at);
};

test("an unknown or absent psn_type, setl_type, hosp_lv, clr_way, pay_loc never speaks against a close", async () => {
  const march = { setl_time: "2024-03-05 10:00:00" };
  w.put("settlement-1.ndjson", [
    bill("X1", { ...march, psn_type: "9999" }),
    bill("X2", { ...march, setl_type: "9" }),
    bill("X3", { ...march, hosp_lv: "99" }),
    bill("X4", { ...march, clr_way: "77", pay_loc: "8" }),
    bill("X5", { ...march, psn_type: null, setl_type: null, hosp_lv: null, clr_way: null, pay_loc: null }),
  ]);
  expect(await closing("2024-03")).toEqual(["closed"]);
});

test("what is unknown is listed with its records, its money, and whether it speaks against a close", async () => {
  w.put("settlement-1.ndjson", [
    bill("X1", { psn_type: "9999", setl_type: "9" }),
    bill("X2", { psn_type: null }),
    bill("X3", { fixmedins_code: "H9", hosp_lv: "99" }),
    bill("X4", { med_type: "ZZ" }),
    bill("X5", { med_type: "ZZ" }),
    bill("X6", { med_type: "YY" }),
  ]);
  const first = await w.engine((engine) => closeIn(engine, "2024-03"), NOW);
  expect(first).toEqual(["refused", "unmapped 1", "quarantine 3"]);
  const rows = await w.query(
    "SELECT kind, code, records::INT AS n, fee::DOUBLE AS fee, blocks_close AS b FROM quality_unmapped ORDER BY 1, 2",
  );
  expect(rows.map((r) => [r.kind, r.code, r.n, r.fee, r.b])).toEqual([
    ["category", "YY", 1, 100, true],
    ["category", "ZZ", 2, 200, true],
    ["facility", "H9", 1, 100, true],
    ["hosp_lv", "99", 1, 100, false],
    ["psn_type", "", 1, 100, false],
    ["psn_type", "9999", 1, 100, false],
    ["setl_type", "9", 1, 100, false],
  ]);
  w.reference("categories", "med_type,category,care\nZZ,一种,outpatient\nYY,又一种,outpatient\n");
  w.reference("facilities", "fixmedins_code,admdvs,tier\nH1,620725,2\nH9,620725,1\n");
  expect(await w.engine((engine) => closeIn(engine, "2024-03"), NOW)).toEqual(["closed"]);
  const left = await w.query("SELECT DISTINCT kind FROM quality_unmapped ORDER BY 1");
  expect(left.map((r) => r.kind)).toEqual(["psn_type", "setl_type"]);
});

test("what cannot be read speaks only against periods that had begun when it came", async () => {
  putDated("settlement-1.ndjson", ["{ no JSON"], "2024-02-20T00:00:00Z");
  expect(await closing("2024-02")).toEqual(["refused", "quarantine_unreadable 1"]);
  expect(await closing("2024-03")).toEqual(["closed"]);
});

test("a retry that reads no more keeps when it came", async () => {
  putDated("settlement-1.ndjson", [bill("X", { setl_time: "sometime" })], "2024-02-20T00:00:00Z");
  await closing("2024-02");
  await w.engine(async (engine) => {
    const entries = await engine.quarantine.list({});
    await engine.quarantine.retry(entries.map((e) => e.id));
  }, NOW);
  expect(await closing("2024-03")).toEqual(["closed"]);
});

test("a date before all data, or after now, is none: then it came now", async () => {
  putDated("settlement-1.ndjson", ["{ no JSON"], "1980-01-01T00:00:00Z");
  putDated("settlement-2.ndjson", ["{ no JSON"], "2031-01-01T00:00:00Z");
  expect(await closing("2024-03")).toEqual(["refused", "quarantine_unreadable 2"]);
});

test("an unreadable book entry may be a budget of the time to come", async () => {
  putDated("fund-entry-1.ndjson", ["{ no JSON"], "2023-12-20T00:00:00Z");
  expect(await closing("2024-03")).toEqual(["refused", "quarantine_unreadable 1"]);
});

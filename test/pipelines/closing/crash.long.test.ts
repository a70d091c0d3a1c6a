import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { DuckDbPublisher } from "../../../connectors/duckdb/publish/publisher.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import type { Publisher } from "../../../connectors/ports/publisher.js";
import { assembleEngine } from "../../../pipelines/engine/engine.js";
import { refund, settlement, Workspace } from "../../support/workspace.js";

const NOW = (): number => Date.parse("2024-06-15T00:00:00Z");
const LATER = { updt_time: "2024-06-01 10:00:00" };
const bill = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> =>
  settlement(id, { fixmedins_code: "H1", ...more });
const FEE = `SELECT period, value::DOUBLE AS value, reported::DOUBLE AS reported, status FROM indicators
  WHERE indicator = 'fee' AND insurance = 'resident' AND grouping = 'total' AND period IN ('2024-03', '2024Q1') ORDER BY period`;

let w: Workspace;
beforeEach(() => {
  w = new Workspace();
  w.reference("facilities", "fixmedins_code,admdvs,tier\nH1,620725,2\nH2,620725,1\n");
});
afterEach(() => w.remove());

describe("killed between the close and its publish", () => {
  /** A publisher that dies at its second publish: before anything is written, or when all is. */
  const dying = (when: "before" | "after"): Publisher => {
    const real = new DuckDbPublisher({ dataDir: w.data, config: loadConfig(w.configFile).config });
    let publishes = 0;
    return {
      open: (stateId) => real.open(stateId),
      prepare: () => real.prepare(),
      publish: async (input) => {
        publishes++;
        if (publishes === 2 && when === "after") await real.publish(input);
        if (publishes === 2) throw new Error("killed");
        return real.publish(input);
      },
      close: () => real.close(),
    };
  };

  test.each(["before", "after"] as const)("%s the file is replaced: the close stands, once", async (when) => {
    w.put("settlement-1.ndjson", [bill("S1"), bill("S2", { setl_time: "2024-05-31 10:00:00" })]);
    const deps = { log: silentLog, observer: allObservers([]), clock: NOW };
    const engine = await assembleEngine(loadConfig(w.configFile).config, deps, { publisher: dying(when) });
    await engine.run({ untilDrained: true, signal: new AbortController().signal });
    await expect(engine.close("2024-03", { force: true })).rejects.toThrow("killed");
    await engine.end();

    w.put("settlement-2.ndjson", [bill("S3")]);
    await w.drain(NOW);
    expect(await w.query(FEE)).toEqual([
      { period: "2024-03", value: 200, reported: 100, status: "restated" },
      { period: "2024Q1", value: 200, reported: null, status: "open" },
    ]);
    const again = await w.engine((e) => e.close("2024-03", { force: true }), NOW);
    const [row] = await w.query("SELECT count(*)::INT AS n, min(version)::INT AS version FROM closed_period");
    expect(row).toEqual({ n: 1, version: 2 });
    expect(again).toMatchObject({ outcome: "already_closed", version: row?.version });
  });
});

test("a quarter closed before its months stays apart from them", async () => {
  w.put("settlement-1.ndjson", [bill("S1"), bill("S2", { setl_time: "2024-05-31 10:00:00" })]);
  await w.drain(NOW);
  await w.engine((e) => e.close("2024Q1", { force: true }), NOW);
  w.put("settlement-2.ndjson", [bill("S3")]);
  await w.drain(NOW);
  await w.engine((e) => e.close("2024-03", { force: true }), NOW);
  w.put("settlement-3.ndjson", [bill("S4")]);
  await w.drain(NOW);
  expect(await w.query(FEE)).toEqual([
    { period: "2024-03", value: 300, reported: 200, status: "restated" },
    { period: "2024Q1", value: 300, reported: 100, status: "restated" },
  ]);
  const causes = await w.query(
    "SELECT period, sum(settlements)::INT AS n, sum(fee)::INT AS fee FROM restatement_cause GROUP BY ALL ORDER BY ALL",
  );
  expect(causes).toEqual([
    { period: "2024-03", n: 1, fee: 100 },
    { period: "2024Q1", n: 2, fee: 200 },
  ]);
  // Published in one piece again they are the same rows.
  const rows = (): Promise<unknown> => w.query("FROM store.cause ORDER BY ALL");
  const before = await rows();
  for (const folder of ["published", "work"]) rmSync(join(w.data, folder), { recursive: true });
  await w.drain(NOW);
  expect(await rows()).toEqual(before);
});

test("a period of which everything is withdrawn still stands as it was reported", async () => {
  w.put("settlement-1.ndjson", [bill("S1"), bill("S2", { setl_time: "2024-05-31 10:00:00" })]);
  await w.drain(NOW);
  for (const period of ["2024-03", "2024-05"]) {
    await w.engine((e) => e.close(period, { force: true }), NOW);
  }
  w.put("settlement-2.ndjson", [
    bill("S1", { vali_flag: "0", ...LATER }),
    bill("S2", { vali_flag: "0", setl_time: "2024-05-31 10:00:00", ...LATER }),
  ]);
  await w.drain(NOW);
  const fees = await w.query(FEE.replace("'2024Q1'", "'2024-05'"));
  const gone = { value: 0, reported: 100, status: "restated" };
  expect(fees).toEqual([
    { period: "2024-03", ...gone },
    { period: "2024-05", ...gone },
  ]);
});

describe.each(["own-period", "original-period"] as const)("refunds: %s", (refunds) => {
  test("restate the month that they count in, and move with their original", async () => {
    w.configure({ refunds });
    w.put("settlement-1.ndjson", [bill("S1"), bill("S2"), bill("S9", { setl_time: "2024-05-31 10:00:00" })]);
    await w.drain(NOW);
    await w.engine((e) => e.close("2024-03", { force: true }), NOW);
    // A refund of April of a bill of March; then the bill turns out to be of February.
    w.put("settlement-2.ndjson", [refund("R1", "S1", { fixmedins_code: "H1" })]);
    await w.drain(NOW);
    const fee = async (): Promise<unknown> => (await w.query(FEE))[0]?.value;
    expect(await fee()).toBe(refunds === "own-period" ? 200 : 100);
    w.put("settlement-3.ndjson", [bill("S1", { setl_time: "2024-02-20 10:00:00", ...LATER })]);
    await w.drain(NOW);
    expect(await fee()).toBe(100);
    const causes = await w.queryDetail(
      "SELECT setl_id, cause, fee::INT AS fee FROM closed_change WHERE month = '2024-03' ORDER BY change_id",
      NOW,
    );
    expect(causes).toEqual(
      refunds === "own-period"
        ? [{ setl_id: "S1", cause: "correction", fee: -100 }]
        : [
            { setl_id: "R1", cause: "refund", fee: -100 },
            { setl_id: "S1", cause: "correction", fee: -100 },
            { setl_id: "R1", cause: "correction", fee: 100 },
          ],
    );
  });
});

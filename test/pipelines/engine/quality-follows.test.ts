import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import type { PublishInput } from "../../../connectors/ports/publisher.js";
import { assembleEngine } from "../../../pipelines/engine/engine.js";
import type { Engine } from "../../../pipelines/engine/port.js";
import { MemoryPublisher } from "../../support/memory-publisher.js";
import { refund, settlement, Workspace } from "../../support/workspace.js";

let w: Workspace;
beforeEach(() => {
  w = new Workspace({ groupings: ["total"] });
});
afterEach(() => w.remove());

const FACILITY = "H62072500001";
/** The facility stands in this division. */
const facilityIn = (admdvs: string): string => `fixmedins_code,admdvs,hosp_lv\n${FACILITY},${admdvs},05\n`;

/** Warnings as the published table would list them. */
async function warnings(): Promise<string[]> {
  const { last } = await w.drainToMemory();
  return (last?.warnings ?? []).map((row) => `${row.record_key} ${row.warning}`).sort();
}

test("warnings go with the settlement that the tables no longer allow, and come again with it", async () => {
  w.reference("facilities", facilityIn("620725"));
  // Insured elsewhere: it belongs here only while the facility does.
  const inbound = { insu_admdvs: "620102", inscp_scp_amt: "120.00" };
  w.put("settlement-1.ndjson", [
    settlement("A", inbound),
    refund("R", "A", {
      ...{ insu_admdvs: "620725", medfee_sumamt: "-50.00", inscp_scp_amt: "-40.00", hifp_pay: "-30.00" },
      ...{ fund_pay_sumamt: "-30.00", psn_cash_pay: "-20.00" },
    }),
  ]);
  expect(await warnings()).toEqual(["A in_scope_above_fee", "A partial_refund"]);
  w.reference("facilities", facilityIn("620702"));
  expect(await warnings()).toEqual([]);
  w.reference("facilities", facilityIn("620725"));
  expect(await warnings()).toEqual(["A in_scope_above_fee", "A partial_refund"]);
});

test("a version that stands again brings its own warnings, not those of the one withdrawn", async () => {
  w.reference("facilities", `${facilityIn("620725")}H62072500002,620725,05\n`);
  w.put("settlement-1.ndjson", [
    settlement("A", {
      insu_admdvs: "620102",
      fixmedins_code: "H62072500002",
      fulamt_ownpay_amt: "1.00",
      overlmt_selfpay: "0.00",
      preselfpay_amt: "0.00",
    }),
    settlement("A", { insu_admdvs: "620102", inscp_scp_amt: "120.00", updt_time: "2024-03-06 10:00:00" }),
  ]);
  expect(await warnings()).toEqual(["A in_scope_above_fee"]);
  w.reference("facilities", `${facilityIn("620702")}H62072500002,620725,05\n`);
  expect(await warnings()).toEqual(["A parts_differ"]);
});

test("a refund that does not count is not listed as one without its original", async () => {
  const orphans = async (): Promise<string[]> =>
    ((await w.drainToMemory()).last?.orphanRefunds ?? []).map((row) => row.setl_id).sort();
  w.put("settlement-1.ndjson", [
    refund("R1", "never-seen"),
    refund("R2", "never-seen-either", { vali_flag: "0" }),
    refund("R3", "nor-this", { vali_flag: "2" }),
  ]);
  expect(await orphans()).toEqual(["R1"]);
  w.put("settlement-2.ndjson", [
    refund("R1", "never-seen", { vali_flag: "0", updt_time: "2024-05-01 00:00:00" }),
    refund("R3", "nor-this", { vali_flag: "1", updt_time: "2024-05-01 00:00:00" }),
  ]);
  expect(await orphans()).toEqual(["R3"]);
});

test("once the facilities of a file are in use and the quarantine was judged again, the next start has nothing to judge", async () => {
  w.put("settlement-1.ndjson", [settlement("A", { insu_admdvs: "620102", fix_blng_admdvs: "620102" })]);
  w.put("facility-1.ndjson", [{ fixmedins_code: FACILITY, admdvs: "620725", hosp_lv: "05" }]);
  w.put("settlement-2.ndjson", [settlement("B", { insu_admdvs: "620102" })]);
  await w.drainToMemory();
  const state = new Database(w.state, { readonly: true });
  expect(state.prepare("SELECT value FROM meta WHERE key = 'rejudge'").pluck().get()).toBe("0");
  expect(state.prepare("SELECT count(*) FROM quarantine WHERE status = 'waiting'").pluck().get()).toBe(0);
  state.close();
});

const TABLES = ["quarantine", "warnings", "orphanRefunds"] as const;

/** Records of every quality table come, change and go, each time published. */
async function quality(engine: Engine): Promise<void> {
  const run = () => engine.run({ untilDrained: true, signal: new AbortController().signal });
  w.put("settlement-1.ndjson", [
    ...["B1", "B2", "B3"].map((id) => settlement(id, { med_type: "" })),
    settlement("A", { inscp_scp_amt: "120.00" }),
    settlement("C", { inscp_scp_amt: "130.00" }),
    refund("R1", "S1"),
    refund("R2", "S2"),
  ]);
  await run();
  w.put("settlement-2.ndjson", [
    settlement("B4", { med_type: "" }),
    settlement("A", { updt_time: "2024-03-06 10:00:00" }),
    settlement("S1"),
    refund("R3", "S3"),
  ]);
  await run();
  await engine.quarantine.dismiss([2], "tests");
}

test("of quality tables the changed rows alone are published, and come to the same", async () => {
  const inputs: PublishInput[] = [];
  class Watched extends MemoryPublisher {
    override publish(input: PublishInput): Promise<number> {
      inputs.push(input);
      return super.publish(input);
    }
  }
  const { config } = loadConfig(w.configFile);
  const deps = { log: silentLog, observer: allObservers([]), clock: Date.now };
  const publisher = new Watched();
  const engine = await assembleEngine(config, deps, { publisher });
  await quality(engine);
  await engine.end();
  const keys = inputs.flatMap(({ changedKeys }) => Object.entries(changedKeys ?? {}));
  expect(keys).toEqual(
    expect.arrayContaining([
      ["quarantine", ["4"]],
      ["quarantine", ["2"]],
      ["warnings", ["A"]],
      ["orphanRefunds", expect.arrayContaining(["R1", "R3"])],
    ]),
  );
  for (const { changedKeys, quarantine } of inputs)
    if (changedKeys?.quarantine) expect(quarantine).toHaveLength(1);
  w.memory = new MemoryPublisher();
  const { last } = await w.drainToMemory();
  const rows = (of: PublishInput | null, table: (typeof TABLES)[number]): string[] =>
    (of?.[table] ?? []).map((row) => JSON.stringify(row)).sort();
  for (const table of TABLES)
    expect([table, rows(publisher.last, table)]).toEqual([table, rows(last, table)]);
  expect(rows(last, "orphanRefunds")).toHaveLength(2);
});

test("the published file has them as a second publish of everything has them", { tags: "long" }, async () => {
  await w.engine(async (engine) => {
    await quality(engine);
    expect((await engine.verify()).differences).toEqual([]);
  });
  expect(await w.query("SELECT id::INTEGER AS id, status FROM quality_quarantine ORDER BY id")).toMatchObject(
    [
      { id: 1, status: "waiting" },
      { id: 2, status: "dismissed" },
      { id: 3, status: "waiting" },
      { id: 4, status: "waiting" },
    ],
  );
});

import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import { assembleEngine } from "../../../pipelines/engine/engine.js";
import type { Engine } from "../../../pipelines/engine/port.js";
import { caughtOutput } from "../../support/output.js";
import { settlement, Workspace } from "../../support/workspace.js";

/** What happens to a file of the drop folder after it was taken. */
const NOW = (): number => Date.parse("2024-06-15T00:00:00Z");
const FEBRUARY = "settlement-02.ndjson";
const bill = (id: string, month: string): Record<string, unknown> =>
  settlement(id, { fixmedins_code: "H1", setl_time: `2024-${month}-28 10:00:00` });

const caught = caughtOutput();
let w: Workspace;
const path = (name: string): string => join(w.inbox, name);
const line = (id: string, month: string): string => `${JSON.stringify(bill(id, month))}\n`;
beforeEach(async () => {
  w = new Workspace();
  w.reference("facilities", "fixmedins_code,admdvs,tier\nH1,620725,2\n");
  w.put(FEBRUARY, [bill("F1", "02"), bill("F2", "02")]);
  w.put("settlement-03.ndjson", [bill("M", "03")]);
  w.put("settlement-04.ndjson", [bill("A", "04"), bill("B", "05")]);
  await drain();
});
afterEach(() => w.remove());

async function inEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const { config } = loadConfig(w.configFile);
  const deps = { log: silentLog, observer: allObservers([]), clock: NOW };
  const engine = await assembleEngine(config, deps, { publisher: w.memory });
  try {
    await engine.run({ untilDrained: true, signal: new AbortController().signal });
    return await work(engine);
  } finally {
    await engine.end();
  }
}

const drain = (): Promise<void> => inEngine(async () => {});
const warnings = (): (readonly string[])[] =>
  (w.memory.last?.warnings ?? []).map((r) => [r.warning, r.record_key, r.detail]);

/** What speaks against closing each month; a month that nothing speaks against is left open. */
const against = (...months: string[]): Promise<Record<string, string[]>> =>
  inEngine(async (engine) => {
    const told: Record<string, string[]> = {};
    for (const month of months) {
      const { problems } = await engine.close(month, { force: false });
      told[month] = problems.map((p) => p.problem).filter((p) => p !== "lagging_facilities");
    }
    return told;
  });

describe("a file that changed is told, is not read again, and speaks against closing its bills' periods", () => {
  test("grown by bills of its own month", async () => {
    appendFileSync(path(FEBRUARY), line("F3", "02"));
    expect(await against("2024-03", "2024-02")).toEqual({ "2024-03": [], "2024-02": ["file_changed"] });
    expect(warnings()).toEqual([
      ["file_changed", FEBRUARY, expect.stringMatching(/^the file grew from [\d,]+ to [\d,]+ bytes/)],
    ]);
  });

  test("grown by bills of another month, which that speaks against too", async () => {
    appendFileSync(path(FEBRUARY), line("F3", "03"));
    expect(await against("2024-03", "2024-02")).toEqual({
      "2024-03": ["file_changed"],
      "2024-02": ["file_changed"],
    });
  });

  test("grown by what cannot be read: any month up to the file's date", async () => {
    appendFileSync(path(FEBRUARY), '{"setl_id":');
    utimesSync(path(FEBRUARY), new Date("2024-03-10"), new Date("2024-03-10"));
    expect(await against("2024-04", "2024-03", "2024-02")).toEqual({
      "2024-04": [],
      "2024-03": ["file_changed"],
      "2024-02": ["file_changed"],
    });
  });

  test("grown by an event about no row: nothing is doubtful but the days of its bills", async () => {
    appendFileSync(path(FEBRUARY), `${JSON.stringify({ isDdl: true, type: "ALTER", data: null })}\n`);
    utimesSync(path(FEBRUARY), new Date("2024-03-10"), new Date("2024-03-10"));
    expect(await against("2024-03", "2024-02")).toEqual({ "2024-03": [], "2024-02": ["file_changed"] });
  });

  test("cut by bills that were counted out of the quarantine", async () => {
    const name = "settlement-01.ndjson";
    const late = JSON.stringify({ ...bill("Z", "01"), med_type: "9988" });
    writeFileSync(path(name), `${line("D", "05")}${late}\n`);
    await drain();
    w.reference("categories", "med_type,category,care\n9988,慢病,outpatient\n");
    await drain();
    writeFileSync(path(name), line("D", "05"));
    expect((await against("2024-01"))["2024-01"]).toEqual(["file_changed"]);
  });

  test("cut off", async () => {
    truncateSync(path(FEBRUARY), line("F1", "02").length);
    expect(await against("2024-03", "2024-02")).toEqual({ "2024-03": [], "2024-02": ["file_changed"] });
    expect(warnings()[0]?.[2]).toContain("cut off");
  });

  test("emptied", async () => {
    truncateSync(path(FEBRUARY), 0);
    expect((await against("2024-02"))["2024-02"]).toEqual(["file_changed"]);
  });

  test("rewritten at its size, far behind its beginning", async () => {
    const name = "settlement-05.ndjson";
    const whole = Array.from({ length: 400 }, (_, i) => line(`L${String(i).padStart(3, "0")}`, "05")).join(
      "",
    );
    expect(whole.length).toBeGreaterThan(128 * 1024);
    writeFileSync(path(name), whole);
    await drain();
    writeFileSync(path(name), whole.replace('"L399"', '"L999"'));
    utimesSync(path(name), new Date(), new Date("2024-06-01"));
    await drain();
    expect(warnings().map((r) => r.slice(0, 2))).toEqual([["file_changed", name]]);
    expect(warnings()[0]?.[2]).toContain("rewritten at its");
  });

  test("another file under its name, a packed one and a link", async () => {
    const packed = "settlement-06.ndjson.gz";
    writeFileSync(path(packed), gzipSync(line("P", "05")));
    await drain();
    writeFileSync(path(packed), gzipSync(line("P", "05") + line("P2", "05")));
    writeFileSync(join(w.dir, "elsewhere"), line("X", "02"));
    rmSync(path(FEBRUARY));
    symlinkSync(join(w.dir, "elsewhere"), path(FEBRUARY));
    await drain();
    expect(warnings().map((r) => r[1])).toEqual([FEBRUARY, packed]);
  });
});

describe("what is no change", () => {
  test("a new date over the same bytes, and it is not read again after each start", async () => {
    utimesSync(path(FEBRUARY), new Date(), new Date("2024-06-01"));
    expect((await against("2024-02"))["2024-02"]).toEqual([]);
    expect(warnings()).toEqual([]);
  });

  test("deleted, renamed, replaced by a folder, moved away behind a link", async () => {
    rmSync(path(FEBRUARY));
    renameSync(path("settlement-03.ndjson"), path("settlement-03b.ndjson"));
    const april = readFileSync(path("settlement-04.ndjson"));
    rmSync(path("settlement-04.ndjson"));
    writeFileSync(join(w.dir, "archived"), april);
    symlinkSync(join(w.dir, "archived"), path("settlement-04.ndjson"));
    mkdirSync(path(FEBRUARY));
    expect(await against("2024-03", "2024-02")).toEqual({ "2024-03": [], "2024-02": [] });
    expect(warnings()).toEqual([]);
    const march = w.memory.last?.balance?.find((b) => b.partition === "settlement-03b.ndjson");
    expect(march).toMatchObject({ received: 1, applied: 0, duplicate: 1 });
  });
});

test("check tells what changed, and which fields arrive often and are not read", async () => {
  const { main } = await import("../../../pipelines/cli/program.js");
  const more = { total_fee: "100.00", psn_name: "张三", hsecfc_pay: null, "620725199003078881": "1" };
  w.put("settlement-05.ndjson", [
    { ...bill("C1", "05"), ...more },
    { ...bill("C2", "05"), total_fee: "100.00" },
  ]);
  await drain();
  appendFileSync(path(FEBRUARY), line("F3", "02"));
  caught.out = "";
  await main(["check", "--quiet", "--config", w.configFile]);
  const told = caught.out.split("\n").filter((l) => /^warn {2}(inbox|settlement):/.test(l));
  expect(told).toEqual([
    expect.stringMatching(
      /^warn {2}inbox: settlement-02.ndjson: the file grew .* fundpulse quarantine dismiss --file/,
    ),
    expect.stringMatching(
      /^warn {2}settlement: .*not read: total_fee \(\d+ %\), \(a name of another form\) \(\d+ %\), psn_name/,
    ),
  ]);
  expect(caught.out).not.toContain("hsecfc_pay");
  expect(caught.out).not.toContain("6207251990");
});

describe("until somebody has looked into it", () => {
  beforeEach(async () => {
    appendFileSync(path(FEBRUARY), line("F3", "02"));
    await drain();
  });

  test("the new bills under a new name are counted; dismissed, it speaks against nothing", async () => {
    w.put("settlement-02b.ndjson", [bill("F1", "02"), bill("F2", "02"), bill("F3", "02")]);
    await inEngine((engine) => engine.quarantine.dismissFile(FEBRUARY, "sent again as 02b"));
    expect(warnings()).toEqual([]);
    expect((await against("2024-02"))["2024-02"]).toEqual([]);
    const again = w.memory.last?.balance?.find((b) => b.partition === "settlement-02b.ndjson");
    expect(again).toMatchObject({ applied: 1, duplicate: 2 });
    await expect(inEngine((e) => e.quarantine.dismissFile(FEBRUARY, "again"))).rejects.toThrow(
      /FP2006|no change/,
    );
  });

  test("dismissed, and changed once more: told once more", async () => {
    await inEngine((engine) => engine.quarantine.dismissFile(FEBRUARY, "a test"));
    appendFileSync(path(FEBRUARY), line("F4", "02"));
    expect((await against("2024-02"))["2024-02"]).toEqual(["file_changed"]);
  });

  test("put back as it was: nothing is told any more", async () => {
    writeFileSync(path(FEBRUARY), line("F1", "02") + line("F2", "02"));
    expect((await against("2024-02"))["2024-02"]).toEqual([]);
    expect(warnings()).toEqual([]);
  });

  test("deleted after it changed: what was lost with it is still told", async () => {
    rmSync(path(FEBRUARY));
    expect((await against("2024-02"))["2024-02"]).toEqual(["file_changed"]);
  });
});

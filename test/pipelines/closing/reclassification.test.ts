import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closedSnapshot } from "../../../pipelines/publish/closed-periods.js";
import { type Config, configSchema } from "../../../schemas/config/schema.js";
import type { StreamRecord } from "../../../schemas/input/settlement.js";
import { MEASURE_INDEX } from "../../../schemas/measures.js";
import { Bench } from "../../support/bench.js";
import { refund, settlement } from "../../support/workspace.js";

const facility = (code: string, admdvs: string, tier: string): StreamRecord =>
  ({ fixmedins_code: code, admdvs, tier, valid_from: null, valid_to: null }) as unknown as StreamRecord;
const tables = (...facilities: StreamRecord[]) => ({ facilities, categories: [], divisions: [] });
const config = (more: Record<string, unknown> = {}): Config =>
  configSchema.parse({
    jurisdiction: { name: "山丹县", admdvs: "620725", level: "county" },
    source: { kind: "folder" },
    groupings: ["total", "care+tier"],
    personGroupings: ["total"],
    periods: { dayGroupings: [] },
    privacy: { personKey: "test" },
    ...more,
  });

let bench: Bench;
let position = 0;
const take = (...records: Record<string, unknown>[]): Promise<void> =>
  bench.take(
    records.map((record) => ({
      stream: "settlement",
      record: record as never,
      source: "test",
      partition: "0",
      position: position++,
    })),
  );
const open = async (settings: Config): Promise<void> => {
  bench = new Bench(settings, tables(facility("H1", "620725", "2"), facility("H2", "620702", "1")));
  await bench.open();
};
/** What was noted: cause, settlement, tier, fee in yuan. */
const noted = (): [cause: string, setlId: string, tier: string, yuan: number][] =>
  closedSnapshot(bench.state, 0).changes.flatMap(({ change }) =>
    change.kind === "settlement"
      ? [[change.cause, change.key, change.tuple.values.tier, change.sums[MEASURE_INDEX.fee] / 100]]
      : [],
  );
const later = { updt_time: "2024-06-01 10:00:00" };

beforeEach(() => {
  position = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  bench.remove();
});

test("a version that leaves the jurisdiction goes, and the one that stands again comes", async () => {
  await open(config());
  const inhabitant = { insu_admdvs: "620702" };
  await take(
    settlement("S1", { fixmedins_code: "H1", ...inhabitant, medfee_sumamt: "100.00" }),
    settlement("S1", {
      ...inhabitant,
      fixmedins_code: "H3",
      fix_blng_admdvs: "620725",
      hosp_lv: "02",
      ...later,
      ...{ medfee_sumamt: "80.00", psn_cash_pay: "20.00", inscp_scp_amt: "70.00" },
    }),
  );
  await bench.close("2024-03");
  // H3 turns out to lie elsewhere: a stranger treated elsewhere is none of ours.
  bench.reference = tables(...bench.reference.facilities, facility("H3", "620702", "3"));
  await bench.restart();
  expect(noted()).toEqual([
    ["facility", "S1", "3", -80],
    ["facility", "S1", "2", 100],
  ]);
});

test("a refund that follows its original away goes from where it was, whatever else changed about it", async () => {
  await open(config({ refunds: "original-period" }));
  const inhabitant = { insu_admdvs: "620702" };
  await take(
    settlement("S1", { ...inhabitant, fixmedins_code: "H3", fix_blng_admdvs: "620725", hosp_lv: "02" }),
    refund("R1", "S1", {
      insu_admdvs: "620725",
      fixmedins_code: "H3",
      fix_blng_admdvs: "620725",
      hosp_lv: "02",
    }),
  );
  await bench.close("2024-03");
  bench.reference = tables(...bench.reference.facilities, facility("H3", "620702", "1"));
  await bench.restart();
  // The original is gone; its refund, of a person insured here, counts in April now.
  const byTier: Record<string, number> = {};
  for (const [, , tier, fee] of noted()) byTier[tier] = (byTier[tier] ?? 0) + fee;
  expect(byTier).toEqual({ 1: 0, 3: 0 });
  expect(noted()).toContainEqual(["facility", "S1", "3", -100]);
});

test("a review that was cut off after its commit is not noted again", async () => {
  await open(config());
  await take(settlement("S1", { fixmedins_code: "H1" }), settlement("S2", { fixmedins_code: "H1" }));
  await bench.close("2024-03");
  bench.reference = tables(facility("H1", "620725", "3"));
  bench.state.close();
  // Dies when the months are to be derived again: what was noted is durable then.
  const { MonthCache } = await import("../../../pipelines/ledger/months.js");
  const killed = vi.spyOn(MonthCache.prototype, "cells").mockImplementation(() => {
    throw new Error("killed");
  });
  await expect(bench.open()).rejects.toThrow("killed");
  killed.mockRestore();
  await bench.open();
  expect(noted()).toEqual([
    ["facility", "S1", "2", -100],
    ["facility", "S1", "3", 100],
    ["facility", "S2", "2", -100],
    ["facility", "S2", "3", 100],
  ]);
});

test("another parent of a category is noted: its bills leave the lines that it counted in and come to the others", async () => {
  const psychiatric = (parent: string | null) => ({
    ...{ med_type: "2101", category: "精神病住院", care: "inpatient", parent },
    ...{ dise_no: null, insurance: null, display_order: null },
  });
  bench = new Bench(config({ groupings: ["total", "care+category"] }), {
    ...tables(facility("H1", "620725", "2")),
    categories: [psychiatric("普通住院")],
  });
  await bench.open();
  bench.state.derived();
  const stay = { fixmedins_code: "H1", begndate: "2024-03-01", enddate: "2024-03-05" };
  await take(settlement("S1", { ...stay, med_type: "2101" }), settlement("S2", { ...stay, med_type: "21" }));
  await bench.close("2024-03");
  bench.reference = { ...bench.reference, categories: [psychiatric("单病种住院")] };
  await bench.restart();
  const { groups } = bench.state.groups;
  const lines = closedSnapshot(bench.state, 0).changes.map(({ change, groupIds }) => [
    change.kind === "settlement" && change.key,
    change.kind === "settlement" && change.sums[MEASURE_INDEX.visits],
    [...groupIds].flatMap((id) =>
      groups[id].insurance === "all" ? [] : (groups[id].dimensions.category ?? "total"),
    ),
  ]);
  expect(lines).toEqual([
    ["S1", -1, ["total", "精神病住院", "普通住院"]],
    ["S1", 1, ["total", "精神病住院", "单病种住院"]],
  ]);
});

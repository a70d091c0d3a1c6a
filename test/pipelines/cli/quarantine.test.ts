import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parsePeriod } from "../../../aggregations/calendar.js";
import { MEASURE_INDEX, type MeasureName } from "../../../schemas/measures.js";
import { QUARANTINE_REASONS } from "../../../schemas/quarantine.js";
import type { MemoryPublisher } from "../../support/memory-publisher.js";
import { refund, settlement, Workspace } from "../../support/workspace.js";

const at = (text: string): number => Date.parse(`${text}T12:00:00+08:00`);
const NOW = at("2024-07-01");
const OLD = { setl_time: "2024-03-05 10:00:00", updt_time: "2024-03-05 10:00:00" };

let w: Workspace;
let files = 0;
beforeEach(() => {
  w = new Workspace({ groupings: ["total", "care", "care+tier", "care+facility", "care+category"] });
});
afterEach(() => w.remove());

/** Delivers records of a stream as one more file and drains; what is published then. */
async function deliver(
  stream: string,
  records: readonly (object | string | Buffer)[],
  now = NOW,
): Promise<MemoryPublisher> {
  w.put(`${stream}-${String(++files).padStart(6, "0")}.ndjson`, records);
  const told = await w.drainToMemory(() => now);
  expectBalanced(told);
  return told;
}

function expectBalanced(told: MemoryPublisher): void {
  for (const { received, applied, duplicate, held, quarantined } of told.last!.balance!) {
    expect(applied + duplicate + held + quarantined).toBe(received);
    expect(Math.min(applied, duplicate, held, quarantined)).toBeGreaterThanOrEqual(0);
  }
}

/** Waiting records as `position reason`, in order. */
const waiting = (told: MemoryPublisher): string[] =>
  told
    .last!.quarantine!.filter((q) => q.status === "waiting")
    .map((q) => `${q.position} ${q.reason}`)
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));

const balance = (told: MemoryPublisher): number[][] =>
  told.last!.balance!.map((b) => [b.received, b.applied, b.duplicate, b.held, b.quarantined]);

/** A measure of a month or day for `all` insurance: `care+tier` with `{tier: "2"}`. */
function sum(
  told: MemoryPublisher,
  period: string,
  measure: MeasureName,
  dimensions: Record<string, string> = {},
): number {
  const { kind, startDay } = parsePeriod(period)!;
  const months = [...told.months].find(
    ([m]) => period === `${Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, "0")}`,
  );
  const data = kind === "day" ? told.days.get(startDay) : months?.[1];
  const grouping = Object.keys(dimensions).join("+") || "total";
  const groupId = told.groups.findIndex(
    (g) =>
      g?.insurance === "all" &&
      g.grouping === grouping &&
      Object.entries(dimensions).every(([d, v]) => g.dimensions[d as "care"] === v),
  );
  const i = data?.groupIds.indexOf(groupId) ?? -1;
  return i < 0 ? 0 : data!.sums[MEASURE_INDEX[measure]]![i]!;
}

const warnings = (told: MemoryPublisher): string[] =>
  told.last!.warnings!.map((v) => `${v.record_key} ${v.warning}`).sort();
const orphans = (told: MemoryPublisher): string[] => told.last!.orphanRefunds!.map((r) => r.setl_id).sort();
const unmapped = (told: MemoryPublisher): string[] =>
  told.last!.unmapped!.map((u) => `${u.kind} ${u.code} ${u.records} ${u.fee}`).sort();

const CSV = "fixmedins_code,admdvs,hosp_lv,valid_from,valid_to\n";

describe("each reason, with the very bytes", () => {
  const json = (more: Record<string, unknown>): string => JSON.stringify(settlement("X", more));
  const without = (field: string): string => {
    const { [field]: _gone, ...rest } = settlement("X");
    return JSON.stringify(rest);
  };
  const CASES: readonly (readonly [string, string | Buffer, string])[] = [
    ["no JSON", "hello", "undecodable"],
    ["cut off", json({}).slice(0, 100), "undecodable"],
    ["a list", "[1, 2]", "undecodable"],
    [
      "bytes that are no UTF-8",
      Buffer.concat([Buffer.from('{"setl_id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
      "undecodable",
    ],
    ["control bytes", Buffer.alloc(20, 1), "undecodable"],
    ["Avro of a schema nobody knows", Buffer.from("c301deadbeefdeadbeef00", "hex"), "unknown_schema"],
    ["no fee", without("medfee_sumamt"), "missing_field"],
    ["an empty person", json({ psn_no: "" }), "missing_field"],
    ["a hospital stay without dates", json({ med_type: "21" }), "missing_field"],
    ["NaN as text", json({ medfee_sumamt: "NaN" }), "bad_value"],
    ["three decimals", json({ medfee_sumamt: "100.001" }), "bad_value"],
    ["an amount beyond all money", json({ medfee_sumamt: "1e30" }), "bad_value"],
    ["31 February", json({ begndate: "2024-02-31" }), "bad_value"],
    ["an insurance of nobody", json({ insutype: "999" }), "bad_value"],
    ["a flag that is none", json({ vali_flag: "3" }), "bad_value"],
    ["a refund of itself", json({ init_setl_id: "X" }), "bad_value"],
    ["a fund sum that is none (A)", json({ hifp_pay: "59.99" }), "identity_broken"],
    ["a fee that is no sum (B)", json({ psn_cash_pay: "40.01" }), "identity_broken"],
    [
      "a negative bill",
      json({
        medfee_sumamt: "-100.00",
        hifp_pay: "-60.00",
        fund_pay_sumamt: "-60.00",
        psn_cash_pay: "-40.00",
        inscp_scp_amt: "-90.00",
      }),
      "sign_broken",
    ],
    ["a positive refund", json({ init_setl_id: "Y" }), "sign_broken"],
    ["a category of nobody", json({ med_type: "9977" }), "unknown_category"],
    [
      "the year 9999",
      json({ setl_time: "9999-12-31 23:59:59", updt_time: "9999-12-31 23:59:59" }),
      "future_time",
    ],
    ["updated the day after tomorrow", json({ updt_time: "2024-07-03 12:00:01" }), "future_time"],
    ["before the first day", json({ setl_time: "2022-12-31 23:59:59" }), "too_old"],
    [
      "insured and treated elsewhere",
      json({ insu_admdvs: "110101", fix_blng_admdvs: "110101" }),
      "out_of_jurisdiction",
    ],
    [
      "another version of the same time",
      JSON.stringify(settlement("S0", { med_type: "14" })),
      "conflicting_version",
    ],
  ];

  test("one bad record never stops the others; every one waits with its reason", async () => {
    const lines = [
      settlement("S0"),
      ...CASES.flatMap(([, bytes], i) => [bytes, settlement(`G${i}`)]),
      " ".repeat(10),
      `{"setl_id":"${"x".repeat(2_000_000)}"}`,
    ];
    const told = await deliver("settlement", lines);
    const reasons = waiting(told).map((line) => line.split(" ")[1]);
    // The conflict is decided by content: the loser waits, whichever came first.
    const expected = CASES.map(([, , reason]) => reason);
    expect([...reasons].sort()).toEqual([...expected, "bad_value"].sort());
    const byPosition = new Map(waiting(told).map((line) => line.split(" ") as [string, string]));
    CASES.forEach(([name, , reason], i) => {
      if (reason !== "conflicting_version")
        expect([name, byPosition.get(String(1 + i * 2))]).toEqual([name, reason]);
    });
    expect(new Set(reasons)).toEqual(new Set(QUARANTINE_REASONS));
    expect(sum(told, "2024-03", "visits")).toBe(CASES.length + 1);
    for (const { detail } of told.last!.quarantine!) expect(detail).not.toContain("6207251980");
  });
});

describe("what heals by itself", () => {
  test("unknown_category, when categories.csv has it at the next start", async () => {
    expect(waiting(await deliver("settlement", [settlement("S1", { med_type: "9977" })]))).toEqual([
      "0 unknown_category",
    ]);
    w.reference("categories", "med_type,category,care\n9977,门诊两病,outpatient\n");
    const told = await w.drainToMemory(() => NOW);
    expect(waiting(told)).toEqual([]);
    expect(balance(told)).toEqual([[1, 1, 0, 0, 0]]);
    expect(sum(told, "2024-03", "fee", { care: "outpatient", category: "门诊两病" })).toBe(10_000);
  });

  test("unknown_category back again, when categories.csv loses it", async () => {
    w.reference("categories", "med_type,category,care\n9977,门诊两病,outpatient\n");
    await deliver("settlement", [settlement("S1", { med_type: "9977" }), settlement("S2")]);
    w.reference("categories", "med_type,category,care\n");
    const told = await w.drainToMemory(() => NOW);
    expectBalanced(told);
    expect(waiting(told)).toEqual(["0 unknown_category"]);
    expect(sum(told, "2024-03", "visits")).toBe(1);
  });

  test("future_time, when the clock has come so far", async () => {
    const record = settlement("S1", { setl_time: "2024-07-05 10:00:00", updt_time: "2024-07-05 10:00:00" });
    expect(waiting(await deliver("settlement", [record]))).toEqual(["0 future_time"]);
    expect(waiting(await w.drainToMemory(() => at("2024-07-03")))).toEqual(["0 future_time"]);
    const told = await w.drainToMemory(() => at("2024-07-04"));
    expect(waiting(told)).toEqual([]);
    expect(balance(told)).toEqual([[1, 1, 0, 0, 0]]);
    expect(sum(told, "2024-07", "visits")).toBe(1);
  });

  test("a future record of a small stream too", async () => {
    const row = {
      as_of: "2024-06-30",
      admdvs: "620725",
      insurance: "resident",
      persons: 100,
      updt_time: "2024-07-09 00:00:00",
    };
    expect(waiting(await deliver("enrolment", [row]))).toEqual(["0 future_time"]);
    expect(balance(await w.drainToMemory(() => at("2024-07-09")))).toEqual([[1, 1, 0, 0, 0]]);
  });

  test("out_of_jurisdiction, when the facility's record says that it lies here", async () => {
    const record = settlement("S1", { insu_admdvs: "110101", fix_blng_admdvs: "110101" });
    expect(waiting(await deliver("settlement", [record]))).toEqual(["0 out_of_jurisdiction"]);
    const told = await deliver("facility", [
      { fixmedins_code: "H62072500001", admdvs: "620725", hosp_lv: "05" },
    ]);
    expect(waiting(told)).toEqual([]);
    expect(balance(told)).toEqual([
      [1, 1, 0, 0, 0],
      [1, 1, 0, 0, 0],
    ]);
  });

  test("an applied record is withdrawn when its facility turns out to lie elsewhere, and comes back", async () => {
    await deliver("settlement", [settlement("S1", { insu_admdvs: "110101" }), settlement("S2")]);
    w.reference("facilities", `${CSV}H62072500001,110101,05,,\n`);
    let told = await w.drainToMemory(() => NOW);
    expectBalanced(told);
    expect(waiting(told)).toEqual(["0 out_of_jurisdiction"]);
    expect(balance(told)).toEqual([[2, 1, 0, 0, 1]]);
    expect(sum(told, "2024-03", "visits")).toBe(1);
    w.reference("facilities", CSV);
    told = await w.drainToMemory(() => NOW);
    expect(waiting(told)).toEqual([]);
    expect(balance(told)).toEqual([[2, 2, 0, 0, 0]]);
  });
});

describe("facilities", () => {
  const unknown = settlement("S1", { hosp_lv: "02" });
  const tiers = (told: MemoryPublisher, period = "2024-03"): number[] =>
    ["3", "2", "1", "0"].map((tier) => sum(told, period, "fee", { care: "outpatient", tier }));

  test("an unknown one counts by hosp_lv, is listed, and is re-stated by the stream", async () => {
    let told = await deliver("settlement", [unknown, settlement("S2", { hosp_lv: "" })]);
    // The second bill has no hosp_lv either: its tier is 0 for a reason of its own.
    expect(unmapped(told)).toEqual(["facility H62072500001 2 200.00", "hosp_lv  1 100.00"]);
    expect(tiers(told)).toEqual([10_000, 0, 0, 10_000]);
    told = await deliver("facility", [{ fixmedins_code: "H62072500001", admdvs: "620725", hosp_lv: "08" }]);
    expect(unmapped(told)).toEqual([]);
    expect(tiers(told)).toEqual([0, 0, 20_000, 0]);
  });

  test("and by an edit of facilities.csv; taking the line out lists it again", async () => {
    await deliver("settlement", [unknown]);
    w.reference("facilities", `${CSV}H62072500001,620725,05,,\n`);
    let told = await w.drainToMemory(() => NOW);
    expect([unmapped(told), tiers(told)]).toEqual([[], [0, 10_000, 0, 0]]);
    w.reference("facilities", CSV);
    told = await w.drainToMemory(() => NOW);
    expect([unmapped(told), tiers(told)]).toEqual([["facility H62072500001 1 100.00"], [10_000, 0, 0, 0]]);
  });

  test("a tier that changes in mid-month re-states the days from then on alone", async () => {
    w.reference("facilities", `${CSV}H62072500001,620725,05,,\n`);
    const days = ["2024-03-09", "2024-03-10", "2024-03-11"];
    w.configure({
      groupings: ["total", "care", "care+tier"],
      periods: { firstDay: "2023-01-01", dayGroupings: ["total", "care+tier"] },
    });
    await deliver(
      "settlement",
      days.map((d, i) => settlement(`S${i}`, { setl_time: `${d} 00:00:00` })),
    );
    const change = {
      fixmedins_code: "H62072500001",
      admdvs: "620725",
      hosp_lv: "02",
      valid_from: "2024-03-10",
    };
    const told = await deliver("facility", [change]);
    expect(days.map((d) => tiers(told, d))).toEqual([
      [0, 10_000, 0, 0],
      [10_000, 0, 0, 0],
      [10_000, 0, 0, 0],
    ]);
    expect(tiers(told)).toEqual([20_000, 10_000, 0, 0]);
  });
});

describe("refunds", () => {
  test("an orphan is listed until its original arrives", async () => {
    let told = await deliver("settlement", [refund("R1", "S1"), refund("R2", "S2")]);
    expect(orphans(told)).toEqual(["R1", "R2"]);
    expect(sum(told, "2024-04", "fee")).toBe(-20_000);
    told = await deliver("settlement", [settlement("S1")]);
    expect(orphans(told)).toEqual(["R2"]);
  });

  const partial = {
    medfee_sumamt: "-10.00",
    inscp_scp_amt: "-9.00",
    hifp_pay: "-6.00",
    fund_pay_sumamt: "-6.00",
    psn_cash_pay: "-4.00",
  };
  test.each([
    ["a whole refund warns of nothing", [settlement("S1"), refund("R1", "S1")], []],
    ["a part", [settlement("S1"), refund("R1", "S1", partial)], ["S1 partial_refund"]],
    [
      "a second refund goes beyond",
      [refund("R1", "S1"), refund("R2", "S1"), settlement("S1")],
      ["S1 refund_beyond_original", "S1 second_refund"],
    ],
    [
      "of an invalid settlement",
      [settlement("S1", { vali_flag: "0" }), refund("R1", "S1")],
      ["S1 refund_of_invalid"],
    ],
    [
      "of a held settlement",
      [refund("R1", "S1"), settlement("S1", { vali_flag: "2" })],
      ["S1 refund_of_invalid"],
    ],
    [
      "a refund taken back warns no more",
      [
        settlement("S1"),
        refund("R1", "S1", partial),
        refund("R1", "S1", { ...partial, vali_flag: "0", updt_time: "2024-05-01 00:00:00" }),
      ],
      [],
    ],
    [
      "C and D are warnings",
      [
        settlement("S1", { inscp_scp_amt: "100.01" }),
        settlement("S2", { fulamt_ownpay_amt: "1.00", overlmt_selfpay: "1.00", preselfpay_amt: "1.00" }),
      ],
      ["S1 in_scope_above_fee", "S2 parts_differ"],
    ],
  ])("%s", async (_name, records, expected) => {
    expect(warnings(await deliver("settlement", records))).toEqual(expected);
    // Record by record, each in its own batch and start.
    const alone = new Workspace();
    try {
      let told!: MemoryPublisher;
      for (const [i, record] of records.entries()) {
        alone.put(`settlement-${i}.ndjson`, [record]);
        told = await alone.drainToMemory(() => NOW);
      }
      expect(warnings(told)).toEqual(expected);
    } finally {
      alone.remove();
    }
  });
});

describe("versions", () => {
  test("a held version holds the settlement out until 1 or 0 comes", async () => {
    const version = (flag: string, day: number) =>
      settlement("S1", { vali_flag: flag, updt_time: `2024-03-0${day} 12:00:00` });
    const steps: [string, number, number[]][] = [
      ["1", 5, [1, 1, 0, 0, 0]],
      ["2", 6, [1, 0, 0, 1, 0]],
      ["1", 7, [1, 1, 0, 0, 0]],
      ["0", 8, [1, 1, 0, 0, 0]],
      ["2", 9, [1, 0, 0, 1, 0]],
    ];
    const visits: number[] = [];
    for (const [flag, day, tallies] of steps) {
      const told = await deliver("settlement", [version(flag, day)]);
      expect(balance(told).at(-1)).toEqual(tallies);
      visits.push(sum(told, "2024-03", "visits"));
    }
    expect(visits).toEqual([1, 0, 1, 0, 0]);
  });

  const a = settlement("S1", { ...OLD, med_type: "11" });
  const b = settlement("S1", { ...OLD, med_type: "14" });
  test.each([
    ["the greater first", [a, b]],
    ["the lesser first", [b, a]],
  ])(
    "of two versions of one time the same stands, %s; the other's tally moves to quarantined",
    async (_name, order) => {
      await deliver("settlement", [order[0]!]);
      const told = await deliver("settlement", [order[1]!]);
      expect(waiting(told)).toEqual(["0 conflicting_version"]);
      expect(balance(told).sort()).toEqual([
        [1, 0, 0, 0, 1],
        [1, 1, 0, 0, 0],
      ]);
      const together = new Workspace({ groupings: ["total", "care", "care+category"] });
      together.put("settlement-1.ndjson", order);
      const same = await together.drainToMemory(() => NOW);
      together.remove();
      expect(balance(same)).toEqual([[2, 1, 0, 0, 1]]);
      const category = (m: MemoryPublisher) =>
        m.groups
          .filter((g) => g?.insurance === "all" && g.grouping === "care+category")
          .map((g) => [
            g.dimensions.category,
            sum(m, "2024-03", "visits", { care: "outpatient", category: g.dimensions.category! }),
          ])
          .filter(([, n]) => n !== 0);
      expect(category(same)).toEqual(category(told));
      expect(category(told)).toHaveLength(1);
      // A later version ends the conflict.
      const later = await deliver("settlement", [{ ...a, updt_time: "2024-06-01 00:00:00" }]);
      expect(sum(later, "2024-03", "visits")).toBe(1);
    },
  );

  test("a conflict of facility records is decided the same way round", async () => {
    const record = (hosp_lv: string) => ({
      fixmedins_code: "H62072500001",
      admdvs: "620725",
      hosp_lv,
      updt_time: "2024-01-01 00:00:00",
    });
    await deliver("settlement", [settlement("S1")]);
    await deliver("facility", [record("02")]);
    const told = await deliver("facility", [record("05")]);
    expect(waiting(told)).toEqual(["0 conflicting_version"]);
    const other = new Workspace({ groupings: ["total", "care", "care+tier"] });
    other.put("facility-1.ndjson", [record("05"), record("02")]);
    other.put("settlement-1.ndjson", [settlement("S1")]);
    const same = await other.drainToMemory(() => NOW);
    other.remove();
    const tiers = (m: MemoryPublisher) =>
      ["3", "2"].map((tier) => sum(m, "2024-03", "fee", { care: "outpatient", tier }));
    expect(tiers(same)).toEqual(tiers(told));
  });
});

test("show, retry and dismiss from the command line", { tags: "long" }, async () => {
  w.configure({ groupings: ["total", "care"], log: { level: "warn" } });
  const broken = Buffer.from('{"setl_id": "S1", 个人');
  const unknown = Buffer.from(JSON.stringify(settlement("S2", { insutype: "370" })));
  const category = JSON.stringify(settlement("S3", { med_type: "9977" }));
  w.put("settlement-1.ndjson", [broken, unknown, category]);
  expect((await w.cli("run", "--until-drained")).code).toBe(0);
  const list = async (...flags: string[]) =>
    JSON.parse((await w.cli("quarantine", "list", "--format", "json", ...flags)).out.toString()) as {
      id: number;
      reason: string;
      position: number;
      status: string;
    }[];
  const entries = await list();
  expect(entries.map((e) => [e.position, e.reason])).toEqual([
    [0, "undecodable"],
    [1, "bad_value"],
    [2, "unknown_category"],
  ]);
  expect((await list("--reason", "bad_value")).length).toBe(1);
  const [first, second] = entries.map((e) => String(e.id)) as [string, string, string];
  expect((await w.cli("quarantine", "show", first, "--raw")).out.equals(broken)).toBe(true);
  expect((await w.cli("quarantine", "show", second, "--raw")).out.equals(unknown)).toBe(true);
  expect(await w.cli("quarantine", "show", "999")).toMatchObject({
    code: 1,
    err: expect.stringContaining("FP2006"),
  });
  expect(await w.cli("quarantine", "dismiss", first)).toMatchObject({ code: 2 });
  expect((await w.cli("quarantine", "dismiss", first, "--why", "no record at all")).out.toString()).toBe(
    "1 dismissed\n",
  );
  expect((await list("--status", "dismissed")).map((e) => e.position)).toEqual([0]);
  expect((await w.cli("quarantine", "retry", "--all")).out.toString()).toBe(
    "2 judged again, 0 left the quarantine\n",
  );
  w.reference("categories", "med_type,category,care\n9977,门诊两病,outpatient\n");
  expect((await w.cli("quarantine", "retry", "--all")).out.toString()).toMatch(
    /^[12] judged again, [01] left/,
  );
  expect((await list()).map((e) => e.reason)).toEqual(["bad_value"]);
  const rows = await w.query("SELECT received, applied, quarantined FROM quality_balance");
  expect(rows).toEqual([{ received: "3", applied: "1", quarantined: "2" }]);
  const [visits] = await w.query(
    "SELECT value FROM indicators WHERE period = '2024-03' AND indicator = 'visits' AND grouping = 'total' AND insurance = 'all'",
  );
  expect(Number(visits?.value)).toBe(1);
});

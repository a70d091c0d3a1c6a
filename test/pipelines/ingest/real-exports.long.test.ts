import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "../../support/workspace.js";

const NOW = Date.parse("2024-07-01T12:00:00+08:00");
const BILL = {
  setl_id: "S1",
  mdtrt_id: "M1",
  setl_time: "2024-03-05 10:00:00",
  updt_time: "2024-03-05 10:00:00",
  psn_no: "P1",
  insutype: "390",
  psn_type: "1501",
  insu_admdvs: "620725",
  fixmedins_code: "H1",
  fix_blng_admdvs: "620725",
  med_type: "21",
  begndate: "2024-02-28",
  enddate: "2024-03-05",
  medfee_sumamt: "100.00",
  hifp_pay: "60.00",
  fund_pay_sumamt: "60.00",
  psn_cash_pay: "40.00",
};
type Fields = Readonly<Record<string, unknown>>;

let w: Workspace;
beforeEach(() => {
  w = new Workspace({
    groupings: ["total", "care", "care+channel", "care+person_kind"],
    insurances: { veteran: ["340", "350"], long_term_care: ["410"] },
    personKinds: { veteran: ["34"] },
    channels: { direct: ["3"] },
  });
});
afterEach(() => w.remove());

interface Told {
  readonly waiting: readonly string[];
  readonly warnings: readonly string[];
  readonly balance: Readonly<Record<string, number>>;
  /** A figure of March of all insurances, by measure. */
  readonly march: (measure: string) => Promise<number | null>;
}

async function told(records: readonly (Fields | string)[], insurance = "all"): Promise<Told> {
  w.put("settlement-1.ndjson", records);
  await w.drain(() => NOW);
  const quarantine = await w.query(
    "SELECT reason || ': ' || detail AS t FROM quality_quarantine ORDER BY id",
  );
  const warnings = await w.query("SELECT warning AS t FROM quality_warning ORDER BY 1");
  const [balance] = await w.query(
    "SELECT sum(received)::INTEGER r, sum(applied)::INTEGER a, sum(duplicate)::INTEGER d, sum(held)::INTEGER h, sum(quarantined)::INTEGER q FROM quality_balance WHERE source = 'folder'",
  );
  return {
    waiting: quarantine.map((row) => String(row.t)),
    warnings: warnings.map((row) => String(row.t)),
    balance: balance as Record<string, number>,
    march: async (measure) => {
      const [row] = await w.query(
        `SELECT value::DOUBLE AS v FROM indicators WHERE period = '2024-03' AND grouping = 'total'
          AND insurance = '${insurance}' AND indicator = '${measure}'`,
      );
      return (row?.v as number | undefined) ?? null;
    },
  };
}

describe("ids and persons", () => {
  test("padded ids are the same settlement, padded persons the same person", async () => {
    const { balance, march } = await told([
      BILL,
      { ...BILL, setl_id: "S1 ", psn_no: "\u200bP1" },
      { ...BILL, setl_id: "S2\u00a0", psn_no: " P1\u3000" },
    ]);
    expect(balance).toMatchObject({ r: 3, a: 2, d: 1 });
    expect(await march("visits")).toBe(2);
    expect(await march("persons")).toBe(1);
  });

  test("a shifted column that holds an identity number or a name is refused and shown nowhere", async () => {
    const { waiting, balance } = await told([
      { ...BILL, fixmedins_code: "620725199003078888" },
      { ...BILL, med_type: "张三丰" },
      { ...BILL, setl_id: "62072519900307888X" },
    ]);
    expect(balance).toMatchObject({ a: 1, q: 2 });
    expect(waiting).toEqual([
      "bad_value: fixmedins_code: expected no number in the form of an identity number (have columns been shifted?)",
      "bad_value: med_type: expected a code of at most 20 letters, digits and -_.+*/",
    ]);
  });
});

describe("a cancellation", () => {
  test.each([
    ["first", ["0", "1"]],
    ["last", ["1", "0"]],
  ])("in the same second stands over the bill, come %s", async (_, flags) => {
    const { balance, march, waiting } = await told([
      { ...BILL, setl_id: "S0" },
      ...flags.map((vali_flag) => ({ ...BILL, vali_flag })),
    ]);
    expect(waiting).toEqual([]);
    expect(balance.q).toBe(0);
    expect(await march("visits")).toBe(1);
  });

  const KEY = { setl_id: "S1", __deleted: "true" };
  test.each([
    ["in an earlier record of its file", [{ ...KEY, __ts_ms: 1_717_000_000_000 }, BILL], null],
    ["of an unknown time", [KEY, BILL], null],
    ["of the bill's own second", [{ ...KEY, __ts_ms: Date.parse("2024-03-05T10:00:00+08:00") }, BILL], null],
    ["and the bill written again later stands", [{ ...KEY, __ts_ms: 1_709_000_000_000 }, BILL], 1],
  ])("a deletion that comes before its bill, %s", async (_name, records, visits) => {
    const { waiting, march, balance } = await told(records);
    expect(waiting).toEqual([
      "missing_field: only the key of the deleted settlement is known, and no version of it has come",
    ]);
    const [entry] = await w.query("SELECT status FROM quality_quarantine");
    expect(entry).toEqual({ status: "resolved" });
    expect((await march("visits")) || null).toBe(visits);
    expect(balance).toMatchObject({ r: 2, q: 0 });
  });

  test("a deletion that waits since another run, and for a bill that waits itself", async () => {
    await told([KEY, { ...KEY, setl_id: "S2" }]);
    w.put("settlement-2.ndjson", [BILL, { ...BILL, setl_id: "S2", med_type: "ZZ" }]);
    await w.drain(() => NOW);
    const waiting = () =>
      w.query("SELECT reason FROM quality_quarantine WHERE status = 'waiting' ORDER BY 1");
    expect(await waiting()).toEqual([{ reason: "missing_field" }, { reason: "unknown_category" }]);
    w.reference("categories", "med_type,category,care\nZZ,一种,outpatient\n");
    await w.drain(() => NOW);
    expect(await waiting()).toEqual([]);
    const [sums] = await w.query(
      "SELECT sum(value)::INT AS n FROM indicators WHERE grouping = 'total' AND indicator = 'visits'",
    );
    expect(sums?.n ?? 0).toBe(0);
  });

  test("of which only the key is known takes out what is current; where nothing is, it waits", async () => {
    const gone = {
      before: { setl_id: "S1" },
      after: null,
      op: "d",
      ts_ms: Date.parse("2024-03-06T00:00:00Z"),
    };
    const { march, waiting, balance } = await told([
      BILL,
      { ...BILL, setl_id: "S2", psn_no: "P2" },
      gone,
      { ...gone, before: { setl_id: "S9" } },
    ]);
    expect(waiting).toEqual([
      "missing_field: only the key of the deleted settlement is known, and no version of it has come",
    ]);
    expect(balance).toMatchObject({ r: 4, a: 3, q: 1 });
    expect(await march("visits")).toBe(1);
    // An older copy of it changes nothing.
    w.put("settlement-2.ndjson", [BILL]);
    await w.drain(() => NOW);
    expect(await march("visits")).toBe(1);
  });
});

describe("stays", () => {
  test("of centuries, backwards or without dates are refused for inpatients; ipt_days is enough", async () => {
    const { waiting, march } = await told([
      { ...BILL, begndate: "1899-12-31" },
      { ...BILL, begndate: "2024-03-05", enddate: "2024-03-04" },
      { ...BILL, ipt_days: 36_601 },
      { ...BILL, ipt_days: -2_147_483_647 },
      { ...BILL, begndate: "1900-01-01", enddate: "2199-12-31" },
      { ...BILL, begndate: null, ipt_days: null },
      { ...BILL, setl_id: "S2", begndate: null, enddate: null, ipt_days: "6.0" },
    ]);
    expect(waiting.map((t) => t.slice(0, 28))).toEqual([
      "bad_value: begndate: a day o",
      "bad_value: enddate: not befo",
      "bad_value: ipt_days: at most",
      "bad_value: ipt_days: at most",
      "bad_value: ipt_days: at most",
      "missing_field: begndate: req",
    ]);
    expect(await march("bed_days")).toBe(6);
  });

  test("that nobody believes are counted, with a warning; for other care dates decide nothing", async () => {
    const { warnings, march, waiting } = await told([
      { ...BILL, setl_id: "A", enddate: "2024-03-06" },
      { ...BILL, setl_id: "B", begndate: "2022-01-01" },
      { ...BILL, setl_id: "C", med_type: "11", begndate: "1900-01-01", enddate: "9999-12-31" },
      { ...BILL, setl_id: "D" },
    ]);
    expect(waiting).toEqual([]);
    expect(warnings).toEqual(Array(3).fill("implausible_stay"));
    expect(await march("visits")).toBe(4);
  });

  test("cal_ipt_cnt 0: the money counts; visit, person and days do not, for inpatients alone", async () => {
    const { march } = await told([
      { ...BILL, setl_id: "A", cal_ipt_cnt: 0 },
      { ...BILL, setl_id: "B", cal_ipt_cnt: "1", psn_no: "P2" },
      { ...BILL, setl_id: "C", cal_ipt_cnt: "0", med_type: "11", psn_no: "P3" },
    ]);
    expect(await march("fee")).toBe(300);
    expect(await march("visits")).toBe(2);
    expect(await march("persons")).toBe(2);
    expect(await march("bed_days")).toBe(6);
  });
});

test("clr_way in one digit is paid by case; the national table's own name of a field is read", async () => {
  const { march } = await told([
    { ...BILL, setl_id: "A", clr_way: "2", inscp_amt: "80.00" },
    { ...BILL, setl_id: "B", clr_way: 20 },
    { ...BILL, setl_id: "C", clr_way: "10" },
  ]);
  expect(await march("case_paid_visits")).toBe(2);
  expect(await march("in_scope_fee")).toBe(80);
});

test("insurances of the bureau's own count in all, with a fund of their name; kinds and channels too", async () => {
  const { march, waiting } = await told(
    [
      { ...BILL, setl_id: "A", insutype: "340", psn_type: "3401", setl_type: "3" },
      { ...BILL, setl_id: "B", insutype: "410" },
      { ...BILL, setl_id: "C", insutype: "310" },
      { ...BILL, setl_id: "D", insutype: "320" },
    ],
    "veteran",
  );
  expect(waiting).toEqual(["bad_value: insutype: one of `insurances`"]);
  expect(await march("visits")).toBe(1);
  expect(await march("benefit_paid")).toBe(60);
  const rows =
    await w.query(`SELECT grouping, coalesce(channel, person_kind, fund) AS name, value::DOUBLE AS v FROM indicators
    WHERE period = '2024-03' AND insurance = 'all' AND (indicator = 'visits' AND grouping IN ('care+channel', 'care+person_kind')
      OR indicator = 'settled_expense' AND grouping = 'fund') ORDER BY ALL`);
  expect(rows).toEqual(
    expect.arrayContaining([
      { grouping: "care+channel", name: "direct", v: 3 },
      { grouping: "care+person_kind", name: "veteran", v: 1 },
      { grouping: "fund", name: "veteran", v: 60 },
      { grouping: "fund", name: "long_term_care", v: 60 },
    ]),
  );
  const verified = await w.engine((engine) => engine.verify());
  expect(verified.differenceCount).toBe(0);
});

test("change events, empty values and DDL: every row counts once, what is no row counts as nothing", async () => {
  const canal = {
    database: "hsa",
    table: "setl_d",
    es: Date.parse("2024-03-07T00:00:00Z"),
    ts: 1,
    isDdl: false,
  };
  const { balance, march } = await told([
    { before: null, after: BILL, op: "c", ts_ms: 1 },
    {
      ...canal,
      type: "INSERT",
      data: [
        { ...BILL, setl_id: "S2" },
        { ...BILL, setl_id: "S3" },
      ],
    },
    { ...canal, type: "DELETE", data: [{ ...BILL, setl_id: "S3" }] },
    { ...canal, type: "ALTER", isDdl: true, data: null },
  ]);
  expect(balance).toEqual({ r: 5, a: 4, d: 1, h: 0, q: 0 });
  expect(await march("visits")).toBe(2);
});

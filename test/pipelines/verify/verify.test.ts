import { rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkedCrc, withCrc } from "../../../connectors/state/file.js";
import { decodeMonth, encodeMonth } from "../../../connectors/state/month-codec.js";
import { verifyText } from "../../../pipelines/cli/commands/verify.js";
import { MEASURE_INDEX } from "../../../schemas/measures.js";
import { refund, settlement, Workspace } from "../../support/workspace.js";

let w: Workspace;

/** A county with two facilities, both years, a parent category, a refund, a mid-stay bill, funds and a DIP result. */
beforeAll(async () => {
  w = new Workspace({
    careGroups: [{ name: "县外", when: { region: ["city", "province", "national"] } }, { name: "县内" }],
  });
  w.reference(
    "facilities",
    "fixmedins_code,admdvs,hosp_lv,ownership,kind,valid_from\nH62072500001,620725,05,public,hospital,\nH62070200001,620702,02,public,hospital,2024-01-01\n",
  );
  w.reference("categories", "med_type,category,care,parent\n2101,精神病住院,inpatient,普通住院\n");
  const inpatient = { med_type: "2101", begndate: "2024-03-01", enddate: "2024-03-05" };
  w.put("settlement-1.ndjson", [
    settlement("1", { setl_time: "2023-03-05 10:00:00", updt_time: "2023-03-05 10:00:00" }),
    settlement("2"),
    settlement("3", { psn_no: settlement("2").psn_no, ...inpatient, fixmedins_code: "H62070200001" }),
    settlement("4", { insutype: "310", psn_type: "1101", hifp_pay: "50.00", hifob_pay: "10.00" }),
    settlement("5", { ...inpatient, mid_setl_flag: "1" }),
    settlement("6", { fixmedins_code: "UNKNOWN", fix_blng_admdvs: "620102" }),
    settlement("7", { vali_flag: "0" }),
    settlement("8", { vali_flag: "2" }),
    refund("9", "2"),
    refund("10", "never seen"),
  ]);
  w.put("settlement-2.ndjson", [
    settlement("2", { updt_time: "2024-03-06 10:00:00", inscp_scp_amt: "80.00" }),
    settlement("4", { insutype: "310", psn_type: "1101", hifp_pay: "50.00", hifob_pay: "10.00" }),
  ]);
  const entry = { admdvs: "620725", updt_time: "2024-07-01 00:00:00" };
  w.put("fund-entry-1.ndjson", [
    {
      ...entry,
      entry_id: "a",
      fund: "employee_pool",
      kind: "income",
      subject: "levy",
      amount: "1000.00",
      book_date: "2024-03-31",
    },
    {
      ...entry,
      entry_id: "b",
      fund: "resident",
      kind: "expense",
      subject: "benefit",
      amount: "70.10",
      book_date: "2024-04-30",
      beneficiaries: 3,
    },
    {
      ...entry,
      entry_id: "c",
      fund: "aid",
      kind: "expense",
      subject: "other",
      amount: "5.05",
      book_date: "2024-04-30",
      group: "retired",
    },
  ]);
  // Booked ahead of the settlements, in a month for which another office has reported something.
  w.put("fund-entry-2.ndjson", [
    {
      ...entry,
      ...{ entry_id: "e", fund: "resident", kind: "income", subject: "levy", amount: "9.00" },
      book_date: "2024-09-15",
    },
  ]);
  w.put("reported-fact-1.ndjson", [
    {
      ...{ fact_id: "f", indicator: "inspected", period: "2024-09", admdvs: "620725", value: "3" },
      ...{ unit: "facility", updt_time: "2024-10-01 00:00:00" },
    },
  ]);
  w.put("dip-result-1.ndjson", [
    {
      result_id: "d",
      fixmedins_code: "H62072500001",
      insurance: "resident",
      settled_month: "2024-03",
      cases: 2,
      fee_for_service_amount: "300.00",
      dip_amount: "280.50",
      updt_time: "2024-05-01 00:00:00",
    },
  ]);
  await w.drain();
}, 120_000);
afterAll(() => w.remove());

const verify = () => w.engine((engine) => engine.verify());

/** Changes the published file, as damage or an error in the engine would have left it. */
async function corrupt(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(w.published);
  const connection = await instance.connect();
  await connection.run(sql);
  await connection.run("CHECKPOINT");
  connection.closeSync();
  instance.closeSync();
}

const groupId = (where: string): string => `(SELECT gid FROM store.grp WHERE ${where})`;
const TOTAL = groupId("insurance = 'resident' AND \"grouping\" = 'total'");

test("a published file that nobody spoiled is verified, and says so", async () => {
  const result = await verify();
  expect(result.differences).toEqual([]);
  expect(result.figures).toBeGreaterThan(1000);
  expect(verifyText(result)).toContain("all equal");
  const [snapshot] = await w.query(
    "SELECT version, verified_version, verified_differences, verified_hash, verified_at IS NOT NULL AS at FROM snapshot",
  );
  expect(snapshot).toMatchObject({
    verified_version: String(result.version),
    verified_differences: "0",
    verified_hash: result.hash,
    at: true,
  });
  expect(Number(snapshot.version)).toBeGreaterThan(result.version);
}, 60_000);

test("two recounts of the same settlements have the same hash", async () => {
  expect((await verify()).hash).toBe((await verify()).hash);
}, 60_000);

test("figures that differ are named, each of them and nothing else", async () => {
  const region = groupId("insurance = 'resident' AND \"grouping\" = 'care+region' AND region = 'city'");
  await corrupt(`
    -- One fen in one cell.
    UPDATE store.fact SET fee = fee + 1 WHERE period = '2024-03' AND gid = ${region};
    -- A person too many.
    UPDATE store.fact SET persons = persons + 1 WHERE period = '2024Q1' AND gid = ${TOTAL};
    -- A group that is missing, and one that no settlement is behind.
    DELETE FROM store.fact WHERE period = '2024-04' AND gid = ${groupId("insurance = 'resident' AND \"grouping\" = 'care+facility' AND care = 'outpatient' AND facility = 'H62072500001'")};
    INSERT INTO store.grp BY NAME SELECT 999999 AS gid, 'resident' AS insurance, 'care+tier' AS "grouping",
      'inpatient' AS care, '9' AS tier, false AS has_persons, false AS short_days;
    INSERT INTO store.fact SELECT * REPLACE (999999 AS gid, 'care+tier' AS "grouping") FROM store.fact
      WHERE period = '2024-03' AND gid = ${TOTAL};
    -- A day.
    UPDATE store.fact SET visits = visits + 1 WHERE period = '2024-03-05' AND gid = ${TOTAL};
    -- A share over the wrong whole.
    UPDATE store.share_base SET fee = fee * 2 WHERE period = '2024-03' AND insurance = 'employee' AND care IS NULL;
    -- What a fund paid, a book's sum, a DIP sum.
    UPDATE store.figure SET value = value + 0.01 WHERE "grouping" = 'total' AND insurance = 'all'
      AND period = '2024YTD04' AND indicator IN ('settled_expense', 'expense', 'dip_amount');
    -- A fen in what a fund's year is said to come to.
    UPDATE fund_outlook SET projected = projected + 0.01 WHERE fund = 'resident'`);
  const { differences, differenceCount } = await verify();
  expect(differenceCount).toBe(differences.length);
  const named = (indicator: string, more: object): object =>
    expect.objectContaining({ indicator, insurance: "resident", ...more });
  expect(differences).toContainEqual({
    period: "2024-03",
    insurance: "resident",
    grouping: "care+region",
    dimensions: { care: "inpatient", region: "city" },
    indicator: "fee",
    published: "100.01",
    recounted: "100.00",
  });
  expect(differences).toContainEqual(
    named("persons", { period: "2024Q1", grouping: "total", published: "3", recounted: "2" }),
  );
  expect(differences).toContainEqual(
    named("row", { period: "2024-04", grouping: "care+facility", published: null, recounted: "data" }),
  );
  expect(differences).toContainEqual(
    named("row", { dimensions: { care: "inpatient", tier: "9" }, published: "data", recounted: null }),
  );
  expect(differences).toContainEqual(
    named("visits", { period: "2024-03-05", grouping: "total", dimensions: {} }),
  );
  const given = (insurance: string) =>
    differences
      .filter((d) => d.insurance === insurance && d.period !== "2024-03")
      .map((d) => [d.indicator, d.published, d.recounted]);
  expect(given("all")).toEqual([
    ["fund_outlook.projected", expect.stringMatching(/^\d+\.\d\d$/), expect.stringMatching(/^\d+\.\d\d$/)],
    ["dip_amount", "280.51", "280.50"],
    ["expense", "75.16", "75.15"],
    ["settled_expense", "180.01", "180.00"],
  ]);
  // Every other difference follows from one of these.
  const places = new Set(differences.map((d) => `${d.period} ${d.insurance} ${d.grouping}`));
  expect([...places].sort()).toEqual([
    "2024 all fund",
    "2024-03 employee care",
    "2024-03 employee care+category",
    "2024-03 employee care+region",
    "2024-03 employee total",
    "2024-03 resident care+region",
    "2024-03 resident care+tier",
    "2024-03-05 resident total",
    "2024-04 resident care+facility",
    "2024Q1 resident total",
    "2024YTD04 all total",
    // The group that was invented.
    "all resident care+tier",
  ]);
  expect(new Set(differences.filter((d) => d.insurance === "employee").map((d) => d.indicator))).toEqual(
    new Set(["share_base.fee", "share_fee"]),
  );
  expect(verifyText({ ...(await verify()), differences, differenceCount: 60 })).toContain("60 differ");
}, 60_000);

test("a fen too much in the state's own sums is found, however often it is published", async () => {
  const state = new Database(w.state);
  const row = state
    .prepare("SELECT id, data FROM checkpoint WHERE kind = 'cells' ORDER BY id DESC")
    .get() as {
    id: number;
    data: Buffer;
  };
  const month = decodeMonth(row.id, checkedCrc(row.data, "checkpoint"));
  month.cells.sums[MEASURE_INDEX.cash_paid] += 1;
  const put = state.prepare("UPDATE checkpoint SET data = ? WHERE kind = 'cells' AND id = ?");
  put.run(withCrc(encodeMonth(month)), row.id);
  for (const folder of ["published", "work"]) rmSync(join(w.data, folder), { recursive: true, force: true });
  const { differences } = await verify();
  expect(differences.length).toBeGreaterThan(0);
  expect(new Set(differences.map((d) => d.indicator))).toEqual(
    new Set(["cash_paid", "cash_paid (change)", "cash_paid (change_pct)"]),
  );
  put.run(row.data, row.id);
  state.close();
  for (const folder of ["published", "work"]) rmSync(join(w.data, folder), { recursive: true, force: true });
  expect((await verify()).differenceCount).toBe(0);
}, 60_000);

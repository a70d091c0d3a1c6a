import { execFile } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { detailPath } from "../../../connectors/files/paths.js";
import { refund, settlement, Workspace } from "../../support/workspace.js";

let w: Workspace;
afterEach(() => w.remove());

const write = (): Promise<unknown> => w.engine((engine) => engine.writeDetail());
const path = (): string => detailPath(loadConfig(w.configFile).config.data);

async function rows(sql: string, file = path()): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Everything in the file that does not tell when it was written. */
const CONTENT = ["settlement", "bill", "facility", "category", "fund_entry", "dip_result"];
async function content(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const name of CONTENT) {
    // Code sets are numbered as they are met.
    const columns = name === "settlement" ? "* EXCLUDE (code_set)" : "*";
    found[name] = await rows(`SELECT ${columns} FROM ${name} ORDER BY ALL`);
  }
  return found;
}

const FACILITY = "fixmedins_code,admdvs,hosp_lv,ownership,kind,valid_from,valid_to\n";

test("a settlement stands in it with the platform's names, exact amounts and a pseudonym, readable by its owner alone", async () => {
  w = new Workspace();
  w.put("settlement-1.ndjson", [
    settlement("1", { setl_time: "2024-03-31 23:59:59.999", medfee_sumamt: "100.01", psn_cash_pay: "40.01" }),
    settlement("2", {
      vali_flag: "2",
      ipt_days: 3,
      begndate: "2024-02-28",
      enddate: "2024-03-01",
      dise_no: "I10",
    }),
  ]);
  await w.drain();
  await write();
  expect(await rows("FROM settlement ORDER BY setl_id")).toMatchObject([
    {
      setl_id: "1",
      init_setl_id: null,
      setl_time: "2024-03-31 23:59:59.999",
      count_day: "2024-03-31",
      month: "2024-03",
      medfee_sumamt: "100.01",
      acct_pay: "0.00",
      acct_mulaid_pay: null,
      begndate: null,
      person: expect.stringMatching(/^[0-9a-f]{32}$/),
      source: "folder",
      partition: "settlement-1.ndjson",
      position: "0",
    },
    {
      setl_id: "2",
      vali_flag: "2",
      ipt_days: 3,
      begndate: "2024-02-28",
      enddate: "2024-03-01",
      dise_no: "I10",
    },
  ]);
  // What is held counts nowhere.
  expect(await rows("SELECT setl_id, fee, weight FROM bill")).toEqual([
    { setl_id: "1", fee: "100.01", weight: 1 },
  ]);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(path())).mode & 0o777).toBe(0o700);
  expect(statSync(join(w.data, "work", "detail")).mode & 0o777).toBe(0o700);
  const bytes = readFileSync(path());
  for (const id of ["1", "2"]) expect(bytes.includes(String(settlement(id).psn_no))).toBe(false);
}, 60_000);

test("bills carry their dimensions: region, flow, tier as of the day, parents, care group", async () => {
  w = new Workspace({
    careGroups: [
      { name: "县外", when: { region: ["city", "province", "national"] } },
      { name: "县内", when: { tier: ["2"] } },
    ],
  });
  w.reference(
    "facilities",
    `${FACILITY}A,620725,05,public,hospital,,\nA,620725,09,private,,2024-03-10,2024-03-20\nB,620799,01,,,2024-03-05,\n`,
  );
  w.reference(
    "categories",
    "med_type,category,care,parent,insurance,dise_no\n11,普通门诊,outpatient,,,\n11,门诊两病,outpatient,普通门诊,resident,D1\n",
  );
  const at = (day: string): object => ({
    setl_time: `2024-03-${day} 10:00:00`,
    updt_time: "2024-04-01 00:00:00",
  });
  w.put("settlement-1.ndjson", [
    settlement("1", { ...at("09"), fixmedins_code: "A" }),
    settlement("2", { ...at("10"), fixmedins_code: "A", dise_no: "D1" }),
    settlement("3", { ...at("20"), fixmedins_code: "A", dise_no: "D1", insutype: "310", psn_type: "1201" }),
    settlement("4", { ...at("21"), fixmedins_code: "A", setl_type: "1" }),
    settlement("5", { ...at("04"), fixmedins_code: "B", fix_blng_admdvs: "610102", hosp_lv: "08" }),
    settlement("6", { ...at("05"), fixmedins_code: "B" }),
    settlement("7", { ...at("05"), fixmedins_code: "C", fix_blng_admdvs: "" }),
    settlement("8", { ...at("09"), fixmedins_code: "A", insu_admdvs: "620702" }),
  ]);
  await w.drain();
  await write();
  const found = await rows(
    "SELECT setl_id, region, flow, tier, ownership, care_group, category, parents, channel, person_kind, own_fund FROM bill ORDER BY setl_id",
  );
  expect(found.map((r) => Object.values(r).slice(1))).toEqual([
    ["county", "local", "2", "public", "县内", "普通门诊", [], "direct", "resident", true],
    ["county", "local", "1", "private", "unknown", "门诊两病", ["普通门诊"], "direct", "resident", true],
    ["county", "local", "1", "private", "unknown", "普通门诊", [], "direct", "retired", true],
    ["county", "local", "2", "public", "县内", "普通门诊", [], "manual", "resident", true],
    ["national", "outbound", "1", "unknown", "县外", "普通门诊", [], "direct", "resident", true],
    ["city", "outbound", "3", "unknown", "县外", "普通门诊", [], "direct", "resident", true],
    ["unknown", "unknown", "2", "unknown", "县内", "普通门诊", [], "direct", "resident", true],
    ["city", "inbound", "2", "public", "县外", "普通门诊", [], "direct", "resident", false],
  ]);
}, 60_000);

test("brought up to date month by month it equals one written anew", {
  tags: "long",
  timeout: 60_000,
}, async () => {
  w = new Workspace({ refunds: "original-period" });
  w.reference("facilities", `${FACILITY}H62072500001,620725,05,public,hospital,,\n`);
  w.put("settlement-1.ndjson", [
    settlement("1"),
    settlement("2", { setl_time: "2024-02-03 10:00:00", updt_time: "2024-02-03 10:00:00" }),
    settlement("3", { setl_time: "2024-05-03 10:00:00", updt_time: "2024-05-03 10:00:00" }),
    refund("4", "2"),
  ]);
  await w.drain();
  await write();
  expect(await rows("SELECT setl_id, count_day FROM bill WHERE init_setl_id IS NOT NULL")).toEqual([
    { setl_id: "4", count_day: "2024-02-03" },
  ]);
  w.put("settlement-2.ndjson", [
    // The original moves, and its refund with it; a month loses its only settlement; equal content, later time.
    settlement("2", { setl_time: "2024-01-31 10:00:00", updt_time: "2024-02-04 10:00:00" }),
    settlement("1", { updt_time: "2024-03-07 10:00:00" }),
    settlement("5", { setl_time: "2024-06-03 10:00:00", updt_time: "2024-06-03 10:00:00" }),
  ]);
  w.put("facility-1.ndjson", [
    {
      fixmedins_code: "H62072500001",
      admdvs: "620725",
      hosp_lv: "02",
      valid_from: "2024-05-01",
      updt_time: "2024-06-01 00:00:00",
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
  await write();
  const incremental = await content();
  expect(await rows("SELECT setl_id, month FROM settlement ORDER BY setl_id")).toEqual([
    { setl_id: "1", month: "2024-03" },
    { setl_id: "2", month: "2024-01" },
    { setl_id: "3", month: "2024-05" },
    { setl_id: "4", month: "2024-01" },
    { setl_id: "5", month: "2024-06" },
  ]);
  expect(await rows("SELECT setl_id, tier FROM bill WHERE setl_id IN ('1', '3') ORDER BY setl_id")).toEqual([
    { setl_id: "1", tier: "2" },
    { setl_id: "3", tier: "3" },
  ]);
  rmSync(join(w.data, "work", "detail"), { recursive: true });
  await write();
  expect(await content()).toEqual(incremental);
});

test("the file in place is the state's own: an older one, another state's and a spoiled one are replaced", {
  tags: "long",
  timeout: 120_000,
}, async () => {
  w = new Workspace();
  w.put("settlement-1.ndjson", [settlement("1")]);
  await w.drain();
  await write();
  const older = readFileSync(path());
  w.put("settlement-2.ndjson", [settlement("2")]);
  await w.drain();
  await write();
  const right = await rows("FROM snapshot");
  const other = new Workspace();
  other.put("settlement-1.ndjson", [settlement("3"), settlement("4")]);
  await other.drain();
  await other.engine((engine) => engine.writeDetail());
  const strange = readFileSync(detailPath(loadConfig(other.configFile).config.data));
  other.remove();
  // What a command that ended between writing and placing leaves; a restored file of another state; no file at all.
  for (const placed of [older, strange, Buffer.from("no database")]) {
    writeFileSync(path(), placed);
    await write();
    expect(await rows("SELECT setl_id FROM settlement ORDER BY ALL")).toEqual([
      { setl_id: "1" },
      { setl_id: "2" },
    ]);
    expect(await rows("FROM snapshot")).toEqual(right);
  }
  // And where some months alone are asked for.
  writeFileSync(path(), older);
  w.put("settlement-3.ndjson", [settlement("5", { setl_time: "2023-01-05 10:00:00" })]);
  await w.drain();
  const month = 2024 * 12 + 2;
  const found = (await w.engine((engine) => engine.writeDetail({ months: [month], streams: [] }))) as {
    path: string;
  };
  expect(
    await rows("SELECT setl_id FROM settlement WHERE month = '2024-03' ORDER BY ALL", found.path),
  ).toEqual([{ setl_id: "1" }, { setl_id: "2" }]);
});

test("a reader keeps the file that it opened while another is put in its place", {
  tags: "long",
  timeout: 60_000,
}, async () => {
  w = new Workspace();
  w.put("settlement-1.ndjson", [settlement("1")]);
  await w.drain();
  await write();
  const instance = await DuckDBInstance.create(path(), { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const counted = async (): Promise<unknown> =>
    (await connection.runAndReadAll("SELECT count(*)::INTEGER FROM settlement")).getRows()[0][0];
  expect(await counted()).toBe(1);
  w.put("settlement-2.ndjson", [settlement("2")]);
  await w.drain();
  await write();
  expect(await counted()).toBe(1);
  connection.closeSync();
  instance.closeSync();
  expect(await rows("SELECT count(*)::INTEGER AS n FROM settlement")).toEqual([{ n: 2 }]);
});

const CHILD = fileURLToPath(new URL("../../support/children/read-everything.mjs", import.meta.url));
const OLD = "duckdb-1.2";

/** Rows and hash of each table and view, as the named client reads them. */
async function everything(client: string): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, client, path(), "2024H1"]);
  return (JSON.parse(stdout) as { read: Record<string, string> }).read;
}

/** False where there is no binary of that version: Alpine's libc, Windows on ARM. */
const available = await promisify(execFile)(process.execPath, ["-e", `require("${OLD}")`], {
  cwd: fileURLToPath(new URL("../../..", import.meta.url)),
}).then(
  () => true,
  () => false,
);

test.skipIf(!available)("DuckDB 1.2 reads every row of it that today's reads", { tags: "long" }, async () => {
  w = new Workspace();
  for (const n of [1, 2]) {
    const rows = Array.from({ length: 3000 }, (_, i) => {
      const month = String(1 + ((i * n) % 6)).padStart(2, "0");
      return settlement(`${n}-${i}`, {
        setl_time: `2024-${month}-05 10:00:00`,
        dise_no: i % 3 === 0 ? "I10" : "",
      });
    });
    w.put(`settlement-${n}.ndjson`, [...rows, refund(`r${n}`, "1-1")]);
    await w.drain();
    await write();
  }
  const [old, now] = [await everything(OLD), await everything("@duckdb/node-api")];
  expect(old).toEqual(now);
  for (const [name, rows] of Object.entries(old)) expect(rows, name).toMatch(/^\d+ rows /);
  expect(old).toMatchObject({ '"main"."bill"': expect.stringMatching(/^6002 rows /) });
});

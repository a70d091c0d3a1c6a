import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Workspace } from "../../support/workspace.js";

let space: Workspace;
let bills = 0;
/** Stays of residents at facilities of a tier, one person each. */
const stays = (count: number, facility: string, time: string): object[] =>
  Array.from({ length: count }, () => {
    const id = `S${++bills}`;
    return {
      ...{ setl_id: id, mdtrt_id: `V${id}`, psn_no: `person of ${id}`, insutype: "390", psn_type: "1501" },
      ...{ setl_time: `${time} 10:00:00`, updt_time: `${time} 10:00:00`, insu_admdvs: "620725" },
      ...{ fixmedins_code: facility, med_type: "21", medfee_sumamt: 1000, inscp_scp_amt: 900, hifp_pay: 600 },
      ...{ fund_pay_sumamt: 600, psn_cash_pay: 400, begndate: time, enddate: time },
    };
  });
const facility = (code: string, hosp_lv: string) => ({
  ...{ fixmedins_code: code, name: `医院${code}`, admdvs: "620725", hosp_lv, kind: "hospital" },
});

beforeAll(async () => {
  space = new Workspace({ privacy: { personKey: "a key of the tests", smallCell: 10 } });
  space.put("facility-1.ndjson", [facility("H3", "02"), facility("H2", "05"), facility("H1", "08")]);
  space.put("settlement-1.ndjson", [
    ...stays(40, "H3", "2024-02-10"),
    ...stays(25, "H2", "2024-02-10"),
    ...stays(4, "H1", "2024-02-10"),
  ]);
  await space.drain();
}, 120_000);
afterAll(() => space.remove());

const csv = (): string[][] =>
  readFileSync(join(space.data, "reports", "2024Q1", "public.csv"), "utf8")
    .trim()
    .split(/\r?\n/)
    .map((l) => l.split(","));
const tiers = (): string[][] => csv().filter((r) => r[3] === "医疗机构等级" && r[1] === "居民医保");

test("small counts are suppressed with their money, and the smallest sibling with them", async () => {
  const { code, out, err } = await space.cli("export", "public", "2024Q1");
  expect(`${code} ${out}`).toBe(`0 ${join(space.data, "reports", "2024Q1", "public.csv")}\n`);
  expect(err).toMatch(/^\d+ rows, \d+ suppressed\n$/);
  expect(tiers().map((r) => [r[4], r[5], r[8], r[13]])).toEqual([
    ["一级医疗机构", "*", "*", "*"],
    ["二级医疗机构", "*", "*", "*"],
    ["三级医疗机构", "40", "40000.00", "1000.00"],
  ]);
});

test("a report of the edition says nothing that the edition does not", async () => {
  const { code, out } = await space.cli("report", "2024Q1", "--public", "--format", "md");
  expect(code).toBe(0);
  const text = readFileSync(String(out).trim(), "utf8");
  expect(text).toContain("| 三级医疗机构 | 40 | 4.00 |");
  expect(text).toContain("| 二级医疗机构 | — | — |");
  expect(text).toContain("少于 10 的数字");
});

test("a period that shares days with a published one is refused, others are not", async () => {
  const { code, err } = await space.cli("export", "public", "2024-02");
  expect(code).toBe(2);
  expect(err).toMatch(/2024-02 shares days with the edition of 2024Q1.*\[FP7004\]/);
});

test("an edition stands while corrections are few, and what was hidden stays hidden", async () => {
  const before = csv();
  space.put("settlement-2.ndjson", stays(3, "H3", "2024-03-01"));
  await space.drain();
  expect((await space.cli("export", "public", "2024Q1")).err).toContain("stands as it was published");
  expect(csv()).toEqual(before);
  space.put("settlement-3.ndjson", stays(20, "H3", "2024-03-02"));
  await space.drain();
  expect((await space.cli("export", "public", "2024Q1")).code).toBe(0);
  expect(tiers().map((r) => r[5])).toEqual(["*", "*", "63"]);
}, 120_000);

test("as a workbook and as a DuckDB file it has the same rows", async () => {
  expect((await space.cli("export", "public", "2024Q1", "--format", "xlsx")).code).toBe(0);
  const { code, out } = await space.cli("export", "public", "2024Q1", "--format", "duckdb");
  expect(code).toBe(0);
  const { queryPublished } = await import("../../../connectors/duckdb/query.js");
  const { rows } = await queryPublished(
    String(out).trim(),
    `SELECT "取值", "人次" FROM "公开数据" WHERE "维度" = '医疗机构等级' AND "险种" = '居民医保'`,
  );
  expect(rows).toEqual([
    ["一级医疗机构", null],
    ["二级医疗机构", null],
    ["三级医疗机构", "63.00"],
  ]);
});

import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refund, settlement, Workspace } from "../../support/workspace.js";

const NOW = (): number => Date.parse("2024-06-15T00:00:00Z");
const FACILITIES = `fixmedins_code,admdvs,tier,ownership,kind
H1,620725,2,public,hospital
H2,620725,1,public,township
H3,620725,3,public,hospital
`;
const GROUPINGS = [
  ...["total", "care", "care+category", "care+flow", "care+tier", "care+facility", "care+care_group"],
];

/** A bill of whole yuan, three fifths of it paid by the pool, or as much as is said. */
const bill = (
  id: string,
  { yuan = 100, pool = yuan * 0.6, ...more }: Record<string, unknown> & { yuan?: number; pool?: number } = {},
): Record<string, unknown> =>
  settlement(id, {
    fixmedins_code: "H1",
    medfee_sumamt: yuan.toFixed(2),
    inscp_scp_amt: yuan.toFixed(2),
    hifp_pay: pool.toFixed(2),
    fund_pay_sumamt: pool.toFixed(2),
    psn_cash_pay: (yuan - pool).toFixed(2),
    ...more,
  });

const LATER = { updt_time: "2024-06-01 10:00:00" };
const stay = { med_type: "21", begndate: "2024-03-01", enddate: "2024-03-05" };

const expense = (amount: string, updt: string) => ({
  entry_id: "E1",
  fund: "resident",
  admdvs: "620725",
  kind: "expense",
  subject: "benefit",
  amount,
  book_date: "2024-03-10",
  updt_time: updt,
});
const enrolled = (persons: number, updt: string) => ({
  as_of: "2024-03-01",
  admdvs: "620725",
  insurance: "resident",
  persons,
  updt_time: updt,
});

/**
 * Residents' March at close: seven bills of 100 and a stay of 1000, 8 visits and persons, fee 1700, three
 * fifths of it (1020) from the pool. At H1 (tier 2) 500 and the stay, at H2 (tier 1) 100, at H3 100.
 */
const BEFORE = [
  bill("S1"),
  bill("S2"),
  bill("S3", { fixmedins_code: "H2" }),
  bill("S6"),
  bill("S7"),
  bill("S8"),
  bill("S9", { fixmedins_code: "H3" }),
  bill("T1", { yuan: 1000, ...stay }),
  bill("A1", { setl_time: "2024-04-03 10:00:00" }),
  bill("A2", { setl_time: "2024-05-30 10:00:00" }),
];
/**
 * What comes after: S5 is late (+50, pool 10), S1 is 120 (+20), S2 is of April (−100), S3 is refunded (−100),
 * S6 and S9 count no more (−200), S7 was at H2 (H1 −100, H2 +100), S8 is an employee's (−100). Left: S1 120,
 * S3 100 − 100, S5 50, S7 100, the stay 1000: fee 1270, pool 72 + 0 + 10 + 60 + 600 = 742, 4 visits and persons.
 */
const AFTER = [
  bill("S5", { yuan: 50, pool: 10 }),
  bill("S1", { yuan: 120, ...LATER }),
  bill("S2", { setl_time: "2024-04-05 10:00:00", ...LATER }),
  refund("R1", "S3", {
    fixmedins_code: "H2",
    setl_time: "2024-03-20 10:00:00",
    inscp_scp_amt: "-100.00",
    ...LATER,
  }),
  bill("S6", { vali_flag: "0", ...LATER }),
  bill("S7", { fixmedins_code: "H2", ...LATER }),
  bill("S8", { insutype: "310", ...LATER }),
  bill("S9", { vali_flag: "0", ...LATER }),
];

type Row = Record<string, unknown>;

describe("a month that changes after its close", () => {
  const w = new Workspace({ groupings: GROUPINGS, personGroupings: GROUPINGS });
  const SELECT = `SELECT insurance, grouping, coalesce(tier, facility, '') AS line, indicator,
    value::DOUBLE AS value, reported::DOUBLE AS reported, status FROM indicators WHERE period = '2024-03'`;
  let rows: Row[];
  const read = async (): Promise<void> => {
    rows = await w.query(SELECT);
  };
  const at = (insurance: string, grouping: string, line: string, indicator: string): unknown[] => {
    const found = rows.filter(
      (r) =>
        r.insurance === insurance && r.grouping === grouping && r.line === line && r.indicator === indicator,
    );
    expect(found.length).toBeLessThanOrEqual(1);
    const [row] = found;
    return row ? [row.value, row.reported, row.status] : [];
  };

  beforeAll(async () => {
    w.reference("facilities", FACILITIES);
    w.put("settlement-1.ndjson", BEFORE);
    w.put("fund-entry-1.ndjson", [expense("500.00", "2024-03-11 00:00:00")]);
    w.put("enrolment-1.ndjson", [enrolled(1000, "2024-03-11 00:00:00")]);
    await w.drain(NOW);
    const closed = await w.engine((e) => e.close("2024-03", { force: false }), NOW);
    expect(closed).toMatchObject({ outcome: "closed", problems: [], version: 2 });
    await read();
  }, 120_000);
  afterAll(() => w.remove());

  test("reads as reported right after the close", () => {
    expect(at("resident", "total", "", "fee")).toEqual([1700, 1700, "closed"]);
    expect(at("resident", "total", "", "reimb_rate")).toEqual([0.6, 0.6, "closed"]);
    expect(at("employee", "total", "", "fee")).toEqual([]);
    expect(new Set(rows.map((r) => r.status))).toEqual(new Set(["closed"]));
  });

  test("other periods stay open", async () => {
    const open = await w.query(
      "SELECT DISTINCT status, reported FROM indicators WHERE period IN ('2024-04', '2024Q1', '2024-03-05')",
    );
    expect(open).toEqual([{ status: "open", reported: null }]);
  });

  test("keeps what was reported beside what is, after late bills, refunds and corrections", async () => {
    w.put("settlement-2.ndjson", AFTER);
    w.put("fund-entry-2.ndjson", [expense("450.00", "2024-06-01 00:00:00")]);
    w.put("enrolment-2.ndjson", [enrolled(800, "2024-06-01 00:00:00")]);
    await w.drain(NOW);
    await read();
    expect(at("resident", "total", "", "fee")).toEqual([1270, 1700, "restated"]);
    expect(at("resident", "total", "", "visits")).toEqual([4, 8, "restated"]);
    expect(at("resident", "total", "", "persons")).toEqual([4, 8, "restated"]);
    expect(at("resident", "total", "", "reimbursed")).toEqual([742, 1020, "restated"]);
    expect(at("resident", "total", "", "reimb_rate")).toEqual([0.584252, 0.6, "restated"]);
    expect(at("all", "total", "", "fee")).toEqual([1370, 1700, "restated"]);
    // An insurance that had nothing at close.
    expect(at("employee", "total", "", "fee")).toEqual([100, 0, "restated"]);
    expect(at("employee", "total", "", "persons")).toEqual([1, 0, "restated"]);
    expect(at("employee", "total", "", "reimb_rate")).toEqual([0.6, null, "restated"]);
    expect(at("employee", "total", "", "avg_bed_days")).toEqual([0, null, "restated"]);
    // A facility of which nothing is left.
    const h3 = rows.filter((r) => r.line === "H3" && r.insurance === "resident");
    expect(h3.find((r) => r.indicator === "fee")).toMatchObject({ value: 0, reported: 100 });
    expect(h3.find((r) => r.indicator === "avg_fee")).toMatchObject({
      value: null,
      reported: 100,
      status: "restated",
    });
    const tier = (line: string, indicator: string): Row | undefined =>
      rows.find(
        (r) =>
          r.insurance === "resident" &&
          r.grouping === "care+tier" &&
          r.line === line &&
          r.indicator === indicator &&
          r.reported !== 1000,
      );
    // 200 of S3 and S7, less the refund: the sum is the same, its share of the whole is not.
    expect(tier("1", "fee")).toMatchObject({ value: 100, reported: 100, status: "closed" });
    expect(tier("1", "share_fee")).toMatchObject({ value: 0.07874, reported: 0.058824, status: "restated" });
  });

  test("a wide row has the reported figures beside, and its status is that of its figures", async () => {
    const measures = ["visits", "fee", "pool_paid", "persons", "reimb_rate", "share_fee"];
    for (const table of ["inpatient", "outpatient", "fund_spend"]) {
      const said =
        table === "fund_spend" ? `grouping IN ('total', 'care', 'care+category')` : `care = '${table}'`;
      const wide = await w.query(
        `UNPIVOT (SELECT period, insurance, grouping, coalesce(tier, facility, flow, category, care_group, care, '') AS line,
          ${measures.map((m) => `${m}_reported::DECIMAL(24, 6) AS ${m}`).join(", ")} FROM ${table} WHERE period = '2024-03')
          ON ${measures.join(", ")} INTO NAME indicator VALUE reported ORDER BY ALL`,
      );
      const long = await w.query(
        `SELECT period, insurance, grouping, coalesce(tier, facility, flow, category, care_group, care, '') AS line, indicator,
          reported FROM indicators WHERE period = '2024-03' AND ${said} AND reported IS NOT NULL
          AND indicator IN (${measures.map((m) => `'${m}'`).join(", ")}) ORDER BY ALL`,
      );
      expect(wide.length).toBeGreaterThan(10);
      expect(wide).toEqual(long);
    }
    const status = await w.query(`SELECT DISTINCT coalesce(facility, care) AS line, status, fee_reported
      FROM outpatient WHERE period = '2024-03' AND insurance = 'resident' AND grouping IN ('care', 'care+facility')
      ORDER BY line`);
    expect(status).toEqual([
      { line: "H1", status: "restated", fee_reported: "500.00" },
      { line: "H2", status: "restated", fee_reported: "100.00" },
      { line: "H3", status: "restated", fee_reported: "100.00" },
      { line: "outpatient", status: "restated", fee_reported: "700.00" },
    ]);
    // Its sums are the same, its shares are not: as in `indicators`.
    expect(
      await w.query(`SELECT fee, fee_reported, share_fee_reported, status FROM outpatient
        WHERE period = '2024-03' AND insurance = 'resident' AND tier = '1'`),
    ).toEqual([
      { fee: "100.00", fee_reported: "100.00", share_fee_reported: "0.058824", status: "restated" },
    ]);
    expect(
      await w.query("SELECT DISTINCT status, fee_reported FROM outpatient WHERE period = '2024-04'"),
    ).toEqual([{ status: "open", fee_reported: null }]);
    expect(
      await w.query(`SELECT fund_zh, expense, expense_reported, status FROM fund_account
        WHERE period = '2024-03' AND insurance = 'resident' AND grouping = 'fund' AND fund = 'resident'`),
    ).toEqual([{ fund_zh: "居民基金", expense: "450.00", expense_reported: "500.00", status: "restated" }]);
    expect(
      await w.query(`SELECT insurance_zh, care_zh, tier_zh FROM inpatient WHERE period = '2024-03' AND tier = '2'
        AND insurance = 'resident'`),
    ).toEqual([{ insurance_zh: "居民医保", care_zh: "住院", tier_zh: "二级医疗机构" }]);
  });

  test("the rate of admissions stands over those who were enrolled at close", async () => {
    const rate = await w.query(
      `SELECT value::DOUBLE AS value, reported::DOUBLE AS reported FROM indicators WHERE period = '2024-03'
        AND grouping = 'care' AND care = 'inpatient' AND insurance = 'resident' AND indicator = 'hospitalization_rate'`,
    );
    expect(rate).toEqual([{ value: 0.00125, reported: 0.001 }]);
    const [restated] = await w.query(
      "SELECT records FROM restatement WHERE indicator = 'hospitalization_rate' AND insurance = 'resident' AND grouping = 'care'",
    );
    expect(restated?.records).toEqual(["2024-03-01|620725|resident|all|all"]);
  });

  test("given figures are restated by the records that corrected them", async () => {
    const given = await w.query(
      `SELECT indicator, old_value::DOUBLE AS old, new_value::DOUBLE AS new, delta::DOUBLE AS delta, causes, records
       FROM restatement WHERE fund = 'resident' AND grouping = 'fund' AND insurance = 'resident' ORDER BY indicator`,
    );
    expect(given.filter((r) => ["expense", "settled_expense"].includes(String(r.indicator)))).toEqual([
      { indicator: "expense", old: 500, new: 450, delta: -50, causes: ["correction"], records: ["E1"] },
      expect.objectContaining({ indicator: "settled_expense", old: 1020, new: 742, delta: -278 }),
    ]);
    const persons = await w.query(
      "SELECT old_value::INT AS old, new_value::INT AS new, causes, records FROM restatement WHERE indicator = 'enrolled' AND grouping = 'total' AND insurance = 'resident'",
    );
    expect(persons).toEqual([
      { old: 1000, new: 800, causes: ["correction"], records: ["2024-03-01|620725|resident|all|all"] },
    ]);
  });

  test("every change is listed once, with its cause, in the detail file", async () => {
    const causes = await w.queryDetail(
      `SELECT setl_id, cause, visits::INT AS visits, fee::DOUBLE AS fee, insurance, facility FROM closed_change
       WHERE month = '2024-03' ORDER BY setl_id, fee`,
      NOW,
    );
    const line = (
      setl_id: string,
      cause: string,
      visits: number,
      fee: number,
      insurance = "resident",
      facility = "H1",
    ) => ({
      ...{ setl_id, cause, visits, fee, insurance, facility },
    });
    expect(causes).toEqual([
      line("R1", "refund", -1, -100, "resident", "H2"),
      line("S1", "correction", -1, -100),
      line("S1", "correction", 1, 120),
      line("S2", "correction", -1, -100),
      line("S5", "late", 1, 50),
      line("S6", "withdrawn", -1, -100),
      line("S7", "correction", -1, -100),
      line("S7", "correction", 1, 100, "resident", "H2"),
      line("S8", "correction", -1, -100),
      line("S8", "correction", 1, 100, "employee"),
      line("S9", "withdrawn", -1, -100, "resident", "H3"),
    ]);
  });

  test("no bill is named in a file that anybody may read: what changed is summed by cause and cell", async () => {
    const summed = await w.query(
      `SELECT cause, settlements::INT AS n, visits::INT AS visits, fee::DOUBLE AS fee, insurance, facility FROM restatement_cause
       WHERE period = '2024-03' AND record_key IS NULL ORDER BY cause, insurance, facility`,
    );
    const line = (
      cause: string,
      n: number,
      visits: number,
      fee: number,
      insurance = "resident",
      facility = "H1",
    ) => ({
      ...{ cause, n, visits, fee, insurance, facility },
    });
    expect(summed).toEqual([
      line("correction", 1, 1, 100, "employee"),
      line("correction", 5, -3, -280),
      line("correction", 1, 1, 100, "resident", "H2"),
      line("late", 1, 1, 50),
      line("refund", 1, -1, -100, "resident", "H2"),
      line("withdrawn", 1, -1, -100),
      line("withdrawn", 1, -1, -100, "resident", "H3"),
    ]);
    // Views have what the tables have; warnings and refunds without their original are lists of records by their nature.
    const naming = async (query: (sql: string) => Promise<Row[]>): Promise<unknown[]> => {
      const texts = await query(
        `SELECT schema_name || '."' || table_name || '"' AS name, list('"' || column_name || '"::VARCHAR') AS columns
         FROM duckdb_columns() c WHERE database_name = 'a' AND data_type LIKE 'VARCHAR%' AND table_name NOT LIKE 'quality_%'
           AND EXISTS (FROM duckdb_tables() t WHERE t.database_name = 'a' AND t.table_name = c.table_name) GROUP BY ALL`,
      );
      expect(texts.length).toBeGreaterThan(10);
      const places = texts.map(
        ({ name, columns }) => `SELECT '${name}' AS place FROM ${name}
          WHERE regexp_matches(concat_ws(' ', ${(columns as string[]).join(", ")}), '(^|\\W)[SR]\\d+(\\W|$)')`,
      );
      return (await query(places.join(" UNION "))).map(({ place }) => place);
    };
    expect(await naming((sql) => w.query(sql))).toEqual([]);
    // Where bills stand, the same search finds them.
    expect(await naming((sql) => w.queryDetail(sql, NOW))).toContain('main."closed_change"');
  });

  test("a restatement tells its causes, and their changes come to its delta", async () => {
    const [fee] = await w.query(
      `SELECT old_value::DOUBLE AS old, new_value::DOUBLE AS new, delta::DOUBLE AS delta, causes, records,
         cause_count::INT AS n, restated_at FROM restatement
       WHERE period = '2024-03' AND grouping = 'total' AND insurance = 'resident' AND indicator = 'fee'`,
    );
    expect(fee).toMatchObject({ old: 1700, new: 1270, delta: -430, n: 10 });
    expect([fee?.causes, fee?.records]).toEqual([["correction", "late", "refund", "withdrawn"], []]);
    expect(fee?.restated_at).toBe("2024-06-15 08:00:00");
    const differ = await w.query(
      `SELECT r.insurance, r.facility, r.delta, sum(c.fee) AS caused
       FROM restatement r JOIN restatement_cause c ON c.period = r.period AND c.facility = r.facility AND c.care = r.care
         AND (r.insurance = 'all' OR c.insurance = r.insurance)
       WHERE r.grouping = 'care+facility' AND r.indicator = 'fee' GROUP BY ALL HAVING delta <> caused`,
    );
    expect(differ).toEqual([]);
    // A share changes with the whole that it is a part of.
    const [share] = await w.query(
      `SELECT causes, cause_count::INT AS n FROM restatement WHERE grouping = 'care+tier' AND tier = '1'
        AND insurance = 'resident' AND indicator = 'share_fee' AND care = 'outpatient'`,
    );
    expect(share).toEqual({ causes: ["correction", "late", "refund", "withdrawn"], n: 10 });
  });

  test("closing again changes nothing and says since when, and how much was restated", async () => {
    const counted = await w.query("SELECT count(*)::INT AS n FROM restatement WHERE period = '2024-03'");
    for (const force of [false, true]) {
      const again = await w.engine((e) => e.close("2024-03", { force }), NOW);
      expect(again).toMatchObject({ outcome: "already_closed", closedAt: NOW(), version: 2 });
      expect(again.restated).toBe(counted[0]?.n);
    }
    expect(await w.query("SELECT version::INT AS v, restated::INT AS n, forced FROM closed_period")).toEqual([
      { v: 2, n: counted[0]?.n, forced: false },
    ]);
  });

  test("another tier of a facility restates what it had been reported under", async () => {
    w.reference("facilities", FACILITIES.replace("H2,620725,1", "H2,620725,3"));
    await w.drain(NOW);
    const tiers = await w.query(
      `SELECT tier, value::DOUBLE AS value, reported::DOUBLE AS reported FROM indicators WHERE period = '2024-03'
        AND grouping = 'care+tier' AND insurance = 'resident' AND indicator = 'fee' AND care = 'outpatient' ORDER BY tier`,
    );
    expect(tiers).toEqual([
      { tier: "1", value: 0, reported: 100 },
      { tier: "2", value: 170, reported: 500 },
      { tier: "3", value: 100, reported: 100 },
    ]);
    const moved = await w.queryDetail(
      "SELECT setl_id, tier, fee::DOUBLE AS fee, stream FROM closed_change WHERE cause = 'facility' ORDER BY setl_id, tier",
      NOW,
    );
    const line = (setl_id: string, tier: string, fee: number) => ({ setl_id, tier, fee, stream: "facility" });
    expect(moved).toEqual([
      line("R1", "1", 100),
      line("R1", "3", -100),
      line("S3", "1", -100),
      line("S3", "3", 100),
      line("S7", "1", -100),
      line("S7", "3", 100),
    ]);
  });

  test("survives the loss of everything published, and is shown under a later version", async () => {
    const shown = (): Promise<Row[]> =>
      w.query(
        `SELECT insurance, grouping, care, tier, facility, fund, indicator, value, reported, status FROM indicators
         WHERE period = '2024-03' ORDER BY ALL`,
      );
    const restated = (): Promise<Row[]> => w.query("FROM restatement ORDER BY ALL");
    const before = [await shown(), await restated()];
    for (const folder of ["published", "work"]) rmSync(join(w.data, folder), { recursive: true });
    await w.drain(NOW);
    expect([await shown(), await restated()]).toEqual(before);
    const [version] = await w.query("SELECT version::INT AS v FROM snapshot");
    expect(Number(version?.v)).toBeGreaterThan(2);
  });

  test("a rebuild under other care groups and without a grouping keeps what was reported", {
    tags: "long",
  }, async () => {
    w.configure({
      groupings: GROUPINGS.filter((g) => g !== "care+facility"),
      personGroupings: ["total"],
      careGroups: [{ name: "市内", when: { region: ["county", "city"] } }],
      reimbursed: ["pool_paid", "account_paid"],
    });
    await w.engine((e) => e.rebuild(() => {}), NOW);
    await read();
    expect(at("resident", "total", "", "fee")).toEqual([1270, 1700, "restated"]);
    expect(rows.filter((r) => r.grouping === "care+facility")).toEqual([]);
    const groups = await w.query(
      `SELECT care_group, value::DOUBLE AS value, reported::DOUBLE AS reported FROM indicators WHERE period = '2024-03'
        AND grouping = 'care+care_group' AND insurance = 'resident' AND indicator = 'fee' AND care = 'outpatient' ORDER BY care_group`,
    );
    expect(groups).toEqual([
      { care_group: "unknown", value: 0, reported: 700 },
      { care_group: "市内", value: 270, reported: 0 },
    ]);
    const rules = await w.query(
      "SELECT care_group, sum(fee)::DOUBLE AS fee FROM restatement_cause WHERE cause = 'rules' AND insurance = 'resident' AND care = 'outpatient' GROUP BY care_group ORDER BY care_group",
    );
    expect(rules).toEqual([
      { care_group: "unknown", fee: -270 },
      { care_group: "市内", fee: 270 },
    ]);
  });
});

test("what had data only a year before the close is reported as nothing, not restated", {
  tags: "long",
  timeout: 120_000,
}, async () => {
  const w = new Workspace({ groupings: GROUPINGS, personGroupings: GROUPINGS });
  w.reference("facilities", FACILITIES);
  w.put("settlement-1.ndjson", [
    bill("P1", { setl_time: "2023-03-05 10:00:00", med_type: "14" }),
    bill("P2", { setl_time: "2023-03-05 10:00:00", insutype: "310" }),
    ...BEFORE,
  ]);
  await w.drain(NOW);
  await w.engine((e) => e.close("2024-03", { force: false }), NOW);
  const chronic = (): Promise<Row[]> =>
    w.query(`SELECT indicator, value::DOUBLE AS value, reported::DOUBLE AS reported, status FROM indicators
      WHERE period = '2024-03' AND insurance = 'resident' AND category = '门诊慢特病'
        AND indicator IN ('fee', 'share_fee', 'avg_fee') ORDER BY indicator`);
  expect(await chronic()).toEqual([
    { indicator: "avg_fee", value: null, reported: null, status: "closed" },
    { indicator: "fee", value: 0, reported: 0, status: "closed" },
    { indicator: "share_fee", value: 0, reported: 0, status: "closed" },
  ]);
  expect(await w.query("SELECT * FROM restatement")).toEqual([]);

  // 100 of 1800: the share was 0, of which the close kept the whole.
  w.put("settlement-2.ndjson", [bill("S20", { med_type: "14" })]);
  await w.drain(NOW);
  expect(await chronic()).toEqual([
    { indicator: "avg_fee", value: 100, reported: null, status: "restated" },
    { indicator: "fee", value: 100, reported: 0, status: "restated" },
    { indicator: "share_fee", value: 0.055556, reported: 0, status: "restated" },
  ]);
  w.remove();
});

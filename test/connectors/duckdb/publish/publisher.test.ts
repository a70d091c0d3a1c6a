import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import type { Figure } from "../../../../connectors/ports/publisher.js";
import { day, dayNumber, group, month, persons, publishInput, testConfig } from "../../../support/publish.js";

let dataDir: string;
let publisher: DuckDbPublisher;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "fundpulse-publish-"));
  publisher = new DuckDbPublisher({ dataDir, config: testConfig() });
  await publisher.open("state");
});
afterEach(async () => {
  await publisher.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(publisher.publishedPath, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const figure = (more: Partial<Figure>): Figure => ({
  period: "2024H1",
  insurance: "resident",
  grouping: "total",
  dimensions: {},
  other: null,
  indicator: "enrolled",
  unit: "person",
  value: "1000",
  previous: "900",
  ...more,
});

const GROUPS = [
  group(0, "resident"),
  group(1, "resident", { care: "inpatient" }),
  group(2, "resident", { care: "inpatient", category: "普通住院" }),
  group(3, "resident", { care: "inpatient", category: "普通住院", tier: "3" }),
  group(4, "resident", { care: "inpatient", district: "620725" }),
  group(5, "resident", { care: "outpatient" }),
];

const pick = (indicator: string, where: string): Promise<Record<string, unknown>[]> =>
  query(`SELECT value, previous, change, change_pct, unit FROM indicators
    WHERE indicator = '${indicator}' AND ${where}`);

describe("figures", () => {
  test("a half-year adds its months, last year's stands beside, ratios come from unrounded yuan", async () => {
    await publisher.publish(
      publishInput({
        newGroups: GROUPS,
        months: [
          // 2023: 3 visits, 100.01 yuan; 2024: 1 + 2 visits, 33.34 + 66.66 = 100.00 yuan, 61.84 reimbursed.
          month("2023-02", { 0: { visits: 3, fee: 10001 }, 1: { visits: 3, fee: 10001, reimbursed: 5000 } }),
          month("2024-01", { 0: { visits: 4, fee: 20000 }, 1: { visits: 1, fee: 3334, reimbursed: 2000 } }),
          month("2024-05", { 1: { visits: 2, fee: 6666, reimbursed: 4184 } }),
        ],
        persons: [persons("2024H1", { 1: 2 }), persons("2023H1", { 1: 3 })],
      }),
    );
    const where = "period = '2024H1' AND insurance = 'resident' AND \"grouping\" = 'care'";
    expect(await pick("fee", where)).toEqual([
      {
        value: "100.000000",
        previous: "100.010000",
        change: "-0.010000",
        change_pct: "-0.000100",
        unit: "yuan",
      },
    ]);
    expect(await pick("visits", where)).toMatchObject([{ value: "3.000000", previous: "3.000000" }]);
    // 100.00 / 3 = 33.333333…; 100.01 / 3 = 33.336666…; (10000 − 10001) / 10001 = −0.00009999
    expect(await pick("avg_fee", where)).toEqual([
      {
        value: "33.333333",
        previous: "33.336667",
        change: "-0.003334",
        change_pct: "-0.000100",
        unit: "yuan/visit",
      },
    ]);
    // 61.84 / 100.00; 50.00 / 100.01 = 0.49995000…; 0.6184 × 100.01 / 50 − 1 = 0.236923…(68)
    expect(await pick("reimb_rate", where)).toEqual([
      {
        value: "0.618400",
        previous: "0.499950",
        change: "0.118450",
        change_pct: "0.236924",
        unit: "fraction",
      },
    ]);
    expect(await pick("visits_per_person", where)).toMatchObject([
      { value: "1.500000", previous: "1.000000", unit: "visit/person" },
    ]);
    // 3 of 4 visits, 100 of 200 yuan.
    expect(await pick("share_visits", where)).toMatchObject([{ value: "0.750000", previous: "1.000000" }]);
    expect(await pick("share_fee", where)).toMatchObject([{ value: "0.500000", previous: "1.000000" }]);
    expect(await pick("reimb_rate_in_scope", where)).toMatchObject([{ value: null, previous: null }]);
    expect(
      await query(`SELECT fee, fee_previous, avg_fee, reimb_rate, reimb_rate_change_pct, persons, typeof(fee) AS tf,
        typeof(reimb_rate) AS tr, typeof(visits) AS tv FROM inpatient WHERE period = '2024H1'`),
    ).toEqual([
      {
        fee: "100.00",
        fee_previous: "100.01",
        avg_fee: "33.33",
        reimb_rate: "0.618400",
        reimb_rate_change_pct: "0.236924",
        persons: "2",
        tf: "DECIMAL(18,2)",
        tr: "DECIMAL(18,6)",
        tv: "BIGINT",
      },
    ]);
  });

  test("halves are rounded away from zero, also below zero", async () => {
    await publisher.publish(
      publishInput({
        newGroups: GROUPS,
        months: [
          month("2024-01", { 1: { visits: 64, bed_days: 1 }, 5: { visits: 64, bed_days: -1 } }),
          month("2024-02", { 1: { visits: 2_000_000, bed_days: 1 }, 5: { visits: 2_000_000, bed_days: -1 } }),
        ],
      }),
    );
    const values = await query(
      "SELECT period, care, value FROM indicators WHERE indicator = 'avg_bed_days' AND period_kind = 'month' AND value <> 0 ORDER BY ALL",
    );
    expect(values).toEqual([
      { period: "2024-01", care: "inpatient", value: "0.015625" },
      { period: "2024-01", care: "outpatient", value: "-0.015625" },
      { period: "2024-02", care: "inpatient", value: "0.000001" },
      { period: "2024-02", care: "outpatient", value: "-0.000001" },
    ]);
  });

  test("a row with data only last year stands with 0; before the data `previous` is NULL", async () => {
    await publisher.publish(
      publishInput({
        newGroups: GROUPS,
        firstDataDay: dayNumber("2023-03-15"),
        lastDataDay: dayNumber("2024-04-02"),
        months: [month("2023-03", { 1: { visits: 5 } }), month("2024-02", { 1: { visits: 7 } })],
      }),
    );
    const visits = await query(
      "SELECT period, value, previous, change_pct FROM indicators WHERE indicator = 'visits' ORDER BY period",
    );
    const of = (period: string): unknown => visits.find((v) => v.period === period);
    expect(of("2024-03")).toEqual({
      period: "2024-03",
      value: "0.000000",
      previous: "5.000000",
      change_pct: "-1.000000",
    });
    // February 2023 ends before the first day with data; the first quarter of 2023 does not.
    expect(of("2024-02")).toEqual({ period: "2024-02", value: "7.000000", previous: null, change_pct: null });
    expect(of("2024Q1")).toEqual({
      period: "2024Q1",
      value: "7.000000",
      previous: "5.000000",
      change_pct: "0.400000",
    });
    expect(of("2023")).toMatchObject({ previous: null });
    // Periods run up to the one that holds the last day.
    expect(visits.map((v) => v.period)).toEqual([
      ...["2023", "2023-03", "2023H1", "2023Q1"],
      ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((m) => `2023YTD${String(m).padStart(2, "0")}`),
      ...["2024", "2024-02", "2024-03", "2024H1", "2024Q1", "2024YTD02", "2024YTD03", "2024YTD04"],
    ]);
  });

  test("persons have no row in groupings that do not count them, nor days", async () => {
    await publisher.publish(
      publishInput({
        newGroups: GROUPS,
        months: [month("2024-06", { 1: { visits: 1 }, 3: { visits: 1 } })],
        days: [day("2024-06-30", { 1: { visits: 1 } })],
        persons: [persons("2024-06", { 1: 1 })],
      }),
    );
    expect(
      await query(
        `SELECT DISTINCT "grouping", period_kind FROM indicators WHERE indicator = 'persons' AND period LIKE '2024%' ORDER BY ALL`,
      ),
    ).toEqual(["half", "month", "quarter", "year", "ytd"].map((k) => ({ grouping: "care", period_kind: k })));
    expect(
      await query("SELECT value FROM indicators WHERE indicator = 'visits' AND period = '2024-06-30'"),
    ).toEqual([{ value: "1.000000" }]);
  });

  test("the admission rate stands over the persons enrolled in the insurance, the district, the group", async () => {
    await publisher.publish(
      publishInput({
        newGroups: [...GROUPS, group(6, "all", { care: "inpatient" })],
        months: [
          month("2024-06", { 1: { visits: 120 }, 4: { visits: 30 }, 5: { visits: 9 }, 6: { visits: 120 } }),
        ],
        figures: [
          figure({}),
          figure({ insurance: "employee", value: "200", previous: "100" }),
          figure({ grouping: "district", dimensions: { district: "620725" }, value: "600", previous: null }),
        ],
      }),
    );
    expect(
      await query(`SELECT insurance, "grouping", value FROM indicators
        WHERE indicator = 'hospitalization_rate' AND period = '2024H1' ORDER BY ALL`),
    ).toEqual([
      { insurance: "all", grouping: "care", value: "0.100000" },
      { insurance: "resident", grouping: "care", value: "0.120000" },
      { insurance: "resident", grouping: "care+district", value: "0.050000" },
    ]);
    expect(
      await query(
        "SELECT enrolled, enrolled_previous, enrolled_change_pct FROM enrolment WHERE insurance = 'resident' AND district IS NULL",
      ),
    ).toEqual([{ enrolled: "1000", enrolled_previous: "900", enrolled_change_pct: "0.111111" }]);
  });

  test("days stand as long as they are kept, 29 February has no year before", async () => {
    await publisher.close();
    publisher = new DuckDbPublisher({
      dataDir,
      config: testConfig({ periods: { keepDays: 3, keepFacilityDays: 1 } }),
    });
    await publisher.open("state");
    await publisher.publish(
      publishInput({
        lastDataDay: dayNumber("2024-03-01"),
        newGroups: [...GROUPS, group(6, "resident", { care: "inpatient", facility: "H1" })],
        days: [
          day("2023-02-28", { 1: { visits: 2 }, 6: { visits: 2 } }),
          day("2023-03-01", { 1: { visits: 3 }, 6: { visits: 3 } }),
          ...["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"].map((d) =>
            day(d, { 1: { visits: 4 }, 6: { visits: 4 } }),
          ),
        ],
      }),
    );
    expect(
      await query(
        `SELECT period, "grouping", value, previous FROM indicators WHERE indicator = 'visits' ORDER BY ALL`,
      ),
    ).toEqual([
      { period: "2024-02-28", grouping: "care", value: "4.000000", previous: "2.000000" },
      { period: "2024-02-29", grouping: "care", value: "4.000000", previous: null },
      { period: "2024-03-01", grouping: "care", value: "4.000000", previous: "3.000000" },
      { period: "2024-03-01", grouping: "care+facility", value: "4.000000", previous: "3.000000" },
    ]);
  });
});

describe("increments", () => {
  test("publishing month by month equals publishing everything at once", async () => {
    const all = [
      month("2023-01", { 0: { visits: 1, fee: 100 }, 1: { visits: 1, fee: 100 } }),
      month("2023-11", { 0: { visits: 2, fee: 200 } }),
      month("2024-01", { 0: { visits: 3, fee: 300 }, 5: { visits: 3, fee: 300 } }),
      month("2024-02", { 1: { visits: 4, fee: 400 } }),
    ];
    const counts = [persons("2023H1", { 0: 1 }), persons("2023", { 0: 2 }), persons("2024", { 0: 3 })];
    const dump = async (): Promise<string[]> =>
      (await query("SELECT * EXCLUDE (other) FROM indicators ORDER BY ALL")).map((r) => JSON.stringify(r));
    await publisher.publish(publishInput({ newGroups: GROUPS, months: all, persons: counts }));
    const whole = await dump();
    await publisher.publish(
      publishInput({
        newGroups: GROUPS.slice(0, 2),
        lastDataDay: dayNumber("2023-01-20"),
        months: [month("2023-01", { 0: { visits: 9 } })],
        persons: [persons("2023", { 0: 9 })],
      }),
    );
    // Out of order; the last day moves on, back and on again, and a month is replaced.
    for (const [i, last] of [
      [3, "2024-08-01"],
      [0, "2023-12-31"],
      [2, "2024-06-30"],
      [1, "2024-06-30"],
    ] as const) {
      await publisher.publish(
        publishInput({
          full: false,
          newGroups: GROUPS.slice(1),
          lastDataDay: dayNumber(last),
          months: [all[i]!, ...(i === 0 ? [month("2024-02", {})] : []), ...(i === 2 ? [all[3]!] : [])],
          persons: i === 1 ? counts : [],
        }),
      );
    }
    expect(await dump()).toEqual(whole);
  });

  test("writing the working file anew changes nothing that is published", async () => {
    await publisher.close();
    publisher = new DuckDbPublisher({ dataDir, config: testConfig(), compactFactor: 0 });
    await publisher.open("state");
    const dump = (): Promise<unknown> =>
      query("SELECT count(*) AS n, sum(value) AS v, sum(previous) AS p FROM indicators");
    await publisher.publish(
      publishInput({
        newGroups: GROUPS,
        months: [month("2023-02", { 1: { visits: 3 } }), month("2024-02", { 1: { visits: 4 } })],
        figures: [figure({})],
      }),
    );
    const before = await dump();
    for (let n = 2; n < 5; n++) {
      expect(
        await publisher.publish(
          publishInput({ full: false, months: [month("2024-02", { 1: { visits: 4 } })] }),
        ),
      ).toBe(n);
      expect(await dump()).toEqual(before);
    }
    expect(await publisher.open("state")).toMatchObject({ version: 4 });
    expect(
      await query("SELECT count(*) AS n FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"),
    ).toEqual([{ n: "0" }]);
  });

  test("a restart goes on with the sequence, version and days of the last publish", async () => {
    expect(await publisher.publish(publishInput({ sequence: 41 }))).toBe(1);
    const days = { firstDataDay: dayNumber("2023-01-01"), lastDataDay: dayNumber("2024-06-12") };
    expect(await publisher.publish(publishInput({ full: false, sequence: 42, ...days }))).toBe(2);
    await publisher.close();
    rmSync(publisher.publishedPath);
    const span = { firstDay: days.firstDataDay, lastDay: days.lastDataDay };
    expect(await publisher.open("state")).toEqual({ sequence: 42, version: 2, span, stateId: "state" });
    // The copy that a crash may have prevented is made up for.
    expect(await query("SELECT version FROM snapshot")).toEqual([{ version: "2" }]);
    expect(await publisher.publish(publishInput({ full: false, sequence: 43 }))).toBe(3);
  });

  test("a start puts back what another file under the same number took the place of", {
    tags: "long",
    timeout: 120_000,
  }, async () => {
    const visits = () => query("SELECT sum(visits)::INT AS n FROM inpatient WHERE grouping = 'care'");
    const input = (n: number) =>
      publishInput({ newGroups: GROUPS, months: [month("2024-01", { 1: { visits: n } })], sequence: 41 });
    await publisher.publish(input(7));
    const right = await visits();
    const { firstDataDay: firstDay, lastDataDay: lastDay } = input(7);
    const open = { sequence: 41, version: 1, span: { firstDay, lastDay }, stateId: "state" };
    // Of another state, and of this one's other cut; both are version 1.
    for (const [state, sequence] of [
      ["another", 41],
      ["state", 40],
    ] as const) {
      const folder = mkdtempSync(join(tmpdir(), "fundpulse-publish-"));
      const other = new DuckDbPublisher({ dataDir: folder, config: testConfig() });
      await other.open(state);
      await other.publish({ ...input(3), sequence });
      await other.close();
      await publisher.close();
      copyFileSync(other.publishedPath, publisher.publishedPath);
      rmSync(folder, { recursive: true });
      expect(await visits()).not.toEqual(right);
      expect(await publisher.open("state")).toEqual(open);
      expect(await visits()).toEqual(right);
    }
  });

  test("a lost or damaged working file, or another state, needs a full publish; versions still rise", async () => {
    const { writeFileSync } = await import("node:fs");
    await publisher.publish(
      publishInput({ newGroups: GROUPS, months: [month("2024-01", { 0: { visits: 1 } })] }),
    );
    for (const corrupt of [
      () => rmSync(publisher.workPath),
      () => writeFileSync(publisher.workPath, "not a database"),
      () => undefined,
    ]) {
      await publisher.close();
      corrupt();
      const other = corrupt.toString().includes("undefined");
      const before = Number((await query("SELECT version FROM snapshot"))[0]!.version);
      expect(await publisher.open(other ? "another" : "state")).toBeNull();
      await expect(publisher.publish(publishInput({ full: false }))).rejects.toThrow(/FP4001/);
      expect(await query("SELECT version FROM snapshot")).toEqual([{ version: String(before) }]);
      expect(await publisher.publish(publishInput({ newGroups: GROUPS }))).toBe(before + 1);
    }
  });

  test("a publish that fails leaves the published file and a working file that can go on", async () => {
    await publisher.publish(
      publishInput({ newGroups: GROUPS, months: [month("2024-01", { 0: { visits: 1 } })] }),
    );
    const broken = publishInput({
      full: false,
      months: [month("2024-02", { 0: { visits: 1 } })],
      unmapped: [{ kind: "facility", code: "H", records: 1, fee: "not a number", blocks_close: true }],
    });
    await expect(publisher.publish(broken)).rejects.toThrow(/FP4001/);
    expect(await query("SELECT version FROM snapshot")).toEqual([{ version: "1" }]);
    await publisher.publish(publishInput({ full: false, months: [month("2024-02", { 0: { visits: 5 } })] }));
    expect(
      await query("SELECT value FROM indicators WHERE indicator = 'visits' AND period = '2024Q1'"),
    ).toEqual([{ value: "6.000000" }]);
  });
});

describe("what stands in the file", () => {
  test("every table, view and column has a Chinese comment and stands in the dictionary", async () => {
    await publisher.publish(publishInput());
    const chinese = "NOT regexp_matches(coalesce(comment, ''), '[一-龥]')";
    expect(await query(`SELECT schema_name, table_name FROM duckdb_tables() WHERE ${chinese}`)).toEqual([]);
    expect(
      await query(`SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND ${chinese}`),
    ).toEqual([]);
    expect(
      await query(
        `SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal AND ${chinese}`,
      ),
    ).toEqual([]);
    expect(
      await query(`SELECT count(*) AS n FROM duckdb_columns() c WHERE NOT internal AND NOT EXISTS
        (FROM data_dictionary d WHERE d.schema_name = c.schema_name AND d.table_name = c.table_name
          AND d.column_name = c.column_name AND d.comment = c.comment)`),
    ).toEqual([{ n: "0" }]);
    // No floating-point number anywhere.
    expect(
      await query(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND data_type IN ('DOUBLE', 'FLOAT')",
      ),
    ).toEqual([]);
  });

  test("`indicators` has the columns of the specification in their order", async () => {
    await publisher.publish(publishInput());
    const columns = await query(
      "SELECT column_name FROM duckdb_columns() WHERE table_name = 'indicators' ORDER BY column_index",
    );
    expect(columns.map((c) => c.column_name).join(" ")).toBe(
      "period period_kind period_start period_end insurance grouping care category region flow tier ownership " +
        "care_group district facility_district channel person_kind facility facility_name fund subject " +
        "person_group sex other indicator value unit previous change change_pct reported status",
    );
  });

  test("every view can be read", { tags: "long", timeout: 300_000 }, async () => {
    await publisher.publish(
      publishInput({ newGroups: GROUPS, months: [month("2024-01", { 1: { visits: 1 } })] }),
    );
    const views = await query("SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal");
    for (const v of views) await query(`FROM "${v.schema_name}"."${v.view_name}"`);
    expect(views.length).toBeGreaterThan(8);
  });

  test("reference and quality tables, the snapshot and given figures are as given", async () => {
    await publisher.publish(
      publishInput({
        facilities: [
          {
            facility: "H1",
            name: "旧名",
            admdvs: "620725",
            hosp_lv: "05",
            tier: "2",
            ownership: "public",
            kind: "hospital",
            parent_code: null,
            valid_from: null,
            valid_to: "2023-12-31",
            display_order: 1,
          },
          {
            facility: "H1",
            name: "县人民医院",
            admdvs: "620725",
            hosp_lv: "05",
            tier: "2",
            ownership: "public",
            kind: "hospital",
            parent_code: null,
            valid_from: "2024-01-01",
            valid_to: null,
            display_order: 1,
          },
        ],
        balance: [
          {
            source: "folder",
            partition: "a",
            received: 10,
            applied: 6,
            duplicate: 1,
            held: 1,
            quarantined: 2,
          },
        ],
        quarantine: [
          {
            id: 1,
            source: "folder",
            partition: "a",
            position: 3,
            stream: "settlement",
            reason: "bad_value",
            detail: "fee: an amount",
            first_seen: Date.UTC(2024, 0, 1, 16, 0, 0),
            status: "waiting",
          },
        ],
        facilityReporting: (["current", "lagging", "occasional", "gone"] as const).map((standing, i) => ({
          facility: `H${i + 1}`,
          latest: Date.UTC(2024, 5, 20 - i, 2, 0, 0),
          lag_days: 10 + i,
          usual_gap: standing === "occasional" ? null : 7,
          standing,
          month: "2024-06",
          last_month: "2024-05",
          days_this_month: 3,
          days_last_month: 4,
        })),
        periodQuality: [
          {
            period: "2024Q2",
            over: true,
            facilities_expected: 3,
            facilities_reached: 2,
            facilities_lagging: 1,
            quarantined: 4,
            quarantined_undated: 5,
            unmapped: 6,
            closed: false,
            may_close: false,
            why_not: "滞后机构 1 家：H2",
          },
        ],
        figures: [
          figure({
            indicator: "inspected",
            grouping: "facility+other",
            dimensions: { facility: "H1" },
            other: { kind: "药店'1'", "a=b": "c, d" },
            unit: "facility",
            value: "1.0000005",
            previous: "3",
          }),
        ],
      }),
    );
    expect(
      await query(
        "SELECT version, published_at, watermark, completeness, accepted_share, first_day, last_day, input_positions FROM snapshot",
      ),
    ).toEqual([
      {
        version: "1",
        published_at: "2024-07-01 08:00:00",
        watermark: "2024-06-30 12:00:00",
        completeness: "0.500000",
        accepted_share: "0.800000",
        first_day: "2023-01-01",
        last_day: "2024-06-30",
        input_positions: [{ source: "folder", partition: "a.avro", next: "10" }],
      },
    ]);
    expect(
      await query(
        "SELECT facility, facility_name, latest, usual_gap, standing, visits_this_month FROM quality_facility ORDER BY facility LIMIT 2",
      ),
    ).toEqual([
      {
        facility: "H1",
        facility_name: "县人民医院",
        latest: "2024-06-20 10:00:00",
        usual_gap: "7",
        standing: "current",
        visits_this_month: null,
      },
      {
        facility: "H2",
        facility_name: null,
        latest: "2024-06-19 10:00:00",
        usual_gap: "7",
        standing: "lagging",
        visits_this_month: null,
      },
    ]);
    expect(await query("FROM quality_period")).toEqual([
      {
        period: "2024Q2",
        period_kind: "quarter",
        period_start: "2024-04-01",
        period_end: "2024-06-30",
        over: true,
        facilities_expected: "3",
        facilities_reached: "2",
        facilities_lagging: "1",
        completeness: "0.666666",
        quarantined: "4",
        quarantined_undated: "5",
        unmapped: "6",
        closed: false,
        may_close: false,
        why_not: "滞后机构 1 家：H2",
      },
    ]);
    expect(await query("SELECT first_seen, status FROM quality_quarantine")).toEqual([
      { first_seen: "2024-01-02 00:00:00", status: "waiting" },
    ]);
    expect(
      await query(
        "SELECT facility_name, other, value, previous, change_pct, status FROM indicators WHERE indicator = 'inspected'",
      ),
    ).toEqual([
      {
        facility_name: "县人民医院",
        other: [
          { key: "kind", value: "药店'1'" },
          { key: "a=b", value: "c, d" },
        ],
        value: "1.000001",
        previous: "3.000000",
        change_pct: "-0.666667",
        status: "open",
      },
    ]);
  });
});

import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { simulatedEvents } from "../../../pipelines/simulate/simulate.js";
import type { SimEvent } from "../../../pipelines/simulate/write/event.js";
import type { StreamRecord } from "../../../schemas/input/settlement.js";
import { copied, filesOf, ROUGH, shuffled } from "../../support/events.js";
import { otherStreams } from "../../support/other-streams.js";
import { expectSameResults } from "../../support/same-results.js";
import { resultHashes, Workspace } from "../../support/workspace.js";

const YEARS = [2022, 2023, 2024];

const FREE = {
  events: 1_000,
  persons: 250,
  facilities: 6,
  months: 36,
  firstMonth: "2022-01",
  ...ROUGH,
};

const CONFIG = {
  periods: { firstDay: "2022-01-01", keepDays: 30, keepFacilityDays: 10, dayGroupings: ["total", "care"] },
  groupings: [
    "total",
    "care",
    "care+category",
    "care+region",
    "care+tier",
    "care+facility",
    "care+region+flow+channel",
  ],
  refunds: "original-period",
  careGroups: [{ name: "市外", when: { region: ["province", "national"] } }, { name: "市内" }],
};
/** A category that counts in its parent's row too, and one of an insurance alone. */
const CATEGORIES = `med_type,category,care,dise_no,insurance,parent,display_order
14,门诊慢特病,outpatient,,,门诊,2
11,普通门诊,outpatient,,,门诊,1
28,日间手术,inpatient,,resident,,9
`;

const settlements = Array.from(simulatedEvents({ profile: "free", seed: 23, free: FREE }), copied);
const facilities = settlements.flatMap((e) => (e.stream === "facility" ? [e.record as StreamRecord] : []));
const events: SimEvent[] = [...settlements, ...otherStreams(YEARS, facilities, 5)];

const made: Workspace[] = [];
afterAll(() => {
  for (const w of made) w.remove();
});

async function published(rounds: readonly (readonly [string, Buffer])[][]): Promise<Workspace> {
  const w = new Workspace(CONFIG);
  made.push(w);
  w.reference("categories", CATEGORIES);
  for (const files of rounds) {
    for (const [name, bytes] of files) w.put(name, bytes);
    await w.drain();
  }
  return w;
}

let reference: Workspace;
let expected: Record<string, string>;

beforeAll(async () => {
  reference = await published([filesOf(events, 100_000, { format: "avro", codec: "deflate" })]);
  expected = await resultHashes(reference, { quality: true });
});

test("three years of every stream give rows in every kind of table", async () => {
  expect(
    await reference.query(`SELECT year(period_start)::INTEGER AS y, count(*) > 3000 AS many FROM indicators
      WHERE period_kind = 'month' GROUP BY 1 ORDER BY 1`),
  ).toEqual(YEARS.map((y) => ({ y, many: true })));
  expect(expected["main.indicators"]).toMatch(/^\d{5,} rows /);
  for (const name of [
    "inpatient",
    "outpatient",
    "fund_spend",
    "enrolment",
    "fund_account",
    "dip_prepayment",
  ]) {
    expect(expected[`main.${name}`], name).toMatch(/^\d{2,} rows /);
  }
  const facts = await reference.query(
    "SELECT DISTINCT year(period_start)::INTEGER AS y FROM indicators WHERE indicator = 'facilities_inspected' ORDER BY 1",
  );
  expect(facts).toEqual(YEARS.map((y) => ({ y })));
  const reports = Object.entries(expected).filter(([name]) => name.startsWith("报表."));
  expect(reports.length).toBeGreaterThan(30);
  expect(reports.filter(([, hash]) => !hash.startsWith("0 rows")).length).toBeGreaterThan(20);
});

test("previous is the value of the same figure one year earlier, in each later year; before the first there is none", async () => {
  const keys = `insurance, "grouping", care, category, region, flow, tier, ownership, care_group, district, facility_district,
    channel, person_kind, facility, fund, subject, person_group, sex, other::VARCHAR, indicator`;
  const rows = await reference.query(`
    WITH i AS (SELECT *, concat_ws('|', ${keys
      .split(",")
      .map((k) => `coalesce(${k}, '-')`)
      .join(", ")}) AS key FROM indicators),
    pairs AS (
      SELECT year(now.period_start)::INTEGER AS y, now.period_kind AS kind, now.previous, earlier.value
      FROM i now LEFT JOIN i earlier ON earlier.key = now.key AND earlier.period_kind = now.period_kind
        AND earlier.period = replace(now.period, now.period[:4], (now.period[:4]::INTEGER - 1)::VARCHAR))
    SELECT y, count(*) FILTER (value IS NOT NULL AND previous IS DISTINCT FROM value)::INTEGER AS wrong,
      -- What did not stand last year was 0, or nothing; days that are kept no longer have no row.
      count(*) FILTER (value IS NULL AND coalesce(previous, 0) <> 0 AND kind <> 'day')::INTEGER AS invented,
      count(*) FILTER (previous IS NOT NULL AND value IS NOT NULL) > 5000 AS many,
      count(previous) > 0 AS known
    FROM pairs GROUP BY y ORDER BY y`);
  expect(rows).toEqual([
    { y: 2022, wrong: 0, invented: 0, many: false, known: false },
    { y: 2023, wrong: 0, invented: 0, many: true, known: true },
    { y: 2024, wrong: 0, invented: 0, many: true, known: true },
  ]);
});

test("the published files made again from the state alone are the same", async () => {
  for (const folder of ["published", "work"]) rmSync(join(reference.data, folder), { recursive: true });
  rmSync(reference.inbox, { recursive: true });
  await reference.engine((engine) => engine.publish());
  await expectSameResults(reference, reference, expected, { quality: true });
});

test("rebuild gives the same", async () => {
  await reference.engine((engine) => engine.rebuild(() => {}));
  await expectSameResults(reference, reference, expected, { quality: true });
});

test("all input again into an empty state, in any order and batches, gives the same", async () => {
  const parts = filesOf(shuffled(events, 8), 611, { format: "ndjson" });
  // Two starts, each with files of every stream and of every year.
  const rounds = [0, 1].map((r) => parts.filter((_, i) => i % 2 === r));
  await expectSameResults(await published(rounds), reference, expected);
});

import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { golden, publishedOf, rowsOf, type ViewDifferences, viewDifferences } from "../../support/printed.js";
import { publishedWorkspace } from "../../support/shared.js";

const PROFILE = "huining-2024q1";
let folder: string;
let found: ViewDifferences;
beforeAll(async () => {
  folder = await publishedWorkspace(PROFILE);
  const { config } = loadConfig(join(folder, "fundpulse.yaml"));
  expect(config.report.rounding).toBe("cut-off");
  found = await viewDifferences(golden(PROFILE), config, publishedOf(folder), "2024Q1");
}, 300_000);

test("every printed value of a table comes out of the events, cut off, but for the errors of the print", () => {
  expect(found.compared).toBe(143);
  expect(found.values).toEqual([
    // Rounded where the notice cuts off everywhere else.
    "employee.fund.composition 个人账户 share_pct 21 20.99",
    "employee.inpatient.by_region 合计 reimb_rate_actual_pct 76.89 76.88",
    // Follows from no figure of the notice.
    "resident.fund.composition 普通门诊 share_pct 3.08 4.21",
    "resident.fund.composition 门诊慢性特殊慢病 share_pct 6.17 6.16",
    // Not printed.
    "resident.fund.composition 门诊“两病” share_pct -- 0.03",
    // The policy's rate, not the actual one.
    "resident.outpatient_general 普通门诊 reimb_rate_actual_pct 50 51.88",
    // The number of stays in place of the fee, and the fee in place of what was paid of it.
    "employee.large_amount.by_region 合计 fee_total_wan 1881 1320.55",
    expect.stringMatching(/^employee\.large_amount\.by_region 异地 large_amount_paid_wan 809\.77 \d+\.\d\d$/),
    // The parts, 1500.57 and 309.09, add up otherwise.
    "aid.by_category 合计 aid_paid_wan 1806.66 1809.66",
  ]);
});

test("rows stand in the printed order, under the printed headings and units", () => {
  expect(found.tables).toBe(13);
  expect(found.rows).toEqual([]);
  expect(found.headings).toEqual([]);
});

test("what the prose says beyond the tables stands in indicators", async () => {
  const value = async (where: string): Promise<(string | null)[]> =>
    (
      await rowsOf(
        publishedOf(folder),
        `SELECT value FROM indicators WHERE period = '2024Q1' AND insurance = 'employee' AND ${where} ORDER BY ALL`,
      )
    ).map((row) => row.value);
  const wan = async (where: string): Promise<string[]> =>
    (await value(where)).map((v) => (Number(v) / 10_000).toFixed(2));
  expect(
    await wan(
      `"grouping" = 'care+region' AND region = 'county' AND care = 'inpatient' AND indicator = 'large_paid'`,
    ),
  ).toEqual(["5.70"]);
  expect(
    await wan(
      `"grouping" = 'care+channel' AND channel = 'manual' AND care = 'inpatient' AND indicator = 'large_paid'`,
    ),
  ).toEqual(["1.20"]);
  const drugs = `category = '谈判药品' AND indicator = 'pool_paid'`;
  expect(await wan(`"grouping" = 'care+category' AND ${drugs}`)).toEqual(["25.12"]);
  expect(await wan(`"grouping" = 'care+category+channel' AND ${drugs}`)).toEqual(["6.77", "18.35"]);
  expect(await value(`indicator = 'enrolled' AND "grouping" = 'total'`)).toEqual(["23684.000000"]);
  expect(await value(`indicator = 'enrolled' AND "grouping" = 'person_group'`)).toEqual([
    "6359.000000",
    "17325.000000",
  ]);
});

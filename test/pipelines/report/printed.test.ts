import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { balances, fingerprints } from "../../support/fingerprint.js";
import { createTopic, testBroker, unique } from "../../support/kafka/test-broker.js";
import {
  bureau,
  cli,
  golden,
  publishedOf,
  type ViewDifferences,
  viewDifferences,
} from "../../support/printed.js";
import { publishedWorkspace } from "../../support/shared.js";

const PROFILE = "shandan-2024h1";
const PERIOD = "2024H1";
const report = golden(PROFILE);
const brokers = await testBroker();
const roots: string[] = [];

let folder: string;
beforeAll(async () => {
  folder = await publishedWorkspace(PROFILE);
}, 300_000);
afterAll(() => {
  for (const root of roots) rmSync(dirname(root), { recursive: true, force: true });
});

// 霍城 2023: one stay in the visits table, none in the others, though their subtotals hold it.
const HUOCHENG = [
  "employee.inpatient.by_facility.visits 山丹县霍城镇卫生院 visits_yoy_pct 100.00 0.00",
  "employee.inpatient.by_facility.avg_fee 山丹县霍城镇卫生院 avg_fee_prev_yuan 0.00 1651.54",
  "employee.inpatient.by_facility.avg_fee 山丹县霍城镇卫生院 avg_fee_delta_yuan 185.43 -1466.11",
  "employee.inpatient.by_facility.avg_fee 山丹县霍城镇卫生院 avg_fee_yoy_pct 100.00 -88.77",
  "employee.inpatient.by_facility.base_comp 山丹县霍城镇卫生院 base_comp_rate_prev_pct 0.00 62.45",
  "employee.inpatient.by_facility.base_comp 山丹县霍城镇卫生院 base_comp_rate_delta_pp 8.77 -53.69",
];

describe("schema 报表", () => {
  let found: ViewDifferences;
  beforeAll(async () => {
    const { config } = loadConfig(join(folder, "fundpulse.yaml"));
    found = await viewDifferences(report, config, publishedOf(folder), PERIOD);
  }, 300_000);

  test("has every printed value of all thirty tables, but for the errors of the print", () => {
    expect(found.tables).toBe(30);
    expect(found.compared).toBe(1084);
    expect(found.values).toEqual(HUOCHENG);
  });

  test("has the printed rows in the printed order, the zero rows that the print keeps among them", () => {
    expect(found.rows).toEqual([]);
  });

  test("has the printed headings and units, 本期 and 上年同期 for the years", () => {
    // 元 over amounts in 万元: an error of the print.
    expect(found.headings).toEqual([
      "employee.dip.by_facility: 1—6 月/按项目付费 (元) → 本期/按项目付费(万元)",
      "employee.dip.by_facility: 1—6 月/DIP 支付金额 (元) → 本期/DIP支付金额(万元)",
      "employee.dip.by_facility: 1—6 月/差额 (元) → 本期/差额(万元)",
      "employee.dip.by_facility: 1—6 月/扣除保证金 (元) → 本期/扣除保证金(万元)",
    ]);
  });
});

test.skipIf(brokers === null)(
  "the same events through Kafka give the same figures, byte for byte",
  { tags: "long", timeout: 600_000 },
  async () => {
    const topics = {
      settlement: unique("settlement"),
      facility: unique("facility"),
      enrolment: unique("enrolment"),
      "fund-entry": unique("fund-entry"),
      "dip-result": unique("dip-result"),
      "reported-fact": unique("reported-fact"),
    };
    await createTopic(brokers!, topics.settlement, 3);
    const { settlement: _, ...small } = topics;
    for (const topic of Object.values(small)) await createTopic(brokers!, topic, 1);
    const kafka = bureau(PROFILE, { kind: "kafka", brokers, groupId: unique("group"), topics });
    roots.push(kafka);
    const config = join(kafka, "fundpulse.yaml");
    await cli("simulate", PROFILE, "--format", "avro", "--config", config);
    await cli("run", "--until-drained", "--config", config);

    const expected = await fingerprints(folder);
    expect(Number(expected["main.indicators"].split(" ")[0])).toBeGreaterThan(4_000_000);
    expect(await fingerprints(kafka)).toEqual(expected);
    expect(await balances(kafka)).toEqual(await balances(folder));
  },
);

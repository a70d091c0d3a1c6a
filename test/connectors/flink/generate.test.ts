import { expect, test } from "vitest";
import { layoutOf } from "../../../connectors/decode/fields/slots.js";
import { generateJob, type JobSource } from "../../../connectors/flink/generate.js";
import { wiringOf } from "../../../connectors/flink/job-source.js";
import { required } from "../../../connectors/flink/measures.js";
import { layoutJson, schemasJson } from "../../../connectors/flink/tables.js";
import type { Config } from "../../../schemas/config/schema.js";
import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { avroSchema, STREAMS } from "../../../schemas/input/streams.js";
import { MEASURES } from "../../../schemas/measures.js";
import { testConfig } from "../../support/oracle/fixtures.js";

const KAFKA = { kind: "kafka", brokers: ["127.0.0.1:9092"] };
const OPTIONS = { name: "fundpulse", figures: "fund.figures", properties: [] };

function jobOf(changes: Record<string, unknown> = {}, more: Partial<JobSource> = {}) {
  const config = testConfig({ source: KAFKA, ...changes });
  const source = { config, categories: [], facilities: [], schemas: [], ...more };
  return generateJob(source, wiringOf(config, OPTIONS), null);
}
const digestOf = (changes: Record<string, unknown>, more: Partial<JobSource> = {}): string =>
  jobOf(changes, more).manifest.digest;

test("every field, measure and dimension that is declared is in the job", () => {
  const { sql, manifest } = jobOf();
  const table = sql.slice(sql.indexOf("TABLE settlement_in"), sql.indexOf("TABLE facility_in"));
  for (const { name } of STREAMS.settlement.fields) expect(table).toContain(`\n  ${name} `);
  for (const name of SETTLEMENT_DIMENSIONS) expect(sql).toContain(`AS d_${name}`);
  expect(manifest.measures).toEqual(MEASURES.map((m) => m.name));
  const rows = sql.slice(sql.indexOf("VIEW bill_measures"), sql.indexOf("VIEW cell_row"));
  MEASURES.forEach((_, i) => {
    expect(rows).toContain(` AS m${i}`);
  });
});

test("a declaration without SQL fails when the job is generated", () => {
  expect(() => required({}, "meals", "measure")).toThrow("measure meals has no SQL form");
});

test("the digest changes with what decides a figure, and with nothing else", () => {
  const plain = digestOf({});
  expect(digestOf({ data: "elsewhere", ops: { port: 1 } })).toBe(plain);
  expect(digestOf({ source: { ...KAFKA, brokers: ["other:9092"] } })).toBe(plain);
  const rules: [string, Record<string, unknown>, Partial<JobSource>?][] = [
    ["refund policy", { refunds: "original-period" }],
    ["care groups", { careGroups: [{ name: "市外", when: { region: ["national"] } }] }],
    ["insurances", { insurances: { employee: ["310"], resident: ["340", "390"] } }],
    ["jurisdiction", { jurisdiction: { name: "x", admdvs: "620725", level: "city" } }],
    ["zone", { timezone: "Asia/Urumqi" }],
    ["first day", { periods: { firstDay: "2024-01-01" } }],
    ["payment by case", { casePayment: ["10"] }],
    ["components", { reimbursed: ["pool_paid"] }],
    ["other names of fields", { source: { ...KAFKA, fields: { medfee_sumamt: ["total_fee"] } } }],
    ["person groupings", { personGroupings: ["total"] }],
    ["day groupings", { periods: { dayGroupings: ["total", "care+flow"] } }],
    ["person kinds", { personKinds: { veteran: ["34"] } }],
    [
      "categories",
      {},
      {
        categories: [
          {
            med_type: "11",
            category: "门诊",
            care: "outpatient",
            dise_no: null,
            insurance: null,
            parent: null,
            display_order: null,
          },
        ],
      },
    ],
    ["writer schemas", {}, { schemas: ['{"type":"record","name":"X","fields":[]}'] }],
    ["facilities", {}, { facilities: [{ fixmedins_code: "H1", admdvs: "620725" }] }],
  ];
  for (const [what, changes, more] of rules) expect(digestOf(changes, more), what).not.toBe(plain);
});

test("a job that keeps an archive is another job, wherever its folder is", () => {
  const engine = (archive?: string) => ({ kind: "flink", ...(archive === undefined ? {} : { archive }) });
  const kept = digestOf({ engine: engine("/mnt/a") });
  expect(kept).not.toBe(digestOf({ engine: engine() }));
  expect(kept).toBe(digestOf({ engine: engine("/mnt/b") }));
  expect(digestOf({ engine: engine() })).toBe(digestOf({}));
  const { sql, manifest } = jobOf({ engine: engine("/mnt/a b") });
  expect(sql).toContain("'path' = 'file:///mnt/a b/fund.figures'");
  expect(manifest.archive?.columns).toContain("psn");
  expect(manifest.archive?.columns).not.toContain("psn_no");
  const config = testConfig({ source: KAFKA, engine: engine("/mnt/a") });
  expect(wiringOf(config, { ...OPTIONS, archive: "s3://b/x/" }).archive).toBe("s3://b/x/fund.figures");
  expect(() => wiringOf(config, { ...OPTIONS, archive: "b" })).toThrow(/--archive b.*FP1003/);
  expect(() => wiringOf(testConfig({ source: KAFKA }), { ...OPTIONS, archive: "s3://b/x" })).toThrow(
    /no engine.archive.*FP1003/,
  );
});

test("of two schemas with one fingerprint our own stands, then the first", () => {
  const ours = JSON.stringify(avroSchema("settlement"));
  const twin = ours.replaceAll('"timestamp-millis"', '"local-timestamp-millis"');
  const field = (type: object) =>
    JSON.stringify({ type: "record", name: "R", fields: [{ name: "setl_id", type }] });
  const [first, second] = ["date", "time-millis"].map((logicalType) => field({ type: "int", logicalType }));
  const found = Object.values(JSON.parse(schemasJson("settlement", [twin, first, second])) as object);
  expect(twin).not.toBe(ours);
  expect(found).toContain(ours);
  expect(found).not.toContain(twin);
  expect(found).toContain(first);
  expect(found).not.toContain(second);
});

test("every name that the embedded decoder knows a field by is given to the job", () => {
  const aliases = { medfee_sumamt: ["total_fee"] };
  const table = JSON.parse(layoutJson("settlement", aliases)) as { name: string; aliases: string[] }[];
  const known = table.flatMap((f) => [f.name, ...f.aliases]);
  const { slotOf, deletion } = layoutOf("settlement", aliases);
  const wanted = [...slotOf].filter(([, slot]) => !deletion.includes(slot)).map(([name]) => name);
  expect([...known].sort()).toEqual([...wanted].sort());
  expect(known).toContain("TOTAL_FEE");
});

test("the person key is in no part of the script", () => {
  const { sql, manifest } = jobOf({ privacy: { personKey: "a very secret key" } });
  expect(sql + JSON.stringify(manifest)).not.toContain("secret");
});

test("text of the configuration cannot leave its literal", () => {
  const { sql } = jobOf({ careGroups: [{ name: "o'clock", when: { kind: ["it's"] } }] });
  expect(sql).toContain("'o''clock'");
  expect(sql).toContain("'it''s'");
});

test.each([
  ["a folder", { source: { kind: "folder" } }, /FP3101/],
  [
    "a log-in that Flink's clients are not told",
    { source: { ...KAFKA, sasl: { mechanism: "plain", username: "u", password: "p" } } },
    /security\.protocol/,
  ],
  [
    "a registry with a log-in in its address",
    { source: { ...KAFKA, schemaRegistry: { url: "http://u:p@r:1" } } },
    /without a log-in/,
  ],
  [
    "a registry with a log-in",
    { source: { ...KAFKA, schemaRegistry: { url: "http://r:1", username: "u", password: "p" } } },
    /without a log-in/,
  ],
])("%s has no form in a job", (_, changes, message) => {
  const config: Config = testConfig(changes);
  expect(() => wiringOf(config, OPTIONS)).toThrow(message);
});

test("control characters are refused where they would be in the script, and names of facilities are not in it", () => {
  expect(() => jobOf({ careGroups: [{ name: "a\tb" }] })).toThrow(/FP3101/);
  const facilities = [{ fixmedins_code: "H1", admdvs: "620725", name: "县\n医院" }];
  expect(jobOf({}, { facilities }).sql).not.toContain("医院");
});

test("facilities beyond what a script can carry are told to go through the topic", () => {
  const facilities = Array.from({ length: 3001 }, (_, i) => ({ fixmedins_code: `H${i}`, admdvs: "620725" }));
  expect(() => jobOf({}, { facilities })).toThrow(/facility topic/);
});

import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import avro from "avsc";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { canonicalForm, parseAvro, rabinFingerprint } from "../../../connectors/decode/avro/schema.js";
import type { FieldAliases } from "../../../connectors/decode/fields/slots.js";
import { SchemaRegistry } from "../../../connectors/decode/registry.js";
import { flinkHome } from "../../../connectors/flink/cluster/distribution.js";
import { fundpulseJar } from "../../../connectors/flink/cluster/jar.js";
import { absentReads } from "../../../connectors/flink/normalise.js";
import { layoutJson, schemasJson } from "../../../connectors/flink/tables.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import { avroSchema, STREAMS } from "../../../schemas/input/streams.js";
import { batchOf, decodeAll, makeDecoder } from "../../support/decoding.js";
import { flinkPossible } from "../../support/flink/available.js";
import { writtenAvro } from "../../support/flink/avro.js";
import { bill } from "../../support/oracle/fixtures.js";

const KEY = "鍵 of a test";
const FIELDS = STREAMS.settlement.fields;
const ZONES = ["Asia/Shanghai", "America/Sao_Paulo"];
/** What these values come to in Java: column values, pseudonym of the bytes, the bytes sealed. */
type Row = [cells: (string | number | null)[], person: string | null, sealed: string | null];

const possible = await flinkPossible();
let dir: string;
let classPath: string;

beforeAll(async () => {
  if (!possible) return;
  dir = mkdtempSync(join(tmpdir(), "fundpulse-java-"));
  const lib = join(await flinkHome(), "lib", "*");
  classPath = [await fundpulseJar(), lib].join(":");
  const source = fileURLToPath(new URL("java/DecodeLines.java", import.meta.url));
  execFileSync("javac", ["-nowarn", "-Xlint:none", "-cp", classPath, "-d", dir, source], { stdio: "pipe" });
}, 900_000);
afterAll(() => {
  if (possible) rmSync(dir, { recursive: true, force: true });
});

interface Reading {
  readonly zone: string;
  readonly schemas?: readonly string[];
  readonly aliases?: FieldAliases;
  readonly registry?: string;
}

async function inJava(values: readonly (Buffer | null)[], reading: Reading): Promise<Row[]> {
  const { zone, schemas = [], aliases = {}, registry = null } = reading;
  const options = {
    columns: [...FIELDS.map((f) => f.name), "rejection", "setl_day"],
    fields: layoutJson("settlement", aliases),
    schemas: schemasJson("settlement", schemas),
    registry,
    zone,
    key: KEY,
  };
  const input = [JSON.stringify(options), ...values.map((v) => v?.toString("base64") ?? "-")].join("\n");
  const java = ["-Dfile.encoding=UTF-8", "-cp", `${dir}:${classPath}`, "cn.fundpulse.flink.DecodeLines"];
  // Not in step: the registry of a test answers from this process.
  const running = promisify(execFile)("java", java, { maxBuffer: 256 * 1024 * 1024, encoding: "utf8" });
  running.child.stdin!.end(input);
  const { stdout: out } = await running;
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

const ODD: readonly unknown[] = [
  ...[
    "",
    " ",
    "　",
    "ＡＢ１２",
    " 310 ",
    "\u200b310\ufeff",
    "abc def",
    "x".repeat(21),
    "x".repeat(65),
    "310\n",
    "6.20725E+17",
    "\ud800",
    "a\u0007b",
  ],
  ...[
    "11010119900307123X",
    "620725900307123",
    "2024-02-30",
    "2024-02-29",
    "2024-02-29T00:00:00Z",
    "2024-02-29T12:00:00Z",
  ],
  ...[
    "2024-03-10 10:00:00",
    "2024-03-10T10:00:00",
    "2024-03-10T10:00+08:00",
    "2024-03-10T10:00:00.123456789Z",
    "2024-03-10t10:00:00z",
  ],
  ...[
    "2024-03-10T10:00:00-0330",
    "2024-03-10T10:00:00+19:00",
    "2024-03-10T24:00:00Z",
    "2018-11-04 00:30:00",
    "9999-12-31 23:59:59",
  ],
  ...[
    "0099-01-01T00:00:00Z",
    "1.5",
    "1.50",
    "1.505",
    "1E+3",
    "1e-2",
    "1e-3",
    "-0",
    "-0.00",
    "00012.30",
    "99999999999999.99",
    "100000000000000",
  ],
  ...[
    "6",
    "6.0",
    "6.5",
    "-6",
    "2147483648",
    "+1",
    ".5",
    "5.",
    "1,000",
    "NaN",
    "null",
    true,
    false,
    null,
    [],
    {},
    [1],
    { a: 1 },
  ],
  ...[
    0, 1, -1, 7, 310, 620725, 1.5, 1.505, 1e3, 1e21, 1709222400000, -62135596800000, 253402300799999,
    253402300800000,
  ],
];
const RAW_NUMBERS = ["1.0", "1e2", "1E+2", "007", "-0", "1.00000", "12345678901234567890", "6.0", "6.50"];

/** A bill with a few fields made odd, as JSON text; some of it broken. */
const texts = fc
  .record({
    changes: fc.array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom(...FIELDS.map((f) => f.name)),
          fc.constantFrom("inscp_amt", "cash_payamt", "unknown_field"),
        ),
        fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...ODD) },
          { weight: 1, arbitrary: fc.string() },
          { weight: 2, arbitrary: fc.constantFrom(...RAW_NUMBERS).map((raw) => ({ raw })) },
        ),
      ),
      { maxLength: 3 },
    ),
    without: fc.option(fc.constantFrom(...FIELDS.map((f) => f.name)), { nil: null, freq: 4 }),
    frame: fc.oneof(
      { weight: 12, arbitrary: fc.constant("") },
      { weight: 1, arbitrary: fc.constantFrom("bom", "space", "cut", "tail", "latin") },
    ),
  })
  .map(({ changes, without, frame }) => {
    const record: Record<string, unknown> = { ...bill() };
    for (const [name, value] of changes) record[name] = value;
    if (without) delete record[without];
    const parts = Object.entries(record).map(([name, value]) => {
      const raw = (value as { raw?: string } | null)?.raw;
      return `${JSON.stringify(name)}:${raw ?? JSON.stringify(value)}`;
    });
    const json = Buffer.from(`{${parts.join(", ")}}`);
    if (frame === "bom") return Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), json]);
    if (frame === "space") return Buffer.concat([Buffer.from(" \n"), json]);
    if (frame === "cut") return json.subarray(0, Math.floor(json.length / 2));
    if (frame === "tail") return Buffer.concat([json, Buffer.from("x")]);
    return frame === "latin" ? Buffer.concat([json.subarray(0, 3), Buffer.of(0xe9), json.subarray(3)]) : json;
  });

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b)),
  fc.uint8Array({ maxLength: 12 }).map((b) => Buffer.concat([Buffer.of(0xc3, 1), Buffer.from(b)])),
  fc.uint8Array({ maxLength: 12 }).map((b) => Buffer.concat([Buffer.of(0), Buffer.from(b)])),
);

const values = fc.oneof(
  { weight: 6, arbitrary: texts },
  { weight: 3, arbitrary: writtenAvro },
  { weight: 1, arbitrary: bytes },
  { weight: 1, arbitrary: fc.constant(null) },
);

test.skipIf(!possible).each(ZONES)(
  "a value is the same row as in the embedded engine: %s",
  { timeout: 600_000 },
  async (zone) => {
    const sample = fc.sample(values, { seed: 7, numRuns: 6000 });
    expect((await differingRows(sample, { zone })).slice(0, 6)).toEqual([]);
  },
);

/** Everything in which the rows of Java differ from what the embedded engine reads. */
async function differingRows(sample: readonly (Buffer | null)[], reading: Reading): Promise<unknown[]> {
  const rows = await inJava(sample, reading);
  expect(rows.length).toBe(sample.length);
  const { zone, schemas = [], aliases = {} } = reading;
  const calendar = new ZoneCalendar(zone);
  const registry = reading.registry ? new SchemaRegistry({ url: reading.registry }) : undefined;
  const decoder = makeDecoder({ calendar, schemas, fields: aliases, ...(registry && { registry }) });
  await decoder.prepare(batchOf("settlement", { kind: "values", values: [...sample] }));
  const privacy = new Privacy(KEY);
  const differing: unknown[] = [];
  sample.forEach((value, i) => {
    const [cells, person, sealed] = rows[i];
    const [decoded] = decodeAll("settlement", { kind: "values", values: [value] }, decoder);
    const rejection = cells[FIELDS.length] as string | null;
    const wanted = decoded.rejection === null ? null : decoded.rejection.replace(": ", "|");
    const shown = value?.toString() ?? null;
    // Values of 4F are a container of one record here, which no topic carries; what is told of bytes that are none may differ.
    const reason = (text: string | null): string | null => (text === null ? null : text.split("|")[0]);
    if (value === null) {
      if (rejection !== "passed_over") differing.push([rejection]);
      return;
    }
    if (reason(rejection) !== reason(wanted)) differing.push([shown, rejection, wanted]);
    else if (wanted === null) {
      FIELDS.forEach(({ name, type }, slot) => {
        const mine = type === "string" && cells[slot] === "" ? null : cells[slot];
        if (mine !== (decoded.record![name] ?? absentReads(name) ?? null))
          differing.push([shown, name, cells[slot], decoded.record![name]]);
      });
      const time = decoded.record!.setl_time as number;
      // Before 1970 zones had offsets of odd seconds, which the two tell apart differently; too old to count anyway.
      if (time >= 0 && cells[FIELDS.length + 1] !== calendar.dayOf(time)) differing.push([shown, "setl_day"]);
    } else if (
      /^(bad_value|missing_field)/.test(wanted) &&
      rejection !== wanted &&
      !OWN_WORDS.test(rejection!)
    )
      differing.push([shown, rejection, wanted]);
    if (
      person !== privacy.pseudonyms([value.toString("latin1")]).toString("hex") &&
      value.every((byte) => byte < 128)
    )
      differing.push([shown, "pseudonym"]);
    if (!privacy.open(Buffer.from(sealed!, "base64")).equals(value)) differing.push([shown, "sealed"]);
  });
  return differing;
}

/** What the jar says otherwise: it reads no change events, and no deletion by the key alone. */
const OWN_WORDS = /^missing_field.(the object has no|__deleted)/;

/** Times as tools that unwrap change events write them, and other ways to write times and their absence. */
const TIMES: readonly unknown[] = [
  ...["0000-00-00", "0000-00-00 00:00:00", " 0000-00-00T00:00:00.000Z", "0000-01-00", "2024-03-10 10:00:00"],
  ...[null, 19_780, -3, 1_710_064_800, 20_240_310, 1_710_064_800_000, 1_710_064_800_000_000],
  ...[299_999_999_999, 300_000_000_000, 9_999_999, 10_000_000],
  ...["1710064800000000000", "9999999999999999999", "1710064800.5", "1e12"].map((raw) => ({ raw })),
];

const unwrapped = fc
  .record({
    times: fc.array(
      fc.tuple(fc.constantFrom("setl_time", "updt_time", "begndate", "enddate"), fc.constantFrom(...TIMES)),
      { maxLength: 3 },
    ),
    deleted: fc.constantFrom<unknown>(undefined, "true", "false", true, false, null, "", {}),
    changed: fc.array(
      fc.tuple(
        fc.constantFrom("__ts_ms", "__source_ts_ms"),
        fc.constantFrom<unknown>(1_710_064_800_000, "1710064800001", 99_999_999_999_999, null, "soon", [1]),
      ),
      { maxLength: 2 },
    ),
    capitals: fc.boolean(),
    alias: fc.constantFrom<string | null>(null, "total_fee", "TOTAL_FEE"),
    keyOnly: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ times, deleted, changed, capitals, alias, keyOnly }) => {
    let record: Record<string, unknown> = keyOnly ? { setl_id: "S1" } : { ...bill() };
    for (const [name, value] of times) record[name] = value;
    if (alias) {
      record[alias] = record.medfee_sumamt;
      delete record.medfee_sumamt;
    }
    if (capitals) record = Object.fromEntries(Object.entries(record).map(([k, v]) => [k.toUpperCase(), v]));
    if (deleted !== undefined) record.__deleted = deleted;
    for (const [name, value] of changed) record[name] = value;
    const parts = Object.entries(record).map(
      ([k, v]) =>
        `${JSON.stringify(k)}:${(v as { raw?: string } | null)?.raw ?? JSON.stringify(v) ?? "null"}`,
    );
    return Buffer.from(`{${parts.join(",")}}`);
  });

test.skipIf(!possible)(
  "unwrapped change events, capital names and absent dates are read as in the embedded engine",
  { timeout: 600_000 },
  async () => {
    const sample = fc.sample(unwrapped, { seed: 11, numRuns: 3000 });
    const aliases = { medfee_sumamt: ["total_fee"] };
    expect((await differingRows(sample, { zone: "Asia/Shanghai", aliases })).slice(0, 6)).toEqual([]);
  },
);

/** Types that a field may be written in, each with values. */
type Written = readonly (readonly [type: unknown, values: readonly unknown[]])[];

/** An integer in more bytes than it needs. */
function padded(unscaled: number, length: number): Buffer {
  const bytes = Buffer.alloc(length, unscaled < 0 ? 255 : 0);
  bytes.writeInt32BE(unscaled, length - 4);
  return bytes;
}
const decimal = (scale: number) => ({ type: "bytes", logicalType: "decimal", precision: 20, scale });
const connect = (type: string, name: string, more: object = {}) => ({ type, "connect.name": name, ...more });
const VARIABLE_DECIMAL = {
  type: "record",
  name: "VariableScaleDecimal",
  namespace: "io.debezium.data",
  fields: [
    { name: "scale", type: "int" },
    { name: "value", type: "bytes" },
  ],
};
const AMOUNTS: Written = [
  [
    "double",
    [0, -0, 1.1, 100.5, 1e21, 1e-7, 1.005, 0.3, 2e-3, Number.NaN, 123_456_789.25, 90_071_992_547_409.9],
  ],
  ["float", [1, 1.5, 1.1, Number.POSITIVE_INFINITY]],
  ["boolean", [true]],
  ["int", [12, -3]],
  [decimal(2), [padded(1234, 4), padded(-1234, 17), padded(99, 32), padded(99, 33), Buffer.alloc(0)]],
  [decimal(4), [padded(123_400, 4), padded(123_456, 8)]],
  [
    connect("bytes", "org.apache.kafka.connect.data.Decimal", { "connect.parameters": { scale: "2" } }),
    [padded(77, 16)],
  ],
  [VARIABLE_DECIMAL, [2, 3, -1, 39].map((scale) => ({ scale, value: padded(5000, 4) }))],
  ["string", ["12.30", "1E+3", "", "x"]],
];
const INSTANTS: Written = [
  ["long", [1_710_064_800, 1_710_064_800_000, 0, -62_135_596_800_000, 20_240_310]],
  [{ type: "long", logicalType: "timestamp-millis" }, [1_710_064_800, 1_710_064_800_000]],
  [{ type: "long", logicalType: "timestamp-foo" }, [1_710_064_800_000]],
  [{ type: "long", logicalType: "local-timestamp-micros" }, [1_710_064_800_000_001, -1]],
  [connect("long", "io.debezium.time.Timestamp"), [1_710_064_800_000]],
  [connect("long", "io.debezium.time.MicroTimestamp"), [1_710_064_800_000_000]],
  [connect("long", "org.apache.kafka.connect.data.Timestamp"), [1_710_064_800_000]],
  [connect("string", "io.debezium.time.ZonedTimestamp"), ["2024-03-10T10:00:00Z", "0000-00-00"]],
  [connect("int", "io.debezium.time.Date"), [19_780]],
  [connect("int", "com.example.Week"), [3]],
  ["double", [1_710_064_800_000, 1_710_064_800_000.5, 1_710_064_800]],
  [
    ["null", { type: "int", logicalType: "date" }],
    [null, { int: 19_780 }],
  ],
  ["string", ["2024-03-10", "0000-00-00 00:00:00", "2024-03-10 10:00:00", ""]],
];
const TEXTS: Written = [
  [{ type: "enum", name: "E", symbols: ["A", "B310"] }, ["A", "B310"]],
  ["bytes", [Buffer.from("310"), Buffer.of(0xff)]],
  [{ type: "bytes", logicalType: "other" }, [Buffer.from("310")]],
  [{ type: "fixed", name: "F", size: 3 }, [Buffer.from("310")]],
  [connect("string", "io.debezium.data.Uuid"), ["a"]],
  ["int", [310, -1]],
  ["double", [310]],
  [{ type: "map", values: "string" }, [{ a: "b" }]],
];
const FLAGS: Written = [
  ["boolean", [true, false]],
  ["string", ["true", "false"]],
  [
    ["null", "boolean"],
    [null, { boolean: true }],
  ],
];

const ROW = Object.fromEntries(Object.entries(bill()).map(([name, value]) => [name, String(value)]));
const ROW_FIELDS = Object.keys(ROW).map((name) => ({ name, type: "string" as unknown }));

/** A record in the single-object encoding of its writer's schema. */
function writtenUnder(schema: object, values: object): Buffer {
  // What a value means is no matter of the bytes.
  const plain = JSON.parse(JSON.stringify(schema), (key, value) =>
    key === "logicalType" || key.startsWith("connect.") ? undefined : value,
  ) as avro.Schema;
  const type = avro.Type.forSchema(plain, { wrapUnions: true });
  const fingerprint = rabinFingerprint(canonicalForm(parseAvro(JSON.stringify(schema))));
  return Buffer.concat([Buffer.of(0xc3, 1), fingerprint, type.toBuffer(values)]);
}

test.skipIf(!possible)(
  "records of other writers' types are read as in the embedded engine",
  { timeout: 600_000 },
  async () => {
    const schemas: string[] = [];
    const sample: Buffer[] = [];
    const changes: [name: string, types: Written][] = [
      ["fund_pay_sumamt", AMOUNTS],
      ["medfee_sumamt", AMOUNTS],
      ["setl_time", INSTANTS],
      ["begndate", [...INSTANTS, ...AMOUNTS]],
      ["ipt_days", [...AMOUNTS, ...INSTANTS]],
      ["insutype", [...TEXTS, ...AMOUNTS]],
      ["__deleted", FLAGS],
      ["__ts_ms", [["long", [1_910_064_800_000, -1]]]],
    ];
    for (const [changed, types] of changes) {
      for (const [type, values] of types) {
        const fields = [...ROW_FIELDS.filter((f) => f.name !== changed), { name: changed, type }];
        const schema = { type: "record", name: `W${schemas.length}`, fields };
        schemas.push(JSON.stringify(schema));
        for (const value of values) sample.push(writtenUnder(schema, { ...ROW, [changed]: value }));
      }
    }
    // A schema that differs from ours in its logical types alone has our fingerprint: ours stands.
    const ours = JSON.stringify(avroSchema("settlement"));
    const twin = ours.replaceAll('"timestamp-millis"', '"local-timestamp-millis"');
    expect(twin).not.toBe(ours);
    schemas.push(twin);
    sample.push(...fc.sample(writtenAvro, { seed: 3, numRuns: 100 }));
    const wrong = await differingRows(sample, { zone: "Asia/Shanghai", schemas });
    expect(wrong.slice(0, 6)).toEqual([]);
  },
);

test.skipIf(!possible)(
  "a schema registry is asked as the embedded engine asks it: references, other kinds, what is not there",
  { timeout: 600_000 },
  async () => {
    const fields = ROW_FIELDS.filter((f) => f.name !== "insutype");
    const code = { type: "enum", name: "cn.Code", symbols: ["C310", "C390"] };
    const row = (type: unknown) => ({
      type: "record",
      name: "Row",
      fields: [...fields, { name: "insutype", type }],
    });
    const schema = JSON.stringify(row("cn.Code"));
    const answers: Record<string, object> = {
      "/r/schemas/ids/1": { schema, references: [{ name: "cn.Code", subject: "co de/1", version: 2 }] },
      "/r/subjects/co%20de%2F1/versions/2": { schema: JSON.stringify(code) },
      "/r/schemas/ids/2": { schema: "syntax = 'proto3'", schemaType: "PROTOBUF" },
      "/r/schemas/ids/3": { schema: "{" },
      "/r/schemas/ids/4": { schema, references: [{ subject: "gone", version: 1 }] },
      "/r/schemas/ids/6": { schemaType: "AVRO" },
    };
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      const answer = answers[request.url!];
      response.statusCode = answer ? 200 : 404;
      response.end(JSON.stringify(answer ?? { error_code: 40403 }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/r`;
      const writer = avro.Type.forSchema(row(code) as avro.Schema, { wrapUnions: true });
      const body = writer.toBuffer({ ...ROW, insutype: "C310" });
      const sample = [1, 1, 2, 3, 4, 5, 5, 5, 6, 4_000_000_000].map((id) => {
        const head = Buffer.alloc(5);
        head.writeUInt32BE(id, 1);
        return Buffer.concat([head, body]);
      });
      expect(await differingRows(sample, { zone: "Asia/Shanghai", registry })).toEqual([]);
      // Once by each engine, however many records name it.
      expect(asked.filter((url) => url.endsWith("/5"))).toHaveLength(2);
    } finally {
      server.close();
    }
  },
);

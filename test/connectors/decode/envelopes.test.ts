import avro from "avsc";
import { describe, expect, it } from "vitest";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { BatchDecoder } from "../../../connectors/decode/decoder.js";
import { decimalBytes } from "../../support/avro-files.js";
import { batchOf, type Decoded, decodeAll, decodeValue, makeDecoder } from "../../support/decoding.js";

const ROW = {
  setl_id: "S1",
  mdtrt_id: "M1",
  setl_time: "2024-02-29 23:30:00",
  updt_time: "2024-03-01 00:30:00",
  psn_no: "P1",
  insutype: "390",
  insu_admdvs: "620725",
  fixmedins_code: "H1",
  med_type: "21",
  medfee_sumamt: "100.10",
  fund_pay_sumamt: "60.00",
};
const FEBRUARY = Date.UTC(2024, 1, 29, 15, 30);
const UPDATED = Date.UTC(2024, 1, 29, 16, 30);
const PASSED_OVER = "undecodable: nothing to count";

const all = (value: unknown): Decoded[] =>
  decodeAll("settlement", { kind: "values", values: [Buffer.from(JSON.stringify(value))] });
const one = (value: unknown): Decoded => {
  const found = all(value);
  expect(found).toHaveLength(1);
  return found[0];
};

describe("a Debezium change in JSON", () => {
  it.each(["c", "r", "u"])("%s carries the record in after", (op) => {
    const { record, rejection } = one({
      before: null,
      after: ROW,
      op,
      ts_ms: 5,
      source: { table: "setl_d" },
    });
    expect(rejection).toBeNull();
    expect(record).toMatchObject({
      setl_id: "S1",
      setl_time: FEBRUARY,
      medfee_sumamt: 10010,
      vali_flag: null,
    });
  });

  it("d takes the record of before out, at the time of the deletion where that is later", () => {
    const later = one({ before: ROW, after: null, op: "d", ts_ms: UPDATED + 5 });
    expect(later.record).toMatchObject({ setl_id: "S1", vali_flag: "0", updt_time: UPDATED + 5 });
    const earlier = one({ before: ROW, after: null, op: "d", ts_ms: UPDATED - 5 });
    expect(earlier.record).toMatchObject({ vali_flag: "0", updt_time: UPDATED });
  });

  it("a message is passed over, a truncation refused, an unknown op undecodable", () => {
    expect(one({ op: "m", ts_ms: 1 }).rejection).toBe(PASSED_OVER);
    expect(one({ op: "t", before: null, after: null }).rejection).toMatch(/^bad_value: op t/);
    expect(one({ op: "z", after: ROW }).rejection).toMatch(/^undecodable: the op/);
    expect(one({ op: "c", after: null }).rejection).toMatch(/^undecodable: .*no after/);
  });

  it("a deletion on another stream says how to say it there", () => {
    const entry = {
      entry_id: "E1",
      fund: "resident",
      admdvs: "620725",
      kind: "income",
      subject: "levy",
      amount: "1.00",
      book_date: "2024-01-05",
      updt_time: "2024-01-05 00:00:00",
    };
    const { rejection } = decodeValue(
      "fund-entry",
      JSON.stringify({ before: entry, after: null, op: "d", ts_ms: 1 }),
    );
    expect(rejection).toBe("bad_value: a deletion cannot be taken over: send the entry again with amount 0");
  });

  it("the schema part tells what a number means: a wall clock of the zone, base64 decimals, days", () => {
    const field = (name: string, type: string, semantic?: string, parameters?: object) => ({
      field: name,
      type,
      ...(semantic ? { name: semantic } : {}),
      ...(parameters ? { parameters } : {}),
    });
    const row = {
      ...ROW,
      setl_time: Date.UTC(2024, 1, 29, 23, 30),
      updt_time: Date.UTC(2024, 2, 1, 0, 30) * 1000,
      begndate: 19_781,
      enddate: Date.UTC(2024, 1, 29),
      medfee_sumamt: decimalBytes(10010n).toString("base64"),
      fund_pay_sumamt: { scale: 1, value: decimalBytes(600n).toString("base64") },
    };
    const fields = [
      field("setl_time", "int64", "io.debezium.time.Timestamp"),
      field("updt_time", "int64", "io.debezium.time.MicroTimestamp"),
      field("begndate", "int32", "io.debezium.time.Date"),
      field("enddate", "int64", "io.debezium.time.Timestamp"),
      field("medfee_sumamt", "bytes", "org.apache.kafka.connect.data.Decimal", { scale: "2" }),
      field("fund_pay_sumamt", "struct", "io.debezium.data.VariableScaleDecimal"),
    ];
    const image = (name: string) => ({ field: name, type: "struct", name: "s.Value", fields });
    const schema = {
      type: "struct",
      name: "s.Envelope",
      fields: [image("before"), image("after"), field("op", "string")],
    };
    const expected = {
      setl_time: FEBRUARY,
      updt_time: UPDATED,
      begndate: 19_781,
      enddate: 19_782,
      medfee_sumamt: 10010,
      fund_pay_sumamt: 6000,
    };
    expect(one({ schema, payload: { before: null, after: row, op: "c", ts_ms: 1 } }).record).toMatchObject(
      expected,
    );
    // Unwrapped, with a schema all the same.
    expect(one({ schema: { type: "struct", fields }, payload: row }).record).toMatchObject(expected);
    const foreign = [field("setl_time", "int64", "com.acme.Time"), ...fields.slice(1)];
    expect(one({ schema: { type: "struct", fields: foreign }, payload: row }).rejection).toBe(
      "unknown_schema: setl_time has the semantic type com.acme.Time, which is not known",
    );
    expect(one({ schema: { type: "struct", fields }, payload: null }).rejection).toBe(PASSED_OVER);
    // A scale that is no number must not be guessed at.
    const scaleless = [
      ...fields.slice(0, 4),
      field("medfee_sumamt", "bytes", "org.apache.kafka.connect.data.Decimal", { scale: "two" }),
      fields[5],
    ];
    expect(one({ schema: { type: "struct", fields: scaleless }, payload: row }).rejection).toMatch(
      /^bad_value: medfee_sumamt/,
    );
  });

  it("the unwrapped form says of itself that it is deleted", () => {
    const { record } = one({ ...ROW, __deleted: "true", __ts_ms: UPDATED + 9 });
    expect(record).toMatchObject({ vali_flag: "0", updt_time: UPDATED + 9 });
    expect(one({ ...ROW, __deleted: true }).record).toMatchObject({ vali_flag: "0", updt_time: UPDATED });
    expect(one({ ...ROW, __deleted: "false" }).record).toMatchObject({ vali_flag: null });
  });
});

describe("Canal and Maxwell", () => {
  const canal = (type: string, data: unknown[], more = {}) => ({
    data,
    database: "hsa",
    es: UPDATED + 7,
    id: 1,
    isDdl: false,
    old: null,
    table: "setl_d",
    ts: 1,
    type,
    ...more,
  });

  it("every row of a Canal message is a record, each with bytes of its own", () => {
    const rows = [ROW, { ...ROW, setl_id: "S2", dise_no: "a]},{" }, { ...ROW, setl_id: "S3" }];
    const found = all(canal("INSERT", rows));
    expect(found.map((d) => d.rejection ?? d.record?.setl_id)).toEqual([
      "S1",
      "bad_value: dise_no: expected a code of at most 20 letters, digits and -_.+*/",
      "S3",
    ]);
    expect(JSON.parse(found[1].raw.toString())).toEqual(rows[1]);
    expect(decodeValue("settlement", found[2].raw).record).toEqual(found[2].record);
  });

  it("rows of a Canal deletion are taken out, also when they are read again alone", () => {
    const found = all(canal("DELETE", [ROW, { ...ROW, setl_id: "S2" }]));
    for (const { record, raw } of found) {
      expect(record).toMatchObject({ vali_flag: "0", updt_time: UPDATED + 7 });
      expect(decodeValue("settlement", raw).record).toEqual(record);
    }
  });

  it("DDL and what is about no row is passed over", () => {
    expect(one(canal("CREATE", [], { isDdl: true, data: null, sql: "create table x" })).rejection).toBe(
      PASSED_OVER,
    );
    expect(one(canal("QUERY", [])).rejection).toBe(PASSED_OVER);
    expect(one(canal("INSERT", [])).rejection).toBe(PASSED_OVER);
    expect(
      one({ database: "hsa", table: "setl_d", type: "bootstrap-start", ts: 1, data: {} }).rejection,
    ).toBe(PASSED_OVER);
    expect(one({ database: "hsa", table: "t", type: "table-alter", ts: 1, def: {} }).rejection).toBe(
      PASSED_OVER,
    );
  });

  it("Maxwell has one row and its time in seconds", () => {
    const maxwell = { database: "hsa", table: "setl_d", ts: UPDATED / 1000 + 60, xid: 1, commit: true };
    for (const type of ["insert", "update", "bootstrap-insert"])
      expect(one({ ...maxwell, type, data: ROW }).record).toMatchObject({ setl_id: "S1", vali_flag: null });
    expect(one({ ...maxwell, type: "delete", data: ROW }).record).toMatchObject({
      vali_flag: "0",
      updt_time: UPDATED + 60_000,
    });
  });
});

describe("what is no record", () => {
  it("a Kafka value that is null counts as nothing, an empty one is undecodable", () => {
    expect(decodeValue("settlement", null).rejection).toBe(PASSED_OVER);
    expect(decodeValue("settlement", "").rejection).toBe("undecodable: the value is empty");
  });

  it("an object with none of the fields says so", () => {
    for (const text of [
      "{}",
      '{"a":1}',
      '{"payload":1}',
      '{"data":[1]}',
      '{"payload":[]}',
      '{"schema":{},"x":1}',
    ])
      expect(decodeValue("settlement", text).rejection, text).toMatch(
        /^missing_field: the object has no field|nothing/,
      );
  });
});

describe("Debezium in Avro", () => {
  const value = {
    type: "record",
    name: "Value",
    namespace: "hsa.setl_d",
    fields: [
      ...["setl_id", "mdtrt_id", "psn_no", "insutype", "insu_admdvs", "fixmedins_code", "med_type"].map(
        (name) => ({
          name,
          type: "string",
        }),
      ),
      {
        name: "setl_time",
        type: { type: "long", "connect.version": 1, "connect.name": "io.debezium.time.Timestamp" },
      },
      {
        name: "updt_time",
        type: [
          "null",
          { type: "long", "connect.version": 1, "connect.name": "io.debezium.time.MicroTimestamp" },
        ],
        default: null,
      },
      {
        name: "begndate",
        type: ["null", { type: "int", "connect.name": "io.debezium.time.Date" }],
        default: null,
      },
      {
        name: "medfee_sumamt",
        type: {
          type: "record",
          name: "VariableScaleDecimal",
          namespace: "io.debezium.data",
          fields: [
            { name: "scale", type: "int" },
            { name: "value", type: "bytes" },
          ],
          "connect.name": "io.debezium.data.VariableScaleDecimal",
        },
      },
      { name: "fund_pay_sumamt", type: { type: "bytes", logicalType: "decimal", precision: 20, scale: 4 } },
    ],
  };
  const envelope = {
    type: "record",
    name: "Envelope",
    namespace: "hsa.setl_d",
    fields: [
      { name: "before", type: ["null", value], default: null },
      { name: "after", type: ["null", "Value"], default: null },
      {
        name: "source",
        type: { type: "record", name: "Source", fields: [{ name: "table", type: "string" }] },
      },
      { name: "op", type: "string" },
      { name: "ts_ms", type: ["null", "long"], default: null },
    ],
  };
  const row = {
    ...ROW,
    setl_time: Date.UTC(2024, 1, 29, 23, 30),
    updt_time: Date.UTC(2024, 2, 1, 0, 30) * 1000,
    begndate: 19_781,
    medfee_sumamt: { scale: 2, value: decimalBytes(10010n) },
    fund_pay_sumamt: decimalBytes(600_000n),
  };
  const type = avro.Type.forSchema(envelope as avro.Schema, { wrapUnions: false });
  const bytes = (change: object): Buffer =>
    type.toBuffer({ before: null, after: null, source: { table: "setl_d" }, ts_ms: null, ...change });
  const read = (body: Buffer, schema: object = envelope): Decoded => {
    const decoder = makeDecoder({ schemas: [JSON.stringify(schema)] });
    const block = {
      kind: "avro-block",
      writer: { schemaJson: JSON.stringify(schema) },
      bytes: body,
      count: 1,
    } as const;
    const [found] = decodeAll("settlement", block, decoder);
    // The kept bytes alone give the same again.
    expect(decodeValue("settlement", found.raw, decoder).record).toEqual(found.record);
    return found;
  };

  it("reads wall clocks, days and decimals of any scale out of the envelope", () => {
    expect(read(bytes({ after: row, op: "c" })).record).toMatchObject({
      setl_id: "S1",
      setl_time: FEBRUARY,
      updt_time: UPDATED,
      begndate: 19_781,
      medfee_sumamt: 10010,
      fund_pay_sumamt: 6000,
    });
    expect(read(bytes({ before: row, op: "d", ts_ms: UPDATED + 3 })).record).toMatchObject({
      setl_id: "S1",
      vali_flag: "0",
      updt_time: UPDATED + 3,
    });
  });

  it("a semantic type that nobody knows, on a field that we need, is unknown_schema", () => {
    const foreign = JSON.parse(JSON.stringify(value).replace("io.debezium.time.Date", "com.acme.Day"));
    const rowType = avro.Type.forSchema(foreign as avro.Schema, { wrapUnions: false });
    const found = read(rowType.toBuffer(row), foreign);
    expect(found.rejection).toBe(
      "unknown_schema: begndate has the semantic type com.acme.Day, which is not known",
    );
  });

  it("schemas without end are refused before anything is compiled", () => {
    const scale = JSON.stringify(value).replace('"scale":4', '"scale":2000000000');
    expect(() => new BatchDecoder({ calendar: new ZoneCalendar("Asia/Shanghai"), schemas: [scale] })).toThrow(
      "scale",
    );
    const nested = Array.from({ length: 26 }, (_, i) => ({
      type: "record",
      name: `R${i}`,
      fields: [0, 1].map((n) => ({ name: `f${n}`, type: i === 0 ? "int" : `R${i - 1}` })),
    }));
    const fields = nested.map((r, i) => ({ name: `x${i}`, type: r }));
    const doubling = { type: "record", name: "Top", fields };
    const started = performance.now();
    const block = {
      kind: "avro-block",
      writer: { schemaJson: JSON.stringify(doubling) },
      bytes: Buffer.alloc(10),
      count: 1,
    } as const;
    expect(decodeAll("settlement", block)[0].rejection).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(1000);
    expect(batchOf("settlement", block).payload).toBe(block);
  });
});

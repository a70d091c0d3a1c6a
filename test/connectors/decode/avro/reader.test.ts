import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import avro from "avsc";
import { describe, expect, it } from "vitest";
import { canonicalForm, parseAvro, rabinFingerprint } from "../../../../connectors/decode/avro/schema.js";
import { loadWriterSchemas } from "../../../../connectors/decode/writers.js";
import { avroSchema } from "../../../../schemas/input/streams.js";
import { avroLong, decimalBytes } from "../../../support/avro-files.js";
import { decodeAll, decodeValue, makeDecoder } from "../../../support/decoding.js";

const schema = avroSchema("fund-entry") as { fields: { name: string; type: unknown }[] };
const type = avro.Type.forSchema(schema as avro.Schema);
const GOOD = {
  entry_id: "E1",
  fund: "resident",
  admdvs: "620725",
  kind: "income",
  subject: "levy",
  amount: decimalBytes(-12345n),
  book_date: 19782,
  insurance: null,
  group: null,
  beneficiaries: null,
  updt_time: Date.UTC(2024, 2, 1),
};
const singleObject = (schema: object, body: Buffer): Buffer =>
  Buffer.concat([
    Buffer.of(0xc3, 1),
    rabinFingerprint(canonicalForm(parseAvro(JSON.stringify(schema)))),
    body,
  ]);
const own = (change: object = {}): Buffer => singleObject(schema, type.toBuffer({ ...GOOD, ...change }));
const BROKEN = "undecodable: the bytes are no record of their Avro schema";

/** Decodes with one field of the writer schema, and its value, replaced. */
function withField(name: string, fieldType: unknown, value: unknown) {
  const changed = {
    ...schema,
    fields: schema.fields.map((f) => (f.name === name ? { name, type: fieldType } : f)),
  };
  const bytes = avro.Type.forSchema(changed as avro.Schema).toBuffer({ ...GOOD, [name]: value });
  const writer = { schemaJson: JSON.stringify(changed) };
  return decodeAll("fund-entry", { kind: "avro-block", writer, bytes, count: 1 })[0];
}

describe("single-object encoding", () => {
  it("of our own schema is known; negative amounts are amounts", () => {
    expect(decodeValue("fund-entry", own()).record).toEqual({ ...GOOD, amount: -12345 });
  });

  it("of another schema is unknown_schema until the schema is given", () => {
    const other = { type: "record", name: "X", fields: schema.fields.slice().reverse() };
    const value = singleObject(other, avro.Type.forSchema(other as avro.Schema).toBuffer(GOOD));
    expect(decodeValue("fund-entry", value).rejection).toBe(
      `unknown_schema: no schema with CRC-64-AVRO fingerprint ${value.toString("hex", 2, 10)} is known`,
    );
    const taught = makeDecoder({ schemas: [JSON.stringify(other)] });
    expect(decodeValue("fund-entry", value, taught).record?.amount).toBe(-12345);
  });

  it("cut at any byte, or with a byte too many, is undecodable", () => {
    const whole = own();
    for (let size = 10; size < whole.length; size++) {
      expect(decodeValue("fund-entry", whole.subarray(0, size)).rejection, `${size} bytes`).toBe(BROKEN);
    }
    expect(decodeValue("fund-entry", Buffer.concat([whole, Buffer.of(0)])).rejection).toBe(
      "undecodable: bytes are left over after the record",
    );
  });

  it("with absurd sizes is undecodable at once", () => {
    for (const size of [-1, -5, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      const value = singleObject(schema, Buffer.concat([avroLong(size), Buffer.alloc(40)]));
      expect(decodeValue("fund-entry", value).rejection).toBe(BROKEN);
    }
    expect(decodeValue("fund-entry", singleObject(schema, Buffer.alloc(40, 0xff))).rejection).toBe(BROKEN);
  });

  it("with a union branch that does not exist is undecodable", () => {
    const body = type.toBuffer(GOOD);
    const at = type.toBuffer({ ...GOOD, updt_time: 0 }).length - 4;
    for (const tag of [4, 1, 255]) {
      const bad = Buffer.from(body);
      bad[at] = tag;
      expect(decodeValue("fund-entry", singleObject(schema, bad)).rejection).toBe(BROKEN);
    }
  });

  it("with invalid UTF-8 is undecodable", () => {
    const value = own({ entry_id: "\u00ff-1" });
    value[value.indexOf(0xc3, 2)] = 0xfe;
    expect(decodeValue("fund-entry", value).rejection).toBe("undecodable: a text is not valid UTF-8");
  });

  it("judges fields as JSON does", () => {
    const cases: [object, string][] = [
      [{ entry_id: "" }, "missing_field: entry_id is missing"],
      [{ entry_id: "a\u0000" }, "bad_value: entry_id: expected text without control characters"],
      [{ entry_id: "9".repeat(65) }, "bad_value: entry_id: expected at most 64 characters"],
      [{ entry_id: "9".repeat(10_000_000) }, "bad_value: entry_id: expected at most 64 characters"],
      [{ amount: Buffer.alloc(0) }, "bad_value: amount: expected yuan"],
      [{ amount: decimalBytes(2n ** 53n) }, "bad_value: amount: expected yuan"],
      [{ amount: Buffer.alloc(1000, 1) }, "bad_value: amount: expected yuan"],
      [{ book_date: 2_147_483_647 }, "bad_value: book_date: expected a day"],
      [{ updt_time: 253_402_300_800_000 }, "bad_value: updt_time: expected an instant"],
    ];
    for (const [change, expected] of cases) {
      const { rejection } = decodeValue("fund-entry", own(change));
      expect(rejection?.slice(0, expected.length)).toBe(expected);
    }
  });

  it("amounts of every size are exact", () => {
    for (let bits = 0n; bits < 53n; bits++) {
      for (const unscaled of [2n ** bits, 2n ** bits - 1n, -(2n ** bits), 1n - 2n ** bits]) {
        const long = Buffer.alloc(20, unscaled < 0n ? 255 : 0);
        const short = decimalBytes(unscaled);
        short.copy(long, 20 - short.length);
        for (const amount of [short, long]) {
          expect(decodeValue("fund-entry", own({ amount })).record?.amount).toBe(Number(unscaled));
        }
      }
    }
  });
});

describe("writers that chose other types", () => {
  const decimal = (scale: number) => ({ type: "bytes", logicalType: "decimal", precision: 20, scale });
  it.each([
    ["amount", decimal(0), decimalBytes(-7n), -700],
    ["amount", decimal(4), decimalBytes(123_400n), 1234],
    [
      "amount",
      { type: "fixed", size: 4, name: "F", logicalType: "decimal", precision: 9, scale: 2 },
      Buffer.of(255, 255, 255, 133),
      -123,
    ],
    ["amount", "string", "-1.5", -150],
    ["amount", "double", 12.34, 1234],
    ["amount", "float", 0.5, 50],
    ["amount", "long", 12, 1200],
    ["amount", "int", -12, -1200],
    ["beneficiaries", "long", 5, 5],
    ["beneficiaries", "double", 5, 5],
    ["beneficiaries", ["int", "null", "string"], 5, 5],
    ["updt_time", { type: "long", logicalType: "timestamp-micros" }, 1_999_999, 1999],
    ["updt_time", { type: "long", logicalType: "timestamp-micros" }, -1, -1],
    [
      "updt_time",
      { type: "long", logicalType: "local-timestamp-millis" },
      Date.UTC(2024, 2, 1, 8),
      Date.UTC(2024, 2, 1),
    ],
    ["updt_time", "string", "2024-03-01 08:00:00", Date.UTC(2024, 2, 1)],
    ["book_date", "string", "2024-02-29", 19782],
    ["book_date", "string", "2024-02-29 00:00:00", 19782],
    ["book_date", { type: "long", logicalType: "timestamp-millis" }, Date.UTC(2024, 1, 28, 16), 19782],
    ["beneficiaries", "string", "5.0", 5],
    ["kind", { type: "enum", name: "K", symbols: ["expense", "income"] }, "income", "income"],
    ["kind", "bytes", Buffer.from("income"), "income"],
    ["kind", { type: "string", logicalType: "uuid" }, "income", "income"],
  ])("%s as %j", (name, fieldType, value, expected) => {
    const { record, rejection } = withField(name, fieldType, value);
    expect(rejection).toBeNull();
    expect(record?.[name]).toBe(expected);
  });

  it.each([
    ["amount", decimal(4), decimalBytes(123_450n)],
    ["amount", "bytes", decimalBytes(100n)],
    ["amount", "double", 0.1 + 0.2],
    ["amount", "double", Number.NaN],
    ["amount", "double", Number.POSITIVE_INFINITY],
    ["amount", "double", 1e21],
    ["amount", "float", 12.34],
    ["amount", { type: "long", logicalType: "timestamp-millis" }, 12],
    ["amount", "string", "12.345"],
    ["amount", "boolean", true],
    ["beneficiaries", "long", 2 ** 31],
    ["beneficiaries", "double", 1.5],
    ["beneficiaries", "string", "5.5"],
    ["updt_time", { type: "int", logicalType: "date" }, 19782],
    ["book_date", { type: "long", logicalType: "time-millis" }, 0],
    ["admdvs", "int", 620725],
    ["admdvs", "long", 620725],
    ["admdvs", { type: "array", items: "string" }, ["620725"]],
    ["admdvs", { type: "record", name: "R", fields: [{ name: "a", type: "int" }] }, { a: 1 }],
  ])("%s as %j is bad_value", (name, fieldType, value) => {
    expect(withField(name, fieldType, value).rejection).toMatch(`bad_value: ${name}: expected `);
  });

  it("maps", () => {
    const fact = {
      fact_id: "f",
      indicator: "i",
      period: "p",
      admdvs: "620725",
      reported_by: null,
      value: "1.50",
      unit: "u",
      updt_time: 0,
    };
    const own = avroSchema("reported-fact");
    const body = avro.Type.forSchema(own as avro.Schema).toBuffer({
      ...fact,
      dimensions: { b: "2", a: "1" },
    });
    expect(decodeValue("reported-fact", singleObject(own, body)).record).toEqual({
      ...fact,
      value: "1.5",
      dimensions: { a: "1", b: "2" },
    });
  });
});

describe("container blocks", () => {
  const writer = { schemaJson: JSON.stringify(schema) };
  const records = ["A", "B", "C"].map((entry_id) => type.toBuffer({ ...GOOD, entry_id }));

  it("a bad value stands alone: the next record is found", () => {
    const bytes = Buffer.concat([records[0], type.toBuffer({ ...GOOD, entry_id: "x\u0001" }), records[2]]);
    const all = decodeAll("fund-entry", { kind: "avro-block", writer, bytes, count: 3 });
    expect(all.map((d) => d.record?.entry_id ?? d.rejection?.split(":")[0])).toEqual(["A", "bad_value", "C"]);
  });

  it("records keep bytes that can be decoded alone, of our own schema and of a foreign one", () => {
    const foreign = { ...schema, name: "Foreign", fields: [...schema.fields].reverse() };
    const foreignBytes = avro.Type.forSchema(foreign as avro.Schema).toBuffer({ ...GOOD, entry_id: "F" });
    const ours = decodeAll("fund-entry", {
      kind: "avro-block",
      writer,
      bytes: Buffer.concat(records),
      count: 3,
    });
    expect(ours.map((d) => decodeValue("fund-entry", d.raw).record?.entry_id)).toEqual(["A", "B", "C"]);
    expect(ours[1].raw.subarray(10)).toEqual(records[1]);
    const theirs = decodeAll("fund-entry", {
      kind: "avro-block",
      writer: { schemaJson: JSON.stringify(foreign) },
      bytes: foreignBytes,
      count: 1,
    });
    expect(decodeValue("fund-entry", theirs[0].raw).record?.entry_id).toBe("F");
  });

  it("damage in one part leaves the next whole, and every record is told of once", () => {
    const bytes = Buffer.concat([records[0], records[1].subarray(0, 5), records[2]]);
    const cut = records[0].length + 5;
    const parts = [
      { end: cut, count: 3 },
      { end: bytes.length, count: 1 },
    ];
    const all = decodeAll("fund-entry", { kind: "avro-block", writer, bytes, count: 4, parts });
    expect(all.map((d) => d.record?.entry_id ?? d.rejection)).toEqual(["A", BROKEN, BROKEN, "C"]);
  });

  it("bytes left over, and a schema that is no record", () => {
    const bytes = Buffer.concat([...records, Buffer.of(1)]);
    expect(
      decodeAll("fund-entry", { kind: "avro-block", writer, bytes, count: 3 }).map((d) => d.rejection),
    ).toEqual([null, null, "undecodable: bytes are left over after the record"]);
    const all = decodeAll("fund-entry", {
      kind: "avro-block",
      writer: { schemaJson: '"string"' },
      bytes,
      count: 2,
    });
    expect(all.map((d) => d.rejection)).toEqual(Array(2).fill("undecodable: the writer schema is no record"));
  });

  it("damaged bytes are one undecodable record", () => {
    const [one] = decodeAll("fund-entry", { kind: "damaged", bytes: Buffer.from("zz"), detail: "cut off" });
    expect(one).toEqual({ record: null, rejection: "undecodable: cut off", raw: Buffer.from("zz") });
  });
});

describe("schemas of the reference folder", () => {
  it("are read from schemas/*.avsc; one that is none is FP1002 with its name", async () => {
    const dir = mkdtempSync(join(tmpdir(), "fundpulse-avsc-"));
    expect(await loadWriterSchemas(dir)).toEqual([]);
    mkdirSync(join(dir, "schemas"));
    writeFileSync(join(dir, "schemas", "a.avsc"), JSON.stringify(schema));
    writeFileSync(join(dir, "schemas", "readme.txt"), "x");
    expect(await loadWriterSchemas(dir)).toEqual([JSON.stringify(schema)]);
    writeFileSync(join(dir, "schemas", "b.avsc"), "{");
    await expect(loadWriterSchemas(dir)).rejects.toMatchObject({
      code: "FP1002",
      message: expect.stringContaining("b.avsc"),
    });
    rmSync(dir, { recursive: true });
  });
});

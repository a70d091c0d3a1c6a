import avro from "avsc";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseAvro } from "../../../../connectors/decode/avro/schema.js";
import { avroSchema } from "../../../../schemas/input/streams.js";
import { container, containerBlock, containerHeader } from "../../../support/avro-files.js";
import { Workspace } from "../../../support/workspace.js";

/** Schemas that ask for more than any that is meant, or are none: each is refused with a word, at once. */
const record = (name: string, ...fields: unknown[]) => ({
  type: "record",
  name,
  fields: fields.map((type, i) => ({ name: `f${i}`, type })),
});

/** R0 of two R1, each of two R2 …: every level is written once, and read twice as often. */
function doubling(levels: number, leaf: unknown): object {
  let inner: unknown = leaf;
  for (let i = levels - 1; i >= 0; i--) {
    const name = `R${i}`;
    inner = i === levels - 1 ? record(name, inner) : record(name, inner, `R${i + 1}`);
  }
  return inner as object;
}

const HOSTILE: readonly (readonly [string, unknown, RegExp])[] = [
  [
    "a scale of two thousand million",
    { type: "bytes", logicalType: "decimal", precision: 4, scale: 2e9 },
    /scale/,
  ],
  ["a negative scale", { type: "bytes", logicalType: "decimal", precision: 4, scale: -1 }, /scale/],
  ["26 levels of records that double, of null", doubling(26, "null"), /no bytes/],
  ["26 levels of empty records", doubling(26, { type: "record", name: "E", fields: [] }), /no bytes/],
  ["a record that is its own field", record("R", "R"), /without end|Avro/],
  ["two records that hold each other", record("A", record("B", "A")), /without end|Avro/],
  [
    "a fixed of no size",
    record("R", ...Array.from({ length: 101 }, (_, i) => ({ type: "fixed", name: `F${i}`, size: 0 }))),
    /no bytes/,
  ],
  [
    "a union of 10,001 branches",
    Array.from({ length: 10_001 }, (_, i) => ({ type: "fixed", name: `F${i}`, size: 1 })),
    /more than/,
  ],
  [
    "an enum of 100,000 symbols",
    { type: "enum", name: "E", symbols: Array.from({ length: 100_000 }, (_, i) => `S${i}`) },
    /more than/,
  ],
  ["a megabyte and more", { type: "string", doc: "x".repeat(1_100_000) }, /longer/],
  ["a type's name that is none", { type: "record", name: "1-R", fields: [] }, /Avro/],
  [
    "a field's name that is none",
    { type: "record", name: "R", fields: [{ name: "a b", type: "int" }] },
    /Avro/,
  ],
  [
    "two fields of one name",
    {
      type: "record",
      name: "R",
      fields: [
        { name: "a", type: "int" },
        { name: "a", type: "int" },
      ],
    },
    /Avro/,
  ],
  ["two symbols of one name", { type: "enum", name: "E", symbols: ["A", "A"] }, /Avro/],
  [
    "a default of another type",
    { type: "record", name: "R", fields: [{ name: "a", type: "int", default: "x" }] },
    /Avro/,
  ],
  [
    "a default that is not of the first branch",
    { type: "record", name: "R", fields: [{ name: "a", type: ["null", "int"], default: 0 }] },
    /Avro/,
  ],
  ["a union with two of a kind", ["int", "int"], /Avro/],
  ["a union in a union", ["null", ["int"]], /Avro/],
  ["a type without a name", record("R", { type: "fixed", size: 1 }), /Avro/],
  ["a name that nothing has", record("R", "Nobody"), /Avro/],
  [
    "JSON Schema",
    { $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties: {} },
    /Avro/,
  ],
];

describe("a schema is refused at once", () => {
  it.each(HOSTILE)("%s", (_name, schema, why) => {
    const started = performance.now();
    expect(() => parseAvro(JSON.stringify(schema))).toThrow(why);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("nested arrays without end, as JSON and as types", () => {
    expect(() => parseAvro(`${"[".repeat(500_000)}${"]".repeat(500_000)}`)).toThrow();
    expect(() => parseAvro(`${'{"type":'.repeat(5000)}"int"${"}".repeat(5000)}`)).toThrow(/nested/);
  });
});

describe("what is odd and has one meaning is read", () => {
  it.each([
    [
      "a logical type on a type that it does not fit",
      record("R", { type: "string", logicalType: "timestamp-millis" }),
    ],
    [
      "a list that ends in null",
      { type: "record", name: "L", fields: [{ name: "next", type: ["null", "L"] }] },
    ],
    ["12 levels of records that double, of int", doubling(12, "int")],
    [
      "names in other namespaces",
      {
        type: "record",
        name: "a.b.R",
        fields: [{ name: "x", type: { type: "enum", name: "c.E", symbols: ["A"] } }],
      },
    ],
  ])("%s", (_name, schema) => {
    expect(parseAvro(JSON.stringify(schema)).node.kind).toBe("record");
  });
});

describe("in the drop folder", () => {
  let w: Workspace;
  beforeEach(() => {
    w = new Workspace();
  });
  afterEach(() => w.remove());

  it("each is one quarantined record, and the good ones beside them are counted, at every start", async () => {
    HOSTILE.forEach(([, schema], i) => {
      const name = `settlement-${String(i).padStart(2, "0")}.avro`;
      w.put(
        name,
        Buffer.concat([containerHeader(schema as object), containerBlock([Buffer.alloc(40)], "null", 3)]),
      );
    });
    w.put("settlement-zz.ndjson", [{ setl_id: "S" }]);
    for (let start = 0; start < 2; start++) {
      const memory = await w.drainToMemory();
      expect(memory.last?.quarantine?.length).toBe(HOSTILE.length + 1);
      expect(memory.last?.quarantine?.filter((q) => q.reason === "undecodable").length).toBe(HOSTILE.length);
    }
  });

  it("a count that the bytes do not have is no memory", async () => {
    const schema = { ...avroSchema("reported-fact") };
    const huge = Buffer.concat([
      Buffer.from("00".repeat(4), "hex"),
      Buffer.from("feffffffffffffffff01", "hex"),
    ]);
    w.put("reported-fact-1.avro", Buffer.concat([containerHeader(schema), containerBlock([huge])]));
    const odd = record("Odd", { type: "array", items: "null" }, { type: "map", values: "bytes" });
    w.put("fund-entry-1.avro", Buffer.concat([containerHeader(odd), containerBlock([huge.subarray(4)])]));
    const before = process.memoryUsage().rss;
    const memory = await w.drainToMemory();
    expect(memory.last?.quarantine?.map((q) => q.reason)).toEqual(["undecodable", "undecodable"]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });

  it("50,000 entries of a foreign schema with much text take little, and a bad one keeps no text", async () => {
    const schema = {
      ...(avroSchema("fund-entry") as { fields: object[] }),
      doc: "x".repeat(20_000),
      name: "Entry",
      namespace: "elsewhere",
    };
    const type = avro.Type.forSchema(schema as avro.Schema);
    const amount = Buffer.from([100]);
    const entry = (i: number) => ({
      ...{ entry_id: `E${i}`, fund: "resident", admdvs: "620725", kind: "expense", subject: "benefit" },
      ...{
        amount,
        book_date: 19_787,
        updt_time: 1_709_600_000_000,
        insurance: null,
        group: null,
        beneficiaries: null,
      },
    });
    const records = Array.from({ length: 50_000 }, (_, i) => type.toBuffer(entry(i)));
    records.push(type.toBuffer({ ...entry(0), entry_id: "BAD", kind: "nonsense" }));
    w.put("fund-entry-1.avro", container(schema, records, "deflate", 10_000));
    const before = process.memoryUsage().rss;
    const memory = await w.drainToMemory();
    expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
    expect(memory.last?.balance).toMatchObject([{ applied: 50_000, quarantined: 1 }]);
    const [shown] = await w.engine(async (engine) => {
      const [waiting] = await engine.quarantine.list({});
      return [(await engine.quarantine.show(waiting!.id))!.bytes];
    });
    expect(shown!.length).toBeLessThan(4000);
    expect(shown!.toString("latin1")).toContain("BAD");
  });
});

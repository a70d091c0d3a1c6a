import avro from "avsc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayText, ZoneCalendar } from "../../../aggregations/calendar.js";
import { BatchDecoder } from "../../../connectors/decode/decoder.js";
import { textOfUnscaled } from "../../../connectors/decode/fields/values.js";
import type { Payload, SourceBatch } from "../../../connectors/ports/source.js";
import { Settlement } from "../../../schemas/input/settlement.js";
import { AMOUNT_FIELDS, STREAMS } from "../../../schemas/input/streams.js";
import { decimalBytes } from "../../support/avro-files.js";

/** A settlement as the test knows it: fen, day numbers and epoch ms; absent fields are not there. */
type Model = Record<string, string | number>;
type Shape = {
  readonly schema: object;
  readonly encode: (value: never) => unknown;
  readonly decode?: unknown;
};

const FIELDS = STREAMS.settlement.fields;
const decoder = new BatchDecoder({ calendar: new ZoneCalendar("Asia/Shanghai") });

const values = {
  id: fc.oneof(
    fc.stringMatching(/^[0-9A-Z]{1,24}$/),
    fc.constantFrom("310", "1", "药店Ω", "𠮷-1", "é".repeat(12), "620725199003078888"),
  ),
  code: fc.oneof(
    fc.stringMatching(/^[0-9A-Z*+._/-]{1,14}$/),
    fc.constantFrom("310", "11", "620725", "1", "H62072500012345678A"),
  ),
  instant: fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) }),
  date: fc.integer({ min: -1000, max: 40_000 }),
  int: fc.integer(),
  amount: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -100_000, max: 100_000 })),
};

const model: fc.Arbitrary<Model> = fc.record(
  Object.fromEntries(FIELDS.map((f) => [f.name, values[(f.text ?? f.type) as keyof typeof values]])),
  { requiredKeys: FIELDS.filter((f) => f.required).map((f) => f.name) },
) as fc.Arbitrary<Model>;

const fixed = (fen: number): Buffer => {
  const bytes = Buffer.alloc(9, fen < 0 ? 0xff : 0);
  const short = decimalBytes(BigInt(fen));
  short.copy(bytes, bytes.length - short.length);
  return bytes;
};
let fixedNames = 0;

/** Ways in which a writer may put a field on the wire. */
function shapesOf(type: string): Shape[] {
  switch (type) {
    case "amount":
      return [
        {
          schema: { type: "bytes", logicalType: "decimal", precision: 16, scale: 2 },
          encode: (v: number) => decimalBytes(BigInt(v)),
        },
        {
          schema: { type: "bytes", logicalType: "decimal", precision: 20, scale: 4 },
          encode: (v: number) => decimalBytes(BigInt(v) * 100n),
        },
        {
          schema: { type: "fixed", size: 9, logicalType: "decimal", precision: 20, scale: 2 },
          encode: fixed,
        },
        { schema: { type: "string" }, encode: (v: number) => textOfUnscaled(BigInt(v), 2) },
      ] as Shape[];
    case "instant":
      return [
        { schema: { type: "long", logicalType: "timestamp-millis" }, encode: (v: number) => v },
        { schema: { type: "long", logicalType: "timestamp-micros" }, encode: (v: number) => v * 1000 + 999 },
        { schema: { type: "long" }, encode: (v: number) => v },
        { schema: { type: "string" }, encode: (v: number) => new Date(v).toISOString() },
      ] as Shape[];
    case "date":
      return [
        { schema: { type: "int", logicalType: "date" }, encode: (v: number) => v },
        { schema: { type: "string" }, encode: (v: number) => dayText(v) },
      ] as Shape[];
    case "int":
      return ["int", "long", "double"].map(
        (type) => ({ schema: { type }, encode: (v: number) => v }) as Shape,
      );
    default:
      return [
        { schema: { type: "string" }, encode: (v: string) => v },
        { schema: { type: "bytes" }, encode: (v: string) => Buffer.from(v) },
      ] as Shape[];
  }
}

/** Fields that we do not know, to be stepped over. */
const EXTRAS = [
  { schema: "string", value: "not ours" },
  { schema: { type: "array", items: { type: "map", values: "long" } }, value: [{ a: 1, b: -2 }, {}] },
  {
    schema: {
      type: "record",
      name: "Inner",
      fields: [
        { name: "flag", type: "boolean" },
        { name: "self", type: ["null", "Inner"] },
        { name: "kind", type: { type: "enum", name: "Kind", symbols: ["X", "Y"] } },
      ],
    },
    value: { flag: true, self: { flag: false, self: null, kind: "X" }, kind: "Y" },
  },
  { schema: ["null", "double", "string"], value: 1.5 },
  { schema: { type: "fixed", size: 5, name: "Five" }, value: Buffer.from("12345") },
  { schema: "float", value: 0.5 },
] as const;

interface WriterField {
  readonly name: string;
  readonly type: unknown;
  readonly of: (m: Model) => unknown;
}

const fieldOf = (name: string, type: string, shape: number, nullable: number): WriterField => {
  const shapes = shapesOf(type);
  const { schema, encode } = shapes[shape % shapes.length];
  const wire = "size" in schema ? { ...schema, name: `Fixed${fixedNames++}` } : schema;
  const union = nullable === 0 ? wire : nullable === 1 ? ["null", wire] : [wire, "null"];
  return { name, type: union, of: (m) => (name in m ? encode(m[name] as never) : null) };
};

/** A writer schema: any order, any optional field left out, extra fields, any wire form. */
const writer = fc
  .record({
    shapes: fc.array(fc.nat(20), { minLength: FIELDS.length, maxLength: FIELDS.length }),
    nullable: fc.array(fc.nat(2), { minLength: FIELDS.length, maxLength: FIELDS.length }),
    dropped: fc.subarray(FIELDS.filter((f) => !f.required).map((f) => f.name)),
    extras: fc.subarray([...EXTRAS.keys()]),
    order: fc.array(fc.nat(1_000_000), {
      minLength: FIELDS.length + EXTRAS.length,
      maxLength: FIELDS.length + EXTRAS.length,
    }),
  })
  .map(({ shapes, nullable, dropped, extras, order }) => {
    const fields: WriterField[] = FIELDS.flatMap((f, i) =>
      dropped.includes(f.name)
        ? []
        : [fieldOf(f.name, f.type, shapes[i], f.required ? nullable[i] : (nullable[i] % 2) + 1)],
    );
    for (const i of extras)
      fields.push({ name: `extra${i}`, type: EXTRAS[i].schema, of: () => EXTRAS[i].value });
    const sorted = fields.map((f, i) => ({ f, key: order[i] })).sort((a, b) => a.key - b.key);
    const names = sorted.map(({ f }) => f);
    return {
      schema: { type: "record", name: "W", fields: names.map(({ name, type }) => ({ name, type })) },
      fields: names,
    };
  });

function settlementsOf(payload: Payload): Model[] {
  const batch: SourceBatch = {
    stream: "settlement",
    payload,
    positions: [0],
    appendedAtMs: null,
    position: { source: "t", partition: "t", next: 0, lastApplied: null, fingerprint: null, finished: false },
  };
  const into = new Settlement();
  const seen: Model[] = [];
  decoder.settlements(
    batch,
    () => into,
    (index, raw, rejection) => {
      expect(rejection).toBeNull();
      expect(index).toBe(seen.length);
      const model: Model = {};
      const all = into as unknown as Record<string, string | number>;
      for (const { name, type } of FIELDS) {
        const value = type === "amount" ? into.amounts[AMOUNT_FIELDS.indexOf(name as never)] : all[name];
        if (value !== "" && !Number.isNaN(value)) model[name] = value;
      }
      seen.push(model);
      raws.push(raw());
    },
  );
  return seen;
}
let raws: Buffer[] = [];

describe("any writer", () => {
  it("is read as what it wrote, from blocks and again from each record's raw bytes", () => {
    fc.assert(
      fc.property(writer, fc.array(model, { minLength: 1, maxLength: 4 }), (w, models) => {
        const type = avro.Type.forSchema(w.schema as avro.Schema, { wrapUnions: "never" });
        const written = models.map((m) => Object.fromEntries(w.fields.map((f) => [f.name, f.of(m)])));
        const records = written.map((r) => type.toBuffer(r));
        const expected = models.map((m) =>
          Object.fromEntries(Object.entries(m).filter(([name]) => w.fields.some((f) => f.name === name))),
        );
        for (const [i, record] of records.entries()) {
          expect(JSON.stringify(type.fromBuffer(record))).toBe(JSON.stringify(written[i]));
        }
        raws = [];
        const bytes = Buffer.concat(records);
        const ref = { schemaJson: JSON.stringify(w.schema) };
        expect(settlementsOf({ kind: "avro-block", writer: ref, bytes, count: records.length })).toEqual(
          expected,
        );
        expect(settlementsOf({ kind: "values", values: [...raws] })).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("JSON reads as the same settlement", () => {
    const money = (fen: number, how: number): string | number => {
      const text = textOfUnscaled(BigInt(fen), 2);
      return how === 0 || Math.abs(fen) > 1e15 ? text : Number(text);
    };
    const local = (ms: number): string =>
      new Date(ms + 8 * 3_600_000).toISOString().slice(0, 23).replace("T", " ");
    fc.assert(
      fc.property(fc.array(model, { maxLength: 4 }), fc.nat(2), fc.boolean(), (models, how, spaced) => {
        const recent = models.map((m) => ({
          ...m,
          setl_time: Math.max(m.setl_time as number, Date.UTC(1995, 0, 1)),
          updt_time: Math.max(m.updt_time as number, Date.UTC(1995, 0, 1)),
        })) as Model[];
        const lines = recent.map((m) => {
          const json: Record<string, unknown> = { extra: [{ "}": 'a"\\' }, null], vali_flag: "" };
          for (const { name, type } of FIELDS) {
            if (!(name in m)) continue;
            const v = m[name] as number;
            if (type === "amount") json[name] = money(v, how);
            else if (type === "instant")
              json[name] = how === 0 ? v : how === 1 ? local(v) : new Date(v).toISOString();
            else json[name] = type === "date" ? dayText(v) : v;
          }
          return Buffer.from(JSON.stringify(json, null, spaced ? 2 : 0));
        });
        expect(settlementsOf({ kind: "values", values: lines })).toEqual(recent);
      }),
      { numRuns: 300 },
    );
  });

  it("bytes at random never throw and never run on", () => {
    const schema = JSON.stringify({
      type: "record",
      name: "W",
      fields: EXTRAS.map((e, i) => ({ name: `e${i}`, type: e.schema })),
    });
    const into = new Settlement();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(3), (noise, prefix) => {
        const bytes = Buffer.from(noise);
        const values = [
          Buffer.concat([
            [Buffer.of(), Buffer.of(0xc3, 1), Buffer.from("{"), Buffer.from("Obj\x01")][prefix],
            bytes,
          ]),
        ];
        const position = {
          source: "t",
          partition: "t",
          next: 0,
          lastApplied: null,
          fingerprint: null,
          finished: false,
        };
        const base = { stream: "settlement", positions: [0], appendedAtMs: null, position } as const;
        let calls = 0;
        const visit = (_: number, raw: () => Buffer) => {
          raw();
          calls++;
        };
        decoder.settlements({ ...base, payload: { kind: "values", values } }, () => into, visit);
        const own = {
          schemaJson:
            prefix > 1
              ? schema
              : JSON.stringify({
                  type: "record",
                  name: "S",
                  fields: [
                    { name: "psn_no", type: "string" },
                    {
                      name: "medfee_sumamt",
                      type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 },
                    },
                  ],
                }),
        };
        decoder.settlements(
          { ...base, payload: { kind: "avro-block", writer: own, bytes, count: 5 } },
          () => into,
          visit,
        );
        expect(calls).toBe(6);
      }),
      { numRuns: 2000 },
    );
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader, ByteWriter } from "../../../connectors/state/bytes.js";

const MOST = 2 ** 52;
const count = fc.oneof(
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  fc.integer({ min: 0, max: 52 }).map((bits) => 2 ** bits - 1),
  fc.integer({ min: 0, max: 52 }).map((bits) => 2 ** bits),
);
const signed = fc.oneof(
  fc.integer({ min: -MOST, max: MOST }),
  fc.integer({ min: 0, max: 51 }).map((bits) => -(2 ** bits)),
  fc.constantFrom(0, 1, -1, 127, -128, MOST - 1, 1 - MOST, MOST, -MOST),
);
/** Empty, long, astral; half a pair is kept as U+FFFD, as UTF-8 has no form for it. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom("", "\ud800", "\udc00x", "a\ud83d", "长".repeat(100_000)),
);

test("every whole number and text is read as it was written, in whatever order they come", () => {
  const value = fc.oneof(
    count.map((n) => ["uint", n] as const),
    signed.map((n) => ["int", n] as const),
    text.map((t) => ["text", t] as const),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), (values) => {
      const writer = new ByteWriter();
      for (const [kind, v] of values) (writer[kind] as (v: number | string) => void).call(writer, v);
      const reader = new ByteReader(writer.copy());
      for (const [kind, v] of values) {
        expect(reader[kind]()).toBe(typeof v === "string" ? Buffer.from(v).toString() : v);
      }
      expect(reader.at).toBe(writer.length);
    }),
    { numRuns: 300 },
  );
});

test("what cannot be packed is refused by number, and nothing is written of it", () => {
  const never = fc.oneof(
    fc.integer({ min: Number.MIN_SAFE_INTEGER, max: -1 }),
    fc.double({ noInteger: true }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53 + 2, 0.5, -0.5),
  );
  fc.assert(
    fc.property(never, (value) => {
      const writer = new ByteWriter();
      expect(() => writer.uint(value)).toThrow(/FP2015/);
      expect(writer.length).toBe(0);
    }),
  );
  for (const value of [MOST + 1, -MOST - 1, Number.NaN, 0.5]) {
    expect(() => new ByteWriter().int(value)).toThrow(/FP2015/);
  }
});

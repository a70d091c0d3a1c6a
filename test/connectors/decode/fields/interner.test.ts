import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Interner } from "../../../../connectors/decode/fields/interner.js";

describe("interned texts", () => {
  it("are what the bytes say, however many codes share a place of the table", () => {
    const interner = new Interner();
    for (let n = 0; n < 100_000; n++) {
      const text = n.toString(36).repeat(1 + (n % 4));
      const bytes = Buffer.from(`<${text}>`);
      for (let twice = 0; twice < 2; twice++) expect(interner.text(bytes, 1, bytes.length - 1)).toBe(text);
    }
  });

  it("any text of any length is read; only printable ASCII is usual", () => {
    const interner = new Interner();
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const bytes = Buffer.from(text);
        expect(interner.text(bytes, 0, bytes.length)).toBe(text);
        expect(interner.unusual).toBe(!/^[ -~]*$/.test(text));
      }),
      { numRuns: 5000 },
    );
  });

  it("bytes that are no UTF-8 are null", () => {
    const interner = new Interner();
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], Array(20).fill(0x80)]) {
      expect(interner.text(Buffer.from(bytes), 0, bytes.length)).toBeNull();
    }
  });
});

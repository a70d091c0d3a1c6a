import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Cmac, Privacy, PSEUDONYM_BYTES } from "../../../connectors/state/person-key.js";
import { PersonTable } from "../../../connectors/state/person-table.js";

const KEY = Buffer.from("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "hex");
const MESSAGE = Buffer.from(
  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
  "hex",
);

test.each([
  [0, "028962f61b7bf89efc6b551f4667d983"],
  [16, "28a7023f452e8f82bd4bf28d8c37c35c"],
  [40, "aaf3d8f1de5640c232f5b169b9c911e6"],
  [64, "e1992190549f6ed5696a2c056c315410"],
])("the NIST SP 800-38B example of %i bytes comes out", (length, tag) => {
  expect(new Cmac(KEY).tags([MESSAGE.subarray(0, length)]).toString("hex")).toBe(tag);
});

test.each([
  [0, "bb1d6929e95937287fa37d129b756746"],
  [16, "070a16b46b4d4144f79bdd9dd04a287c"],
  [40, "dfa66747de9ae63030ca32611497c827"],
  [64, "51f0bebf7e3b9d92fc49741779363cfe"],
])("the example of RFC 4493 of %i bytes comes out", (length, tag) => {
  const key = Buffer.from("2b7e151628aed2a6abf7158809cf4f3c", "hex");
  expect(new Cmac(key).tags([MESSAGE.subarray(0, length)]).toString("hex")).toBe(tag);
});

/** CMAC word for word as SP 800-38B writes it, one message at a time. */
function plainCmac(key: Buffer, message: Buffer): Buffer {
  const aes = (block: Buffer): Buffer => {
    const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]);
  };
  const mask = (1n << 128n) - 1n;
  const number = (b: Buffer): bigint => BigInt(`0x${b.toString("hex")}`);
  const bytes = (n: bigint): Buffer => Buffer.from(n.toString(16).padStart(32, "0"), "hex");
  const double = (n: bigint): bigint => ((n << 1n) & mask) ^ (n >> 127n ? 0x87n : 0n);
  const k1 = double(number(aes(Buffer.alloc(16))));
  const blocks = Math.max(1, Math.ceil(message.length / 16));
  const last = message.subarray((blocks - 1) * 16);
  const padded = Buffer.concat([last, Buffer.from([0x80]), Buffer.alloc(16)]).subarray(0, 16);
  const final = last.length === 16 ? number(last) ^ k1 : number(padded) ^ double(k1);
  let state = 0n;
  for (let i = 0; i < blocks - 1; i++)
    state = number(aes(bytes(state ^ number(message.subarray(i * 16, i * 16 + 16)))));
  return aes(bytes(state ^ final));
}

test("tags of many messages at once are those of each alone", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 70 }), { maxLength: 40 }), (messages) => {
      const tags = new Cmac(KEY).tags(messages);
      expect(tags.length).toBe(messages.length * PSEUDONYM_BYTES);
      messages.forEach((message, i) => {
        const tag = tags.subarray(i * PSEUDONYM_BYTES, (i + 1) * PSEUDONYM_BYTES);
        expect(tag).toEqual(plainCmac(KEY, Buffer.from(message)));
      });
    }),
    { numRuns: 60 },
  );
});

test("pseudonyms depend on the key, and on nothing else", () => {
  const numbers = ["62072519800101123X", "1", "62072519800101123X"];
  const [a, again, b] = [new Privacy("a"), new Privacy("a"), new Privacy("b")];
  expect(a.pseudonyms(numbers)).toEqual(again.pseudonyms(numbers));
  expect(a.pseudonyms(numbers)).not.toEqual(b.pseudonyms(numbers));
  const tags = a.pseudonyms(numbers);
  expect(tags.subarray(0, 16)).toEqual(tags.subarray(32, 48));
  expect(a.keyCheck).toBe(again.keyCheck);
  expect(a.keyCheck).not.toBe(b.keyCheck);
});

test("sealed bytes open with the key alone, and only unchanged", () => {
  const privacy = new Privacy("any non-empty text");
  for (const raw of [Buffer.alloc(0), Buffer.from('{"psn_no":"620725"}'), Buffer.alloc(100_000, 7)]) {
    const sealed = privacy.seal(raw);
    expect(privacy.open(sealed)).toEqual(raw);
    expect(privacy.seal(raw)).not.toEqual(sealed);
    expect(sealed.includes("620725")).toBe(false);
    expect(() => new Privacy("another text").open(sealed)).toThrow();
    for (const at of [0, 12, 27, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => privacy.open(changed)).toThrow();
    }
  }
});

test("a million persons keep their numbers when the table is loaded again in chunks", () => {
  const privacy = new Privacy("key");
  const table = new PersonTable();
  const count = 1_000_000;
  const chunks: Buffer[] = [];
  for (let start = 0; start < count; start += 100_000) {
    const tags = privacy.pseudonyms(Array.from({ length: 100_000 }, (_, i) => `6207250000${start + i}`));
    const from = table.size;
    for (let at = 0; at < tags.length; at += PSEUDONYM_BYTES) table.numberOf(tags, at);
    // Met again: nobody gets a second number.
    for (let at = 0; at < tags.length; at += PSEUDONYM_BYTES * 997) table.numberOf(tags, at);
    chunks.push(table.pseudonymsFrom(from));
  }
  expect(table.size).toBe(count);
  const loaded = new PersonTable();
  let wrong = 0;
  let expected = 0;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PSEUDONYM_BYTES)
      if (loaded.numberOf(chunk, at) !== expected++) wrong++;
  }
  for (let person = 0; person < count; person += 1013) {
    if (loaded.numberOf(table.pseudonymOf(person), 0) !== person) wrong++;
  }
  expect([loaded.size, wrong]).toEqual([count, 0]);
});

test("tags that differ in one bit are two persons, also when they fall into one slot", () => {
  const table = new PersonTable();
  const tags = Buffer.alloc(129 * PSEUDONYM_BYTES);
  for (let bit = 0; bit < 128; bit++) tags[bit * PSEUDONYM_BYTES + (bit >> 3)] = 1 << (bit & 7);
  const numbers = Array.from({ length: 129 }, (_, i) => table.numberOf(tags, i * PSEUDONYM_BYTES));
  expect(numbers).toEqual(Array.from({ length: 129 }, (_, i) => i));
  expect(table.pseudonymsFrom(0)).toEqual(tags);
});

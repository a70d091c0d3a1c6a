import fc from "fast-check";
import { expect, test } from "vitest";
import {
  BlockReader,
  BlockWriter,
  type CodeTable,
  type RowFacts,
} from "../../../connectors/state/settlement-block.js";
import { ABSENT, Settlement } from "../../../schemas/input/settlement.js";
import { AMOUNT_FIELDS } from "../../../schemas/input/streams.js";

class Codes implements CodeTable {
  readonly #texts: string[] = [];
  idOf(text: string): number {
    const known = this.#texts.indexOf(text);
    return known >= 0 ? known : this.#texts.push(text) - 1;
  }
  textOf(id: number): string {
    return this.#texts[id]!;
  }
}

const OPTIONAL = AMOUNT_FIELDS.length - 5;
const MS = 253_402_300_799_999;

const id = fc.oneof(
  fc.nat(1e9).map((n) => `S${String(n).padStart(12, "0")}`),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  // Long ids with a long common beginning, surrogate pairs across and after the 255th unit.
  fc
    .tuple(fc.integer({ min: 250, max: 258 }), fc.string({ unit: "binary", maxLength: 300 }))
    .map(([n, rest]) => "长".repeat(n) + rest),
  fc.constantFrom("😀", "😁", "a😀b", "a😁b", "x".repeat(5000)),
);
const code = fc.constantFrom("", "1", "11", "310", "620725", "H62072500001", "医院");
const instant = fc.integer({ min: -MS, max: MS });
const day = fc.oneof(fc.constant(ABSENT), fc.integer({ min: -200_000, max: 2_932_896 }));
const fen = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -1e15, max: 1e15 }),
  fc.integer({ min: -500, max: 500 }),
);
const optionalFen = fc.oneof(fc.constant(ABSENT), fen);

interface Row {
  readonly s: Settlement;
  readonly facts: RowFacts;
}

const row: fc.Arbitrary<Row> = fc
  .record({
    ids: fc.tuple(id, id, fc.oneof(fc.constant(""), id)),
    codes: fc.array(code, { minLength: 14, maxLength: 14 }),
    times: fc.tuple(instant, instant),
    days: fc.tuple(day, day, fc.oneof(fc.constant(ABSENT), fc.integer({ min: -1000, max: 100_000 }))),
    amounts: fc.array(fen, { minLength: OPTIONAL, maxLength: OPTIONAL }),
    optional: fc.array(optionalFen, { minLength: 5, maxLength: 5 }),
    facts: fc.record({
      person: fc.nat(2 ** 31 - 1),
      day: fc.nat(2_932_896),
      partitionId: fc.nat(1_000_000),
      position: fc.maxSafeNat().map((n) => Math.floor(n / 2)),
    }),
  })
  .map(({ ids, codes, times, days, amounts, optional, facts }) => {
    const s = new Settlement();
    [s.setl_id, s.mdtrt_id, s.init_setl_id] = ids;
    [s.refd_setl_flag, s.vali_flag, s.insutype, s.psn_type, s.insu_admdvs] = codes as [
      string,
      string,
      string,
      string,
      string,
    ];
    [s.fixmedins_code, s.fix_blng_admdvs, s.hosp_lv, s.med_type, s.setl_type] = codes.slice(5) as [
      string,
      string,
      string,
      string,
      string,
    ];
    [s.pay_loc, s.clr_way, s.mid_setl_flag, s.dise_no] = codes.slice(10) as [string, string, string, string];
    [s.setl_time, s.updt_time] = times;
    [s.begndate, s.enddate, s.ipt_days] = days;
    s.amounts.set([...amounts, ...optional]);
    return { s, facts };
  });

function packed(rows: readonly Row[], codes: CodeTable): Buffer {
  const writer = new BlockWriter(codes);
  for (const { s, facts } of rows) writer.add(s, facts);
  return writer.finish();
}

const blank = (): Row => ({ s: new Settlement(), facts: { person: 0, day: 0, partitionId: 0, position: 0 } });

test("every field of every row comes back, in any order of reading", () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.nat(), (rows, seed) => {
      const codes = new Codes();
      const reader = new BlockReader(codes);
      expect(reader.open(packed(rows, codes))).toBe(true);
      expect(reader.count).toBe(rows.length);
      for (let k = 0; k < rows.length * 2; k++) {
        const i = (k * 7 + seed) % rows.length;
        const back = blank();
        reader.read(i, back.s, back.facts);
        expect(back).toEqual(rows[i]);
      }
    }),
    { numRuns: 200 },
  );
});

test("the person number never enters a block", () => {
  const { s, facts } = blank();
  Object.assign(s, {
    setl_id: "S1",
    mdtrt_id: "M1",
    setl_time: 0,
    updt_time: 0,
    psn_no: "622725198001011234",
  });
  const codes = new Codes();
  const bytes = packed([{ s, facts }], codes);
  expect(bytes.includes("622725198001011234")).toBe(false);
  const reader = new BlockReader(codes);
  reader.open(bytes);
  const back = blank();
  back.s.psn_no = "left over";
  reader.read(0, back.s, back.facts);
  expect(back.s.psn_no).toBe("");
});

test("a writer starts anew after each block", () => {
  fc.assert(
    fc.property(row, row, (a, b) => {
      const codes = new Codes();
      const writer = new BlockWriter(codes);
      writer.add(a.s, a.facts);
      writer.finish();
      writer.add(b.s, b.facts);
      const reader = new BlockReader(codes);
      expect(reader.open(writer.finish())).toBe(true);
      const back = blank();
      reader.read(0, back.s, back.facts);
      expect([reader.count, back]).toEqual([1, b]);
    }),
    { numRuns: 50 },
  );
});

test("a block with any bit flipped, or cut anywhere, is refused", () => {
  const codes = new Codes();
  const rows = fc.sample(row, { numRuns: 5, seed: 3 });
  const bytes = packed(rows, codes);
  const reader = new BlockReader(codes);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 1 << (at % 8);
    expect(reader.open(damaged)).toBe(false);
  }
  for (let length = 0; length < bytes.length; length += 3) {
    expect(reader.open(bytes.subarray(0, length))).toBe(false);
  }
});

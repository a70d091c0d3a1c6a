import fc from "fast-check";
import { expect, test } from "vitest";
import { monthNumber, monthStart } from "../../../aggregations/calendar.js";
import type { DimensionTuple } from "../../../aggregations/dimensions/tuples.js";
import { MonthState } from "../../../aggregations/months/month.js";
import type { SumTable } from "../../../aggregations/months/sums.js";
import {
  decodeInts,
  decodeMonth,
  decodeTriples,
  encodeInts,
  encodeMonth,
  encodeTriples,
} from "../../../connectors/state/month-codec.js";
import { ROW_WIDTH } from "../../../schemas/measures.js";

const MONTH = monthNumber(2024, 2);

/** Rows of a table by key; rows of zeros count as absent. */
function rows(table: SumTable): Record<number, number[]> {
  const out: Record<number, number[]> = {};
  table.keys.forEach((key, slot) => {
    const row = Array.from(table.sums.subarray(slot * ROW_WIDTH, (slot + 1) * ROW_WIDTH), (v) => v + 0);
    if (row.some((v) => v !== 0)) out[key] = row;
  });
  return out;
}

const contents = (state: MonthState) => ({
  cells: rows(state.cells),
  days: state.days.map(rows),
  facilityDays: state.facilityDays.map(rows),
  settlementsByDay: state.settlementsByDay,
  unmapped: state.unmapped,
});

const add = fc.record({
  tuple: fc.nat(300),
  dayKey: fc.nat(20),
  day: fc.nat(28),
  row: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -1e13, max: 1e13 })), {
    minLength: ROW_WIDTH - 1,
    maxLength: ROW_WIDTH - 1,
  }),
});

test("a month comes back with every sum, negative ones and rows taken out again included", () => {
  fc.assert(
    fc.property(fc.array(add, { maxLength: 40 }), fc.nat(10), (adds, takenOut) => {
      const state = new MonthState(MONTH);
      const put = ({ tuple, dayKey, day, row }: (typeof adds)[number], sign: 1 | -1): void => {
        const fake = { id: tuple, dayKey, dayFacilityKey: dayKey + 1 } as unknown as DimensionTuple;
        const filled = Uint8Array.from({ length: ROW_WIDTH }, (_, i) => i);
        const sparse = { row: Float64Array.from([...row, 1]), filled, used: ROW_WIDTH };
        state.add(fake, monthStart(MONTH) + day, sparse, sign);
      };
      for (const a of adds) put(a, 1);
      for (const a of adds.slice(0, takenOut)) put(a, -1);
      state.unmapped.set("facility\u0001H1", { records: 3, fee: -12_345 });
      state.unmapped.set("psn_type\u0001", { records: 1, fee: 0 });
      const back = decodeMonth(MONTH, encodeMonth(state));
      expect(contents(back)).toEqual(contents(state));
    }),
    { numRuns: 60 },
  );
});

test("triples ascending by person come back", () => {
  const triple = fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(100_000), fc.integer({ min: -128, max: 127 }));
  fc.assert(
    fc.property(fc.array(triple, { maxLength: 200 }), (triples) => {
      triples.sort((a, b) => a[0] - b[0]);
      const back: number[][] = [];
      decodeTriples(encodeTriples(Int32Array.from(triples.flat())), (...t) => back.push(t));
      expect(back).toEqual(triples);
    }),
  );
});

test("integers of 32 bits come back", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), (values) => {
      expect([...decodeInts(encodeInts(Int32Array.from(values)))]).toEqual(values);
    }),
  );
});

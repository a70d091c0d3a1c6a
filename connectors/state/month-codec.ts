import { MonthState } from "../../aggregations/months/month.js";
import type { SumTable } from "../../aggregations/months/sums.js";
import { ROW_WIDTH } from "../../schemas/measures.js";
import type { MonthNumber } from "../../schemas/units.js";
import { ByteReader, ByteWriter } from "./bytes.js";

/** Rows as key, bit mask of the sums that are not 0, and those sums. */
function writeTable(w: ByteWriter, table: SumTable): void {
  const { keys, sums } = table;
  w.uint(keys.length);
  for (let slot = 0; slot < keys.length; slot++) {
    const base = slot * ROW_WIDTH;
    w.uint(keys[slot]);
    let mask = 0;
    for (let i = 0; i < ROW_WIDTH; i++) if (sums[base + i] !== 0) mask |= 1 << i;
    w.uint(mask);
    for (let i = 0; i < ROW_WIDTH; i++) if (mask & (1 << i)) w.int(sums[base + i]);
  }
}

function readTable(r: ByteReader, table: SumTable): void {
  const rows = r.uint();
  const sparse = { row: new Float64Array(ROW_WIDTH), filled: new Uint8Array(ROW_WIDTH), used: 0 };
  for (let n = 0; n < rows; n++) {
    const key = r.uint();
    const mask = r.uint();
    sparse.used = 0;
    for (let i = 0; i < ROW_WIDTH; i++) {
      if ((mask & (1 << i)) === 0) continue;
      sparse.row[i] = r.int();
      sparse.filled[sparse.used++] = i;
    }
    table.add(key, sparse, 1);
  }
}

/** Packs a month's cells for a checkpoint. */
export function encodeMonth(state: MonthState): Buffer {
  const w = new ByteWriter();
  writeTable(w, state.cells);
  for (const day of state.days) writeTable(w, day);
  for (const day of state.facilityDays) writeTable(w, day);
  for (const count of state.settlementsByDay) w.uint(count);
  w.uint(state.unmapped.size);
  for (const [key, { records, fee }] of state.unmapped) {
    w.text(key);
    w.uint(records);
    w.int(fee);
  }
  return w.copy();
}

export function decodeMonth(month: MonthNumber, data: Buffer): MonthState {
  const r = new ByteReader(data);
  const state = new MonthState(month);
  readTable(r, state.cells);
  for (const day of state.days) readTable(r, day);
  for (const day of state.facilityDays) readTable(r, day);
  for (let d = 0; d < 31; d++) state.settlementsByDay[d] = r.uint();
  for (let n = r.uint(); n > 0; n--) {
    const key = r.text();
    const records = r.uint();
    state.unmapped.set(key, { records, fee: r.int() });
  }
  return state;
}

/** Packs (person, tuple, weight) triples that ascend by person. */
export function encodeTriples(triples: Int32Array): Buffer {
  const w = new ByteWriter();
  w.uint(triples.length / 3);
  let person = 0;
  for (let i = 0; i < triples.length; i += 3) {
    w.uint(triples[i] - person);
    person = triples[i];
    w.uint(triples[i + 1]);
    w.int(triples[i + 2]);
  }
  return w.copy();
}

export function decodeTriples(
  data: Buffer,
  visit: (person: number, tuple: number, weight: number) => void,
): void {
  const r = new ByteReader(data);
  let person = 0;
  for (let n = r.uint(); n > 0; n--) {
    person += r.uint();
    const tuple = r.uint();
    visit(person, tuple, r.int());
  }
}

export function encodeInts(values: Int32Array): Buffer {
  const w = new ByteWriter();
  w.uint(values.length);
  for (const value of values) w.int(value);
  return w.copy();
}

export function decodeInts(data: Buffer): Int32Array {
  const r = new ByteReader(data);
  const values = new Int32Array(r.uint());
  for (let i = 0; i < values.length; i++) values[i] = r.int();
  return values;
}

import { ROW_WIDTH } from "../../schemas/measures.js";

/** A row of measures with the list of those that are not 0. */
export interface SparseRow {
  readonly row: Float64Array;
  readonly filled: Uint8Array;
  readonly used: number;
}

/**
 * Rows of measure sums under small integer keys: one flat array, grown by doubling, with a direct index
 * from key to row. Exact while every sum stays below 2^53 fen (90 trillion yuan), which `check` asserts.
 */
export class SumTable {
  #slotOf = new Int32Array(0);
  #sums: Float64Array;
  readonly #keys: number[] = [];

  constructor(capacityRows = 64) {
    this.#sums = new Float64Array(capacityRows * ROW_WIDTH);
  }

  /** Keys that have a row, in the order they were met. */
  get keys(): readonly number[] {
    return this.#keys;
  }

  /** The flat sums; row i of `keys[i]` starts at i * ROW_WIDTH. Changes identity when it grows. */
  get sums(): Float64Array {
    return this.#sums;
  }

  /** Row number of a key, made if it is new. */
  slot(key: number): number {
    if (key >= this.#slotOf.length) {
      const grown = new Int32Array(Math.max(1024, key * 2)).fill(-1);
      grown.set(this.#slotOf);
      this.#slotOf = grown;
    }
    let slot = this.#slotOf[key];
    if (slot < 0) {
      slot = this.#keys.length;
      this.#slotOf[key] = slot;
      this.#keys.push(key);
      if ((slot + 1) * ROW_WIDTH > this.#sums.length) {
        const grown = new Float64Array(this.#sums.length * 2);
        grown.set(this.#sums);
        this.#sums = grown;
      }
    }
    return slot;
  }

  /** Row number of a key, or −1 where it has none. */
  find(key: number): number {
    return key < this.#slotOf.length ? this.#slotOf[key] : -1;
  }

  /** Adds all rows of another table. */
  addAll(other: SumTable): void {
    const { keys, sums } = other;
    for (let slot = 0; slot < keys.length; slot++) this.addRow(keys[slot], sums, slot);
  }

  /** Adds `sign` times a row of which only the first `used` indexes in `filled` are not 0. */
  add(key: number, { row, filled, used }: SparseRow, sign: number): void {
    const base = this.slot(key) * ROW_WIDTH;
    const sums = this.#sums;
    for (let i = 0; i < used; i++) {
      const m = filled[i];
      sums[base + m] += sign * row[m];
    }
  }

  /** Adds row `otherRow` of another table. */
  addRow(key: number, other: Float64Array, otherRow: number): void {
    const base = this.slot(key) * ROW_WIDTH;
    const start = otherRow * ROW_WIDTH;
    const sums = this.#sums;
    for (let m = 0; m < ROW_WIDTH; m++) sums[base + m] += other[start + m];
  }

  /** Throws when a sum has left the range in which integers are exact. */
  check(): void {
    const end = this.#keys.length * ROW_WIDTH;
    for (let i = 0; i < end; i++) {
      if (!Number.isSafeInteger(this.#sums[i])) throw new Error(`sum out of range in row ${i}`);
    }
  }

  /** Counted settlements behind a row. A group without any has no data, whatever was there before. */
  settlements(slot: number): number {
    return this.#sums[slot * ROW_WIDTH + ROW_WIDTH - 1];
  }
}

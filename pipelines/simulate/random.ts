/** Seeded pseudo-random numbers (sfc32): equal seeds give equal sequences on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < 15; i++) this.uint32();
  }

  /** 0 .. 2^32-1. */
  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  /** 0 <= x < 1. */
  next(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** Integer 0 <= x < end. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** Shape of bills and stays: many small, few large; median 1, `spread` about 0.3 (tame) to 1 (wild). */
  skewed(spread: number): number {
    // The sum of three uniforms is near enough to a normal variable and needs no logarithm.
    return Math.exp(spread * (this.next() + this.next() + this.next() - 1.5) * 2);
  }

  /** Shuffles in place. */
  shuffle<T>(items: T[] | (Int32Array & T[])): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
  }
}

/** A one-to-one scrambling of 0 .. 2^48-1, as 12 hexadecimal digits: distinct ids in random order. */
export function scrambled(index: number, seed: number): string {
  let left = Math.floor(index / 0x1_00_0000) & 0xff_ffff;
  let right = index % 0x1_00_0000;
  for (let round = 0; round < 4; round++) {
    let f = Math.imul(right ^ (seed + round * 0x632be5ab), 0x85ebca6b);
    f = Math.imul(f ^ (f >>> 13), 0xc2b2ae35);
    const next = left ^ ((f ^ (f >>> 16)) & 0xff_ffff);
    left = right;
    right = next;
  }
  return left.toString(16).padStart(6, "0") + right.toString(16).padStart(6, "0");
}

import { hasLostDigits, isCode, textOfUtf8 } from "./values.js";

/** Node's own fast form of `toString("latin1", start, end)`, which its type declarations leave out. */
type SlicingBuffer = Buffer & { latin1Slice(start: number, end: number): string };

const SPACE = 32;
const SIZE = 4096;
/** Longest text that is interned, in bytes. */
const LONGEST = 12;

/**
 * Bytes to strings. Short texts, which are nearly always codes, come from a direct-mapped table, so that a
 * code that repeats makes no new string. Holds at most 4096 short strings.
 */
export class Interner {
  readonly #keys = new Int32Array(SIZE * 4);
  readonly #texts: string[] = new Array(SIZE).fill("");
  readonly #coded = new Uint8Array(SIZE);

  /** True when the last text had bytes outside printable ASCII or a space at an end: it needs a closer look. */
  unusual = false;
  /** True when the last text was short and made of the characters of codes alone. */
  coded = false;

  /** Text of `bytes[start, end)`; null where it is no UTF-8. `end` must lie inside. */
  text(bytes: Buffer, start: number, end: number): string | null {
    const length = end - start;
    // Control characters (below 32 and 127) and everything above ASCII leave their mark in these two.
    let high = 0;
    let low = 0;
    this.coded = false;
    if (length > LONGEST) {
      for (let i = start; i < end; i++) {
        const byte = bytes[i];
        high |= byte | (byte + 1);
        low |= byte - 32;
      }
      this.unusual = (high & 128) !== 0 || low < 0 || bytes[start] === SPACE || bytes[end - 1] === SPACE;
      if (this.unusual) return textOfUtf8(bytes.subarray(start, end));
      return (bytes as SlicingBuffer).latin1Slice(start, end);
    }
    let a = 0;
    let b = 0;
    let c = 0;
    let i = start;
    for (const stop = length > 4 ? start + 4 : end; i < stop; i++) {
      const byte = bytes[i];
      high |= byte | (byte + 1);
      low |= byte - 32;
      a = (a << 8) | byte;
    }
    for (const stop = length > 8 ? start + 8 : end; i < stop; i++) {
      const byte = bytes[i];
      high |= byte | (byte + 1);
      low |= byte - 32;
      b = (b << 8) | byte;
    }
    for (; i < end; i++) {
      const byte = bytes[i];
      high |= byte | (byte + 1);
      low |= byte - 32;
      c = (c << 8) | byte;
    }
    this.unusual = (high & 128) !== 0 || low < 0 || bytes[start] === SPACE || bytes[end - 1] === SPACE;
    if (this.unusual) return textOfUtf8(bytes.subarray(start, end));
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
    hash = (hash ^ (hash >>> 15)) & (SIZE - 1);
    const keys = this.#keys;
    const k = hash << 2;
    if (keys[k] === a && keys[k + 1] === b && keys[k + 2] === c && keys[k + 3] === length) {
      this.coded = this.#coded[hash] === 1;
      return this.#texts[hash];
    }
    const text = (bytes as SlicingBuffer).latin1Slice(start, end);
    keys[k] = a;
    keys[k + 1] = b;
    keys[k + 2] = c;
    keys[k + 3] = length;
    this.#texts[hash] = text;
    this.coded = isCode(text) && !hasLostDigits(text);
    this.#coded[hash] = this.coded ? 1 : 0;
    return text;
  }
}

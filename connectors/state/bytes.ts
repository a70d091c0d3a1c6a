import { broken } from "../../schemas/invariant.js";

const TWO_52 = 2 ** 52;
const TWO_53 = 2 ** 53;
/** Characters of a text up to which a loop beats a call. */
const SHORT = 48;

/** Growing byte writer of the state's packed forms: variable-length integers and short strings. */
export class ByteWriter {
  bytes = Buffer.allocUnsafe(1 << 16);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** A copy of what was written. */
  copy(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + extra));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A whole number from 0 to 2^53; anything else would be read as another one. */
  uint(value: number): void {
    // Most are small.
    if (value === (value & 0x7f)) {
      this.byte(value);
      return;
    }
    if (!(value >= 0 && value <= TWO_53) || Math.floor(value) !== value)
      broken(`${value} is packed as a count, outside 0 to 2^53`);
    this.reserve(8);
    const bytes = this.bytes;
    let v = value;
    while (v >= 0x80) {
      if (v < 0x80000000) {
        bytes[this.length++] = (v & 0x7f) | 0x80;
        v >>>= 7;
      } else {
        bytes[this.length++] = (v % 0x80) | 0x80;
        v = Math.floor(v / 0x80);
      }
    }
    bytes[this.length++] = v;
  }

  /** A whole number from −2^52 to 2^52: beyond it the sign would be lost. */
  int(value: number): void {
    if (!(value <= TWO_52 && value >= -TWO_52) || Math.floor(value) !== value)
      broken(`${value} lies outside ±2^52`);
    this.uint(value >= 0 ? value * 2 : value * -2 - 1);
  }

  text(value: string): void {
    if (value.length <= SHORT && this.#ascii(value)) return;
    const length = Buffer.byteLength(value);
    this.uint(length);
    this.reserve(length);
    this.bytes.write(value, this.length, "utf8");
    this.length += length;
  }

  /** Writes a short text of ASCII, which costs less than to have it encoded; false, and nothing, where it is none. */
  #ascii(value: string): boolean {
    const { length } = value;
    this.reserve(length + 1);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.length = at;
    return true;
  }
}

/** Reads what ByteWriter wrote. */
export class ByteReader {
  at = 0;
  constructor(public bytes: Buffer) {}

  reset(bytes: Buffer, at = 0): void {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++];
  }

  uint(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at++];
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = bytes[this.at++];
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  int(): number {
    const value = this.uint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(): string {
    const length = this.uint();
    const value = this.bytes.toString("utf8", this.at, this.at + length);
    this.at += length;
    return value;
  }
}

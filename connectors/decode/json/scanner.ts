import type { Interner } from "../fields/interner.js";

/** Thrown, without a stack to build, where the bytes are no JSON object. */
export const NOT_JSON = Object.freeze({ notJson: true });

/** What stands at a slot. `text` has no escapes, `escaped` has; both without their quotes. */
export const KIND = { absent: 0, text: 1, escaped: 2, number: 3, literal: 4, nested: 5 } as const;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Keys remembered, and the longest of them. */
const MAX_REMEMBERED = 100;
const QUOTE = 34;
const BACKSLASH = 92;
const isSpace = (byte: number): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;
/** What may follow a number or a literal: a space, a comma or a closing bracket. */
const endsToken = (byte: number): boolean => isSpace(byte) || byte === 44 || byte === 125 || byte === 93;

/**
 * Finds the fields of one flat JSON object in its bytes, which are known to be UTF-8: where each known
 * field's value stands and of what kind it is. Of a key that stands twice the last value counts; unknown
 * keys are checked for being JSON and forgotten. Anything that is no JSON object throws.
 */
export class JsonScanner {
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The keys of the last record by their place, quotes included. */
  readonly #order: { readonly quoted: Buffer; readonly slot: number }[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #pos = 0;
  #start = 0;
  #end = 0;

  constructor(
    readonly slotOf: ReadonlyMap<string, number>,
    readonly interner: Interner,
  ) {
    this.kinds = new Uint8Array(slotOf.size);
    this.starts = new Int32Array(slotOf.size);
    this.ends = new Int32Array(slotOf.size);
  }

  scan(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#pos = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    this.kinds.fill(KIND.absent);
    if (this.next() !== 123) throw NOT_JSON;
    this.#pos++;
    if (this.next() === 125) this.#pos++;
    else this.members();
    if (!Number.isNaN(this.next())) throw NOT_JSON;
  }

  /** Text of a slot's value: without quotes and escapes of a string, else as it stands. */
  text(slot: number): string {
    const start = this.starts[slot];
    const end = this.ends[slot];
    if (this.kinds[slot] === KIND.text) return this.interner.text(this.#bytes, start, end) as string;
    if (this.kinds[slot] === KIND.escaped)
      return JSON.parse(this.#bytes.toString("utf8", start - 1, end + 1));
    return this.#bytes.toString("utf8", start, end);
  }

  private members(): void {
    for (let index = 0; ; index++) {
      if (this.next() !== QUOTE) throw NOT_JSON;
      const slot = this.key(index);
      if (this.next() !== 58) throw NOT_JSON;
      this.#pos++;
      const valueKind = this.value();
      if (slot >= 0) {
        this.kinds[slot] = valueKind;
        this.starts[slot] = this.#start;
        this.ends[slot] = this.#end;
      }
      const after = this.next();
      this.#pos++;
      if (after === 125) return;
      if (after !== 44) throw NOT_JSON;
    }
  }

  /** Steps over a key; its slot, or -1. Records of one writer have their keys in one order: that is tried first. */
  private key(index: number): number {
    const expected = this.#order[index];
    if (expected !== undefined && this.stands(expected.quoted)) return expected.slot;
    const from = this.#pos;
    const kind = this.string();
    const key =
      kind === KIND.text
        ? this.interner.text(this.#bytes, this.#start, this.#end)
        : JSON.parse(this.#bytes.toString("utf8", this.#start - 1, this.#end + 1));
    const slot = this.slotOf.get(key) ?? -1;
    // An index is remembered only behind the ones before it, so the list has no holes.
    if (index <= this.#order.length && index < MAX_REMEMBERED && this.#pos - from <= MAX_REMEMBERED) {
      this.#order[index] = { quoted: Buffer.from(this.#bytes.subarray(from, this.#pos)), slot };
    }
    return slot;
  }

  private stands(quoted: Buffer): boolean {
    const bytes = this.#bytes;
    const pos = this.#pos;
    for (let i = 0; i < quoted.length; i++) if (bytes[pos + i] !== quoted[i]) return false;
    this.#pos = pos + quoted.length;
    return true;
  }

  /** The next byte that is no white space, NaN at the end. */
  private next(): number {
    const bytes = this.#bytes;
    while (this.#pos < bytes.length) {
      const byte = bytes[this.#pos];
      if (!isSpace(byte)) return byte;
      this.#pos++;
    }
    return Number.NaN;
  }

  private value(): number {
    const first = this.next();
    if (first === QUOTE) return this.string();
    if (first === 123 || first === 91) return this.nested();
    const bytes = this.#bytes;
    this.#start = this.#pos;
    while (this.#pos < bytes.length && !endsToken(bytes[this.#pos])) this.#pos++;
    this.#end = this.#pos;
    if (first === 45 || (first >= 48 && first <= 57)) {
      if (!this.plainNumber() && !NUMBER.test(bytes.toString("latin1", this.#start, this.#end)))
        throw NOT_JSON;
      return KIND.number;
    }
    const word = bytes.toString("latin1", this.#start, Math.min(this.#end, this.#start + 6));
    if (word === "null") return KIND.absent;
    if (word === "true" || word === "false") return KIND.literal;
    throw NOT_JSON;
  }

  /** True for the usual number, whose grammar is seen at a glance: digits, one point inside, no leading zero. */
  private plainNumber(): boolean {
    const bytes = this.#bytes;
    const first = bytes[this.#start] === 45 ? this.#start + 1 : this.#start;
    const last = this.#end - 1;
    if (bytes[first] === 48 && first < last && bytes[first + 1] !== 46) return false;
    let points = 0;
    for (let i = first; i <= last; i++) {
      const byte = bytes[i];
      if (byte === 46 && i > first && i < last) points++;
      else if (byte < 48 || byte > 57) return false;
    }
    return points <= 1 && first <= last;
  }

  /** Steps over a string; leaves its inside in start and end. */
  private string(): number {
    const bytes = this.#bytes;
    let i = this.#pos + 1;
    this.#start = i;
    let kind: number = KIND.text;
    for (;;) {
      const byte = bytes[i];
      if (byte === QUOTE) break;
      // Also true at the end, where the byte is undefined.
      if (!(byte >= 32)) throw NOT_JSON;
      if (byte === BACKSLASH) {
        kind = KIND.escaped;
        i++;
      }
      i++;
    }
    this.#end = i;
    this.#pos = i + 1;
    if (kind === KIND.escaped) JSON.parse(bytes.toString("utf8", this.#start - 1, i + 1));
    return kind;
  }

  /** Steps over an object or array, which JSON.parse then checks. */
  private nested(): number {
    const bytes = this.#bytes;
    const start = this.#pos;
    let depth = 0;
    while (this.#pos < bytes.length) {
      const byte = bytes[this.#pos];
      if (byte === QUOTE) {
        this.string();
        continue;
      }
      this.#pos++;
      if (byte === 123 || byte === 91) depth++;
      else if ((byte === 125 || byte === 93) && --depth === 0) {
        this.#start = start;
        this.#end = this.#pos;
        JSON.parse(bytes.toString("utf8", start, this.#pos));
        return KIND.nested;
      }
    }
    throw NOT_JSON;
  }
}

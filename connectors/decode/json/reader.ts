import { isUtf8 } from "node:buffer";
import type { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Field } from "../../../schemas/input/streams.js";
import type { Rejection } from "../../../schemas/quarantine.js";
import type { Interner } from "../fields/interner.js";
import type { Slots } from "../fields/slots.js";
import {
  canonicalFigure,
  canonicalRate,
  dayOfText,
  EXPECTED,
  fenOfBytes,
  fenOfText,
  hasLostDigits,
  instantOfPlainMs,
  instantOfText,
  intOfText,
  isZeroDate,
  LOST_DIGITS,
  MAX_ID_LENGTH,
  mapOfEntries,
  plainDecimal,
  trimmed,
} from "../fields/values.js";
import { putWire, semanticOf } from "../fields/wire.js";
import { type EnvelopeRow, impliedSemantic, type Semantic, semanticWire } from "./envelope.js";
import { JsonScanner, KIND, NOT_JSON } from "./scanner.js";

const BROKEN: Rejection = { reason: "undecodable", detail: "the bytes are no JSON object" };
/** Not a rejection: the bytes are a JSON object with none of our fields, so perhaps an envelope. */
export const ENVELOPE: Rejection = { reason: "missing_field", detail: "no field of the stream is there" };
const INTEGER = /^-?\d{1,15}$/;

/**
 * Reads JSON records into slots. Values are taken from their source text, not from parsed numbers: `1e3`
 * and `1.005` look alike as numbers, and money must be exact.
 */
export class JsonReader {
  readonly #scanner: JsonScanner;

  constructor(
    readonly slots: Slots,
    readonly calendar: ZoneCalendar,
    readonly interner: Interner,
  ) {
    this.#scanner = new JsonScanner(slots.layout.slotOf, interner);
  }

  /**
   * Reads a record. Says what is wrong with the bytes or their values, or null. `ENVELOPE`: the bytes are no
   * record but carry some, which `EnvelopeReader` finds.
   */
  read(bytes: Buffer, row: EnvelopeRow | null = null): Rejection | null {
    this.slots.clear();
    if (row === null && !isUtf8(bytes)) return noUtf8(bytes);
    try {
      this.#scanner.scan(bytes);
      const { kinds } = this.#scanner;
      const { fields, aliases, deletion } = this.slots.layout;
      // The unwrapped form tells itself by what it says of deletions.
      const implied =
        row === null ? deletion.some((slot) => kinds[slot] !== KIND.absent) : row.implied === true;
      let found = false;
      for (let slot = 0; slot < fields.length; slot++) {
        const kind = kinds[slot];
        if (kind === KIND.absent) continue;
        found = true;
        const semantic =
          row?.semantics.get(fields[slot].name) ??
          (implied && kind === KIND.number ? this.implied(slot) : undefined);
        if (semantic !== undefined) {
          const refused = this.semantic(slot, semantic, kind);
          if (refused) return refused;
        } else this.convert(slot, slot, fields[slot], kind, bytes);
      }
      for (const { slot, of } of aliases) {
        if (kinds[slot] === KIND.absent) continue;
        found = true;
        if (this.slots.absent(of)) this.convert(slot, of, fields[of], kinds[slot], bytes);
      }
      if (!found && row === null) return ENVELOPE;
      for (const slot of deletion) {
        if (kinds[slot] !== KIND.absent) this.slots.deletion(slot, this.#scanner.text(slot));
      }
      if (row && !Number.isNaN(row.deletedAtMs)) this.slots.deletedAtMs = row.deletedAtMs;
    } catch (error) {
      if (error === NOT_JSON || error instanceof SyntaxError || error instanceof RangeError) {
        return looksLikeUtf16(bytes) ? noUtf8(bytes) : BROKEN;
      }
      throw error;
    }
    return this.slots.validate();
  }

  /** What a number of Debezium means where a time is expected. */
  private implied(slot: number): Semantic | undefined {
    const { type } = this.slots.layout.fields[slot];
    if (type !== "instant" && type !== "date") return undefined;
    const name = impliedSemantic(type, this.#scanner.text(slot));
    return name === null ? undefined : { name, scale: 0 };
  }

  /** A value whose meaning the `schema` part of its envelope tells. */
  private semantic(slot: number, { name, scale }: Semantic, kind: number): Rejection | null {
    const field = this.slots.layout.fields[slot];
    const meaning = semanticOf(name);
    if (meaning === undefined) {
      return {
        reason: "unknown_schema",
        detail: `${field.name} has the semantic type ${name}, which is not known`,
      };
    }
    const wire = semanticWire(meaning, scale, kind, this.#scanner.text(slot));
    putWire(this.slots, slot, wire, this.calendar);
    return null;
  }

  /** Puts what stands at `from` into the slot of a field. */
  private convert(from: number, slot: number, field: Field, kind: number, bytes: Buffer): void {
    const scanner = this.#scanner;
    const { slots } = this;
    const start = scanner.starts[from];
    const end = scanner.ends[from];
    const isString = kind === KIND.text || kind === KIND.escaped;
    if (isString && start === end) return;
    const isNumber = kind === KIND.number;
    switch (field.type) {
      case "amount": {
        const escaped = kind === KIND.escaped ? fenOfText(scanner.text(from)) : Number.NaN;
        const fen = isNumber || kind === KIND.text ? fenOfBytes(bytes, start, end) : escaped;
        if (Number.isNaN(fen) && isString && trimmed(scanner.text(from)) === "") return;
        this.number(slot, field, fen);
        return;
      }
      case "string": {
        if (kind === KIND.text) {
          const text = scanner.text(from);
          const { coded, unusual } = this.interner;
          if (
            !unusual &&
            (field.text === "code"
              ? coded
              : field.text === "id" && text.length <= MAX_ID_LENGTH && !hasLostDigits(text))
          ) {
            slots.texts[slot] = text;
          } else slots.text(slot, text);
        } else if (kind === KIND.escaped) slots.text(slot, scanner.text(from));
        else if (isNumber) this.integer(slot, scanner.text(from));
        else slots.bad(slot, EXPECTED.string);
        return;
      }
      case "rate":
      case "decimal": {
        if (!isString && !isNumber) {
          slots.bad(slot, EXPECTED[field.type]);
          return;
        }
        if (isString && trimmed(scanner.text(from)) === "") return;
        const canonical = (field.type === "rate" ? canonicalRate : canonicalFigure)(scanner.text(from));
        if (canonical === null) {
          slots.bad(slot, EXPECTED[field.type]);
          return;
        }
        slots.texts[slot] = canonical;
        return;
      }
      case "map": {
        const value: unknown = kind === KIND.nested ? JSON.parse(scanner.text(from)) : null;
        const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
        const map = isObject ? mapOfEntries(Object.entries(value)) : EXPECTED.map;
        if (typeof map === "string") {
          slots.bad(slot, map);
          return;
        }
        slots.map = map;
        return;
      }
      default: {
        if (!isString && !isNumber) {
          slots.bad(slot, EXPECTED[field.type]);
          return;
        }
        const text = scanner.text(from);
        if (isString && (trimmed(text) === "" || isZeroDate(text))) return;
        this.number(slot, field, isString ? this.valueOf(text, field) : integerOf(text, field));
        return;
      }
    }
  }

  /** The number of a time, day or integer that is written as text. */
  private valueOf(text: string, field: Field): number {
    if (field.type === "instant") return instantOfText(text, this.calendar);
    return field.type === "date" ? dayOfText(text, this.calendar) : intOfText(text);
  }

  /** A number where a text is meant: its digits, as they stand in the source. */
  private integer(slot: number, source: string): void {
    const { text } = this.slots.layout.fields[slot]!;
    if (text === "id" && /[eE]/.test(source)) {
      this.slots.bad(slot, LOST_DIGITS);
      return;
    }
    const plain = plainDecimal(source);
    const digits = /^(-?\d{1,64})(?:\.0+)?$/.exec(plain ?? "");
    if (digits) this.slots.integer(slot, digits[1]);
    else this.slots.bad(slot, EXPECTED.string);
  }

  private number(slot: number, field: Field, value: number): void {
    if (Number.isNaN(value)) this.slots.bad(slot, EXPECTED[field.type]);
    else this.slots.numbers[slot] = value;
  }
}

function integerOf(text: string, field: Field): number {
  if (field.type === "int") return intOfText(text);
  return field.type === "instant" && INTEGER.test(text) ? instantOfPlainMs(Number(text)) : Number.NaN;
}

const looksLikeUtf16 = (bytes: Buffer): boolean => bytes.length > 1 && (bytes[0] === 0 || bytes[1] === 0);

/** Names the encoding that the bytes look like, so that `source.encoding` can be set. */
function noUtf8(bytes: Buffer): Rejection {
  let like = "";
  const marks = bytes.length > 1 ? bytes.readUInt16BE(0) : 0;
  if (marks === 0xfffe || (bytes.length > 1 && bytes[1] === 0)) like = "utf-16le";
  else if (marks === 0xfeff || bytes[0] === 0) like = "utf-16be";
  else {
    try {
      new TextDecoder("gb18030", { fatal: true }).decode(bytes);
      like = "gb18030";
    } catch {
      // Of no encoding that we know.
    }
  }
  const hint = like === "" ? "" : `; they look like ${like}: set source.encoding`;
  return { reason: "undecodable", detail: `the bytes are not valid UTF-8${hint}` };
}

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
  instantOfMs,
  instantOfText,
  int32,
  mapOfEntries,
  PROSE_FIELDS,
  textFault,
} from "../fields/values.js";
import { JsonScanner, KIND, NOT_JSON } from "./scanner.js";

const BROKEN: Rejection = { reason: "undecodable", detail: "the bytes are no JSON object" };
const NO_UTF8: Rejection = { reason: "undecodable", detail: "the bytes are not valid UTF-8" };
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

  /** Says what is wrong with the bytes or their values, or null. */
  read(bytes: Buffer): Rejection | null {
    this.slots.clear();
    if (!isUtf8(bytes)) return NO_UTF8;
    try {
      this.#scanner.scan(bytes);
    } catch (error) {
      if (error === NOT_JSON || error instanceof SyntaxError || error instanceof RangeError) return BROKEN;
      throw error;
    }
    const { kinds } = this.#scanner;
    const fields = this.slots.layout.fields;
    for (let slot = 0; slot < fields.length; slot++) {
      const kind = kinds[slot];
      if (kind !== KIND.absent) this.convert(slot, fields[slot], kind, bytes);
    }
    return this.slots.validate();
  }

  private convert(slot: number, field: Field, kind: number, bytes: Buffer): void {
    const scanner = this.#scanner;
    const { slots } = this;
    const start = scanner.starts[slot];
    const end = scanner.ends[slot];
    const isString = kind === KIND.text || kind === KIND.escaped;
    if (isString && start === end) return;
    const isNumber = kind === KIND.number;
    switch (field.type) {
      case "amount": {
        const escaped = kind === KIND.escaped ? fenOfText(scanner.text(slot)) : Number.NaN;
        const fen = isNumber || kind === KIND.text ? fenOfBytes(bytes, start, end) : escaped;
        this.number(slot, field, fen);
        return;
      }
      case "string": {
        if (!isString) {
          slots.bad(slot, EXPECTED.string);
          return;
        }
        const text = scanner.text(slot);
        const prose = PROSE_FIELDS.has(field.name);
        const fault =
          text.length > 64 || kind === KIND.escaped || this.interner.unusual ? textFault(text, prose) : null;
        if (fault !== null) {
          slots.bad(slot, fault);
          return;
        }
        slots.texts[slot] = text;
        return;
      }
      case "rate":
      case "decimal": {
        if (!isString && !isNumber) {
          slots.bad(slot, EXPECTED[field.type]);
          return;
        }
        const canonical = (field.type === "rate" ? canonicalRate : canonicalFigure)(scanner.text(slot));
        if (canonical === null) {
          slots.bad(slot, EXPECTED[field.type]);
          return;
        }
        slots.texts[slot] = canonical;
        return;
      }
      case "map": {
        const value: unknown = kind === KIND.nested ? JSON.parse(scanner.text(slot)) : null;
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
        const text = scanner.text(slot);
        this.number(slot, field, isString ? this.timeOf(text, field) : integerOf(text, field));
        return;
      }
    }
  }

  private timeOf(text: string, field: Field): number {
    if (field.type === "instant") return instantOfText(text, this.calendar);
    return field.type === "date" ? dayOfText(text) : Number.NaN;
  }

  private number(slot: number, field: Field, value: number): void {
    if (Number.isNaN(value)) this.slots.bad(slot, EXPECTED[field.type]);
    else this.slots.numbers[slot] = value;
  }
}

function integerOf(text: string, field: Field): number {
  if (field.type === "date" || !INTEGER.test(text)) return Number.NaN;
  return field.type === "instant" ? instantOfMs(Number(text)) : int32(Number(text));
}

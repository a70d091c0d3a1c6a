import type { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Field } from "../../../schemas/input/streams.js";
import type { Slots } from "../fields/slots.js";
import {
  canonicalFigure,
  canonicalRate,
  dayOfNumber,
  dayOfText,
  EXPECTED,
  fenOfText,
  fenOfUnscaled,
  instantOfCivil,
  instantOfMs,
  instantOfText,
  int32,
  mapOfEntries,
  PROSE_FIELDS,
  textFault,
  textOfUnscaled,
  textOfUtf8,
} from "../fields/values.js";
import { type AvroCursor, MALFORMED } from "./cursor.js";
import type { AvroNode } from "./schema.js";

/** A wire value without its wire form: what the less common combinations of types are converted from. */
type Wire =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "integer"; readonly value: bigint; readonly logical: string | null }
  | { readonly is: "number"; readonly value: number }
  | { readonly is: "decimal"; readonly unscaled: bigint; readonly scale: number }
  | { readonly is: "map"; readonly entries: [string, unknown][] }
  | { readonly is: "null" | "other" | "no-utf8" };

function unscaled(bytes: Buffer): bigint {
  const hex = bytes.toString("hex");
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex === "" ? "0" : hex}`));
}

function decimal(bytes: Buffer, node: { logical: string | null; scale: number }): Wire {
  // Sixteen bytes hold the widest decimal of any database; more is no amount of anything.
  if (node.logical !== "decimal" || bytes.length === 0 || bytes.length > 16) return { is: "other" };
  return { is: "decimal", unscaled: unscaled(bytes), scale: node.scale };
}

function text(bytes: Buffer): Wire {
  const decoded = textOfUtf8(bytes);
  return decoded === null ? { is: "no-utf8" } : { is: "text", text: decoded };
}

function read(cursor: AvroCursor, node: AvroNode, wanted: Field, depth = 0): Wire {
  switch (node.kind) {
    case "null":
      return { is: "null" };
    case "string":
      return text(cursor.bytes());
    case "bytes": {
      const bytes = cursor.bytes();
      return wanted.type === "string" && node.logical === null ? text(bytes) : decimal(bytes, node);
    }
    case "fixed": {
      const start = cursor.take(node.size);
      return decimal(cursor.buf.subarray(start, start + node.size), node);
    }
    case "int":
    case "long":
      return { is: "integer", value: cursor.bigLong(), logical: node.logical };
    case "float":
      return { is: "number", value: cursor.buf.readFloatLE(cursor.take(4)) };
    case "double":
      return { is: "number", value: cursor.buf.readDoubleLE(cursor.take(8)) };
    case "enum": {
      const symbol = node.symbols[cursor.long()];
      if (symbol === undefined) throw MALFORMED;
      return { is: "text", text: symbol };
    }
    case "union":
      if (depth > 8) throw MALFORMED;
      return read(cursor, cursor.branch(node.branches), wanted, depth + 1);
    case "map": {
      if (wanted.type !== "map" || node.items.kind === "map") break;
      const entries: [string, unknown][] = [];
      let valid = true;
      cursor.items(() => {
        const key = textOfUtf8(cursor.bytes());
        const value = read(cursor, node.items, wanted, depth + 1);
        if (key === null || value.is === "no-utf8") valid = false;
        else if (value.is !== "null") entries.push([key, value.is === "text" ? value.text : null]);
      });
      return valid ? { is: "map", entries } : { is: "no-utf8" };
    }
  }
  cursor.skip(node, depth);
  return { is: "other" };
}

/** Exact decimal text of a number value; empty where it has none. */
function numberText(wire: Wire): string {
  switch (wire.is) {
    case "text":
      return wire.text;
    case "integer":
      return wire.logical === null ? wire.value.toString() : "";
    case "number":
      return String(wire.value);
    case "decimal":
      return textOfUnscaled(wire.unscaled, wire.scale);
    default:
      return "";
  }
}

function instantOf(wire: Wire, calendar: ZoneCalendar): number {
  if (wire.is === "text") return instantOfText(wire.text, calendar);
  if (wire.is === "number") return instantOfMs(wire.value);
  if (wire.is !== "integer") return Number.NaN;
  const unit = /^(local-)?timestamp-(milli|micro|nano)s$/.exec(wire.logical ?? "timestamp-millis");
  if (!unit) return Number.NaN;
  const perMs = unit[2] === "milli" ? 1n : unit[2] === "micro" ? 1000n : 1_000_000n;
  const below = ((wire.value % perMs) + perMs) % perMs;
  const ms = Number((wire.value - below) / perMs);
  return unit[1] === undefined ? instantOfMs(ms) : instantOfCivil(ms, calendar);
}

function numberOf(wire: Wire, field: Field, calendar: ZoneCalendar): number {
  switch (field.type) {
    case "instant":
      return instantOf(wire, calendar);
    case "date":
      if (wire.is === "text") return dayOfText(wire.text);
      if (wire.is !== "integer" || (wire.logical !== null && wire.logical !== "date")) return Number.NaN;
      return dayOfNumber(Number(wire.value));
    case "int":
      if (wire.is === "number") return int32(wire.value);
      return wire.is === "integer" && wire.logical === null ? int32(Number(wire.value)) : Number.NaN;
    default:
      return wire.is === "decimal" ? fenOfUnscaled(wire.unscaled, wire.scale) : fenOfText(numberText(wire));
  }
}

/**
 * Reads any value into the slot of a field, exactly or not at all. Returns false where a text is no UTF-8.
 * The walk has reached the value's end in every case.
 */
export function convert(
  cursor: AvroCursor,
  node: AvroNode,
  slot: number,
  field: Field,
  slots: Slots,
  calendar: ZoneCalendar,
): boolean {
  const wire = read(cursor, node, field);
  if (wire.is === "no-utf8") return false;
  if (wire.is === "null" || (wire.is === "text" && wire.text === "")) return true;
  switch (field.type) {
    case "string": {
      const fault = wire.is === "text" ? textFault(wire.text, PROSE_FIELDS.has(field.name)) : EXPECTED.string;
      if (fault !== null) slots.bad(slot, fault);
      else if (wire.is === "text") slots.texts[slot] = wire.text;
      return true;
    }
    case "rate":
    case "decimal": {
      const canonical = (field.type === "rate" ? canonicalRate : canonicalFigure)(numberText(wire));
      if (canonical === null) slots.bad(slot, EXPECTED[field.type]);
      else slots.texts[slot] = canonical;
      return true;
    }
    case "map": {
      const map = wire.is === "map" ? mapOfEntries(wire.entries) : EXPECTED.map;
      if (typeof map === "string") slots.bad(slot, map);
      else slots.map = map;
      return true;
    }
    default: {
      const value = numberOf(wire, field, calendar);
      if (Number.isNaN(value)) slots.bad(slot, EXPECTED[field.type]);
      else slots.numbers[slot] = value;
      return true;
    }
  }
}

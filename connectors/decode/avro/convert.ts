import type { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Field } from "../../../schemas/input/streams.js";
import type { Slots } from "../fields/slots.js";
import { textOfUtf8 } from "../fields/values.js";
import { decimalWire, putWire, type Wire } from "../fields/wire.js";
import { type AvroCursor, MALFORMED } from "./cursor.js";
import type { AvroNode } from "./schema.js";

/** The texts of a record that are no UTF-8 make it undecodable. */
const NO_UTF8 = Symbol("no UTF-8");
type Read = Wire | typeof NO_UTF8;

function text(bytes: Buffer): Read {
  const decoded = textOfUtf8(bytes);
  return decoded === null ? NO_UTF8 : { is: "text", text: decoded };
}

function decimal(bytes: Buffer, node: { logical: string | null; scale: number }): Wire {
  return node.logical === "decimal" ? decimalWire(bytes, node.scale) : { is: "other" };
}

/** Debezium's decimal that brings its own scale: a record of `scale` and `value`. */
function variableDecimal(cursor: AvroCursor, node: AvroNode & { kind: "record" }): Wire {
  let scale = -1;
  let bytes: Buffer = Buffer.alloc(0);
  for (const field of node.fields) {
    if (field.name === "scale" && field.node.kind === "int") scale = cursor.long();
    else if (field.name === "value" && field.node.kind === "bytes") bytes = cursor.bytes();
    else cursor.skip(field.node);
  }
  return decimalWire(bytes, scale);
}

function read(cursor: AvroCursor, node: AvroNode, wanted: Field, depth = 0): Read {
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
    case "record":
      if (node.semantic !== "variable-decimal") break;
      return variableDecimal(cursor, node);
    case "map": {
      if (wanted.type !== "map" || node.items.kind === "map") break;
      const entries: [string, unknown][] = [];
      let valid = true;
      cursor.items(() => {
        const key = textOfUtf8(cursor.bytes());
        const value = read(cursor, node.items, wanted, depth + 1);
        if (key === null || value === NO_UTF8) valid = false;
        else if (value.is !== "null") entries.push([key, value.is === "text" ? value.text : null]);
      });
      return valid ? { is: "map", entries } : NO_UTF8;
    }
  }
  cursor.skip(node, depth);
  return { is: "other" };
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
  if (wire === NO_UTF8) return false;
  putWire(slots, slot, wire, calendar);
  return true;
}

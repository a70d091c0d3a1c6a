import { isUtf8 } from "node:buffer";
import { visibleJson } from "../../schemas/visible.js";
import { AvroCursor, MALFORMED } from "./avro/cursor.js";
import type { AvroNode } from "./avro/node.js";
import { textOfUnscaled } from "./fields/values.js";
import { decimalWire } from "./fields/wire.js";

/** Where a record's Avro bytes lie in a value, and the schema that they were written with. */
export interface AvroPlace {
  readonly node: AvroNode;
  readonly start: number;
  readonly end: number;
}

const MAX_DEPTH = 64;
const DAY_MS = 86_400_000;

/**
 * A value of any encoding as JSON text, for somebody who has to see what is wrong with it. JSON stays as it was
 * written; Avro becomes an object in its own field names; what is neither is told as text where it is some, and as
 * base64. `place`: what the first bytes say of an Avro value, or why that is not known.
 */
export function shownJson(value: Buffer, place: AvroPlace | string | null): string {
  if (place === null) return jsonAsIs(value) ?? unread(value, "the bytes are no JSON");
  if (typeof place === "string") return unread(value, place);
  const cursor = new AvroCursor();
  cursor.buf = value;
  cursor.pos = place.start;
  cursor.end = place.end;
  try {
    const record = read(cursor, place.node, 0);
    if (cursor.pos !== place.end) return unread(value, `${place.end - cursor.pos} bytes are left over`);
    return visibleJson(JSON.stringify(record, null, 2));
  } catch (error) {
    if (error !== MALFORMED) throw error;
    return unread(value, "the bytes are no record of their schema");
  }
}

function jsonAsIs(value: Buffer): string | null {
  const text = value
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trim();
  try {
    JSON.parse(text);
    return visibleJson(text);
  } catch {
    return null;
  }
}

const unread = (value: Buffer, why: string): string =>
  visibleJson(
    JSON.stringify(
      {
        undecodable: why,
        ...(isUtf8(value) ? { text: value.toString("utf8") } : {}),
        base64: value.toString("base64"),
      },
      null,
      2,
    ),
  );

function read(cursor: AvroCursor, node: AvroNode, depth: number): unknown {
  if (depth > MAX_DEPTH) throw MALFORMED;
  switch (node.kind) {
    case "null":
      return null;
    case "boolean":
      return cursor.buf[cursor.take(1)] !== 0;
    case "int":
    case "long":
      return meant(cursor.bigLong(), node.logical);
    case "float":
      return cursor.buf.readFloatLE(cursor.take(4));
    case "double":
      return cursor.buf.readDoubleLE(cursor.take(8));
    case "string":
      return cursor.bytes().toString("utf8");
    case "bytes":
      return ofBytes(cursor.bytes(), node.logical, node.scale);
    case "fixed": {
      const start = cursor.take(node.size);
      return ofBytes(cursor.buf.subarray(start, start + node.size), node.logical, node.scale);
    }
    case "enum":
      return node.symbols[cursor.long()] ?? null;
    case "union":
      return read(cursor, cursor.branch(node.branches), depth + 1);
    case "record":
      return Object.fromEntries(node.fields.map((f) => [f.name, read(cursor, f.node, depth + 1)]));
    case "array": {
      const list: unknown[] = [];
      cursor.items(() => void list.push(read(cursor, node.items, depth + 1)));
      return list;
    }
    case "map": {
      const entries: [string, unknown][] = [];
      cursor.items(
        () => void entries.push([cursor.bytes().toString("utf8"), read(cursor, node.items, depth + 1)]),
      );
      return Object.fromEntries(entries);
    }
  }
}

/** Whole numbers as what they mean; those that JSON cannot hold exactly as text. */
function meant(n: bigint, logical: string | null): unknown {
  const value = Number(n);
  if (logical === "date" && Math.abs(value) < 3_000_000)
    return new Date(value * DAY_MS).toISOString().slice(0, 10);
  if (logical === "timestamp-millis" && Math.abs(value) < 1e14) return new Date(value).toISOString();
  return Number.isSafeInteger(value) ? value : n.toString();
}

function ofBytes(bytes: Buffer, logical: string | null, scale: number): unknown {
  const decimal = logical === "decimal" ? decimalWire(bytes, scale) : null;
  return decimal?.is === "decimal"
    ? textOfUnscaled(decimal.unscaled, decimal.scale)
    : bytes.toString("base64");
}

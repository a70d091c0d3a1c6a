import type { Rejection } from "../../../schemas/quarantine.js";
import { PASSED_OVER } from "../../ports/decoder.js";
import { debeziumEvent } from "../fields/change-events.js";
import type { Interner } from "../fields/interner.js";
import { decimalWire, type Wire } from "../fields/wire.js";
import { JsonScanner, KIND } from "./scanner.js";

/** What a field of a JSON `schema` part means: the name of its semantic type, and the scale of a decimal. */
export interface Semantic {
  readonly name: string;
  readonly scale: number;
}

/** One row inside an envelope. */
export interface EnvelopeRow {
  /** The row's own JSON object. */
  readonly bytes: Buffer;
  /** When its source deleted it (−Infinity: at an unknown time); NaN where it stands. */
  readonly deletedAtMs: number;
  /** By field, where the envelope brings a `schema`. */
  readonly semantics: ReadonlyMap<string, Semantic>;
  /** A row of Debezium without a `schema`: numbers where times are meant are what Debezium makes of its columns. */
  readonly implied?: boolean;
}

const PARTS = [
  "schema",
  "payload",
  "before",
  "after",
  "op",
  "ts_ms",
  "data",
  "type",
  "isDdl",
  "es",
  "ts",
  "database",
] as const;
type Part = (typeof PARTS)[number];
const NO_SEMANTICS: ReadonlyMap<string, Semantic> = new Map();

/**
 * Finds the rows inside the envelopes that change-data-capture tools write: Debezium (with or without
 * `schema` and `payload`), Canal, Maxwell. Values stay source text, so that money stays exact.
 */
export class EnvelopeReader {
  readonly #scanner: JsonScanner;

  constructor(interner: Interner) {
    this.#scanner = new JsonScanner(new Map(PARTS.map((name, i) => [name, i])), interner);
  }

  /** The rows of an envelope, or why there are none; null where the bytes (a JSON object) are no envelope. */
  open(bytes: Buffer, nested = false): readonly EnvelopeRow[] | Rejection | null {
    this.#scanner.scan(bytes);
    let semantics = NO_SEMANTICS;
    let inner = bytes;
    if (this.#kind("payload") !== KIND.absent || this.#kind("schema") === KIND.nested) {
      if (this.#kind("payload") === KIND.absent) return PASSED_OVER;
      if (this.#kind("payload") !== KIND.nested) return null;
      if (this.#kind("schema") === KIND.nested) semantics = semanticsOf(JSON.parse(this.#text("schema")));
      inner = this.#bytes("payload", bytes);
      if (inner[0] !== OPEN_OBJECT) return null;
      this.#scanner.scan(inner);
      const isChange = this.#kind("op") !== KIND.absent;
      if (!isChange) return [{ bytes: inner, deletedAtMs: Number.NaN, semantics }];
    }
    if (this.#kind("op") !== KIND.absent) return this.#debezium(inner, semantics);
    if (this.#kind("data") === KIND.absent && this.#kind("isDdl") === KIND.absent) {
      if (this.#kind("type") === KIND.absent || this.#kind("database") === KIND.absent) return null;
    }
    return this.#binlog(inner, nested);
  }

  #debezium(bytes: Buffer, semantics: ReadonlyMap<string, Semantic>): readonly EnvelopeRow[] | Rejection {
    const op = this.#text("op");
    const event = debeziumEvent(op);
    if ("reason" in event) return event;
    if (this.#kind(event.image) !== KIND.nested) {
      return { reason: "undecodable", detail: `the envelope of a change "${op}" has no ${event.image}` };
    }
    const row = this.#bytes(event.image, bytes);
    const deletedAtMs = event.deletes ? this.#time("ts_ms", 1) : Number.NaN;
    return [{ bytes: row, deletedAtMs, semantics, implied: semantics.size === 0 }];
  }

  /** Canal has an array of rows and its time in `es`, Maxwell one row and seconds in `ts`. */
  #binlog(bytes: Buffer, nested: boolean): readonly EnvelopeRow[] | Rejection | null {
    if (this.#kind("isDdl") === KIND.literal && this.#text("isDdl") === "true") return PASSED_OVER;
    if (this.#kind("type") !== KIND.text) return null;
    const type = this.#text("type")
      .toLowerCase()
      .replace(/^bootstrap-(?=insert$)/, "");
    const has = this.#kind("data") === KIND.nested;
    if (type !== "insert" && type !== "update" && type !== "delete") {
      if (NO_ROWS.test(type)) return PASSED_OVER;
      // A CloudEvent: what it is about is in its data.
      const inside = has && !nested ? this.#bytes("data", bytes) : null;
      const rows = inside !== null && inside[0] === OPEN_OBJECT ? this.open(inside, true) : null;
      return rows ?? { reason: "undecodable", detail: "the type of the change event is not known" };
    }
    if (!has) return { reason: "undecodable", detail: `the change event (${type}) has no data` };
    const data = this.#bytes("data", bytes);
    const isCanal = data[0] !== OPEN_OBJECT;
    const at = isCanal ? this.#time("es", 1) : this.#time("ts", 1000);
    const deletedAtMs = type === "delete" ? at : Number.NaN;
    const rows = isCanal ? elementsOf(data) : [data];
    if (rows.some((row) => row[0] !== OPEN_OBJECT)) {
      return { reason: "undecodable", detail: "a row of the change event is no JSON object" };
    }
    return rows.map((row) => ({ bytes: row, deletedAtMs, semantics: NO_SEMANTICS }));
  }

  #kind(part: Part): number {
    return this.#scanner.kinds[PARTS.indexOf(part)];
  }

  #text(part: Part): string {
    return this.#scanner.text(PARTS.indexOf(part));
  }

  #bytes(part: Part, of: Buffer): Buffer {
    const slot = PARTS.indexOf(part);
    return of.subarray(this.#scanner.starts[slot], this.#scanner.ends[slot]);
  }

  #time(part: Part, factor: number): number {
    const known = this.#kind(part) === KIND.number && /^\d{1,15}$/.test(this.#text(part));
    return known ? Number(this.#text(part)) * factor : Number.NEGATIVE_INFINITY;
  }
}

/** Events of Canal, TiCDC and Maxwell that are about no row. */
const NO_ROWS =
  /^(bootstrap-[a-z]+|(database|table)-(create|alter|drop)|query|create|alter|erase|truncate|rename|[cd]index|gtid|xacommit|xarollback|m?heartbeat|tidb_watermark)$/;
const OPEN_OBJECT = 123;
const QUOTE = 34;
const BACKSLASH = 92;

/** The elements of a JSON array (already known to be JSON), each as its own bytes. */
function elementsOf(array: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let depth = 0;
  let start = -1;
  for (let i = 0; i < array.length; i++) {
    const byte = array[i];
    const isSpace = byte === 32 || byte === 9 || byte === 10 || byte === 13;
    const ends = depth === 1 && (byte === 44 || byte === 93);
    if (ends) {
      if (start >= 0) found.push(array.subarray(start, i));
      start = -1;
      if (byte === 93) break;
      continue;
    }
    if (depth === 1 && start < 0 && !isSpace) start = i;
    if (byte === QUOTE) {
      for (i++; array[i] !== QUOTE; i++) if (array[i] === BACKSLASH) i++;
    } else if (byte === OPEN_OBJECT || byte === 91) depth++;
    else if (byte === 125 || byte === 93) depth--;
  }
  return found.map((element) => {
    let end = element.length;
    while (end > 0 && element[end - 1] <= 32) end--;
    return element.subarray(0, end);
  });
}

interface SchemaPart {
  readonly field?: unknown;
  readonly name?: unknown;
  readonly parameters?: { readonly scale?: unknown } | null;
  readonly fields?: readonly SchemaPart[];
}

/** The named semantic types of a Kafka Connect `schema` part, by field; of an envelope those of its row. */
function semanticsOf(schema: SchemaPart): ReadonlyMap<string, Semantic> {
  const found = new Map<string, Semantic>();
  const fields = Array.isArray(schema?.fields) ? schema.fields : [];
  const row = fields.find((f) => f?.field === "after" || f?.field === "before");
  for (const field of (row ? row.fields : fields) ?? []) {
    if (typeof field?.field !== "string" || typeof field.name !== "string") continue;
    found.set(field.field, { name: field.name, scale: Number(field.parameters?.scale ?? 0) });
  }
  return found;
}

/** A JSON value of a semantic type. Kafka Connect writes decimals as base64 of their bytes. */
export function semanticWire(meaning: string, scale: number, kind: number, source: string): Wire {
  switch (meaning) {
    case "text":
      return kind === KIND.text || kind === KIND.escaped ? { is: "text", text: source } : { is: "other" };
    case "decimal":
      if (kind === KIND.number) return { is: "text", text: source };
      return decimalWire(base64(source), scale);
    case "variable-decimal": {
      if (kind !== KIND.nested) return { is: "other" };
      const value = JSON.parse(source) as { readonly scale?: unknown; readonly value?: unknown };
      return decimalWire(base64(String(value.value ?? "")), Number(value.scale ?? -1));
    }
    default:
      return kind === KIND.number && /^-?\d{1,19}$/.test(source)
        ? { is: "integer", value: BigInt(source), logical: meaning }
        : { is: "other" };
  }
}

/** Bytes of base64; none for any other text, which would be read as some bytes all the same. */
const base64 = (text: string): Buffer =>
  text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
    ? Buffer.from(text, "base64")
    : Buffer.alloc(0);

/**
 * What Debezium means by a number where a time is expected and no schema says it: the column's wall clock as if it
 * were UTC, in milli-, micro- or nanoseconds, or days. Which of them is told by the size, for the years 1980 to 2286.
 */
export function impliedSemantic(type: string, digits: string): string | null {
  if (type === "date" && /^-?\d{1,6}$/.test(digits)) return "io.debezium.time.Date";
  if (!/^[1-9]\d*$/.test(digits)) return null;
  if (/^([3-9]\d{11}|\d{13})$/.test(digits)) return "io.debezium.time.Timestamp";
  if (digits.length === 15 || digits.length === 16) return "io.debezium.time.MicroTimestamp";
  return digits.length === 18 || digits.length === 19 ? "io.debezium.time.NanoTimestamp" : null;
}

import type { ZoneCalendar } from "../../aggregations/calendar.js";
import type { Settlement } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { Rejection } from "../../schemas/quarantine.js";
import {
  DELETED_KEY,
  type Decoder,
  PASSED_OVER,
  type RecordVisitor,
  type SettlementVisitor,
} from "../ports/decoder.js";
import type { SourceBatch } from "../ports/source.js";
import { readOneRecordContainer, writeOneRecordContainer } from "./avro/container.js";
import { AvroReader } from "./avro/reader.js";
import { Interner } from "./fields/interner.js";
import { type FieldAliases, fillSettlement, layoutOf, Slots } from "./fields/slots.js";
import { isLookedAt, UnknownFieldSample, type UnknownFields } from "./fields/unknown.js";
import { EnvelopeReader, type EnvelopeRow } from "./json/envelope.js";
import { ENVELOPE, JsonReader } from "./json/reader.js";
import type { SchemaRegistry } from "./registry.js";
import { type AvroPlace, shownJson } from "./shown.js";
import { type Writer, WriterCatalogue } from "./writers.js";

export interface BatchDecoderOptions {
  /** Zone of civil times without offset. */
  readonly calendar: ZoneCalendar;
  /** Needed for the Confluent wire format; without it such a value is `unknown_schema`. */
  readonly registry?: SchemaRegistry;
  /** JSON text of further writer schemas of the single-object encoding (`loadWriterSchemas`). */
  readonly schemas?: readonly string[];
  /** Other names of fields (`source.fields`), beside those of the national table. */
  readonly fields?: FieldAliases;
}

const CONFLUENT_HEADER = 5;
const SINGLE_OBJECT_HEADER = 10;
const reject = (reason: Rejection["reason"], detail: string): Rejection => ({ reason, detail });
const EMPTY = reject("undecodable", "the value is empty");
const NO_ENCODING = reject("undecodable", "the first bytes belong to no known encoding");
const ARRAY = reject("undecodable", "a JSON array is no record: one object a value, or a line");
const TRAILING = reject("undecodable", "bytes are left over after the record");
const NO_FIELDS = reject(
  "missing_field",
  "the object has no field of the stream and is no envelope of a change",
);
const NO_REGISTRY = reject("unknown_schema", "source.schemaRegistry is not configured");
const NOTHING = Buffer.alloc(0);
const OPEN_OBJECT = 0x7b;

/** The readers of one stream, sharing the slots they fill. */
interface Readers {
  readonly slots: Slots;
  readonly avro: AvroReader;
  readonly json: JsonReader;
  readonly envelopes: EnvelopeReader;
  /** Records so far. */
  seen: number;
}

type Take = (index: number, raw: () => Buffer, slots: Slots, rejection: Rejection | null) => void;

/** Decodes batches of every stream and encoding. Holds no records; its memory is the schemas it has met. */
export class BatchDecoder implements Decoder {
  readonly #calendar: ZoneCalendar;
  readonly #registry: SchemaRegistry | undefined;
  readonly #writers: WriterCatalogue;
  readonly #interner = new Interner();
  readonly #readers = new Map<StreamName, Readers>();
  readonly #fields: FieldAliases;
  readonly #unknown = new UnknownFieldSample();

  constructor(options: BatchDecoderOptions) {
    this.#calendar = options.calendar;
    this.#registry = options.registry;
    this.#fields = options.fields ?? {};
    this.#writers = new WriterCatalogue(options.schemas ?? []);
  }

  async prepare(batch: SourceBatch): Promise<void> {
    if (!this.#registry || batch.payload.kind !== "values") return;
    const ids = new Set<number>();
    for (const value of batch.payload.values) {
      if (value !== null && value.length >= CONFLUENT_HEADER && value[0] === 0)
        ids.add(value.readUInt32BE(1));
    }
    if (ids.size > 0) await this.#registry.load([...ids]);
  }

  settlements(batch: SourceBatch, into: () => Settlement, visit: SettlementVisitor): void {
    this.each(batch, (index, raw, slots, rejection) => {
      if (rejection === null || rejection === DELETED_KEY) fillSettlement(slots, into());
      visit(index, raw, rejection);
    });
  }

  records(batch: SourceBatch, visit: RecordVisitor): void {
    this.each(batch, (index, raw, slots, rejection) => {
      visit(index, raw, rejection === null ? slots.toRecord() : null, rejection);
    });
  }

  takeUnknownFields(): ReadonlyMap<StreamName, UnknownFields> | null {
    return this.#unknown.take();
  }

  /** Notes, of some records, which of their fields are not known. */
  private sample(readers: Readers, names: readonly string[], records = 1): void {
    const { stream, slotOf } = readers.slots.layout;
    this.#unknown.note(
      stream,
      names.filter((name) => !slotOf.has(name)),
      records,
    );
  }

  private readers(stream: StreamName): Readers {
    let readers = this.#readers.get(stream);
    if (!readers) {
      const slots = new Slots(layoutOf(stream, this.#fields));
      const avro = new AvroReader(slots, this.#calendar, this.#interner);
      const json = new JsonReader(slots, this.#calendar, this.#interner);
      readers = { slots, avro, json, envelopes: new EnvelopeReader(this.#interner), seen: 0 };
      this.#readers.set(stream, readers);
    }
    return readers;
  }

  private each(batch: SourceBatch, take: Take): void {
    const { payload, stream } = batch;
    const readers = this.readers(stream);
    switch (payload.kind) {
      case "values": {
        const { values } = payload;
        let current: Buffer = NOTHING;
        const raw = (): Buffer => current;
        for (let i = 0; i < values.length; i++) {
          const value = values[i];
          current = value ?? NOTHING;
          const rejection = value === null ? PASSED_OVER : this.value(readers, current);
          if (rejection === ENVELOPE) this.envelope(readers, current, i, take);
          else {
            if (
              isLookedAt(++readers.seen) &&
              current[0] === OPEN_OBJECT &&
              rejection?.reason !== "undecodable"
            ) {
              this.sample(readers, namesOfJson(current));
            }
            take(i, raw, readers.slots, rejection);
          }
        }
        return;
      }
      case "avro-block": {
        const writer = this.#writers.ofSchema(payload.writer.schemaJson);
        let at = 0;
        let index = 0;
        // Damage ends with its block: where the next one begins is known.
        for (const part of payload.parts ?? [{ end: payload.bytes.length, count: payload.count }]) {
          this.block(readers, writer, payload.bytes, at, part.end, index, part.count, take);
          at = part.end;
          index += part.count;
        }
        return;
      }
      case "damaged":
        take(0, () => payload.bytes, readers.slots, reject("undecodable", payload.detail));
    }
  }

  /** The rows of a change event; each goes its own way, with bytes of its own where there are several. */
  private envelope(readers: Readers, value: Buffer, index: number, take: Take): void {
    const { envelopes, json, slots } = readers;
    const rows = envelopes.open(value);
    if (rows === null) take(index, () => value, slots, NO_FIELDS);
    else if ("reason" in rows) take(index, () => value, slots, rows);
    else if (rows.length === 0) take(index, () => value, slots, PASSED_OVER);
    else {
      for (const row of rows) {
        const rejection = json.read(row.bytes, row);
        if (isLookedAt(++readers.seen) && rejection?.reason !== "undecodable") {
          this.sample(readers, namesOfJson(row.bytes));
        }
        take(index, () => (rows.length === 1 ? value : rowAlone(row)), slots, rejection);
      }
    }
  }

  private block(
    readers: Readers,
    writer: Writer,
    bytes: Buffer,
    start: number,
    end: number,
    firstIndex: number,
    count: number,
    take: Take,
  ): void {
    const { avro, slots } = readers;
    const plan = writer.plan(slots.layout);
    const readable = !("reason" in plan);
    if (readable && plan.kind === "record") this.sample(readers, writer.names, count);
    let from = start;
    let to = start;
    const raw = (): Buffer => this.framed(writer, bytes.subarray(from, to));
    for (let i = 0; i < count; i++) {
      from = to;
      let rejection: Rejection | null = readable ? null : plan;
      if (readable) {
        rejection = avro.read(plan, bytes, from, end);
        if (avro.end >= 0) to = avro.end;
        if (i === count - 1 && avro.end >= 0 && to < end) {
          to = end;
          rejection = TRAILING;
        }
      }
      if (!readable || avro.end < 0) {
        // Where this record ends, and with it every later one of the block, cannot be known.
        to = end;
        take(firstIndex + i, raw, slots, rejection);
        from = end;
        for (let rest = i + 1; rest < count; rest++) take(firstIndex + rest, raw, slots, rejection);
        return;
      }
      take(firstIndex + i, raw, slots, rejection);
    }
  }

  /**
   * A value as JSON text, whatever its encoding, for somebody who looks into the quarantine.
   * @throws FundpulseError FP3006 while a registry that is needed cannot be reached
   */
  async shown(value: Buffer): Promise<string> {
    return shownJson(value, await this.placeOf(value));
  }

  private async placeOf(value: Buffer): Promise<AvroPlace | string | null> {
    const of = (writer: Writer, start: number, end = value.length): AvroPlace | string =>
      writer.schema ? { node: writer.schema.node, start, end } : `the writer schema is none: ${writer.why}`;
    if (value[0] === 0x00 && value.length >= CONFLUENT_HEADER) {
      if (!this.#registry) return NO_REGISTRY.detail;
      const id = value.readUInt32BE(1);
      await this.#registry.load([id]);
      const found = this.#registry.get(id);
      return found.schemaJson === null
        ? found.why
        : of(this.#writers.ofRegistry(id, found), CONFLUENT_HEADER);
    }
    if (value[0] === 0xc3 && value[1] === 0x01 && value.length >= SINGLE_OBJECT_HEADER) {
      const writer = this.#writers.ofFingerprint(value);
      return writer ? of(writer, SINGLE_OBJECT_HEADER) : "no schema with its fingerprint is known";
    }
    if (value[0] !== 0x4f) return null;
    const one = readOneRecordContainer(value);
    return one ? of(this.#writers.ofSchema(one.schemaJson), one.start, one.end) : NO_ENCODING.detail;
  }

  /** A container's record as a value that tells its own encoding, so that it can be decoded again alone. */
  private framed(writer: Writer, record: Buffer): Buffer {
    if (this.#writers.isKnown(writer)) {
      return Buffer.concat([Buffer.of(0xc3, 0x01), writer.fingerprint, record]);
    }
    return writeOneRecordContainer(writer.leanJson, record);
  }

  private value(readers: Readers, value: Buffer): Rejection | null {
    if (value.length === 0) return EMPTY;
    switch (value[0]) {
      case 0x00: {
        if (value.length < CONFLUENT_HEADER) return NO_ENCODING;
        if (!this.#registry) return NO_REGISTRY;
        const id = value.readUInt32BE(1);
        const found = this.#registry.get(id);
        if (found.schemaJson === null) return reject("unknown_schema", found.why);
        const writer = this.#writers.ofRegistry(id, found);
        return this.single(readers, writer, value, CONFLUENT_HEADER);
      }
      case 0xc3: {
        if (value.length < SINGLE_OBJECT_HEADER || value[1] !== 0x01) return NO_ENCODING;
        const writer = this.#writers.ofFingerprint(value);
        if (!writer) {
          const fingerprint = value.toString("hex", 2, SINGLE_OBJECT_HEADER);
          return reject("unknown_schema", `no schema with CRC-64-AVRO fingerprint ${fingerprint} is known`);
        }
        return this.single(readers, writer, value, SINGLE_OBJECT_HEADER);
      }
      case 0x4f: {
        const one = readOneRecordContainer(value);
        if (!one) return NO_ENCODING;
        return this.single(readers, this.#writers.ofSchema(one.schemaJson), value, one.start, one.end);
      }
      case 0x7b:
      case 0xef:
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        return readers.json.read(value);
      case 0x5b:
        return ARRAY;
      // The marks of UTF-16: the reader says so.
      case 0xfe:
      case 0xff:
        return value.length > 1 && (value[0] ^ value[1]) === 1 ? readers.json.read(value) : NO_ENCODING;
      default:
        return NO_ENCODING;
    }
  }

  private single(
    readers: Readers,
    writer: Writer,
    value: Buffer,
    start: number,
    end = value.length,
  ): Rejection | null {
    const { avro, slots } = readers;
    const plan = writer.plan(slots.layout);
    if ("reason" in plan) return plan;
    const rejection = avro.read(plan, value, start, end);
    if (isLookedAt(++readers.seen) && avro.end >= 0) this.sample(readers, writer.names);
    return avro.end >= 0 && avro.end !== end ? TRAILING : rejection;
  }
}

/** The names in a JSON object that was read already; those whose values are null are none. */
function namesOfJson(bytes: Buffer): string[] {
  try {
    const object = JSON.parse(bytes.toString("utf8")) as object;
    return Object.entries(object).flatMap(([name, value]) => (value === null || value === "" ? [] : [name]));
  } catch {
    // Nested deeper than it can be read: then it is a value that nobody needs.
    return [];
  }
}

/** A row of several as a record that tells by itself what the envelope said of it. */
function rowAlone({ bytes, deletedAtMs }: EnvelopeRow): Buffer {
  if (Number.isNaN(deletedAtMs)) return bytes;
  const time = deletedAtMs === Number.NEGATIVE_INFINITY ? "" : `"__ts_ms":${deletedAtMs},`;
  return Buffer.concat([Buffer.from(`{"__deleted":"true",${time}`), bytes.subarray(1)]);
}

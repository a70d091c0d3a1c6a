import type { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Rejection } from "../../../schemas/quarantine.js";
import { debeziumEvent } from "../fields/change-events.js";
import type { Interner } from "../fields/interner.js";
import type { Slots } from "../fields/slots.js";
import { dayOfNumber, EXPECTED, hasLostDigits, instantOfMs, int32, MAX_ID_LENGTH } from "../fields/values.js";
import { putWire } from "../fields/wire.js";
import { plainText, unwrapped, wireOf } from "./convert.js";
import { AvroCursor, MALFORMED } from "./cursor.js";
import { type EnvelopePlan, OP, type Plan, type Step } from "./plan.js";

const BROKEN: Rejection = { reason: "undecodable", detail: "the bytes are no record of their Avro schema" };
type Value = Readonly<Record<string, unknown>>;
const NO_UTF8: Rejection = { reason: "undecodable", detail: "a text is not valid UTF-8" };

/** Reads Avro records by a compiled plan into slots. One instance is used for all records of a stream. */
export class AvroReader {
  readonly #cursor = new AvroCursor();
  /** Marks of bytes that are no UTF-8, in the texts of the record. */
  #replaced = 0;

  constructor(
    readonly slots: Slots,
    readonly calendar: ZoneCalendar,
    readonly interner: Interner,
  ) {}

  /** Where the last record ended; -1 where its bytes are broken, so that nothing after it can be found. */
  end = -1;

  /** Reads the record that begins at `start`. Says what is wrong with its bytes or values, or null. */
  read(plan: Plan, bytes: Buffer, start: number, limit: number): Rejection | null {
    this.slots.clear();
    this.end = -1;
    try {
      if (plan.kind === "envelope" || !plan.walks) return this.values(plan, bytes, start, limit);
      const valid = this.walk(plan.steps, bytes, start, limit);
      this.end = this.#cursor.pos;
      return valid ? this.slots.validate() : NO_UTF8;
    } catch (error) {
      if (error !== MALFORMED) throw error;
      return BROKEN;
    }
  }

  /** Has avsc read a record. Where it ends is walked first: avsc believes any count that the bytes name. */
  private values(plan: Plan, bytes: Buffer, start: number, limit: number): Rejection | null {
    const cursor = this.#cursor;
    cursor.buf = bytes;
    cursor.end = limit;
    cursor.pos = start;
    cursor.skip(plan.writer.node);
    this.end = cursor.pos;
    const record = bytes.subarray(start, this.end);
    let value: Value;
    try {
      value = plan.writer.type.fromBuffer(record) as Value;
    } catch {
      return BROKEN;
    }
    this.#replaced = 0;
    const refused = plan.kind === "envelope" ? this.envelope(plan, value) : this.fill(plan.steps, value);
    if (refused) return refused;
    // avsc puts a mark where bytes are no UTF-8; a writer may have put the same mark there.
    return this.#replaced > marksIn(record) ? NO_UTF8 : this.slots.validate();
  }

  /** Debezium: `c`, `r` and `u` carry the record in `after`, `d` takes the one of `before` out. */
  private envelope({ parts }: EnvelopePlan, value: Value): Rejection | null {
    const part = (name: string): EnvelopePlan["parts"][number] | undefined =>
      parts.find((p) => p.name === name);
    const plain = (name: string): string => {
      const found = part(name);
      return found ? plainText(found.node, value[name]) : "";
    };
    const op = plain("op");
    const event = debeziumEvent(op);
    if ("reason" in event) return event;
    const image = part(event.image);
    const row = image?.image ? unwrapped(image.node, value[event.image]) : null;
    if (!image?.image || row?.node.kind !== "record") {
      return { reason: "undecodable", detail: `the envelope of a change "${op}" has no ${event.image}` };
    }
    this.fill(image.image.steps, row.value as Value);
    const at = plain("ts_ms");
    if (event.deletes) this.slots.deletedAtMs = /^\d{1,15}$/.test(at) ? Number(at) : Number.NEGATIVE_INFINITY;
    return null;
  }

  /** Puts the values of a record into the slots. */
  private fill(steps: readonly Step[], record: Value): null {
    const { slots } = this;
    for (const { op, name, declared, slot, field } of steps) {
      if (op === OP.deletion) slots.deletion(slot, plainText(declared, record[name]));
      if (field === undefined || (op === OP.alias && !slots.absent(slot))) continue;
      const wire = wireOf(declared, record[name], field);
      if (wire.is === "text") this.#replaced += count(wire.text);
      if (wire.is === "map") for (const entry of wire.entries) this.#replaced += count(String(entry));
      putWire(slots, slot, wire, this.calendar);
    }
    return null;
  }

  private walk(steps: readonly Step[], buf: Buffer, start: number, end: number): boolean {
    const cursor = this.#cursor;
    const { slots, interner } = this;
    const { texts, numbers } = slots;
    cursor.buf = buf;
    cursor.end = end;
    let valid = true;
    let pos = start;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (step.nullTag >= 0) {
        const tag = buf[pos++];
        if (tag === step.nullTag) continue;
        if (tag !== step.valueTag) throw MALFORMED;
      }
      const slot = step.slot;
      switch (step.op) {
        case OP.amount: {
          const tag = buf[pos++];
          // At most 31 bytes: the size is one byte long.
          if (!(tag < 64) || (tag & 1) !== 0) {
            cursor.pos = pos - 1;
            cursor.take(cursor.long());
            pos = cursor.pos;
            slots.bad(slot, EXPECTED.amount);
            break;
          }
          const stop = pos + (tag >> 1);
          if (stop > end) throw MALFORMED;
          let fen = (buf[pos++] << 24) >> 24;
          while (pos < stop) fen = fen * 256 + buf[pos++];
          if (tag === 0) pos = stop;
          if (tag === 0 || !Number.isSafeInteger(fen)) slots.bad(slot, EXPECTED.amount);
          else numbers[slot] = fen;
          break;
        }
        case OP.text: {
          let size = buf[pos++];
          if (size < 128 && (size & 1) === 0) size >>= 1;
          else {
            cursor.pos = pos - 1;
            size = cursor.long();
            pos = cursor.pos;
          }
          if (!(size >= 0 && size <= end - pos)) throw MALFORMED;
          const stop = pos + size;
          const text = interner.text(buf, pos, stop);
          pos = stop;
          if (text === null) valid = false;
          else if (
            !interner.unusual &&
            (step.text === "code"
              ? interner.coded
              : step.text === "id" && text.length <= MAX_ID_LENGTH && !hasLostDigits(text))
          ) {
            texts[slot] = text;
          } else slots.text(slot, text);
          break;
        }
        case OP.instantMs:
        case OP.date:
        case OP.int: {
          cursor.pos = pos;
          const value = cursor.long();
          pos = cursor.pos;
          const op = step.op;
          const number =
            op === OP.int ? int32(value) : op === OP.date ? dayOfNumber(value) : instantOfMs(value);
          if (Number.isNaN(number)) slots.bad(slot, EXPECTED[step.field!.type]);
          else numbers[slot] = number;
          break;
        }
        default:
          cursor.pos = pos;
          cursor.skip(step.node);
          pos = cursor.pos;
      }
    }
    if (pos > end) throw MALFORMED;
    cursor.pos = pos;
    return valid;
  }
}

/** What stands where bytes were no UTF-8. */
const MARK = "\ufffd";
const MARK_BYTES = Buffer.from(MARK);

const count = (text: string): number => (text.includes(MARK) ? text.split(MARK).length - 1 : 0);

function marksIn(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(MARK_BYTES); at >= 0; at = bytes.indexOf(MARK_BYTES, at + 3)) found++;
  return found;
}

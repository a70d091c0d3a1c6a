import type { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Rejection } from "../../../schemas/quarantine.js";
import { debeziumEvent } from "../fields/change-events.js";
import type { Interner } from "../fields/interner.js";
import type { Slots } from "../fields/slots.js";
import { dayOfNumber, EXPECTED, instantOfMs, int32, MAX_ID_LENGTH } from "../fields/values.js";
import { convert } from "./convert.js";
import { AvroCursor, MALFORMED } from "./cursor.js";
import { type EnvelopePlan, OP, type Plan, type RecordPlan, type Step } from "./plan.js";
import type { AvroNode } from "./schema.js";

const BROKEN: Rejection = { reason: "undecodable", detail: "the bytes are no record of their Avro schema" };
const NO_UTF8: Rejection = { reason: "undecodable", detail: "a text is not valid UTF-8" };

/** Reads Avro records by a compiled plan into slots. One instance is used for all records of a stream. */
export class AvroReader {
  readonly #cursor = new AvroCursor();

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
    try {
      if (plan.kind === "envelope") return this.envelope(plan, bytes, start, limit);
      const valid = this.walk(plan.steps, bytes, start, limit);
      this.end = this.#cursor.pos;
      return valid ? this.slots.validate() : NO_UTF8;
    } catch (error) {
      if (error !== MALFORMED) throw error;
      this.end = -1;
      return BROKEN;
    }
  }

  /** Debezium: `c`, `r` and `u` carry the record in `after`, `d` takes the one of `before` out. */
  private envelope(plan: EnvelopePlan, buf: Buffer, start: number, end: number): Rejection | null {
    const cursor = this.#cursor;
    cursor.buf = buf;
    cursor.end = end;
    cursor.pos = start;
    const images = new Map<
      string,
      { readonly plan: RecordPlan; readonly start: number; readonly end: number }
    >();
    let op = "";
    let changedAtMs = Number.NaN;
    for (const { name, node, image } of plan.parts) {
      let value: AvroNode = node;
      if (node.kind === "union") value = cursor.branch(node.branches);
      const from = cursor.pos;
      if (name === "op" && value.kind === "string") {
        op = cursor.bytes().toString("latin1");
        continue;
      }
      if (name === "ts_ms" && value.kind === "long") {
        changedAtMs = cursor.long();
        continue;
      }
      cursor.skip(value);
      if (image && value.kind === "record") images.set(name, { plan: image, start: from, end: cursor.pos });
    }
    this.end = cursor.pos;
    const event = debeziumEvent(op);
    if ("reason" in event) return event;
    const row = images.get(event.image);
    if (!row)
      return { reason: "undecodable", detail: `the envelope of a change "${op}" has no ${event.image}` };
    const whole = this.end;
    const valid = this.walk(row.plan.steps, buf, row.start, row.end);
    this.end = whole;
    if (event.deletes)
      this.slots.deletedAtMs = Number.isNaN(changedAtMs) ? Number.NEGATIVE_INFINITY : changedAtMs;
    return valid ? this.slots.validate() : NO_UTF8;
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
            (step.text === "code" ? interner.coded : step.text === "id" && text.length <= MAX_ID_LENGTH)
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
        case OP.convert:
          cursor.pos = pos;
          if (!convert(cursor, step.node, slot, step.field!, slots, this.calendar)) valid = false;
          pos = cursor.pos;
          break;
        case OP.alias:
          cursor.pos = pos;
          if (!slots.absent(slot)) cursor.skip(step.node);
          else if (!convert(cursor, step.node, slot, step.field!, slots, this.calendar)) valid = false;
          pos = cursor.pos;
          break;
        case OP.deletion:
          cursor.pos = pos;
          slots.deletion(slot, plainText(cursor, step.node));
          pos = cursor.pos;
          break;
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

/** A text, boolean or integer as text; empty for anything else, which is stepped over. */
function plainText(cursor: AvroCursor, node: AvroNode): string {
  switch (node.kind) {
    case "string":
      return cursor.bytes().toString("utf8");
    case "boolean":
      return cursor.buf[cursor.take(1)] === 1 ? "true" : "false";
    case "int":
    case "long":
      return String(cursor.long());
    default:
      cursor.skip(node);
      return "";
  }
}

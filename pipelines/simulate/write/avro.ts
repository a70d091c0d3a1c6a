import type { Settlement, StreamRecord } from "../../../schemas/input/settlement.js";
import { type Field, STREAMS, type StreamName } from "../../../schemas/input/streams.js";
import type { SimEvent } from "./event.js";

const GROW_AT = 4096;

/**
 * Writes records as Avro binary in the schema of `avroSchema`, into one buffer that grows. Encoded by
 * hand from the field tables: no object, Buffer or closure per amount, because load tests need millions.
 */
export class AvroRecordWriter {
  buffer = Buffer.allocUnsafe(1 << 18);
  /** Bytes written so far. */
  length = 0;

  reset(): void {
    this.length = 0;
  }

  write(event: SimEvent): void {
    if (this.buffer.length - this.length < GROW_AT) this.#grow(this.buffer.length * 2);
    if (event.stream === "settlement") this.#settlement(event.record);
    else this.#record(event.stream, event.record);
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafe(size);
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }

  #settlement(s: Settlement): void {
    this.#required(s.setl_id);
    this.#optional(s.init_setl_id);
    this.#required(s.mdtrt_id);
    this.#optional(s.refd_setl_flag);
    this.#optional(s.vali_flag);
    this.long(s.setl_time);
    this.long(s.updt_time);
    this.#required(s.psn_no);
    this.#required(s.insutype);
    this.#optional(s.psn_type);
    this.#required(s.insu_admdvs);
    this.#required(s.fixmedins_code);
    this.#optional(s.fix_blng_admdvs);
    this.#optional(s.hosp_lv);
    this.#required(s.med_type);
    this.#optional(s.setl_type);
    this.#optional(s.pay_loc);
    this.#optional(s.clr_way);
    this.#optionalInt(s.begndate);
    this.#optionalInt(s.enddate);
    this.#optionalInt(s.ipt_days);
    this.#optional(s.mid_setl_flag);
    this.#optional(s.cal_ipt_cnt);
    this.#optional(s.dise_no);
    const amounts = s.amounts;
    for (let i = 0; i < amounts.length; i++) {
      const fen = amounts[i];
      if (!AMOUNT_REQUIRED[i]) {
        if (Number.isNaN(fen)) {
          this.buffer[this.length++] = 0;
          continue;
        }
        this.buffer[this.length++] = 2;
      }
      this.decimal(fen);
    }
  }

  #record(stream: StreamName, record: StreamRecord): void {
    for (const field of STREAMS[stream].fields) {
      const value = record[field.name];
      const absent = value === null || value === undefined;
      if (!field.required) {
        this.buffer[this.length++] = absent ? 0 : 2;
        if (absent) continue;
      }
      this.#value(field, value ?? "");
    }
  }

  #value(field: Field, value: string | number | Record<string, string>): void {
    switch (field.type) {
      case "instant":
      case "date":
      case "int":
        this.long(Number(value));
        break;
      case "amount":
        this.decimal(Number(value));
        break;
      case "rate":
        this.decimal(Math.round(Number(value) * 1_000_000));
        break;
      case "map": {
        const entries = Object.entries(value as Record<string, string>);
        if (entries.length > 0) {
          this.long(entries.length);
          for (const [key, text] of entries) {
            this.text(key);
            this.text(text);
          }
        }
        this.buffer[this.length++] = 0;
        break;
      }
      default:
        this.text(String(value));
    }
  }

  #required(text: string): void {
    this.text(text);
  }

  #optional(text: string): void {
    if (text === "") {
      this.buffer[this.length++] = 0;
      return;
    }
    this.buffer[this.length++] = 2;
    this.text(text);
  }

  #optionalInt(value: number): void {
    if (Number.isNaN(value)) {
      this.buffer[this.length++] = 0;
      return;
    }
    this.buffer[this.length++] = 2;
    this.long(value);
  }

  /** Zigzag varint of an integer up to 2^52 in magnitude. */
  long(value: number): void {
    const buffer = this.buffer;
    let at = this.length;
    let z = value < 0 ? -2 * value - 1 : 2 * value;
    while (z >= 0x1000_0000) {
      buffer[at++] = (z % 128) | 0x80;
      z = Math.floor(z / 128);
    }
    while (z >= 0x80) {
      buffer[at++] = (z & 0x7f) | 0x80;
      z >>>= 7;
    }
    buffer[at++] = z;
    this.length = at;
  }

  text(text: string): void {
    const size = text.length;
    if (this.buffer.length - this.length < size * 3 + GROW_AT) {
      this.#grow(this.buffer.length * 2 + size * 3);
    }
    if (size < 64) {
      const start = this.length;
      const buffer = this.buffer;
      let at = start + 1;
      buffer[start] = size * 2;
      let i = 0;
      for (; i < size; i++) {
        const code = text.charCodeAt(i);
        if (code > 127) break;
        buffer[at++] = code;
      }
      if (i === size) {
        this.length = at;
        return;
      }
    }
    this.long(Buffer.byteLength(text));
    this.length += this.buffer.write(text, this.length);
  }

  /** Big-endian two's complement in as few bytes as hold the integer, with its length. */
  decimal(value: number): void {
    const buffer = this.buffer;
    let at = this.length;
    const magnitude = value < 0 ? -value - 1 : value;
    let size = 1;
    for (let limit = 128; magnitude >= limit && size < 8; limit *= 256) size++;
    buffer[at++] = size * 2;
    const high = Math.floor(value / 0x1_0000_0000);
    const low = value >>> 0;
    for (let i = size - 1; i >= 4; i--) buffer[at++] = high >> ((i - 4) * 8);
    for (let i = Math.min(size, 4) - 1; i >= 0; i--) buffer[at++] = low >>> (i * 8);
    this.length = at;
  }
}

const AMOUNT_REQUIRED = STREAMS.settlement.fields.filter((f) => f.type === "amount").map((f) => f.required);

import { crc32 } from "node:zlib";
import { ABSENT, type Settlement } from "../../schemas/input/settlement.js";
import { AMOUNT_FIELDS } from "../../schemas/input/streams.js";
import type { DayNumber, EpochMs } from "../../schemas/units.js";
import { ByteReader, ByteWriter } from "./bytes.js";

/** Rows of one block. */
export const ROWS_PER_BLOCK = 128;
/** A kept version of a settlement: block number * ROWS_PER_BLOCK + row. */
export type Ref = number;

const AMOUNTS = AMOUNT_FIELDS.length;
const FIRST_OPTIONAL = AMOUNTS - 5;

/** Numbers for strings that recur, and back; kept by the state. */
export interface CodeTable {
  idOf(text: string): number;
  textOf(id: number): string;
}

/** What the state keeps beside the fields of a settlement. */
export interface RowFacts {
  /** Person number; `psn_no` itself is never kept. */
  person: number;
  /** Day whose month the row counts in: its own, or its original's under `refunds: original-period`. */
  day: DayNumber;
  /** Where the record came from: number of the place, and its position there. */
  partitionId: number;
  position: number;
}

const sharedPrefix = (a: string, b: string): number => {
  const max = Math.min(a.length, b.length, 255);
  let n = 0;
  while (n < max && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  // A surrogate pair must not be cut: each half alone has no UTF-8 form.
  return n > 0 && (a.charCodeAt(n - 1) & 0xfc00) === 0xd800 ? n - 1 : n;
};

/**
 * Packs up to ROWS_PER_BLOCK kept settlements of one month: count, base time, first ids, row lengths,
 * rows, CRC-32. Every known field is kept, about 80 bytes a settlement.
 */
export class BlockWriter {
  readonly #rows = new ByteWriter();
  readonly #head = new ByteWriter();
  readonly #lengths: number[] = [];
  readonly #lastText: (string | null)[] = new Array(CODE_FIELDS.length).fill(null);
  readonly #lastId = new Int32Array(CODE_FIELDS.length);
  #firstId = "";
  #firstVisit = "";
  #baseTime = 0;

  constructor(readonly codes: CodeTable) {}

  get count(): number {
    return this.#lengths.length;
  }

  add(s: Settlement, facts: RowFacts): void {
    if (this.#lengths.length === 0) {
      this.#firstId = s.setl_id;
      this.#firstVisit = s.mdtrt_id;
      this.#baseTime = s.setl_time;
    }
    const w = this.#rows;
    const start = w.length;
    let shared = sharedPrefix(this.#firstId, s.setl_id);
    w.byte(shared);
    w.text(s.setl_id.slice(shared));
    shared = sharedPrefix(this.#firstVisit, s.mdtrt_id);
    w.byte(shared);
    w.text(s.mdtrt_id.slice(shared));
    w.text(s.init_setl_id);
    w.uint(facts.person);
    w.int(s.setl_time - this.#baseTime);
    w.int(s.updt_time - s.setl_time);
    w.uint(facts.day);
    w.uint(facts.partitionId);
    w.uint(facts.position);
    w.uint(this.#code(0, s.refd_setl_flag));
    w.uint(this.#code(1, s.vali_flag));
    w.uint(this.#code(2, s.insutype));
    w.uint(this.#code(3, s.psn_type));
    w.uint(this.#code(4, s.insu_admdvs));
    w.uint(this.#code(5, s.fixmedins_code));
    w.uint(this.#code(6, s.fix_blng_admdvs));
    w.uint(this.#code(7, s.hosp_lv));
    w.uint(this.#code(8, s.med_type));
    w.uint(this.#code(9, s.setl_type));
    w.uint(this.#code(10, s.pay_loc));
    w.uint(this.#code(11, s.clr_way));
    w.uint(this.#code(12, s.mid_setl_flag));
    w.uint(this.#code(13, s.dise_no));
    this.#optional(s.begndate, facts.day);
    this.#optional(s.enddate, facts.day);
    this.#optional(s.ipt_days, 0);
    // One bit an amount that is not 0, one bit an optional amount that is absent.
    let mask = 0;
    for (let i = 0; i < AMOUNTS; i++) {
      const amount = s.amounts[i];
      if (Number.isNaN(amount)) mask |= 1 << (AMOUNTS + i - FIRST_OPTIONAL);
      else if (amount !== 0) mask |= 1 << i;
    }
    w.byte(mask & 0xff);
    w.byte((mask >> 8) & 0xff);
    w.byte((mask >> 16) & 0xff);
    for (let i = 0; i < AMOUNTS; i++) if (mask & (1 << i)) w.int(s.amounts[i]);
    // What few rows have stands at their end, where rows of earlier programs have nothing.
    if (s.cal_ipt_cnt !== "") w.uint(this.#code(14, s.cal_ipt_cnt));
    this.#lengths.push(w.length - start);
  }

  /** Number of a code; the last of each field is remembered, since the same codes come again and again. */
  #code(field: number, text: string): number {
    if (this.#lastText[field] !== text) {
      this.#lastText[field] = text;
      this.#lastId[field] = this.codes.idOf(text);
    }
    return this.#lastId[field];
  }

  /** 0 for absent, else 1 and the difference to `base`. */
  #optional(value: number, base: number): void {
    if (Number.isNaN(value)) this.#rows.uint(0);
    else {
      const difference = value - base;
      this.#rows.uint(1 + (difference >= 0 ? difference * 2 : difference * -2 - 1));
    }
  }

  /** The packed block; the writer is empty again. */
  finish(): Buffer {
    const head = this.#head;
    head.clear();
    head.uint(this.#lengths.length);
    head.int(this.#baseTime);
    head.text(this.#firstId);
    head.text(this.#firstVisit);
    for (const length of this.#lengths) head.uint(length);
    head.reserve(this.#rows.length + 4);
    this.#rows.bytes.copy(head.bytes, head.length, 0, this.#rows.length);
    head.length += this.#rows.length;
    const crc = crc32(head.bytes.subarray(0, head.length));
    head.bytes.writeUInt32LE(crc, head.length);
    head.length += 4;
    this.#rows.clear();
    this.#lengths.length = 0;
    return head.copy();
  }
}

/** Codes of a row, in the order in which a block holds them; the last one only in rows that have it. */
export const CODE_FIELDS = [
  "refd_setl_flag",
  "vali_flag",
  "insutype",
  "psn_type",
  "insu_admdvs",
  "fixmedins_code",
  "fix_blng_admdvs",
  "hosp_lv",
  "med_type",
  "setl_type",
  "pay_loc",
  "clr_way",
  "mid_setl_flag",
  "dise_no",
  "cal_ipt_cnt",
] as const satisfies readonly (keyof Settlement)[];
const EVERY_ROW_CODES = CODE_FIELDS.length - 1;

/** Stands in `PackedRow.codes` for a code that the row does not have. */
export const NO_CODE = -1;

/** A row as it is packed: codes as their numbers in the code book. For those who read very many rows. */
export class PackedRow implements RowFacts {
  setl_id = "";
  init_setl_id = "";
  mdtrt_id = "";
  person = 0;
  day: DayNumber = 0;
  partitionId = 0;
  position = 0;
  setl_time: EpochMs = 0;
  updt_time: EpochMs = 0;
  /** By CODE_FIELDS. */
  readonly codes = new Int32Array(CODE_FIELDS.length);
  begndate: DayNumber = ABSENT;
  enddate: DayNumber = ABSENT;
  ipt_days = ABSENT;
  /** Fen by AMOUNT_INDEX; NaN where absent. */
  readonly amounts = new Float64Array(AMOUNTS);
}

/** Reads the rows of one packed block in any order. */
export class BlockReader {
  readonly #reader = new ByteReader(Buffer.alloc(0));
  readonly #starts: number[] = [];
  #end = 0;
  #firstId = "";
  #firstVisit = "";
  #baseTime = 0;

  constructor(readonly codes: CodeTable) {}

  get count(): number {
    return this.#starts.length;
  }

  /** Opens a block; false when its bytes are damaged. */
  open(bytes: Buffer): boolean {
    const end = bytes.length - 4;
    if (end < 1 || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return false;
    const r = this.#reader;
    r.reset(bytes);
    const count = r.uint();
    this.#baseTime = r.int();
    this.#firstId = r.text();
    this.#firstVisit = r.text();
    this.#starts.length = 0;
    let at = 0;
    for (let i = 0; i < count; i++) {
      this.#starts.push(at);
      at += r.uint();
    }
    for (let i = 0; i < count; i++) this.#starts[i] += r.at;
    this.#end = r.at + at;
    return true;
  }

  /** Fills `into` (psn_no stays empty) and `facts` with row `index`. */
  read(index: number, into: Settlement, facts: RowFacts): void {
    const r = this.#reader;
    const { codes } = this;
    r.at = this.#starts[index];
    into.psn_no = "";
    let shared = r.byte();
    into.setl_id = this.#firstId.slice(0, shared) + r.text();
    shared = r.byte();
    into.mdtrt_id = this.#firstVisit.slice(0, shared) + r.text();
    into.init_setl_id = r.text();
    facts.person = r.uint();
    into.setl_time = this.#baseTime + r.int();
    into.updt_time = into.setl_time + r.int();
    facts.day = r.uint();
    facts.partitionId = r.uint();
    facts.position = r.uint();
    into.refd_setl_flag = codes.textOf(r.uint());
    into.vali_flag = codes.textOf(r.uint());
    into.insutype = codes.textOf(r.uint());
    into.psn_type = codes.textOf(r.uint());
    into.insu_admdvs = codes.textOf(r.uint());
    into.fixmedins_code = codes.textOf(r.uint());
    into.fix_blng_admdvs = codes.textOf(r.uint());
    into.hosp_lv = codes.textOf(r.uint());
    into.med_type = codes.textOf(r.uint());
    into.setl_type = codes.textOf(r.uint());
    into.pay_loc = codes.textOf(r.uint());
    into.clr_way = codes.textOf(r.uint());
    into.mid_setl_flag = codes.textOf(r.uint());
    into.dise_no = codes.textOf(r.uint());
    into.begndate = this.#optional(facts.day);
    into.enddate = this.#optional(facts.day);
    into.ipt_days = this.#optional(0);
    this.#amounts(into.amounts);
    into.cal_ipt_cnt = this.#hasMore(index) ? codes.textOf(r.uint()) : "";
  }

  /** Whether a row has more than every row has. */
  #hasMore(index: number): boolean {
    return this.#reader.at < (index + 1 < this.#starts.length ? this.#starts[index + 1] : this.#end);
  }

  /** Fills `into` with row `index`, codes left as numbers. */
  readPacked(index: number, into: PackedRow): void {
    const r = this.#reader;
    r.at = this.#starts[index];
    let shared = r.byte();
    into.setl_id = this.#firstId.slice(0, shared) + r.text();
    shared = r.byte();
    into.mdtrt_id = this.#firstVisit.slice(0, shared) + r.text();
    into.init_setl_id = r.text();
    into.person = r.uint();
    into.setl_time = this.#baseTime + r.int();
    into.updt_time = into.setl_time + r.int();
    into.day = r.uint();
    into.partitionId = r.uint();
    into.position = r.uint();
    for (let i = 0; i < EVERY_ROW_CODES; i++) into.codes[i] = r.uint();
    into.begndate = this.#optional(into.day);
    into.enddate = this.#optional(into.day);
    into.ipt_days = this.#optional(0);
    this.#amounts(into.amounts);
    into.codes[EVERY_ROW_CODES] = this.#hasMore(index) ? r.uint() : NO_CODE;
  }

  #amounts(amounts: Float64Array): void {
    const r = this.#reader;
    const mask = r.byte() | (r.byte() << 8) | (r.byte() << 16);
    for (let i = 0; i < AMOUNTS; i++) {
      amounts[i] =
        mask & (1 << i)
          ? r.int()
          : i >= FIRST_OPTIONAL && mask & (1 << (AMOUNTS + i - FIRST_OPTIONAL))
            ? ABSENT
            : 0;
    }
  }

  #optional(base: number): number {
    const value = this.#reader.uint();
    if (value === 0) return ABSENT;
    const zigzag = value - 1;
    return base + (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2);
  }
}

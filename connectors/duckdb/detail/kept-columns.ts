import { AMOUNT_FIELDS } from "../../../schemas/input/streams.js";
import type { MonthNumber } from "../../../schemas/units.js";
import { CODE_FIELDS, NO_CODE, type PackedRow } from "../../state/settlement-block.js";
import type { AppendColumn } from "../append.js";

/** Rows gathered before they are appended: whole chunks of DuckDB. */
const BATCH_ROWS = 20_480;
/** Stands for an absent value; no day, count or amount comes near it. */
export const NO_INT = -2_147_483_648;
export const NO_FEN = -9_007_199_254_740_991;

const at = (field: (typeof CODE_FIELDS)[number]): number => CODE_FIELDS.indexOf(field);
/** Codes that decide dimensions; `dise_no` follows them where the category table asks for it. */
export const SET_FIELDS = [
  "insutype",
  "psn_type",
  "insu_admdvs",
  "fixmedins_code",
  "fix_blng_admdvs",
  "hosp_lv",
  "med_type",
  "setl_type",
  "dise_no",
] as const;
const SET_AT = SET_FIELDS.slice(0, -1).map(at);
const DISEASE_AT = at("dise_no");
/** Codes that a row keeps beside its set. */
export const ROW_CODES = [
  "refd_setl_flag",
  "vali_flag",
  "pay_loc",
  "clr_way",
  "mid_setl_flag",
  "dise_no",
] as const;
const ROW_AT = ROW_CODES.map(at);
/** The only code of its field that is kept says that a bill is no admission. */
const NO_ADMISSION_AT = at("cal_ipt_cnt");
const WIDTH = SET_FIELDS.length;

/** Numbers the combinations of codes that occur. */
export class CodeSets {
  #rows = new Int32Array(1024 * WIDTH);
  #slots = new Int32Array(4096).fill(-1);
  size = 0;

  /** Number of a row's combination, new or not. `decides[code]` is true for a `dise_no` that counts. */
  of(codes: Int32Array, decides: Uint8Array, none: number): number {
    const rows = this.#rows;
    const base = this.size * WIDTH;
    for (let i = 0; i < WIDTH - 1; i++) rows[base + i] = codes[SET_AT[i]];
    const disease = codes[DISEASE_AT];
    rows[base + WIDTH - 1] = decides[disease] === 1 ? disease : none;
    const mask = this.#slots.length - 1;
    let slot = this.#hash(base) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot];
      if (known < 0) break;
      if (this.#equal(known * WIDTH, base)) return known;
    }
    const number = this.size++;
    this.#slots[slot] = number;
    if ((this.size + 1) * WIDTH > rows.length) {
      this.#rows = new Int32Array(rows.length * 2);
      this.#rows.set(rows);
    }
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  /** The combinations from `first` on, a column for each of SET_FIELDS. */
  columns(first: number): Int32Array[] {
    return SET_FIELDS.map((_, i) =>
      Int32Array.from({ length: this.size - first }, (_row, n) => this.#rows[(first + n) * WIDTH + i]),
    );
  }

  /** Takes in combinations that were numbered before, in their order. */
  load(columns: readonly ArrayLike<number>[]): void {
    const codes = new Int32Array(CODE_FIELDS.length);
    const decides = new Uint8Array(0);
    for (let n = 0; n < (columns[0]?.length ?? 0); n++) {
      SET_AT.forEach((code, i) => {
        codes[code] = columns[i][n];
      });
      // Given as what stands for "none", a disease is kept as it is.
      this.of(codes, decides, columns[WIDTH - 1][n]);
    }
  }

  #hash(base: number): number {
    const rows = this.#rows;
    let hash = 0;
    for (let i = base; i < base + WIDTH; i++) {
      hash = Math.imul(hash ^ rows[i], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  #equal(a: number, b: number): boolean {
    const rows = this.#rows;
    for (let i = 0; i < WIDTH; i++) if (rows[a + i] !== rows[b + i]) return false;
    return true;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 4).fill(-1);
    const mask = slots.length - 1;
    for (let n = 0; n < this.size; n++) {
      let slot = this.#hash(n * WIDTH) & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = n;
    }
    this.#slots = slots;
  }
}

/** The column of the staging table for each thing that a row holds, as `KeptColumns` fills them. */
export const KEPT_INTS = [
  "month",
  "person",
  "code_set",
  ...ROW_CODES,
  "refund",
  "no_admission",
  "place",
  "begndate",
  "enddate",
  "ipt_days",
] as const;
export const KEPT_LONGS = ["ref", "position", "setl_ms", "updt_ms", ...AMOUNT_FIELDS] as const;
export const KEPT_TEXTS = ["setl_id", "init_setl_id", "mdtrt_id"] as const;

const HIGH = 4_294_967_296;

/** Gathers rows column by column, in the form that DuckDB's vectors have, without an object a row. */
export class KeptColumns {
  rows = 0;
  readonly #ints = KEPT_INTS.map(() => new Int32Array(BATCH_ROWS));
  readonly #longs = KEPT_LONGS.map(() => new BigInt64Array(BATCH_ROWS));
  /** The same memory in halves: writing these makes no BigInt. */
  readonly #halves = this.#longs.map((column) => new Int32Array(column.buffer));
  readonly #texts: (string | null)[][] = KEPT_TEXTS.map(() => new Array(BATCH_ROWS).fill(null));
  readonly #none: number;
  readonly #decides: Uint8Array;

  /**
   * @param codes texts of codes; @param deciding diseases that the category table names;
   * @param withTexts false leaves out the ids, which are a third of the work
   */
  constructor(
    readonly sets: CodeSets,
    codes: readonly string[],
    deciding: ReadonlySet<string>,
    readonly withTexts: boolean,
  ) {
    const none = codes.indexOf("");
    this.#none = none < 0 ? codes.length : none;
    this.#decides = Uint8Array.from(codes, (text) => (deciding.has(text) ? 1 : 0));
  }

  /** No more rows than these may be added before the next `take`. */
  get room(): number {
    return BATCH_ROWS - this.rows;
  }

  /** `month`: whose row it is, as the state files it. */
  add(ref: number, row: PackedRow, month: MonthNumber): void {
    const i = this.rows++;
    const ints = this.#ints;
    let c = 0;
    ints[c++][i] = month;
    ints[c++][i] = row.person;
    ints[c++][i] = this.sets.of(row.codes, this.#decides, this.#none);
    for (let k = 0; k < ROW_AT.length; k++) ints[c++][i] = row.codes[ROW_AT[k]];
    ints[c++][i] = row.init_setl_id === "" ? 0 : 1;
    ints[c++][i] = row.codes[NO_ADMISSION_AT] === NO_CODE ? 0 : 1;
    ints[c++][i] = row.partitionId;
    ints[c++][i] = Number.isNaN(row.begndate) ? NO_INT : row.begndate;
    ints[c++][i] = Number.isNaN(row.enddate) ? NO_INT : row.enddate;
    ints[c++][i] = Number.isNaN(row.ipt_days) ? NO_INT : row.ipt_days;
    this.#long(0, i, ref);
    this.#long(1, i, row.position);
    this.#long(2, i, row.setl_time);
    this.#long(3, i, row.updt_time);
    for (let a = 0; a < AMOUNT_FIELDS.length; a++) {
      const fen = row.amounts[a];
      this.#long(4 + a, i, Number.isNaN(fen) ? NO_FEN : fen);
    }
    if (!this.withTexts) return;
    const texts = this.#texts;
    texts[0][i] = row.setl_id;
    texts[1][i] = row.init_setl_id === "" ? null : row.init_setl_id;
    texts[2][i] = row.mdtrt_id;
  }

  #long(column: number, row: number, value: number): void {
    const halves = this.#halves[column];
    halves[row * 2] = value | 0;
    halves[row * 2 + 1] = Math.floor(value / HIGH);
  }

  /** What was gathered, in the order of KEPT_INTS, KEPT_LONGS, then KEPT_TEXTS; the columns are empty again. */
  take(): AppendColumn[] {
    const { rows } = this;
    this.rows = 0;
    return [
      ...this.#ints.map((column) => column.subarray(0, rows)),
      ...this.#longs.map((column) => column.subarray(0, rows)),
      ...(this.withTexts ? this.#texts.map((column) => column.slice(0, rows)) : []),
    ];
  }
}

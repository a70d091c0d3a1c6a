import { ABSENT, type Settlement, type StreamRecord } from "../../../schemas/input/settlement.js";
import {
  AMOUNT_FIELDS,
  FIELD_ALIASES,
  type Field,
  type FieldType,
  STREAMS,
  type StreamName,
} from "../../../schemas/input/streams.js";
import type { Rejection } from "../../../schemas/quarantine.js";
import { DELETED_KEY } from "../../ports/decoder.js";
import { cleanText, textFault } from "./values.js";

/** Slots behind those of the fields: what a record says of its own deletion. */
const DELETION_FIELDS = ["__deleted", "__ts_ms", "__source_ts_ms"] as const;

/** The fields of a stream by slot: a field's slot is its place in the stream's field table. */
export interface Layout {
  readonly stream: StreamName;
  readonly fields: readonly Field[];
  /** Slots of the fields; behind them those of their other names, then those of a deletion. */
  readonly slotOf: ReadonlyMap<string, number>;
  readonly required: readonly number[];
  /** For each slot behind the fields that is another name of one: the field's slot. In order of preference. */
  readonly aliases: readonly { readonly slot: number; readonly of: number }[];
  /** Slot of `__deleted`, `__ts_ms` and `__source_ts_ms`. */
  readonly deletion: readonly number[];
}

/** Other names of fields, by field: the national table's and those of `source.fields`. */
export type FieldAliases = Readonly<Record<string, readonly string[] | undefined>>;

/** The layout of a stream, with the names that its fields go by beside their own. */
export function layoutOf(stream: StreamName, more: FieldAliases = {}): Layout {
  const { fields } = STREAMS[stream];
  const slotOf = new Map(fields.map((f, i) => [f.name, i]));
  const aliases: { slot: number; of: number }[] = [];
  fields.forEach(({ name }, of) => {
    // Databases that know no case write their columns in capitals.
    const others = [...(more[name] ?? []), ...(FIELD_ALIASES[name] ?? [])];
    for (const alias of [...others, ...[name, ...others].map((n) => n.toUpperCase())]) {
      if (slotOf.has(alias)) continue;
      aliases.push({ slot: slotOf.size, of });
      slotOf.set(alias, slotOf.size);
    }
  });
  const deletion = DELETION_FIELDS.map((name) => {
    const slot = slotOf.size;
    slotOf.set(name, slot);
    return slot;
  });
  return {
    stream,
    fields,
    slotOf,
    required: fields.flatMap((f, i) => (f.required ? [i] : [])),
    aliases,
    deletion,
  };
}

/** How to say on another stream that a record counts no more. */
const INSTEAD_OF_DELETION: Readonly<Record<Exclude<StreamName, "settlement">, string>> = {
  "fund-entry": "send the entry again with amount 0",
  enrolment: "send the row again with persons 0",
  "dip-result": "send the result again with cases and amounts of 0",
  facility: "send the version again with a valid_to",
  "reported-fact": "send the fact again with its right value, or 0",
};

/** Where the value of a field is held. */
const HELD = { number: 0, text: 1, map: 2 } as const;

const heldAs = (type: FieldType): number =>
  type === "map" ? HELD.map : ["string", "rate", "decimal"].includes(type) ? HELD.text : HELD.number;

/**
 * One record between its bytes and its final form: every reader writes into slots, whatever the encoding.
 * One instance is used again and again for a stream. Absent: "" in `texts`, NaN in `numbers`, null in `map`.
 */
export class Slots {
  readonly texts: string[];
  readonly numbers: Float64Array;
  /** Of each field where it is held: asked for every required field of every record. */
  readonly #held: Uint8Array;
  map: Record<string, string> | null = null;
  /** Epoch ms at which its source deleted the record; NaN where it did not, −Infinity where no time is known. */
  deletedAtMs: number = ABSENT;
  /** Epoch ms of the change that brought the record, where it tells it. */
  changedAtMs: number = ABSENT;
  /** Lowest slot with a value that its type does not allow, or -1; `fault` says what was expected. */
  faultSlot = -1;
  fault = "";

  constructor(readonly layout: Layout) {
    this.texts = layout.fields.map(() => "");
    this.numbers = new Float64Array(layout.fields.length);
    this.#held = Uint8Array.from(layout.fields, (f) => heldAs(f.type));
  }

  clear(): void {
    this.texts.fill("");
    this.numbers.fill(ABSENT);
    this.map = null;
    this.deletedAtMs = ABSENT;
    this.changedAtMs = ABSENT;
    this.faultSlot = -1;
  }

  /** Takes the text of a `string` field: cleaned, or noted as bad. */
  text(slot: number, raw: string): void {
    const field = this.layout.fields[slot];
    const text = cleanText(raw, field.text!);
    const fault = textFault(text, field);
    if (fault !== null) this.bad(slot, fault);
    else this.texts[slot] = text;
  }

  /** Takes an integer for the text of a `string` field, where codes of its kind can be told from it. */
  integer(slot: number, digits: string): void {
    const { digits: least = 0 } = this.layout.fields[slot];
    if (least === 0) this.bad(slot, "text: an integer may have lost leading zeros");
    else if (digits.startsWith("-")) this.bad(slot, "a code, not a negative number");
    else this.text(slot, digits.padStart(least, "0"));
  }

  /** Takes what a record says of its own deletion: `__deleted` (`true`), and the time of the change. */
  deletion(slot: number, value: string): void {
    if (slot === this.layout.deletion[0]) {
      if (value === "true" && Number.isNaN(this.deletedAtMs)) this.deletedAtMs = Number.NEGATIVE_INFINITY;
    } else if (/^\d{1,15}$/.test(value)) this.changedAtMs = Number(value);
  }

  /** Notes a bad value; of several the first in the order of the field table is told. */
  bad(slot: number, expected: string): void {
    if (this.faultSlot >= 0 && this.faultSlot <= slot) return;
    this.faultSlot = slot;
    this.fault = expected;
  }

  /** Whether nothing was put into a field's slot. */
  absent(slot: number): boolean {
    const held = this.#held[slot];
    if (held === HELD.text) return this.texts[slot] === "";
    if (held === HELD.map) return this.map === null;
    return Number.isNaN(this.numbers[slot]);
  }

  /**
   * Takes a deletion for what it means, then says what is wrong: `bad_value` before `missing_field`, each for
   * its first field; null when the types hold.
   */
  validate(): Rejection | null {
    if (!Number.isNaN(this.deletedAtMs)) {
      const refused = this.delete();
      if (refused) return refused;
    }
    if (this.faultSlot >= 0) {
      const name = this.layout.fields[this.faultSlot].name;
      return { reason: "bad_value", detail: `${name}: expected ${this.fault}` };
    }
    const required = this.layout.required;
    for (let i = 0; i < required.length; i++) {
      if (this.absent(required[i])) {
        if (!Number.isNaN(this.deletedAtMs) && !this.absent(required[0])) return DELETED_KEY;
        return { reason: "missing_field", detail: `${this.layout.fields[required[i]].name} is missing` };
      }
    }
    return null;
  }

  /** A deleted settlement is one that is valid no more, from the time of its deletion on. */
  private delete(): Rejection | null {
    const { stream, slotOf } = this.layout;
    if (stream !== "settlement") {
      return {
        reason: "bad_value",
        detail: `a deletion cannot be taken over: ${INSTEAD_OF_DELETION[stream]}`,
      };
    }
    this.texts[slotOf.get("vali_flag")!] = "0";
    const updated = slotOf.get("updt_time")!;
    const known = this.numbers[updated];
    const deletedAtMs = this.deletedAtMs === Number.NEGATIVE_INFINITY ? this.changedAtMs : this.deletedAtMs;
    if (deletedAtMs > (Number.isNaN(known) ? Number.NEGATIVE_INFINITY : known)) {
      this.numbers[updated] = deletedAtMs;
    }
    return null;
  }

  toRecord(): StreamRecord {
    const record: StreamRecord = {};
    const fields = this.layout.fields;
    for (let slot = 0; slot < fields.length; slot++) {
      const { name } = fields[slot];
      const held = this.#held[slot];
      if (held === HELD.map) record[name] = this.map;
      else if (this.absent(slot)) record[name] = null;
      else record[name] = held === HELD.text ? this.texts[slot] : this.numbers[slot];
    }
    return record;
  }
}

const at = Object.fromEntries(STREAMS.settlement.fields.map((f, i) => [f.name, i]));
const AMOUNTS_AT = at[AMOUNT_FIELDS[0]];
const AMOUNT_COUNT = AMOUNT_FIELDS.length;
// The copy below takes the amounts as one run.
if (AMOUNT_FIELDS.some((name, i) => at[name] !== AMOUNTS_AT + i)) throw new Error("amounts are not adjacent");

const {
  setl_id,
  init_setl_id,
  mdtrt_id,
  refd_setl_flag,
  vali_flag,
  setl_time,
  updt_time,
  psn_no,
  insutype,
  psn_type,
  insu_admdvs,
  fixmedins_code,
  fix_blng_admdvs,
  hosp_lv,
  med_type,
  setl_type,
  pay_loc,
  clr_way,
  begndate,
  enddate,
  ipt_days,
  mid_setl_flag,
  cal_ipt_cnt,
  dise_no,
} = at;

/** Copies a settlement out of its slots, field by field: no loop over names, this runs for every record. */
export function fillSettlement(slots: Slots, into: Settlement): void {
  const t = slots.texts;
  const n = slots.numbers;
  into.setl_id = t[setl_id];
  into.init_setl_id = t[init_setl_id];
  into.mdtrt_id = t[mdtrt_id];
  into.refd_setl_flag = t[refd_setl_flag];
  into.vali_flag = t[vali_flag];
  into.setl_time = n[setl_time];
  into.updt_time = n[updt_time];
  into.psn_no = t[psn_no];
  into.insutype = t[insutype];
  into.psn_type = t[psn_type];
  into.insu_admdvs = t[insu_admdvs];
  into.fixmedins_code = t[fixmedins_code];
  into.fix_blng_admdvs = t[fix_blng_admdvs];
  into.hosp_lv = t[hosp_lv];
  into.med_type = t[med_type];
  into.setl_type = t[setl_type];
  into.pay_loc = t[pay_loc];
  into.clr_way = t[clr_way];
  into.begndate = n[begndate];
  into.enddate = n[enddate];
  into.ipt_days = n[ipt_days];
  into.mid_setl_flag = t[mid_setl_flag];
  into.cal_ipt_cnt = t[cal_ipt_cnt];
  into.dise_no = t[dise_no];
  const amounts = into.amounts;
  for (let i = 0; i < AMOUNT_COUNT; i++) amounts[i] = n[AMOUNTS_AT + i];
}

import { ABSENT, type Settlement, type StreamRecord } from "../../../schemas/input/settlement.js";
import {
  AMOUNT_FIELDS,
  type Field,
  type FieldType,
  STREAMS,
  type StreamName,
} from "../../../schemas/input/streams.js";
import type { Rejection } from "../../../schemas/quarantine.js";

/** The fields of a stream by slot: a field's slot is its place in the stream's field table. */
export interface Layout {
  readonly stream: StreamName;
  readonly fields: readonly Field[];
  readonly slotOf: ReadonlyMap<string, number>;
  readonly required: readonly number[];
}

const layouts = new Map<StreamName, Layout>();

export function layoutOf(stream: StreamName): Layout {
  let layout = layouts.get(stream);
  if (!layout) {
    const fields = STREAMS[stream].fields;
    layout = {
      stream,
      fields,
      slotOf: new Map(fields.map((f, i) => [f.name, i])),
      required: fields.flatMap((f, i) => (f.required ? [i] : [])),
    };
    layouts.set(stream, layout);
  }
  return layout;
}

const HELD_AS_TEXT: ReadonlySet<FieldType> = new Set(["string", "rate", "decimal"]);

/**
 * One record between its bytes and its final form: every reader writes into slots, whatever the encoding.
 * One instance is used again and again for a stream. Absent: "" in `texts`, NaN in `numbers`, null in `map`.
 */
export class Slots {
  readonly texts: string[];
  readonly numbers: Float64Array;
  map: Record<string, string> | null = null;
  /** Lowest slot with a value that its type does not allow, or -1; `fault` says what was expected. */
  faultSlot = -1;
  fault = "";

  constructor(readonly layout: Layout) {
    this.texts = layout.fields.map(() => "");
    this.numbers = new Float64Array(layout.fields.length);
  }

  clear(): void {
    this.texts.fill("");
    this.numbers.fill(ABSENT);
    this.map = null;
    this.faultSlot = -1;
  }

  /** Notes a bad value; of several the first in the order of the field table is told. */
  bad(slot: number, expected: string): void {
    if (this.faultSlot >= 0 && this.faultSlot <= slot) return;
    this.faultSlot = slot;
    this.fault = expected;
  }

  private absent(slot: number): boolean {
    const type = this.layout.fields[slot].type;
    if (HELD_AS_TEXT.has(type)) return this.texts[slot] === "";
    if (type === "map") return this.map === null;
    return Number.isNaN(this.numbers[slot]);
  }

  /** `bad_value` before `missing_field`, each for its first field; null when the types hold. */
  validate(): Rejection | null {
    if (this.faultSlot >= 0) {
      const name = this.layout.fields[this.faultSlot].name;
      return { reason: "bad_value", detail: `${name}: expected ${this.fault}` };
    }
    const required = this.layout.required;
    for (let i = 0; i < required.length; i++) {
      if (this.absent(required[i])) {
        return { reason: "missing_field", detail: `${this.layout.fields[required[i]].name} is missing` };
      }
    }
    return null;
  }

  toRecord(): StreamRecord {
    const record: StreamRecord = {};
    const fields = this.layout.fields;
    for (let slot = 0; slot < fields.length; slot++) {
      const { name, type } = fields[slot];
      if (type === "map") record[name] = this.map;
      else if (this.absent(slot)) record[name] = null;
      else record[name] = HELD_AS_TEXT.has(type) ? this.texts[slot] : this.numbers[slot];
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
  into.dise_no = t[dise_no];
  const amounts = into.amounts;
  for (let i = 0; i < AMOUNT_COUNT; i++) amounts[i] = n[AMOUNTS_AT + i];
}

import { AMOUNT_INDEX, Settlement, type StreamRecord } from "../../schemas/settlement.js";
import { parseDay, ZoneCalendar } from "../calendar.js";
import { type Bills, billsOf } from "./bills.js";
import { negate, type SimEvent, setAmounts } from "./event.js";
import type { NamedProfile, ProfileCategory, ProfileFacility } from "./profile.js";
import { Random } from "./random.js";
import { type Cell, type CellSums, solveCells } from "./targets.js";

const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 24 * MS_PER_HOUR;

/** Shares of the bills that arrive with some of the noise of real life, all of which nets out. */
const NOISE = {
  refunded: 0.006,
  corrected: 0.006,
  repeated: 0.006,
  late: 0.01,
  midStay: 0.01,
  voided: 0.001,
  held: 0.0003,
  bad: 0.0004,
  inbound: 0.004,
} as const;

/** What arrives of a bill; the actions of one bill come in this order unless their times say otherwise. */
enum Act {
  Plain,
  Original,
  Refund,
  Again,
  Wrong,
  Right,
  MidStay,
  Final,
  Void,
  VoidOff,
  Held,
  Bad,
  Inbound,
}

/** Everything needed to write one bill down. */
interface Plan {
  readonly cell: Cell;
  readonly bills: Bills;
  readonly category: ProfileCategory;
  readonly facilities: readonly ProfileFacility[];
  readonly persons: Int32Array;
  /** Number of its first bill among all. */
  readonly first: number;
}

/**
 * All events of a named profile in the order in which they arrive: facilities, enrolment, settlements. The
 * figures that follow from them are the printed ones; the noise (refunds with a new settlement, corrections,
 * duplicates, late and bad records, people from elsewhere) changes none of them. The same for the same seed.
 */
export function* namedEvents(profile: NamedProfile, seed: number): Generator<SimEvent> {
  const random = new Random(seed);
  const calendar = new ZoneCalendar(profile.timezone);
  yield* references(profile, calendar);
  const sums = solveCells(profile.cells, profile.targets, profile.ratios);
  const plans = plansOf(profile, sums, random);
  const total = plans.reduce((n, p) => n + p.bills.fee.length, 0);
  const timeline = new Timeline(total);
  const settledAt = new Float64Array(total);
  const planOf = new Int32Array(total);
  for (const [p, plan] of plans.entries()) {
    const [from, to] = profile.spans[plan.cell.year]!;
    for (let k = 0; k < plan.bills.fee.length; k++) {
      const b = plan.first + k;
      planOf[b] = p;
      const day = from + random.below(to - from + 1);
      const midnight = day * MS_PER_DAY - calendar.offsetMs(day * MS_PER_DAY);
      // Between 8 and 18 o'clock, so that all that happens to a bill on its day stays in it.
      settledAt[b] = midnight + 8 * MS_PER_HOUR + random.below(10 * 3600) * 1000;
      arrivals(timeline, b, settledAt[b], plan, random);
    }
  }
  const pen = new Pen(profile, random);
  for (const at of timeline.sorted()) {
    const b = timeline.bill[at];
    yield pen.write(plans[planOf[b]], b, timeline.act[at], settledAt[b]);
  }
}

/** Who arrives when; grows as needed. */
class Timeline {
  bill: Int32Array;
  act: Uint8Array;
  time: Float64Array;
  length = 0;

  constructor(bills: number) {
    const room = Math.ceil(bills * 1.2) + 1000;
    this.bill = new Int32Array(room);
    this.act = new Uint8Array(room);
    this.time = new Float64Array(room);
  }

  add(bill: number, act: Act, time: number): void {
    this.bill[this.length] = bill;
    this.act[this.length] = act;
    this.time[this.length++] = time;
  }

  sorted(): Int32Array {
    const { time } = this;
    return Int32Array.from({ length: this.length }, (_, i) => i).sort((a, b) => time[a] - time[b] || a - b);
  }
}

function arrivals(timeline: Timeline, b: number, at: number, plan: Plan, random: Random): void {
  let draw = random.next();
  const drawn = (share: number): boolean => {
    draw -= share;
    return draw < 0;
  };
  const local = plan.cell.tokens.has("county");
  if (drawn(NOISE.refunded)) {
    timeline.add(b, Act.Original, at);
    timeline.add(b, Act.Refund, at + MS_PER_HOUR);
    timeline.add(b, Act.Again, at + 2 * MS_PER_HOUR);
  } else if (drawn(NOISE.corrected)) {
    const corrected = at + (1 + random.below(10)) * MS_PER_DAY;
    const disordered = random.chance(0.3);
    timeline.add(b, Act.Wrong, disordered ? corrected + MS_PER_HOUR : at);
    timeline.add(b, Act.Right, corrected);
  } else if (drawn(NOISE.repeated)) {
    timeline.add(b, Act.Plain, at);
    timeline.add(b, Act.Plain, at + (1 + random.below(48)) * MS_PER_HOUR);
  } else if (drawn(NOISE.late)) {
    timeline.add(b, Act.Plain, at + (20 + random.below(50)) * MS_PER_DAY);
  } else if (drawn(NOISE.midStay) && mayBeParted(plan, b - plan.first)) {
    timeline.add(b, Act.MidStay, at - MS_PER_HOUR);
    timeline.add(b, Act.Final, at);
  } else timeline.add(b, Act.Plain, at);
  draw = random.next();
  if (drawn(NOISE.voided)) {
    timeline.add(b, Act.Void, at + MS_PER_HOUR);
    timeline.add(b, Act.VoidOff, at + MS_PER_DAY);
  } else if (drawn(NOISE.held)) timeline.add(b, Act.Held, at + MS_PER_HOUR);
  else if (drawn(NOISE.bad)) timeline.add(b, Act.Bad, at + MS_PER_HOUR);
  else if (local && drawn(NOISE.inbound)) timeline.add(b, Act.Inbound, at + MS_PER_HOUR);
}

/** Only stays that no second fund takes part in, so that visits with such a fund stay countable. */
function mayBeParted({ cell, bills }: Plan, k: number): boolean {
  return cell.prior.bed_days > 0 && bills.critical[k] + bills.large[k] + bills.aid[k] === 0;
}

function plansOf(profile: NamedProfile, sums: readonly CellSums[], random: Random): Plan[] {
  const places = new Set(profile.facilities.flatMap((f) => f.tokens));
  const order = new Map(
    Object.entries(profile.persons).map(([insurance, count]) => {
      const numbers = Int32Array.from({ length: count }, (_, i) => i);
      random.shuffle(numbers as Int32Array & number[]);
      return [insurance, numbers];
    }),
  );
  const used = new Map<string, number>();
  let first = 0;
  return profile.cells.map((cell, c) => {
    const bills = billsOf(cell, sums[c], random);
    const category = profile.categories.find(
      (k) => cell.tokens.has(k.token) && (!k.insurance || cell.tokens.has(k.insurance)),
    );
    const wanted = [...cell.tokens].filter((t) => places.has(t));
    const fitting = profile.facilities.filter((f) => wanted.every((t) => f.tokens.includes(t)));
    const hospitals = fitting.filter((f) => f.kind !== "pharmacy");
    const insurance = [...cell.tokens].find((t) => order.has(t));
    if (!category || !insurance || fitting.length === 0) {
      throw new Error(`no category, insurance or facility for ${[...cell.tokens].join(" ")}`);
    }
    // Stays in the county: nobody in two of its hospitals, as the printed heads add up without overlap.
    const apart = cell.tokens.has("ordinary") && cell.tokens.has("county");
    const numbers = order.get(insurance)!;
    const count = sums[c].heads;
    const key = `${insurance} ${cell.year}`;
    const start = apart ? (used.get(key) ?? 0) : random.below(numbers.length - count + 1);
    if (apart) used.set(key, start + count);
    const plan: Plan = {
      cell,
      bills,
      category,
      facilities: hospitals.length > 0 ? hospitals : fitting,
      persons: numbers.subarray(start, start + count),
      first,
    };
    first += bills.fee.length;
    return plan;
  });
}

function* references(profile: NamedProfile, calendar: ZoneCalendar): Generator<SimEvent> {
  const since = calendar.instantOf(Number(profile.firstDay.slice(0, 4)), 1, 1);
  for (const [i, f] of profile.facilities.entries()) {
    const record: StreamRecord = {
      ...facilityFields(f, i),
      valid_from: null,
      valid_to: null,
      updt_time: since,
    };
    yield { stream: "facility", record };
  }
  for (const e of profile.enrolment) {
    const day = parseDay(e.as_of)!;
    const record: StreamRecord = {
      as_of: day,
      admdvs: profile.jurisdiction.admdvs,
      insurance: e.insurance,
      group: e.group ?? null,
      sex: null,
      persons: e.persons,
      paid_persons: e.paid_persons ?? null,
      target_persons: e.target_persons ?? null,
      updt_time: day * MS_PER_DAY,
    };
    yield { stream: "enrolment", record };
  }
}

/** The fields of a facility as in facilities.csv. */
export function facilityFields(f: ProfileFacility, index: number): StreamRecord {
  return {
    fixmedins_code: f.code,
    admdvs: f.admdvs,
    name: f.name,
    hosp_lv: f.hosp_lv,
    tier: null,
    ownership: f.ownership,
    kind: f.kind,
    parent_code: null,
    display_order: index + 1,
  };
}

const PAY_LOC: Readonly<Record<string, string>> = { county: "2", city: "2", province: "3", national: "4" };
const INSUTYPE: Readonly<Record<string, string>> = {
  resident: "390",
  employee: "310",
  maternity_fund: "510",
};

/** Writes the record of an act of a bill; one settlement used again and again. */
class Pen {
  readonly #s = new Settlement();
  readonly #event: SimEvent = { stream: "settlement", record: this.#s };

  constructor(
    readonly profile: NamedProfile,
    readonly random: Random,
  ) {}

  write(plan: Plan, b: number, act: Act, at: number): SimEvent {
    const s = this.#s;
    this.#bill(plan, b, at);
    switch (act) {
      case Act.Refund:
        negate(s, `${s.setl_id}R`, at + MS_PER_HOUR);
        break;
      case Act.Again:
        s.setl_id += "N";
        s.setl_time = at + 2 * MS_PER_HOUR;
        s.updt_time = s.setl_time;
        break;
      case Act.Wrong:
        this.#larger();
        break;
      case Act.Right:
        s.updt_time = at + 12 * MS_PER_HOUR;
        break;
      case Act.MidStay:
        this.#part(s, true);
        s.setl_time = at - MS_PER_HOUR;
        s.updt_time = s.setl_time;
        break;
      case Act.Final:
        this.#part(s, false);
        break;
      case Act.Void:
      case Act.VoidOff:
        s.setl_id += "V";
        s.setl_time = at + MS_PER_HOUR;
        s.updt_time = s.setl_time + (act === Act.VoidOff ? 23 * MS_PER_HOUR : 0);
        s.vali_flag = act === Act.VoidOff ? "0" : "1";
        break;
      case Act.Held:
        s.setl_id += "H";
        s.vali_flag = "2";
        break;
      case Act.Bad:
        s.setl_id += "B";
        this.#spoil(b);
        break;
      case Act.Inbound:
        s.setl_id += "I";
        s.mdtrt_id += "I";
        s.psn_no = `9${s.psn_no}`;
        s.insu_admdvs = INBOUND_FROM[b % INBOUND_FROM.length];
        s.pay_loc = s.insu_admdvs.startsWith(this.profile.jurisdiction.admdvs.slice(0, 2)) ? "3" : "4";
        break;
      default:
    }
    return this.#event;
  }

  #bill(plan: Plan, b: number, at: number): void {
    const { profile } = this;
    const s = this.#s;
    const k = b - plan.first;
    const { tokens } = plan.cell;
    const facility = plan.facilities[hash(b) % plan.facilities.length];
    const insurance = tokens.has("resident")
      ? "resident"
      : tokens.has("employee")
        ? "employee"
        : "maternity_fund";
    const person = plan.persons[plan.bills.head[k]];
    s.clear();
    s.setl_id = `${profile.jurisdiction.admdvs}S${String(b).padStart(9, "0")}`;
    s.mdtrt_id = `${profile.jurisdiction.admdvs}M${String(b).padStart(9, "0")}`;
    s.setl_time = at;
    s.updt_time = at;
    s.vali_flag = "1";
    s.refd_setl_flag = "0";
    s.psn_no = `${profile.jurisdiction.admdvs}${INSUTYPE[insurance]}${String(person).padStart(8, "0")}`;
    s.insutype = INSUTYPE[insurance];
    s.psn_type = personType(insurance, person);
    s.insu_admdvs = profile.jurisdiction.admdvs;
    s.fixmedins_code = facility.code;
    s.fix_blng_admdvs = facility.admdvs;
    s.hosp_lv = facility.hosp_lv;
    s.med_type = plan.category.med_type;
    const place = facility.tokens.find((t) => t in PAY_LOC)!;
    s.pay_loc = PAY_LOC[place];
    const manual =
      tokens.has("manual") || (!tokens.has("direct") && place === "national" && hash(b + 7) % 40 === 0);
    s.setl_type = manual ? "1" : "2";
    s.clr_way =
      plan.category.token === "single" ? "20" : tokens.has("inpatient") && place === "county" ? "30" : "10";
    const days = plan.bills.days[k];
    if (days > 0) {
      const day = Math.floor((at + 8 * MS_PER_HOUR) / MS_PER_DAY);
      s.begndate = day - days;
      s.enddate = day;
      s.ipt_days = days;
    }
    const { fee, inScope, pool, critical, large, aid, account } = plan.bills;
    setAmounts(s, fee[k], inScope[k], pool[k], critical[k], large[k], aid[k], account[k]);
  }

  /** An earlier version of the bill with a fee that was too high by a hundred yuan. */
  #larger(): void {
    const a = this.#s.amounts;
    for (const name of ["medfee_sumamt", "psn_cash_pay", "fulamt_ownpay_amt"] as const) {
      a[AMOUNT_INDEX[name]] += 10_000;
    }
  }

  /** Half of a stay that was billed in the middle, or the rest of it; together they are the bill. */
  #part(s: Settlement, mid: boolean): void {
    const [fee, inScope, pool, account] = (
      ["medfee_sumamt", "inscp_scp_amt", "hifp_pay", "acct_pay"] as const
    ).map((name) => {
      const whole = s.amounts[AMOUNT_INDEX[name]];
      return mid ? Math.floor(whole / 2) : whole - Math.floor(whole / 2);
    });
    setAmounts(s, fee, inScope, pool, 0, 0, 0, account);
    if (mid) {
      s.setl_id += "M";
      s.mid_setl_flag = "1";
    }
  }

  /** Breaks one rule, each a reason for the quarantine. */
  #spoil(b: number): void {
    const s = this.#s;
    const elsewhere = this.profile.facilities.find((f) => f.tokens.includes("province"))!;
    switch (b % 7) {
      case 0:
        s.amounts[AMOUNT_INDEX.medfee_sumamt] += 1;
        break;
      case 1:
        s.med_type = "ZZ";
        break;
      case 2:
        s.insutype = "999";
        break;
      case 3:
        s.psn_no = "";
        break;
      case 4:
        s.setl_time -= 10 * 365 * MS_PER_DAY;
        break;
      case 5:
        for (let i = 0; i < s.amounts.length; i++) s.amounts[i] = 0 - s.amounts[i];
        break;
      default:
        s.insu_admdvs = "110105";
        s.fixmedins_code = elsewhere.code;
        s.fix_blng_admdvs = elsewhere.admdvs;
    }
  }
}

const INBOUND_FROM = ["620702", "620722", "620302", "630104", "110105", "650102"];

function hash(n: number): number {
  const h = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 12)) >>> 0;
}

function personType(insurance: string, person: number): string {
  if (insurance === "resident") return ["1501", "1501", "1403", "1601"][person % 4];
  return person % 3 === 0 ? "1201" : "1101";
}

import { dayOf, monthEnd, monthStart, type ZoneCalendar } from "../../aggregations/calendar.js";
import { Settlement, type StreamRecord } from "../../schemas/input/settlement.js";
import { Random, scrambled } from "./random.js";
import { negate, type SimEvent, setAmounts } from "./write/event.js";

/** Counts and rates of a load-test stream. Rates are shares of all settlement events, 0 to 1. */
export interface FreeProfile {
  /** Settlement events, all kinds together. */
  readonly events: number;
  readonly persons: number;
  readonly facilities: number;
  /** Months covered, the first of them as `YYYY-MM`. */
  readonly months: number;
  readonly firstMonth: string;
  readonly refunds: number;
  readonly corrections: number;
  readonly duplicates: number;
  /** Settled up to 60 days before they arrive. */
  readonly late: number;
  /** Insured elsewhere, treated in the jurisdiction. */
  readonly inbound: number;
  /** Records for the quarantine. */
  readonly bad: number;
  /** `natural`: ids rise with time; `random`: scrambled. */
  readonly ids: "natural" | "random";
  /** County of the insured, six digits. */
  readonly admdvs: string;
}

export const FREE_DEFAULTS: FreeProfile = {
  events: 100_000,
  persons: 50_000,
  facilities: 60,
  months: 12,
  firstMonth: "2024-01",
  refunds: 0.02,
  corrections: 0.01,
  duplicates: 0.01,
  late: 0.05,
  inbound: 0.01,
  bad: 0.001,
  ids: "natural",
  admdvs: "620725",
};

interface Kind {
  readonly medType: string;
  /** Weight in the draw, out of 100. */
  readonly weight: number;
  /** Typical fee, fen. */
  readonly fee: number;
  /** Typical stay in days; 0 for none. */
  readonly days: number;
  readonly inScope: number;
  readonly pool: number;
  /** Paid from the personal account of employees. */
  readonly account: boolean;
}

const KINDS: readonly Kind[] = [
  { medType: "11", weight: 44, fee: 9_000, days: 0, inScope: 0.9, pool: 0.55, account: true },
  { medType: "14", weight: 16, fee: 33_000, days: 0, inScope: 0.95, pool: 0.65, account: true },
  { medType: "41", weight: 27, fee: 12_000, days: 0, inScope: 0, pool: 0, account: true },
  { medType: "21", weight: 10, fee: 420_000, days: 7, inScope: 0.78, pool: 0.62, account: false },
  { medType: "22", weight: 1, fee: 700_000, days: 9, inScope: 0.75, pool: 0.5, account: false },
  { medType: "26", weight: 1, fee: 300_000, days: 5, inScope: 0.8, pool: 0.6, account: false },
  { medType: "28", weight: 1, fee: 260_000, days: 0, inScope: 0.8, pool: 0.6, account: false },
];
const KIND_OF_PERCENT = KINDS.flatMap((kind) => Array<Kind>(kind.weight).fill(kind));

interface SimFacility {
  readonly code: string;
  readonly admdvs: string;
  readonly level: string;
  readonly kind: string;
}

const LEVELS = ["02", "05", "08", "08", "11"];
const OUTSIDE = ["620702", "620799", "620102", "620103", "620422", "610103", "110105", "650102"];

/** Facilities of a free profile: 60 % in the county, the others in its city, its province and elsewhere. */
export function freeFacilities(profile: FreeProfile): SimFacility[] {
  const list: SimFacility[] = [];
  for (let i = 0; i < profile.facilities; i++) {
    const admdvs = i % 5 < 3 ? profile.admdvs : OUTSIDE[i % OUTSIDE.length];
    const level = LEVELS[(i * 7) % LEVELS.length];
    list.push({
      code: `H${admdvs}${String(i + 1).padStart(5, "0")}`,
      admdvs,
      level,
      kind: level === "08" ? "township" : "hospital",
    });
  }
  return list;
}

const MS_PER_DAY = 86_400_000;
const KEPT = 2048;

/**
 * A stream for load tests in roughly the order of time, the same for the same profile and seed: facilities
 * and enrolment first, then settlements. Constant memory in the number of events. `calendar` is that of the
 * jurisdiction's zone.
 */
export function* freeEvents(profile: FreeProfile, seed: number, calendar: ZoneCalendar): Generator<SimEvent> {
  const random = new Random(seed);
  const facilities = freeFacilities(profile);
  const local = facilities.filter((f) => f.admdvs === profile.admdvs);
  const [year, month] = profile.firstMonth.split("-").map(Number);
  const first = year * 12 + month - 1;
  const startMs = calendar.instantOf(year, month, 1);
  const endDay = monthEnd(first + profile.months - 1);
  const spanMs = (endDay + 1 - monthStart(first)) * MS_PER_DAY;
  yield* freeReference(profile, facilities, startMs);

  const s = new Settlement();
  const event: SimEvent = { stream: "settlement", record: s };
  const kept = Array.from({ length: KEPT }, () => new Settlement());
  let keptCount = 0;
  const again = profile.refunds + profile.corrections + profile.duplicates;
  const keepRate = Math.min(1, again * 4);
  const id = (index: number): string =>
    profile.ids === "random" ? scrambled(index, seed) : `S${String(index).padStart(12, "0")}`;

  for (let i = 0; i < profile.events; i++) {
    const now = startMs + Math.floor((i / profile.events) * spanMs);
    const draw = random.next();
    if (draw < again && keptCount > 0) {
      const index = random.below(keptCount);
      s.copyFrom(kept[index]);
      if (draw < profile.refunds) {
        negate(s, id(i), now);
        keptCount--;
        kept[index].copyFrom(kept[keptCount]);
      } else if (draw < profile.refunds + profile.corrections) {
        s.updt_time = now;
        correct(s, random);
        kept[index].copyFrom(s);
      }
      yield event;
      continue;
    }
    s.clear();
    s.setl_id = id(i);
    s.setl_time = random.chance(profile.late) ? Math.max(startMs, now - random.below(60) * MS_PER_DAY) : now;
    s.updt_time = now;
    fill(s, profile, facilities, local, random);
    const day = calendar.dayOf(s.setl_time);
    if (!Number.isNaN(s.ipt_days)) {
      s.enddate = day;
      s.begndate = day - s.ipt_days;
    }
    s.mdtrt_id = `M${s.setl_id}`;
    if (random.chance(profile.bad)) corrupt(s, random);
    else if (random.chance(keepRate)) {
      kept[keptCount < KEPT ? keptCount++ : random.below(KEPT)].copyFrom(s);
    }
    yield event;
  }
}

function* freeReference(
  profile: FreeProfile,
  facilities: readonly SimFacility[],
  startMs: number,
): Generator<SimEvent> {
  for (const [i, f] of facilities.entries()) yield { stream: "facility", record: facilityRecord(f, i) };
  const [year] = profile.firstMonth.split("-").map(Number);
  const years = Math.ceil((Number(profile.firstMonth.slice(5)) - 1 + profile.months) / 12);
  for (let y = year; y < year + years; y++) {
    for (const [insurance, share] of [
      ["resident", 0.8],
      ["employee", 0.2],
    ] as const) {
      const record: StreamRecord = {
        as_of: dayOf(y, 1, 1),
        admdvs: profile.admdvs,
        insurance,
        group: null,
        sex: null,
        persons: Math.round(profile.persons * share),
        paid_persons: Math.round(profile.persons * share),
        target_persons: null,
        updt_time: startMs,
      };
      yield { stream: "enrolment", record };
    }
  }
}

function facilityRecord(f: SimFacility, index: number): StreamRecord {
  return {
    fixmedins_code: f.code,
    admdvs: f.admdvs,
    name: `定点医疗机构${index + 1}`,
    hosp_lv: f.level,
    tier: null,
    ownership: index % 4 === 3 ? "private" : "public",
    kind: f.kind,
    parent_code: null,
    valid_from: null,
    valid_to: null,
    display_order: index + 1,
    updt_time: null,
  };
}

function fill(
  s: Settlement,
  profile: FreeProfile,
  facilities: readonly SimFacility[],
  local: readonly SimFacility[],
  random: Random,
): void {
  const person = random.below(profile.persons);
  const employee = person % 5 === 0;
  const inbound = local.length > 0 && random.chance(profile.inbound);
  s.psn_no = String(62_07250_00000000 + person);
  s.insutype = employee ? "310" : "390";
  s.psn_type = employee ? (person % 3 === 0 ? "1201" : "1101") : person % 4 === 0 ? "1403" : "1501";
  s.insu_admdvs = inbound ? OUTSIDE[person % OUTSIDE.length] : profile.admdvs;
  // Two bills out of three are settled at home.
  const facility =
    inbound || (local.length > 0 && random.chance(0.67)) ? random.pick(local) : random.pick(facilities);
  s.fixmedins_code = facility.code;
  s.fix_blng_admdvs = facility.admdvs;
  s.hosp_lv = facility.level;
  let kind = KIND_OF_PERCENT[random.below(KIND_OF_PERCENT.length)];
  if (kind.medType === "41" && !employee) kind = KINDS[0];
  s.med_type = kind.medType;
  s.setl_type = random.chance(0.01) ? "1" : "2";
  s.pay_loc = facility.admdvs.slice(0, 4) === profile.admdvs.slice(0, 4) ? "2" : "3";
  s.clr_way = kind.medType === "26" ? "20" : "10";
  const size = random.skewed(0.5);
  if (kind.days > 0) s.ipt_days = Math.max(1, Math.round(kind.days * size));
  amounts(s, kind, Math.max(100, Math.round(kind.fee * size)), employee, random);
}

function amounts(s: Settlement, kind: Kind, fee: number, employee: boolean, random: Random): void {
  const inScope = Math.floor(fee * kind.inScope);
  const pool = Math.floor(fee * kind.pool * (0.85 + 0.3 * random.next()));
  const left = inScope - pool;
  const rich = kind.days > 0 && left > 0 && random.chance(0.1);
  const top = rich ? Math.floor(left * 0.3) : 0;
  const aid = !employee && kind.days > 0 && left > 0 && random.chance(0.2) ? Math.floor(left * 0.2) : 0;
  const rest = fee - pool - top - aid;
  const account = employee && kind.account ? (kind.pool === 0 ? rest : Math.floor(rest * 0.5)) : 0;
  setAmounts(s, fee, inScope, pool, employee ? 0 : top, employee ? top : 0, aid, account);
}

/** Gives the settlement another fee, as a later version of it would have. */
function correct(s: Settlement, random: Random): void {
  const fee = Math.max(100, Math.round(s.amounts[0] * (0.8 + 0.4 * random.next())));
  const kind = KINDS.find((k) => k.medType === s.med_type) ?? KINDS[0];
  amounts(s, kind, fee, s.insutype === "310", random);
}

/** Breaks one rule, so that the record belongs into the quarantine. */
function corrupt(s: Settlement, random: Random): void {
  switch (random.below(4)) {
    case 0:
      s.amounts[0] += 1;
      break;
    case 1:
      s.med_type = "ZZ";
      break;
    case 2:
      s.insutype = "999";
      break;
    default:
      s.psn_no = "";
  }
}

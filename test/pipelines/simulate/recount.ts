import type { NamedProfile } from "../../../pipelines/simulate/profile.js";
import type { SimEvent } from "../../../pipelines/simulate/write/event.js";
import { AMOUNT_INDEX, type Settlement } from "../../../schemas/input/settlement.js";
import { AMOUNT_FIELDS, FUND_AMOUNTS } from "../../../schemas/input/streams.js";

/** Additive sums of a group (fen, days, visits) and its persons. */
export interface Sums {
  visits: number;
  bed_days: number;
  amounts: Float64Array;
  /** Visits in which the amount is not 0, by amount. */
  withAmount: Float64Array;
  /** Fee of those visits. */
  feeWithAmount: Float64Array;
}

export interface Counted {
  readonly year: number;
  readonly insurance: string;
  readonly category: string;
  readonly care: string;
  readonly region: string;
  readonly tier: string;
  readonly facility: string;
  readonly channel: string;
  readonly sums: Sums;
  readonly weights: Map<string, number>;
}

interface Kept {
  readonly updated: number;
  readonly row: Counted | null;
  readonly weight: number;
  readonly visit: number;
  readonly days: number;
  readonly person: string;
  readonly amounts: Float64Array;
}

export interface Recount {
  readonly groups: readonly Counted[];
  readonly arrived: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly corrections: number;
  readonly refunds: number;
  readonly voided: number;
  readonly held: number;
  readonly midStays: number;
  readonly inbound: number;
  /** Latest enrolment rows. */
  readonly enrolled: ReadonlyMap<string, number>;
}

const INSURANCE: Readonly<Record<string, string>> = {
  "310": "employee",
  "390": "resident",
  "510": "maternity",
};

/**
 * A plain recount of a profile's events by the rules of docs/specification.md, keeping every version in
 * memory.
 */
export function recount(events: Iterable<SimEvent>, profile: NamedProfile): Recount {
  const home = profile.jurisdiction.admdvs;
  const facilities = new Map(profile.facilities.map((f) => [f.code, f]));
  const groups = new Map<string, Counted>();
  const current = new Map<string, Kept>();
  const enrolled = new Map<string, number>();
  const count = {
    arrived: 0,
    rejected: 0,
    duplicates: 0,
    corrections: 0,
    refunds: 0,
    voided: 0,
    held: 0,
    midStays: 0,
    inbound: 0,
  };
  for (const event of events) {
    if (event.stream === "enrolment") {
      const r = event.record;
      enrolled.set(`${r.as_of} ${r.insurance} ${r.group ?? "all"}`, Number(r.persons));
    }
    if (event.stream !== "settlement") continue;
    const s = event.record;
    count.arrived++;
    const category = profile.categories.find(
      (c) => c.med_type === s.med_type && (!c.insurance || c.insurance === INSURANCE[s.insutype]),
    );
    const facility = facilities.get(s.fixmedins_code)!;
    const local = s.insu_admdvs === home;
    const day = new Date(s.setl_time + 8 * 3_600_000).toISOString().slice(0, 10);
    const outside = !local && facility.admdvs !== home;
    if (
      !category ||
      !INSURANCE[s.insutype] ||
      s.psn_no === "" ||
      day < profile.firstDay ||
      outside ||
      !sound(s)
    ) {
      count.rejected++;
      continue;
    }
    if (!local) {
      count.inbound++;
      continue;
    }
    const before = current.get(s.setl_id);
    if (before) {
      if (before.updated === s.updt_time) count.duplicates++;
      else count.corrections++;
      if (before.updated >= s.updt_time) continue;
    }
    if (s.vali_flag === "0") count.voided++;
    if (s.vali_flag === "2") count.held++;
    if (s.mid_setl_flag === "1") count.midStays++;
    if (s.init_setl_id !== "") count.refunds++;
    const key = [
      day.slice(0, 4),
      INSURANCE[s.insutype],
      category.category,
      category.care,
      regionOf(home, facility.admdvs),
      tierOf(facility.hosp_lv),
      s.fixmedins_code,
      s.setl_type === "1" ? "manual" : "direct",
    ];
    let row = groups.get(key.join("|"));
    if (!row) {
      row = newRow(key);
      groups.set(key.join("|"), row);
    }
    const weight = s.vali_flag !== "1" ? 0 : s.init_setl_id !== "" ? -1 : 1;
    current.set(s.setl_id, {
      updated: s.updt_time,
      row: s.vali_flag === "1" ? row : null,
      weight,
      visit: s.mid_setl_flag === "1" ? 0 : weight,
      days: category.care === "inpatient" && !Number.isNaN(s.ipt_days) ? Math.abs(s.ipt_days) : 0,
      person: s.psn_no,
      amounts: s.amounts.slice(),
    });
  }
  for (const kept of current.values()) if (kept.row) add(kept.row, kept);
  return { groups: [...groups.values()], enrolled, ...count };
}

function newRow(key: readonly string[]): Counted {
  const [year, insurance, category, care, region, tier, facility, channel] = key;
  const n = AMOUNT_FIELDS.length;
  return {
    year: Number(year),
    insurance,
    category,
    care,
    region,
    tier,
    facility,
    channel,
    weights: new Map(),
    sums: {
      visits: 0,
      bed_days: 0,
      amounts: new Float64Array(n),
      withAmount: new Float64Array(n),
      feeWithAmount: new Float64Array(n),
    },
  };
}

function add(row: Counted, kept: Kept): void {
  row.sums.visits += kept.visit;
  row.sums.bed_days += kept.visit * kept.days;
  for (let i = 0; i < kept.amounts.length; i++) {
    const fen = kept.amounts[i];
    if (Number.isNaN(fen)) continue;
    row.sums.amounts[i] += fen;
    if (fen !== 0) {
      row.sums.withAmount[i] += kept.visit;
      row.sums.feeWithAmount[i] += kept.amounts[AMOUNT_INDEX.medfee_sumamt];
    }
  }
  row.weights.set(kept.person, (row.weights.get(kept.person) ?? 0) + kept.visit);
}

/** Identities A and B and the sign rule. */
function sound(s: Settlement): boolean {
  const a = (name: keyof typeof AMOUNT_INDEX): number => s.amounts[AMOUNT_INDEX[name]] || 0;
  const funds = FUND_AMOUNTS.reduce((sum, f) => sum + a(f), 0);
  if (funds !== a("fund_pay_sumamt")) return false;
  if (funds + a("acct_pay") + a("psn_cash_pay") + a("hosp_part_amt") !== a("medfee_sumamt")) return false;
  const sign = s.init_setl_id === "" ? 1 : -1;
  return s.amounts.every((v) => Number.isNaN(v) || v * sign >= 0);
}

function regionOf(home: string, at: string): string {
  if (at === home) return "county";
  if (at.slice(0, 4) === home.slice(0, 4)) return "city";
  return at.slice(0, 2) === home.slice(0, 2) ? "province" : "national";
}

function tierOf(level: string): string {
  const n = Number(level);
  return n <= 4 ? "3" : n <= 7 ? "2" : n <= 10 ? "1" : "0";
}

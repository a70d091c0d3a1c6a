import type { NamedProfile } from "../../../pipelines/simulate/profile.js";
import type { SimEvent } from "../../../pipelines/simulate/write/event.js";
import { configSchema } from "../../../schemas/config/schema.js";
import { AMOUNT_INDEX, type Settlement } from "../../../schemas/input/settlement.js";
import { AMOUNT_FIELDS } from "../../../schemas/input/streams.js";
import { derive } from "../../support/oracle/derive.js";
import { tierOfLevel } from "../../support/oracle/facilities.js";
import { valiFlag, weightOf } from "../../support/oracle/sums.js";
import type { Reading } from "../../support/oracle/types.js";
import { contentFaults, insuranceOf, stayDays, type World } from "../../support/oracle/validate.js";
import { localDay } from "../../support/oracle/values.js";

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

/** A plain recount of a profile's events by the oracle's rules, keeping every version in memory. */
export function recount(events: Iterable<SimEvent>, profile: NamedProfile): Recount {
  const world = worldOf(profile);
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
    const r = reading(s);
    // That a person is named belongs to the reading of a record.
    if (s.psn_no === "" || contentFaults(r, world).size > 0) {
      count.rejected++;
      continue;
    }
    const { dimensions } = derive(r, r.setlTime, world);
    if (dimensions.flow === "inbound") {
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
      localDay(r.setlTime, world.config.timezone).slice(0, 4),
      insuranceOf(r, world.config) as string,
      ...(["category", "care", "region", "tier", "facility", "channel"] as const).map((d) => dimensions[d]),
    ];
    let row = groups.get(key.join("|"));
    if (!row) {
      row = newRow(key);
      groups.set(key.join("|"), row);
    }
    current.set(s.setl_id, {
      updated: s.updt_time,
      row: valiFlag(r) === "1" ? row : null,
      visit: weightOf(r, dimensions.care),
      days: stayDays(r, dimensions.care),
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

/** The profile's bureau as the oracle knows one; no clock, so nothing lies in the future. */
function worldOf(profile: NamedProfile): World {
  const { jurisdiction, timezone, firstDay, careGroups, benefit, facilities, categories } = profile;
  const config = configSchema.parse({
    jurisdiction,
    timezone,
    periods: { firstDay },
    careGroups,
    benefit,
    source: { kind: "folder" },
    privacy: { personKey: "test" },
  });
  return {
    config,
    now: Number.POSITIVE_INFINITY,
    categories,
    facilities: facilities.map(({ code, admdvs, hosp_lv, ownership, kind }) => ({
      code,
      admdvs,
      tier: tierOfLevel(hosp_lv),
      ownership,
      kind,
      from: "",
      to: "",
    })),
  };
}

/** A generated settlement as the oracle reads one; its texts are those of the record itself. */
function reading(s: Settlement): Reading {
  const day = (value: number): string | null =>
    Number.isNaN(value) ? null : new Date(value * 86_400_000).toISOString().slice(0, 10);
  const amounts = new Map<string, number>();
  AMOUNT_FIELDS.forEach((name, i) => {
    if (!Number.isNaN(s.amounts[i])) amounts.set(name, s.amounts[i]);
  });
  return {
    text: s as unknown as Record<string, string>,
    setlTime: s.setl_time,
    updtTime: s.updt_time,
    begndate: day(s.begndate),
    enddate: day(s.enddate),
    iptDays: Number.isNaN(s.ipt_days) ? null : s.ipt_days,
    amounts,
  };
}

import { STREAMS } from "../../../schemas/input/streams.js";
import type { QuarantineReason } from "../../../schemas/quarantine.js";
import { derive } from "./derive.js";
import { facilityFault, finalFacilities } from "./facilities.js";
import { flowOf, isInside } from "./geography.js";
import { periodsWith } from "./periods.js";
import { addSums, sumsOf, valiFlag, weightOf, zeroSums } from "./sums.js";
import {
  type Arrival,
  type CurrentVersion,
  type Figures,
  groupKey,
  positionKey,
  type Reading,
  type Recount,
  type RecountOptions,
} from "./types.js";
import { facilityDivision, insuranceOf, isRefund, validate, type World } from "./validate.js";
import { daysBetween, localDay } from "./values.js";

/** Known fields but `updt_time` and `refd_setl_flag`, as read: two versions with equal content are one. */
function contentOf(r: Reading): string {
  const fields = STREAMS.settlement.fields.map((f) => f.name);
  const text = fields
    .filter((n) => n !== "refd_setl_flag")
    .map((n) => (n === "cal_ipt_cnt" && r.text[n] === "1" ? "" : r.text[n]));
  return JSON.stringify([
    text,
    fields.map((n) => r.amounts.get(n) ?? null),
    r.setlTime,
    r.begndate,
    r.enddate,
    r.iptDays,
  ]);
}

/** In the same second a cancellation stands over a hold, a hold over a bill. */
const flagRank = (r: Reading): number => ["1", "2", "0"].indexOf(valiFlag(r));

/** Groups of a settlement in one grouping: one per category where it counts in parents too; none if inbound hides it. */
function groupsOf(s: CurrentVersion, grouping: string): string[] {
  const names = grouping === "total" ? [] : grouping.split("+");
  if (s.onlyWithFlow && !names.includes("flow")) return [];
  const categories = names.includes("category") ? s.categories : [""];
  const keys: string[] = [];
  for (const category of categories) {
    const values = names.map((n) =>
      n === "category" ? category : s.dimensions[n as keyof typeof s.dimensions],
    );
    for (const insurance of [s.insurance, "all"]) keys.push(groupKey(insurance, grouping, values));
  }
  return keys;
}

function addTo(figures: Map<string, Figures>, period: string, group: string, s: CurrentVersion): void {
  let groups = figures.get(period);
  if (!groups) {
    groups = new Map();
    figures.set(period, groups);
  }
  let sums = groups.get(group);
  if (!sums) {
    sums = zeroSums();
    groups.set(group, sums);
  }
  addSums(sums, s.sums);
}

/**
 * The figures of a whole history, counted plainly from its records: nothing incremental, nothing kept,
 * no regard for the order of arrival. Slow on purpose.
 */
export function recount(arrivals: readonly Arrival[], options: RecountOptions): Recount {
  const { config } = options;
  const zone = config.timezone;
  const ambiguous: string[] = [];
  const readings = options.readings ?? {};
  const facilities = finalFacilities(options.facilities, arrivals, zone, ambiguous);
  const world: World = { config, now: options.now, facilities, categories: options.categories };

  // Every place once.
  const byPosition = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    if (!byPosition.has(positionKey(arrival))) byPosition.set(positionKey(arrival), arrival);
  }

  // Valid or rejected.
  const rejected = new Map<string, Set<QuarantineReason>>();
  const versions = new Map<string, { arrival: Arrival; r: Reading }[]>();
  for (const [at, arrival] of byPosition) {
    if (arrival.stream === "facility") {
      const fault = facilityFault(arrival.record, zone);
      if (fault !== null) rejected.set(at, new Set([fault]));
      continue;
    }
    const [r, faults] = validate(arrival.record, world);
    if (r.begndate !== null && r.enddate !== null && r.enddate < r.begndate) {
      if (readings.stayEndsBeforeItBegins === undefined) ambiguous.push(`${at}: ends before it begins`);
      if (readings.stayEndsBeforeItBegins === "bad-value") faults.add("bad_value");
    }
    if (faults.size > 0) {
      rejected.set(at, faults);
      continue;
    }
    const list = versions.get(r.text.setl_id) ?? [];
    list.push({ arrival, r });
    versions.set(r.text.setl_id, list);
  }

  // The version that stands.
  const winners = new Map<string, { arrival: Arrival; r: Reading }>();
  for (const [id, list] of versions) {
    let best = list[0];
    for (const version of list.slice(1)) {
      const order = version.r.updtTime - best.r.updtTime || flagRank(version.r) - flagRank(best.r);
      if (order > 0) best = version;
      else if (order === 0 && contentOf(version.r) !== contentOf(best.r)) {
        if (options.greater) {
          best = options.greater(version.arrival, best.arrival) === version.arrival ? version : best;
        }
      }
    }
    const rivals = list.filter((v) => v.r.updtTime === best.r.updtTime && flagRank(v.r) === flagRank(best.r));
    if (!options.greater && new Set(rivals.map((v) => contentOf(v.r))).size > 1) {
      ambiguous.push(`versions of ${id} with one time`);
    }
    winners.set(id, best);
  }

  // What each of them is worth, and where it belongs.
  const current = new Map<string, CurrentVersion>();
  for (const [id, { arrival, r }] of winners) {
    const original = isRefund(r) ? winners.get(r.text.init_setl_id) : undefined;
    const moved = config.refunds === "original-period" && original !== undefined;
    let effectiveTime = moved ? original.r.setlTime : r.setlTime;
    const division = facilityDivision(r, effectiveTime, world);
    if (flowOf(r.text.insu_admdvs, division, config.jurisdiction) === "nowhere") {
      if (readings.refundOutsideAtOriginalTime === undefined) {
        ambiguous.push(`refund ${id} lies in the jurisdiction at its own time alone`);
      }
      effectiveTime = r.setlTime;
    }
    const insurance = insuranceOf(r, config) as string;
    const derived = derive(r, effectiveTime, world);
    const nobodyKnows =
      derived.dimensions.flow === "unknown" && !isInside(r.text.insu_admdvs, config.jurisdiction);
    if (nobodyKnows && readings.insuredElsewhereTreatedUnknown === undefined) {
      ambiguous.push(`${id}: insured elsewhere, treated nobody knows where`);
    }
    current.set(id, {
      arrival,
      settlement: r,
      insurance,
      weight: weightOf(r, derived.dimensions.care),
      counts: valiFlag(r) === "1",
      effectiveTime,
      ...derived,
      onlyWithFlow:
        derived.dimensions.flow === "inbound" ||
        (nobodyKnows && readings.insuredElsewhereTreatedUnknown === "with-flow"),
      sums: sumsOf(r, insurance, derived.dimensions.care, config),
    });
  }

  const counted = [...current.values()].filter((s) => s.counts);
  const latest = (timeOf: (s: CurrentVersion) => number): string | null =>
    counted
      .map((s) => localDay(timeOf(s), zone))
      .sort()
      .at(-1) ?? null;
  const ownLatest = latest((s) => s.settlement.setlTime);
  const effectiveLatest = latest((s) => s.effectiveTime);
  if (readings.latestDay === undefined && ownLatest !== effectiveLatest) ambiguous.push("the latest day");
  const lastDay = readings.latestDay === "effective" ? effectiveLatest : ownLatest;

  // Figures of months and longer periods.
  const months = new Map<string, Figures>();
  const weights = new Map<string, Map<string, Map<string, number>>>();
  for (const s of counted) {
    const day = localDay(s.effectiveTime, zone);
    for (const period of periodsWith(day)) {
      if (options.sums !== "month" || period === day.slice(0, 7)) {
        for (const grouping of config.groupings) {
          for (const group of groupsOf(s, grouping)) addTo(months, period, group, s);
        }
      }
      const groups = weights.get(period) ?? new Map<string, Map<string, number>>();
      weights.set(period, groups);
      for (const grouping of config.personGroupings) {
        for (const group of groupsOf(s, grouping)) {
          const people = groups.get(group) ?? new Map<string, number>();
          groups.set(group, people);
          const person = s.settlement.text.psn_no;
          people.set(person, (people.get(person) ?? 0) + s.weight);
        }
      }
    }
  }
  const persons = new Map<string, Map<string, number>>();
  for (const [period, groups] of weights) {
    const counts = new Map<string, number>();
    for (const [group, people] of groups) {
      const count = [...people.values()].filter((weight) => weight > 0).length;
      if (count > 0) counts.set(group, count);
    }
    persons.set(period, counts);
  }

  // Figures of days, inside the windows.
  const days = new Map<string, Figures>();
  for (const s of counted) {
    const day = localDay(s.effectiveTime, zone);
    for (const grouping of config.periods.dayGroupings) {
      const { keepDays, keepFacilityDays } = config.periods;
      const keep = grouping.split("+").includes("facility") ? keepFacilityDays : keepDays;
      if (daysBetween(day, lastDay as string) >= keep) continue;
      for (const group of groupsOf(s, grouping)) addTo(days, day, group, s);
    }
  }

  const quarantine = new Map<QuarantineReason, Set<string>>();
  for (const [at, reasons] of rejected) {
    if (reasons.size !== 1) continue;
    const [reason] = reasons;
    quarantine.set(reason, (quarantine.get(reason) ?? new Set()).add(at));
  }
  const ids = (keep: (s: CurrentVersion) => boolean): Set<string> =>
    new Set([...current].filter(([, s]) => keep(s)).map(([id]) => id));
  return {
    current,
    months,
    persons,
    days,
    lastDay,
    rejected,
    quarantine,
    currentHeld: ids((s) => valiFlag(s.settlement) === "2"),
    orphanRefunds: ids(
      (s) => s.counts && isRefund(s.settlement) && !winners.has(s.settlement.text.init_setl_id),
    ),
    unmappedFacilities: new Set(
      counted.filter((s) => !s.facilityKnown).map((s) => s.settlement.text.fixmedins_code),
    ),
    ambiguous,
  };
}

import { parseDay, ZoneCalendar } from "../../aggregations/calendar.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { type Act, arrivals, MS_PER_DAY, MS_PER_HOUR, type Plan, Timeline } from "./arrivals.js";
import { billsOf } from "./bills.js";
import { EventWriter } from "./event-writer.js";
import { givenEvents } from "./given.js";
import type { NamedProfile, ProfileFacility } from "./profile.js";
import { Random } from "./random.js";
import { solveCells } from "./solve-cells.js";
import type { CellSums } from "./targets.js";
import type { SimEvent } from "./write/event.js";

/**
 * All events of a named profile in the order in which they arrive: facilities, enrolment, books, DIP results,
 * reported facts, settlements. The
 * figures that follow from them are the printed ones; the noise (refunds with a new settlement, corrections,
 * duplicates, late and bad records, people from elsewhere) changes none of them. The same for the same seed.
 */
export function* namedEvents(profile: NamedProfile, seed: number): Generator<SimEvent> {
  const random = new Random(seed);
  const calendar = new ZoneCalendar(profile.timezone);
  yield* references(profile, calendar);
  yield* givenEvents(profile);
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
  const writer = new EventWriter(profile);
  for (const at of timeline.sorted()) {
    const b = timeline.bill[at];
    yield writer.write(plans[planOf[b]], b, timeline.act[at] as Act, settledAt[b]);
  }
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

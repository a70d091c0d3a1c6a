import { parseDay } from "../../aggregations/calendar.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { MS_PER_DAY } from "./arrivals.js";
import type { DipFact, NamedProfile } from "./profile.js";
import type { SimEvent } from "./write/event.js";

/** Events of the streams that stand beside the settlements: books, DIP results, reported facts. */
export function* givenEvents(profile: NamedProfile): Generator<SimEvent> {
  const { admdvs } = profile.jurisdiction;
  for (const [i, e] of profile.booked.entries()) {
    const day = parseDay(e.book_date)!;
    const record: StreamRecord = {
      entry_id: `E${admdvs}${String(i + 1).padStart(6, "0")}`,
      fund: e.fund,
      admdvs,
      kind: e.kind,
      subject: e.subject,
      amount: e.fen,
      book_date: day,
      insurance: e.insurance ?? null,
      group: null,
      beneficiaries: null,
      updt_time: day * MS_PER_DAY,
    };
    yield { stream: "fund-entry", record };
  }
  for (const fact of profile.dip) yield* dipEvents(profile, fact);
  for (const [i, f] of profile.facts.entries()) {
    const record: StreamRecord = {
      fact_id: `F${admdvs}${String(i + 1).padStart(6, "0")}`,
      indicator: f.indicator,
      period: f.period,
      admdvs,
      dimensions: f.dimensions === undefined ? null : { ...f.dimensions },
      value: f.value,
      unit: f.unit,
      reported_by: null,
      updt_time: parseDay(f.stated)! * MS_PER_DAY,
    };
    yield { stream: "reported-fact", record };
  }
}

function* dipEvents(profile: NamedProfile, fact: DipFact): Generator<SimEvent> {
  const code = profile.facilities.find((f) => f.tokens.includes(fact.facility))!.code;
  const parts = fact.months.length;
  // What has no cases is stated once: a line of zeros.
  const months = fact.cases === 0 ? fact.months.slice(-1) : fact.months;
  for (const [i, month] of months.entries()) {
    const share = (whole: number): number =>
      months.length < parts ? whole : Math.floor((whole * (i + 1)) / parts) - Math.floor((whole * i) / parts);
    const record: StreamRecord = {
      result_id: `D${code}${fact.insurance}${month}`,
      fixmedins_code: code,
      insurance: fact.insurance,
      settled_month: month,
      cases: share(fact.cases),
      fee_for_service_amount: share(fact.ffs),
      dip_amount: share(fact.dip),
      deposit_rate: null,
      updt_time: (parseDay(`${month}-28`)! + 10) * MS_PER_DAY,
    };
    yield { stream: "dip-result", record };
  }
}

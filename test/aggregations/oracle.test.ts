import fc from "fast-check";
import { expect, test } from "vitest";
import {
  dayText,
  monthOfDay,
  monthText,
  parseDay,
  periodsOfYear,
  ZoneCalendar,
} from "../../aggregations/calendar.js";
import { CategoryTable } from "../../aggregations/dimensions/categories.js";
import { FacilityTable } from "../../aggregations/dimensions/facilities.js";
import { GroupTable } from "../../aggregations/dimensions/groups.js";
import { DimensionIndex, type DimensionTuple } from "../../aggregations/dimensions/tuples.js";
import { type ColumnSums, MonthState } from "../../aggregations/months/month.js";
import { PersonYear } from "../../aggregations/persons/year.js";
import { Contribution, isCounted, weightOf } from "../../aggregations/settlement/contribution.js";
import { normalise, validateContent, validateTime } from "../../aggregations/settlement/validate.js";
import { AMOUNT_INDEX, Settlement, type StreamRecord } from "../../schemas/input/settlement.js";
import { AMOUNT_FIELDS } from "../../schemas/input/streams.js";
import { MEASURES } from "../../schemas/measures.js";
import {
  arrivalsOf,
  deliveries,
  FINAL_NOW,
  type History,
  histories,
  recountOptions,
} from "../support/histories.js";
import { type Claimed, differences } from "../support/oracle/compare.js";
import { finalFacilities } from "../support/oracle/facilities.js";
import { recount } from "../support/oracle/recount.js";
import {
  type Arrival,
  type Figures,
  groupKey,
  positionKey,
  type Reading,
  type Sums,
} from "../support/oracle/types.js";
import { readSettlement } from "../support/oracle/validate.js";

/** A settlement as the decoder would leave it. */
function decoded(r: Reading): Settlement {
  const s = new Settlement();
  const fields = s as unknown as Record<string, string | number>;
  for (const [name, value] of Object.entries(r.text)) fields[name] = value;
  s.setl_time = r.setlTime;
  s.updt_time = r.updtTime;
  if (r.begndate !== null) s.begndate = parseDay(r.begndate) as number;
  if (r.enddate !== null) s.enddate = parseDay(r.enddate) as number;
  if (r.iptDays !== null) s.ipt_days = r.iptDays;
  for (const name of AMOUNT_FIELDS) {
    const fen = r.amounts.get(name);
    if (fen !== undefined) s.amounts[AMOUNT_INDEX[name]] = fen;
  }
  return s;
}

/** The aggregation core, driven by hand: versions are added and taken out again as they arrive. */
class Core {
  readonly groups = new GroupTable();
  readonly dimensionIndex: DimensionIndex;
  readonly contribution: Contribution;
  readonly calendar: ZoneCalendar;
  readonly months = new Map<number, MonthState>();
  readonly years = new Map<number, PersonYear>();
  readonly people = new Map<string, number>();
  readonly current = new Map<string, { s: Settlement; day: number }>();
  readonly rejected = new Map<string, string>();
  readonly firstDay: number;

  constructor(
    readonly history: History,
    facilities: readonly StreamRecord[],
  ) {
    const { config, categories } = history.world;
    this.calendar = new ZoneCalendar(config.timezone);
    this.firstDay = parseDay(config.periods.firstDay) as number;
    this.contribution = new Contribution(config);
    const insurances = new Map(
      Object.entries(config.insurances).flatMap(([name, codes]) => codes.map((c) => [c, name] as const)),
    );
    const rules = categories.map((c) => ({
      ...{ dise_no: null, insurance: null, parent: null, display_order: null },
      ...c,
    }));
    this.dimensionIndex = new DimensionIndex(
      { ...config, insurances, dayGroupings: config.periods.dayGroupings },
      new CategoryTable([], rules),
      new FacilityTable(facilities),
      this.groups,
    );
  }

  arrive(arrival: Arrival): void {
    const [reading, faults] = readSettlement(arrival.record, this.history.world.config.timezone);
    if (faults.size > 0) return;
    const s = decoded(reading);
    normalise(s);
    const day = this.calendar.dayOf(s.setl_time);
    const found = this.dimensionIndex.find(s, day);
    const rejection =
      validateContent(s) ??
      validateTime(s, day, FINAL_NOW, this.firstDay) ??
      ("reason" in found ? found : null);
    if (rejection) {
      this.rejected.set(positionKey(arrival), rejection.reason);
      return;
    }
    const known = this.current.get(s.setl_id);
    if (known && known.s.updt_time >= s.updt_time) return;
    if (known) this.add(known.s, known.day, -1);
    this.current.set(s.setl_id, { s, day });
    this.add(s, day, 1);
    if (this.history.world.config.refunds === "original-period") this.follow();
  }

  /** Moves every refund to where its original stands. */
  follow(): void {
    for (const entry of this.current.values()) {
      const original = this.current.get(entry.s.init_setl_id);
      let day = this.calendar.dayOf(original ? original.s.setl_time : entry.s.setl_time);
      if ("reason" in this.dimensionIndex.find(entry.s, day)) day = this.calendar.dayOf(entry.s.setl_time);
      if (day === entry.day) continue;
      this.add(entry.s, entry.day, -1);
      entry.day = day;
      this.add(entry.s, day, 1);
    }
  }

  add(s: Settlement, day: number, sign: 1 | -1): void {
    if (!isCounted(s)) return;
    const tuple = this.dimensionIndex.find(s, day) as DimensionTuple;
    this.contribution.fill(s, tuple.insurance, tuple.values.care);
    const month = monthOfDay(day);
    const state = this.months.get(month) ?? new MonthState(month);
    this.months.set(month, state);
    state.add(tuple, day, this.contribution, sign);
    const person = this.people.get(s.psn_no) ?? this.people.size;
    this.people.set(s.psn_no, person);
    const year = Math.floor(month / 12);
    const persons =
      this.years.get(year) ??
      new PersonYear(year, {
        groupsOf: (c) => this.dimensionIndex.tuples[c].personGroups,
        insuranceOf: (c) => this.dimensionIndex.tuples[c].insurance,
        allOf: (groupId) => this.groups.allOf[groupId],
      });
    this.years.set(year, persons);
    persons.add(person, month % 12, tuple.id, sign * weightOf(s, tuple.values.care));
    if (s.psn_no.endsWith("3")) persons.count();
  }

  key(groupId: number): string {
    const g = this.groups.groups[groupId];
    const names = g.grouping === "total" ? [] : g.grouping.split("+");
    return groupKey(
      g.insurance,
      g.grouping,
      names.map((n) => (g.dimensions as Record<string, string>)[n]),
    );
  }

  figures(columns: ColumnSums): Figures {
    const figures: Figures = new Map();
    columns.groupIds.forEach((groupId, i) => {
      const sums = Object.fromEntries(MEASURES.map((m, j) => [m.name, columns.sums[j][i]]));
      figures.set(this.key(groupId), sums as Sums);
    });
    return figures;
  }

  claim(): Claimed {
    const { keepDays, keepFacilityDays } = this.history.world.config.periods;
    const months = new Map<string, Figures>();
    const days = new Map<string, Figures>();
    const counted = [...this.current.values()].filter((v) => isCounted(v.s));
    const last = Math.max(...counted.map((v) => v.day));
    for (const [month, state] of this.months) {
      months.set(monthText(month), this.figures(state.rollUp(this.dimensionIndex.tuples, this.groups)));
    }
    for (const { day } of counted) {
      if (day <= last - Math.max(keepDays, keepFacilityDays)) continue;
      const state = this.months.get(monthOfDay(day)) as MonthState;
      const windows = { others: day > last - keepDays, facility: day > last - keepFacilityDays };
      const columns = state.rollUpDay(day, this.dimensionIndex.dayGroups, this.groups, windows);
      days.set(dayText(day), this.figures(columns));
    }
    const persons = new Map<string, Map<string, number>>();
    for (const year of this.years.values()) {
      year.count();
      periodsOfYear(year.year).forEach((period, i) => {
        const { groupIds, counts } = year.of(i);
        persons.set(period.id, new Map(Array.from(groupIds, (groupId, n) => [this.key(groupId), counts[n]])));
      });
    }
    return { months, persons, days };
  }
}

test("adding and taking out versions in any order gives what the recount gives", () => {
  fc.assert(
    fc.property(histories(30), deliveries, (history, delivery) => {
      const arrivals = arrivalsOf(history, delivery);
      const zone = history.world.config.timezone;
      const facilities = finalFacilities(history.world.facilities, arrivals, zone, []).map((f) => ({
        ...{ fixmedins_code: f.code, admdvs: f.admdvs, tier: f.tier, ownership: f.ownership, kind: f.kind },
        valid_from: f.from === "" ? null : parseDay(f.from),
        valid_to: f.to === "" ? null : parseDay(f.to),
      }));
      const core = new Core(history, facilities);
      for (const arrival of arrivals) if (arrival.stream === "settlement") core.arrive(arrival);
      const counted = recount(arrivals, {
        ...recountOptions(history),
        sums: "month",
      });
      expect(counted.ambiguous).toEqual([]);
      expect(differences(core.claim(), counted).slice(0, 10)).toEqual([]);
      for (const [at, reason] of core.rejected)
        expect([...(counted.rejected.get(at) ?? [])]).toContain(reason);
    }),
    { numRuns: 300, seed: 20_240_813 },
  );
});

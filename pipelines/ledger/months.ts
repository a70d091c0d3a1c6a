import { monthOfDay, monthStart, yearOfMonth } from "../../aggregations/calendar.js";
import { isHospitalLevel } from "../../aggregations/dimensions/facilities.js";
import type { DimensionIndex, DimensionTuple } from "../../aggregations/dimensions/tuples.js";
import { ChangeJournal } from "../../aggregations/months/journal.js";
import { MonthState } from "../../aggregations/months/month.js";
import { PersonYear } from "../../aggregations/persons/year.js";
import { type Contribution, isCounted, weightOf } from "../../aggregations/settlement/contribution.js";
import {
  decodeInts,
  decodeMonth,
  decodeTriples,
  encodeInts,
  encodeMonth,
  encodeTriples,
} from "../../connectors/state/month-codec.js";
import type { MonthSummary } from "../../connectors/state/month-table.js";
import type { RowFacts } from "../../connectors/state/settlement-block.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import { Settlement } from "../../schemas/input/settlement.js";
import { MEASURE_INDEX } from "../../schemas/measures.js";
import type { DayNumber, MonthNumber } from "../../schemas/units.js";
import { summaryOf } from "./month-summary.js";
import type { PublishedMonths } from "./published-months.js";

/** Months kept in memory beyond those a batch touches. */
const IDLE_MONTHS = 14;
/** Years of person rows kept in memory beyond those a batch touches. */
const IDLE_YEARS = 2;

export const emptyFacts = (): RowFacts => ({ person: 0, day: 0, partitionId: 0, position: 0 });

/**
 * The months and person years in memory. All of it is derived from the kept settlements: a month is loaded
 * from its checkpoint and the changes committed since, or made from its settlements; when it has been idle
 * it is checkpointed and leaves memory. So memory follows the months being touched, not the history.
 */
export class MonthCache implements PublishedMonths {
  readonly #months = new Map<MonthNumber, MonthState>();
  readonly #years = new Map<number, PersonYear>();
  readonly #dirtyCells = new Set<MonthNumber>();
  readonly #dirtyPersons = new Set<MonthNumber>();
  /** Days whose figures changed since they were last taken by `takeTouchedDays`. */
  #touchedDays = new Set<DayNumber>();
  /** What settlements changed since the last publish was cut. */
  readonly journal = new ChangeJournal();
  /** Years whose person counts have to be published whole: which of them changed is not known. */
  readonly #invalidatedYears = new Set<number>();
  readonly #scratch = new Settlement();
  readonly #facts = emptyFacts();

  constructor(
    private readonly store: SqliteStore,
    private readonly dimensionIndex: DimensionIndex,
    private readonly contribution: Contribution,
  ) {}

  /** The tuple of a kept version; kept versions always have one, or the tables changed underneath. */
  tupleOf(s: Settlement, facts: RowFacts): DimensionTuple {
    const tuple = this.dimensionIndex.find(s, facts.day);
    if ("reason" in tuple) throw new Error(`kept settlement without a dimension tuple: ${tuple.reason}`);
    return tuple;
  }

  /** Loads a month, and the persons of its year, as of the last commit. Call before the commit that changes it. */
  ensure(month: MonthNumber): MonthState {
    const year = yearOfMonth(month);
    this.persons(year);
    return this.cells(month);
  }

  /** Cells of a month as of the last commit. */
  cells(month: MonthNumber): MonthState {
    let state = this.#months.get(month);
    if (state === undefined) state = this.#loadCells(month);
    // Last in the map is last used.
    this.#months.delete(month);
    this.#months.set(month, state);
    return state;
  }

  /** Persons of a year as of the last commit. */
  persons(year: number): PersonYear {
    let persons = this.#years.get(year);
    if (persons === undefined) persons = this.#loadPersons(year);
    this.#years.delete(year);
    this.#years.set(year, persons);
    return persons;
  }

  /** Adds (1) or takes out (−1) a version whose month is loaded. `known` is its tuple, where the caller has it. */
  apply(s: Settlement, facts: RowFacts, sign: 1 | -1, known: DimensionTuple | null = null): void {
    if (!isCounted(s)) return;
    const month = monthOfDay(facts.day);
    const tuple = known ?? this.tupleOf(s, facts);
    this.#addCells(this.#months.get(month)!, s, facts.day, tuple, sign);
    this.journal.add(facts.day, tuple, this.contribution, sign);
    this.#dirtyCells.add(month);
    this.#touchedDays.add(facts.day);
    const weight = weightOf(s, tuple.values.care);
    if (weight !== 0) {
      this.#years.get(yearOfMonth(month))!.add(facts.person, month % 12, tuple.id, sign * weight);
      this.#dirtyPersons.add(month);
    }
  }

  held(): readonly MonthNumber[] {
    return this.store.settlements.months();
  }

  takeTouchedDays(): Set<DayNumber> {
    const days = this.#touchedDays;
    this.#touchedDays = new Set();
    return days;
  }

  /** Years of which all counts may have changed since this was last called. */
  takeInvalidatedYears(): Set<number> {
    const years = new Set(this.#invalidatedYears);
    this.#invalidatedYears.clear();
    return years;
  }

  #addCells(state: MonthState, s: Settlement, day: DayNumber, tuple: DimensionTuple, sign: 1 | -1): void {
    this.contribution.fill(s, tuple.insurance, tuple.values.care);
    const row = this.contribution.row;
    state.add(tuple, day, this.contribution, sign);
    if (!tuple.facilityKnown) {
      this.#unmapped(state, `facility\u0001${tuple.values.facility}`, row, sign);
      if (!isHospitalLevel(s.hosp_lv)) this.#unmapped(state, `hosp_lv\u0001${s.hosp_lv}`, row, sign);
    }
    if (tuple.values.person_kind === "unknown") {
      this.#unmapped(state, `psn_type\u0001${s.psn_type}`, row, sign);
    }
    if (tuple.values.channel === "unknown") this.#unmapped(state, `setl_type\u0001${s.setl_type}`, row, sign);
  }

  #unmapped(state: MonthState, key: string, row: Float64Array, sign: 1 | -1): void {
    const entry = state.unmapped.get(key) ?? { records: 0, fee: 0 };
    entry.records += sign;
    entry.fee += sign * row[MEASURE_INDEX.fee];
    if (entry.records <= 0) state.unmapped.delete(key);
    else state.unmapped.set(key, entry);
  }

  #loadCells(month: MonthNumber): MonthState {
    const checkpoint = this.store.checkpoints.get("cells", month);
    const state = checkpoint ? decodeMonth(month, checkpoint.data) : new MonthState(month);
    let changed = false;
    this.#replay(month, checkpoint, (s, facts, sign) => {
      changed = true;
      if (isCounted(s)) this.#addCells(state, s, facts.day, this.tupleOf(s, facts), sign);
    });
    if (changed) this.#dirtyCells.add(month);
    this.#months.set(month, state);
    return state;
  }

  #loadPersons(year: number): PersonYear {
    const persons = new PersonYear(year, {
      groupsOf: (tuple) => this.dimensionIndex.tuples[tuple].personGroups,
      insuranceOf: (tuple) => this.dimensionIndex.tuples[tuple].insurance,
      allOf: (groupId) => this.dimensionIndex.groupTable.allOf[groupId],
    });
    const header = this.store.checkpoints.get("counts", year);
    if (header) {
      for (let m = 0; m < 12; m++) {
        const rows = this.store.checkpoints.get("persons", year * 12 + m);
        if (rows) decodeTriples(rows.data, (person, tuple, weight) => persons.add(person, m, tuple, weight));
      }
      persons.loadCounts(decodeInts(header.data));
    }
    for (let m = 0; m < 12; m++) {
      const month = year * 12 + m;
      this.#replay(month, header, (s, facts, sign) => {
        if (!isCounted(s)) return;
        const tuple = this.tupleOf(s, facts);
        const weight = weightOf(s, tuple.values.care);
        if (weight === 0) return;
        persons.add(facts.person, m, tuple.id, sign * weight);
        this.#dirtyPersons.add(month);
      });
    }
    // Changes count from here on: what was there before is published already, or given whole.
    persons.count();
    persons.takeChanges();
    this.#years.set(year, persons);
    return persons;
  }

  /** Visits what changed in a month since a checkpoint; without one, every current version. */
  #replay(
    month: MonthNumber,
    since: { readonly sequence: number; readonly lastBlock: number } | undefined,
    visit: (s: Settlement, facts: RowFacts, sign: 1 | -1) => void,
  ): void {
    const { store } = this;
    const s = this.#scratch;
    const facts = this.#facts;
    if (since) {
      for (const ref of store.settlements.supersededSince(month, since.sequence, since.lastBlock)) {
        store.settlements.read(ref, s, facts);
        visit(s, facts, -1);
      }
    }
    store.settlements.scan(month, since?.lastBlock ?? 0, s, facts, () => visit(s, facts, 1));
  }

  /** What is stored of a loaded month beside its settlements. */
  summary(month: MonthNumber): MonthSummary {
    return summaryOf(this.#months.get(month)!);
  }

  /** Forgets a month that must be made again from its settlements, and the persons of its year. */
  drop(month: MonthNumber): void {
    this.#months.delete(month);
    this.#years.delete(yearOfMonth(month));
    this.journal.invalidate(month);
    this.#invalidatedYears.add(yearOfMonth(month));
    this.#dirtyCells.delete(month);
    for (let day = monthStart(month); day < monthStart(month + 1); day++) this.#touchedDays.add(day);
    for (const m of [...this.#dirtyPersons]) {
      if (yearOfMonth(m) === yearOfMonth(month)) this.#dirtyPersons.delete(m);
    }
  }

  /** Lets go of what was idle longest, checkpointing it first. `inUse` stays. */
  evict(inUse: ReadonlySet<MonthNumber>): void {
    for (const [month, state] of this.#months) {
      if (this.#months.size <= Math.max(IDLE_MONTHS, inUse.size)) break;
      if (inUse.has(month)) continue;
      if (this.#dirtyCells.has(month)) this.store.commit(() => this.#saveCells(month, state));
      this.#months.delete(month);
    }
    const yearsInUse = new Set([...inUse].map(yearOfMonth));
    for (const [year, persons] of this.#years) {
      if (this.#years.size <= Math.max(IDLE_YEARS, yearsInUse.size)) break;
      if (yearsInUse.has(year)) continue;
      this.store.commit(() => this.#savePersons(persons));
      this.#years.delete(year);
      this.#invalidatedYears.add(year);
    }
  }

  /** Checkpoints everything, so that the next start is quick. */
  checkpoint(): void {
    if (this.#dirtyCells.size === 0 && this.#dirtyPersons.size === 0) return;
    this.store.commit(() => {
      for (const [month, state] of this.#months) {
        if (this.#dirtyCells.has(month)) this.#saveCells(month, state);
      }
      for (const persons of this.#years.values()) this.#savePersons(persons);
    });
  }

  #saveCells(month: MonthNumber, state: MonthState): void {
    this.store.checkpoints.save("cells", month, encodeMonth(state));
    this.#dirtyCells.delete(month);
  }

  #savePersons(persons: PersonYear): void {
    const dirty = new Set<number>();
    for (const month of this.#dirtyPersons) if (yearOfMonth(month) === persons.year) dirty.add(month % 12);
    if (dirty.size === 0) return;
    persons.count();
    for (const [m, triples] of persons.netRows(dirty)) {
      this.store.checkpoints.save("persons", persons.year * 12 + m, encodeTriples(triples));
      this.#dirtyPersons.delete(persons.year * 12 + m);
    }
    this.store.checkpoints.save("counts", persons.year, encodeInts(persons.saveCounts()));
  }
}

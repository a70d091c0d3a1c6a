import { monthEnd, monthStart, yearOfMonth } from "../../aggregations/calendar.js";
import type { DimensionIndex } from "../../aggregations/dimensions/tuples.js";
import { ChangeJournal } from "../../aggregations/months/journal.js";
import { MonthState } from "../../aggregations/months/month.js";
import type { SumTable } from "../../aggregations/months/sums.js";
import { type JobFigure, prefixOf, readFigure } from "../../connectors/flink/figure.js";
import type { JobManifest } from "../../connectors/flink/generate.js";
import type { KeptFigures } from "../../connectors/state/figures.js";
import type { MonthSummary, MonthTable } from "../../connectors/state/month-table.js";
import { ROW_WIDTH } from "../../schemas/measures.js";
import type { DayNumber, MonthNumber } from "../../schemas/units.js";
import { FigureYear, type PersonFigure } from "./figure-year.js";
import { summaryOf } from "./month-summary.js";
import type { PublishedMonths } from "./published-months.js";

/** Months and years kept in memory beyond those in use. */
const IDLE_MONTHS = 14;
const IDLE_YEARS = 2;

export interface FigureMonthsParts {
  readonly manifest: JobManifest;
  readonly figures: KeptFigures;
  readonly table: Pick<MonthTable, "touchedSince">;
  readonly dimensionIndex: DimensionIndex;
}

/** Months and years whose sums and counts a job elsewhere computed: made of the figures that are kept of it. */
export class FigureMonths implements PublishedMonths {
  readonly journal = new ChangeJournal();
  readonly #months = new Map<MonthNumber, MonthState>();
  readonly #years = new Map<number, FigureYear>();
  #touchedDays = new Set<DayNumber>();
  readonly #changedYears = new Set<number>();

  constructor(private readonly parts: FigureMonthsParts) {}

  held(): readonly MonthNumber[] {
    return this.parts.table.touchedSince(-1);
  }

  cells(month: MonthNumber): MonthState {
    const state = this.#months.get(month) ?? this.#load(month);
    // Last in the map is last used.
    this.#months.delete(month);
    this.#months.set(month, state);
    return state;
  }

  persons(year: number): FigureYear {
    const known = this.#years.get(year) ?? this.#loadYear(year);
    this.#years.delete(year);
    this.#years.set(year, known);
    return known;
  }

  /**
   * Numbers the groups of persons that are counted, so that the commit that keeps the counts keeps the numbers. What a
   * month is of is numbered by `monthChanged`.
   */
  know(figure: PersonFigure): void {
    FigureYear.know(figure, this.#names, this.parts.dimensionIndex.groupTable);
  }

  /** A figure of a day is another one, or gone. */
  dayChanged(day: DayNumber): void {
    this.#touchedDays.add(day);
  }

  /** Counts of a year are others. */
  yearChanged(year: number): void {
    this.#years.delete(year);
    this.#changedYears.add(year);
  }

  /** Figures of a month are others: what it holds is told, as the figures now say. */
  monthChanged(month: MonthNumber): MonthSummary {
    this.#months.delete(month);
    this.journal.invalidate(month);
    return summaryOf(this.cells(month));
  }

  takeTouchedDays(): Set<DayNumber> {
    const days = this.#touchedDays;
    this.#touchedDays = new Set();
    return days;
  }

  takeInvalidatedYears(): Set<number> {
    const years = new Set(this.#changedYears);
    this.#changedYears.clear();
    return years;
  }

  evict(inUse: ReadonlySet<MonthNumber>): void {
    for (const month of this.#months.keys()) {
      if (this.#months.size <= Math.max(IDLE_MONTHS, inUse.size)) break;
      if (!inUse.has(month)) this.#months.delete(month);
    }
    const years = new Set([...inUse].map(yearOfMonth));
    for (const year of this.#years.keys()) {
      if (this.#years.size <= Math.max(IDLE_YEARS, years.size)) break;
      if (!years.has(year)) this.#years.delete(year);
    }
  }

  checkpoint(): void {}

  get #names(): readonly string[] {
    return this.parts.manifest.insurances;
  }

  *#figures(kind: Parameters<typeof prefixOf>[0], part: number): Generator<JobFigure> {
    const { manifest, figures } = this.parts;
    for (const [key, value] of figures.startingWith(prefixOf(kind, part))) {
      yield readFigure(manifest, key, value);
    }
  }

  #load(month: MonthNumber): MonthState {
    const { dimensionIndex } = this.parts;
    const state = new MonthState(month);
    for (const figure of this.#figures("cell", month)) {
      if (figure.kind === "cell" && figure.row)
        addRow(state.cells, dimensionIndex.number(figure).id, figure.row);
    }
    for (const figure of this.#figures("unmapped", month)) {
      if (figure.kind !== "unmapped") continue;
      const { what, code, records, fee } = figure;
      state.unmapped.set(`${what}\u0001${code}`, { records, fee });
    }
    for (let day = monthStart(month); day <= monthEnd(month); day++) {
      for (const kind of ["day", "facilityDay"] as const) this.#loadDay(state, kind, day);
    }
    this.#months.set(month, state);
    return state;
  }

  #loadDay(state: MonthState, kind: "day" | "facilityDay", day: DayNumber): void {
    const d = day - monthStart(state.month);
    const facility = kind === "facilityDay";
    const table = (facility ? state.facilityDays : state.days)[d];
    for (const figure of this.#figures(kind, day)) {
      if (figure.kind !== kind || !figure.row) continue;
      addRow(table, this.parts.dimensionIndex.dayKeyOf(figure, facility), figure.row);
      if (!facility) state.settlementsByDay[d] += figure.row[ROW_WIDTH - 1];
    }
  }

  #loadYear(year: number): FigureYear {
    const counts = new FigureYear();
    for (const figure of this.#figures("persons", year)) {
      if (figure.kind === "persons") counts.add(figure, this.#names, this.parts.dimensionIndex.groupTable);
    }
    this.#years.set(year, counts);
    return counts;
  }
}

/** Adds a row of measures and settlements to that of a key. */
function addRow(table: SumTable, key: number, row: readonly number[]): void {
  const base = table.slot(key) * ROW_WIDTH;
  const { sums } = table;
  for (let m = 0; m < ROW_WIDTH; m++) sums[base + m] += row[m];
}

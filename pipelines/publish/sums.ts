import {
  civil,
  dayText,
  monthEnd,
  monthOfDay,
  monthStart,
  monthText,
  type Period,
  periodsOfYear,
  yearOfMonth,
} from "../../aggregations/calendar.js";
import type { Changes } from "../../aggregations/months/journal.js";
import { columnsOf, toColumns } from "../../aggregations/months/month.js";
import { SettledSums } from "../../aggregations/months/settled.js";
import { SumTable } from "../../aggregations/months/sums.js";
import { periodsOf } from "../../connectors/duckdb/publish/periods.js";
import type { DataSpan, PeriodSums, PersonCounts, PublishInput } from "../../connectors/ports/publisher.js";
import type { DayNumber, MonthNumber } from "../../schemas/units.js";
import type { PublishState } from "../ledger/ports.js";

const LEAP_YEAR_DAYS = 366;
/** Months whose payments by fund are kept in memory. */
const SETTLED_MONTHS = 120;

/** First and last day with data; null before the first settlement. */
export interface Window {
  readonly firstDay: DayNumber | null;
  readonly lastDay: DayNumber | null;
}

type Sums = Pick<PublishInput, "months" | "addedUp" | "days" | "persons" | "sumChanges" | "personChanges">;

const spanOf = ({ firstDay, lastDay }: Window): DataSpan | null =>
  firstDay === null || lastDay === null ? null : { firstDay, lastDay };

/**
 * Sums and counts of what was touched since the last publish. Of months and years whose every change since
 * then is known, only the changes are given; the others whole: after a start, a publish that failed, a
 * backlog, or reference data that came anew.
 */
export class PublishedSums {
  /** Months and years whose changes since the last publish are not all in the journal. */
  readonly #wholeMonths = new Set<MonthNumber>();
  readonly #wholeYears = new Set<number>();
  /** Days touched since the last publish that succeeded. */
  readonly #days = new Set<DayNumber>();
  /** Days of `#days` that the last snapshot contained. */
  #daysGiven: DayNumber[] = [];
  readonly #settled = new Map<MonthNumber, SettledSums>();

  /** @param shown what stands published; null where nothing does, or it shows no settlement. */
  constructor(
    private readonly state: PublishState,
    private shown: DataSpan | null,
    touched: readonly MonthNumber[],
  ) {
    // What was touched before this start is not known by day: whole months then.
    this.wholeNext(touched);
  }

  /** Sums of these months are given whole by the next cut. */
  wholeNext(months: readonly MonthNumber[]): void {
    for (const month of months) {
      this.#wholeMonths.add(month);
      this.#wholeYears.add(yearOfMonth(month));
      for (let d = monthStart(month); d <= monthEnd(month); d++) this.#days.add(d);
    }
  }

  /** What stands published, after a publish that failed; null before a full one. */
  stands(shown: DataSpan | null): void {
    this.shown = shown;
  }

  snapshot(full: boolean, touched: readonly MonthNumber[], window: Window): Sums {
    const { months, config } = this.state;
    const changes = months.journal.take();
    for (const day of months.takeTouchedDays()) this.#days.add(day);
    for (const year of months.takeInvalidatedYears()) this.#wholeYears.add(year);
    const before = this.shown && !full ? periodsOf(this.shown, config.periods) : new Map<string, never>();
    const whole = new Set(
      touched.filter((m) => this.#wholeMonths.has(m) || !changes.complete(m) || !before.has(monthText(m))),
    );
    const wholeYears = new Set(this.#wholeYears);
    // Until it is published, this snapshot may be lost, and with it what changed.
    for (const month of touched) {
      this.#wholeMonths.add(month);
      this.#wholeYears.add(yearOfMonth(month));
    }
    const days = this.#daySums(changes, (month) => whole.has(month), before, window.lastDay);
    const persons = this.#persons(touched, whole, wholeYears, before, window.lastDay);
    const sums: Sums = {
      ...persons,
      ...this.#wholeSums(whole, window),
      sumChanges: [
        ...this.#monthChanges(
          changes,
          touched.filter((m) => !whole.has(m)),
          whole,
          before,
        ),
        ...days.changes,
      ],
      days: days.whole,
    };
    this.#keepSettled(touched);
    return sums;
  }

  /** The last snapshot was published. */
  published(window: Window): void {
    this.shown = spanOf(window);
    this.#wholeMonths.clear();
    this.#wholeYears.clear();
    for (const day of this.#daysGiven) this.#days.delete(day);
    this.#daysGiven = [];
  }

  /** Whole months, and the periods that add up no others. */
  #wholeSums(whole: ReadonlySet<MonthNumber>, window: Window): Pick<Sums, "months" | "addedUp"> {
    const { months, dimensionIndex, groups, config } = this.state;
    const tables = new Map<MonthNumber, SumTable>();
    for (const month of whole) {
      const cells = months.cells(month);
      tables.set(month, cells.rolledUp(dimensionIndex.tuples, groups));
      this.#settled.set(month, SettledSums.of(cells, dimensionIndex.tuples, config.jurisdiction));
      months.evict(new Set([month]));
    }
    const span = spanOf(window);
    const after = span ? periodsOf(span, config.periods) : new Map<string, never>();
    const others = months.held().filter((m) => !whole.has(m));
    const addedUp = addUp(
      tables,
      (period, within) => period.kind !== "month" && after.has(period.id) && !others.some(within),
    ).map(({ periods, table }) => ({ periods, data: toColumns(table, groups) }));
    return {
      months: [...tables].map(([month, table]) => ({ month, data: toColumns(table, groups) })),
      addedUp,
    };
  }

  /** What the months paid out of each fund, for the figures of the funds. */
  #keepSettled(touched: readonly MonthNumber[]): void {
    this.state.store.months.keepSettled(
      touched.map((month) => [JSON.stringify(this.#settled.get(month)!.rows()), month]),
    );
    for (const month of this.#settled.keys()) {
      if (this.#settled.size <= SETTLED_MONTHS) break;
      this.#settled.delete(month);
    }
  }

  /** What months have more than before, and every published period that adds them up. */
  #monthChanges(
    changes: Changes,
    months: readonly MonthNumber[],
    whole: ReadonlySet<MonthNumber>,
    before: ReadonlyMap<string, unknown>,
  ): PeriodSums[] {
    const { groups } = this.state;
    const tables = new Map<MonthNumber, SumTable>();
    for (const month of months) {
      const table = new SumTable(1024);
      changes.addMonth(table, month, groups);
      tables.set(month, table);
      this.#changeSettled(changes, month);
    }
    return addUp(tables, (period, within) => before.has(period.id) && ![...whole].some(within)).map(
      ({ periods, table }) => ({ periods, data: columnsOf(table) }),
    );
  }

  #changeSettled(changes: Changes, month: MonthNumber): void {
    const { months, dimensionIndex, config } = this.state;
    const settled = this.#settled.get(month);
    if (settled) changes.visit(month, (tuple, { row }) => settled.add(tuple, row));
    else {
      this.#settled.set(
        month,
        SettledSums.of(months.cells(month), dimensionIndex.tuples, config.jurisdiction),
      );
      months.evict(new Set([month]));
    }
  }

  /**
   * Counts of the periods that hold a touched month, and of those that come into sight because the data now
   * reaches further: while they lay beyond its end they were not published.
   */
  #persons(
    touched: readonly MonthNumber[],
    whole: ReadonlySet<MonthNumber>,
    wholeYears: ReadonlySet<number>,
    before: ReadonlyMap<string, unknown>,
    lastDay: DayNumber | null,
  ): Pick<Sums, "persons" | "personChanges"> {
    const lastSeen = this.shown?.lastDay ?? null;
    const sight = lastSeen ?? Number.NEGATIVE_INFINITY;
    const end = lastDay ?? Number.POSITIVE_INFINITY;
    const years = new Set(touched.map(yearOfMonth));
    if (lastDay !== null) {
      for (let year = civil(lastSeen ?? lastDay)[0]; year <= civil(lastDay)[0]; year++) years.add(year);
    }
    const found: PersonCounts[] = [];
    const personChanges: PersonCounts[] = [];
    for (const year of years) {
      const inYear = touched.filter((m) => yearOfMonth(m) === year);
      const persons = this.state.months.persons(year);
      persons.count();
      const changed = persons.takeChanges();
      periodsOfYear(year).forEach((period, index) => {
        const begins = period.kind === "ytd" ? monthStart(monthOfDay(period.endDay)) : period.startDay;
        if (begins > end) return;
        const within = (m: MonthNumber): boolean =>
          monthStart(m) <= period.endDay && monthEnd(m) >= period.startDay;
        const comesIntoSight = lastDay !== null && begins > sight;
        if (!inYear.some(within) && !comesIntoSight) return;
        const known = before.has(period.id) && !wholeYears.has(year) && ![...whole].some(within);
        if (comesIntoSight || !known) found.push({ period: period.id, ...persons.of(index) });
        else if (changed[index].groupIds.length > 0)
          personChanges.push({ period: period.id, ...changed[index] });
      });
    }
    return { persons: found, personChanges };
  }

  /**
   * Touched days within their windows and a year before them, where their `previous` lies; all of them when
   * no data is left, so that they are taken back.
   */
  #daySums(
    changes: Changes,
    isWhole: (month: MonthNumber) => boolean,
    before: ReadonlyMap<string, unknown>,
    latest: DayNumber | null,
  ): { whole: Sums["days"]; changes: PeriodSums[] } {
    const { state } = this;
    const { months, dimensionIndex, groups } = state;
    const keepDays = state.config.periods.keepDays + LEAP_YEAR_DAYS;
    const keepFacilityDays = state.config.periods.keepFacilityDays + LEAP_YEAR_DAYS;
    const lastDay = latest ?? Number.NEGATIVE_INFINITY;
    const lastSeen = this.shown?.lastDay ?? null;
    const backInSight = new Set<DayNumber>();
    if (latest !== null && lastSeen !== null && lastDay < lastSeen) {
      // The latest day was taken back: days that had left the windows are in them again.
      for (let back = 1; back <= lastSeen - lastDay; back++) {
        backInSight.add(lastDay - keepDays + back);
        backInSight.add(lastDay - keepFacilityDays + back);
      }
      for (const day of backInSight) this.#days.add(day);
    }
    const held = new Set(state.months.held());
    this.#daysGiven = [...this.#days]
      .filter((d) => d > lastDay - keepDays || d > lastDay - keepFacilityDays)
      .sort((a, b) => a - b);
    const whole: Sums["days"][number][] = [];
    const changed: PeriodSums[] = [];
    for (const day of this.#daysGiven) {
      const month = monthOfDay(day);
      if (!held.has(month)) continue;
      const wanted = { others: day > lastDay - keepDays, facility: day > lastDay - keepFacilityDays };
      const known = changes.days.has(day) && !isWhole(month) && !backInSight.has(day);
      if (known && before.has(dayText(day))) {
        const data = changes.daySums(day, dimensionIndex.dayGroups, groups, wanted);
        if (data.groupIds.length > 0) changed.push({ periods: [dayText(day)], data });
      } else {
        whole.push({
          day,
          data: months.cells(month).rollUpDay(day, dimensionIndex.dayGroups, groups, wanted),
        });
      }
    }
    return { whole, changes: changed };
  }
}

/** Sums of the wanted periods from those of months; periods that add up the same months share them. */
function addUp(
  tables: ReadonlyMap<MonthNumber, SumTable>,
  wanted: (period: Period, within: (month: MonthNumber) => boolean) => boolean,
): { periods: string[]; table: SumTable }[] {
  const alike = new Map<string, { months: MonthNumber[]; periods: string[] }>();
  for (const year of new Set([...tables.keys()].map(yearOfMonth))) {
    for (const period of periodsOfYear(year)) {
      const from = monthOfDay(period.startDay);
      const to = monthOfDay(period.endDay);
      const within = (m: MonthNumber): boolean => from <= m && m <= to;
      const months = [...tables.keys()].filter(within);
      if (months.length === 0 || !wanted(period, within)) continue;
      const key = months.join();
      const entry = alike.get(key);
      if (entry) entry.periods.push(period.id);
      else alike.set(key, { months, periods: [period.id] });
    }
  }
  return [...alike.values()].map(({ months, periods }) => {
    if (months.length === 1) return { periods, table: tables.get(months[0])! };
    const table = new SumTable(1024);
    for (const month of months) table.addAll(tables.get(month)!);
    return { periods, table };
  });
}

import { createHash } from "node:crypto";
import {
  civil,
  monthEnd,
  monthOfDay,
  monthStart,
  periodsOfYear,
  yearOfMonth,
} from "../aggregations/calendar.js";
import { withReported } from "../aggregations/closed/frozen.js";
import { settledOf } from "../aggregations/settled.js";
import type { Figure, PersonCounts, PublishedState, PublishInput } from "../connectors/publisher.js";
import type { StreamName } from "../schemas/streams.js";
import type { DayNumber, EpochMs, MonthNumber } from "../schemas/units.js";
import { closedCut } from "./closed-cut.js";
import { givenFigures } from "./given-figures.js";
import type { Intake } from "./intake.js";
import type { State } from "./state.js";
import { WholeTables } from "./whole-tables.js";

const LEAP_YEAR_DAYS = 366;

/** Cuts the state for publishing: one consistent snapshot of what changed since the last publish. */
export class Publication {
  #publishedSequence: number;
  #publishedGroups: number;
  #full: boolean;
  #lastDay: DayNumber | null = null;
  /** Days touched since the last publish that succeeded. */
  readonly #days = new Set<DayNumber>();
  #figuresSpan = "";
  readonly #allStreams = new Set<StreamName>(["enrolment", "fund-entry", "dip-result", "reported-fact"]);
  readonly #tables: WholeTables;
  /** Version that stands when nothing is left to publish; null when something is. */
  readonly standing: number | null;
  /** Figures were computed, but the publish that had them did not succeed yet. */
  #figuresDue = false;

  constructor(
    private readonly state: State,
    private readonly intake: Intake,
    published: PublishedState | null,
  ) {
    const { store } = state;
    this.#tables = new WholeTables(state);
    const ahead = published !== null && published.sequence > store.sequence;
    // A state older than what was published (a backup): that file stays foreign, however far we come.
    if (ahead) store.commit(() => store.setMeta("publish_full", "1"));
    this.#full = published === null || state.mustPublishFull || ahead;
    this.#publishedSequence = this.#full ? 0 : published!.sequence;
    this.#publishedGroups = this.#full ? 0 : Number(store.meta("published_groups") ?? 0);
    const lastDay = this.#full ? undefined : store.meta("published_last_day");
    this.#lastDay = lastDay === undefined ? null : Number(lastDay);
    for (const stream of this.#allStreams) intake.changedStreams.add(stream);
    const current =
      !this.#full &&
      Number(store.meta("content_sequence") ?? 0) <= this.#publishedSequence &&
      store.monthsTouchedSince(this.#publishedSequence).length === 0 &&
      store.meta("published_reference") === this.#referenceText();
    this.standing = current ? published!.version : null;
    // After a crash the close may be published without the state knowing under which version.
    if (!this.#full) state.closed.published(published!.sequence, published!.version);
    // What was touched before this start is not known by day: whole months then.
    for (const month of store.monthsTouchedSince(this.#publishedSequence)) this.#wholeMonth(month);
  }

  /** The CSV files as they were read: a change of names alone touches no month. */
  #referenceText(): string {
    return createHash("sha256").update(JSON.stringify(this.state.reference)).digest("hex");
  }

  #wholeMonth(month: MonthNumber): void {
    for (let d = monthStart(month); d <= monthEnd(month); d++) this.#days.add(d);
  }

  /** The next publish gives everything. */
  fullNext(): void {
    this.#full = true;
    this.#tables.forget();
    this.#lastDay = null;
    this.#publishedSequence = 0;
    this.#publishedGroups = 0;
    for (const month of this.state.store.monthsTouchedSince(0)) this.#wholeMonth(month);
  }

  /** What changed since the last publish, as of the last commit. */
  cut(now: EpochMs): PublishInput {
    const { state } = this;
    const { store, months } = state;
    for (const touched of months.takeTouchedDays()) this.#days.add(touched);
    const touchedMonths = store.monthsTouchedSince(this.#publishedSequence);
    // Before the groups are told: groups of frozen figures may be new again.
    const closed = closedCut(state, this.#publishedSequence);
    const span = store.dataSpan();
    const settled: [string, MonthNumber][] = [];
    const monthSums = touchedMonths.map((month) => {
      const cells = months.cells(month);
      const data = cells.rollUp(state.combos.combos, state.groups);
      settled.push([JSON.stringify(settledOf(cells, state.combos.combos, state.config.jurisdiction)), month]);
      months.evict(new Set([month]));
      return { month, data };
    });
    store.keepSettled(settled);
    const persons = this.#persons(touchedMonths, span.lastDay);
    const days = this.#daySums(span.lastDay);
    return {
      full: this.#full,
      sequence: store.sequence,
      publishedAt: now,
      watermark: this.#watermark(),
      firstDataDay: span.firstDay,
      lastDataDay: span.lastDay,
      inputPositions: store.places().map(({ source, partition, next }) => ({ source, partition, next })),
      newGroups: state.groups.groups.slice(this.#publishedGroups),
      months: monthSums,
      persons,
      days,
      figures: this.#figureRows(span, touchedMonths.length > 0 || closed.closed.length > 0),
      ...closed,
      ...this.#tables.changed(),
    };
  }

  /** The cut was published: what it held needs no publishing again. */
  published(input: PublishInput): void {
    this.#full = false;
    this.#publishedSequence = input.sequence;
    this.#publishedGroups += input.newGroups.length;
    this.#lastDay = input.lastDataDay;
    for (const { day: done } of input.days) this.#days.delete(done);
    this.#figuresDue = false;
    this.#tables.given();
    this.state.mustPublishFull = false;
    this.state.store.commit(() => {
      this.state.store.setMeta("publish_full", "0");
      this.state.store.setMeta("published_groups", String(this.#publishedGroups));
      this.state.store.setMeta("published_reference", this.#referenceText());
      if (input.lastDataDay !== null) {
        this.state.store.setMeta("published_last_day", String(input.lastDataDay));
      }
    });
  }

  #watermark(): EpochMs | null {
    return this.state.ledger.latestTime();
  }

  /**
   * Counts of the periods that hold a touched month, and of those that come into sight because the data now
   * reaches further: while they lay beyond its end they were not published.
   */
  #persons(touched: readonly MonthNumber[], lastDay: DayNumber | null): PersonCounts[] {
    const sight = this.#lastDay ?? Number.NEGATIVE_INFINITY;
    const end = lastDay ?? Number.POSITIVE_INFINITY;
    const years = new Set(touched.map(yearOfMonth));
    if (lastDay !== null) {
      for (let year = civil(this.#lastDay ?? lastDay)[0]; year <= civil(lastDay)[0]; year++) years.add(year);
    }
    const found: PersonCounts[] = [];
    for (const year of years) {
      const inYear = touched.filter((m) => yearOfMonth(m) === year);
      const persons = this.state.months.persons(year);
      persons.count();
      periodsOfYear(year).forEach((period, index) => {
        const begins = period.kind === "ytd" ? monthStart(monthOfDay(period.endDay)) : period.startDay;
        if (begins > end) return;
        const changed = inYear.some((m) => monthStart(m) <= period.endDay && monthEnd(m) >= period.startDay);
        if (changed || (lastDay !== null && begins > sight))
          found.push({ period: period.id, ...persons.of(index) });
      });
    }
    return found;
  }

  /**
   * Touched days within their windows and a year before them, where their `previous` lies; all of them when
   * no data is left, so that they are taken back.
   */
  #daySums(latest: DayNumber | null): PublishInput["days"] {
    const { state } = this;
    const keepDays = state.config.periods.keepDays + LEAP_YEAR_DAYS;
    const keepFacilityDays = state.config.periods.keepFacilityDays + LEAP_YEAR_DAYS;
    const lastDay = latest ?? Number.NEGATIVE_INFINITY;
    if (latest !== null && this.#lastDay !== null && lastDay < this.#lastDay) {
      // The latest day was taken back: days that had left the windows are in them again.
      for (let back = 1; back <= this.#lastDay - lastDay; back++) {
        this.#days.add(lastDay - keepDays + back);
        this.#days.add(lastDay - keepFacilityDays + back);
      }
    }
    const kept = [...this.#days].filter((d) => d > lastDay - keepDays || d > lastDay - keepFacilityDays);
    const held = new Set(state.store.months());
    return kept
      .sort((a, b) => a - b)
      .filter((d) => held.has(monthOfDay(d)))
      .map((d) => ({
        day: d,
        data: state.months.cells(monthOfDay(d)).rollUpDay(d, state.combos.dayGroups, state.groups, {
          others: d > lastDay - keepDays,
          facility: d > lastDay - keepFacilityDays,
        }),
      }));
  }

  #figureRows(
    window: { firstDay: DayNumber | null; lastDay: DayNumber | null },
    settlementsChanged: boolean,
  ): Figure[] | undefined {
    const spanKey = `${window.firstDay} ${window.lastDay}`;
    const changed = this.intake.changedStreams;
    const moved = spanKey !== this.#figuresSpan;
    // What the funds spent (settled_expense) follows from settlements, with or without fund entries.
    const due = this.#figuresDue || changed.size > 0 || moved || settlementsChanged;
    if (!due && !this.#full) return undefined;
    this.#figuresDue = true;
    changed.clear();
    this.#figuresSpan = spanKey;
    return withReported(givenFigures(this.state, window), this.state.closed.given());
  }
}

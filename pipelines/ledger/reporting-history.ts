import { monthOfDay, type ZoneCalendar } from "../../aggregations/calendar.js";
import { FacilityDays } from "../../aggregations/completeness.js";
import { ReportingStore } from "../../connectors/state/reporting.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { DayNumber, EpochMs, MonthNumber } from "../../schemas/units.js";
import { emptyFacts } from "./months.js";

/**
 * How far each facility's settlements have come: the days on which it settled (by `setl_time`) and the latest time,
 * of every settlement that came in and was found good, whatever became of it afterwards. Only ever grows; made of
 * the kept versions alone, so a rebuild or a replay comes to the same.
 */
export class ReportingHistory {
  readonly facilities = new Map<string, FacilityDays>();
  /** Bumped when something was added. */
  revision = 0;
  /** Bumped when a facility settled on a new day. */
  dayRevision = 0;
  /** The latest day of all; null before the first. */
  latestDay: DayNumber | null = null;
  readonly #file: ReportingStore;
  readonly #newDays = new Map<string, Set<MonthNumber>>();
  readonly #newLatest = new Set<string>();
  #lastMoved: FacilityDays | null = null;

  constructor(
    private readonly store: SqliteStore,
    private readonly calendar: ZoneCalendar,
    options: { readonly again: boolean },
  ) {
    this.#file = new ReportingStore(store);
    if (options.again) this.#derive();
    else {
      for (const [facility, month, days] of this.#file.days()) this.#of(facility).addDays(month, days);
      for (const [facility, at] of this.#file.latest()) this.#of(facility).latest = at;
    }
    for (const { latestDay } of this.facilities.values()) this.#extendTo(latestDay);
    store.beforeCommit.push(() => this.#save());
  }

  #of(facility: string): FacilityDays {
    let days = this.facilities.get(facility);
    if (days === undefined) {
      days = new FacilityDays();
      this.facilities.set(facility, days);
      // Numbered now: what is numbered while a commit ends is not kept with it.
      this.store.codes.idOf(facility);
    }
    return days;
  }

  /** A settlement of a facility was found good; kept with the next commit. */
  note(facility: string, day: DayNumber, at: EpochMs): void {
    const days = this.#of(facility);
    if (at > days.latest) {
      if (days !== this.#lastMoved) this.#newLatest.add(facility);
      this.#lastMoved = days;
      this.revision++;
    }
    if (!days.add(day, at)) return;
    this.revision++;
    this.dayRevision++;
    this.#extendTo(day);
    const months = this.#newDays.get(facility);
    if (months) months.add(monthOfDay(day));
    else this.#newDays.set(facility, new Set([monthOfDay(day)]));
  }

  #extendTo(day: DayNumber): void {
    if (this.latestDay === null || day > this.latestDay) this.latestDay = day;
  }

  #save(): void {
    if (this.#newLatest.size === 0 && this.#newDays.size === 0) return;
    this.#file.setLatest(
      [...this.#newLatest].map((facility) => [facility, this.facilities.get(facility)!.latest]),
    );
    this.#file.setDays(
      [...this.#newDays].flatMap(([facility, months]) => {
        const known = this.facilities.get(facility)!.months;
        return [...months].map((month) => [facility, month, known.get(month)!] as const);
      }),
    );
    this.#newLatest.clear();
    this.#lastMoved = null;
    this.#newDays.clear();
  }

  /** Makes all of it again from the kept versions. */
  #derive(): void {
    const s = new Settlement();
    this.store.settlements.scanAll(s, emptyFacts(), () =>
      this.note(s.fixmedins_code, this.calendar.dayOf(s.setl_time), s.setl_time),
    );
    this.store.commit(() => {
      this.#file.clear();
      this.#save();
    });
  }
}

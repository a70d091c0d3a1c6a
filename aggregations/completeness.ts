import type { DayNumber, EpochMs, MonthNumber } from "../schemas/units.js";
import { monthOfDay, monthStart } from "./calendar.js";

/**
 * How far a facility's settlements have come, and whether it lags. It is judged by its own habit, because a
 * village clinic that bills once a week is not late after six days, and a hospital is:
 *
 * - its usual gap is the 90th percentile of the last 30 gaps between days on which it settled, so that weekends
 *   count as usual and one long break does not;
 * - it lags when it has been silent for more than twice its usual gap, at least 3 days, by the watermark (the
 *   latest settlement of all);
 * - with fewer than 4 days on which it settled there is no habit: it is occasional and never lags.
 *
 * All of it follows from the days of the settlements, none from a clock or from when they arrived.
 */
const GAPS = 30;
const USUAL = 0.9;
const LEAST_DAYS = 4;
const LEAST_TOLERANCE = 3;
/** A facility is expected in the months after its last settlement, this many. */
const EXPECTED_MONTHS = 3;

/** The days on which one facility settled. Days are only ever added. */
export class FacilityDays {
  /** Bit d of a month: it settled on day d + 1. */
  readonly months = new Map<MonthNumber, number>();
  latest: EpochMs = Number.NEGATIVE_INFINITY;
  latestDay: DayNumber = Number.NEGATIVE_INFINITY;
  #usual: number | null | undefined;
  /** The day added last: mostly the next settlement is of the same one. */
  #lastAdded: DayNumber = Number.NaN;

  /** Adds a settlement; true when it was on a new day. */
  add(day: DayNumber, at: EpochMs): boolean {
    if (at > this.latest) this.latest = at;
    if (day === this.#lastAdded) return false;
    this.#lastAdded = day;
    const month = monthOfDay(day);
    return this.addDays(month, 1 << (day - monthStart(month)));
  }

  /** Adds the days of a month as bits; true when one is new. */
  addDays(month: MonthNumber, bits: number): boolean {
    const known = this.months.get(month) ?? 0;
    if ((known | bits) === known) return false;
    this.months.set(month, known | bits);
    this.latestDay = Math.max(this.latestDay, monthStart(month) + 31 - Math.clz32(bits));
    this.#usual = undefined;
    return true;
  }

  /** Days of a month with a settlement. */
  daysIn(month: MonthNumber): number {
    let bits = this.months.get(month) ?? 0;
    let days = 0;
    for (; bits !== 0; bits &= bits - 1) days++;
    return days;
  }

  /** Whether it settled in one of the months. */
  activeIn(from: MonthNumber, to: MonthNumber): boolean {
    for (let month = to; month >= from; month--) if (this.months.has(month)) return true;
    return false;
  }

  /** Days from one settlement day to the next that are usual for it; null when it has no habit. */
  get usualGap(): number | null {
    if (this.#usual === undefined) this.#usual = this.#findUsual();
    return this.#usual;
  }

  #findUsual(): number | null {
    const gaps: number[] = [];
    let later: DayNumber | null = null;
    const months = [...this.months.keys()].sort((a, b) => b - a);
    for (const month of months) {
      const bits = this.months.get(month)!;
      for (let d = 30; d >= 0 && gaps.length < GAPS; d--) {
        if ((bits & (1 << d)) === 0) continue;
        const day = monthStart(month) + d;
        if (later !== null) gaps.push(later - day);
        later = day;
      }
      if (gaps.length >= GAPS) break;
    }
    if (gaps.length < LEAST_DAYS - 1) return null;
    gaps.sort((a, b) => a - b);
    return gaps[Math.ceil(gaps.length * USUAL) - 1];
  }
}

/** Days of silence that are nothing unusual for a facility. */
export const tolerance = (usualGap: number): number => Math.max(LEAST_TOLERANCE, 2 * usualGap);

/** How a facility stands at the watermark. */
export type ReportingStatus = "current" | "lagging" | "occasional" | "gone";

/** `gone`: no settlement in the watermark's month and the three before it, so none is expected. */
export function statusAt(facility: FacilityDays, watermark: DayNumber): ReportingStatus {
  const month = monthOfDay(watermark);
  if (!facility.activeIn(month - EXPECTED_MONTHS, month)) return "gone";
  return silentTooLong(facility, watermark);
}

function silentTooLong(facility: FacilityDays, watermark: DayNumber): "current" | "lagging" | "occasional" {
  const usual = facility.usualGap;
  if (usual === null) return "occasional";
  return watermark - facility.latestDay > tolerance(usual) ? "lagging" : "current";
}

/** How a facility stands towards a period's end. */
export type PeriodStatus = "reached" | "pending" | "lagging" | "unexpected";

/**
 * Whether a facility's settlements have come as far as a period's end.
 *
 * `unexpected`: none in the period's last month and the three before it. `reached`: it has settled on that day or
 * after, or its next settlement is not due before; once the watermark has passed the end, silence that is usual for it
 * counts as reached too. `lagging`: a settlement was due within the period, and the silence is longer than usual.
 * `pending`: the period is not over, and nothing is amiss.
 */
export function statusTowards(facility: FacilityDays, endDay: DayNumber, watermark: DayNumber): PeriodStatus {
  const endMonth = monthOfDay(endDay);
  if (!facility.activeIn(endMonth - EXPECTED_MONTHS, endMonth)) return "unexpected";
  if (facility.latestDay >= endDay) return "reached";
  const usual = facility.usualGap;
  const silent = silentTooLong(facility, watermark);
  if (silent === "lagging" && facility.latestDay + usual! <= endDay) return "lagging";
  return watermark > endDay ? "reached" : "pending";
}

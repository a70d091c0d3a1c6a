import type { DayNumber, EpochMs, MonthNumber } from "../schemas/units.js";

/** Kinds of period (docs/specification.md#period). */
export const PERIOD_KINDS = ["day", "month", "quarter", "half", "year", "ytd"] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** A calendar span in the jurisdiction's zone; both days belong to it. */
export interface Period {
  readonly id: string;
  readonly kind: PeriodKind;
  readonly startDay: DayNumber;
  readonly endDay: DayNumber;
}

const DAY_MS = 86_400_000;
const pad = (n: number, width = 2): string => String(n).padStart(width, "0");

/** Day number of a civil date; month 1-12. */
export function dayOf(year: number, month: number, day: number): DayNumber {
  return Math.round(Date.UTC(year, month - 1, day) / DAY_MS);
}

/** Civil date of a day number as [year, month 1-12, day]. */
export function civil(day: DayNumber): [number, number, number] {
  const date = new Date(day * DAY_MS);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

export function dayText(day: DayNumber): string {
  const [y, m, d] = civil(day);
  return `${pad(y, 4)}-${pad(m)}-${pad(d)}`;
}

/** Day number of `YYYY-MM-DD`; null when it is not such a day. */
export function parseDay(text: string): DayNumber | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return null;
  const day = dayOf(Number(match[1]), Number(match[2]), Number(match[3]));
  return dayText(day) === text ? day : null;
}

export const monthNumber = (year: number, month: number): MonthNumber => year * 12 + month - 1;
export const yearOfMonth = (month: MonthNumber): number => Math.floor(month / 12);
export const monthText = (month: MonthNumber): string =>
  `${pad(yearOfMonth(month), 4)}-${pad((month % 12) + 1)}`;
export const monthStart = (month: MonthNumber): DayNumber => dayOf(yearOfMonth(month), (month % 12) + 1, 1);
export const monthEnd = (month: MonthNumber): DayNumber => monthStart(month + 1) - 1;

/** Months of the days 1970-01-01 to 2189, filled as they are asked for. */
const monthOf = new Int32Array(80_000).fill(-1);

export function monthOfDay(day: DayNumber): MonthNumber {
  const known = monthOf[day];
  if (known >= 0) return known;
  const [y, m] = civil(day);
  const month = monthNumber(y, m);
  if (day >= 0 && day < monthOf.length) monthOf[day] = month;
  return month;
}

function span(id: string, kind: PeriodKind, from: MonthNumber, to: MonthNumber): Period {
  return { id, kind, startDay: monthStart(from), endDay: monthEnd(to) };
}

/** Periods of a year, in the order of `periodsOfYear`: 12 months, 4 quarters, 2 halves, the year, 12 ytd. */
export const PERIODS_PER_YEAR = 31;

/** The 31 periods of a year. Index: month m is m, quarter 12+q, half 16+h, year 18, ytd 19+m (all from 0). */
export function periodsOfYear(year: number): Period[] {
  const jan = monthNumber(year, 1);
  const y = pad(year, 4);
  const periods: Period[] = [];
  for (let m = 0; m < 12; m++) periods.push(span(monthText(jan + m), "month", jan + m, jan + m));
  for (let q = 0; q < 4; q++) periods.push(span(`${y}Q${q + 1}`, "quarter", jan + q * 3, jan + q * 3 + 2));
  for (let h = 0; h < 2; h++) periods.push(span(`${y}H${h + 1}`, "half", jan + h * 6, jan + h * 6 + 5));
  periods.push(span(y, "year", jan, jan + 11));
  for (let m = 0; m < 12; m++) periods.push(span(`${y}YTD${pad(m + 1)}`, "ytd", jan, jan + m));
  return periods;
}

/** The period that an id names, or null when it names none. */
export function parsePeriod(id: string): Period | null {
  const day = parseDay(id);
  if (day !== null) return { id, kind: "day", startDay: day, endDay: day };
  const match = /^(\d{4})(?:$|-(\d{2})$|Q(\d)$|H(\d)$|YTD(\d{2})$)/.exec(id);
  if (!match) return null;
  return periodsOfYear(Number(match[1])).find((p) => p.id === id) ?? null;
}

/** The same period one year earlier; null for 29 February. */
export function previousPeriodId(id: string): string | null {
  const previous = pad(Number(id.slice(0, 4)) - 1, 4) + id.slice(4);
  return parsePeriod(previous) ? previous : null;
}

/**
 * Turns instants into days and months of the jurisdiction's zone. The offset is looked up once for each day
 * (UTC) without a clock change, and for each quarter hour of a day with one.
 */
export class ZoneCalendar {
  readonly #format: Intl.DateTimeFormat;
  /** Offset of each UTC day; NaN on a day with a clock change. */
  readonly #ofDay = new Map<number, number>();
  #lastDay = Number.NaN;
  #lastOffset = 0;

  constructor(readonly zone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  }

  /** Milliseconds to add to an instant to get local civil time written as if it were UTC. */
  offsetMs(instant: EpochMs): number {
    const day = Math.floor(instant / DAY_MS);
    if (day === this.#lastDay) return this.#lastOffset;
    let offset = this.#ofDay.get(day);
    if (offset === undefined) {
      const start = this.#lookUp(day * DAY_MS);
      offset = start === this.#lookUp((day + 1) * DAY_MS) ? start : Number.NaN;
      if (this.#ofDay.size > 100_000) this.#ofDay.clear();
      this.#ofDay.set(day, offset);
    }
    if (Number.isNaN(offset)) return this.#lookUp(Math.floor(instant / 900_000) * 900_000);
    this.#lastDay = day;
    this.#lastOffset = offset;
    return offset;
  }

  #lookUp(at: EpochMs): number {
    const parts: Record<string, string> = {};
    for (const part of this.#format.formatToParts(at)) parts[part.type] = part.value;
    const local = Date.UTC(
      Number(parts.year),
      Number(parts.month) - 1,
      Number(parts.day),
      Number(parts.hour),
      Number(parts.minute),
      Number(parts.second),
    );
    return local - at;
  }

  dayOf(instant: EpochMs): DayNumber {
    return Math.floor((instant + this.offsetMs(instant)) / DAY_MS);
  }

  /** The instant of a civil time in the zone; a time skipped by a clock change reads as the time after it. */
  instantOf(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, ms = 0): EpochMs {
    const asUtc = Date.UTC(year, month - 1, day, hour, minute, second, ms);
    const guess = asUtc - this.offsetMs(asUtc);
    return asUtc - this.offsetMs(guess);
  }
}

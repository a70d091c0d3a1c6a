import type { ZoneCalendar } from "../../../aggregations/calendar.js";

/** A local time of the published file, `2024-06-30 18:25:24.5`, as an instant. */
export function instantOf(calendar: ZoneCalendar, local: string): number {
  const asUtc = Date.parse(`${local.replace(" ", "T")}Z`);
  // The offset of the instant itself: taken twice, since near a clock change the first guess may be off.
  const guess = asUtc - calendar.offsetMs(asUtc);
  return asUtc - calendar.offsetMs(guess);
}

/** The same as text with the jurisdiction's offset, `2024-06-30T18:25:24.500+08:00`. */
export function withOffset(calendar: ZoneCalendar, local: string): string {
  const instant = instantOf(calendar, local);
  const minutes = Math.round(calendar.offsetMs(instant) / 60_000);
  const pad = (n: number): string => String(Math.abs(n)).padStart(2, "0");
  const sign = minutes < 0 ? "-" : "+";
  const offset = `${sign}${pad(Math.trunc(minutes / 60))}:${pad(minutes % 60)}`;
  return `${local.replace(" ", "T")}${offset}`;
}

export const withOffsetOrNull = (calendar: ZoneCalendar, local: unknown): string | null =>
  local === null || local === undefined ? null : withOffset(calendar, String(local));

/** An instant, epoch milliseconds, as text with the jurisdiction's offset. */
export const instantText = (calendar: ZoneCalendar, at: number): string =>
  withOffset(calendar, new Date(at + calendar.offsetMs(at)).toISOString().slice(0, 19));

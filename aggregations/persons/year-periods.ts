import { monthOfDay, PERIODS_PER_YEAR, periodsOfYear } from "../calendar.js";

export const MONTHS = 12;
/** First and last month (0-11) of each period of a year. */
const SPANS = periodsOfYear(2000).map((p) => [monthOfDay(p.startDay) % 12, monthOfDay(p.endDay) % 12]);

/** By a set of months, one a bit: the periods of the year, one a bit, that hold any of them. */
export const PERIODS_HOLDING = Int32Array.from({ length: 1 << MONTHS }, (_, months) =>
  SPANS.reduce((periods, [first, last], period) => {
    const held = (months >> first) & ((1 << (last - first + 1)) - 1);
    return held === 0 ? periods : periods | (1 << period);
  }, 0),
);

/** Sums of the weights of the months before each month. */
const sumBefore = new Int32Array(MONTHS + 1);

/** The periods, one a bit, over which the twelve weights from `base` on sum to more than 0. */
export function periodsAboveZero(weights: Int32Array, base: number): number {
  for (let month = 0; month < MONTHS; month++)
    sumBefore[month + 1] = sumBefore[month] + weights[base + month];
  let periods = 0;
  for (let period = 0; period < PERIODS_PER_YEAR; period++) {
    const [first, last] = SPANS[period];
    if (sumBefore[last + 1] > sumBefore[first]) periods |= 1 << period;
  }
  return periods;
}

/** Money in the hot path: an integer number of fen (1/100 yuan). Safe up to 90 trillion yuan. */
export type Fen = number;
/** An instant, milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;
/** A calendar day in the jurisdiction's zone, counted from 1970-01-01 = 0. */
export type DayNumber = number;
/** A calendar month in the jurisdiction's zone: year * 12 + (month - 1). */
export type MonthNumber = number;

/** Integer fen as yuan text with two decimals. */
export function yuanText(fen: Fen): string {
  const magnitude = Math.abs(fen);
  const cents = magnitude % 100;
  return `${fen < 0 ? "-" : ""}${Math.floor(magnitude / 100)}.${cents < 10 ? "0" : ""}${cents}`;
}

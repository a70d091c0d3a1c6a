import { civil, dayText, parseDay } from "../../../aggregations/calendar.js";

const two = (n: number): string => String(n).padStart(2, "0");

/** By kind, the period that a day lies in; empty before the first settlement. */
export function currentPeriods(lastDay: string | null): Record<string, string> {
  const day = lastDay === null ? null : parseDay(lastDay);
  if (day === null) return {};
  const [year, month] = civil(day);
  return {
    day: dayText(day),
    month: `${year}-${two(month)}`,
    quarter: `${year}Q${Math.ceil(month / 3)}`,
    half: `${year}H${month <= 6 ? 1 : 2}`,
    year: String(year),
    ytd: `${year}YTD${two(month)}`,
  };
}

import { civil, dayOf, dayText, parseDay } from "../calendar.js";
import { divided } from "../micros.js";

/** One day of a year: what was spent from 1 January to its evening. */
export interface CurveDay {
  readonly day: string;
  readonly sum: bigint;
}

/** Running sums of each day of a year; days without data add nothing. */
export function yearCurve(year: number, byDay: ReadonlyMap<string, bigint>): CurveDay[] {
  const days: CurveDay[] = [];
  let sum = 0n;
  for (let d = dayOf(year, 1, 1); d <= dayOf(year, 12, 31); d++) {
    const day = dayText(d);
    sum += byDay.get(day) ?? 0n;
    days.push({ day, sum });
  }
  return days;
}

/** The same day of the year before; 29 February is then the 28th. */
export function sameDayLastYear(day: string): string {
  const [year, month, date] = civil(parseDay(day)!);
  const before = dayText(dayOf(year - 1, month, date));
  return before.slice(0, 7) === `${year - 1}-${day.slice(5, 7)}`
    ? before
    : dayText(dayOf(year - 1, month, 28));
}

/** Share of the year's money that is spent by each day, in millionths: last year's own, or a straight line. */
export interface Pace {
  readonly from: "last_year" | "straight_line";
  readonly shares: ReadonlyMap<string, bigint>;
}

const MILLION = 1_000_000n;

/** @param last running sums of last year, null unless all of that year has data */
export function paceOf(year: number, last: readonly CurveDay[] | null): Pace {
  const total = last?.at(-1)?.sum ?? 0n;
  const shares = new Map<string, bigint>();
  const days = dayOf(year, 12, 31) - dayOf(year, 1, 1) + 1;
  const reached = new Map(last?.map((d) => [d.day, d.sum]));
  for (let i = 0; i < days; i++) {
    const day = dayText(dayOf(year, 1, 1) + i);
    shares.set(
      day,
      total > 0n
        ? divided((reached.get(sameDayLastYear(day)) ?? 0n) * MILLION, total)
        : divided(BigInt(i + 1) * MILLION, BigInt(days)),
    );
  }
  return { from: total > 0n ? "last_year" : "straight_line", shares };
}

/** A row of what explains a difference; its parts are in the table's own unit. */
export interface Contribution {
  readonly key: string;
  readonly value: bigint;
  readonly previous: bigint;
}

/**
 * The few that explain most of a difference, and the rest: they add up to it.
 * @param total of both years; what the rows do not hold is part of the rest
 */
export function contributions(
  rows: readonly Contribution[],
  total: { readonly value: bigint; readonly previous: bigint },
  most: number,
): { readonly rows: Contribution[]; readonly rest: Omit<Contribution, "key"> } {
  const size = (r: Contribution): bigint => {
    const d = r.value - r.previous;
    return d < 0n ? -d : d;
  };
  const sorted = [...rows]
    .filter((r) => size(r) > 0n)
    .sort((a, b) => (size(a) === size(b) ? (a.key < b.key ? -1 : 1) : size(a) < size(b) ? 1 : -1));
  const first = sorted.slice(0, most);
  const held = first.reduce(
    (sum, r) => ({ value: sum.value + r.value, previous: sum.previous + r.previous }),
    { value: 0n, previous: 0n },
  );
  return {
    rows: first,
    rest: { value: total.value - held.value, previous: total.previous - held.previous },
  };
}

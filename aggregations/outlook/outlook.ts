import type { DayNumber, Fen } from "../../schemas/units.js";
import { civil, dayOf, monthEnd, monthNumber } from "../calendar.js";
import { minus, over, plus, type Rational, whole } from "../rational.js";

/** What is known of one fund: settled expense by day, and what it may spend. */
export interface FundSpending {
  readonly fund: string;
  readonly insurance: string;
  /** Fen settled on each day of the year of `asOf`, of the whole earlier years, and of the 28 days before. */
  readonly spent: ReadonlyMap<DayNumber, Fen>;
  /** Fen; null where there is no expense budget of the year. */
  readonly budget: bigint | null;
}

export interface OutlookSpan {
  /** Latest settled day of all. */
  readonly asOf: DayNumber;
  /** First day with data: the last days' rate is not taken over days before it. */
  readonly firstDay: DayNumber;
  /** Years before that of `asOf`, of which every month has data. */
  readonly wholeYears: readonly number[];
}

/** Where a fund's year is heading. Money in fen, exact; round it where it is shown. */
export interface FundOutlook {
  readonly asOf: DayNumber;
  readonly fund: string;
  readonly insurance: string;
  readonly spent: bigint;
  readonly budget: bigint | null;
  /** Share of the year's money that is spent by this day, as earlier years had it. */
  readonly pace: Rational;
  readonly projected: Rational;
  readonly low: Rational;
  readonly high: Rational;
  readonly exhaustedOn: DayNumber | null;
  readonly method: "earlier_years" | "straight_line";
  /** The earlier years that the pace is taken from. */
  readonly years: readonly number[];
}

/** Days whose rate is carried on to the year's end. */
export const RATE_DAYS = 28;

const less = (a: Rational, b: Rational): boolean => a.n * b.d < b.n * a.d;
const extreme = (list: readonly Rational[], takes: (a: Rational, b: Rational) => boolean): Rational =>
  list.reduce((best, next) => (takes(next, best) ? next : best));

/**
 * The outlook of one fund (see `fund_outlook`): settled expense since 1 January over the share that earlier
 * whole years had reached by the same day. The middle is the mean share; low and high are the extremes of
 * what each year's share and the last 28 days' rate, carried on, come to. Without one whole earlier year in
 * which the fund had spent by this day: a straight line. Null where nothing is settled and nothing budgeted.
 */
export function fundOutlook(of: FundSpending, span: OutlookSpan): FundOutlook | null {
  const { asOf } = span;
  const [year] = civil(asOf);
  const current = new YearCurve(of.spent, year);
  const spent = current.until(asOf);
  if (spent === 0n && of.budget === null) return null;
  const curves = span.wholeYears
    .map((y) => new YearCurve(of.spent, y))
    .filter((c) => c.total > 0n && c.untilSameDay(asOf) > 0n);
  const seasonal = curves.length > 0;
  const straight = (day: DayNumber): Rational => ({
    n: BigInt(day - current.first + 1),
    d: BigInt(current.days),
  });
  const mean = (day: DayNumber): Rational =>
    over(curves.map((c) => c.share(day)).reduce(plus), whole(curves.length))!;
  const paceAt = seasonal ? mean : straight;
  const pace = paceAt(asOf);
  const projected = over(whole(spent), pace)!;
  const candidates = [
    projected,
    ...curves.map((c) => over(whole(spent), c.share(asOf))!),
    carriedOn(of, span, spent, current.last),
  ];
  return {
    asOf,
    fund: of.fund,
    insurance: of.insurance,
    spent,
    budget: of.budget,
    pace,
    projected,
    low: extreme(candidates, less),
    high: extreme(candidates, (a, b) => less(b, a)),
    exhaustedOn: exhaustedOn(of.budget, current, asOf, projected, paceAt),
    method: seasonal ? "earlier_years" : "straight_line",
    years: curves.map((c) => c.year),
  };
}

/** What the year comes to when each day to come costs what the last 28 days cost on average. */
function carriedOn(of: FundSpending, span: OutlookSpan, spent: bigint, yearEnd: DayNumber): Rational {
  const from = Math.max(span.asOf - RATE_DAYS + 1, Math.min(span.firstDay, span.asOf));
  let recent = 0n;
  for (let day = from; day <= span.asOf; day++) recent += BigInt(of.spent.get(day) ?? 0);
  return plus(whole(spent), { n: recent * BigInt(yearEnd - span.asOf), d: BigInt(span.asOf - from + 1) });
}

/** The day on which the year's budget is used up: one that was, or the one that the pace leads to. */
function exhaustedOn(
  budget: bigint | null,
  current: YearCurve,
  asOf: DayNumber,
  projected: Rational,
  paceAt: (day: DayNumber) => Rational,
): DayNumber | null {
  if (budget === null) return null;
  const goal = whole(budget);
  for (let day = current.first; day <= current.last; day++) {
    const reached =
      day <= asOf
        ? whole(current.until(day))
        : { n: projected.n * paceAt(day).n, d: projected.d * paceAt(day).d };
    if (!less(reached, goal)) return day;
  }
  return null;
}

/** Running sums of one year's days. */
class YearCurve {
  readonly first: DayNumber;
  readonly last: DayNumber;
  readonly #sums: bigint[] = [];

  constructor(
    spent: ReadonlyMap<DayNumber, Fen>,
    readonly year: number,
  ) {
    this.first = dayOf(year, 1, 1);
    this.last = dayOf(year, 12, 31);
    let sum = 0n;
    for (let day = this.first; day <= this.last; day++) {
      sum += BigInt(spent.get(day) ?? 0);
      this.#sums.push(sum);
    }
  }

  get days(): number {
    return this.#sums.length;
  }

  get total(): bigint {
    return this.#sums[this.#sums.length - 1];
  }

  until(day: DayNumber): bigint {
    return this.#sums[day - this.first];
  }

  /** Until the same day of this year; 29 February is the end of February in a year without one. */
  untilSameDay(day: DayNumber): bigint {
    const [, month, date] = civil(day);
    const [, , lastDate] = civil(monthEnd(monthNumber(this.year, month)));
    return this.until(dayOf(this.year, month, Math.min(date, lastDate)));
  }

  share(day: DayNumber): Rational {
    return { n: this.untilSameDay(day), d: this.total };
  }
}

/** Points that a share of the year's money is ahead of the share of the year gone by. */
export function aheadOfYear(share: Rational, asOf: DayNumber): Rational {
  const [year] = civil(asOf);
  const first = dayOf(year, 1, 1);
  return minus(share, { n: BigInt(asOf - first + 1), d: BigInt(dayOf(year + 1, 1, 1) - first) });
}

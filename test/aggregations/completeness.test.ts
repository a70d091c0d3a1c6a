import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { monthOfDay, parseDay } from "../../aggregations/calendar.js";
import { FacilityDays, statusAt, statusTowards, tolerance } from "../../aggregations/completeness.js";

const DAY_MS = 86_400_000;
const day = (text: string): number => parseDay(text)!;

/** A facility that settled on these days. */
function facility(days: readonly number[]): FacilityDays {
  const f = new FacilityDays();
  for (const d of days) f.add(d, d * DAY_MS);
  return f;
}

/** Every `step` days from `from` to `to`, both included where they fall. */
function every(step: number, from: string, to: string): number[] {
  const days: number[] = [];
  for (let d = day(from); d <= day(to); d += step) days.push(d);
  return days;
}

const weekdays = (from: string, to: string): number[] =>
  every(1, from, to).filter((d) => ![0, 6].includes(new Date(d * DAY_MS).getUTCDay()));

describe("the usual gap", () => {
  test.each([
    ["a hospital that settles every day", every(1, "2024-01-01", "2024-03-31"), 1],
    ["one that rests at weekends", weekdays("2024-01-01", "2024-03-31"), 3],
    ["a clinic that bills once a week", every(7, "2024-01-01", "2024-03-31"), 7],
    [
      "a daily one with one long break",
      [...every(1, "2024-01-01", "2024-02-01"), ...every(1, "2024-03-01", "2024-03-15")],
      1,
    ],
    ["three days in all", [day("2024-01-01"), day("2024-01-02"), day("2024-01-03")], null],
    ["four days in all", [day("2024-01-01"), day("2024-01-02"), day("2024-01-03"), day("2024-01-09")], 6],
  ])("%s", (_, days, gap) => {
    expect(facility(days).usualGap).toBe(gap);
  });

  test("is of the last 30 gaps: a clinic that now bills daily is judged as one that does", () => {
    const days = [...every(7, "2023-01-01", "2023-12-31"), ...every(1, "2024-01-01", "2024-02-15")];
    expect(facility(days).usualGap).toBe(1);
  });

  test("does not depend on the order in which the days arrive, nor on repeats", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 19_000, max: 19_400 }), { minLength: 1 }), (days) => {
        const sorted = facility([...new Set(days)].sort((a, b) => a - b));
        const mixed = facility(days);
        expect(mixed.usualGap).toBe(sorted.usualGap);
        expect(mixed.latestDay).toBe(Math.max(...days));
        expect([...mixed.months].sort()).toEqual([...sorted.months].sort());
      }),
    );
  });

  test("kept as bits of months it is the same again", () => {
    const f = facility(every(3, "2024-01-31", "2024-05-31"));
    const kept = new FacilityDays();
    for (const [month, bits] of f.months) kept.addDays(month, bits);
    expect([kept.usualGap, kept.latestDay]).toEqual([3, f.latestDay]);
    expect(kept.daysIn(monthOfDay(day("2024-03-01")))).toBe(11);
  });
});

describe("lagging at the watermark", () => {
  test("begins after twice the usual gap, and never within three days", () => {
    expect([tolerance(1), tolerance(3), tolerance(7)]).toEqual([3, 6, 14]);
    const hospital = facility(every(1, "2024-01-01", "2024-03-20"));
    expect(statusAt(hospital, day("2024-03-23"))).toBe("current");
    expect(statusAt(hospital, day("2024-03-24"))).toBe("lagging");
    const clinic = facility(every(7, "2024-01-01", "2024-03-18"));
    expect(statusAt(clinic, day("2024-04-01"))).toBe("current");
    expect(statusAt(clinic, day("2024-04-02"))).toBe("lagging");
  });

  test("a facility without a habit is occasional, one silent for more than three months is gone", () => {
    expect(statusAt(facility([day("2024-01-05")]), day("2024-03-31"))).toBe("occasional");
    const stopped = facility(every(1, "2024-01-01", "2024-01-31"));
    expect(statusAt(stopped, day("2024-04-30"))).toBe("lagging");
    expect(statusAt(stopped, day("2024-05-01"))).toBe("gone");
  });
});

describe("towards the end of March, with the watermark on 10 April", () => {
  const end = day("2024-03-31");
  const watermark = day("2024-04-10");
  test.each([
    ["a hospital that came on", "reached", every(1, "2024-01-01", "2024-04-10")],
    ["a hospital whose last day is missing", "lagging", every(1, "2024-01-01", "2024-03-30")],
    [
      "a hospital whose end is there, though nothing of April",
      "reached",
      every(1, "2024-01-01", "2024-03-31"),
    ],
    ["one that rests on Sunday 31 March", "reached", weekdays("2024-01-01", "2024-03-29")],
    ["one that rests at weekends and misses Friday", "lagging", weekdays("2024-01-01", "2024-03-28")],
    ["a weekly clinic whose next bill is due in April", "reached", every(7, "2024-01-05", "2024-03-29")],
    ["a weekly clinic silent since 15 March", "lagging", every(7, "2024-01-05", "2024-03-15")],
    ["a clinic with three bills in all", "reached", every(30, "2024-01-01", "2024-03-01")],
    ["one that stopped in November", "unexpected", every(1, "2023-10-01", "2023-11-30")],
    ["one that began in April", "unexpected", every(1, "2024-04-02", "2024-04-10")],
  ] as const)("%s: %s", (_, status, days) => {
    expect(statusTowards(facility(days), end, watermark)).toBe(status);
  });

  test("while March runs a hospital is pending, or lagging when it falls silent", () => {
    const hospital = facility(every(1, "2024-01-01", "2024-03-15"));
    expect(statusTowards(hospital, end, day("2024-03-16"))).toBe("pending");
    expect(statusTowards(hospital, end, day("2024-03-20"))).toBe("lagging");
  });

  test("a late event that reaches further takes the lag back", () => {
    const hospital = facility(every(1, "2024-01-01", "2024-03-28"));
    expect(statusTowards(hospital, end, watermark)).toBe("lagging");
    hospital.add(end, end * DAY_MS);
    expect(statusTowards(hospital, end, watermark)).toBe("reached");
  });

  test("a year asks only for those of its last four months", () => {
    const closedInMay = facility(every(1, "2023-01-01", "2023-05-31"));
    expect(statusTowards(closedInMay, day("2023-12-31"), day("2024-01-10"))).toBe("unexpected");
  });
});

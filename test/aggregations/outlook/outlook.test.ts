import { expect, test } from "vitest";
import { dayOf, dayText } from "../../../aggregations/calendar.js";
import { type FundSpending, fundOutlook } from "../../../aggregations/outlook/outlook.js";
import { type Rational, roundHalfUp } from "../../../aggregations/rational.js";

/** Yuan on some days, as fen by day. */
const spending = (days: Readonly<Record<string, number>>, budget: number | null = null): FundSpending => ({
  fund: "resident",
  insurance: "resident",
  spent: new Map(
    Object.entries(days).map(([text, yuan]) => {
      const [y, m, d] = text.split("-").map(Number);
      return [dayOf(y, m, d), yuan * 100];
    }),
  ),
  budget: budget === null ? null : BigInt(budget * 100),
});
const yuan = (fen: Rational): string => roundHalfUp({ n: fen.n, d: fen.d * 100n }, 2);
const pace = (value: Rational): string => roundHalfUp(value, 6);

/** As of 30 June 2024: 182 of 366 days. */
const asOf = dayOf(2024, 6, 30);
const THIS_YEAR = { "2024-02-29": 100, "2024-06-20": 500 };

test("two earlier years: the mean of the shares that they had reached by the same day", () => {
  // 2022: 400 of 1000 by 30 June (share 0.4); 2023: 600 of 1000 (share 0.6). Mean 0.5.
  const of = spending(
    {
      "2022-06-30": 400,
      "2022-07-01": 600,
      "2023-01-31": 600,
      "2023-12-31": 400,
      ...THIS_YEAR,
    },
    1100,
  );
  const found = fundOutlook(of, { asOf, firstDay: dayOf(2022, 1, 1), wholeYears: [2022, 2023] })!;
  expect(found.method).toBe("earlier_years");
  expect(found.years).toEqual([2022, 2023]);
  expect(found.spent).toBe(60_000n);
  expect(pace(found.pace)).toBe("0.500000");
  // 600 / 0.5 = 1200. Extremes 600 / 0.6 = 1000 and 600 / 0.4 = 1500.
  // Carried on: 500 in the 28 days from 3 June, 184 days to come: 600 + 500 × 184 / 28 = 3885.714…
  expect(yuan(found.projected)).toBe("1200.00");
  expect(yuan(found.low)).toBe("1000.00");
  expect(yuan(found.high)).toBe("3885.71");
  // On 1 July 2022 had all its money, 2023 still 0.6: mean 0.8 of 1200 is 960; 31 December: 1200, above 1100.
  expect(dayText(found.exhaustedOn!)).toBe("2024-12-31");
});

test("a budget that is used up already was used up on its day", () => {
  const of = spending({ "2023-06-01": 50, "2023-12-01": 50, ...THIS_YEAR }, 550);
  const found = fundOutlook(of, { asOf, firstDay: dayOf(2023, 1, 1), wholeYears: [2023] })!;
  expect(dayText(found.exhaustedOn!)).toBe("2024-06-20");
});

test("one earlier year: its share alone, and the last days' rate", () => {
  const of = spending({ "2023-03-01": 300, "2023-10-01": 900, ...THIS_YEAR }, 5000);
  const found = fundOutlook(of, { asOf, firstDay: dayOf(2023, 1, 1), wholeYears: [2023] })!;
  expect(found.years).toEqual([2023]);
  expect(pace(found.pace)).toBe("0.250000");
  expect(yuan(found.projected)).toBe("2400.00");
  expect(yuan(found.low)).toBe("2400.00");
  expect(yuan(found.high)).toBe("3885.71");
  expect(found.exhaustedOn).toBeNull();
});

test("no whole earlier year: a straight line, and the method says so", () => {
  const of = spending({ "2023-10-01": 900, ...THIS_YEAR }, 1000);
  const found = fundOutlook(of, { asOf, firstDay: dayOf(2023, 7, 1), wholeYears: [] })!;
  expect(found.method).toBe("straight_line");
  expect(found.years).toEqual([]);
  // 182 / 366
  expect(pace(found.pace)).toBe("0.497268");
  // 600 × 366 / 182 = 1206.593…
  expect(yuan(found.projected)).toBe("1206.59");
  expect(yuan(found.low)).toBe("1206.59");
  expect(yuan(found.high)).toBe("3885.71");
  // 1000 / (600 / 182) = 303.33 days: the 304th is 30 October.
  expect(dayText(found.exhaustedOn!)).toBe("2024-10-30");
});

test("29 February is held against the end of February; a rate is not taken over days before the data", () => {
  const leap = dayOf(2024, 2, 29);
  const of = spending({ "2023-02-28": 10, "2023-03-01": 90, "2024-02-20": 20 });
  const found = fundOutlook(of, { asOf: leap, firstDay: dayOf(2023, 1, 1), wholeYears: [2023] })!;
  expect(pace(found.pace)).toBe("0.100000");
  const young = spending({ "2024-02-20": 20 });
  const begun = fundOutlook(young, { asOf: leap, firstDay: dayOf(2024, 2, 20), wholeYears: [] })!;
  // 20 yuan in the 10 days since 20 February: 20 + 2 × 306.
  expect(yuan(begun.high)).toBe("632.00");
});

test("a fund without money and without a budget has no outlook; one with a budget has", () => {
  const span = { asOf, firstDay: dayOf(2023, 1, 1), wholeYears: [] };
  expect(fundOutlook(spending({}), span)).toBeNull();
  const idle = fundOutlook(spending({}, 10), span)!;
  expect([yuan(idle.projected), idle.exhaustedOn]).toEqual(["0.00", null]);
});

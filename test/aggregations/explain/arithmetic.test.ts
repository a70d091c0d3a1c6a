import { expect, test } from "vitest";
import { difference, figureOf, sameValue, sideSum } from "../../../aggregations/explain/arithmetic.js";

const sum = (...terms: [sign: string, term: string, value: string | null][]) =>
  sideSum(terms.map(([sign, term, value]) => ({ sign, term, value })));

test("a side is the signed sum of its terms, exact beyond 2^53", () => {
  expect(sum(["+", "income", "90071992547409930.01"], ["-", "expense", "0.02"])).toBe("90071992547409929.99");
});

test("a flow without records counts 0; an opening balance or a budget without records makes the side unknown", () => {
  expect(sum(["+", "income", null], ["-", "expense", "5.00"])).toBe("-5.00");
  expect(sum(["+", "opening_balance", null], ["+", "income_to_date", "5.00"])).toBeNull();
  expect(sum(["+", "budget_income", null])).toBeNull();
});

test("a ratio has six decimals, half up away from zero, and none over 0", () => {
  expect(figureOf("2", { sum: "3", months: 1 })).toBe("0.666667");
  expect(figureOf("-1", { sum: "2000000", months: 1 })).toBe("-0.000001");
  expect(figureOf("1.00", { sum: "0.00", months: 1 })).toBeNull();
  expect(figureOf("1.00", { sum: null, months: 1 })).toBeNull();
  expect(figureOf(null, null)).toBeNull();
});

test("a denominator per month: 12500 over 4500 in three months pays 8.333333 months", () => {
  expect(figureOf("12500.00", { sum: "4500.00", months: 3 })).toBe("8.333333");
});

test("values are compared as numbers; nothing is 0", () => {
  expect(sameValue("1.50", "1.5")).toBe(true);
  expect(sameValue(null, "0.000000")).toBe(true);
  expect(sameValue("0.01", null)).toBe(false);
  expect(difference("1.5", "0.25")).toBe("1.25");
  expect(difference(null, "1")).toBeNull();
});

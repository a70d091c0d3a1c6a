import { expect, test } from "vitest";
import { groupingOf, parseRequest } from "../../../aggregations/explain/request.js";

const request = (period: string, indicator: string, ...pairs: string[]) =>
  parseRequest(period, indicator, pairs).request;

test("dimensions come in the order of `grouping`, whatever the order they were given in", () => {
  const r = request("2024H1", "fee", "region=city", "insurance=resident", "care=inpatient");
  expect(Object.entries(r.dimensions)).toEqual([
    ["care", "inpatient"],
    ["region", "city"],
  ]);
  expect([groupingOf(r), r.insurance]).toEqual(["care+region", "resident"]);
});

test("without dimensions the total of all insurances is meant", () => {
  const r = request("2024", "fee");
  expect([groupingOf(r), r.insurance]).toEqual(["total", "all"]);
});

test("an indicator and values may be named in Chinese, where the name is one indicator's alone", () => {
  const r = request(
    "2024H1",
    "实际报销比例",
    "insurance=居民医保",
    "care=住院",
    "region=市内住院",
    "tier=三级医疗机构",
  );
  expect(r).toMatchObject({
    indicator: "reimb_rate",
    insurance: "resident",
    dimensions: { care: "inpatient", region: "city", tier: "3" },
  });
  // 人次 is visits, and beneficiaries of the books.
  expect(parseRequest("2024H1", "人次", []).formula).toBeUndefined();
});

test("what has no column is a dimension of a reported fact, of which the formula is not known yet", () => {
  const { request: r, formula } = parseRequest("2024Q1", "inspected", [
    "facility_kind=village",
    "district=620725",
  ]);
  expect(formula).toBeUndefined();
  expect([r.dimensions, r.other, groupingOf(r)]).toEqual([
    { district: "620725" },
    { facility_kind: "village" },
    "district+other",
  ]);
});

test("a value may hold an equals sign and need not be known", () => {
  expect(request("2024", "fee", "care=a=b").dimensions).toEqual({ care: "a=b" });
});

test.each([
  ["2024Q5", "fee", []],
  ["24H1", "fee", []],
  ["2024-02-30", "fee", []],
  ["2024", "fee", ["care"]],
  ["2024", "fee", ["=inpatient"]],
  ["2024", "fee", ["care="]],
  ["2024", "fee", ["care=a", "care=b"]],
  ["2024", "fee", ["insurance=none"]],
  ["2024", "fee", ["sex=female"]],
  ["2024", "enrolled", ["facility=H1"]],
  ["2024", "dip_cases", ["care=inpatient"]],
] as const)("%s %s %j is wrong usage", (period, indicator, pairs) => {
  expect(() => parseRequest(period, indicator, pairs)).toThrow("FP1003");
});

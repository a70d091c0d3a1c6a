import { expect, it } from "vitest";
import { factFigures } from "../../../aggregations/streams/facts.js";
import type { StreamRecord } from "../../../schemas/input/settlement.js";
import { at, fact, find, WINDOW } from "./support.js";

const OWN = { admdvs: "620725" };
const on = (...facts: StreamRecord[]) => factFigures(facts.map(fact), OWN, WINDOW);

it("a fact is published under its own indicator, unit and period", () => {
  expect(on({ value: "1234" })).toEqual([
    {
      period: "2024H1",
      insurance: "all",
      grouping: "total",
      dimensions: {},
      other: null,
      indicator: "certified_cases",
      unit: "person",
      value: "1234.000000",
      previous: null,
      change_pct: null,
    },
  ]);
});

it("dimensions with a column go there, the others into other", () => {
  const [figure] = on({
    dimensions: { tier: "2", insurance: "resident", payer: "x", category: "门诊慢特病", channel: "" },
  });
  expect(figure).toMatchObject({
    insurance: "resident",
    grouping: "category+tier+other",
    dimensions: { category: "门诊慢特病", tier: "2" },
    other: { payer: "x" },
  });
});

it("district is set only when the division is not the jurisdiction's own", () => {
  expect(on({ admdvs: "620722" })[0]).toMatchObject({
    grouping: "district",
    dimensions: { district: "620722" },
  });
  expect(on({})[0].dimensions).toEqual({});
});

it("stands beside last year's, and a missing side is unknown", () => {
  // (110 − 100) / 100 = 0.1
  const figures = on({ value: "110" }, { fact_id: "F2", period: "2023H1", value: "100" });
  expect(find(figures, "2024H1", "certified_cases all")).toMatchObject({
    value: "110.000000",
    previous: "100.000000",
    change_pct: "0.100000",
  });
  expect(find(figures, "2023H1", "certified_cases all")?.previous).toBeNull();
  const lapsed = on({ period: "2023Q1", value: "5" });
  expect(find(lapsed, "2024Q1", "certified_cases all")).toMatchObject({ value: null, previous: "5.000000" });
});

it("periods that the data do not reach are not published", () => {
  const periods = (...ids: string[]) =>
    on(...ids.map((period, i) => ({ period, fact_id: String(i) }))).map((f) => f.period);
  expect(periods("2024-06", "2024-06-30", "2024YTD06", "2024H1", "2024")).toHaveLength(5);
  expect(periods("2024-07", "2024-07-01", "2024YTD07", "2024H2", "2025")).toEqual([]);
});

it("29 February has no previous day and comes back only in a leap year", () => {
  expect(on({ period: "2024-02-29" }).map((f) => [f.period, f.previous])).toEqual([["2024-02-29", null]]);
});

it("of two facts of one figure the later one stands, in any order, and they are never added up", () => {
  const early = { fact_id: "A", value: "1", updt_time: at("2024-07-01T00:00:00Z") };
  const late = { fact_id: "B", value: "2", updt_time: at("2024-07-02T00:00:00Z"), unit: "visit" };
  expect(on(early, late)).toEqual(on(late, early));
  expect(on(early, late)).toHaveLength(1);
  expect(on(early, late)[0]).toMatchObject({ value: "2.000000", unit: "visit" });
});

it("values are rounded half up to six places", () => {
  expect(on({ value: "0.0000005" })[0].value).toBe("0.000001");
  expect(on({ value: "-0.0000005" })[0].value).toBe("-0.000001");
});

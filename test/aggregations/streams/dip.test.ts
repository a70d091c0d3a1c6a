import { expect, it } from "vitest";
import { dipFigures } from "../../../aggregations/streams/dip.js";
import { dipResult, find, value, WINDOW } from "./support.js";

// H1: January 10 cases, 1000.00 by items, 900.01 by DIP at 5 %; March 5 cases, 500.00 and 600.00 at 10 %
// H2: March, employee, 1 case, 200.00 and 150.00 at 5 %
const figures = dipFigures(
  [
    dipResult({ settled_month: "2024-01", cases: 10, fee_for_service_amount: 100_000, dip_amount: 90_001 }),
    dipResult({ cases: 5, fee_for_service_amount: 50_000, dip_amount: 60_000, deposit_rate: "0.1" }),
    dipResult({
      fixmedins_code: "H2",
      insurance: "employee",
      cases: 1,
      fee_for_service_amount: 20_000,
      dip_amount: 15_000,
    }),
    dipResult({ settled_month: "2023-01", cases: 8, fee_for_service_amount: 100_000, dip_amount: 80_000 }),
  ],
  WINDOW,
);

it("sums cases and amounts by settled month", () => {
  expect(value(figures, "2024H1", "dip_cases resident facility=H1")).toBe("15");
  expect(value(figures, "2024H1", "ffs_amount resident facility=H1")).toBe("1500.00");
  expect(value(figures, "2024H1", "dip_amount resident facility=H1")).toBe("1500.01");
  expect(value(figures, "2024H1", "dip_difference resident facility=H1")).toBe("0.01");
  expect(value(figures, "2024-01", "dip_difference resident")).toBe("-99.99");
  expect(value(figures, "2024-02", "dip_cases resident")).toBeUndefined();
});

it("the deposit is each result's own rate of its DIP amount, not rounded before the sum", () => {
  // 900.01 × 0.05 + 600.00 × 0.10 = 45.0005 + 60
  expect(value(figures, "2024H1", "dip_deposit resident facility=H1")).toBe("105.000500");
});

it("the prepay rate is DIP over fee for service", () => {
  expect(value(figures, "2024H1", "dip_prepay_rate resident")).toBe("1.000007"); // 1500.01 / 1500 = 1.00000666…
  expect(value(figures, "2024H1", "dip_prepay_rate employee facility=H2")).toBe("0.750000");
});

it("all insurance is the sum of every insurance", () => {
  expect(value(figures, "2024H1", "dip_cases all")).toBe("16");
  expect(value(figures, "2024H1", "dip_amount all")).toBe("1650.01");
  expect(new Set(figures.map((f) => f.grouping))).toEqual(new Set(["total", "facility"]));
});

it("stands beside last year's", () => {
  expect(find(figures, "2024-01", "dip_cases resident")).toMatchObject({
    previous: "8",
    change_pct: "0.250000",
  });
  expect(find(figures, "2024-03", "dip_amount resident")).toMatchObject({
    previous: "0.00",
    change_pct: null,
  });
  expect(find(figures, "2024-03", "dip_prepay_rate resident")?.previous).toBeNull();
  expect(find(figures, "2023-01", "dip_cases resident")?.previous).toBeNull();
});

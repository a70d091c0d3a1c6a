import { expect, test } from "vitest";
import { columnOf } from "../../../aggregations/printed/columns.js";
import { comparePrinted } from "../../../aggregations/printed/compare.js";
import { type FigureRow, Figures } from "../../../aggregations/printed/figures.js";
import type { PrintedReport, PrintedRow } from "../../../aggregations/printed/report.js";

const HALF_UP = { rounding: "half-up", zeroBase: "hundred" } as const;
const STAY = { care: "inpatient", category: "普通住院" };

/** Two facilities: A with 3 stays for 1000 yuan (last year 2 for 500), B with 1 for 200 (last year none). */
const FIGURES = new Figures(
  [
    row(
      "care+category+facility",
      { ...STAY, facility: "HA", facility_name: "甲医院" },
      [3, 2],
      [1000, 500],
      [600.05, 250],
    ),
    row(
      "care+category+facility",
      { ...STAY, facility: "HB", facility_name: "乙卫生院" },
      [1, 0],
      [200, 0],
      [100, 0],
    ),
    row("care+category", STAY, [4, 2], [1200, 500], [700.05, 250]),
    row("care+category+region", { ...STAY, region: "county" }, [4, 2], [1200, 500], [700.05, 250]),
    [figure("total", {}, "enrolled", 300, null)],
  ].flat(),
);

function figure(
  grouping: string,
  dimensions: Record<string, string>,
  indicator: string,
  value: number,
  previous: number | null,
): FigureRow {
  const text = previous === null ? null : String(previous);
  return { insurance: "resident", grouping, dimensions, indicator, value: String(value), previous: text };
}

function row(
  grouping: string,
  dimensions: Record<string, string>,
  ...[visits, fee, pool]: number[][]
): FigureRow[] {
  return [
    figure(grouping, dimensions, "visits", visits[0], visits[1]),
    figure(grouping, dimensions, "fee", fee[0], fee[1]),
    figure(grouping, dimensions, "pool_paid", pool[0], pool[1]),
  ];
}

function compare(
  id: string,
  keys: string[],
  rows: PrintedRow[],
  extra: Partial<PrintedReport> = {},
  habits: Parameters<typeof comparePrinted>[2] = HALF_UP,
) {
  const report: PrintedReport = {
    title: "t",
    period: { from: "2024-01-01", to: "2024-06-30" },
    facilities: [
      { id: "a", group: "county_level", names: ["县甲医院", "甲医院"] },
      { id: "b", group: "township", names: ["乙卫生院"] },
    ],
    tables: [
      {
        id,
        title: id,
        insurance: "resident",
        columns: keys.map((key) => ({ key, label: key, unit: null })),
        rows,
      },
    ],
    inconsistencies: [],
    ...extra,
  };
  return comparePrinted(report, FIGURES, habits)[0].rows.map((r) =>
    r.cells.map((c) => (c.status === "equal" ? c.printed : `${c.printed}≠${c.computed} ${c.status}`)),
  );
}

test("averages, rates, growth and subtotals are made from unrounded sums", () => {
  // 1000/3 = 333.33; last year 250.00; difference 83.333; growth 33.33 %. Both together 1200/4 = 300, +20 %.
  const keys = [
    "facility",
    "avg_fee_yuan",
    "avg_fee_prev_yuan",
    "avg_fee_delta_yuan",
    "avg_fee_yoy_pct",
    "base_comp_rate_pct",
  ];
  const cells = (values: string[]) => Object.fromEntries(keys.slice(1).map((key, i) => [key, values[i]]));
  const printed = [
    {
      facility: "甲",
      _kind: "detail",
      _facility_id: "a",
      ...cells(["333.33", "250.00", "83.33", "33.33", "60.01"]),
    },
    {
      facility: "小计",
      _kind: "subtotal",
      _group: "township",
      ...cells(["200.00", "0.00", "200.00", "100.00", "50.00"]),
    },
    { facility: "合计", _kind: "total", ...cells(["300.00", "250.00", "50.00", "20.00", "58.34"]) },
  ];
  expect(compare("resident.inpatient.by_facility.avg_fee", keys, printed)).toEqual(
    printed.map((r) => keys.slice(1).map((key) => (r as Record<string, string>)[key])),
  );
});

test("a region's hospitalization rate is over the whole insurance, a share over the table's total", () => {
  // 4 / 300 = 1.33 %; 4 / 4 = 100 %.
  const printed = [
    {
      region: "县内住院",
      _kind: "detail",
      insured: "300",
      visits: "4",
      hospitalization_rate_pct: "1.33",
      share_pct: "100.00",
    },
  ];
  const keys = ["region", "insured", "visits", "hospitalization_rate_pct", "share_pct"];
  expect(compare("resident.inpatient.by_region.rate", keys, printed)).toEqual([
    ["300", "4", "1.33", "100.00"],
  ]);
});

test("a figure that differs is told apart by whether the print is known to be wrong there", () => {
  const keys = ["facility", "visits", "visits_prev", "visits_delta"];
  const printed = [
    {
      facility: "甲",
      _kind: "detail",
      _facility_id: "a",
      _line: 9,
      visits: "3",
      visits_prev: "1",
      visits_delta: "2",
    },
  ];
  expect(compare("resident.inpatient.by_facility.visits", keys, printed)).toEqual([
    ["3", "1≠2 different", "2≠1 different"],
  ]);
  const ref = { table: "resident.inpatient.by_facility.visits", line: 9, key: "visits_prev" };
  const inconsistencies = [{ id: "x1", kind: "error", note: "a slip", ref }];
  expect(compare("resident.inpatient.by_facility.visits", keys, printed, { inconsistencies })).toEqual([
    ["3", "1≠2 print-error", "2≠1 print-error"],
  ]);
});

test("a bureau that cuts off is followed, and a change from base 0 may be blank", () => {
  const keys = ["facility", "base_comp_rate_pct", "visits_yoy_pct"];
  const cut = { rounding: "cut-off", zeroBase: "blank" } as const;
  // 600.05 / 1000 = 60.005 %.
  const a = [
    {
      facility: "甲",
      _kind: "detail",
      _facility_id: "a",
      base_comp_rate_pct: "60.00",
      visits_yoy_pct: "50.00",
    },
  ];
  expect(compare("resident.inpatient.by_facility.x", keys, a, {}, cut)).toEqual([["60.00", "50.00"]]);
  const b = [
    { facility: "乙", _kind: "detail", _facility_id: "b", base_comp_rate_pct: "50.00", visits_yoy_pct: "" },
  ];
  expect(compare("resident.inpatient.by_facility.x", keys, b, {}, cut)).toEqual([["50.00", ""]]);
});

test("tables and columns of other streams are named, not guessed", () => {
  const printed = [{ facility: "甲", _kind: "detail", _facility_id: "a", dip_paid_wan: "1.00" }];
  expect(compare("resident.dip.by_facility", ["facility", "dip_paid_wan"], printed)).toEqual([
    ["1.00≠null beyond"],
  ]);
  expect(columnOf("certified_cases")).toBeNull();
  expect(columnOf("avg_fee_yoy_pct")).toMatchObject({ form: "growth" });
  expect(columnOf("base_comp_rate_delta_pp")).toMatchObject({ form: "difference" });
});

import { expect, test } from "vitest";
import { type FigureRow, Figures } from "../../../pipelines/audit/arithmetic/figures.js";
import { audit, detectRounding, nameOf } from "../../../pipelines/audit/arithmetic/judge.js";
import type { Catalogue } from "../../../pipelines/audit/wording/catalogue.js";
import { Meanings } from "../../../pipelines/audit/wording/meaning.js";
import { printedFigures } from "../../../pipelines/audit/wording/printed-figures.js";
import {
  type AuditHints,
  asPrintedReport,
  type PrintedRow,
} from "../../../pipelines/audit/wording/report.js";

const HALF_UP = { rounding: "half-up", zeroBase: "hundred" } as const;
const STAY = { care: "inpatient", category: "普通住院" };
type Pair = readonly [number, number | null];

function figure(
  grouping: string,
  dimensions: Record<string, string>,
  indicator: string,
  [value, previous]: Pair,
  insurance = "resident",
): FigureRow {
  const text = previous === null ? null : String(previous);
  return { insurance, grouping, dimensions, indicator, value: String(value), previous: text };
}

const stays = (
  grouping: string,
  dimensions: Record<string, string>,
  visits: Pair,
  fee: Pair,
  pool: Pair,
): FigureRow[] => [
  figure(grouping, dimensions, "visits", visits),
  figure(grouping, dimensions, "fee", fee),
  figure(grouping, dimensions, "pool_paid", pool),
  figure(grouping, dimensions, "reimbursed", [pool[0] + 10, pool[1]]),
];

/** Two facilities: A with 3 stays for 1000 yuan (last year 2 for 500), B with 1 for 200 (last year none). */
const ROWS: FigureRow[] = [
  ...stays("care+category+facility", { ...STAY, facility: "HA" }, [3, 2], [1000, 500], [600.05, 250]),
  ...stays("care+category+facility", { ...STAY, facility: "HB" }, [1, 0], [200, 0], [100, 0]),
  ...stays("care+category", STAY, [4, 2], [1200, 500], [700.05, 250]),
  ...stays("care+category+region", { ...STAY, region: "county" }, [4, 2], [1200, 500], [700.05, 250]),
  figure("total", {}, "enrolled", [300, null]),
  figure("facility", { facility: "HA" }, "dip_amount", [900, null]),
  figure("facility", { facility: "HA" }, "ffs_amount", [1000, null]),
  figure("category", { category: "普通住院" }, "certified_cases", [17, null]),
  figure("subject", { subject: "allowance" }, "expense", [50_000, null]),
  figure("care+category", STAY, "benefit_paid", [700.05, 250]),
  figure("total", {}, "benefit_paid", [100_000, 250]),
  ...stays(
    "care+category+care_group",
    { ...STAY, care_group: "市内二级" },
    [4, 2],
    [1200, 500],
    [700.05, 250],
  ),
  ...stays("care+category+district", { ...STAY, district: "370602" }, [3, 2], [900, 500], [500, 250]),
];

const CATALOGUE: Catalogue = {
  period: "2024H1",
  level: "county",
  previousKnown: true,
  kept: ROWS.map(({ insurance, grouping, indicator }) => ({ insurance, grouping, indicator, unit: "" })),
  lines: [
    { insurance: "resident", care: "inpatient", category: "普通住院", fee: "1200" },
    { insurance: "resident", care: "inpatient", category: null, fee: "1300" },
  ],
  facilities: [
    { facility: "HA", name: "甲医院", kind: "hospital" },
    { facility: "HB", name: "乙卫生院", kind: "township" },
  ],
  divisions: [{ admdvs: "370602", name: "芝罘区" }],
  careGroups: ["市内二级"],
  categories: { inpatient: ["普通住院"], chronic: [], general: [], two: [], negotiated: [] },
  booked: [{ subject: "allowance", line: "生育津贴" }],
};

const FACILITIES = [
  { id: "a", group: "county_level", names: ["县甲医院", "甲医院"] },
  { id: "b", group: "township", names: ["乙卫生院"] },
];

function audited(json: object, habits: typeof HALF_UP | object = HALF_UP, hints: AuditHints = {}) {
  const report = asPrintedReport({ period: { from: "2024-01-01", to: "2024-06-30" }, ...json });
  const figures = printedFigures(report, new Meanings(report, CATALOGUE, hints));
  return audit(report.inconsistencies ?? [], figures, new Figures(ROWS), { ...HALF_UP, ...habits }, true);
}

const table = (
  id: string,
  keys: string[],
  rows: PrintedRow[],
  labels: Record<string, string> = {},
): object => ({
  id,
  title: id,
  insurance: "resident",
  columns: keys.map((key) => ({ key, label: labels[key] ?? key, unit: null })),
  rows,
});

const said = (json: object, habits: object = HALF_UP, hints: AuditHints = {}): string[] =>
  audited(json, habits, hints).map((f) =>
    f.status === "equal" ? `${f.text} =` : `${f.text} ${f.computed} ${f.status}`,
  );

test("averages, rates, growth and subtotals are made from unrounded sums", () => {
  // 1000/3 = 333.33; last year 250.00; difference 83.333; growth 33.33 %. Both together 1200/4 = 300, +20 %.
  const keys = [
    ...["facility", "avg_fee_yuan", "avg_fee_prev_yuan", "avg_fee_delta_yuan", "avg_fee_yoy_pct"],
    "base_comp_rate_pct",
  ];
  const cells = (...values: string[]) => Object.fromEntries(keys.slice(1).map((key, i) => [key, values[i]]));
  const rows: PrintedRow[] = [
    {
      facility: "甲",
      _kind: "detail",
      _facility_id: "a",
      ...cells("333.33", "250.00", "83.33", "33.33", "60.01"),
    },
    {
      facility: "小计",
      _kind: "subtotal",
      _group: "township",
      ...cells("200.00", "0.00", "200.00", "100.00", "50.00"),
    },
    { facility: "合计", _kind: "total", ...cells("300.00", "250.00", "50.00", "20.00", "58.34") },
  ];
  const id = "resident.inpatient.by_facility.avg_fee";
  const found = audited({ facilities: FACILITIES, tables: [table(id, keys, rows)] });
  expect(found).toHaveLength(15);
  expect(found.filter((f) => f.status !== "equal")).toEqual([]);
});

test("a region's hospitalization rate is over the whole insurance, a share over the table's total", () => {
  // 4 / 300 = 1.33 %; 4 / 4 = 100 %.
  const keys = ["region", "insured", "visits", "hospitalization_rate_pct", "share_pct"];
  const row = {
    region: "县内住院",
    _kind: "detail",
    insured: "300",
    visits: "4",
    hospitalization_rate_pct: "1.33",
    share_pct: "100.00",
  };
  expect(said({ tables: [table("resident.inpatient.by_region.rate", keys, [row])] })).toEqual([
    "300 =",
    "4 =",
    "1.33 =",
    "100.00 =",
  ]);
});

const VISITS = "resident.inpatient.by_facility.visits";
const visits = (more: object) => ({ facility: "甲", _kind: "detail", _facility_id: "a", _line: 9, ...more });
const KEYS = ["facility", "visits", "visits_prev", "visits_delta"];

test("a print that is wrong throughout differs; one that contradicts itself is told apart", () => {
  // 3 stays, 2 last year. Printed 1 of last year and the 2 that follow: nothing in the print says otherwise.
  const consistent = visits({ visits: "3", visits_prev: "1", visits_delta: "2" });
  const print = (row: PrintedRow, more: object = {}): object => ({
    facilities: FACILITIES,
    tables: [table(VISITS, KEYS, [row])],
    ...more,
  });
  expect(said(print(consistent))).toEqual(["3 =", "1 2 differs", "2 1 differs"]);
  // 3 − 1 is not 1: with 2 it is.
  const slip = visits({ visits: "3", visits_prev: "1", visits_delta: "1" });
  const other = { facility: "乙", _kind: "detail", _facility_id: "b" };
  const beside = { ...other, visits: "1", visits_prev: "0", visits_delta: "1" };
  const two = (...rows: PrintedRow[]) => ({ facilities: FACILITIES, tables: [table(VISITS, KEYS, rows)] });
  expect(said(two(slip, beside))).toEqual(["3 =", "1 =", "1 2 print-error", "0 =", "1 =", "1 ="]);
  // With no other figure in its column nothing shows that last year is what the column says.
  expect(said(print(slip))).toEqual(["3 =", "1 2 differs", "1 ="]);
  // A column that differs throughout was misread, or is another thing.
  const misread = { ...beside, visits_prev: "4" };
  expect(said(two(slip, misread)).slice(2, 4)).toEqual(["1 2 differs", "4 0 differs"]);
  // What the report itself lists as wrong, and what follows from it.
  const ref = { table: VISITS, line: 9, key: "visits_prev" };
  const inconsistencies = [{ id: "x1", kind: "error", note: "a slip", ref }];
  expect(said(print(consistent, { inconsistencies }))).toEqual(["3 =", "1 2 print-error", "2 1 print-error"]);
});

test("a figure that is right twice and wrong once contradicts the other", () => {
  const tables = [table(VISITS, KEYS.slice(0, 2), [visits({ visits: "3" })])];
  const statements = [{ id: "resident.inpatient.total", values: { visits: "4", visits_yoy_pct: "100" } }];
  expect(said({ facilities: FACILITIES, tables, statements })).toEqual(["3 =", "4 =", "100 ="]);
  const again = (values: object) =>
    said({
      facilities: FACILITIES,
      tables,
      statements: [{ id: "resident.inpatient.visits", values }, ...statements],
    });
  expect(again({ visits: "5", visits_yoy_pct: "100" })).toEqual([
    "3 =",
    "5 4 print-error",
    "100 =",
    "4 =",
    "100 =",
  ]);
  // A sentence of which nothing is confirmed may be about something else.
  expect(again({ visits: "5" })).toEqual(["3 =", "5 4 differs", "4 =", "100 ="]);
});

test("a total that its lines do not make, a mean that they do not weigh, a quotient that they do not give", () => {
  const line = (facility: string, id: string, more: object) => ({
    facility,
    _kind: "detail",
    _facility_id: id,
    ...more,
  });
  const total = (more: object) => ({ facility: "合计", _kind: "total", ...more });
  const of = (keys: string[], a: object, b: object, all: object) => ({
    facilities: FACILITIES,
    tables: [table(VISITS, ["facility", ...keys], [line("甲", "a", a), line("乙", "b", b), total(all)])],
  });
  // 3 + 1 is not 5.
  const sums = (all: object) =>
    said(
      of(
        ["visits", "visits_prev"],
        { visits: "3", visits_prev: "2" },
        { visits: "1", visits_prev: "0" },
        all,
      ),
    );
  expect(sums({ visits: "5", visits_prev: "2" }).slice(0, 3)).toEqual(["3 =", "1 =", "5 4 print-error"]);
  // A total row of which nothing is confirmed may hold more than the lines above it.
  expect(said(of(["visits"], { visits: "3" }, { visits: "1" }, { visits: "5" })).at(-1)).toBe("5 4 differs");
  expect(sums({ visits: "5", visits_prev: "3" }).filter((t) => t.includes("print-error"))).toEqual([]);
  // Everything one more: 4 + 2 = 6.
  expect(said(of(["visits"], { visits: "4" }, { visits: "2" }, { visits: "6" }))).toEqual([
    "4 3 differs",
    "2 1 differs",
    "6 4 differs",
  ]);
  // 3 × 333.33 + 1 × 200.00 over 4 is 300.00.
  const means = of(
    ["visits", "avg_fee_yuan"],
    { visits: "3", avg_fee_yuan: "333.33" },
    { visits: "1", avg_fee_yuan: "200.00" },
    { visits: "4", avg_fee_yuan: "266.67" },
  );
  expect(said(means).slice(3)).toEqual(["333.33 =", "200.00 =", "266.67 300.00 print-error"]);
  // 700.05 / 1200 = 58.34 %, out of what the print says itself.
  const rate = {
    statements: [
      {
        id: "resident.inpatient.total",
        values: { pool_paid_yuan: "700.05", fee_total_yuan: "1200.00", base_comp_rate_pct: "68.34" },
      },
    ],
  };
  // Alone in its column it may as well be another rate than it was read as.
  expect(said(rate)).toEqual(["700.05 =", "1200.00 =", "68.34 58.34 differs"]);
  const alone = { statements: [{ id: "resident.inpatient.total", values: { base_comp_rate_pct: "68.34" } }] };
  expect(said(alone)).toEqual(["68.34 58.34 differs"]);
});

test("a figure that follows from a wrong one is what that makes of it in print, no other", () => {
  const ref = { table: VISITS, line: 9, key: "visits_prev" };
  const inconsistencies = [{ id: "x1", kind: "error", note: "a slip", ref }];
  const row = visits({ visits: "3", visits_prev: "1", visits_delta: "7" });
  const json = { facilities: FACILITIES, tables: [table(VISITS, KEYS, [row])], inconsistencies };
  expect(said(json)).toEqual(["3 =", "1 2 print-error", "7 1 differs"]);
});

test("two cells of a table that were read as one figure and print otherwise are named, not excused", () => {
  const json = table(VISITS, ["facility", "visits", "cases"], [visits({ visits: "3", cases: "2" })], {
    cases: "住院人次",
  });
  const [, second] = audited({ facilities: FACILITIES, tables: [json] });
  expect([second?.status, second?.note]).toEqual([
    "differs",
    expect.stringContaining("read as the same figure"),
  ]);
});

test("a cell that is no number is said to be none, and is never passed over", () => {
  const row = visits({ visits: "约3", visits_prev: "—", visits_yoy_pct: "大增" });
  const keys = ["facility", "visits", "visits_prev", "visits_yoy_pct"];
  const columns = [...keys.map((key) => ({ key, label: key, unit: key === "visits" ? "人次" : null }))];
  const found = audited({ facilities: FACILITIES, tables: [{ ...table(VISITS, keys, [row]), columns }] });
  expect(found.map((f) => `${f.key} ${f.status} ${f.note}`)).toEqual([
    "visits not-computable “约3” cannot be read as a number",
    "visits_prev not-computable no figure is printed",
    "visits_yoy_pct not-computable “大增” cannot be read as a number",
  ]);
});

test("a direction is the sign of a figure in the prose", () => {
  const statement = (directions: object) => ({
    statements: [{ id: "resident.inpatient.total", values: { visits_yoy_pct: "100" }, directions }],
  });
  expect(said(statement({ visits_yoy_pct: "up" }))).toEqual(["100 ="]);
  expect(said(statement({ visits_yoy_pct: "down" }))).toEqual(["-100 100 differs"]);
});

test("a bureau that cuts off is followed, and found out", () => {
  // 600.05 / 1000 = 60.005 %; 700.05 / 1200 = 58.3375 %.
  const keys = ["facility", "base_comp_rate_pct"];
  const rows: PrintedRow[] = [
    { facility: "甲", _kind: "detail", _facility_id: "a", base_comp_rate_pct: "60.00" },
    { facility: "合计", _kind: "total", base_comp_rate_pct: "58.33" },
  ];
  const json = { facilities: FACILITIES, tables: [table(VISITS, keys, rows)] };
  expect(said(json, { rounding: "cut-off" })).toEqual(["60.00 =", "58.33 ="]);
  const report = asPrintedReport({ period: { from: "2024-01-01", to: "2024-06-30" }, ...json });
  const figures = printedFigures(report, new Meanings(report, CATALOGUE));
  expect(detectRounding(figures, new Figures(ROWS), HALF_UP, true)).toBe("cut-off");
});

test("a change from base 0 is 100.00, or left blank", () => {
  const row = { facility: "乙", _kind: "detail", _facility_id: "b", visits_yoy_pct: "100.00" };
  const last = { facility: "合计", _kind: "total", visits_yoy_pct: "100.00" };
  const json = (first: PrintedRow) => ({
    facilities: FACILITIES,
    tables: [table(VISITS, ["facility", "visits_yoy_pct"], [first, last])],
  });
  expect(said(json(row))).toEqual(["100.00 =", "100.00 ="]);
  const blank = { ...row, visits_yoy_pct: "" };
  expect(said(json(blank), { zeroBase: "blank" })).toEqual([" =", "100.00 ="]);
});

test("a report's own formula goes before what its heading says", () => {
  // 基本段 is 600.05 / 1000; this report divides everything reimbursed, 610.05 / 1000.
  const row = { facility: "甲", _kind: "detail", _facility_id: "a", base_comp_rate_pct: "61.01" };
  const tables = [table(VISITS, ["facility", "base_comp_rate_pct"], [row])];
  expect(said({ facilities: FACILITIES, tables })).toEqual(["61.01 60.01 differs"]);
  const formula = "reimb_total / fee_total * 100  (basic + large + aid, although the label says 基本段)";
  const of = (id: string) => ({ facilities: FACILITIES, tables, indicators: [{ id, formula }] });
  expect(said(of("base_comp_rate"))).toEqual(["61.01 ="]);
  expect(said(of("base_comp_rate_resident"))).toEqual(["61.01 ="]);
  expect(said(of("base_comp_rate_employee"))).toEqual(["61.01 60.01 differs"]);
});

test("streams beside the settlements: DIP by its own cases, certified cases of the whole table, booked lines", () => {
  const dip = {
    facility: "甲",
    _kind: "detail",
    _facility_id: "a",
    ffs_paid_wan: "0.10",
    dip_prepay_rate_pct: "90.00",
  };
  const chronic = [
    { tier: "三级", _kind: "detail", certified_cases: "17" },
    { tier: "二级", _kind: "detail", certified_cases: null },
  ];
  const structure = [
    { category: "生育津贴", _kind: "detail", fund_spend_wan: "5.00" },
    { category: "合计", _kind: "total", fund_spend_wan: "15.00" },
  ];
  const tables = [
    table("resident.dip.by_facility", ["facility", "ffs_paid_wan", "dip_prepay_rate_pct"], [dip]),
    table("resident.inpatient.by_tier", ["tier", "certified_cases"], chronic, {
      certified_cases: "认定人次",
    }),
    table("resident.fund_spend.structure", ["category", "fund_spend_wan"], structure),
  ];
  expect(said({ facilities: FACILITIES, tables })).toEqual([
    "0.10 =",
    "90.00 =",
    "17 =",
    "5.00 =",
    "15.00 =",
  ]);
});

test("a bureau whose ids and keys say nothing is read by its title and headings", () => {
  const columns = [
    "级别",
    "住院人次",
    "住院总费用（万元）",
    "次均费用(元)",
    "上年同期次均费用(元)",
    "次均费用同比增长率(%)",
    "次均费用同比增加(元)",
  ];
  const json = {
    title: "某市居民医保住院分级别情况表",
    id: "表3",
    columns: columns.map((label, i) => ({ key: i === 0 ? "row_label" : `c${i}`, label })),
    rows: [
      { row_label: "市内二级", c1: "4", c2: "0.12", c3: "300.00", c4: "250.00", c5: "20.00", c6: "50.00" },
      { row_label: "芝罘区", c1: "3", c2: "0.09", c3: "300.00", c4: "250.00", c5: "20.00", c6: "50.00" },
      { row_label: "合计", c1: "4", c2: "0.12", c3: "300.00", c4: "250.00", c5: "20.00", c6: "50.00" },
    ],
  };
  const found = audited({ tables: [json] });
  expect(
    found.filter((f) => f.status !== "equal").map((f) => `${nameOf(f)} ${f.computed} ${f.note}`),
  ).toEqual([]);
  expect(found).toHaveLength(18);
});

test("what nothing computes has its reason", () => {
  const tables = [
    table(
      "resident.inpatient.by_region",
      ["region", "unheard_of"],
      [{ region: "市内", _kind: "detail", unheard_of: "1" }],
    ),
    table(
      "resident.inpatient.by_facility",
      ["facility", "visits"],
      [{ facility: "丙", _kind: "detail", visits: "1" }],
    ),
    table(
      "resident.inpatient.by_channel",
      ["channel", "visits"],
      [{ channel: "直接结算", _kind: "detail", visits: "1" }],
    ),
    table("resident.inpatient.by_tier", ["tier", "visits"], [{ tier: "火星", _kind: "detail", visits: "1" }]),
  ];
  expect(audited({ tables }).map((f) => `${nameOf(f)}: ${f.note}`)).toEqual([
    "resident.inpatient.by_region 市内 unheard_of: unheard_of is not understood: unheard_of",
    "resident.inpatient.by_facility 丙 visits: no single facility is named 丙",
    "resident.inpatient.by_channel 直接结算 visits: visits is not kept by care+category+channel: an entry of groupings in the configuration adds it",
    "resident.inpatient.by_tier 火星 visits: 火星 in the column tier is not understood",
  ]);
});

test("a hint says where a figure stands that the report does not", () => {
  const tables = [table("resident.odd", ["row_label", "n"], [{ row_label: "甲", _kind: "detail", n: "3" }])];
  const hint = {
    grouping: "care+category+facility",
    dimensions: { ...STAY, facility: "HA" },
    top: ["visits"],
  };
  expect(said({ tables }, HALF_UP, { figures: { "resident.odd/甲/n": hint } })).toEqual(["3 ="]);
  const why = audited({ tables }, HALF_UP, { figures: { "resident.odd/n": "counted by hand" } });
  expect(why.map((f) => f.note)).toEqual(["counted by hand"]);
});

test("a file that is no printed report is refused with the first thing missing", () => {
  const period = { from: "2024-01-01", to: "2024-06-30" };
  const of = (json: unknown) => () => asPrintedReport(json);
  expect(of([])).toThrow("is no object");
  expect(of({})).toThrow("period.from and period.to are missing");
  expect(of({ period })).toThrow("neither tables nor statements");
  expect(of({ period, tables: [{}] })).toThrow("tables[0] has no id");
  expect(of({ period, tables: [{ id: "x" }] })).toThrow("table x has no columns");
  expect(of({ period, statements: [{ id: "x" }] })).toThrow("statements[0]");
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { monthNumber, parsePeriod } from "../../../aggregations/calendar.js";
import { fundFigures } from "../../../aggregations/streams/fund.js";
import { type SettledRow, settledRows } from "../../../aggregations/streams/settled.js";
import type { StreamRecord } from "../../../schemas/input/settlement.js";
import { day, find, fundEntry, value, WINDOW } from "./support.js";

/** An entry with its amount in yuan. */
const entry = (date: string, kind: string, yuan: number, fields: StreamRecord = {}): StreamRecord =>
  fundEntry({ book_date: day(date), kind, amount: Math.round(yuan * 100), ...fields });
const on = (records: readonly StreamRecord[], settled: readonly SettledRow[] = []) =>
  fundFigures(records, settled, WINDOW);

describe("books of one fund", () => {
  // 2024: opening 600.00, budget 1200.00 in and 1000.00 out
  // January: +300.10 (of it 100.00 prepayment), −50.05 (3 people); March: −100.00 (2 people)
  // 2023: January: +150.05
  const figures = on([
    entry("2024-01-01", "opening_balance", 600, { subject: "other" }),
    entry("2024-02-15", "budget_income", 1200),
    entry("2024-02-15", "budget_expense", 1000, { subject: "benefit" }),
    entry("2024-01-10", "income", 200.1),
    entry("2024-01-31", "income", 100, { subject: "prepayment" }),
    entry("2024-01-31", "expense", 50.05, { subject: "benefit", beneficiaries: 3 }),
    entry("2024-03-31", "expense", 100, { subject: "benefit", beneficiaries: 2 }),
    entry("2023-01-05", "income", 150.05),
  ]);
  const at = (period: string, indicator: string) =>
    value(figures, period, `${indicator} resident fund=resident`);

  it("flows count by their book date", () => {
    expect(at("2024-01", "income")).toBe("300.10");
    expect(at("2024-01", "expense")).toBe("50.05");
    expect(at("2024-01", "balance_period")).toBe("250.05");
    expect(at("2024Q1", "expense")).toBe("150.05");
    expect(at("2024Q1", "beneficiaries")).toBe("5");
    expect(at("2024-03", "income")).toBe("0.00"); // a row stands for its expense
    expect(at("2024-03", "balance_period")).toBe("-100.00");
    expect(at("2024-02", "income")).toBeUndefined(); // neither this February nor last has lines
  });

  it("the cumulative balance starts from the year's opening balance", () => {
    expect(at("2024-01", "balance_cumulative")).toBe("850.05"); // 600 + 300.10 − 50.05
    expect(at("2024-02", "balance_cumulative")).toBe("850.05");
    expect(at("2024-03", "balance_cumulative")).toBe("750.05");
    expect(at("2023", "balance_cumulative")).toBeUndefined(); // no opening balance in 2023
  });

  it("a budget counts for its whole year", () => {
    expect(at("2024-01", "budget_income")).toBe("1200.00");
    expect(at("2024H1", "budget_expense")).toBe("1000.00");
    expect(at("2024-03", "income_progress")).toBe("0.250083"); // 300.10 / 1200 = 0.25008333…
    expect(at("2024-03", "expense_progress")).toBe("0.150050");
    expect(at("2024-02", "expense_progress")).toBe("0.050050");
  });

  it("months payable is the balance over the period's average monthly expense", () => {
    expect(at("2024-03", "months_payable")).toBe("7.500500"); // 750.05 / (100 / 1)
    expect(at("2024Q1", "months_payable")).toBe("14.996001"); // 750.05 × 3 / 150.05 = 14.99600133…
    expect(at("2024H1", "months_payable")).toBe("29.992003"); // 750.05 × 6 / 150.05 = 29.9920026…
    expect(at("2024YTD03", "months_payable")).toBe("14.996001");
    expect(at("2024-02", "months_payable")).toBeUndefined(); // no expense
    expect(at("2024-03", "months_payable_net")).toBe("6.500500"); // (750.05 − 100) / 100
  });

  it("use of the fund since 1 January", () => {
    expect(at("2024-03", "use_progress")).toBe("0.500000"); // 150.05 / 300.10
    expect(at("2024-03", "expense_to_budget_income")).toBe("0.125042"); // 150.05 / 1200 = 0.12504166…
    expect(at("2024-03", "expense_to_available")).toBe("0.083361"); // 150.05 / 1800 = 0.08336111…
  });

  it("previous is last year's, 0 without lines, and missing before the data", () => {
    expect(find(figures, "2024-01", "income resident fund=resident")).toMatchObject({
      previous: "150.05",
      change_pct: "1.000000", // (300.10 − 150.05) / 150.05
    });
    expect(find(figures, "2024-03", "expense resident fund=resident")).toMatchObject({
      previous: "0.00",
      change_pct: null,
    });
    expect(find(figures, "2023-01", "income resident fund=resident")?.previous).toBeNull();
    expect(find(figures, "2024-03", "use_progress resident fund=resident")?.previous).toBe("0.000000");
  });

  it("change_pct comes from the unrounded figures", () => {
    // 2024: 1 / 3, 2023: 1 / 6000; 2000 − 1 = 1999, but 0.333333 / 0.000167 − 1 = 1995.005988
    const ratio = on([
      entry("2024-01-01", "income", 3),
      entry("2024-01-01", "expense", 1),
      entry("2023-01-01", "income", 6000),
      entry("2023-01-01", "expense", 1),
    ]);
    expect(find(ratio, "2024-01", "use_progress all")).toMatchObject({
      value: "0.333333",
      previous: "0.000167",
      change_pct: "1999.000000",
    });
  });

  it("an opening balance of 31 December opens the next year", () => {
    const closing = on([entry("2023-12-31", "opening_balance", 9), entry("2024-01-02", "income", 1)]);
    expect(value(closing, "2024-01", "balance_cumulative all")).toBe("10.00");
    expect(value(closing, "2023", "balance_cumulative all")).toBeUndefined();
  });
});

describe("groupings", () => {
  const figures = on([
    entry("2024-03-01", "income", 10, { fund: "employee_pool", group: "active" }),
    entry("2024-03-01", "income", 5, { fund: "employee_account" }),
    entry("2024-03-01", "income", 20, { admdvs: "620722" }),
    entry("2024-03-01", "income", 2, { fund: "aid", subject: "subsidy_local" }),
    entry("2024-03-01", "income", 1, { fund: "a_new_fund", insurance: "employee" }),
  ]);
  const income = (of: string) => value(figures, "2024-03", `income ${of}`);

  it("are those of the specification", () => {
    expect([...new Set(figures.map((f) => f.grouping))].sort()).toEqual(
      [
        "total",
        "district",
        "subject",
        "fund",
        "fund+subject",
        "district+fund",
        "district+fund+subject",
        "fund+person_group",
        "fund+subject+person_group",
      ].sort(),
    );
  });

  it("all insurance is every insurance plus the entries of all", () => {
    expect(income("employee")).toBe("16.00"); // 10 + 5 + 1
    expect(income("resident")).toBe("20.00");
    expect(income("all")).toBe("38.00"); // and 2 of aid
    expect(income("all fund=aid")).toBe("2.00");
    expect(income("resident fund=aid")).toBeUndefined();
  });

  it("the composite employee is a value of fund and in no sum", () => {
    expect(income("employee fund=employee")).toBe("15.00");
    expect(income("employee fund=employee_pool")).toBe("10.00");
    expect(income("employee fund=employee subject=levy")).toBe("15.00");
    expect(income("employee district=620725 fund=employee")).toBe("15.00");
    expect(income("employee district=620725")).toBe("16.00");
    expect(income("employee subject=levy")).toBe("16.00");
  });

  it("entries add up whatever their division", () => {
    expect(income("all district=620722")).toBe("20.00");
    expect(income("all district=620725")).toBe("18.00");
  });

  it("only entries of a group stand in person_group", () => {
    expect(income("employee fund=employee_pool person_group=active")).toBe("10.00");
    expect(income("employee fund=employee person_group=active subject=levy")).toBe("10.00");
    expect(figures.some((f) => f.dimensions.person_group === "all")).toBe(false);
  });
});

describe("settled expense", () => {
  const march = monthNumber(2024, 3);

  it("comes out of the fund of each amount", () => {
    const paid = {
      pool_paid: 1,
      account_paid: 2,
      civil_servant_paid: 3,
      large_paid: 4,
      critical_paid: 5,
      aid_paid: 6,
    };
    const funds = (insurance: string) =>
      Object.fromEntries(settledRows(march, insurance, "620725", paid).map((r) => [r.fund, r.amount]));
    const rest = { employee_account: 2, civil_servant: 3, large_amount: 4, critical_illness: 5, aid: 6 };
    expect(funds("employee")).toEqual({ employee_pool: 1, ...rest });
    expect(funds("resident")).toEqual({ resident: 1, ...rest });
    expect(funds("maternity")).toEqual({ maternity: 1, ...rest });
    expect(settledRows(march, "resident", "620725", { pool_paid: 0 })).toEqual([]);
  });

  it("stands live beside the books, under the fund's insurance", () => {
    const figures = on(
      [entry("2024-01-01", "budget_expense", 8, { fund: "employee_pool" })],
      [
        { month: march, fund: "employee_pool", district: "620725", amount: 100 },
        { month: march, fund: "employee_pool", district: "620722", amount: 50 },
        { month: march + 1, fund: "employee_pool", district: "620722", amount: -30 },
        { month: march, fund: "aid", district: "620725", amount: 7 },
        { month: march - 12, fund: "employee_pool", district: "620725", amount: 100 },
      ],
    );
    expect(find(figures, "2024-03", "settled_expense employee fund=employee_pool")).toMatchObject({
      value: "1.50",
      previous: "1.00",
      change_pct: "0.500000",
    });
    expect(value(figures, "2024H1", "settled_expense employee fund=employee")).toBe("1.20");
    expect(value(figures, "2024H1", "settled_expense employee district=620722")).toBe("0.20");
    expect(value(figures, "2024H1", "settled_expense all")).toBe("1.27");
    expect(value(figures, "2024H1", "settled_expense all fund=aid")).toBe("0.07");
    expect(value(figures, "2024-03", "settled_progress employee fund=employee_pool")).toBe("0.187500"); // 1.5 / 8
    expect(value(figures, "2024-04", "settled_progress employee fund=employee_pool")).toBe("0.150000"); // 1.2 / 8
    expect(value(figures, "2024-03", "expense employee fund=employee_pool")).toBeUndefined();
  });
});

it("sums stay exact beyond the safe integers", () => {
  const big = 9_007_199_254_740_991;
  const records = [1, 2, 3].map(() => fundEntry({ amount: big }));
  expect(value(on(records), "2024-03", "income resident")).toBe("270215977642229.73"); // 3 × 90071992547409.91
});

describe("random books", () => {
  const any = fc.record({
    fund: fc.constantFrom("employee_pool", "employee_account", "resident", "aid"),
    admdvs: fc.constantFrom("620725", "620722"),
    kind: fc.constantFrom("income", "expense", "budget_income", "budget_expense", "opening_balance"),
    subject: fc.constantFrom("levy", "prepayment", "benefit"),
    amount: fc.integer({ min: -1000, max: 1000 }),
    book_date: fc.constantFrom("2023-01-01", "2023-12-31", "2024-02-29", "2024-06-30", "2024-09-01").map(day),
    group: fc.constantFrom(null, "active"),
  });

  it("give the same figures in any order, one row each", () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (rows) => {
        const records = rows.map(fundEntry);
        const figures = on(records);
        expect(JSON.stringify(on([...records].reverse()))).toBe(JSON.stringify(figures));
        const keys = figures.map((f) => JSON.stringify([f.period, f.insurance, f.indicator, f.dimensions]));
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 12 },
    );
  });

  it("equal a plain sum over the entries of each figure's group and period", () => {
    const parts: Record<string, readonly string[]> = { employee: ["employee_pool", "employee_account"] };
    const insurances: Record<string, readonly string[]> = {
      employee: ["employee_pool", "employee_account"],
      resident: ["resident"],
      all: ["employee_pool", "employee_account", "resident", "aid"],
    };
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 12 }), (rows) => {
        const figures = on(rows.map(fundEntry));
        const flows = figures.filter((f) => f.indicator === "income" || f.indicator === "expense");
        const wanted = flows.map((f) => {
          const { startDay, endDay } = parsePeriod(f.period)!;
          const { fund, district, subject, person_group } = f.dimensions;
          const sum = rows
            .filter((r) => r.kind === f.indicator && r.book_date >= startDay && r.book_date <= endDay)
            .filter((r) => insurances[f.insurance].includes(r.fund))
            .filter((r) => fund === undefined || (parts[fund] ?? [fund]).includes(r.fund))
            .filter((r) => (district ?? r.admdvs) === r.admdvs && (subject ?? r.subject) === r.subject)
            .filter((r) => (person_group ?? r.group) === r.group)
            .reduce((total, r) => total + r.amount, 0);
          return (sum / 100).toFixed(2).replace(/^-0\.00$/, "0.00");
        });
        expect(flows.map((f) => f.value)).toEqual(wanted);
      }),
      { numRuns: 12 },
    );
  });
});

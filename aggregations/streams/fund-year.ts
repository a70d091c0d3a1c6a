import { minus, over, plus, type Rational, whole, yuan } from "../rational.js";
import type { Indicator, Span } from "./series.js";

type Months = (bigint | null)[];
const months = (): Months => new Array<bigint | null>(12).fill(null);

/** Books and settlements of one group and year: fen by month (0 = January), null where there is no line. */
export class FundYear {
  readonly income = months();
  readonly expense = months();
  /** Income of subject `prepayment`, contained in `income`. */
  readonly prepayment = months();
  readonly beneficiaries = months();
  readonly settled = months();
  /** Of the whole year. */
  budgetIncome: bigint | null = null;
  budgetExpense: bigint | null = null;
  opening: bigint | null = null;
}

/** Sum of the months that have lines; null when none has. */
function sum(values: Months, from: number, to: number): bigint | null {
  let total: bigint | null = null;
  for (let m = from; m <= to; m++) {
    const value = values[m];
    if (value !== null) total = (total ?? 0n) + value;
  }
  return total;
}

const money = (fen: bigint | null): Rational | null => (fen === null ? null : yuan(fen));
const inSpan = (values: Months, s: Span) => sum(values, s.from, s.to);
/** Since 1 January to the period's end; 0 where nothing is booked. */
const yearTo = (values: Months, s: Span): Rational => yuan(sum(values, 0, s.to) ?? 0n);
const isBooked = (y: FundYear, s: Span) => inSpan(y.income, s) !== null || inSpan(y.expense, s) !== null;

/** A flow of the books: 0 where only the other side has lines in the span. */
const flow = (y: FundYear, s: Span, values: Months): Rational | null =>
  isBooked(y, s) ? yuan(inSpan(values, s) ?? 0n) : null;

function cumulative(y: FundYear, s: Span): Rational | null {
  if (y.opening === null) return null;
  return plus(yuan(y.opening), minus(yearTo(y.income, s), yearTo(y.expense, s)));
}

/** How many months of the period's average expense a balance would pay. */
function payable(balance: Rational | null, y: FundYear, s: Span): Rational | null {
  const expense = money(inSpan(y.expense, s));
  return over(balance, over(expense, whole(s.to - s.from + 1)));
}

function net(y: FundYear, s: Span): Rational | null {
  const balance = cumulative(y, s);
  return balance === null ? null : minus(balance, yearTo(y.prepayment, s));
}

/** Opening balance and the year's budgeted income; null where one of them is not given. */
function available(y: FundYear): Rational | null {
  if (y.opening === null || y.budgetIncome === null) return null;
  return yuan(y.opening + y.budgetIncome);
}

function settledProgress(y: FundYear, s: Span): Rational | null {
  return over(money(sum(y.settled, 0, s.to)), money(y.budgetExpense));
}

type Value = Indicator<FundYear>["value"];
const amount = (name: string, value: Value, additive = true): Indicator<FundYear> => ({
  name,
  unit: "yuan",
  places: 2,
  additive,
  value,
});
const ratio = (name: string, value: Value, unit = "fraction"): Indicator<FundYear> => ({
  name,
  unit,
  places: 6,
  additive: false,
  value,
});

/** Indicators of the settlements that a fund paid (docs/specification.md#settled-expense). */
export const SETTLED_INDICATORS: readonly Indicator<FundYear>[] = [
  amount("settled_expense", (y, s) => money(inSpan(y.settled, s))),
  ratio("settled_progress", settledProgress),
];

/** Indicators of the books (docs/specification.md#fund-figures). */
export const BOOKED_INDICATORS: readonly Indicator<FundYear>[] = [
  amount("income", (y, s) => flow(y, s, y.income)),
  amount("expense", (y, s) => flow(y, s, y.expense)),
  amount("balance_period", (y, s) => {
    const income = flow(y, s, y.income);
    const expense = flow(y, s, y.expense);
    return income === null || expense === null ? null : minus(income, expense);
  }),
  amount("balance_cumulative", cumulative, false),
  {
    name: "beneficiaries",
    unit: "visit",
    places: 0,
    additive: true,
    value: (y, s) => {
      const count = inSpan(y.beneficiaries, s);
      return count === null ? null : whole(count);
    },
  },
  amount("budget_income", (y) => money(y.budgetIncome)),
  amount("budget_expense", (y) => money(y.budgetExpense)),
  ratio("income_progress", (y, s) => over(yearTo(y.income, s), money(y.budgetIncome))),
  ratio("expense_progress", (y, s) => over(yearTo(y.expense, s), money(y.budgetExpense))),
  ratio("months_payable", (y, s) => payable(cumulative(y, s), y, s), "month"),
  ratio("months_payable_net", (y, s) => payable(net(y, s), y, s), "month"),
  ratio("use_progress", (y, s) => over(yearTo(y.expense, s), yearTo(y.income, s))),
  ratio("expense_to_budget_income", (y, s) => over(yearTo(y.expense, s), money(y.budgetIncome))),
  ratio("expense_to_available", (y, s) => over(yearTo(y.expense, s), available(y))),
];

import type { Figure } from "../../schemas/figure.js";
import type { StreamRecord } from "../../schemas/settlement.js";
import { civil, monthEnd, monthStart, yearOfMonth } from "../calendar.js";
import { FUND_INDICATORS, FundYear } from "./fund-year.js";
import { ALL, insuranceOfFund, normaliseRecord, numberOf, textOf } from "./record.js";
import { type DataWindow, type Series, SeriesMap, seriesFigures, windowWith, withAll } from "./series.js";
import type { SettledRow } from "./settled.js";

type Dimensions = Series<FundYear>["dimensions"];

/** Value of `fund` that stands for `employee_pool` + `employee_account`; in no sum. */
const COMPOSITE = "employee";
const COMPOSITE_PARTS: readonly string[] = ["employee_pool", "employee_account"];

/** Values of `fund` that an entry of a fund counts in. */
const fundsOf = (fund: string): readonly string[] =>
  COMPOSITE_PARTS.includes(fund) ? [fund, COMPOSITE] : [fund];

const plain = (district: string, fund: string): Dimensions[] => [
  {},
  { district },
  ...fundsOf(fund).flatMap((name): Dimensions[] => [{ fund: name }, { district, fund: name }]),
];

/** Every group that an entry counts in (contract §5, Funds). A group `all` feeds no person_group. */
function groupsOf(district: string, fund: string, subject: string, person_group: string): Dimensions[] {
  const names = fundsOf(fund);
  const groups = [...plain(district, fund), { subject }];
  for (const name of names) groups.push({ fund: name, subject }, { district, fund: name, subject });
  if (person_group !== ALL) {
    for (const name of names)
      groups.push({ fund: name, person_group }, { fund: name, subject, person_group });
  }
  return groups;
}

/** An opening balance dated on the last day of a year opens the next one. */
function yearOpened(day: number): number {
  const [year, month, date] = civil(day);
  return month === 12 && date === 31 ? year + 1 : year;
}

/**
 * Figures of the funds (contract §2.2, §5, §6): booked from `fund-entry`, settled from settlements.
 * @param records standing versions of stream `fund-entry`, in any order
 * @param settled sums of the settlements; several rows of one month, fund and district add up
 */
export function fundFigures(
  records: Iterable<StreamRecord>,
  settled: Iterable<SettledRow>,
  window: DataWindow,
): Figure[] {
  const series = new SeriesMap(() => new FundYear());
  const flowDays: number[] = [];
  const planDays: number[] = [];
  for (const raw of records) {
    const record = normaliseRecord("fund-entry", raw);
    const day = numberOf(record, "book_date")!;
    const kind = textOf(record, "kind");
    (kind === "income" || kind === "expense" ? flowDays : planDays).push(day);
    const district = textOf(record, "admdvs");
    const groups = groupsOf(
      district,
      textOf(record, "fund"),
      textOf(record, "subject"),
      textOf(record, "group"),
    );
    const year = kind === "opening_balance" ? yearOpened(day) : civil(day)[0];
    for (const insurance of withAll(textOf(record, "insurance"))) {
      for (const dimensions of groups) book(series.at(insurance, dimensions, year), record);
    }
  }
  for (const { month, fund, district, amount } of settled) {
    flowDays.push(monthStart(month), monthEnd(month));
    for (const insurance of withAll(insuranceOfFund(fund))) {
      for (const dimensions of plain(district, fund)) {
        const year = series.at(insurance, dimensions, yearOfMonth(month));
        add(year.settled, month % 12, amount);
      }
    }
  }
  // A plan says nothing of how far the data reach, unless there is nothing else.
  const range = windowWith(window, flowDays.length > 0 ? flowDays : planDays);
  return range === null ? [] : seriesFigures(series.values(), FUND_INDICATORS, range);
}

function add(months: (bigint | null)[], month: number, value: number): void {
  months[month] = (months[month] ?? 0n) + BigInt(value);
}

/** Adds one entry to a group's year. */
function book(year: FundYear, record: StreamRecord): void {
  const amount = numberOf(record, "amount")!;
  const fen = BigInt(amount);
  const kind = textOf(record, "kind");
  if (kind === "budget_income") year.budgetIncome = (year.budgetIncome ?? 0n) + fen;
  else if (kind === "budget_expense") year.budgetExpense = (year.budgetExpense ?? 0n) + fen;
  else if (kind === "opening_balance") year.opening = (year.opening ?? 0n) + fen;
  else {
    const month = civil(numberOf(record, "book_date")!)[1] - 1;
    add(kind === "income" ? year.income : year.expense, month, amount);
    if (kind === "income" && textOf(record, "subject") === "prepayment") add(year.prepayment, month, amount);
    const beneficiaries = numberOf(record, "beneficiaries");
    if (beneficiaries !== null) add(year.beneficiaries, month, beneficiaries);
  }
}

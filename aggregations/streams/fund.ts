import type { Figure } from "../../schemas/figure.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { DayNumber } from "../../schemas/units.js";
import { civil, yearOfMonth } from "../calendar.js";
import { BOOKED_INDICATORS, FundYear, SETTLED_INDICATORS } from "./fund-year.js";
import { ALL, insuranceOfFund, normaliseRecord, numberOf, textOf } from "./record.js";
import { type DataWindow, type Series, SeriesMap, seriesFigures, windowWith, withAll } from "./series.js";
import type { SettledRow } from "./settled.js";

type Dimensions = Series<FundYear>["dimensions"];

/** Value of `fund` that stands for `employee_pool` + `employee_account`; in no sum. */
export const COMPOSITE = "employee";
export const COMPOSITE_PARTS: readonly string[] = ["employee_pool", "employee_account"];

/** Values of `fund` that an entry of a fund counts in. */
const fundsOf = (fund: string): readonly string[] =>
  COMPOSITE_PARTS.includes(fund) ? [fund, COMPOSITE] : [fund];

const plain = (district: string, fund: string): Dimensions[] => [
  {},
  { district },
  ...fundsOf(fund).flatMap((name): Dimensions[] => [{ fund: name }, { district, fund: name }]),
];

/**
 * Every group that an entry counts in (docs/specification.md#groupings). A group `all` feeds no
 * person_group.
 */
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

interface Entry {
  readonly record: StreamRecord;
  readonly day: DayNumber;
  readonly kind: string;
  readonly fund: string;
  readonly district: string;
  /** Year that the entry counts in. */
  readonly year: number;
  readonly insurances: readonly string[];
}

function readEntry(raw: StreamRecord): Entry {
  const record = normaliseRecord("fund-entry", raw);
  const day = numberOf(record, "book_date")!;
  const kind = textOf(record, "kind");
  return {
    record,
    day,
    kind,
    fund: textOf(record, "fund"),
    district: textOf(record, "admdvs"),
    year: kind === "opening_balance" ? yearOpened(day) : civil(day)[0],
    insurances: withAll(textOf(record, "insurance")),
  };
}

/** A plan says nothing of how far the data reach, unless there is nothing else. */
function rangeOf(entries: readonly Entry[], window: DataWindow): ReturnType<typeof windowWith> {
  const flows = entries.filter((e) => e.kind === "income" || e.kind === "expense");
  return windowWith(
    window,
    (flows.length > 0 ? flows : entries).map((e) => e.day),
  );
}

/**
 * Figures of the books (docs/specification.md#fund-figures), from `fund-entry` alone.
 * @param records current versions of stream `fund-entry`, in any order
 */
function bookedFigures(records: Iterable<StreamRecord>, window: DataWindow): Figure[] {
  const entries = Array.from(records, readEntry);
  const range = rangeOf(entries, window);
  if (range === null) return [];
  const series = new SeriesMap(() => new FundYear());
  for (const { record, fund, district, year, insurances } of entries) {
    const groups = groupsOf(district, fund, textOf(record, "subject"), textOf(record, "group"));
    for (const insurance of insurances) {
      for (const dimensions of groups) book(series.at(insurance, dimensions, year), record);
    }
  }
  return seriesFigures(series.values(), BOOKED_INDICATORS, range);
}

/**
 * `settled_expense` and `settled_progress`: the live side of the books, which moves with every settlement.
 * They stand in total, district, fund and district+fund; a settlement has no subject.
 * @param records current versions of stream `fund-entry`: the budgets
 * @param settled sums of the settlements; several rows of one month, fund and district add up
 */
function settledFigures(
  records: Iterable<StreamRecord>,
  settled: Iterable<SettledRow>,
  window: DataWindow,
): Figure[] {
  const entries = Array.from(records, readEntry);
  const range = rangeOf(entries, window);
  if (range === null) return [];
  const series = new SeriesMap(() => new FundYear());
  for (const { record, kind, fund, district, year, insurances } of entries) {
    if (kind !== "budget_expense") continue;
    for (const insurance of insurances) {
      for (const dimensions of plain(district, fund)) book(series.at(insurance, dimensions, year), record);
    }
  }
  for (const { month, fund, district, amount } of settled) {
    for (const insurance of withAll(insuranceOfFund(fund))) {
      for (const dimensions of plain(district, fund)) {
        add(series.at(insurance, dimensions, yearOfMonth(month)).settled, month % 12, amount);
      }
    }
  }
  return seriesFigures(series.values(), SETTLED_INDICATORS, range);
}

/** All figures of the funds: `bookedFigures` and `settledFigures`. */
export function fundFigures(
  records: readonly StreamRecord[],
  settled: Iterable<SettledRow>,
  window: DataWindow,
): Figure[] {
  return [...bookedFigures(records, window), ...settledFigures(records, settled, window)];
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

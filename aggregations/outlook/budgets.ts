import type { StreamRecord } from "../../schemas/input/settlement.js";
import { civil } from "../calendar.js";
import { normaliseRecord, numberOf, textOf } from "../streams/record.js";

/**
 * Expense budgets by year and fund, in fen (docs/specification.md#fund-entry: a budget line counts for the whole year of its
 * `book_date`; lines always add up).
 * @param records standing versions of stream `fund-entry`, in any order
 */
export function expenseBudgets(
  records: Iterable<StreamRecord>,
): ReadonlyMap<number, ReadonlyMap<string, bigint>> {
  const years = new Map<number, Map<string, bigint>>();
  for (const raw of records) {
    const record = normaliseRecord("fund-entry", raw);
    if (textOf(record, "kind") !== "budget_expense") continue;
    const [year] = civil(numberOf(record, "book_date")!);
    const funds = years.get(year) ?? new Map<string, bigint>();
    years.set(year, funds);
    const fund = textOf(record, "fund");
    funds.set(fund, (funds.get(fund) ?? 0n) + BigInt(numberOf(record, "amount")!));
  }
  return years;
}

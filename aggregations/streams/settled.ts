import type { ComponentMeasure } from "../../schemas/measures.js";
import type { Fen, MonthNumber } from "../../schemas/units.js";

/** What settlements of one month and district paid out of one fund. */
export interface SettledRow {
  readonly month: MonthNumber;
  readonly fund: string;
  /** Insured persons' division. */
  readonly district: string;
  readonly amount: Fen;
}

/** Fund that each paid measure comes out of (docs/specification.md#settled-expense). */
export const FUND_OF_MEASURE = [
  ["account_paid", "employee_account"],
  ["civil_servant_paid", "civil_servant"],
  ["large_paid", "large_amount"],
  ["critical_paid", "critical_illness"],
  ["aid_paid", "aid"],
] as const satisfies readonly (readonly [ComponentMeasure, string])[];

/** Funds that `pool_paid` comes out of, by the settlement's insurance; of any other, a fund of its name. */
export const POOL_FUND: Readonly<Record<string, string>> = {
  employee: "employee_pool",
  resident: "resident",
  maternity: "maternity",
};

/**
 * Splits the sums of one month, insurance and district over the funds. Amounts of 0 give no row.
 * @param paid fen by measure; an absent measure is 0. Give local and outbound care only: inbound
 *   settlements touch other people's funds.
 */
export function settledRows(
  month: MonthNumber,
  insurance: string,
  district: string,
  paid: Readonly<Partial<Record<ComponentMeasure, Fen>>>,
): SettledRow[] {
  const pool = Object.hasOwn(POOL_FUND, insurance) ? POOL_FUND[insurance] : insurance;
  const parts: [string, Fen | undefined][] = [
    [pool, paid.pool_paid],
    ...FUND_OF_MEASURE.map(([measure, fund]): [string, Fen | undefined] => [fund, paid[measure]]),
  ];
  return parts.flatMap(([fund, amount]) => (amount ? [{ month, fund, district, amount }] : []));
}

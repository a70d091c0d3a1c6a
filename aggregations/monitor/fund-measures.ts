import { ALL_INSURANCES } from "../../schemas/dimensions.js";
import type { ComponentMeasure } from "../../schemas/measures.js";
import { FUND_OF_MEASURE, POOL_FUND } from "../streams/settled.js";

/** Sums of settlements that a fund's `settled_expense` is made of (docs/specification.md#settled-expense). */
export interface FundPart {
  readonly insurance: string;
  readonly measure: ComponentMeasure;
}

/** None for a fund that no settlement pays out of. */
export function partsOfFund(fund: string): readonly FundPart[] {
  if (fund === "employee") return [...partsOfFund("employee_pool"), ...partsOfFund("employee_account")];
  const pool = Object.entries(POOL_FUND).find(([, name]) => name === fund);
  if (pool) return [{ insurance: pool[0], measure: "pool_paid" }];
  const own = FUND_OF_MEASURE.find(([, name]) => name === fund);
  return own ? [{ insurance: ALL_INSURANCES, measure: own[0] }] : [];
}

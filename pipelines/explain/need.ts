import { monthOfDay } from "../../aggregations/calendar.js";
import { type Formula, settledFrom } from "../../aggregations/explain/formula.js";
import type { Request } from "../../aggregations/explain/request.js";
import type { DetailNeed } from "../../connectors/duckdb/detail/excerpt.js";

/** Which months and streams hold the records behind a figure; a formula that is not known is a reported fact's. */
export function needOf({ period }: Request, formula: Formula | undefined): DetailNeed {
  const first = monthOfDay(period.startDay);
  const last = monthOfDay(period.endDay);
  const months = (from: number): number[] => Array.from({ length: last - from + 1 }, (_, i) => from + i);
  switch (formula?.family) {
    case "settlement": {
      const { denominator } = formula.indicator;
      return { months: months(first), streams: denominator === "enrolled" ? ["enrolment"] : [] };
    }
    case "fund": {
      const settled = settledFrom(formula, period);
      return { months: settled === null ? [] : months(settled), streams: ["fund-entry"] };
    }
    case "enrolment":
      return { months: [], streams: ["enrolment"] };
    case "dip":
      return { months: [], streams: ["dip-result"] };
    default:
      return { months: [], streams: ["reported-fact"] };
  }
}

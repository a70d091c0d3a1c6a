import { monthOfDay, monthText } from "../../../aggregations/calendar.js";
import { baseOf, type Formula, settledFrom } from "../../../aggregations/explain/formula.js";
import type { Request } from "../../../aggregations/explain/request.js";
import { isOneOf, quoteText } from "../../../schemas/published/definition.js";
import type { MonthNumber } from "../../../schemas/units.js";
import { groupWhere } from "./figure.js";
import type { ExplainReader } from "./reader.js";
import { baseDimensions, inGroup } from "./settlement-queries.js";

/** When a period was closed, and under which published version; null while it is open. */
export async function closedPeriod(
  reader: ExplainReader,
  period: string,
): Promise<{ readonly closedAt: string; readonly version: string | null } | null> {
  const { rows } = await reader.query(
    `SELECT closed_at, version FROM published.store.closed WHERE period = ${quoteText(period)}`,
  );
  const row = rows[0];
  return row ? { closedAt: String(row[0]), version: row[1] === null ? null : String(row[1]) } : null;
}

const measuresOf = (formula: Formula): string[] => {
  if (formula.family !== "settlement") return [];
  const terms = [formula.indicator.numerator, formula.indicator.denominator];
  const names = terms.flatMap((t) => (t === null || t === "enrolled" ? [] : [baseOf(t)?.measure ?? t]));
  // Who is counted follows from the weights.
  return [...new Set(names.map((name) => (name === "persons" ? "visits" : name)))];
};

/** Changes of a closed period since its close, latest first. */
interface Changes {
  readonly columns: readonly string[];
  /** First month of the bills that changed it. */
  readonly from: MonthNumber;
  /** Which bills, of those that came into the months or left them: rows of the detail file. */
  readonly bills: readonly string[];
  /** Which records of other streams: the published file names them. */
  readonly records: string;
}

const changesSql = ({ period }: Request, { columns, from, bills, records }: Changes): string => {
  const [first, last] = [from, monthOfDay(period.endDay)].map((m) => quoteText(monthText(m)));
  return `SELECT ${columns.join(", ")} FROM (
    SELECT c.* FROM closed_change c, published.store.closed k, published.store.meta m
    WHERE k.period = ${quoteText(period.id)} AND c.sequence > k.sequence AND c.sequence <= m.sequence
      AND c.month BETWEEN ${first} AND ${last} ${bills.map((w) => `AND ${w}`).join(" ")}
    UNION ALL BY NAME
    SELECT c.* REPLACE (strftime(c.month, '%Y-%m') AS month) FROM published.main.restatement_cause c
    WHERE c.period = ${quoteText(period.id)} AND c.record_key IS NOT NULL AND ${records})
  ORDER BY changed_at DESC, change_id DESC NULLS LAST, record_key`;
};

/** Every change to the figure since its period was closed, latest first, with what it did to the measures. */
export async function causesSql(reader: ExplainReader, request: Request, formula: Formula): Promise<string> {
  if (formula.family === "settlement") {
    const base = formula.indicator.denominator === null ? null : baseOf(formula.indicator.denominator);
    // A share changes with what it is a part of.
    const dimensions = base === null ? request.dimensions : baseDimensions(request, base.level);
    return changesSql(request, {
      columns: [
        ...["changed_at", "cause", "setl_id", "record_key", "settlements", "month", "insurance"],
        ...["care", "category", "facility", ...measuresOf(formula)],
      ],
      from: monthOfDay(request.period.startDay),
      bills: [
        ...inGroup("c", request.insurance, dimensions),
        ...(dimensions.flow === undefined ? ["c.own_fund"] : []),
      ],
      records: formula.indicator.denominator === "enrolled" ? "c.stream = 'enrolment'" : "false",
    });
  }
  const { rows } = await reader.query(
    `SELECT records FROM published.main.restatement WHERE ${groupWhere(request).join(" AND ")}
     AND indicator = ${quoteText(request.indicator)}`,
  );
  const keys = (rows[0]?.[0] ?? []) as string[];
  // What settlements spent is a part of some figures of the funds.
  const from = settledFrom(formula, request.period);
  const { district } = request.dimensions;
  const place = district === undefined ? {} : { district };
  return changesSql(request, {
    columns: [
      ...["changed_at", "cause", "stream", "setl_id", "record_key", "settlements", "month", "insurance"],
      ...["district", "facility", "fund", "subject", "person_group", "sex"],
    ],
    from: from ?? monthOfDay(request.period.startDay),
    bills: from === null ? ["false"] : ["c.own_fund", ...inGroup("c", request.insurance, place)],
    records: isOneOf("c.record_key", keys),
  });
}

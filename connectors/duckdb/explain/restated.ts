import { dayText } from "../../../aggregations/calendar.js";
import { baseOf, type Formula } from "../../../aggregations/explain/formula.js";
import type { Request } from "../../../aggregations/explain/request.js";
import { quoteText } from "../../../schemas/published/definition.js";
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

const ORDER = "ORDER BY changed_at DESC, change_id DESC NULLS LAST, record_key";

/** Bills that came into the period or left it after its close, up to the publish: rows of the detail file. */
const billChanges = (
  request: Request,
  columns: string,
  where: readonly string[],
): string => `SELECT ${columns}
    FROM closed_change c, published.store.closed k, published.store.meta m
    WHERE k.period = ${quoteText(request.period.id)} AND c.sequence > k.sequence AND c.sequence <= m.sequence
      AND c.month BETWEEN ${monthOf(request.period.startDay)} AND ${monthOf(request.period.endDay)}
      ${where.map((w) => `AND ${w}`).join(" ")}`;

const monthOf = (day: number): string => quoteText(dayText(day).slice(0, 7));

/** Records of other streams that changed it: the published file names them. */
const recordChanges = (request: Request, columns: string, where: string): string => `SELECT ${columns}
    FROM published.main.restatement_cause c
    WHERE c.period = ${quoteText(request.period.id)} AND c.record_key IS NOT NULL AND ${where}`;

/** Every change to the figure since its period was closed, latest first, with what it did to the measures. */
export async function causesSql(reader: ExplainReader, request: Request, formula: Formula): Promise<string> {
  if (formula.family === "settlement") {
    const base = formula.indicator.denominator === null ? null : baseOf(formula.indicator.denominator);
    // A share changes with what it is a part of.
    const dimensions = base === null ? request.dimensions : baseDimensions(request, base.level);
    const where = inGroup("c", request.insurance, dimensions);
    if (dimensions.flow === undefined) where.push("c.own_fund");
    const measures = measuresOf(formula);
    const list = (bill: boolean): string =>
      `c.changed_at, c.cause, ${bill ? "c.setl_id, NULL AS record_key" : "NULL AS setl_id, c.record_key"}, c.settlements,
      ${bill ? "c.month" : "strftime(c.month, '%Y-%m') AS month"}, c.insurance, c.care, c.category, c.facility,
      ${bill ? "c.change_id" : "NULL AS change_id"}${measures.map((m) => `, ${bill ? `c.${m}` : `NULL AS ${m}`}`).join("")}`;
    const enrolled =
      formula.indicator.denominator === "enrolled"
        ? ` UNION ALL ${recordChanges(request, list(false), "c.stream = 'enrolment'")}`
        : "";
    return `SELECT * EXCLUDE (change_id) FROM (${billChanges(request, list(true), where)}${enrolled}) ${ORDER}`;
  }
  const { rows } = await reader.query(
    `SELECT records FROM published.main.restatement WHERE ${groupWhere(request).join(" AND ")}
     AND indicator = ${quoteText(request.indicator)}`,
  );
  const keys = ((rows[0]?.[0] ?? []) as string[]).map(quoteText);
  const list = (bill: boolean): string =>
    `c.changed_at, c.cause, c.stream, ${bill ? "c.setl_id, NULL AS record_key" : "NULL AS setl_id, c.record_key"}, c.settlements,
      ${bill ? "c.month" : "strftime(c.month, '%Y-%m') AS month"}, c.insurance, c.district, c.facility,
      ${(["fund", "subject", "person_group", "sex"] as const).map((d) => (bill ? `NULL AS ${d}` : `c.${d}`)).join(", ")},
      ${bill ? "c.change_id" : "NULL AS change_id"}`;
  const named = recordChanges(
    request,
    list(false),
    keys.length === 0 ? "false" : `c.record_key IN (${keys.join(", ")})`,
  );
  // What settlements spent is a part of some figures of the funds.
  const { district } = request.dimensions;
  const settled = /^settled_/.test(request.indicator)
    ? ` UNION ALL ${billChanges(request, list(true), ["c.own_fund", ...inGroup("c", request.insurance, district === undefined ? {} : { district })])}`
    : "";
  return `SELECT * EXCLUDE (change_id) FROM (${named}${settled}) ${ORDER}`;
}

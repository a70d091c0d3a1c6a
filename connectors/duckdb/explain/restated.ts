import { baseOf, type Formula } from "../../../aggregations/explain/formula.js";
import { groupingOf, type Request } from "../../../aggregations/explain/request.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { groupWhere } from "./figure.js";
import type { ExplainReader } from "./reader.js";
import { baseDimensions } from "./settlement-queries.js";

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

/** Every change to the figure since its period was closed, latest first, with what it did to the measures. */
export async function causesSql(reader: ExplainReader, request: Request, formula: Formula): Promise<string> {
  const from = "FROM published.main.restatement_cause c";
  const period = `c.period = ${quoteText(request.period.id)}`;
  const order = "ORDER BY c.changed_at DESC, c.change_id DESC";
  if (formula.family === "settlement") {
    const base = formula.indicator.denominator === null ? null : baseOf(formula.indicator.denominator);
    // A share changes with what it is a part of.
    const dimensions = base === null ? request.dimensions : baseDimensions(request, base.level);
    const group = [
      `g.insurance = ${quoteText(request.insurance)}`,
      `g."grouping" = ${quoteText(groupingOf({ dimensions, other: {} }))}`,
      ...Object.entries(dimensions).map(([d, v]) => `g.${d} = ${quoteText(v)}`),
    ];
    const enrolment =
      formula.indicator.denominator === "enrolled"
        ? " OR (c.stream = 'enrolment' AND c.setl_id IS NULL)"
        : "";
    return `SELECT c.changed_at, c.cause, c.setl_id, c.record_key, c.settlements, c.month, c.insurance,
      c.care, c.category, c.facility${measuresOf(formula)
        .map((m) => `, c.${m}`)
        .join("")}
    ${from} WHERE ${period} AND (c.record_key IS NULL AND c.change_id IN (
      SELECT i.id FROM published.store.cause_group i JOIN published.store.grp g ON g.gid = i.gid
      WHERE ${group.join(" AND ")})${enrolment}) ${order}`;
  }
  const { rows } = await reader.query(
    `SELECT causes FROM published.main.restatement WHERE ${groupWhere(request).join(" AND ")}
     AND indicator = ${quoteText(request.indicator)}`,
  );
  const keys = ((rows[0]?.[0] ?? []) as string[]).map(quoteText);
  return `SELECT c.changed_at, c.cause, c.stream, c.setl_id, c.record_key, c.settlements, c.month, c.insurance,
      c.district, c.facility, c.fund, c.subject, c.person_group, c.sex
    ${from} WHERE ${period} AND ${keys.length === 0 ? "false" : `coalesce(c.setl_id, c.record_key) IN (${keys.join(", ")})`} ${order}`;
}

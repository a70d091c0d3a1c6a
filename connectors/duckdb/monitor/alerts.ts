import { quoteText } from "../../../schemas/published/definition.js";
import type { OpenFile } from "./open-file.js";

type Row = Record<string, unknown>;

const SEVERITY = "CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END";
const EVENTS_SHOWN = 500;

export interface AlertFilter {
  readonly states?: readonly string[];
  readonly severities?: readonly string[];
  readonly id?: string;
  readonly facility?: string;
}

const list = (values: readonly string[]): string => values.map(quoteText).join(", ");

/** Alerts of this version, the gravest and latest first; none where the file has no such table. */
export async function alertsOf(file: OpenFile, filter: AlertFilter): Promise<Row[]> {
  if (!file.tables.has("alert")) return [];
  const where = [
    ...(filter.states ? [`state IN (${list(filter.states)})`] : []),
    ...(filter.severities ? [`severity IN (${list(filter.severities)})`] : []),
    ...(filter.id === undefined ? [] : [`id = ${quoteText(filter.id)}`]),
    ...(filter.facility === undefined ? [] : [`facility = ${quoteText(filter.facility)}`]),
  ];
  const rows = await file.rows(`FROM alert ${where.length > 0 ? `WHERE ${where.join(" AND ")}` : ""}
    ORDER BY ${SEVERITY}, opened_at DESC, id`);
  return rows.map((row) => ({ ...row, dimensions: mapOf(row.dimensions) }));
}

/** A MAP as it comes, a list of pairs, as an object. */
function mapOf(value: unknown): Record<string, string> | null {
  if (!Array.isArray(value)) return null;
  return Object.fromEntries(value.map(({ key, value: v }) => [String(key), String(v)]));
}

/** What happened to alerts, the latest of it first, and how much there is of it. */
export async function alertEvents(file: OpenFile): Promise<{ rows: Row[]; count: number }> {
  if (!file.tables.has("alert_event")) return { rows: [], count: 0 };
  const [rows, [all]] = await Promise.all([
    file.rows(`FROM alert_event ORDER BY seq DESC LIMIT ${EVENTS_SHOWN}`),
    file.rows("SELECT count(*)::VARCHAR AS n FROM alert_event"),
  ]);
  return { rows, count: Number(all?.n ?? 0) };
}

/** Where messages go, and how that stands. */
export async function alertChannels(file: OpenFile): Promise<Row[]> {
  return file.tables.has("alert_channel") ? file.rows("FROM alert_channel ORDER BY channel") : [];
}

/** Where each fund's year is heading. */
export async function outlooksOf(file: OpenFile): Promise<Row[]> {
  return file.tables.has("fund_outlook") ? file.rows("FROM fund_outlook ORDER BY fund, insurance") : [];
}

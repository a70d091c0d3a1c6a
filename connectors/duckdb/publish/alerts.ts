import type { DuckDBConnection } from "@duckdb/node-api";
import type { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Jurisdiction } from "../../../aggregations/dimensions/region.js";
import type { EpochMs } from "../../../schemas/units.js";
import type { AlertsAndOutlook } from "../../ports/alerts.js";
import { readQuestions } from "./alert-readings.js";
import { alertTables, outlookTable } from "./alert-tables.js";
import { replaceTables } from "./stage.js";

/**
 * Judges the alerts on the figures that the transaction under way is about to publish, and writes them and the
 * outlook beside those. Runs last in it.
 */
export async function loadAlertsAndOutlook(
  connection: DuckDBConnection,
  { judge, outlook }: AlertsAndOutlook,
  version: number,
  beside: { readonly calendar: ZoneCalendar; readonly jurisdiction: Jurisdiction; readonly now: EpochMs },
): Promise<void> {
  const readings = await readQuestions(connection, judge.questions, beside.jurisdiction);
  const rows = judge.judge(version, readings);
  await replaceTables(connection, [...alertTables(rows, beside.calendar, beside.now), outlookTable(outlook)]);
}

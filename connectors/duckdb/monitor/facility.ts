import { quoteText } from "../../../schemas/published/definition.js";
import type { OpenFile } from "./open-file.js";

/** How a facility's data arrive; null for one that never settled. */
export async function arrivalOf(file: OpenFile, facility: string): Promise<Record<string, unknown> | null> {
  const [row] =
    await file.rows(`SELECT standing, latest, lag_days, usual_gap, days_this_month, days_last_month
    FROM store.facility_arrival WHERE facility = ${quoteText(facility)}`);
  return row ?? null;
}

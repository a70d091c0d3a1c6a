import { dayText, parsePeriod, type ZoneCalendar } from "../../../aggregations/calendar.js";
import { FACILITY_ARRIVAL, QUALITY_PERIOD } from "../../../schemas/published/completeness.js";
import type { PublishInput } from "../../ports/publisher.js";
import { columnsOf, localTime, type Replacement } from "./stage.js";

/** The tables of completeness that the input gives. */
export function completenessTables(
  { facilityReporting, periodQuality }: PublishInput,
  calendar: ZoneCalendar,
): Replacement[] {
  const tables: Replacement[] = [];
  if (facilityReporting) {
    const columns = columnsOf(facilityReporting, [
      (r) => r.facility,
      (r) => localTime(calendar, r.latest),
      (r) => r.lag_days,
      (r) => r.usual_gap,
      (r) => r.standing,
      (r) => r.month,
      (r) => r.last_month,
      (r) => r.days_this_month,
      (r) => r.days_last_month,
    ]);
    tables.push({ table: FACILITY_ARRIVAL, columns });
  }
  if (periodQuality) {
    const columns = columnsOf(periodQuality, [
      (r) => r.period,
      (r) => parsePeriod(r.period)!.kind,
      (r) => dayText(parsePeriod(r.period)!.startDay),
      (r) => dayText(parsePeriod(r.period)!.endDay),
      (r) => String(r.over),
      (r) => r.facilities_expected,
      (r) => r.facilities_reached,
      (r) => r.facilities_lagging,
      (r) => share(r.facilities_reached, r.facilities_expected),
      (r) => r.quarantined,
      (r) => r.quarantined_undated,
      (r) => r.unmapped,
      (r) => String(r.closed),
      (r) => String(r.may_close),
      (r) => r.why_not,
    ]);
    tables.push({ table: QUALITY_PERIOD, columns });
  }
  return tables;
}

/** A share with six places, cut off, so that only the whole is 1. */
function share(part: number, whole: number): string | null {
  if (whole === 0) return null;
  const millionths = Math.floor((part * 1_000_000) / whole);
  return `${Math.floor(millionths / 1_000_000)}.${String(millionths % 1_000_000).padStart(6, "0")}`;
}

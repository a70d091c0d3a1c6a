import type { Settlement } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { DayNumber } from "../../schemas/units.js";
import { dayOf } from "../calendar.js";

/** Care whose bills are stays. */
export const INPATIENT = "inpatient";
/** Bed days that one bill may have: a hundred years. */
export const MOST_BED_DAYS = 36_600;
/** Days above which a stay is counted, and told. */
const LONG_STAY_DAYS = 366;
/** Admissions and discharges lie between these days. */
export const FIRST_DATE: DayNumber = dayOf(1900, 1, 1);
export const LAST_DATE: DayNumber = dayOf(2199, 12, 31);

const bad = (detail: string): Rejection => ({ reason: "bad_value", detail });
const outside = (day: DayNumber): boolean => day < FIRST_DATE || day > LAST_DATE;

/** Magnitude of the bed days: `ipt_days`, else for care inpatient the span of the dates, at least 1. */
export function bedDaysOf(s: Settlement, care: string): number {
  if (!Number.isNaN(s.ipt_days)) return Math.abs(s.ipt_days);
  if (care !== INPATIENT || Number.isNaN(s.begndate) || Number.isNaN(s.enddate)) return 0;
  return Math.max(1, s.enddate - s.begndate);
}

/** Whether an inpatient bill says that it is no admission of its own: money counts, visit, person and days do not. */
export const isNoAdmission = (s: Settlement, care: string): boolean =>
  care === INPATIENT && s.cal_ipt_cnt === "0";

/**
 * What makes an inpatient stay uncountable: no dates and no `ipt_days` (`missing_field`); dates outside 1900 to
 * 2199, an end before its beginning, or more bed days than anybody lives (`bad_value`). Null otherwise, and for
 * any other care, whose dates decide nothing.
 */
export function stayFault(s: Settlement, care: string): Rejection | null {
  if (care !== INPATIENT) return null;
  if (Number.isNaN(s.ipt_days)) {
    if (Number.isNaN(s.begndate)) return missing("begndate");
    if (Number.isNaN(s.enddate)) return missing("enddate");
  }
  if (outside(s.begndate)) return bad("begndate: a day of the years 1900 to 2199");
  if (outside(s.enddate)) return bad("enddate: a day of the years 1900 to 2199");
  if (s.enddate < s.begndate) return bad("enddate: not before begndate");
  if (bedDaysOf(s, care) > MOST_BED_DAYS) return bad(`ipt_days: at most ${MOST_BED_DAYS}`);
  return null;
}

const missing = (field: string): Rejection => ({
  reason: "missing_field",
  detail: `${field}: required for care inpatient unless ipt_days is given`,
});

/**
 * Whether dates and days are counted but hard to believe: beyond the day of the settlement, longer than a year;
 * for other care than inpatient also what would be refused there.
 * @param day the day of `setl_time`
 */
export function isImplausibleStay(s: Settlement, day: DayNumber): boolean {
  const days = Number.isNaN(s.ipt_days) ? s.enddate - s.begndate : Math.abs(s.ipt_days);
  return (
    s.begndate > day ||
    s.enddate > day ||
    days > LONG_STAY_DAYS ||
    s.enddate < s.begndate ||
    outside(s.begndate) ||
    outside(s.enddate)
  );
}

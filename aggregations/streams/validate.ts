import { ALL_INSURANCES } from "../../schemas/dimensions.js";
import { COMPUTED_INDICATORS } from "../../schemas/indicators.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { type FieldType, STREAMS } from "../../schemas/input/streams.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { EpochMs } from "../../schemas/units.js";
import { dayOf, parsePeriod } from "../calendar.js";
import { HOSPITAL_LEVELS } from "../dimensions/facilities.js";
import { over, parseDecimal, whole } from "../rational.js";
import { mapOf, numberOf, type SmallStream, textOf } from "./record.js";

/** A version dated later than this after now is `future_time`. */
const FUTURE_TOLERANCE_MS = 86_400_000;
const FIRST_DATE = dayOf(1900, 1, 1);
const LAST_DATE = dayOf(2199, 12, 31);
/** Types held as integers: days, milliseconds, fen, counts. */
const WHOLE: ReadonlySet<FieldType> = new Set(["int", "amount", "date", "instant"]);

export interface ValidationContext {
  /** Time of judgement. */
  readonly now: EpochMs;
  /** Insurances of the configuration. */
  readonly insurances: readonly string[];
}

type Check = (record: StreamRecord, context: ValidationContext) => string | null;

const FUND_KINDS = ["income", "expense", "budget_income", "budget_expense", "opening_balance"] as const;

/** The insurance, where present, is one of the configuration, or `all` where that may be. */
const insurance =
  (more: readonly string[] = []): Check =>
  (record, { insurances }) =>
    oneOf("insurance", [...insurances, ...more])(record);

/** The field, where present, has one of these values. */
const oneOf =
  (field: string, allowed: readonly string[]) =>
  (record: StreamRecord): string | null => {
    const value = textOf(record, field);
    return value === "" || allowed.includes(value) ? null : `${field}: ${allowed.join(", ")}`;
  };
const matches =
  (field: string, pattern: RegExp, expected: string): Check =>
  (record) => {
    const value = textOf(record, field);
    return value === "" || pattern.test(value) ? null : `${field}: ${expected}`;
  };
const notNegative =
  (field: string): Check =>
  (record) =>
    (numberOf(record, field) ?? 0) >= 0 ? null : `${field}: not below 0`;
const division = matches("admdvs", /^\d{6}$/, "six digits");

const isPeriod = (id: string): boolean => /^(19|2[01])/.test(id) && parsePeriod(id) !== null;

const CHECKS: Readonly<Record<SmallStream, readonly Check[]>> = {
  "fund-entry": [
    division,
    oneOf("kind", FUND_KINDS),
    insurance([ALL_INSURANCES]),
    // The composite is computed from its two parts: an entry of its own would count beside them.
    matches("fund", /^(?!employee$)/, "employee_pool or employee_account, never their sum employee"),
    (r) =>
      (numberOf(r, "beneficiaries") ?? 0) < 0 && (numberOf(r, "amount") ?? 0) >= 0
        ? "beneficiaries: not below 0 unless the amount is"
        : null,
  ],
  enrolment: [
    division,
    insurance(),
    oneOf("sex", ["all", "female", "male"]),
    notNegative("persons"),
    notNegative("paid_persons"),
    notNegative("target_persons"),
  ],
  "dip-result": [
    insurance([ALL_INSURANCES]),
    matches("settled_month", /^(19|2[01])\d\d-(0[1-9]|1[0-2])$/, "a month YYYY-MM"),
    notNegative("cases"),
    (r) => {
      const rate = parseDecimal(textOf(r, "deposit_rate") || "0");
      const fits = rate !== null && rate.n >= 0n && rate.n <= rate.d && (rate.n * 1_000_000n) % rate.d === 0n;
      return fits ? null : "deposit_rate: 0 to 1, at most six decimals";
    },
  ],
  facility: [
    division,
    oneOf("hosp_lv", HOSPITAL_LEVELS),
    oneOf("tier", ["3", "2", "1", "0"]),
    oneOf("ownership", ["public", "private"]),
    (r) => {
      const from = numberOf(r, "valid_from");
      const to = numberOf(r, "valid_to");
      return from !== null && to !== null && to < from ? "valid_to: not before valid_from" : null;
    },
  ],
  "reported-fact": [
    division,
    // What is computed must not be stated beside it: one row a figure.
    (r) =>
      COMPUTED_INDICATORS.has(textOf(r, "indicator"))
        ? "indicator: the name of a figure that is computed here"
        : null,
    (r) => (isPeriod(textOf(r, "period")) ? null : "period: a period id such as 2024-03, 2024Q1, 2024H1"),
    (r, { insurances }) =>
      [...insurances, ALL_INSURANCES].includes(mapOf(r, "dimensions").insurance ?? ALL_INSURANCES)
        ? null
        : `dimensions.insurance: ${[...insurances, ALL_INSURANCES].join(", ")}`,
    (r) => {
      const value = parseDecimal(textOf(r, "value"));
      const size = over(value, whole(10n ** 18n));
      return size !== null && size.n < size.d && size.n > -size.d ? null : "value: a decimal below 10^18";
    },
  ],
};

/**
 * Judges what a record of a small stream says (docs/specification.md#streams), beyond type and presence,
 * which the decoder checks. Call it with the normalised record. Open lists (funds, subjects, groups,
 * facility kinds, indicators) take any name. Never throws; details name fields, never values.
 */
export function validateRecord(
  stream: SmallStream,
  record: StreamRecord,
  context: ValidationContext,
): Rejection | null {
  for (const { name, type, required } of STREAMS[stream].fields) {
    const value = record[name] ?? null;
    if (value === null || value === "") {
      if (required) return { reason: "missing_field", detail: `${name}: required` };
    } else if (WHOLE.has(type) && !Number.isSafeInteger(value)) {
      return { reason: "bad_value", detail: `${name}: a whole number in range` };
    } else if (type === "date" && !(Number(value) >= FIRST_DATE && Number(value) <= LAST_DATE)) {
      return { reason: "bad_value", detail: `${name}: a day of the years 1900 to 2199` };
    }
  }
  for (const check of CHECKS[stream]) {
    const detail = check(record, context);
    if (detail !== null) return { reason: "bad_value", detail };
  }
  if ((numberOf(record, "updt_time") ?? 0) > context.now + FUTURE_TOLERANCE_MS) {
    return { reason: "future_time", detail: "updt_time: not later than now + 1 day" };
  }
  return null;
}

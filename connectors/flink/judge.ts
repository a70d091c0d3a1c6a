import { FIRST_DATE, LAST_DATE, MOST_BED_DAYS } from "../../aggregations/settlement/stay.js";
import { FUTURE_TOLERANCE_MS, LARGEST_AMOUNT } from "../../aggregations/settlement/validate.js";
import { AMOUNT_FIELDS, FUND_AMOUNTS } from "../../schemas/input/streams.js";
import type { QuarantineReason } from "../../schemas/quarantine.js";
import type { DayNumber } from "../../schemas/units.js";
import { firstOf, text } from "./dialect.js";

/** Between the reason of a fault and its detail. */
const FAULT_SEPARATOR = "|";
const NO_FAULT = "CAST(NULL AS STRING)";

const faultText = (reason: QuarantineReason, detail: string): string =>
  text(`${reason}${FAULT_SEPARATOR}${detail}`);
const bad = (detail: string): string => faultText("bad_value", detail);

/** What identity B adds up, without the mutual aid. */
export const PARTS = "fund_pay_sumamt + acct_pay + psn_cash_pay + hosp_part_amt";

const DIVISION = "'^[0-9]{6}$'";

/** Bounds and signs, amount by amount. */
function amountFaults(name: string): [string, string][] {
  return [
    [
      `${name} > ${LARGEST_AMOUNT} OR ${name} < -${LARGEST_AMOUNT}`,
      bad(`${name}: at most ${LARGEST_AMOUNT / 100} yuan on one bill`),
    ],
    [`init_setl_id <> '' AND ${name} > 0`, faultText("sign_broken", `${name}: not above 0 on a refund`)],
    [`init_setl_id = '' AND ${name} < 0`, faultText("sign_broken", `${name}: not below 0`)],
  ];
}

/**
 * Why a normalised settlement cannot be counted, before its facility is asked: it could not be read, `validateContent`,
 * or the tables do not know its codes (`ins`, `cat` are NULL then). A fault's text, or NULL.
 */
export function fault(): string {
  return firstOf(
    [
      ["rejection IS NOT NULL", "rejection"],
      ["vali_flag NOT IN ('0', '1', '2')", bad("vali_flag: 0, 1 or 2")],
      ["mid_setl_flag NOT IN ('0', '1')", bad("mid_setl_flag: 0 or 1")],
      ["cal_ipt_cnt NOT IN ('', '0')", bad("cal_ipt_cnt: 0 or 1")],
      [`ABS(ipt_days) > ${MOST_BED_DAYS}`, bad(`ipt_days: at most ${MOST_BED_DAYS}`)],
      [`NOT REGEXP(insu_admdvs, ${DIVISION})`, bad("insu_admdvs: six digits")],
      [
        `fix_blng_admdvs <> '' AND NOT REGEXP(fix_blng_admdvs, ${DIVISION})`,
        bad("fix_blng_admdvs: six digits"),
      ],
      ["init_setl_id = setl_id", bad("init_setl_id: another settlement than setl_id")],
      [
        `${FUND_AMOUNTS.join(" + ")} <> fund_pay_sumamt`,
        faultText("identity_broken", "A: fund_pay_sumamt = sum of the eight fund amounts"),
      ],
      [
        `${PARTS} <> medfee_sumamt AND ${PARTS} + COALESCE(acct_mulaid_pay, 0) <> medfee_sumamt`,
        faultText(
          "identity_broken",
          "B: medfee_sumamt = fund_pay_sumamt + acct_pay + psn_cash_pay + hosp_part_amt",
        ),
      ],
      ...AMOUNT_FIELDS.flatMap(amountFaults),
      ["ins IS NULL", bad("insutype: one of `insurances`")],
      ["cat IS NULL", `CONCAT(${text(`unknown_category${FAULT_SEPARATOR}med_type `)}, med_type)`],
    ],
    NO_FAULT,
  );
}

/** `stayFault` of an inpatient bill (aggregations/settlement/stay.ts); over `inpatient`. */
export function stayFault(): string {
  const outside = (field: string): string => `(${field} < ${FIRST_DATE} OR ${field} > ${LAST_DATE})`;
  const missing = (field: string): string =>
    faultText("missing_field", `${field}: required for care inpatient unless ipt_days is given`);
  return firstOf(
    [
      ["NOT inpatient", NO_FAULT],
      ["ipt_days IS NULL AND begndate IS NULL", missing("begndate")],
      ["ipt_days IS NULL AND enddate IS NULL", missing("enddate")],
      [outside("begndate"), bad("begndate: a day of the years 1900 to 2199")],
      [outside("enddate"), bad("enddate: a day of the years 1900 to 2199")],
      ["enddate < begndate", bad("enddate: not before begndate")],
      [
        `enddate - begndate > ${MOST_BED_DAYS} AND ipt_days IS NULL`,
        bad(`ipt_days: at most ${MOST_BED_DAYS}`),
      ],
    ],
    NO_FAULT,
  );
}

/** `validateTime`. Only where rows are inserted alone: what time it is differs from one look to the next. */
export function timeFault(firstDay: DayNumber): string {
  const ahead = (field: string): string => `${field} > UNIX_TIMESTAMP() * 1000 + ${FUTURE_TOLERANCE_MS}`;
  return firstOf(
    [
      [ahead("setl_time"), faultText("future_time", "setl_time")],
      [ahead("updt_time"), faultText("future_time", "updt_time")],
      [`setl_day < ${firstDay}`, faultText("too_old", "setl_time before periods.firstDay")],
    ],
    NO_FAULT,
  );
}

/** That of a bill of people insured elsewhere at a facility elsewhere. */
export const outsideFault = (): string =>
  `CONCAT(${text(`out_of_jurisdiction${FAULT_SEPARATOR}insu_admdvs `)}, insu_admdvs, ', facility in ', division)`;

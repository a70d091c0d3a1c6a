import { firstOf } from "./dialect.js";

/** `bedDaysOf` (aggregations/settlement/stay.ts); over `inpatient`. */
export const bedDays = (): string =>
  firstOf(
    [
      ["ipt_days IS NOT NULL", "ABS(ipt_days)"],
      ["NOT inpatient OR begndate IS NULL OR enddate IS NULL", "0"],
      ["enddate - begndate < 1", "1"],
    ],
    "enddate - begndate",
  );

/** `weightOf` (aggregations/settlement/contribution.ts); over `inpatient`. */
export const weight = (): string =>
  firstOf(
    [
      ["vali_flag <> '1' OR mid_setl_flag = '1' OR (inpatient AND cal_ipt_cnt = '0')", "0"],
      ["init_setl_id = ''", "1"],
    ],
    "-1",
  );

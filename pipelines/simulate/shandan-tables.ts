import type { NamedProfile } from "./profile.js";
import { IN_COUNTY } from "./shandan-facilities.js";

const named = (ids: string): string[] =>
  ids.split(" ").map((id) => IN_COUNTY.find(([known]) => known === id)![1]);

// The employees' tables begin with the hospitals and list five townships, one of them without a stay.
const EMPLOYEES = named("maternal people tonghe tcm renhui qingquan liqiao huocheng damaying dongle");
const DIP = named(
  "qingquan dongle liqiao chenhu chenhu_xinhe damaying huazhai weiqi laojun huocheng people tcm maternal tonghe renhui",
);

/** The print has the same word for every subtotal. */
const SUBTOTALS = { 县级医疗机构小计: "小计", 乡镇卫生院小计: "小计" };

/** Row order, headings and habits of this report. */
export const SHANDAN_TABLES: NamedProfile["tables"] = {
  "resident.inpatient.by_facility.visits": { labels: { ...SUBTOTALS, 合计: "总计" } },
  "resident.inpatient.by_facility.avg_fee": { labels: SUBTOTALS },
  "resident.inpatient.by_facility.base_comp": { labels: SUBTOTALS },
  "resident.inpatient.by_facility.visits_per_head": { labels: SUBTOTALS },
  "resident.inpatient.by_region.avg_fee": { headings: { avg_fee_yuan: "次均费(元)" } },
  "employee.inpatient.by_region.rate": {
    headings: { insured: "本期参保人数", visits_yoy_pct: "同比增长率(%)" },
  },
  "employee.inpatient.by_facility.visits": { facilities: EMPLOYEES, labels: SUBTOTALS },
  "employee.inpatient.by_facility.avg_fee": { facilities: EMPLOYEES, labels: SUBTOTALS },
  // Printed under 基本段, but made of the whole reimbursement.
  "employee.inpatient.by_facility.base_comp": {
    facilities: EMPLOYEES,
    labels: SUBTOTALS,
    paid: "reimbursed",
  },
  "employee.inpatient.by_facility.visits_per_head": { facilities: EMPLOYEES, labels: SUBTOTALS },
  "employee.inpatient.by_region.reimb": { headings: { aid_paid_wan: "报销费用(万元)/救助" } },
  "employee.inpatient.by_tier.reimb": { headings: { aid_paid_wan: "报销费用(万元)/救助" } },
  "resident.dip.by_facility": { facilities: DIP, unsigned: true },
  "employee.dip.by_facility": { facilities: DIP, unsigned: true },
};

import type { AuditedFigure } from "../../../pipelines/audit/arithmetic/judge.js";
import type { PrintedReport } from "../../../pipelines/audit/wording/report.js";

interface Open {
  readonly id: string;
  readonly keys: readonly string[];
  /** Lines with one of these labels; default every line. */
  readonly lines?: readonly string[];
}

/** Figures that the audit may leave open: no grouping or indicator of the default configuration holds them. */
const NOT_KEPT: readonly Open[] = [
  // Insured district by tier.
  { id: "resident.inpatient.district_tier", keys: ["visits"], lines: ["三级", "二级"] },
  // Fee per person, what people pay themselves, all funds over the fee.
  { id: "employee.inpatient.misc", keys: ["cost_per_head_yuan", "self_pay_wan", "fund_rate_pct"] },
  // A category that the bureau does not have.
  { id: "resident.inpatient.emergency", keys: ["visits"] },
  // Distinct persons over several facilities.
  { id: "resident.inpatient.by_facility", keys: ["heads", "visits_per_head"], lines: ["合计"] },
  // By kind of facility.
  { id: "resident.by_facility_kind", keys: ["visits", "pool_paid_wan"] },
  { id: "resident.village", keys: ["visits"] },
  // One name for two facilities; a row for those of no district.
  { id: "resident.inpatient.by_facility.tcm", keys: ["visits"] },
  { id: "resident.inpatient.by_facility_district", keys: ["visits", "fee_total_wan"], lines: ["市本级"] },
  // Funds and subjects of the books as rows.
  { id: "resident.fund.income", keys: ["income_wan"] },
  { id: "fund.balance", keys: ["income_wan", "expense_wan", "balance_period_wan"] },
  { id: "all.fund.balance", keys: ["income_wan", "expense_wan", "balance_period_wan"] },
  // The id alone says whom it is about, in a word that is not read.
  { id: "employee.inpatient.retired", keys: ["visits"] },
  { id: "resident.township_total", keys: ["township_visits"] },
];

export function mayStayOpen(f: AuditedFigure, report: PrintedReport): boolean {
  const row = report.tables.find((t) => t.id === f.id)?.rows[f.rowIndex];
  return NOT_KEPT.some(
    ({ id, keys, lines }) =>
      id === f.id &&
      keys.includes(f.key) &&
      (lines === undefined || Object.values(row ?? {}).some((v) => lines.includes(String(v)))),
  );
}

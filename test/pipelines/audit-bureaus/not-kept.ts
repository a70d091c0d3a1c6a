const tier = (table: string, ...keys: string[]): string[] =>
  ["三级", "二级"].flatMap((row) => keys.map((key) => `${table} ${row} ${key}`));

/** Figures that the audit may leave open: no grouping or indicator of the default configuration holds them. */
export const NOT_KEPT: ReadonlySet<string> = new Set([
  // Insured district by tier.
  ...["东城区", "河口县"].flatMap((district) =>
    ["三级", "二级"].map((t) => `resident.inpatient.district_tier ${district} ${t} visits`),
  ),
  // Fee per person, cash, and the fund's share of the fee.
  ...tier("employee.inpatient.misc", "cost_per_head_yuan", "self_pay_wan", "fund_rate_pct"),
  // A category that the bureau does not have.
  "resident.inpatient.emergency visits",
  // Distinct persons over several facilities, and visits of a kind of facility.
  "resident.inpatient.by_facility 合计 heads",
  "resident.inpatient.by_facility 合计 visits_per_head",
  ...["县级医院", "乡镇卫生院", "村卫生室"].flatMap((kind) =>
    ["visits", "pool_paid_wan"].map((key) => `resident.by_facility_kind ${kind} ${key}`),
  ),
  "resident.village visits",
  "resident.township_total township_visits",
]);

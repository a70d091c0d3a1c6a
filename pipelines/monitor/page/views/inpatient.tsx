import { CareView } from "./care.js";

/** 住院: how many, how dear, how long, how much is reimbursed, and where it differs. */
export function Inpatient(_: { code?: string }) {
  return (
    <CareView
      route="inpatient"
      bar="fund_paid"
      by={["region", "tier", "care_group", "category", "facility", "district"]}
      tiles={[
        { indicator: "visits" },
        { indicator: "hospitalization_rate" },
        { indicator: "fund_paid" },
        { indicator: "avg_fee" },
        { indicator: "reimb_rate" },
        { indicator: "reimb_rate_in_scope" },
        { indicator: "avg_bed_days" },
        { indicator: "visits_per_person" },
      ]}
      months={[
        { indicator: "visits", shape: "count" },
        { indicator: "fund_paid", shape: "wan" },
        { indicator: "avg_fee", shape: "yuan" },
        { indicator: "reimb_rate", shape: "pct" },
        { indicator: "avg_bed_days", shape: "two" },
        { indicator: "visits_per_person", shape: "three" },
      ]}
      columns={[
        { indicator: "visits" },
        { indicator: "fund_paid", main: true },
        { indicator: "avg_fee" },
        { indicator: "reimb_rate" },
        { indicator: "reimb_rate_in_scope", noChange: true, hideOnPhone: true },
        { indicator: "avg_bed_days", noChange: true },
        { indicator: "visits_per_person", noChange: true, hideOnPhone: true },
      ]}
    />
  );
}

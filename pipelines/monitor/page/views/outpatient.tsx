import { CareView } from "./care.js";

/** 门诊与药店: the kinds of visits without a bed, what they cost, who takes them. */
export function Outpatient(_: { code?: string }) {
  return (
    <CareView
      route="outpatient"
      bar="fund_paid"
      by={["category", "tier", "facility", "district"]}
      tiles={[
        { indicator: "visits" },
        { indicator: "persons" },
        { indicator: "fund_paid" },
        { indicator: "account_paid" },
        { indicator: "avg_fee" },
        { indicator: "reimb_rate" },
      ]}
      months={[
        { indicator: "visits", shape: "count" },
        { indicator: "fund_paid", shape: "wan" },
        { indicator: "avg_fee", shape: "yuan" },
      ]}
      columns={[
        { indicator: "visits" },
        { indicator: "fund_paid", main: true },
        { indicator: "account_paid", noChange: true },
        { indicator: "avg_fee" },
        { indicator: "reimb_rate", noChange: true },
      ]}
    />
  );
}

import { refund, settlement, type Workspace } from "./workspace.js";

export const NOW = (): number => Date.parse("2024-06-15T00:00:00Z");
export const LATER = { updt_time: "2024-06-01 10:00:00" };
const STAY = { med_type: "21", begndate: "2024-03-01", enddate: "2024-03-05" };

/** Something in every published table: both years, a close and what changed after it, alerts, doubts, orphans. */
export function fillWithOneOfEach(w: Workspace): void {
  w.reference("divisions", "admdvs,name\n620725,山丹县\n620702,甘州区\n");
  w.reference(
    "facilities",
    "fixmedins_code,admdvs,tier,ownership,kind,display_order\nH1,620725,2,public,hospital,1\n",
  );
  w.put("settlement-1.ndjson", [
    settlement("1", {
      fixmedins_code: "H1",
      setl_time: "2023-03-05 10:00:00",
      updt_time: "2023-03-05 10:00:00",
    }),
    settlement("2", { fixmedins_code: "H1" }),
    settlement("3", { fixmedins_code: "H1", ...STAY }),
    settlement("4", { insutype: "310", psn_type: "1101", hifp_pay: "50.00", hifob_pay: "10.00" }),
    settlement("5", { fixmedins_code: "UNKNOWN", fix_blng_admdvs: "620702" }),
    settlement("6", { inscp_scp_amt: "900.00" }),
    settlement("7", { med_type: "9999" }),
    refund("8", "never seen"),
  ]);
  const entry = { admdvs: "620725", updt_time: "2024-05-01 00:00:00", fund: "resident" };
  w.put("fund-entry-1.ndjson", [
    {
      ...entry,
      entry_id: "a",
      kind: "opening_balance",
      subject: "other",
      amount: "500.00",
      book_date: "2024-01-01",
    },
    { ...entry, entry_id: "b", kind: "income", subject: "levy", amount: "100.00", book_date: "2024-03-31" },
    {
      ...entry,
      entry_id: "c",
      kind: "expense",
      subject: "benefit",
      amount: "70.10",
      book_date: "2024-03-30",
      beneficiaries: 3,
    },
    {
      ...entry,
      entry_id: "d",
      kind: "budget_expense",
      subject: "other",
      amount: "400.00",
      book_date: "2024-01-01",
    },
    {
      ...entry,
      entry_id: "e",
      kind: "budget_income",
      subject: "other",
      amount: "800.00",
      book_date: "2024-01-01",
    },
    {
      ...entry,
      entry_id: "f",
      kind: "expense",
      subject: "benefit",
      amount: "60.00",
      book_date: "2023-03-30",
    },
  ]);
  w.put("enrolment-1.ndjson", [
    ...["2023", "2024"].flatMap((year) =>
      ["employee", "resident"].map((insurance) => ({
        ...{
          as_of: `${year}-01-31`,
          admdvs: "620725",
          insurance,
          persons: 1000,
          paid_persons: 900,
          target_persons: 950,
        },
        updt_time: "2024-02-01 00:00:00",
      })),
    ),
  ]);
  w.put("dip-result-1.ndjson", [
    {
      ...{ result_id: "d", fixmedins_code: "H1", insurance: "resident", settled_month: "2024-03", cases: 2 },
      ...{
        fee_for_service_amount: "300.00",
        dip_amount: "280.50",
        deposit_rate: "0.05",
        updt_time: "2024-05-01 00:00:00",
      },
    },
  ]);
  w.put("reported-fact-1.ndjson", [
    {
      ...{
        fact_id: "f",
        indicator: "inspected",
        period: "2024-03",
        admdvs: "620725",
        value: "3",
        unit: "facility",
      },
      updt_time: "2024-04-01 00:00:00",
    },
  ]);
}

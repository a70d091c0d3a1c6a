import { afterAll, beforeAll, expect, test } from "vitest";
import { bill, drainedBureau, paperFigures } from "../../support/on-paper.js";
import type { Workspace } from "../../support/workspace.js";

const HOME = "620725";
const EMPLOYEE = { insutype: "310", psn_type: "1101" };
const stay = (days: number, more: object) => ({
  ...{ med_type: "21", begndate: "2024-03-01", enddate: "2024-03-15", ipt_days: days },
  ...more,
});
const facility = (code: string, admdvs: string) => ({
  ...{ fixmedins_code: code, admdvs, hosp_lv: "05", kind: "hospital", ownership: "public" },
});

const K1 = {
  ...{ psn_no: "a", inscp_scp_amt: 900, hifp_pay: 500, hifes_pay: 20, hifmi_pay: 100, hifdm_pay: 5 },
  ...{ maf_pay: 30, oth_pay: 15, acct_pay: 50, hosp_part_amt: 40 },
};
const BILLS = [
  bill("K1", HOME, "H1", 1_000, stay(5, K1)),
  bill("K2", HOME, "H2", 600, stay(3, { psn_no: "a", inscp_scp_amt: 500, hifp_pay: 300 })),
  bill("K3", HOME, "H1", 400, stay(2, { psn_no: "b", inscp_scp_amt: 400, hifp_pay: 200, clr_way: "20" })),
  bill("K4", HOME, "H1", 200, { psn_no: "b", inscp_scp_amt: 150, hifp_pay: 100 }),
  bill("K5", HOME, "H1", 300, { psn_no: "c", med_type: "14", inscp_scp_amt: 300, hifp_pay: 200 }),
  bill(
    "K6",
    HOME,
    "H1",
    2_000,
    stay(8, {
      ...{ ...EMPLOYEE, psn_no: "d", inscp_scp_amt: 1_800, hifp_pay: 1_000 },
      ...{ cvlserv_pay: 200, hifob_pay: 300, acct_pay: 100 },
    }),
  ),
  bill("K7", HOME, "H1", 80, { ...EMPLOYEE, psn_no: "d", med_type: "41", acct_pay: 80 }),
  bill("K8", HOME, "H1", 120, {
    ...EMPLOYEE,
    psn_no: "e",
    inscp_scp_amt: 100,
    hifp_pay: 60,
    cvlserv_pay: 10,
  }),
];

let entries = 0;
const entry = (kind: string, subject: string, amount: number, book_date: string) => ({
  ...{ entry_id: `E${++entries}`, fund: "resident", admdvs: HOME, kind, subject, amount, book_date },
  updt_time: `${book_date} 12:00:00`,
});
const enrolled = (insurance: string, persons: number, more: object) => ({
  ...{ as_of: "2024-03-31", admdvs: HOME, insurance, persons, updt_time: "2024-03-31 12:00:00" },
  ...more,
});
const dip = (month: string, cases: number, ffs: number, amount: number, more: object = {}) => ({
  ...{ result_id: `D${month}`, fixmedins_code: "H1", insurance: "resident", settled_month: month, cases },
  ...{ fee_for_service_amount: ffs, dip_amount: amount, updt_time: "2024-04-05 12:00:00" },
  ...more,
});

let space: Workspace;
beforeAll(async () => {
  space = await drainedBureau(
    {},
    {
      facility: [facility("H1", HOME), facility("H2", "620702")],
      settlement: BILLS,
      enrolment: [
        enrolled("resident", 300, { paid_persons: 270, target_persons: 360 }),
        enrolled("employee", 20, { group: "active", sex: "female" }),
        enrolled("employee", 30, { group: "active", sex: "male" }),
        enrolled("employee", 30, { group: "retired" }),
      ],
      "fund-entry": [
        entry("opening_balance", "other", 4_000, "2024-01-01"),
        entry("budget_income", "levy", 5_000, "2024-01-01"),
        entry("budget_income", "subsidy_central", 7_000, "2024-06-30"),
        entry("budget_expense", "benefit", 8_000, "2024-01-01"),
        entry("income", "levy", 2_000, "2024-01-31"),
        entry("income", "prepayment", 1_000, "2024-01-31"),
        entry("expense", "benefit", 1_500, "2024-02-29"),
        entry("income", "interest", 1_000, "2024-03-21"),
      ],
      "dip-result": [
        dip("2024-01", 10, 1_000, 900),
        dip("2024-02", 12, 1_000, 1_200, { deposit_rate: "0.1" }),
      ],
    },
  );
}, 120_000);
afterAll(() => space.remove());

const matches = async (
  where: string,
  expected: Readonly<Record<string, number | null>>,
  period = "2024Q1",
): Promise<void> => {
  const named = Object.fromEntries(Object.entries(expected).map(([name, v]) => [`${where} ${name}`, v]));
  expect(await paperFigures(space, period, Object.keys(named))).toEqual(named);
};

test("every measure of the residents' stays, and what they make", async () => {
  await matches("resident care inpatient", {
    ...{ visits: 3, persons: 2, bed_days: 10, fee: 2_000, in_scope_fee: 1_800 },
    ...{ pool_paid: 1_000, critical_paid: 100, large_paid: 0, aid_paid: 30, civil_servant_paid: 0 },
    ...{ supplementary_paid: 20, disabled_paid: 5, other_paid: 15, fund_paid: 1_170 },
    ...{ account_paid: 50, cash_paid: 740, hospital_paid: 40, reimbursed: 1_130, benefit_paid: 1_000 },
    ...{ critical_visits: 1, critical_fee: 1_000, aid_visits: 1, aid_fee: 1_000, account_visits: 1 },
    ...{ large_visits: 0, large_fee: 0, civil_servant_visits: 0, case_paid_visits: 1 },
    ...{ avg_fee: 666.666667, avg_reimbursed: 376.666667, avg_bed_days: 3.333333 },
    ...{ visits_per_person: 1.5, reimb_rate: 0.565, reimb_rate_in_scope: 0.627778, pool_rate: 0.5 },
    ...{ case_paid_rate: 0.333333, hospitalization_rate: 0.01 },
    ...{ share_visits: 0.6, share_fee: 0.8, share_fund_paid: 0.795918 },
    ...{ share_pool_paid: 0.769231, share_benefit_paid: 0.769231 },
  });
  await matches("resident total", { visits: 5, persons: 3, fee: 2_500, fund_paid: 1_470, pool_paid: 1_300 });
});

test("shares within a care and within a category", async () => {
  await matches("resident care+category outpatient 普通门诊", {
    ...{ share_in_care_visits: 0.5, share_in_care_fee: 0.4, share_in_care_fund_paid: 0.333333 },
    ...{ share_in_care_pool_paid: 0.333333, share_in_care_benefit_paid: 0.333333, share_fee: 0.08 },
  });
  await matches("resident care+category+region inpatient 普通住院 city", {
    ...{ share_in_category_visits: 0.333333, share_in_category_fee: 0.3 },
    ...{ share_in_category_fund_paid: 0.25641, share_in_category_pool_paid: 0.3 },
    ...{ share_in_category_benefit_paid: 0.3, hospitalization_rate: 0.003333 },
  });
});

test("employees: what civil servants' and large-amount funds and accounts take part in", async () => {
  await matches("employee total", {
    ...{ visits: 3, persons: 2, civil_servant_paid: 210, civil_servant_visits: 2 },
    ...{ large_paid: 300, large_visits: 1, large_fee: 2_000, account_paid: 180, account_visits: 2 },
    ...{ fund_paid: 1_570, reimbursed: 1_360, benefit_paid: 1_540, hospitalization_rate: null },
  });
  await matches("employee care inpatient", { hospitalization_rate: 0.0125 });
});

test("what settlements cost each fund, whoever's insurance it is", async () => {
  const settled = (insurance: string, fund: string): string => `${insurance} fund ${fund} settled_expense`;
  const expected = {
    [settled("employee", "employee_pool")]: 1_060,
    // K1's account is a fund of the employees, though a resident's.
    [settled("employee", "employee_account")]: 230,
    [settled("employee", "employee")]: 1_290,
    [settled("employee", "civil_servant")]: 210,
    [settled("employee", "large_amount")]: 300,
    "employee total settled_expense": 1_800,
    [settled("resident", "resident")]: 1_300,
    [settled("resident", "critical_illness")]: 100,
    [settled("all", "aid")]: 30,
    "all total settled_expense": 3_230,
  };
  expect(await paperFigures(space, "2024Q1", Object.keys(expected))).toEqual(expected);
});

test("people enrolled, as a whole and by group and sex", async () => {
  await matches("resident total", { enrolled: 300, enrolled_paid: 270, enrolment_progress: 0.75 });
  await matches("employee total", { enrolled: 80, enrolled_paid: null });
  await matches("employee person_group active", { enrolled: 50 });
  await matches("employee person_group+sex active female", { enrolled: 20 });
  await matches("all total", { enrolled: 380 });
});

test("a fund's books: progress, balance, months, over the year and over a month", async () => {
  await matches("resident fund resident", {
    ...{ income: 4_000, expense: 1_500, balance_period: 2_500, balance_cumulative: 6_500 },
    ...{ budget_income: 12_000, budget_expense: 8_000, income_progress: 0.333333, expense_progress: 0.1875 },
    ...{ settled_progress: 0.1625, months_payable: 13, months_payable_net: 11, use_progress: 0.375 },
    ...{ expense_to_budget_income: 0.125, expense_to_available: 0.09375 },
  });
  await matches(
    "resident fund resident",
    {
      income: 0,
      expense: 1_500,
      balance_period: -1_500,
      balance_cumulative: 5_500,
      months_payable: 3.666667,
    },
    "2024-02",
  );
});

test("DIP results, in total and by facility, with a deposit of their own", async () => {
  const results = {
    ...{ dip_cases: 22, ffs_amount: 2_000, dip_amount: 2_100, dip_difference: 100, dip_deposit: 165 },
    dip_prepay_rate: 1.05,
  };
  await matches("resident total", results);
  await matches("resident facility H1", results);
  await matches("resident total", { dip_cases: 12, dip_deposit: 120, dip_prepay_rate: 1.2 }, "2024-02");
});

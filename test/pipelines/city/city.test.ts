import { afterAll, beforeAll, expect, test } from "vitest";
import { queryPublished } from "../../../connectors/duckdb/query.js";
import { bill, drainedBureau, paperFigures } from "../../support/on-paper.js";
import type { Workspace } from "../../support/workspace.js";

const CITY = "370600";
const CATEGORIES = `med_type,category,care
11,门诊统筹,outpatient
14,门诊慢特病,outpatient
9101,单独支付药品,outpatient
12,门诊共济个人账户,outpatient
9903,门诊两病,outpatient
41,个人账户刷卡,pharmacy
21,普通住院,inpatient
`;
const facility = (code: string, admdvs: string, hosp_lv: string, kind = "hospital") => ({
  ...{ fixmedins_code: code, admdvs, hosp_lv, kind, ownership: "public" },
});
const EMPLOYEE = { insutype: "310", psn_type: "1101" };
const BEFORE = { setl_time: "2023-03-15 10:00:00", updt_time: "2023-03-15 10:00:00" };
const stay = (scope: number, pool: number, more: object = {}) => ({
  ...{ med_type: "21", begndate: "2024-03-05", enddate: "2024-03-15", inscp_scp_amt: scope, hifp_pay: pool },
  ...more,
});

const SETTLEMENTS = [
  bill("O1", "370602", "A", 300, { ...EMPLOYEE, hifp_pay: 180 }),
  bill("O2", "370611", "A", 300, { ...EMPLOYEE, hifp_pay: 180 }),
  bill("O3", "370602", "A", 200, { ...EMPLOYEE, ...BEFORE, hifp_pay: 100 }),
  bill("O4", "370602", "A", 1_000, { ...EMPLOYEE, med_type: "14", hifp_pay: 800 }),
  bill("O5", "370602", "A", 5_000, { ...EMPLOYEE, med_type: "9101", hifp_pay: 3_500 }),
  bill("O6", "370602", "P", 100, { ...EMPLOYEE, med_type: "41", acct_pay: 100 }),
  bill("O7", "370602", "P", 140, { ...EMPLOYEE, med_type: "41", acct_pay: 140 }),
  bill("O8", "370602", "A", 150, { ...EMPLOYEE, med_type: "12", acct_pay: 150 }),
  bill("O9", "370611", "C", 60, { med_type: "9903", hifp_pay: 30 }),
  bill("O10", "370611", "C", 80, { med_type: "9903", hifp_pay: 40 }),
  bill("O11", "370602", "C", 400, { med_type: "14", hifp_pay: 200, maf_pay: 100 }),
  bill("I1", "370602", "A", 10_000, stay(8_000, 5_000, { hifmi_pay: 1_000 })),
  bill("I2", "370602", "A", 10_000, stay(8_000, 5_000)),
  bill("I3", "370602", "A", 8_000, stay(6_400, 4_000, BEFORE)),
  bill("I4", "370602", "B", 4_000, stay(3_600, 2_700)),
  bill("I5", "370611", "C", 1_000, stay(900, 810, { maf_pay: 50 })),
  bill("I6", "370611", "E", 20_000, stay(15_000, 8_000, { setl_type: "1" })),
  bill("I7", "370602", "X", 30_000, stay(20_000, 10_000)),
  bill("I8", "110105", "A", 7_000, stay(5_000, 4_000)),
];

let entries = 0;
const entry = (fund: string, kind: string, subject: string, amount: number, more: object = {}) => ({
  ...{ entry_id: `E${++entries}`, fund, admdvs: CITY, kind, subject, amount },
  ...{ book_date: "2024-02-29", updt_time: "2024-02-29 12:00:00" },
  ...more,
});
const employer = (group: string, subject: string, amount: number, beneficiaries: number, more: object = {}) =>
  entry("maternity", "expense", subject, amount, { group, beneficiaries, ...more });
const pool = (admdvs: string, kind: string, subject: string, amount: number) =>
  entry("employee_pool", kind, subject, amount, { admdvs });

const BOOKS = [
  employer("enterprise", "benefit", 30_000, 10),
  employer("enterprise", "allowance", 80_000, 8),
  employer("institution", "benefit", 6_000, 2),
  employer("institution", "allowance", 12_000, 1),
  employer("enterprise", "allowance", 64_000, 7, { book_date: "2023-02-28" }),
  entry("aid", "opening_balance", "other", 15_000),
  entry("aid", "income", "subsidy_central", 50_000),
  entry("aid", "income", "subsidy_provincial", 20_000),
  entry("aid", "income", "subsidy_local", 10_000),
  entry("aid", "expense", "benefit", 40_000),
  pool("370602", "opening_balance", "other", 100_000),
  pool("370602", "income", "levy", 60_000),
  pool("370602", "income", "prepayment", 12_000),
  pool("370602", "expense", "benefit", 30_000),
  pool("370611", "opening_balance", "other", 40_000),
  pool("370611", "income", "levy", 20_000),
  pool("370611", "expense", "benefit", 15_000),
  entry("risk_reserve", "opening_balance", "other", 20_000, { insurance: "employee" }),
  entry("risk_reserve", "income", "transfer", 5_000, { insurance: "employee" }),
];

const enrolled = (admdvs: string, insurance: string, group: string, persons: number) => ({
  ...{ as_of: "2024-03-31", admdvs, insurance, group, persons, updt_time: "2024-03-31 12:00:00" },
});

let facts = 0;
const fact = (indicator: string, value: number, unit: string, dimensions: object = {}, admdvs = CITY) => ({
  ...{ fact_id: `F${++facts}`, indicator, period: "2024H1", admdvs, value: String(value), unit, dimensions },
  updt_time: "2024-07-01 09:00:00",
});

let space: Workspace;
beforeAll(async () => {
  space = await drainedBureau(
    {
      jurisdiction: { name: "某市", admdvs: CITY, level: "city" },
      careGroups: [
        { name: "市外", when: { region: ["province", "national"] } },
        { name: "市内三级", when: { tier: ["3"] } },
        { name: "市内二级", when: { tier: ["2"] } },
        { name: "市内一级及以下" },
      ],
    },
    {
      facility: [
        facility("A", "370602", "02"),
        facility("B", "370611", "05"),
        facility("C", "370611", "08", "township"),
        facility("E", "370100", "02"),
        facility("X", "110101", "02"),
        facility("P", "370602", "11", "pharmacy"),
      ],
      enrolment: [
        enrolled("370602", "resident", "all", 1_000),
        enrolled("370611", "resident", "all", 600),
        enrolled("370602", "employee", "active", 200),
        enrolled("370602", "employee", "retired", 100),
        enrolled("370611", "employee", "active", 150),
      ],
      "fund-entry": BOOKS,
      "reported-fact": [
        fact("subsidised_persons", 300, "person", { source: "central" }),
        fact("subsidised_persons", 120, "person", { source: "local" }),
        fact("subsidised_amount", 114_000, "yuan", { source: "central" }),
        fact("subsidised_persons", 80, "person", {}, "370611"),
        fact("secondary_aid_persons", 12, "person", {}, "370602"),
        fact("secondary_aid_paid", 36_000, "yuan", {}, "370602"),
        fact("facilities", 45, "facility", { kind: "hospital" }),
        fact("facilities_inspected", 45, "facility", { kind: "hospital" }),
        fact("facilities_inspected_on_site", 30, "facility", { kind: "hospital" }),
        fact("facilities_penalised", 4, "facility", { kind: "hospital" }),
        fact("principal_recovered", 123_456.78, "yuan", { kind: "hospital" }),
        fact("penalty", 20_000, "yuan", { kind: "hospital" }),
        fact("facilities_inspected", 310, "facility", { kind: "pharmacy" }),
        fact("procurement_batches", 5, "batch", { goods: "drug" }),
        fact("procurement_varieties", 120, "variety", { goods: "drug" }),
        fact("procurement_savings", 1_200_000, "yuan", { goods: "drug" }),
        fact("payment_reform_facilities", 42, "facility", { method: "DIP" }),
      ],
      settlement: SETTLEMENTS,
    },
    CATEGORIES,
  );
}, 120_000);
afterAll(() => space.remove());

const matches = async (period: string, expected: Readonly<Record<string, number | null>>): Promise<void> =>
  expect(await paperFigures(space, period, Object.keys(expected))).toEqual(expected);

const kind = (category: string, care = "outpatient"): string => `employee care+category ${care} ${category}`;

test("a quarter: kinds of outpatient care with visits, money and average, against the year before", async () => {
  await matches("2024Q1", {
    [`${kind("门诊统筹")} visits`]: 2,
    [`${kind("门诊统筹")} visits change_pct`]: 1,
    [`${kind("门诊统筹")} fund_paid`]: 360,
    [`${kind("门诊统筹")} fund_paid change_pct`]: 2.6,
    [`${kind("门诊统筹")} avg_reimbursed`]: 180,
    [`${kind("门诊统筹")} avg_reimbursed change`]: 80,
    [`${kind("门诊统筹")} avg_reimbursed change_pct`]: 0.8,
    [`${kind("门诊慢特病")} fund_paid`]: 800,
    [`${kind("单独支付药品")} avg_reimbursed`]: 3_500,
    [`${kind("个人账户刷卡", "pharmacy")} visits`]: 2,
    [`${kind("个人账户刷卡", "pharmacy")} account_paid`]: 240,
    [`${kind("门诊共济个人账户")} account_paid`]: 150,
    "resident care+category outpatient 门诊两病 visits": 2,
    "resident care+category outpatient 门诊两病 fund_paid": 70,
    "resident care+category outpatient 门诊两病 avg_reimbursed": 35,
  });
  // What accounts pay a visit: 240 / 2.
  const { rows } = await queryPublished(
    space.published,
    `SELECT "人次", "基金支付(万元)"::VARCHAR, "次均支付(元)"::VARCHAR, "次均支付同比(%)"::VARCHAR
     FROM "报表"."职工医保门诊分类别情况表"('2024Q1') WHERE "医疗类别" IN ('个人账户刷卡', '门诊统筹') ORDER BY 1, 2`,
  );
  expect(rows.map((r) => r.map(String))).toEqual([
    ["2", "0.02", "120.00", "100.00"],
    ["2", "0.04", "180.00", "80.00"],
  ]);
});

const level = (name: string): string => `resident care+care_group inpatient ${name}`;

test("a quarter: stays by level, ratios in points and relatively, critical illness", async () => {
  await matches("2024Q1", {
    [`${level("市内三级")} visits`]: 2,
    [`${level("市内三级")} fee`]: 20_000,
    [`${level("市内三级")} avg_fee`]: 10_000,
    [`${level("市内三级")} avg_fee change_pct`]: 0.25,
    [`${level("市内三级")} reimbursed`]: 11_000,
    [`${level("市内三级")} avg_reimbursed`]: 5_500,
    [`${level("市内三级")} reimb_rate_in_scope`]: 0.6875,
    [`${level("市内三级")} reimb_rate_in_scope previous`]: 0.625,
    [`${level("市内三级")} reimb_rate_in_scope change`]: 0.0625,
    [`${level("市内三级")} reimb_rate_in_scope change_pct`]: 0.1,
    [`${level("市内二级")} reimb_rate_in_scope`]: 0.75,
    [`${level("市内一级及以下")} reimbursed`]: 860,
    [`${level("市内一级及以下")} reimb_rate_in_scope`]: 0.955556,
    [`${level("市外")} visits`]: 2,
    [`${level("市外")} fee`]: 50_000,
    [`${level("市外")} reimb_rate_in_scope`]: 0.514286,
    "resident total critical_visits": 1,
    "resident total critical_fee": 10_000,
    "resident total critical_paid": 1_000,
    "resident fund critical_illness settled_expense": 1_000,
  });
});

test("printed tables by region begin with the whole city, whoever of its districts treats", async () => {
  const { rows } = await queryPublished(
    space.published,
    `FROM "报表"."居民医保住院次均费用增长明细表"('2024Q1')`,
  );
  // I4 goes from one district to the other: I1, I2, I4 and I5 are all 市内, 25,000 for four.
  expect(rows.map((r) => r.map(String))).toEqual([
    ["市内住院", "4", "2.50", "6250.00", "8000.00", "-21.88"],
    ["市外省内住院", "1", "2.00", "20000.00", "0.00", "100.00"],
    ["跨省异地住院", "1", "3.00", "30000.00", "0.00", "100.00"],
    ["合计", "6", "7.50", "12500.00", "8000.00", "56.25"],
  ]);
});

const maternity = (group: string, subject: string): string =>
  `maternity fund+subject+person_group maternity ${subject} ${group}`;

test("a quarter: maternity by kind of employer, aid by source", async () => {
  await matches("2024Q1", {
    [`${maternity("enterprise", "benefit")} expense`]: 30_000,
    [`${maternity("enterprise", "benefit")} beneficiaries`]: 10,
    [`${maternity("enterprise", "allowance")} expense`]: 80_000,
    [`${maternity("enterprise", "allowance")} expense change_pct`]: 0.25,
    [`${maternity("enterprise", "allowance")} beneficiaries change`]: 1,
    [`${maternity("institution", "benefit")} beneficiaries`]: 2,
    [`${maternity("institution", "allowance")} expense`]: 12_000,
    "maternity fund+person_group maternity enterprise expense": 110_000,
    "maternity fund maternity expense": 128_000,
    "all fund+subject aid subsidy_central income": 50_000,
    "all fund+subject aid subsidy_provincial income": 20_000,
    "all fund+subject aid subsidy_local income": 10_000,
    "all fund aid balance_cumulative": 55_000,
    "all fund aid balance_period": 40_000,
  });
});

test("a half-year by district: enrolment, books with the risk reserve, months payable with and without prepayments", async () => {
  await matches("2024H1", {
    "resident district 370602 enrolled": 1_000,
    "resident district 370611 enrolled": 600,
    "employee district 370602 enrolled": 300,
    "employee district+person_group 370602 retired enrolled": 100,
    "employee district 370602 income": 72_000,
    "employee district 370602 expense": 30_000,
    "employee district 370602 balance_cumulative": 142_000,
    // 30,000 in six months are 5,000 a month; without the 12,000 paid ahead 130,000 are left.
    "employee district 370602 months_payable": 28.4,
    "employee district 370602 months_payable_net": 26,
    "employee district 370611 balance_cumulative": 45_000,
    "employee district 370611 months_payable": 18,
    "employee district 370611 months_payable_net": 18,
    "employee fund risk_reserve income": 5_000,
    "employee fund risk_reserve balance_cumulative": 25_000,
    "employee total balance_cumulative": 212_000,
    "employee district+fund+subject 370602 employee_pool prepayment income": 12_000,
  });
  await matches("2024Q1", {
    "employee district 370602 months_payable": 14.2,
    "employee district 370602 months_payable_net": 13,
  });
});

test("a half-year by district: stays by the facility's district, aid by the person's", async () => {
  await matches("2024H1", {
    "resident care+facility_district inpatient 370602 visits": 2,
    "resident care+facility_district inpatient 370602 fee": 20_000,
    "resident care+facility_district inpatient 370602 avg_fee": 10_000,
    "resident care+facility_district inpatient 370611 visits": 2,
    "resident care+facility_district inpatient 370611 avg_fee": 2_500,
    "all care+district inpatient 370611 aid_visits": 1,
    "all care+district inpatient 370611 aid_paid": 50,
    "all care+district outpatient 370602 aid_visits": 1,
    "all care+district outpatient 370602 aid_paid": 100,
    "all care+district outpatient 370611 aid_visits": 0,
    "all district 370611 subsidised_persons": 80,
    "all other {source=central} subsidised_persons": 300,
    "all other {source=central} subsidised_amount": 114_000,
    "all other {source=local} subsidised_persons": 120,
    "all district 370602 secondary_aid_persons": 12,
    "all district 370602 secondary_aid_paid": 36_000,
  });
});

test("a half-year: direct settlement across provinces both ways, people and money", async () => {
  const both = (flow: string): string => `all care+region+flow+channel inpatient national ${flow} direct`;
  await matches("2024H1", {
    [`${both("outbound")} visits`]: 1,
    [`${both("outbound")} persons`]: 1,
    [`${both("outbound")} fee`]: 30_000,
    [`${both("outbound")} fund_paid`]: 10_000,
    [`${both("inbound")} visits`]: 1,
    [`${both("inbound")} persons`]: 1,
    [`${both("inbound")} fee`]: 7_000,
    [`${both("inbound")} fund_paid`]: 4_000,
    // Reimbursed by hand in another city of the province, and counted there.
    "all care+region+flow+channel inpatient province outbound manual visits": 1,
  });
});

test("a half-year: supervision by kind of facility, procurement and payment reform", async () => {
  await matches("2024H1", {
    "all other {kind=hospital} facilities": 45,
    "all other {kind=hospital} principal_recovered": 123_456.78,
    "all other {goods=drug} procurement_batches": 5,
    "all other {goods=drug} procurement_varieties": 120,
    "all other {goods=drug} procurement_savings": 1_200_000,
    "all other {method=DIP} payment_reform_facilities": 42,
  });
  const { rows } = await queryPublished(
    space.published,
    `SELECT facility_kind, facilities, facilities_inspected, facilities_inspected_on_site, facilities_penalised,
       principal_recovered, penalty FROM supervision WHERE period = '2024H1' ORDER BY facility_kind`,
  );
  expect(rows.map((r) => r.map((v) => (v === null ? null : String(v))))).toEqual([
    ["hospital", "45", "45", "30", "4", "123456.78", "20000.00"],
    ["pharmacy", null, "310", null, null, null, null],
  ]);
});

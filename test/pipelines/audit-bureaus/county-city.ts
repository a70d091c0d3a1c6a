import { type Bill, billsOf, facilitiesCsv, settlementOf, type World } from "./bills.js";

/**
 * A made-up county-level city, the year 2024 without a year before; cut off, 万元 with four decimals; categories
 * of its own beside the national ones.
 */
export const WORLD: World = {
  seed: 3,
  years: [2024],
  months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  billsPerYear: 500,
  people: 140,
  districts: ["430681"],
  facilities: {
    a1: ["430681", "临湖市人民医院", "04", "public", "hospital"],
    a2: ["430681", "临湖市中医院", "06", "public", "hospital"],
    t1: ["430681", "白水镇中心卫生院", "09", "public", "township"],
    v1: ["430681", "李庄村卫生室", "11", "public", "village"],
    c1: ["430602", "岳城区医院", "05", "public", "hospital"],
    p1: ["430100", "湘雅医院", "01", "public", "hospital"],
    n1: ["420100", "同济医院", "01", "public", "hospital"],
  },
  categories: {
    "21": ["普通住院", "inpatient"],
    "26": ["单病种住院", "inpatient"],
    "11": ["普通门诊", "outpatient"],
    "14": ["门诊慢特病", "outpatient"],
    "9901": ["高血压糖尿病门诊用药", "outpatient"],
    "9902": ["国谈药门诊", "outpatient"],
    "51": ["生育门诊", "maternity"],
    "52": ["生育住院", "maternity"],
    "41": ["个人账户", "pharmacy"],
  },
  medTypes: {
    resident: "21 21 26 11 14 9901 9902".split(" "),
    employee: "21 21 26 11 14 9901 9902 51 52 41".split(" "),
  },
};

/** Yuan that the books of 2024 hold, by fund, kind and subject. */
export const BOOKS: readonly (readonly [fund: string, kind: string, subject: string, yuan: string])[] = [
  ["resident", "opening_balance", "other", "200000000.00"],
  ["resident", "income", "levy", "120000000.00"],
  ["resident", "income", "subsidy_central", "180000000.00"],
  ["resident", "income", "interest", "3000000.55"],
  ["resident", "expense", "benefit", "260000000.12"],
  ["resident", "budget_income", "other", "310000000.00"],
  ["resident", "budget_expense", "other", "300000000.00"],
  ["employee_pool", "income", "levy", "50000000.00"],
  ["employee_account", "income", "levy", "20000000.00"],
  ["employee_pool", "expense", "benefit", "40000000.00"],
  ["employee_account", "expense", "benefit", "15000000.00"],
  ["employee_pool", "expense", "allowance", "1234567.89"],
  ["employee_pool", "opening_balance", "other", "70000000.00"],
  ["employee_account", "opening_balance", "other", "30000000.00"],
  ["aid", "income", "subsidy_central", "5000000.00"],
  ["aid", "expense", "benefit", "4000000.00"],
];
export const ENROLLED = { resident: [312_345, 320_000], employee: [45_678, 46_000] } as const;

const updated = { updt_time: "2024-12-31 10:00:00" };

export const COUNTY_CITY = {
  bills: billsOf(WORLD),
  config: {
    jurisdiction: { name: "临湖市", admdvs: "430681", level: "county" },
    periods: { firstDay: "2024-01-01" },
    insurances: { employee: ["310", "340", "510"], resident: ["390"], maternity: [] },
  },
  reference: {
    facilities: facilitiesCsv(WORLD),
    categories: "med_type,category,care\n9901,高血压糖尿病门诊用药,outpatient\n9902,国谈药门诊,outpatient\n",
    divisions: "admdvs,name\n430681,临湖市\n430602,岳城区\n",
  },
  files: (bills: readonly Bill[]) => ({
    settlement: bills.map(settlementOf),
    enrolment: Object.entries(ENROLLED).map(([insurance, [persons, target]]) => ({
      ...{ as_of: "2024-12-31", admdvs: "430681", insurance, ...updated },
      ...{ persons, paid_persons: persons - 5, target_persons: target },
    })),
    "fund-entry": BOOKS.map(([fund, kind, subject, amount], i) => ({
      ...{ entry_id: `e${i}`, fund, admdvs: "430681", kind, subject, amount, ...updated },
      book_date: ["income", "expense"].includes(kind) ? "2024-06-30" : "2024-01-01",
    })),
  }),
};

/** A made-up county, 130123 in the city 1301; README.md says what comes of it. */
const DIVISION = "130123";
const NOW = "2024-03-15 10:00:00";
const LAST_YEAR = "2023-03-15 10:00:00";

const facility = (
  code: string,
  name: string,
  admdvs: string,
  hosp_lv: string,
  kind: string,
  own = "public",
) => ({
  ...{ fixmedins_code: code, name, admdvs, hosp_lv, kind, ownership: own },
});

/** hosp_lv 02 三级, 05 二级, 08 一级, 11 未定级. */
const FACILITIES = [
  facility("HA", "某县人民医院", DIVISION, "05", "hospital"),
  facility("HB", "某县第二人民医院", DIVISION, "05", "hospital"),
  facility("HC", "上和医院", DIVISION, "08", "hospital", "private"),
  facility("HD", "某县中医院", DIVISION, "05", "hospital"),
  facility("HT", "某乡卫生院", DIVISION, "08", "township"),
  facility("HV", "某村卫生室", DIVISION, "11", "village"),
  facility("HP", "市内民营医院", "130104", "05", "hospital", "private"),
  facility("HQ", "市第一医院", "130102", "02", "hospital"),
  facility("HX", "省外医院", "110101", "02", "hospital"),
  facility("PH", "某药店", DIVISION, "11", "pharmacy", "private"),
];

let bills = 0;
/** `count` bills of one kind: money in yuan, what no fund and no account pays is cash. */
function bill(
  count: number,
  at: string,
  med_type: string,
  fee: number,
  pool: number,
  more: object = {},
): object[] {
  const given = more as Record<string, number>;
  const fund = pool + (given.hifmi_pay ?? 0) + (given.hifob_pay ?? 0);
  return Array.from({ length: count }, () => {
    const id = `S${++bills}`;
    return {
      ...{ setl_id: id, mdtrt_id: `V${id}`, psn_no: `person of ${id}`, insutype: "390", psn_type: "1501" },
      ...{ setl_time: NOW, updt_time: NOW, insu_admdvs: DIVISION, fixmedins_code: at, med_type },
      ...{ medfee_sumamt: fee, inscp_scp_amt: fee, hifp_pay: pool, fund_pay_sumamt: fund },
      ...{ psn_cash_pay: fee - fund - (given.acct_pay ?? 0), begndate: "2024-03-10", enddate: "2024-03-15" },
      ...more,
    };
  });
}

const before = { setl_time: LAST_YEAR, updt_time: LAST_YEAR };
const employee = { insutype: "310", psn_type: "1101" };
const byCase = { clr_way: "20" };

const SETTLEMENTS = [
  // Residents' stays of the half-year, by level.
  ...bill(1, "HX", "21", 20_000, 8_000, { hifmi_pay: 1_000 }),
  ...bill(2, "HQ", "21", 8_000, 4_000),
  ...bill(1, "HP", "21", 4_000, 2_200),
  ...bill(2, "HA", "21", 5_000, 3_500),
  ...bill(1, "HA", "26", 5_000, 3_500, byCase),
  ...bill(1, "HC", "21", 3_000, 2_100, byCase),
  ...bill(1, "HT", "21", 1_000, 800, byCase),
  ...bill(1, "HT", "21", 1_000, 800),
  // Last year's.
  ...bill(1, "HX", "21", 16_000, 6_000, before),
  ...bill(2, "HQ", "21", 7_000, 3_500, before),
  ...bill(2, "HP", "21", 5_000, 2_500, before),
  ...bill(2, "HA", "21", 6_000, 4_000, before),
  ...bill(1, "HC", "21", 2_400, 1_500, before),
  ...bill(1, "HT", "21", 1_600, 1_200, before),
  // Residents otherwise.
  ...bill(1, "HA", "52", 4_000, 1_500),
  ...bill(2, "HA", "22", 3_000, 1_200),
  ...bill(1, "HC", "11", 6_000, 3_000),
  ...bill(2, "HT", "11", 4_000, 2_000),
  ...bill(1, "HV", "11", 2_000, 1_000),
  ...bill(2, "HA", "14", 1_000, 600, byCase),
  ...bill(1, "HB", "14", 1_000, 600, byCase),
  ...bill(1, "HC", "14", 1_000, 600, byCase),
  ...bill(1, "HD", "14", 1_000, 600, byCase),
  // Employees.
  ...bill(1, "HA", "21", 10_000, 7_000, { ...employee, hifob_pay: 500, acct_pay: 200 }),
  ...bill(1, "HA", "26", 5_000, 4_000, employee),
  ...bill(1, "HA", "16", 1_200, 900, employee),
  ...bill(2, "HA", "14", 800, 600, employee),
  ...bill(1, "HA", "15", 2_000, 1_500, employee),
  ...bill(2, "HC", "12", 250, 0, { ...employee, acct_pay: 250 }),
  ...bill(3, "PH", "41", 100, 0, { ...employee, acct_pay: 100 }),
];

const CATEGORIES = `med_type,category,care
21,普通住院,inpatient
26,单病种住院,inpatient
52,分娩,maternity
22,外伤,injury
11,普通门诊,outpatient
12,普通门诊刷卡,outpatient
14,常见慢性病门诊,outpatient
15,特殊慢性病门诊,outpatient
16,门诊单病种,outpatient
41,药店购药,pharmacy
`;

const enrolled = (as_of: string, insurance: string, group: string, persons: number) => ({
  ...{ as_of, admdvs: DIVISION, insurance, group, persons, updt_time: `${as_of} 12:00:00` },
});

let entries = 0;
const entry = (fund: string, kind: string, subject: string, amount: number, more: object = {}) => ({
  ...{ entry_id: `E${++entries}`, fund, admdvs: DIVISION, kind, subject, amount },
  ...{ book_date: "2024-02-29", updt_time: "2024-02-29 12:00:00" },
  ...more,
});
const aid = { insurance: "employee" };
const BOOKS = [
  entry("resident", "budget_income", "subsidy_central", 61_000),
  entry("resident", "budget_income", "subsidy_provincial", 37_500),
  entry("resident", "budget_income", "levy", 21_500),
  entry("resident", "opening_balance", "other", 30_000),
  entry("resident", "income", "levy", 50_000),
  entry("resident", "expense", "benefit", 44_000),
  ...(
    [
      ["employee_pool", 100_000, 40_000, 30_000, {}],
      ["employee_account", 80_000, 25_000, 20_500, {}],
      ["aid", 5_000, 3_000, 1_000, aid],
      ["civil_servant", 9_000, 6_000, 2_000, {}],
    ] as const
  ).flatMap(([fund, opening, income, expense, more]) => [
    entry(fund, "opening_balance", "other", opening, more),
    entry(fund, "income", "levy", income, more),
    entry(fund, "expense", "benefit", expense, more),
  ]),
];

let facts = 0;
const fact = (indicator: string, value: number, unit: string, dimensions?: object) => ({
  ...{ fact_id: `F${++facts}`, indicator, period: "2024H1", admdvs: DIVISION, value: String(value), unit },
  ...{ updt_time: "2024-07-01 09:00:00", ...(dimensions ? { dimensions } : {}) },
});
/** 合计, 门诊, 住院. */
const byCare = (indicator: string, unit: string, all: number, outpatient: number, inpatient: number) => [
  fact(indicator, all, unit),
  fact(indicator, outpatient, unit, { care: "outpatient" }),
  fact(indicator, inpatient, unit, { care: "inpatient" }),
];
const standard = (source: string, value: number) =>
  fact("financing_standard", value, "yuan/person", { insurance: "resident", source });
const reviewed = (quarter: string, city: number, indicator: string, all: number, more: number) => [
  fact(indicator, all, "yuan", { reviewed: quarter }),
  ...(city > 0 ? [fact(indicator, more, "yuan", { reviewed: quarter, jurisdiction: "city" })] : []),
];
const records = (quarter: string, all: number, county: number, city: number) => [
  fact("reviewed_records", all, "record", { reviewed: quarter }),
  fact("reviewed_records", county, "record", { reviewed: quarter, jurisdiction: "county" }),
  fact("reviewed_records", city, "record", { reviewed: quarter, jurisdiction: "city" }),
];
const kinds = (indicator: string, counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([kind, n]) => fact(indicator, n, "facility", { kind }));

const FACTS = [
  fact("enrolment_task", 2_150_000, "person", { insurance: "resident" }),
  ...[standard("central", 410), standard("provincial", 230), standard("individual", 350)],
  fact("review_rounds", 2, "time"),
  ...records("Q3Q4", 1_200, 1_100, 100),
  ...reviewed("Q3Q4", 0, "review_recovered", 152_300, 0),
  ...reviewed("Q3Q4", 0, "review_penalty", 80_000, 0),
  ...records("Q1", 600, 550, 50),
  ...reviewed("Q1", 1, "review_recovered", 98_700, 12_000),
  ...reviewed("Q1", 0, "review_penalty", 45_600, 0),
  ...kinds("facilities", { hospital: 45, community: 21, village: 310, pharmacy: 160 }),
  fact("inspections", 30, "time"),
  fact("facilities_inspected", 152, "facility"),
  ...kinds("facilities_inspected", { hospital: 6, township: 14, private: 20, pharmacy: 112 }),
  fact("facilities_penalised", 7, "facility"),
  fact("principal_recovered", 231_100, "yuan"),
  fact("penalty", 190_000, "yuan"),
  fact("certification_rounds", 2, "time"),
  fact("certified_cases", 1_500, "visit", { route: "concentrated" }),
  fact("certified_cases", 320, "visit", { route: "poverty" }),
  fact("certified_cases", 180, "visit", { route: "daily" }),
  fact("certified_cases", 2_000, "visit"),
  fact("poverty_enrolled", 15_000, "person"),
  fact("poverty_certified", 11_000, "visit"),
  ...byCare("poverty_visits", "visit", 9_000, 7_000, 2_000),
  ...byCare("poverty_fee", "yuan", 12_345_600, 2_340_000, 10_005_600),
  ...byCare("poverty_paid", "yuan", 9_876_000, 1_800_000, 8_076_000),
  ...byCare("poverty_resident_paid", "yuan", 6_000_000, 1_200_000, 4_800_000),
  ...byCare("poverty_critical_paid", "yuan", 1_500_000, 100_000, 1_400_000),
  ...byCare("poverty_aid_paid", "yuan", 1_876_000, 400_000, 1_476_000),
  ...byCare("poverty_backstop_paid", "yuan", 300_000, 50_000, 250_000),
  fact("poverty_supplementary_paid", 1_234_500, "yuan"),
  fact("public_medical_persons", 120, "person"),
  fact("public_medical_persons", 20, "person", { status: "veteran" }),
  fact("public_medical_persons", 100, "person", { status: "disabled" }),
  fact("public_medical_appropriation", 5_000_000, "yuan"),
  fact("public_medical_visits", 1_300, "visit"),
  fact("public_medical_paid", 2_345_600, "yuan"),
  fact("public_medical_visits", 300, "visit", { channel: "manual" }),
  fact("public_medical_paid", 345_600, "yuan", { channel: "manual" }),
  fact("public_medical_visits", 1_000, "visit", { channel: "direct" }),
  fact("public_medical_paid", 2_000_000, "yuan", { channel: "direct" }),
];

export const COUNTY = {
  config: {
    jurisdiction: { name: "某县", admdvs: DIVISION, level: "county" },
    careGroups: [
      { name: "市域外", when: { region: ["province", "national"] } },
      { name: "县外市域内", when: { region: ["city"] } },
      { name: "村级", when: { kind: ["village"] } },
      { name: "县二级", when: { tier: ["3", "2"] } },
      { name: "县一级民营", when: { tier: ["1"], ownership: ["private"] } },
      { name: "乡镇级" },
    ],
    benefit: {
      resident: ["pool_paid", "critical_paid"],
      employee: ["pool_paid", "large_paid", "account_paid"],
    },
  },
  categories: CATEGORIES,
  files: {
    facility: FACILITIES,
    enrolment: [
      enrolled("2023-06-30", "resident", "all", 150),
      enrolled("2024-06-30", "resident", "all", 200),
      enrolled("2024-06-30", "employee", "active", 30),
      enrolled("2024-06-30", "employee", "retired", 12),
    ],
    "fund-entry": BOOKS,
    "reported-fact": FACTS,
    settlement: SETTLEMENTS,
  },
} as const;

import { dayOf } from "../../aggregations/calendar.js";
import type { BookedFact } from "./profile.js";
import {
  cell,
  type Guess,
  type NamedProfile,
  type ProfileCategory,
  type ProfileFacility,
} from "./profile.js";
import type { Cell } from "./targets.js";
import { HUINING_2024Q1 } from "./targets-huining-2024q1.js";

const COUNTY = "620422";

const ELSEWHERE: readonly (readonly [string, string, string, string])[] = [
  ["city", "620402", "02", "白银市第一人民医院"],
  ["city", "620499", "02", "白银市中心医院"],
  ["province", "620102", "02", "兰州大学第一医院"],
  ["province", "629900", "02", "甘肃省人民医院"],
  ["province", "621102", "05", "定西市某医院"],
  ["national", "610103", "02", "西安交通大学某附属医院"],
  ["national", "640104", "02", "宁夏医科大学某附属医院"],
  ["national", "650102", "05", "乌鲁木齐某二级医院"],
];

/** The counts that the notice states: 5 second-level, 30 first-level, 267 ungraded facilities, 98 pharmacies. */
const IN_COUNTY: readonly (readonly [number, string, string, string, string])[] = [
  [5, "05", "hospital", "会宁县二级医院", "t2"],
  [30, "08", "township", "会宁县乡镇卫生院", "t1"],
  [267, "11", "village", "会宁县村卫生室", "village"],
  [98, "11", "pharmacy", "会宁县药店", "pharmacy"],
];

function facilities(): ProfileFacility[] {
  const list: ProfileFacility[] = [];
  for (const [count, level, kind, name, token] of IN_COUNTY) {
    for (let i = 1; i <= count; i++) {
      const code = `${kind === "pharmacy" ? "P" : "H"}${COUNTY}${String(list.length + 1).padStart(5, "0")}`;
      const ownership = kind === "pharmacy" ? "private" : "public";
      list.push({
        code,
        admdvs: COUNTY,
        name: `${name}${i}`,
        hosp_lv: level,
        ownership,
        kind,
        tokens: ["county", token],
      });
    }
  }
  for (const [i, [region, admdvs, level, name]] of ELSEWHERE.entries()) {
    list.push({
      code: `H${admdvs}${String(i + 1).padStart(5, "0")}`,
      admdvs,
      name,
      hosp_lv: level,
      ownership: "public",
      kind: "hospital",
      tokens: [region],
    });
  }
  return list;
}

const chronic = "门诊慢性特殊疾病";
const drug = { token: "negotiated", med_type: "910302", category: "谈判药品", care: "outpatient" };

/** In the order of the printed tables, which is not the same for the two insurances. */
const CATEGORIES: readonly ProfileCategory[] = [
  { token: "inpatient", med_type: "21", category: "住院", care: "inpatient" },
  { token: "chronic", med_type: "14", category: chronic, care: "outpatient", insurance: "employee" },
  { token: "account", med_type: "41", category: "个人账户", care: "pharmacy" },
  { token: "general", med_type: "11", category: "普通门诊", care: "outpatient" },
  { token: "chronic", med_type: "14", category: chronic, care: "outpatient", insurance: "resident" },
  { token: "two", med_type: "9903", category: "门诊“两病”", care: "outpatient" },
  { ...drug, insurance: "employee", parent: chronic },
  { ...drug, insurance: "resident" },
  { token: "maternity", med_type: "52", category: "生育住院", care: "maternity" },
];

const wan = (amount: number): number => Math.round(amount * 1_000_000);
const BOOKED: readonly BookedFact[] = [
  { fund: "resident", kind: "income", subject: "levy", fen: wan(41_926.28), book_date: "2024-03-31" },
  { fund: "maternity", kind: "expense", subject: "allowance", fen: wan(18.4), book_date: "2024-03-31" },
];

/** Headings and columns of this notice. */
const TABLES: NamedProfile["tables"] = {
  "employee.fund.composition": { totalFirst: true },
  "resident.fund.composition": { totalFirst: true, labels: { 门诊慢性特殊疾病: "门诊慢性特殊慢病" } },
  "resident.inpatient.by_region": { labels: { 异地小计: "小计" } },
  "employee.inpatient.by_region": {
    headings: { payable_wan: "补偿(万元)" },
    labels: { 异地小计: "小计" },
  },
  "employee.outpatient_chronic.by_channel": {
    columns: ["fund_paid_wan", "negotiated_drug_wan"],
    headings: { fund_paid_wan: "实际支出(万元)" },
  },
  "resident.outpatient_chronic.by_channel": {
    columns: ["visits", "fee_total_wan", "payable_wan", "fund_paid_wan", "reimb_rate_actual_pct"],
  },
  "resident.negotiated_drug.by_channel": {
    columns: ["visits", "fee_total_wan", "fund_paid_wan", "reimb_rate_actual_pct"],
  },
};

/** Places of stays: tokens, guessed stays and average fee of residents and of employees. */
const PLACES: readonly (readonly [string, readonly [number, number], readonly [number, number]])[] = [
  ["county direct", [18_182, 3_600], [1_124, 4_231]],
  ["city elsewhere_in_province outbound direct", [2_400, 10_000], [260, 9_000]],
  ["province elsewhere_in_province outbound direct", [3_551, 13_000], [403, 11_000]],
  ["national outbound direct", [966, 14_500], [90, 15_200]],
  ["province outbound manual", [110, 14_000], [2, 80_000]],
  ["national outbound manual", [57, 15_000], [2, 90_000]],
];
/** Guessed share of a place's stays that critical-illness insurance takes part in, and fee against the average. */
const CRITICAL_SHARE = [0.07, 0.25, 0.3, 0.35, 0.3, 0.3];

function stays(): Cell[] {
  return PLACES.flatMap(([place, [visits, avgFee], [employees, employeeFee]], i) => {
    const shared: Omit<Guess, "visits" | "avgFee"> = {
      days: i === 0 ? 7 : 9,
      inScope: 0.93,
      aidVisits: 0.84,
    };
    const pool = i === 0 ? 0.74 : 0.6;
    const share = CRITICAL_SHARE[i];
    return [
      cell(0, `resident inpatient plain ${place}`, {
        ...shared,
        visits: visits * (1 - share),
        avgFee: avgFee * 0.85,
        pool,
        aid: 0.09,
      }),
      cell(0, `resident inpatient with_critical ${place}`, {
        ...shared,
        visits: visits * share,
        avgFee: avgFee * 1.4,
        pool: pool - 0.04,
        critical: 0.14,
        aid: 0.07,
      }),
      cell(0, `employee inpatient ${place}`, {
        ...shared,
        visits: employees,
        avgFee: employeeFee,
        pool: i === 0 ? 0.85 : i < 4 ? 0.73 : 0.56,
        large: i === 0 ? 0.012 : 0.03,
        aid: 0.005,
        aidVisits: employees > 10 ? 0.05 : 0.5,
      }),
    ];
  });
}

function outpatient(): Cell[] {
  const bill = { visitsPerHead: 2, inScope: 0.97 };
  return [
    cell(0, "resident outpatient general county direct", {
      ...bill,
      visits: 101_985,
      avgFee: 92,
      pool: 0.52,
      aid: 0.13,
      aidVisits: 0.26,
    }),
    cell(0, "resident outpatient chronic chronic_all county direct", {
      ...bill,
      visits: 31_202,
      avgFee: 263,
      pool: 0.78,
      aid: 0.15,
      aidVisits: 0.53,
    }),
    cell(0, "resident outpatient chronic chronic_all province manual", {
      ...bill,
      visits: 568,
      avgFee: 2_008,
      pool: 0.64,
      aid: 0.1,
      aidVisits: 0.3,
    }),
    cell(0, "resident outpatient two county direct", { ...bill, visits: 881, avgFee: 78, pool: 0.65 }),
    cell(0, "resident outpatient negotiated city direct", {
      ...bill,
      visits: 191,
      avgFee: 2_372,
      pool: 0.788,
    }),
    cell(0, "resident outpatient negotiated province manual", {
      ...bill,
      visits: 230,
      avgFee: 6_383,
      pool: 0.745,
    }),
    cell(0, "employee outpatient chronic chronic_all county direct", {
      ...bill,
      visits: 4_200,
      avgFee: 340,
      pool: 0.76,
    }),
    cell(0, "employee outpatient chronic chronic_all province manual", {
      ...bill,
      visits: 20,
      avgFee: 2_000,
      pool: 0.6,
    }),
    cell(0, "employee outpatient negotiated chronic_all city direct", {
      ...bill,
      visits: 40,
      avgFee: 2_200,
      pool: 0.77,
    }),
    cell(0, "employee outpatient negotiated chronic_all province manual", {
      ...bill,
      visits: 45,
      avgFee: 5_400,
      pool: 0.755,
    }),
    cell(0, "employee outpatient general county direct", { ...bill, visits: 13_000, avgFee: 156, pool: 0.6 }),
    cell(0, "employee account county pharmacy direct", {
      visits: 26_000,
      avgFee: 145,
      visitsPerHead: 2,
      account: 0.9,
    }),
    cell(0, "maternity_fund maternity county t2 direct", {
      visits: 12,
      avgFee: 4_200,
      days: 4,
      inScope: 0.9,
      pool: 0.75,
    }),
  ];
}

/** 会宁县, first quarter of 2024. */
export function huining(): NamedProfile {
  const as_of = "2024-03-31";
  return {
    name: "huining-2024q1",
    jurisdiction: { name: "会宁县", admdvs: COUNTY, level: "county" },
    timezone: "Asia/Shanghai",
    spans: [[dayOf(2024, 1, 1), dayOf(2024, 3, 31)], null],
    firstDay: "2024-01-01",
    ratios: "cut-off",
    facilities: facilities(),
    categories: CATEGORIES,
    divisions: [
      [COUNTY, "会宁县"],
      ["620402", "白银区"],
      ["620499", "白银市本级"],
      ["629900", "甘肃省本级"],
    ],
    careGroups: [],
    benefit: { resident: ["pool_paid"], employee: ["pool_paid", "account_paid"] },
    enrolment: [
      { as_of, insurance: "resident", persons: 411_042 },
      { as_of, insurance: "employee", group: "active", persons: 17_325 },
      { as_of, insurance: "employee", group: "retired", persons: 6_359 },
    ],
    booked: BOOKED,
    dip: [],
    facts: [],
    tables: TABLES,
    covers: {},
    cells: [...stays(), ...outpatient()],
    targets: HUINING_2024Q1,
    persons: { resident: 411_042, employee: 23_684, maternity_fund: 3_000 },
  };
}

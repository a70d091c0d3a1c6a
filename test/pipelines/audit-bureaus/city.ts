import { type Bill, billsOf, facilitiesCsv, settlementOf, type World } from "./bills.js";
import type { Where } from "./paper.js";

/** A made-up city, second quarter of 2024 and of 2023; maternity is merged into the employees' insurance. */
export const WORLD: World = {
  seed: 7,
  years: [2023, 2024],
  months: [4, 5, 6],
  billsPerYear: 420,
  people: 60,
  districts: ["430602", "430603", "430621"],
  facilities: {
    A: ["430602", "江陵市第一人民医院", "01", "public", "hospital"],
    B: ["430603", "西城区人民医院", "05", "public", "hospital"],
    C: ["430621", "河口县人民医院", "05", "public", "hospital"],
    D: ["430600", "江陵市中心医院", "02", "public", "hospital"],
    // Two of one name.
    H: ["430602", "中医院", "06", "public", "hospital"],
    I: ["430621", "中医院", "06", "public", "hospital"],
    J: ["430603", "康宁医院", "08", "private", "hospital"],
    T: ["430621", "石门镇卫生院", "09", "public", "township"],
    K: ["430602", "东湖社区卫生服务中心", "11", "public", "community"],
    E: ["430100", "省人民医院", "01", "public", "hospital"],
    X: ["110101", "北京协和医院", "01", "public", "hospital"],
    P: ["430602", "老百姓大药房", "11", "private", "pharmacy"],
  },
  categories: {
    "21": ["普通住院", "inpatient"],
    "26": ["单病种住院", "inpatient"],
    "22": ["外伤住院", "inpatient"],
    "9921": ["康复住院", "inpatient"],
    "11": ["门诊统筹", "outpatient"],
    "14": ["门诊慢特病", "outpatient"],
    "9911": ["急诊抢救", "outpatient"],
    "9912": ["精神病门诊", "outpatient"],
    "9913": ["单独支付药品", "outpatient"],
    "41": ["个人账户", "pharmacy"],
    "51": ["生育门诊", "maternity"],
    "52": ["生育住院", "maternity"],
  },
  medTypes: {
    resident: "21 21 21 21 26 22 9921 11 14 9911 9912 9913".split(" "),
    employee: "21 21 21 21 26 22 9921 11 14 9911 9912 9913 41 51 52".split(" "),
  },
  pharmacy: "P",
};

const DIVISIONS = { "430600": "江陵市", "430602": "东城区", "430603": "西城区", "430621": "河口县" };
export const districtName = (code: string): string => DIVISIONS[code as keyof typeof DIVISIONS];
export const nameOf = (facility: string): string => WORLD.facilities[facility]![1];

/** Enrolled people of 2024 by division, insurance and group; 100 fewer in 2023, all but 150 have paid. */
export const ENROLLED: readonly (readonly [string, string, string, number])[] = [
  ["430602", "employee", "active", 3000],
  ["430602", "employee", "retired", 1000],
  ["430603", "employee", "active", 2000],
  ["430603", "employee", "retired", 900],
  ["430621", "employee", "active", 1500],
  ["430621", "employee", "retired", 700],
  ["430602", "resident", "all", 9000],
  ["430603", "resident", "all", 8000],
  ["430621", "resident", "all", 20_000],
];

export const CITY = {
  bills: billsOf(WORLD),
  config: {
    jurisdiction: { name: "江陵市", admdvs: "430600", level: "city" },
    insurances: { employee: ["310", "340", "510"], resident: ["390"], maternity: [] },
    careGroups: [
      { name: "市外", when: { region: ["province", "national"] } },
      { name: "市内三级", when: { tier: ["3"] } },
      { name: "市内二级", when: { tier: ["2"] } },
      { name: "市内一级及以下" },
    ],
  },
  reference: {
    facilities: facilitiesCsv(WORLD),
    categories: `med_type,category,care\n${Object.entries(WORLD.categories)
      .map(([code, names]) => [code, ...names].join())
      .join("\n")}\n`,
    divisions: `admdvs,name\n${Object.entries(DIVISIONS)
      .map((pair) => pair.join())
      .join("\n")}\n`,
  },
  files: (bills: readonly Bill[]) => ({
    settlement: bills.map(settlementOf),
    enrolment: [2023, 2024].flatMap((year) =>
      ENROLLED.map(([admdvs, insurance, group, persons]) => ({
        ...{ as_of: `${year}-05-31`, admdvs, insurance, group, updt_time: `${year}-06-01 00:00:00` },
        ...{ persons: persons - (year === 2023 ? 100 : 0), paid_persons: persons - 150 },
      })),
    ),
  }),
};

/** Regions within the city, and beyond. */
export const HOME = ["county", "city"];
export const AWAY = ["province", "national"];
/** Stays of employees, of residents. */
export const E: Where = { insurance: "employee", care: "inpatient" };
export const R: Where = { insurance: "resident", care: "inpatient" };

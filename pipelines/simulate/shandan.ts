import { dayOf } from "../../aggregations/calendar.js";
import type { NamedProfile, ProfileCategory } from "./profile.js";
import { cells } from "./shandan-cells.js";
import { COUNTY, facilities } from "./shandan-facilities.js";
import { SHANDAN_BOOKED, SHANDAN_DIP, SHANDAN_FACTS } from "./shandan-given.js";
import { SHANDAN_TABLES } from "./shandan-tables.js";
import { SHANDAN_2024H1 } from "./targets-shandan-2024h1.js";

/** In the order of the printed tables of both insurances. */
const CATEGORIES: readonly ProfileCategory[] = [
  { token: "single", med_type: "26", category: "单病种住院", care: "inpatient" },
  { token: "account", med_type: "41", category: "个人账户", care: "pharmacy" },
  { token: "negotiated", med_type: "910302", category: "国家谈判药门诊", care: "outpatient" },
  { token: "two", med_type: "9903", category: "门诊两病", care: "outpatient" },
  { token: "chronic", med_type: "14", category: "门诊慢特病", care: "outpatient" },
  { token: "general", med_type: "11", category: "普通门诊", care: "outpatient" },
  { token: "ordinary", med_type: "21", category: "普通住院", care: "inpatient" },
  { token: "daysurgery", med_type: "28", category: "日间手术", care: "outpatient" },
  { token: "maternity_outpatient", med_type: "51", category: "生育门诊", care: "maternity" },
  { token: "maternity_inpatient", med_type: "52", category: "生育住院", care: "maternity" },
  { token: "injury", med_type: "22", category: "外伤住院", care: "inpatient" },
  { token: "psychiatric", med_type: "2190", category: "精神病住院", care: "inpatient" },
  // Booked by the fund, no settlement: stands here for its place in the table.
  { token: "allowance", med_type: "allowance", category: "生育津贴", care: "maternity" },
  { token: "reproductive", med_type: "53", category: "生殖门诊", care: "outpatient", insurance: "resident" },
  { token: "reproductive", med_type: "53", category: "生殖门诊", care: "maternity", insurance: "employee" },
];

/** 山丹县, first half of 2024 and of 2023. */
export function shandan(): NamedProfile {
  return {
    name: "shandan-2024h1",
    jurisdiction: { name: "山丹县", admdvs: COUNTY, level: "county" },
    timezone: "Asia/Shanghai",
    spans: [
      [dayOf(2024, 1, 1), dayOf(2024, 6, 30)],
      [dayOf(2023, 1, 1), dayOf(2023, 6, 30)],
    ],
    firstDay: "2023-01-01",
    ratios: "half-up",
    facilities: facilities(),
    categories: CATEGORIES,
    divisions: [
      [COUNTY, "山丹县"],
      ["620702", "甘州区"],
      ["620722", "民乐县"],
      ["620799", "张掖市本级"],
      ["629900", "甘肃省本级"],
      ["620102", "兰州市城关区"],
      ["620103", "兰州市七里河区"],
      ["620302", "金昌市金川区"],
      ["610103", "西安市碑林区"],
      ["110101", "北京市东城区"],
      ["650102", "乌鲁木齐市天山区"],
      ["650105", "乌鲁木齐市水磨沟区"],
      ["630104", "西宁市城西区"],
      ["150902", "乌兰察布市集宁区"],
    ],
    careGroups: [
      { name: "市域外", when: { region: ["province", "national"] } },
      { name: "县外市域内", when: { region: ["city"] } },
      { name: "县级", when: { kind: ["hospital"] } },
      { name: "乡镇级" },
    ],
    benefit: { resident: ["pool_paid"], employee: ["pool_paid", "large_paid", "account_paid"] },
    enrolment: [
      {
        as_of: "2024-06-30",
        insurance: "resident",
        persons: 146_495,
        paid_persons: 146_495,
        target_persons: 151_000,
      },
      {
        as_of: "2024-06-30",
        insurance: "employee",
        persons: 27_880,
        paid_persons: 27_880,
        target_persons: 27_463,
      },
      { as_of: "2023-06-30", insurance: "resident", persons: 150_798, paid_persons: 150_798 },
    ],
    booked: SHANDAN_BOOKED,
    dip: SHANDAN_DIP,
    facts: SHANDAN_FACTS,
    tables: SHANDAN_TABLES,
    // Stays for one disease, for injuries and in psychiatry stand in the structure alone.
    covers: { inpatient: ["普通住院"] },
    cells: cells(),
    targets: SHANDAN_2024H1,
    persons: { resident: 146_495, employee: 27_880 },
  };
}

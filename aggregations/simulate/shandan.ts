import { dayOf } from "../calendar.js";
import {
  cell,
  type Guess,
  type NamedProfile,
  type ProfileCategory,
  type ProfileFacility,
} from "./profile.js";
import type { Cell } from "./targets.js";
import { SHANDAN_2024H1 } from "./targets-shandan-2024h1.js";

type Year = 0 | 1;
const COUNTY = "620725";

/** id, name, and a guess for [this year, last year]: residents' stays, fee, base rate; employees' stays, fee, rate. */
const IN_COUNTY: readonly (readonly [string, string, number[], number[]])[] = [
  ["chenhu", "山丹县陈户中心卫生院", [57, 1274, 0.716, 0, 0, 0], [72, 1259, 0.704, 0, 0, 0]],
  ["chenhu_xinhe", "山丹县陈户中心卫生院新河分院", [45, 1251, 0.718, 0, 0, 0], [70, 1391, 0.713, 0, 0, 0]],
  ["damaying", "山丹县大马营中心卫生院", [109, 1307, 0.721, 0, 0, 0], [110, 1385, 0.724, 0, 0, 0]],
  ["dongle", "山丹县东乐中心卫生院", [182, 1125, 0.703, 1, 1058, 0.8], [103, 1366, 0.734, 0, 0, 0]],
  ["huazhai", "山丹县大马营中心卫生院花寨子分院", [85, 1431, 0.727, 0, 0, 0], [109, 1255, 0.697, 0, 0, 0]],
  ["huocheng", "山丹县霍城镇卫生院", [90, 1514, 0.69, 1, 185, 0.088], [153, 1386, 0.703, 1, 1652, 0.62]],
  ["laojun", "山丹县老军乡卫生院", [69, 1060, 0.679, 0, 0, 0], [69, 1124, 0.71, 0, 0, 0]],
  ["liqiao", "山丹县李桥中心卫生院", [199, 1437, 0.738, 0, 0, 0], [289, 1504, 0.735, 1, 1864, 0.65]],
  ["qingquan", "山丹县清泉中心卫生院", [184, 1457, 0.748, 5, 1581, 0.85], [132, 1580, 0.746, 0, 0, 0]],
  ["weiqi", "山丹县位奇镇卫生院", [29, 1542, 0.752, 0, 0, 0], [43, 1230, 0.727, 0, 0, 0]],
  ["maternal", "山丹县妇幼保健院", [846, 2977, 0.566, 52, 3097, 0.73], [764, 2832, 0.563, 31, 2481, 0.587]],
  ["people", "山丹县人民医院", [4231, 3751, 0.587, 602, 4055, 0.757], [4478, 3585, 0.578, 721, 3968, 0.696]],
  ["tonghe", "山丹县同和医院", [640, 3633, 0.609, 125, 3730, 0.761], [775, 4169, 0.604, 147, 3682, 0.717]],
  ["tcm", "山丹县中医医院", [4049, 3605, 0.605, 323, 3568, 0.762], [4006, 4537, 0.625, 398, 4808, 0.74]],
  ["renhui", "山丹仁汇医院", [350, 3570, 0.603, 33, 3193, 0.754], [408, 4037, 0.569, 62, 3817, 0.652]],
];
const TOWNSHIPS = 10;
const PRIVATE = new Set(["tonghe", "renhui"]);

/** Facilities elsewhere: region, tier, division, name. */
const ELSEWHERE: readonly (readonly [string, string, string, string])[] = [
  ["city", "t3", "620799", "河西学院附属张掖人民医院"],
  ["city", "t3", "620702", "张掖市中医医院"],
  ["city", "t2", "620702", "张掖市甘州区人民医院"],
  ["city", "t2", "620722", "民乐县人民医院"],
  ["city", "t1", "620702", "甘州区某乡镇卫生院"],
  ["city", "t0", "620702", "张掖某门诊部"],
  ["province", "t3", "620102", "兰州大学第一医院"],
  ["province", "t3", "620103", "甘肃省中医院"],
  ["province", "t3", "629900", "甘肃省人民医院"],
  ["province", "t2", "620302", "金昌市某医院"],
  ["province", "t1", "620302", "金川区某卫生院"],
  ["province", "t0", "620103", "七里河区某门诊部"],
  ["national", "t3", "610103", "西安交通大学某附属医院"],
  ["national", "t3", "110101", "北京某三级医院"],
  ["national", "t3", "650102", "乌鲁木齐某三级医院"],
  ["national", "t2", "650105", "乌鲁木齐某二级医院"],
  ["national", "t1", "630104", "西宁某社区卫生服务中心"],
  ["national", "t0", "150902", "乌兰察布某门诊部"],
];
const LEVEL: Readonly<Record<string, string>> = { t3: "02", t2: "05", t1: "08", t0: "11" };

function facilities(): ProfileFacility[] {
  const list: ProfileFacility[] = IN_COUNTY.map(([id, name], i) => {
    const township = i < TOWNSHIPS;
    return {
      code: `H${COUNTY}${String(i + 1).padStart(5, "0")}`,
      admdvs: COUNTY,
      name,
      hosp_lv: township ? "08" : "05",
      ownership: PRIVATE.has(id) ? "private" : "public",
      kind: township ? "township" : "hospital",
      tokens: ["county", township ? "t1" : "t2", township ? "township" : "county_level", id],
    };
  });
  list.push({
    code: `P${COUNTY}00001`,
    admdvs: COUNTY,
    name: "山丹县某大药房",
    hosp_lv: "11",
    ownership: "private",
    kind: "pharmacy",
    tokens: ["county", "t0", "pharmacy"],
  });
  for (const [i, [region, tier, admdvs, name]] of ELSEWHERE.entries()) {
    list.push({
      code: `H${admdvs}${String(i + 1).padStart(5, "0")}`,
      admdvs,
      name,
      hosp_lv: LEVEL[tier],
      ownership: "public",
      kind: tier === "t1" ? "township" : "hospital",
      tokens: [region, tier],
    });
  }
  return list;
}

const CATEGORIES: readonly ProfileCategory[] = [
  { token: "ordinary", med_type: "21", category: "普通住院", care: "inpatient" },
  { token: "single", med_type: "26", category: "单病种住院", care: "inpatient" },
  { token: "injury", med_type: "22", category: "外伤住院", care: "inpatient" },
  { token: "psychiatric", med_type: "2190", category: "精神病住院", care: "inpatient" },
  { token: "general", med_type: "11", category: "普通门诊", care: "outpatient" },
  { token: "chronic", med_type: "14", category: "门诊慢特病", care: "outpatient" },
  { token: "two", med_type: "9903", category: "门诊两病", care: "outpatient" },
  { token: "negotiated", med_type: "910302", category: "国家谈判药门诊", care: "outpatient" },
  { token: "daysurgery", med_type: "28", category: "日间手术", care: "outpatient" },
  { token: "maternity_outpatient", med_type: "51", category: "生育门诊", care: "maternity" },
  { token: "maternity_inpatient", med_type: "52", category: "生育住院", care: "maternity" },
  { token: "reproductive", med_type: "53", category: "生殖门诊", care: "outpatient", insurance: "resident" },
  { token: "reproductive", med_type: "53", category: "生殖门诊", care: "maternity", insurance: "employee" },
  { token: "account", med_type: "41", category: "个人账户", care: "pharmacy" },
];

/** Outside the county: share of a region's stays by tier, and its guessed average fee and stay. */
const OUTSIDE_TIERS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  city: [0.6, 0.3, 0.08, 0.02],
  province: [0.9, 0.08, 0.015, 0.005],
  national: [0.86, 0.11, 0.02, 0.01],
};
const TIER_NAMES = ["t3", "t2", "t1", "t0"];
const TIER_FEE = [1.12, 0.75, 0.35, 0.5];
/** Stays, average fee and bed days by region: [residents, employees] for [this year, last year]. */
const REGIONS: Readonly<Record<string, readonly (readonly (readonly number[])[])[]>> = {
  city: [
    [
      [3242, 8550, 7.4],
      [3055, 9601, 7.9],
    ],
    [
      [1576, 7494, 7.4],
      [1819, 8520, 8.2],
    ],
  ],
  province: [
    [
      [1924, 16886, 9.0],
      [1428, 16327, 9.4],
    ],
    [
      [778, 14023, 7.8],
      [672, 14821, 8.4],
    ],
  ],
  national: [
    [
      [1066, 17170, 7.2],
      [947, 21761, 7.6],
    ],
    [
      [567, 18149, 7.3],
      [509, 20720, 7.8],
    ],
  ],
};

function ordinary(insurance: "resident" | "employee", year: Year): Cell[] {
  const employee = insurance === "employee";
  const cells: Cell[] = [];
  for (const [i, [id, , now, before]] of IN_COUNTY.entries()) {
    const [visits, avgFee, rate] = (year === 0 ? now : before).slice(employee ? 3 : 0, employee ? 6 : 3);
    if (visits === 0) continue;
    const township = i < TOWNSHIPS;
    const group = township ? "township t1" : "county_level t2";
    const guess = employee
      ? {
          inScope: Math.max(0.82, rate * 1.05),
          pool: rate * 0.99,
          aid: 0.005,
          aidVisits: visits > 10 ? 0.04 : 0,
        }
      : { inScope: township ? 0.86 : 0.745, pool: rate, critical: 0.005, aid: 0.073, aidVisits: 0.26 };
    const aid = employee && township ? { aid: 0, pool: rate } : {};
    cells.push(
      cell(year, `${insurance} inpatient ordinary county ${group} ${id}`, {
        visits,
        avgFee,
        days: year === 0 ? (employee ? 6.4 : 6.5) : employee ? 7 : 7.1,
        visitsPerHead: year === 1 && employee ? 1.14 : 1.11,
        ...guess,
        ...aid,
      }),
    );
  }
  for (const [region, data] of Object.entries(REGIONS)) {
    const [visits, avgFee, days] = data[employee ? 1 : 0][year];
    for (const [k, tier] of TIER_NAMES.entries()) {
      const plain = k >= 2;
      const guess = employee
        ? {
            inScope: 0.79,
            pool: 0.65,
            large: plain ? 0 : 0.035,
            aid: tier === "t0" ? 0 : 0.004,
            aidVisits: 0.03,
          }
        : { inScope: 0.71, pool: 0.47, critical: 0.05, aid: 0.045, aidVisits: 0.22 };
      cells.push(
        cell(year, `${insurance} inpatient ordinary ${region} ${tier}`, {
          visits: visits * OUTSIDE_TIERS[region][k],
          avgFee: avgFee * TIER_FEE[k],
          days,
          ...guess,
        }),
      );
    }
  }
  return cells;
}

/** One cell of another category: tokens, guessed pool in 万元 for [this year, last year], and the shape of a bill. */
function other(tokens: string, wan: readonly [number, number], g: Omit<Guess, "visits">): Cell[] {
  const share = (g.pool ?? 0) + (g.account ?? 0);
  return ([0, 1] as const).map((year) =>
    cell(year, tokens, { ...g, visits: Math.round((wan[year] * 10_000) / (g.avgFee * share)) }),
  );
}

function chronic(
  insurance: string,
  rows: readonly (readonly number[])[],
  last: number,
  rate: number,
): Cell[] {
  const employee = insurance === "employee";
  const total = rows.reduce((sum, [visits]) => sum + visits, 0);
  return TIER_NAMES.flatMap((tier, k) =>
    ([0, 1] as const).map((year) => {
      const where = tier === "t3" ? "city" : "county";
      const [visits, avgFee] = rows[k];
      return cell(year, `${insurance} outpatient chronic ${where} ${tier}`, {
        visits: year === 0 ? visits : (visits * last) / total,
        avgFee,
        visitsPerHead: 3,
        inScope: 0.96,
        pool: rate,
        aid: employee ? 0.005 : 0.08,
        aidVisits: employee ? 0.02 : 0.34,
      });
    }),
  );
}

const STAY = { avgFee: 3_000, days: 6, inScope: 0.8 };
const aid = { aid: 0.04, aidVisits: 0.15 };

function cells(): Cell[] {
  return [
    ...([0, 1] as const).flatMap((y) => [...ordinary("resident", y), ...ordinary("employee", y)]),
    ...other("resident inpatient single county t2", [40.63, 36], { ...STAY, pool: 0.6 }),
    ...other("resident inpatient injury county t2", [389.82, 350], {
      ...STAY,
      avgFee: 6_000,
      pool: 0.5,
      ...aid,
    }),
    ...other("resident inpatient psychiatric city t2", [17.62, 16], {
      ...STAY,
      avgFee: 9_000,
      days: 40,
      pool: 0.6,
      ...aid,
    }),
    ...other("resident outpatient general county", [531.63, 651.95], {
      avgFee: 200,
      visitsPerHead: 2,
      inScope: 0.9,
      pool: 0.6,
    }),
    ...chronic(
      "resident",
      [
        [5273, 638],
        [45366, 330],
        [8938, 129],
        [1005, 926],
      ],
      47362,
      0.57,
    ),
    ...other("resident outpatient two county t1", [12.39, 17.57], {
      avgFee: 90,
      visitsPerHead: 2,
      inScope: 0.95,
      pool: 0.6,
    }),
    ...other("resident outpatient negotiated city t3", [230.31, 157], {
      avgFee: 2_400,
      visitsPerHead: 3,
      inScope: 0.95,
      pool: 0.6,
    }),
    ...other("resident outpatient daysurgery county t2", [37.95, 12.77], {
      avgFee: 3_000,
      inScope: 0.85,
      pool: 0.6,
    }),
    ...other("resident outpatient reproductive city t3", [10.13, 8], {
      avgFee: 1_500,
      inScope: 0.9,
      pool: 0.5,
    }),
    ...other("employee inpatient injury county t2", [88.24, 80], {
      ...STAY,
      avgFee: 6_500,
      pool: 0.6,
      large: 0.01,
      aid: 0.002,
      aidVisits: 0.02,
    }),
    ...other("employee inpatient psychiatric city t2", [5.46, 5], {
      ...STAY,
      avgFee: 9_000,
      days: 35,
      pool: 0.7,
    }),
    ...other("employee outpatient general county", [1179.35, 555.73], {
      avgFee: 380,
      visitsPerHead: 3,
      inScope: 0.92,
      pool: 0.6,
    }),
    ...chronic(
      "employee",
      [
        [6464, 443],
        [13092, 334],
        [1142, 162],
        [1767, 484],
      ],
      19078,
      0.72,
    ),
    ...other("employee outpatient negotiated city t3", [114.98, 84.05], {
      avgFee: 2_600,
      visitsPerHead: 3,
      inScope: 0.95,
      pool: 0.7,
    }),
    ...other("employee outpatient daysurgery county t2", [15.56, 7.24], {
      avgFee: 3_200,
      inScope: 0.85,
      pool: 0.7,
    }),
    ...other("employee outpatient account county pharmacy", [2153.29, 2665.81], {
      avgFee: 420,
      visitsPerHead: 4,
      account: 0.9,
    }),
    ...other("employee maternity maternity_outpatient county t2", [14.24, 15], {
      avgFee: 600,
      inScope: 0.9,
      pool: 0.7,
    }),
    ...other("employee maternity maternity_inpatient county t2", [38.85, 40], {
      ...STAY,
      avgFee: 4_200,
      pool: 0.75,
    }),
    ...other("employee maternity reproductive city t3", [6.1, 5], {
      avgFee: 1_600,
      inScope: 0.9,
      pool: 0.6,
    }),
  ];
}

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
    cells: cells(),
    targets: SHANDAN_2024H1,
    persons: { resident: 146_495, employee: 27_880 },
  };
}

import type { ProfileFacility } from "./profile.js";

/** 山丹县 */
export const COUNTY = "620725";

/** id, name, and a guess for [this year, last year]: residents' stays, fee, base rate; employees' stays, fee, rate. */
export const IN_COUNTY: readonly (readonly [string, string, number[], number[]])[] = [
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
/** The first rows of IN_COUNTY. */
export const TOWNSHIPS = 10;
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

/** The county's facilities of the report, and some elsewhere where its people are treated. */
export function facilities(): ProfileFacility[] {
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

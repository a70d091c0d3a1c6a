/** Chinese labels of dimension values as the printed reports write them; the one place they stand. */
export interface Label {
  readonly value: string;
  readonly zh: string;
}

const labels = (pairs: Record<string, string>): readonly Label[] =>
  Object.entries(pairs).map(([value, zh]) => ({ value, zh }));

export const INSURANCE_LABELS = labels({
  employee: "职工医保",
  resident: "居民医保",
  maternity: "生育保险",
  all: "全部险种",
});
export const CARE_LABELS = labels({
  inpatient: "住院",
  outpatient: "门诊",
  pharmacy: "药店购药",
  maternity: "生育",
  unknown: "未知",
});
/** Listed in the order of the printed tables. */
export const REGION_LABELS = [
  { value: "county", zh: "县内住院" },
  { value: "city", zh: "市内住院" },
  { value: "province", zh: "省内异地住院" },
  { value: "national", zh: "跨省异地住院" },
  { value: "unknown", zh: "未知区域" },
] as const;
/** Listed in the order of the printed tables. */
export const TIER_LABELS = [
  { value: "3", zh: "三级医疗机构" },
  { value: "2", zh: "二级医疗机构" },
  { value: "1", zh: "一级医疗机构" },
  { value: "0", zh: "未定级医疗机构" },
  { value: "unknown", zh: "等级未知" },
] as const;
export const FLOW_LABELS = labels({
  local: "本地参保本地就医",
  outbound: "本地参保异地就医",
  inbound: "异地参保本地就医",
  unknown: "未知",
});
export const CHANNEL_LABELS = [
  { value: "direct", zh: "直接结算" },
  { value: "manual", zh: "个人零星报销" },
] as const;
export const PERSON_KIND_LABELS = labels({
  active: "在职",
  retired: "退休",
  veteran: "离休",
  resident: "居民",
  unknown: "未知",
});
/** Groups of enrolled people, in the order of the printed tables; the list is open. */
export const PERSON_GROUP_LABELS = labels({
  active: "在职",
  retired: "退休",
  government: "机关",
  institution: "事业",
  enterprise: "企业",
});
export const OWNERSHIP_LABELS = labels({ public: "公立", private: "民营", unknown: "未知" });
/** Of each dimension whose values the contract lists. */
export const DIMENSION_LABELS: Readonly<Record<string, readonly Label[]>> = {
  insurance: INSURANCE_LABELS,
  care: CARE_LABELS,
  region: REGION_LABELS,
  tier: TIER_LABELS,
  flow: FLOW_LABELS,
  channel: CHANNEL_LABELS,
  person_kind: PERSON_KIND_LABELS,
  ownership: OWNERSHIP_LABELS,
};
export const FACILITY_KIND_LABELS = labels({
  hospital: "县级医疗机构",
  township: "乡镇卫生院",
  village: "村卫生室",
  community: "社区卫生服务机构",
  pharmacy: "药店",
});

/** "`county` 县内住院、`city` 市内住院 …" for comments. */
export const listLabels = (list: readonly Label[]): string =>
  list.map((l) => `${l.value} ${l.zh}`).join("、");

/** Names that bureaus give the categories of a printed table; `report.categories` of the configuration has others. */
export const CATEGORY_LINES = {
  inpatient: ["普通住院", "住院"],
  chronic: ["门诊慢特病", "门诊慢性特殊疾病"],
  general: ["普通门诊"],
  two: ["门诊两病", "门诊“两病”"],
  negotiated: ["国家谈判药门诊", "谈判药品", "国谈药/单独支付药品"],
} as const;
export type CategoryLine = keyof typeof CATEGORY_LINES;

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

/** A row of a printed table: the dimension's values that it adds up. */
export interface MergedLabel extends Label {
  readonly of: readonly string[];
}
const UNKNOWN_REGION = { value: "unknown", zh: "未知区域", of: ["unknown"] };
const CROSS_PROVINCE = { value: "national", zh: "跨省异地住院", of: ["national"] };
/**
 * Rows of the printed tables by region, by level of the jurisdiction. A region is told from the person's own
 * division; a table begins with the whole jurisdiction, so a city's 市内 holds the divisions' own facilities too.
 */
export const REGION_LINES: Readonly<Record<"county" | "city" | "province", readonly MergedLabel[]>> = {
  county: REGION_LABELS.map((l) => ({ ...l, of: [l.value] })),
  city: [
    { value: "local", zh: "市内住院", of: ["county", "city"] },
    { value: "province", zh: "市外省内住院", of: ["province"] },
    CROSS_PROVINCE,
    UNKNOWN_REGION,
  ],
  province: [
    { value: "local", zh: "省内住院", of: ["county", "city", "province"] },
    CROSS_PROVINCE,
    UNKNOWN_REGION,
  ],
};
/** Listed in the order of the printed tables. */
export const TIER_LABELS = [
  { value: "3", zh: "三级医疗机构" },
  { value: "2", zh: "二级医疗机构" },
  { value: "1", zh: "一级医疗机构" },
  { value: "0", zh: "未定级医疗机构" },
  { value: "unknown", zh: "等级未知" },
] as const;
const FLOW_LABELS = labels({
  local: "本地参保本地就医",
  outbound: "本地参保异地就医",
  inbound: "异地参保本地就医",
  unknown: "未知",
});
export const CHANNEL_LABELS = [
  { value: "direct", zh: "直接结算" },
  { value: "manual", zh: "个人零星报销" },
] as const;
const PERSON_KIND_LABELS = labels({
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
/** Of each dimension whose values the specification lists (docs/specification.md#dimensions). */
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
/** Kinds of facilities as a county calls them. */
export const FACILITY_KIND_LABELS = labels({
  hospital: "县级医疗机构",
  township: "乡镇卫生院",
  village: "村卫生室",
  community: "社区卫生服务机构",
  pharmacy: "药店",
});
/** The same as a jurisdiction of that level calls them: only a county's hospitals are all of the county. */
export const facilityKindLabels = (level: "county" | "city" | "province"): readonly Label[] =>
  level === "county"
    ? FACILITY_KIND_LABELS
    : FACILITY_KIND_LABELS.map((l) => (l.value === "hospital" ? { ...l, zh: "医院" } : l));

/** Short words of reports for insurances. */
export const INSURANCE_WORDS: Readonly<Record<string, string>> = {
  居民: "resident",
  城乡居民: "resident",
  职工: "employee",
  城镇职工: "employee",
  全部: "all",
};
/** Words that name a dimension in a tag, besides its name in the published tables. */
export const DIMENSION_WORDS: Readonly<Record<string, string>> = {
  险种: "insurance",
  就医类型: "care",
  类别: "category",
  医疗类别: "category",
  区域: "region",
  住院区域: "region",
  流向: "flow",
  就医流向: "flow",
  等级: "tier",
  医疗机构等级: "tier",
  性质: "ownership",
  机构性质: "ownership",
  机构分组: "care_group",
  县区: "district",
  参保区划: "district",
  机构县区: "facility_district",
  机构区划: "facility_district",
  结算方式: "channel",
  人员类别: "person_kind",
  机构: "facility",
  医疗机构: "facility",
  基金: "fund",
  科目: "subject",
  参保人群: "person_group",
  性别: "sex",
  报表: "line",
  机构类别: "kind",
};

export const SEX_LABELS = labels({ female: "女", male: "男" });
/** Funds that the specification names (docs/specification.md#fund-entry); the list is open. */
export const FUND_LABELS = labels({
  employee_pool: "职工统筹",
  employee_account: "职工个人账户",
  employee: "职工基本医保",
  resident: "居民基金",
  civil_servant: "公务员补助",
  large_amount: "职工大额",
  critical_illness: "居民大病",
  aid: "医疗救助",
  maternity: "生育基金",
  risk_reserve: "风险储备金",
});
/** Subjects of the books; the list is open. */
export const SUBJECT_LABELS = labels({
  levy: "征缴",
  subsidy_central: "中央财政补助",
  subsidy_provincial: "省级财政补助",
  subsidy_local: "市县财政补助",
  interest: "利息",
  transfer: "转移",
  prepayment: "一次性预缴",
  allowance: "津贴",
  benefit: "待遇",
});

/** "`county` 县内住院、`city` 市内住院 …" for comments. */
export const listLabels = (list: readonly Label[]): string =>
  list.map((l) => `${l.value} ${l.zh}`).join("、");

/**
 * Names that bureaus give the categories of a printed table; `report.categories` of the configuration has others.
 * Tables of stays cover every stay: which of them a bureau leaves out is its own habit.
 */
export const CATEGORY_LINES = {
  inpatient: [],
  chronic: ["门诊慢特病", "慢特病门诊", "门诊慢性特殊疾病", "门诊特殊慢性病"],
  general: ["普通门诊", "门诊统筹"],
  two: ["门诊两病", "门诊“两病”", "两病门诊", "高血压糖尿病门诊用药"],
  negotiated: ["国家谈判药门诊", "国谈药门诊", "谈判药品", "国谈药/单独支付药品"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type CategoryLine = keyof typeof CATEGORY_LINES;

/** All lines of the structural table, those that only the books know among them. */
export const WHOLE = "whole";
/** Words of tags for what a printed table covers: the categories that `report.categories` names. */
export const LINE_WORDS: Readonly<Record<string, CategoryLine | typeof WHOLE>> = {
  报表合计: WHOLE,
  报表住院: "inpatient",
  报表慢特病: "chronic",
  报表普通门诊: "general",
  报表两病: "two",
  报表谈判药: "negotiated",
};

/** Levels of care places that the half-year summary 工作总结 has lines for. */
export const SUMMARY_CARE_GROUPS = [
  "市域外",
  "县外市域内",
  "县二级",
  "县一级民营",
  "乡镇级",
  "村级",
] as const;
/** Names that lines of the summary go by in categories.csv. */
export const SUMMARY_CATEGORIES = {
  普通住院: ["普通住院"],
  单病种住院: ["单病种住院"],
  分娩: ["分娩", "生育住院"],
  外伤: ["外伤", "外伤住院"],
  普通门诊: ["普通门诊"],
  常见慢性病门诊: ["常见慢性病门诊", "常见慢性病", "门诊慢特病", "门诊慢性特殊疾病"],
  特殊慢性病门诊: ["特殊慢性病门诊", "特殊慢性病"],
  门诊单病种: ["门诊单病种"],
  普通门诊刷卡: ["普通门诊刷卡", "普通门诊刷卡个人账户", "普通门诊"],
  药店购药: ["药店购药", "药店购药个人账户", "个人账户"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
/** Hospitals that the summary names. */
export const SUMMARY_FACILITIES = ["县人民医院", "县第二人民医院", "上和医院", "县中医院"] as const;

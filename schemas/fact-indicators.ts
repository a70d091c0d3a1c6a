/** An indicator that another office reports (stream `reported-fact`), published as it is stated. */
export interface FactIndicator {
  readonly name: string;
  readonly zh: string;
  readonly unit: string;
  /** What it counts, and the dimensions that it usually carries. */
  readonly formula: string;
}

const fact = (name: string, zh: string, unit: string, formula: string): FactIndicator => ({
  name,
  zh,
  unit,
  formula,
});

const BY_KIND =
  "dimensions.kind 为机构类别（hospital、township、village、community、pharmacy 等），不分类别时省略";

/** 基金监管: a column each in table `supervision`. */
export const SUPERVISION_INDICATORS: readonly FactIndicator[] = [
  fact("facilities", "定点机构数", "facility", `上报的定点医药机构数；${BY_KIND}`),
  fact("facilities_inspected", "检查机构数", "facility", `上报的检查机构数；${BY_KIND}`),
  fact("facilities_inspected_on_site", "现场检查机构数", "facility", `上报的现场检查机构数；${BY_KIND}`),
  fact("facilities_penalised", "处理机构数", "facility", `上报的处理机构数；${BY_KIND}`),
  fact("principal_recovered", "追回本金", "yuan", `上报的追回违规本金；${BY_KIND}`),
  fact("penalty", "违约金与罚款", "yuan", `上报的违约金与行政罚款；${BY_KIND}`),
];

const BY_CARE = "dimensions.care 为 outpatient、inpatient，合计省略";

/** What a county's half-year summary 工作总结 takes from other offices. */
const SUMMARY_INDICATORS: readonly FactIndicator[] = [
  fact("enrolment_task", "参保任务数", "person", "上级下达的参保任务数；dimensions.insurance 为险种"),
  fact(
    "financing_standard",
    "筹资标准",
    "yuan/person",
    "每人筹资标准；dimensions.source 为 central、provincial、individual",
  ),
  fact("review_rounds", "病历评审次数", "time", "上报的病历评审工作次数"),
  fact(
    "reviewed_records",
    "评审病历份数",
    "record",
    "上报的评审病历份数；dimensions.reviewed 为所评审季度 Q3Q4、Q1，dimensions.jurisdiction 为 county、city",
  ),
  fact("review_recovered", "评审扣除补偿款", "yuan", "病历评审扣除的违规补偿款；维度同评审病历份数"),
  fact("review_penalty", "评审扣除违约金", "yuan", "病历评审扣除的违约金；维度同评审病历份数"),
  fact("inspections", "稽查督导次数", "time", "上报的稽查、督导活动次数"),
  fact("certification_rounds", "集中鉴定次数", "time", "上报的慢性病集中鉴定工作次数"),
  fact("poverty_enrolled", "建档立卡参保人数", "person", "上报的建档立卡人口参保及代缴人数"),
  fact("poverty_certified", "建档立卡慢性病办证", "visit", "上报的累计办理人次"),
  fact("poverty_visits", "建档立卡享受待遇人次", "visit", `上报的人次；${BY_CARE}`),
  fact("poverty_fee", "建档立卡医药费用", "yuan", `上报的医药费用；${BY_CARE}`),
  fact("poverty_paid", "建档立卡各项补偿", "yuan", `上报的各项基金补偿合计；${BY_CARE}`),
  fact("poverty_resident_paid", "建档立卡居民医保补偿", "yuan", `上报的补偿；${BY_CARE}`),
  fact("poverty_critical_paid", "建档立卡大病保险补偿", "yuan", `上报的补偿；${BY_CARE}`),
  fact("poverty_aid_paid", "建档立卡医疗救助", "yuan", `上报的救助；${BY_CARE}`),
  fact("poverty_backstop_paid", "建档立卡财政兜底", "yuan", `上报的财政兜底补偿；${BY_CARE}`),
  fact("poverty_supplementary_paid", "建档立卡补充补偿", "yuan", "上报的补充补偿额"),
  fact(
    "public_medical_persons",
    "公费医疗人数",
    "person",
    "上报的享受待遇人数；dimensions.status 为 veteran 离休、disabled 残军",
  ),
  fact("public_medical_appropriation", "公医经费拨入", "yuan", "上报的县财政拨入公医经费"),
  fact(
    "public_medical_visits",
    "公费医疗报补人次",
    "visit",
    "上报的人次；dimensions.channel 为 manual 公费医疗科、direct 医疗机构",
  ),
  fact("public_medical_paid", "公费医疗报补金额", "yuan", "上报的金额；维度同公费医疗报补人次"),
];

/**
 * Names that fundpulse knows for reported facts. The list is open: any other indicator is published in
 * `indicators` and `reported_fact` just the same, under the unit that it is reported in.
 */
export const FACT_INDICATORS: readonly FactIndicator[] = [
  fact(
    "certified_cases",
    "慢特病认定人次",
    "visit",
    "上报的认定人次；dimensions.insurance 为险种，可带 category",
  ),
  fact("subsidised_persons", "资助参保人数", "person", "上报的资助参保人数；dimensions.subsidy 为资助方式"),
  fact("subsidised_amount", "资助参保金额", "yuan", "上报的资助参保金额；dimensions.subsidy 为资助方式"),
  ...SUPERVISION_INDICATORS,
  ...SUMMARY_INDICATORS,
  fact("procurement_batches", "集中带量采购批次", "batch", "上报的执行批次；dimensions.goods 为药品或耗材"),
  fact(
    "procurement_varieties",
    "集中带量采购品种数",
    "variety",
    "上报的品种数；dimensions.goods 为药品或耗材",
  ),
  fact(
    "procurement_agreed_amount",
    "约定采购金额",
    "yuan",
    "上报的约定采购金额；dimensions.goods 为药品或耗材",
  ),
  fact("procurement_amount", "实际采购金额", "yuan", "上报的实际采购金额；dimensions.goods 为药品或耗材"),
  fact("procurement_savings", "节约金额", "yuan", "上报的集采节约金额；dimensions.goods 为药品或耗材"),
  fact(
    "payment_reform_facilities",
    "支付方式改革覆盖机构数",
    "facility",
    "上报的覆盖机构数；dimensions.method 为支付方式（DIP、DRG 等）",
  ),
  fact(
    "payment_reform_coverage",
    "支付方式改革覆盖率",
    "fraction",
    "上报的覆盖率；dimensions.of 为机构、病种或基金",
  ),
];

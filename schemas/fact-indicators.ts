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

/**
 * Words of reports that no label of the product has. They only choose between figures that print alike, so none
 * of them has to be there, and a report in other words is read with fewer of its percentages.
 */
export const INSURANCE_WORDS: Readonly<Record<string, string>> = {
  居民: "resident",
  职工: "employee",
  生育保险: "maternity",
  公务员: "employee",
};

export const UP_WORDS = ["增加", "增长", "上升", "提高", "上涨", "增幅", "增", "多", "升", "涨"] as const;
export const DOWN_WORDS = ["减少", "降低", "下降", "下滑", "降幅", "减", "少", "降", "跌"] as const;
export const PREVIOUS_WORDS = ["上年", "去年", "上一年", "前一年"] as const;
export const SHARE_WORDS = ["占", "比重"] as const;
/** Another period than the year before: nothing published is it. */
export const OTHER_PERIOD_WORDS = ["环比", "上月", "上季度", "一季度末"] as const;

/** Members that words name: alternatives, any of which may be meant. */
export type Meant = readonly (readonly [dimension: string, member: string])[];

const CROSS: Meant = [["region", "national"]];
export const MEMBER_WORDS: readonly (readonly [Meant, readonly string[]])[] = [
  [[["care", "inpatient"]], ["住院"]],
  [
    [
      ["care", "outpatient"],
      ["care", "outpatient+pharmacy"],
    ],
    ["门诊"],
  ],
  [[["care", "pharmacy"]], ["药店", "购药"]],
  [
    [
      ["care", "maternity"],
      ["care", "maternity+booked"],
    ],
    ["生育待遇", "生育"],
  ],
  [[["channel", "direct"]], ["直接结算", "联网结算", "即时结算", "直结"]],
  [[["channel", "manual"]], ["零星", "手工"]],
  [
    [
      ["person_group", "active"],
      ["person_kind", "active"],
    ],
    ["在职"],
  ],
  [
    [
      ["person_group", "retired"],
      ["person_kind", "retired"],
    ],
    ["退休"],
  ],
  [[["subject", "levy"]], ["征缴", "个人缴费", "筹资", "保费"]],
  [[["subject", "interest"]], ["利息"]],
  [[["subject", "allowance"]], ["生育津贴", "津贴"]],
  [[["subject", "subsidy_local"]], ["市县财政", "县级财政"]],
  [[["fund", "civil_servant"]], ["公务员"]],
  [[["fund", "large_amount"]], ["大额"]],
  [[["other", "subsidy=full"]], ["全额"]],
  [[["other", "subsidy=fixed"]], ["定额"]],
  [[["tier", "3"]], ["三级医疗机构", "三级医院", "三级"]],
  [[["tier", "2"]], ["二级医疗机构", "二级医院", "二级"]],
  [[["tier", "1"]], ["一级医疗机构", "一级医院", "一级"]],
  [[["tier", "0"]], ["未定级"]],
  [[["ownership", "public"]], ["公立"]],
  [[["ownership", "private"]], ["民营", "社会办"]],
  [
    [
      ["care_group", "乡镇级"],
      ["tier", "1"],
    ],
    ["乡镇卫生院", "卫生院", "基层医疗机构"],
  ],
  [CROSS, ["跨省", "省外"]],
];

/** What words of places mean at a level of jurisdiction; sums of regions are joined by `+`. */
export const PLACE_WORDS: Readonly<
  Record<"county" | "city" | "province", readonly (readonly [Meant, readonly string[]])[]>
> = {
  county: [
    [
      [["region", "county"]],
      ["县域内", "县内", "县域", "区内", "旗内", "本地", "本县", "本区", "本旗", "本市"],
    ],
    [[["region", "city"]], ["市内", "市域内", "县外市内"]],
    [
      [
        ["region", "province"],
        ["region", "city+province"],
      ],
      ["省内"],
    ],
    [
      [
        ["region", "city+province+national"],
        ["flow", "outbound"],
      ],
      ["异地", "县外", "县域外", "外转"],
    ],
    [[["region", "province+national"]], ["市外", "市域外"]],
  ],
  city: [
    [
      [
        ["flow", "local"],
        ["region", "county+city"],
      ],
      ["市域内", "市内", "本市", "本地", "统筹区内"],
    ],
    [[["region", "county"]], ["县域内", "县内", "区县内"]],
    [[["region", "province"]], ["省内"]],
    [
      [
        ["region", "province+national"],
        ["flow", "outbound"],
      ],
      ["市外", "市域外", "异地", "外转", "统筹区外"],
    ],
  ],
  province: [
    [
      [
        ["flow", "local"],
        ["region", "county+city+province"],
      ],
      ["省内", "本省"],
    ],
    [[["region", "national"]], ["异地"]],
  ],
};

/** Other words for indicators than the product's own label. */
export const INDICATOR_WORDS: Readonly<Record<string, readonly string[]>> = {
  visits: ["人次", "住院人次", "门诊人次", "就诊人次"],
  persons: ["人数", "住院人数", "就诊人数"],
  fee: ["总费用", "医疗总费用", "医疗费用", "费用总额", "发生费用"],
  in_scope_fee: ["政策范围内费用", "合规费用"],
  pool_paid: [
    "统筹支出",
    "统筹支付",
    "统筹基金支付",
    "补偿金额",
    "应补偿",
    "实际补偿",
    "基本医保报销",
    "基本医保",
  ],
  benefit_paid: ["基金支出", "支出", "支付"],
  fund_paid: ["基金支付", "基金支付总额"],
  critical_paid: ["大病报销", "大病保险支出", "大病支付", "报销金额"],
  large_paid: ["大额补助", "大额支付", "大额补助支出"],
  aid_paid: ["救助报销", "救助", "医疗救助", "救助资金", "救助金额"],
  reimbursed: ["报销合计", "报销费用", "报销金额", "报销总额"],
  account_paid: ["个人账户支出", "个人账户", "账户支付"],
  cash_paid: ["个人自付", "现金支付", "个人负担"],
  avg_fee: ["次均费用", "次均住院费用", "均次费用", "例均费用", "人次均费用", "次均费"],
  avg_reimbursed: ["次均报销", "次均补偿"],
  avg_bed_days: ["平均住院床日", "平均住院日", "平均床日", "平均住院天数"],
  bed_days: ["住院床日", "床日数", "住院天数"],
  reimb_rate: ["实际报销比例", "实际报销比", "实际住院报销比例", "补偿比"],
  reimb_rate_in_scope: ["政策范围内报销比例", "政策内报销比例", "政策范围内住院报销比例"],
  pool_rate: ["实际补偿比", "补偿比", "基本段报销实际补偿比", "统筹支付比例"],
  hospitalization_rate: ["住院率"],
  visits_per_person: ["人次人头比", "人头人次比"],
  enrolled: ["参保人数", "参保"],
  enrolled_paid: ["缴费人数", "实际缴费", "征缴"],
  enrolment_progress: ["完成预算参保人数", "完成预算", "完成任务", "参保任务完成率"],
  enrolled_again_rate: ["与上年度参保人数比较完成", "比上年完成"],
  enrolled_paid_rate: ["参保率", "缴费率"],
  income_progress: ["完成预算收入", "完成年初预算", "预算执行率"],
  income: ["收入", "基金收入", "筹资金额"],
  expense: ["支出", "基金支出"],
  balance_period: ["当期结余", "本期结余"],
  balance_cumulative: ["累计结余", "滚存结余"],
  dip_amount: ["DIP支付金额", "DIP预结算", "DIP支付"],
  ffs_amount: ["按项目付费"],
  dip_difference: ["差额", "超支", "结余"],
  dip_deposit: ["保证金", "扣除保证金"],
  dip_prepay_rate: ["预结付率", "DIP住院统筹基金预结付率"],
  dip_cases: ["人次", "病例数"],
  critical_visits: ["大病人次", "报销人次"],
  aid_visits: ["救助人次"],
};

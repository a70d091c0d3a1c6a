/**
 * The national codes of `med_type` 医疗类别 and the line of the structural table each belongs to. Exact
 * codes only: four- to six-digit codes and 15-19, 29, 6x-8x, 99 mean different things in different
 * provinces and come from `categories.csv`; until then such records wait as `unknown_category`.
 */
export interface NationalCategory {
  readonly med_type: string;
  readonly category: string;
  readonly care: string;
  readonly dise_no: null;
  readonly insurance: null;
  readonly parent: null;
  readonly display_order: number;
}

const row = (med_type: string, category: string, care: string, display_order: number): NationalCategory => ({
  med_type,
  category,
  care,
  dise_no: null,
  insurance: null,
  parent: null,
  display_order,
});

export const NATIONAL_CATEGORIES: readonly NationalCategory[] = [
  row("21", "普通住院", "inpatient", 10), // 普通住院
  row("23", "普通住院", "inpatient", 10), // 转外诊治住院
  row("24", "普通住院", "inpatient", 10), // 急诊转住院
  row("25", "普通住院", "inpatient", 10), // 异地住院
  row("27", "普通住院", "inpatient", 10), // 自主就医
  row("26", "单病种住院", "inpatient", 20),
  row("22", "外伤住院", "inpatient", 30),
  row("92", "其他住院", "inpatient", 40),
  row("11", "普通门诊", "outpatient", 50), // 普通门诊
  row("12", "普通门诊", "outpatient", 50), // 门诊挂号
  row("13", "普通门诊", "outpatient", 50), // 急诊
  row("14", "门诊慢特病", "outpatient", 60),
  row("28", "日间手术", "outpatient", 70),
  row("91", "其他门诊", "outpatient", 80),
  row("41", "个人账户", "pharmacy", 90), // 定点药店购药
  row("93", "其他购药", "pharmacy", 100),
  row("51", "生育门诊", "maternity", 110),
  row("52", "生育住院", "maternity", 120),
  row("53", "生殖门诊", "maternity", 130), // 计划生育手术费
];

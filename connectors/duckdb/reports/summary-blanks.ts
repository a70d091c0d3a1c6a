import type { SummarySettings } from "../../../schemas/config/summary.js";
import { DIMENSIONS, type Dimension } from "../../../schemas/dimensions.js";
import { SUMMARY_FACILITIES } from "../../../schemas/labels.js";

/**
 * The figures of a county's half-year summary 工作总结 as queries over `indicators`: the one place where each of
 * its 229 figures is written down. Care groups, categories and hospitals go by the bureau's names
 * (`report.summary` of the configuration); figures of other offices by `indicator` and dimensions of stream `reported-fact`.
 */
export interface SummaryFigure {
  readonly n: number;
  readonly label: string;
  readonly breakdown: string;
  readonly measure: string;
  readonly unit: string;
  readonly decimals: number;
  /** This year's figure, its growth or its difference in percentage points, or shares as `a:b:c`. */
  readonly form: "value" | "growth" | "points" | "proportion";
  readonly top: readonly SummaryTerm[];
  /** What it is divided by; none for a sum. */
  readonly bottom: readonly SummaryTerm[];
  /** Printed = figure × `times` ÷ `per`. */
  readonly times: number;
  readonly per: number;
  /** Figures of settlements are 0 where nothing was settled; others are blank where nothing was reported. */
  readonly settled: boolean;
  /** Stands only for periods that begin on 1 January. */
  readonly fromJanuary?: boolean;
}

/** An indicator at one place, added or taken off. */
export interface SummaryTerm {
  readonly place: At;
  readonly sign: 1 | -1;
  readonly insurance: string;
  readonly indicator: string;
  readonly grouping: string;
  /** Values of the grouping's dimensions in their order, joined by `|`. */
  readonly at: string;
}

export type At = Readonly<Partial<Record<Dimension | "other", string>>>;

const at = (insurance: string, indicator: string, place: At = {}, sign: 1 | -1 = 1): SummaryTerm => {
  const names = [...DIMENSIONS, "other" as const].filter((d) => place[d] !== undefined);
  return {
    place,
    sign,
    insurance,
    indicator,
    grouping: names.join("+") || "total",
    at: names.map((d) => place[d]).join("|"),
  };
};

/** The bureau's names, and the figures written down under them: both of the configuration at hand. */
let settings: SummarySettings;
let inpatient: readonly string[];
let list: SummaryFigure[];
let subject: string;

/** Cares that lines may be configured under. */
const CARES = ["inpatient", "outpatient", "pharmacy", "maternity", "injury"];

const categoriesOf = (name: string): readonly string[] =>
  settings.categories[name as keyof SummarySettings["categories"]];

const line = (insurance: string, indicator: string, name: string): SummaryTerm[] =>
  CARES.flatMap((care) => categoriesOf(name).map((category) => at(insurance, indicator, { care, category })));

const RESIDENT = "resident";
const EMPLOYEE = "employee";
const LEVELS = ["市域外", "县外市域内", "县二级", "县一级民营", "乡镇级"];
const groupOf = (name: string): string => settings.careGroups[name as keyof SummarySettings["careGroups"]];
const PRIVATE = "县外市域内·其中民营";
const ALL_LEVELS = ["合计", "市域外", "县外市域内", PRIVATE, "县二级", "县一级民营", "乡镇级"];
const stay = { care: "inpatient" };

/** Residents' stays of a level: all of them, a care group, or the private ones of it. */
function level(indicator: string, name: string): SummaryTerm[] {
  if (name === "合计") return [at(RESIDENT, indicator, stay)];
  if (name === PRIVATE)
    return [at(RESIDENT, indicator, { ...stay, ownership: "private", care_group: groupOf("县外市域内") })];
  return [at(RESIDENT, indicator, { ...stay, care_group: groupOf(name) })];
}

/** What the tables of stays cover (`report.categories.inpatient`): every stay, or those of certain categories. */
const covered = (indicator: string): SummaryTerm[] =>
  inpatient.length === 0
    ? level(indicator, "合计")
    : CARES.flatMap((care) => inpatient.map((category) => at(RESIDENT, indicator, { care, category })));

type More = Partial<Omit<SummaryFigure, "n" | "label" | "breakdown" | "top">>;

function put(breakdown: string, measure: string, top: readonly SummaryTerm[], more: More = {}): void {
  list.push({
    n: list.length + 1,
    label: subject,
    breakdown,
    measure,
    unit: "万元",
    decimals: 2,
    form: "value",
    top,
    bottom: [],
    times: 1,
    per: 1,
    settled: true,
    ...more,
  });
}

const WAN: More = { per: 10_000 };
const COUNT: More = { unit: "人次", decimals: 0 };
const PERCENT: More = { unit: "%", times: 100 };
const GROWTH: More = { unit: "%", form: "growth", times: 100 };
const BOOKED: More = { per: 10_000, settled: false };

/** A figure that another office reports. */
const given = (indicator: string, dimensions: At = {}, insurance = "all"): SummaryTerm[] => [
  at(insurance, indicator, dimensions),
];
const number = (unit: string): More => ({ unit, decimals: 0, settled: false });
/** Dimensions of a fact that have no column of their own, as DuckDB writes them. */
const other = (...pairs: string[]): At => ({ other: `{${pairs.join(", ")}}` });

function residents(): void {
  subject = "实际参保居民人数";
  const people = given("enrolled", {}, RESIDENT);
  put("合计", "value", people, { unit: "万人", decimals: 4, per: 10_000, settled: false });
  subject = "上级下达参保任务数";
  put("合计", "value", given("enrolment_task", {}, RESIDENT), { ...number("万人"), per: 10_000 });

  const budget = (of?: string): SummaryTerm[] => [
    at(RESIDENT, "budget_income", of ? { fund: "resident", subject: of } : { fund: "resident" }),
  ];
  const fund = (indicator: string, sign: 1 | -1 = 1): SummaryTerm =>
    at(RESIDENT, indicator, { fund: "resident" }, sign);
  // What was left at the beginning of the year: what is left now, less what came in and went out since.
  const opening = [fund("balance_cumulative"), fund("balance_period", -1)];
  subject = "当年应筹集城乡居民医保基金";
  put("合计", "value", budget(), { ...BOOKED, decimals: 1 });
  for (const [name, of, source, decimals] of [
    ["中央财政补助资金", "subsidy_central", "central", 1],
    ["省财政补助资金", "subsidy_provincial", "provincial", 2],
    ["居民个人缴纳", "levy", "individual", 2],
  ] as const) {
    subject = name;
    const standard = given("financing_standard", other(`source=${source}`), RESIDENT);
    put("合计", "per_capita", standard, number("元/人"));
    put("合计", "value", budget(of), { ...BOOKED, decimals });
  }
  subject = "结转资金（总额预算清算前）";
  put("合计", "value", opening, { ...BOOKED, fromJanuary: true });
  subject = "累计可用基金总额（总额预算清算前）";
  const available = [...budget(), ...opening];
  put("合计", "value", available, { ...BOOKED, fromJanuary: true });

  subject = "城乡居民医保基金支出";
  const spent = [at(RESIDENT, "benefit_paid")];
  put("合计", "value", spent, WAN);
  put("住院补偿", "value", level("benefit_paid", "合计"), WAN);
  for (const [name, of] of [
    ["住院补偿·普通住院补偿", "普通住院"],
    ["住院补偿·单病种住院补偿", "单病种住院"],
    ["分娩补偿", "分娩"],
    ["外伤补偿", "外伤"],
    ["普通门诊补偿", "普通门诊"],
    ["常见慢性病门诊补偿", "常见慢性病门诊"],
  ])
    put(name, "value", line(RESIDENT, "benefit_paid", of), WAN);
  put("其中含大病保险补偿", "value", [at(RESIDENT, "critical_paid")], WAN);
  subject = "参保居民受益人次";
  put("合计", "value", [at(RESIDENT, "visits")], COUNT);
  put("住院", "value", level("visits", "合计"), COUNT);
  for (const [name, of] of [
    ["普通门诊统筹", "普通门诊"],
    ["分娩", "分娩"],
    ["常见慢性病", "常见慢性病门诊"],
    ["外伤", "外伤"],
  ])
    put(name, "value", line(RESIDENT, "visits", of), COUNT);
  subject = "基金使用进度";
  put("支出总额", "value", spent, WAN);
  const progress: More = { ...PERCENT, settled: false };
  put("占当年筹集基金总额", "progress", spent, { ...progress, decimals: 1, bottom: budget() });
  put("占累计可用基金", "progress", spent, { ...progress, bottom: available, fromJanuary: true });
}

function residentStays(): void {
  const enrolled = [at(RESIDENT, "enrolled")];
  subject = "平均住院率";
  const visits = covered("visits");
  put("合计", "rate", visits, { ...PERCENT, decimals: 1, bottom: enrolled });
  put("合计", "yoy_pp", visits, { unit: "个百分点", form: "points", times: 100, bottom: enrolled });
  subject = "住院补偿人次（各级定点医疗机构）";
  for (const name of ALL_LEVELS) put(name, "value", level("visits", name), COUNT);
  const groups = LEVELS.map((name) => level("visits", name)[0]);
  put(LEVELS.join(":"), "ratio", groups, { unit: "比", form: "proportion", decimals: 0, times: 100 });
  for (const name of ALL_LEVELS) put(name, "yoy", level("visits", name), GROWTH);
  subject = "住院实际补偿比";
  for (const name of ALL_LEVELS)
    put(name, "ratio", level("benefit_paid", name), { ...PERCENT, bottom: level("fee", name) });
  for (const [name, indicator] of [
    ["住院医药费总额", "fee"],
    ["住院总补偿额", "benefit_paid"],
  ]) {
    subject = name;
    const share: More = { ...PERCENT, bottom: level(indicator, "合计") };
    put("合计", "value", level(indicator, "合计"), WAN);
    for (const group of LEVELS) {
      put(group, "value", level(indicator, group), WAN);
      if (group === "县外市域内") put(PRIVATE, "value", level(indicator, PRIVATE), WAN);
      put(group, "share", level(indicator, group), share);
    }
    for (const group of ALL_LEVELS) put(group, "yoy", level(indicator, group), GROWTH);
  }
  subject = "次均住院费用";
  for (const name of ALL_LEVELS)
    put(name, "value", level("fee", name), { unit: "元", bottom: level("visits", name) });
  for (const name of ALL_LEVELS)
    put(name, "yoy", level("fee", name), { ...GROWTH, bottom: level("visits", name) });
}

function casePayment(): void {
  subject = "住院按病种付费";
  const county = ["县二级", "县一级民营", "乡镇级"];
  const of = (indicator: string, name: string): SummaryTerm[] =>
    name === "合计" ? county.flatMap((g) => level(indicator, g)) : level(indicator, name);
  for (const name of ["合计", ...county]) {
    put(name, "value", of("case_paid_visits", name), { unit: "例", decimals: 0 });
    put(name, "execution_rate", of("case_paid_visits", name), { ...PERCENT, bottom: of("visits", name) });
  }
  subject = "门诊按病种付费";
  const care = "outpatient";
  const cases: More = { unit: "例", decimals: 0 };
  put("合计", "value", [at(RESIDENT, "case_paid_visits", { care })], cases);
  for (const facility of SUMMARY_FACILITIES)
    put(facility, "value", [at(RESIDENT, "case_paid_visits", { care, facility })], cases);
}

function outpatientPool(): void {
  for (const [name, indicator, more] of [
    ["门诊统筹补偿人次", "visits", COUNT],
    ["门诊统筹补偿额", "benefit_paid", WAN],
  ] as const) {
    subject = name;
    const pool = (place: At = {}): SummaryTerm[] =>
      categoriesOf("普通门诊").map((category) =>
        at(RESIDENT, indicator, { care: "outpatient", category, ...place }),
      );
    const whole = pool();
    put("合计", "value", whole, more);
    for (const name of ["县一级民营", "乡镇级", "村级"]) {
      const part = pool({ care_group: groupOf(name) });
      put(name, "value", part, more);
      put(name, "share", part, { ...PERCENT, bottom: whole });
    }
  }
}

function employees(): void {
  subject = "实际参保职工人数";
  put("合计", "value", given("enrolled", {}, EMPLOYEE), number("人"));
  put("在职", "value", given("enrolled", { person_group: "active" }, EMPLOYEE), number("人"));
  put("退休", "value", given("enrolled", { person_group: "retired" }, EMPLOYEE), number("人"));
  const funds: readonly (readonly [string, readonly string[]])[] = [
    ["统筹基金", ["employee_pool"]],
    ["个人账户基金", ["employee_account"]],
    // Booked as aid for employees in one place, as the large-amount fund in another.
    ["医疗救助金", ["aid", "large_amount"]],
    ["公务员医疗补助", ["civil_servant"]],
  ];
  const of = (indicator: string, names: readonly string[]): SummaryTerm[] =>
    names.map((fund) => at(EMPLOYEE, indicator, { fund }));
  subject = "城镇职工社会保险费总收入";
  put("合计", "value", [at(EMPLOYEE, "income")], BOOKED);
  for (const [name, fund] of funds) put(name, "value", of("income", fund), BOOKED);
  subject = "基金累计结余（清算前）";
  put("合计", "value", [at(EMPLOYEE, "balance_cumulative")], BOOKED);
  for (const [name, fund] of funds)
    put(name, "value", of("balance_cumulative", fund), {
      ...BOOKED,
      decimals: name === "个人账户基金" ? 1 : 2,
    });
  subject = "职工医保基金支出（按基金）";
  for (const [name, fund] of funds) put(name, "value", of("expense", fund), BOOKED);
  subject = "职工医保基金待遇支出（不含个人账户转移支付）";
  put("合计", "value", [at(EMPLOYEE, "benefit_paid")], WAN);
  for (const [name, of] of [
    ["普通住院", "普通住院"],
    ["单病种住院", "单病种住院"],
    ["门诊单病种", "门诊单病种"],
    ["常见慢性病门诊", "常见慢性病门诊"],
    ["特殊慢性病门诊", "特殊慢性病门诊"],
  ])
    put(name, "value", line(EMPLOYEE, "benefit_paid", of), WAN);
  for (const [name, of] of [
    ["普通门诊刷卡个人账户", "普通门诊刷卡"],
    ["药店购药个人账户", "药店购药"],
  ])
    put(name, "value", line(EMPLOYEE, "account_paid", of), WAN);
  subject = "参保职工受益人次";
  put("合计", "value", [at(EMPLOYEE, "visits")], COUNT);
  for (const [name, of] of [
    ["普通住院", "普通住院"],
    ["单病种住院", "单病种住院"],
    ["门诊单病种", "门诊单病种"],
    ["常见慢性病", "常见慢性病门诊"],
    ["特殊慢性病门诊", "特殊慢性病门诊"],
    ["普通门诊刷卡", "普通门诊刷卡"],
    ["药店购药刷卡", "药店购药"],
  ])
    put(name, "value", line(EMPLOYEE, "visits", of), COUNT);
}

function audits(): void {
  subject = "病历评审工作次数";
  put("合计", "value", given("review_rounds"), number("次"));
  for (const [name, quarter, city] of [
    ["病历评审：第三、四季度", "Q3Q4", false],
    ["病历评审：第一季度", "Q1", true],
  ] as const) {
    subject = name;
    const reviewed = (more: string[] = []): At => other(...more, `reviewed=${quarter}`);
    put("病历份数·合计", "value", given("reviewed_records", reviewed()), number("份"));
    for (const [part, by] of [
      ["县辖区", "county"],
      ["市辖区", "city"],
    ])
      put(
        `病历份数·${part}基本医保`,
        "value",
        given("reviewed_records", reviewed([`jurisdiction=${by}`])),
        number("份"),
      );
    put("扣除违规补偿款", "value", given("review_recovered", reviewed()), BOOKED);
    if (city)
      put(
        "扣除违规补偿款·其中市区",
        "value",
        given("review_recovered", reviewed(["jurisdiction=city"])),
        BOOKED,
      );
    put("扣除违约金", "value", given("review_penalty", reviewed()), BOOKED);
  }
  const kinds = (name: string, indicator: string, list: readonly (readonly [string, string])[]): void => {
    subject = name;
    for (const [part, kind] of list)
      put(part, "value", given(indicator, other(`kind=${kind}`)), number("家"));
  };
  kinds("签订服务协议的定点机构数", "facilities", [
    ["定点医疗机构（含卫生服务所、口腔门诊）", "hospital"],
    ["社区卫生服务站", "community"],
    ["村卫生室", "village"],
    ["定点零售药店", "pharmacy"],
  ]);
  subject = "稽查、督导活动次数";
  put("合计", "value", given("inspections"), number("余次"));
  subject = "稽查、督导定点医疗机构";
  put("合计（家次）", "value", given("facilities_inspected"), number("家次"));
  kinds(subject, "facilities_inspected", [
    ["县级医疗机构", "hospital"],
    ["乡镇", "township"],
    ["民营", "private"],
    ["药店", "pharmacy"],
  ]);
  subject = "处罚医疗机构";
  put("处罚家数", "value", given("facilities_penalised"), number("家"));
  put("追回补偿基金", "value", given("principal_recovered"), BOOKED);
  put("扣罚违约金", "value", given("penalty"), BOOKED);
}

function certificationsAndPoverty(): void {
  subject = "慢性病人员集中鉴定工作次数";
  put("合计", "value", given("certification_rounds"), number("次"));
  subject = "慢特病鉴定合格";
  for (const [name, route] of [
    ["集中鉴定合格", "concentrated"],
    ["建档立卡农村贫困人口慢性病鉴定合格", "poverty"],
    ["日常特殊病办证", "daily"],
  ])
    put(name, "value", given("certified_cases", other(`route=${route}`)), number("人次"));
  put("共计鉴定慢性病合格", "value", given("certified_cases"), number("人次"));
  subject = "建档立卡贫困人口参保及代缴人数";
  put("合计", "value", given("poverty_enrolled"), number("人"));
  subject = "累计办理贫困人口慢性病";
  put("合计", "value", given("poverty_certified"), number("人次"));
  const byCare = (name: string, indicator: string, more: More, zero?: string): void => {
    subject = name;
    for (const [part, care] of [
      ["合计", null],
      ["门诊", "outpatient"],
      ["住院", "inpatient"],
    ] as const)
      put(
        part,
        "value",
        given(indicator, care ? { care } : {}),
        part === zero ? { ...more, decimals: 0 } : more,
      );
  };
  byCare("建档立卡贫困人口享受综合医保补偿待遇", "poverty_visits", number("人次"));
  byCare("医药费用", "poverty_fee", BOOKED, "门诊");
  byCare("各项基金累计补偿", "poverty_paid", BOOKED, "合计");
  byCare("居民医保补偿", "poverty_resident_paid", BOOKED);
  byCare("大病保险补偿", "poverty_critical_paid", BOOKED);
  byCare("医疗救助", "poverty_aid_paid", BOOKED);
  byCare("“xxx”财政兜底补偿", "poverty_backstop_paid", BOOKED);
  subject = "“xxx”补偿额";
  put("合计", "value", given("poverty_supplementary_paid"), BOOKED);
}

function publicMedical(): void {
  subject = "享受公费医疗待遇人员";
  const persons = "public_medical_persons";
  put("合计", "value", given(persons), number("人"));
  put("离休人员", "value", given(persons, other("status=veteran")), number("人"));
  put("六级以上残军", "value", given(persons, other("status=disabled")), number("人"));
  subject = "县财政拨入公医经费";
  put("合计", "value", given("public_medical_appropriation"), { ...BOOKED, decimals: 0 });
  subject = "公费医疗报补";
  for (const [name, channel] of [
    ["合计", null],
    ["公费医疗科报补", "manual"],
    ["医疗机构报补", "direct"],
  ] as const) {
    const by: At = channel ? { channel } : {};
    put(name, "visits", given("public_medical_visits", by), number("人次"));
    put(name, "amount", given("public_medical_paid", by), BOOKED);
  }
}

const PARTS = [
  ...[residents, residentStays, casePayment, outpatientPool, employees, audits],
  ...[certificationsAndPoverty, publicMedical],
];

/** What the figures take from the configuration. */
export interface SummaryNames {
  readonly report: {
    readonly summary: SummarySettings;
    readonly categories: { readonly inpatient: readonly string[] };
  };
}

/** The 229 figures under a bureau's names. */
export function summaryFigures(config: SummaryNames): readonly SummaryFigure[] {
  settings = config.report.summary;
  inpatient = config.report.categories.inpatient;
  list = [];
  subject = "";
  for (const part of PARTS) part();
  return list;
}

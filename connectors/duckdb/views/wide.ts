import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { SUPERVISION_INDICATORS } from "../../../schemas/fact-indicators.js";
import {
  DIP_INDICATORS,
  ENROLMENT_INDICATORS,
  FUND_INDICATORS,
  INDICATORS,
  type Indicator,
  type Term,
} from "../../../schemas/indicators.js";
import {
  type ColumnDef,
  column,
  MAIN,
  quoteName,
  quoteText,
  STORE,
  type ViewDef,
} from "../../../schemas/published/definition.js";
import { fraction, relativeChange, roundedQuotient, scaled } from "../expressions.js";
import { dimensionComment, PERIOD_COLUMNS, SETTLEMENT_DIMENSION_COLUMNS, termColumn } from "./cell.js";
import { REPORTED_FACT_VIEW } from "./facts.js";
import { frozenTerm } from "./indicators.js";
import { besideCode, withNames } from "./named.js";

const UNIT_ZH: Record<string, string> = {
  yuan: "元",
  visit: "人次",
  person: "人",
  day: "天",
  fraction: "小数",
  month: "月",
  "yuan/visit": "元/人次",
  "day/visit": "天/人次",
  "visit/person": "人次/人",
  facility: "家",
};
const unitZh = (unit: string): string => UNIT_ZH[unit] ?? unit;

/** Which of a group's numbers a figure is made of. */
type Side = "now" | "previous" | "reported";

const sideColumn = (term: Term, side: Side): string =>
  side === "reported" ? frozenTerm(term) : termColumn(term, side === "previous");

/** A figure as the wide tables type it: money (18,2), ratio (18,6), count BIGINT. */
function figure(indicator: Indicator, side: Side): string {
  const num = sideColumn(indicator.numerator, side);
  const result = (): string => {
    if (indicator.denominator === null)
      return indicator.unit === "yuan" ? scaled(num, 18, 2) : `${num}::BIGINT`;
    const den = sideColumn(indicator.denominator, side);
    return indicator.unit === "yuan/visit" ? scaled(roundedQuotient(num, den, 1), 18, 2) : fraction(num, den);
  };
  const conditions = [
    ...(indicator.presence === "inpatient" ? ["c.care = 'inpatient'"] : []),
    ...(side === "reported" ? [wasFrozen(indicator)] : []),
  ];
  return conditions.length === 0 ? result() : `CASE WHEN ${conditions.join(" AND ")} THEN ${result()} END`;
}

/** Whether the figure was frozen when its period was closed. */
const wasFrozen = (indicator: Indicator): string =>
  indicator.presence === "persons" ? "k.persons" : "k.period IS NOT NULL";

function changeOf(indicator: Indicator): string {
  const den = (previous: boolean): string =>
    indicator.denominator === null ? "1" : termColumn(indicator.denominator, previous);
  const change = relativeChange(
    termColumn(indicator.numerator, false),
    den(false),
    termColumn(indicator.numerator, true),
    den(true),
    1_000_000,
  );
  return ratio(scaled(change, 24, 6));
}

/** As the wide tables type a ratio; NULL where it is too large for that. */
const ratio = (sql: string): string => `TRY_CAST(${sql} AS DECIMAL(18, 6))`;

interface Besides {
  readonly value: string;
  readonly previous: string;
  readonly change: string;
  readonly reported: string;
}

const besides = (name: string, zh: string, unit: string, of: Besides): ColumnDef[] => [
  column(name, of.value, `${zh}（${unitZh(unit)}）`),
  column(`${name}_previous`, of.previous, `上年同期：${zh}（${unitZh(unit)}）`),
  column(`${name}_change_pct`, of.change, `相对增长：${zh}（小数；上年同期为 0 或缺失为 NULL）`),
  column(`${name}_reported`, of.reported, `月结/年结时冻结：${zh}（${unitZh(unit)}；未结为 NULL）`),
];

const settled = (indicators: readonly Indicator[]): ColumnDef[] =>
  indicators.flatMap((i) =>
    besides(i.name, i.denominator ? `${i.zh} = ${i.formula}` : i.formula, i.unit, {
      value: figure(i, "now"),
      previous: figure(i, "previous"),
      change: changeOf(i),
      reported: figure(i, "reported"),
    }),
  );

/** Beside `category`: its row counts those of other categories too, so that adding up both counts twice. */
const IS_PARENT = column(
  "is_parent",
  `CASE WHEN c.category IS NOT NULL THEN c.category IN
    (SELECT o.parent FROM store.category_order o WHERE o.parent IS NOT NULL) END`,
  "是否为上级类别：上级类别的数字已含其下级类别，不可相加；不按医疗类别分组时为 NULL",
);

const STATUS_ZH =
  "状态：open 未结、closed 已结、restated 已更正（该行有数字与结账时的不同，旁列 …_reported 为结账时的数字）";

/** Any figure of the row that is not what was reported makes it restated, as in `indicators`. */
function statusOf(indicators: readonly Indicator[]): ColumnDef {
  const differs = (i: Indicator, now: string, then: string): string =>
    `${wasFrozen(i)} AND ${now} IS DISTINCT FROM ${then}`;
  // Sums first: a quotient is only worked out where no sum tells it.
  const sums = indicators.filter((i) => i.denominator === null);
  const ratios = indicators.filter((i) => i.denominator !== null);
  const bySum = sums.map((i) =>
    differs(i, sideColumn(i.numerator, "now"), sideColumn(i.numerator, "reported")),
  );
  const byTerm = ratios.flatMap((i) =>
    [i.numerator, i.denominator!].map((t) => differs(i, sideColumn(t, "now"), sideColumn(t, "reported"))),
  );
  const byRatio = ratios.map((i) => differs(i, figure(i, "now"), figure(i, "reported")));
  const any = (list: readonly string[]): string => [...new Set(list)].map((c) => `(${c})`).join(" OR ");
  return column(
    "status",
    `CASE WHEN k.period IS NULL THEN 'open' WHEN ${any(bySum)} THEN 'restated'
      ${ratios.length === 0 ? "" : `WHEN NOT (${any(byTerm)}) THEN 'closed' WHEN ${any(byRatio)} THEN 'restated'`}
      ELSE 'closed' END`,
    STATUS_ZH,
  );
}

const settlementView = (
  name: string,
  comment: string,
  indicators: readonly Indicator[],
  where: string,
): ViewDef => ({
  kind: "view",
  schema: MAIN,
  name,
  comment,
  columns: [
    ...withNames(PERIOD_COLUMNS),
    ...withNames(SETTLEMENT_DIMENSION_COLUMNS).flatMap((c) => (c.name === "category" ? [c, IS_PARENT] : [c])),
    statusOf(indicators),
    ...settled(indicators),
  ],
  from: `FROM store.cell c LEFT JOIN store.closed_scope k ON k.period = c.period AND k."grouping" = c."grouping"
    LEFT JOIN store.closed_fact r ON r.period = c.period AND r."grouping" = c."grouping" AND r.gid = c.gid
    WHERE ${where}`,
});

/** Every indicator of every group as columns: what the table of each care is a part of. */
export const SETTLED_VIEW: ViewDef = {
  ...settlementView("settled", "结算指标宽表：全部分组（内部视图），每个指标一列", INDICATORS, "true"),
  schema: STORE,
};

const careView = (
  care: string,
  comment: string,
  indicators: readonly Indicator[] = INDICATORS.filter((i) => i.presence !== "inpatient"),
): ViewDef => {
  const names = new Set(settled(indicators).map((c) => c.name));
  const all = new Set(settled(INDICATORS).map((c) => c.name));
  return {
    kind: "view",
    schema: MAIN,
    name: care,
    comment,
    columns: SETTLED_VIEW.columns
      .filter((c) => names.has(c.name) || !all.has(c.name))
      .map((c) => ({ ...c, sql: `c.${quoteName(c.name)}` })),
    from: `FROM store.settled c WHERE c.care = ${quoteText(care)}`,
  };
};

interface Given {
  readonly name: string;
  readonly zh: string;
  readonly unit: string;
  readonly formula: string;
}

/** A dimension of reported facts that has no column of its own, as a column. */
interface OtherColumn {
  readonly name: string;
  readonly key: string;
  readonly comment: string;
}

/**
 * Figures that stand beside the settlements, a column per indicator; `other` where they are reported facts. What is
 * reported in another unit than the column's stands in `reported_fact` alone.
 */
function pivotView(
  name: string,
  comment: string,
  indicators: readonly Given[],
  other: readonly OtherColumn[] = [],
): ViewDef {
  const keys = [
    ...["period", "period_kind", "period_start", "period_end", "insurance", "grouping"],
    ...DIMENSIONS,
  ];
  const pick = (of: string, indicator: string): string =>
    `max(c.${of}) FILTER (WHERE c.indicator = '${indicator}')`;
  const type = (unit: string): string =>
    unit === "yuan"
      ? "DECIMAL(18, 2)"
      : ["visit", "person", "facility"].includes(unit)
        ? "BIGINT"
        : "DECIMAL(18, 6)";
  return {
    kind: "view",
    schema: MAIN,
    name,
    comment,
    columns: [
      ...withNames(PERIOD_COLUMNS),
      ...DIMENSIONS.flatMap((d) => [
        column(d, `c.${d}`, dimensionComment(d)),
        ...besideCode(d),
        ...(d === "facility" ? [column("facility_name", "any_value(c.facility_name)", "医疗机构名称")] : []),
      ]),
      // map_extract gives a list in every DuckDB; what a bracket gives changed with 1.2.
      ...other.map((o) =>
        column(o.name, `any_value(map_extract(c.other, ${quoteText(o.key)})[1])`, o.comment),
      ),
      ...(other.length > 0 ? [column("other", "any_value(c.other)", "上报数的全部其他维度")] : []),
      column(
        "status",
        `CASE WHEN NOT bool_or(c.closed) THEN 'open'
          WHEN bool_or(c.closed AND c.value IS DISTINCT FROM c.reported) THEN 'restated' ELSE 'closed' END`,
        STATUS_ZH,
      ),
      ...indicators.flatMap((i) =>
        besides(i.name, `${i.zh}：${i.formula}`, i.unit, {
          value: `${pick("value", i.name)}::${type(i.unit)}`,
          previous: `${pick("previous", i.name)}::${type(i.unit)}`,
          change: ratio(pick("change_pct", i.name)),
          reported: `${pick("reported", i.name)}::${type(i.unit)}`,
        }),
      ),
    ],
    from: `FROM (SELECT f.*, p.period_kind, p.period_start, p.period_end, n.name AS facility_name
      FROM store.figure f JOIN store.period p ON p.period = f.period
      LEFT JOIN store.facility_name n ON n.facility = f.facility
      WHERE (f.indicator, f.unit) IN (${indicators.map((i) => `('${i.name}', '${i.unit}')`).join(", ")})) c
      GROUP BY ${[...keys.map((k) => `c.${k}`), ...(other.length > 0 ? ["c.other::VARCHAR"] : [])].join(", ")}`,
  };
}

const named = (names: readonly string[]): Indicator[] =>
  names.map((name) => INDICATORS.find((i) => i.name === name)!);

/** Wide tables for people (docs/specification.md#wide-tables). */
export const WIDE_VIEWS: readonly ViewDef[] = [
  SETTLED_VIEW,
  careView(
    "inpatient",
    "住院指标宽表：就医类型为住院的各分组，每个指标一列，旁列上年同期、相对增长与结账时的数字",
    INDICATORS,
  ),
  careView(
    "outpatient",
    "门诊指标宽表：就医类型为门诊的各分组，每个指标一列，旁列上年同期、相对增长与结账时的数字",
  ),
  careView(
    "pharmacy",
    "药店购药指标宽表：就医类型为药店的各分组，每个指标一列，旁列上年同期、相对增长与结账时的数字",
  ),
  careView(
    "maternity",
    "生育指标宽表：就医类型为生育的各分组，每个指标一列，旁列上年同期、相对增长与结账时的数字",
  ),
  settlementView(
    "fund_spend",
    "基金支出结构宽表：险种合计、各就医类型、各医疗类别的人次、费用与基金支出及占比",
    named([
      ...["visits", "persons", "fee", "in_scope_fee", "fund_paid", "pool_paid", "benefit_paid", "reimbursed"],
      ...["account_paid", "civil_servant_paid", "large_paid", "critical_paid", "aid_paid", "reimb_rate"],
      ...["share_visits", "share_fee", "share_fund_paid", "share_pool_paid", "share_benefit_paid"],
      ...["share_in_care_benefit_paid", "share_in_care_fund_paid", "share_in_care_pool_paid"],
    ]),
    "c.grouping IN ('total', 'care', 'care+category')",
  ),
  settlementView(
    "medical_aid",
    "医疗救助宽表：各分组的救助人次、救助支付与所涉费用",
    named(["aid_visits", "aid_paid", "aid_fee"]),
    "true",
  ),
  pivotView("enrolment", "参保宽表：参保人数、缴费人数、完成预算", ENROLMENT_INDICATORS),
  pivotView("fund_account", "基金账户宽表：收入、支出、预算进度、结余、可支付月数", FUND_INDICATORS),
  pivotView("dip_prepayment", "DIP 预结算宽表", DIP_INDICATORS),
  pivotView(
    "supervision",
    "基金监管宽表（上报数）：定点机构、检查、现场检查、处理机构数，追回本金，违约金与罚款，按机构类别",
    SUPERVISION_INDICATORS,
    [
      {
        name: "facility_kind",
        key: "kind",
        comment: "机构类别：hospital、township、village、community、pharmacy 等；不分类别时为 NULL",
      },
    ],
  ),
  REPORTED_FACT_VIEW,
];

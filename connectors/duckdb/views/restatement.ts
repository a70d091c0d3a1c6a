import { DIMENSIONS, SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { DIP_INDICATORS, ENROLMENT_INDICATORS, FUND_INDICATORS } from "../../../schemas/indicators.js";
import { MEASURES } from "../../../schemas/measures.js";
import { column, MAIN, quoteText, type ViewDef } from "../../../schemas/published/definition.js";
import { DIMENSION_ZH } from "../../../schemas/published/store.js";
import { dimensionComment, PERIOD_COLUMNS } from "./cell.js";
import { GIVEN_RESTATED, SETTLED_RESTATED } from "./indicators.js";

/** Records named in one row of `restatement`. */
const NAMED_RECORDS = 100;

const names = (indicators: readonly { readonly name: string }[]): string =>
  `(${indicators.map((i) => quoteText(i.name)).join(", ")})`;

/** Dimensions that a record of a small stream has a value of. */
const RECORD_DIMENSIONS = ["district", "facility", "fund", "subject", "person_group", "sex"] as const;

/** Values of many rows, each once, in their order. */
const each = (value: string): string =>
  `list_sort(list_distinct(list(${value}) FILTER (${value} IS NOT NULL)))`;
/** The first keys of entries, enrolment and the like. Bills are named in the detail file alone. */
const records = (key: string): string => `${each(key)}[1:${NAMED_RECORDS}]`;

/** What the settlements that changed since a close did to each group of the period. */
const GROUP_CAUSES = `SELECT k.period, c.gid, ${each("c.cause")} AS causes, sum(c.settlements)::BIGINT AS cause_count,
    max(c.changed_at) AS restated_at
  FROM store.closed k JOIN store.period p ON p.period = k.period
    JOIN (SELECT * EXCLUDE (gids), unnest(gids) AS gid FROM store.cause) c
      ON c.since >= k.sequence AND c.month BETWEEN p.period_start AND p.period_end
  GROUP BY k.period, c.gid`;

/** Enrolment records that changed since a close: the denominators of hospitalization_rate. */
const ENROLMENT_CAUSES = `SELECT k.period, ${each("c.cause")} AS causes, ${records("c.key")} AS records,
    count(*) AS cause_count, max(c.changed_at) AS restated_at
  FROM store.closed k JOIN store.period p ON p.period = k.period
    JOIN store.cause_record c ON c.sequence > k.sequence AND c.stream = 'enrolment'
      AND c.from_day <= p.period_end AND c.to_day >= p.period_end
  GROUP BY k.period`;

/** A share changes with what it is a part of: its causes are those of the whole. */
const WHOLE = `CASE WHEN r.indicator LIKE 'share_in_category_%' THEN 'care+category'
  WHEN r.indicator LIKE 'share_in_care_%' THEN 'care' WHEN r.indicator LIKE 'share_%' THEN 'total' END`;

const SETTLED_CAUSED = `SELECT r.* EXCLUDE (gid, whole),
    list_sort(list_distinct(coalesce(c.causes, []) || coalesce(e.causes, []))) AS causes,
    coalesce(e.records, []) AS records,
    coalesce(c.cause_count, 0) + coalesce(e.cause_count, 0) AS cause_count,
    greatest(c.restated_at, e.restated_at) AS restated_at
  FROM (SELECT r.*, ${WHOLE} AS whole FROM (${SETTLED_RESTATED}) r) r
    LEFT JOIN store.grp w ON w.insurance = r.insurance AND w."grouping" = r.whole
      AND (r.whole = 'total' OR w.care = r.care) AND (r.whole <> 'care+category' OR w.category = r.category)
    LEFT JOIN (${GROUP_CAUSES}) c ON c.period = r.period
      AND c.gid = CASE WHEN r.whole IS NULL THEN r.gid ELSE w.gid END
    LEFT JOIN (${ENROLMENT_CAUSES}) e ON e.period = r.period AND r.indicator = 'hospitalization_rate'`;

/** Everything that can change a given figure. */
const GIVEN_CAUSES = `SELECT since AS sequence, 1 AS after, changed_at, cause, NULL AS key, settlements,
    'settlement' AS family, month AS from_day,
    last_day(month) AS to_day, insurance, district, NULL AS facility, NULL AS fund, NULL AS subject,
    NULL AS person_group, NULL AS sex, NULL AS indicator
  FROM store.cause
  UNION ALL SELECT sequence, 0, changed_at, cause, key, 1, stream, from_day, to_day, insurance,
    ${RECORD_DIMENSIONS.join(", ")}, indicator FROM store.cause_record`;

/** Figures of the period alone, not since 1 January. */
const OWN_PERIOD = `('income', 'expense', 'balance_period', 'beneficiaries', 'settled_expense', ${DIP_INDICATORS.map((i) => quoteText(i.name)).join(", ")})`;

const FAMILY_FITS = `CASE WHEN r.indicator IN ('settled_expense') THEN c.family = 'settlement'
  WHEN r.indicator = 'settled_progress' THEN c.family IN ('settlement', 'fund-entry')
  WHEN r.indicator IN ${names(FUND_INDICATORS)} THEN c.family = 'fund-entry'
  WHEN r.indicator IN ${names(ENROLMENT_INDICATORS)} THEN c.family = 'enrolment'
  WHEN r.indicator IN ${names(DIP_INDICATORS)} THEN c.family = 'dip-result'
  ELSE c.family = 'reported-fact' AND c.indicator = r.indicator
    AND c.from_day = r.period_start AND c.to_day = r.period_end END`;

const dimensionFits = (d: (typeof RECORD_DIMENSIONS)[number]): string =>
  d === "fund"
    ? `(r.fund IS NULL OR c.fund IS NULL OR c.fund = r.fund
        OR (r.fund = 'employee' AND c.fund IN ('employee_pool', 'employee_account')))`
    : `(r.${d} IS NULL OR c.${d} IS NULL OR c.${d} = r.${d})`;

const GIVEN_CAUSED = `SELECT r.* EXCLUDE (gid), coalesce(r.cause.causes, []) AS causes,
    coalesce(r.cause.records, []) AS records,
    coalesce(r.cause.cause_count, 0) AS cause_count, r.cause.restated_at AS restated_at
  FROM (SELECT r.*, (SELECT {'causes': ${each("c.cause")}, 'records': ${records("c.key")},
        'cause_count': sum(c.settlements)::BIGINT, 'restated_at': max(c.changed_at)}
      FROM (${GIVEN_CAUSES}) c, store.closed k
      WHERE k.period = r.period AND c.sequence + c.after > k.sequence AND ${FAMILY_FITS}
        AND c.from_day <= r.period_end AND year(c.to_day) = year(r.period_end)
        AND (r.indicator NOT IN ${OWN_PERIOD} OR c.to_day >= r.period_start AND c.from_day >= r.period_start)
        AND (r.insurance = 'all' OR c.insurance = r.insurance)
        AND ${RECORD_DIMENSIONS.map(dimensionFits).join(" AND ")}) AS cause
    FROM (${GIVEN_RESTATED}) r) r`;

const dimensionColumns = (from: readonly (keyof typeof DIMENSION_ZH)[], zh = dimensionComment) =>
  from.flatMap((d) => [
    column(d, `c.${d}`, zh(d)),
    ...(d === "facility" ? [column("facility_name", "c.facility_name", "医疗机构名称")] : []),
  ]);

/** What became of figures after their period was closed (docs/specification.md#restatement). */
export const RESTATEMENT_VIEW: ViewDef = {
  kind: "view",
  schema: MAIN,
  name: "restatement",
  comment: "更正记录：已结期间的数字在结账后的变化，每个变化的数字一行；各原因的合计见 restatement_cause",
  columns: [
    ...PERIOD_COLUMNS,
    ...dimensionColumns(DIMENSIONS),
    column("other", "c.other", "上报数中没有对应列的其他维度"),
    column("indicator", "c.indicator", "指标名，含义与公式见 data_dictionary"),
    column("indicator_zh", "c.name_zh", "指标中文名"),
    column("unit", "c.unit", "单位"),
    column("old_value", "c.reported", "结账时的数字"),
    column("new_value", "c.value", "现在的数字"),
    column("delta", "(c.value - c.reported)::DECIMAL(24, 6)", "差额：现在的数字 − 结账时的数字"),
    column(
      "causes",
      "c.causes",
      "变化的原因：late、refund、correction、withdrawn、facility、rules；占比为其分母变化的原因",
    ),
    column(
      "records",
      "c.records",
      `引起变化的基金、参保、DIP、上报数记录的编号，最多 ${NAMED_RECORDS} 个；结算编号只在明细文件里`,
    ),
    column("cause_count", "c.cause_count", "引起变化的加入与移出次数合计"),
    column("restated_at", "c.restated_at", "最近一次变化的时间（辖区时区）"),
  ],
  from: `FROM (FROM (${SETTLED_CAUSED}) UNION ALL BY NAME FROM (${GIVEN_CAUSED})) c`,
};

/** The closes, and how many of their figures were restated since. */
export const CLOSED_PERIOD_VIEW: ViewDef = {
  kind: "view",
  schema: MAIN,
  name: "closed_period",
  comment: "已结期间：何时、以哪个发布版本结账，以及结账后更正了多少个数字",
  columns: [
    column("period", "k.period", "期间"),
    column("closed_at", "k.closed_at", "结账时间（辖区时区）"),
    column("version", "k.version", "首次显示该结账的发布版本号"),
    column("sequence", "k.sequence", "结账时的状态提交序号"),
    column("forced", "k.forced", "是否带提示强制结账"),
    column("problems", "k.problems", "结账时的提示（JSON 数组）"),
    column("figures", "k.figures", "冻结的数字个数"),
    column("restated", "coalesce(r.restated, 0)", "结账后更正的数字个数"),
  ],
  from: `FROM store.closed k LEFT JOIN (SELECT period, count(*) AS restated
      FROM (SELECT period FROM (${SETTLED_RESTATED}) UNION ALL SELECT period FROM (${GIVEN_RESTATED}))
      GROUP BY period) r ON r.period = k.period`,
};

/** What brought the restatements about, summed by cause and cell (docs/specification.md#restatement). */
export const RESTATEMENT_CAUSE_VIEW: ViewDef = {
  kind: "view",
  schema: MAIN,
  name: "restatement_cause",
  comment:
    "更正原因：已结期间在结账后的变化，按原因和单元合计，金额与人次带符号（移出为负），可加总为 restatement 的差额；" +
    "逐笔结算见明细文件的 closed_change；异地来本地就医（flow 为 inbound）只计入含 flow 的分组",
  columns: [
    column("period", "c.period", "已结期间"),
    column("changed_at", "c.changed_at", "最近一次变化的时间（辖区时区）"),
    column(
      "cause",
      "c.cause",
      "原因：late 迟到、refund 退费、correction 更正、withdrawn 撤销、facility 机构资料、rules 规则变更",
    ),
    column("stream", "c.stream", "引起变化的数据流；规则变更为空"),
    column("record_key", "c.record_key", "基金、参保、DIP、上报数记录的编号；结算的合计为 NULL"),
    column("settlements", "c.settlements", "加入与移出的结算笔数"),
    column("month", "c.month", "所属月份的首日"),
    column("insurance", "c.insurance", "险种"),
    ...SETTLEMENT_DIMENSIONS.map((d) => column(d, `c.${d}`, DIMENSION_ZH[d])),
    ...(["fund", "subject", "person_group", "sex"] as const).map((d) => column(d, `c.${d}`, DIMENSION_ZH[d])),
    ...MEASURES.map((m) =>
      m.unit === "yuan"
        ? column(m.name, `(c.${m.name}::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2)`, `${m.zh}的变化（元）`)
        : column(m.name, `c.${m.name}`, `${m.zh}的变化`),
    ),
  ],
  from: `FROM (
    SELECT k.period, c.changed_at, c.cause, c.stream, NULL AS record_key, c.settlements, c.month, c.insurance, ${SETTLEMENT_DIMENSIONS.map((d) => `c.${d}`).join(", ")},
      NULL AS fund, NULL AS subject, NULL AS person_group, NULL AS sex,
      ${MEASURES.map((m) => `c.${m.name}`).join(", ")}
    FROM store.closed k JOIN store.period p ON p.period = k.period
      JOIN store.cause c ON c.since >= k.sequence AND c.month BETWEEN p.period_start AND p.period_end
    UNION ALL
    SELECT k.period, c.changed_at, c.cause, c.stream, c.key, 0, date_trunc('month', c.from_day)::DATE,
      c.insurance, ${SETTLEMENT_DIMENSIONS.map((d) => ((RECORD_DIMENSIONS as readonly string[]).includes(d) ? `c.${d}` : "NULL")).join(", ")},
      c.fund, c.subject, c.person_group, c.sex, ${MEASURES.map(() => "NULL").join(", ")}
    FROM store.closed k JOIN store.period p ON p.period = k.period
      JOIN store.cause_record c ON c.sequence > k.sequence
        AND c.from_day <= p.period_end AND c.to_day >= p.period_start AND year(c.to_day) = year(p.period_end)) c`,
};

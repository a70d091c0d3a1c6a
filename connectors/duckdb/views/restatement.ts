import { DIMENSIONS, SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { MEASURES } from "../../../schemas/measures.js";
import { column, MAIN, type ViewDef } from "../../../schemas/published/definition.js";
import { DIMENSION_ZH } from "../../../schemas/published/store.js";
import { dimensionComment, PERIOD_COLUMNS } from "./cell.js";
import { GIVEN_NAME } from "./indicators.js";
import { ENROLMENT_CAUSES, NAMED_RECORDS, RECORD_DIMENSIONS } from "./restated.js";

/** The stored rows with the names of what they are of. */
const SETTLED = `SELECT r.period, g.insurance, g."grouping",
    ${DIMENSIONS.map((d) => ((SETTLEMENT_DIMENSIONS as readonly string[]).includes(d) ? `g.${d}` : `NULL::VARCHAR AS ${d}`)).join(", ")},
    NULL::MAP(VARCHAR, VARCHAR) AS other, i.indicator, i.zh AS name_zh, i.unit, r.old_value, r.new_value,
    CASE WHEN e.period IS NULL THEN coalesce(c.causes, [])
      ELSE list_sort(list_distinct(coalesce(c.causes, []) || e.causes)) END AS causes,
    coalesce(e.records, []) AS records, coalesce(c.cause_count, 0) + coalesce(e.cause_count, 0) AS cause_count,
    greatest(c.restated_at, e.restated_at) AS restated_at, r.follows_from
  FROM store.restated r JOIN store.grp g ON g.gid = r.gid JOIN store.indicator i ON i.id = r.indicator_id
    LEFT JOIN store.restated_cause c ON c.period = r.period AND c.gid = r.cause_gid
    LEFT JOIN (${ENROLMENT_CAUSES}) e ON e.period = r.period AND i.indicator = 'hospitalization_rate'`;
const GIVEN = `SELECT f.period, f.insurance, f."grouping", ${DIMENSIONS.map((d) => `f.${d}`).join(", ")},
    f.other, f.indicator, ${GIVEN_NAME} AS name_zh, f.unit, f.old_value, f.new_value, f.causes, f.records,
    f.cause_count, f.restated_at, NULL::VARCHAR AS follows_from
  FROM store.restated_figure f`;

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
    column("old_value", "c.old_value", "结账时的数字"),
    column("new_value", "c.new_value", "现在的数字"),
    column("delta", "(c.new_value - c.old_value)::DECIMAL(24, 6)", "差额：现在的数字 − 结账时的数字"),
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
    column(
      "follows_from",
      "c.follows_from",
      "本行自身的结算没有变化、只随分母而变时，随之变化的更正数字：分组方式.指标，如 care.fee、district.enrolled；否则为 NULL",
    ),
  ],
  from: `FROM (SELECT c.*, p.period_kind, p.period_start, p.period_end, n.name AS facility_name
    FROM (${SETTLED} UNION ALL ${GIVEN}) c JOIN store.period p ON p.period = c.period
      LEFT JOIN store.facility_name n ON n.facility = c.facility) c`,
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
      FROM (SELECT period FROM store.restated UNION ALL SELECT period FROM store.restated_figure)
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

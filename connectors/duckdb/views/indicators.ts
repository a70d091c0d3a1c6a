import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { FACT_INDICATORS } from "../../../schemas/fact-indicators.js";
import {
  GIVEN_INDICATORS,
  INDICATORS,
  type Indicator,
  microsPerUnit,
  type Term,
} from "../../../schemas/indicators.js";
import {
  type ColumnDef,
  column,
  MAIN,
  quoteText,
  STORE,
  type TableDef,
  type ViewDef,
} from "../../../schemas/published/definition.js";
import { relativeChange, scaled } from "../expressions.js";
import { dimensionComment, PERIOD_COLUMNS, termColumn } from "./cell.js";

const SETTLEMENT_ONLY_NULL = new Set(["fund", "subject", "person_group", "sex"]);

/** The catalogue of indicators as a table: what `unnest` positions mean. */
export const INDICATOR_TABLE: TableDef = {
  kind: "table",
  schema: STORE,
  name: "indicator",
  comment: "结算指标目录（内部表）",
  columns: [
    column("id", "INTEGER", "顺序号"),
    column("indicator", "VARCHAR", "指标"),
    column("zh", "VARCHAR", "指标中文名"),
    column("unit", "VARCHAR", "单位"),
    column("formula", "VARCHAR", "公式"),
    column("presence", "VARCHAR", "出现条件"),
    column("micros", "BIGINT", "分子分母为 1 时以百万分之一单位计的值"),
  ],
};

/** Rows of the catalogue in the order of INDICATOR_TABLE's columns. */
export const INDICATOR_ROWS = INDICATORS.map((i, id) => [
  id,
  i.name,
  i.zh,
  i.unit,
  i.formula,
  i.presence,
  microsPerUnit(i),
]);

/** Bits of a group's row of the cell view: which indicators it has, by their `presence`. */
const PRESENCE_BITS: readonly (readonly [Indicator["presence"], string])[] = [
  ["persons", "c.has_persons"],
  ["care", "c.care IS NOT NULL"],
  ["category", "c.category IS NOT NULL"],
  ["inpatient", "c.care = 'inpatient' AND c.period_kind <> 'day'"],
];
/** The shape of a row `c` of the cell view. */
export const SHAPE = PRESENCE_BITS.map(
  ([, when], bit) => `CASE WHEN ${when} THEN ${2 ** bit} ELSE 0 END`,
).join(" + ");

/**
 * The catalogue once more for each shape of a group: a join with it makes a row a figure, and touches no number of
 * those that were not asked for. Told apart by a condition instead, every row would be made before it is judged.
 */
export const SHAPE_TABLE: TableDef = {
  kind: "table",
  schema: STORE,
  name: "shape",
  comment: "每种分组形态有哪些结算指标（内部表）",
  columns: [
    column("shape", "INTEGER", "形态：人数 1、就医类型 2、医疗类别 4、住院 8 之和"),
    column("position", "INTEGER", "指标在目录中的位置，自 1 起"),
    ...INDICATOR_TABLE.columns.filter((c) =>
      ["indicator", "zh", "unit", "presence", "micros"].includes(c.name),
    ),
  ],
};

/** Rows of the table in the order of its columns. */
export const SHAPE_ROWS = Array.from({ length: 2 ** PRESENCE_BITS.length }, (_, shape) =>
  INDICATORS.flatMap((i, id) => {
    const bit = PRESENCE_BITS.findIndex(([presence]) => presence === i.presence);
    return bit < 0 || (shape & (2 ** bit)) !== 0
      ? [[shape, id + 1, i.name, i.zh, i.unit, i.presence, microsPerUnit(i)]]
      : [];
  }),
).flat();

const list = (items: readonly string[]): string => `[${items.join(", ")}]`;
const terms = (column: (term: Term) => string): { num: string; den: string } => ({
  num: list(INDICATORS.map((i) => column(i.numerator))),
  den: list(INDICATORS.map((i) => (i.denominator ? column(i.denominator) : "1"))),
});
/** Numerators and denominators of a row of the cell view, an entry an indicator. */
export const current = terms((term) => termColumn(term, false));
const lastYear = terms((term) => termColumn(term, true));

/** The frozen numbers: every row of a closed period has them, also a group that had nothing at close. */
export const frozenTerm = (term: Term): string => (term === "enrolled" ? "c.r_enrolled" : `r.${term}`);
export const frozen = terms(frozenTerm);

const dimensionList = DIMENSIONS.filter((d) => !SETTLEMENT_ONLY_NULL.has(d));

/** What is listed for each row of the cell view, an entry an indicator. */
const LISTS = ["num", "den", "pnum", "pden", "rnum", "rden"] as const;
type Listed = (typeof LISTS)[number];

/** An entry, where only some rows need it: a column of it would be looked up for all. */
const entry = (name: Listed): string => `u.${name}_list[u.position]`;

/** A row per settlement figure: numerators and denominators side by side, the division still to do. */
const PAIRS = `(SELECT u.*, i.* EXCLUDE (shape),
    ${LISTS.map((name) => `u.${name}_list[i.position] AS ${name}`).join(", ")}
  FROM (SELECT c.period, c.period_kind, c.period_start, c.period_end, c.gid,
      c.insurance, c.grouping, ${dimensionList.map((d) => `c.${d}`).join(", ")}, c.facility_name,
      k.period IS NOT NULL AS closed, k.persons AS closed_persons, ${SHAPE} AS shape,
      ${current.num} AS num_list, ${current.den} AS den_list, ${lastYear.num} AS pnum_list,
      ${lastYear.den} AS pden_list, ${frozen.num} AS rnum_list, ${frozen.den} AS rden_list
    FROM store.cell c
      LEFT JOIN store.closed_scope k ON k.period = c.period AND k.grouping = c.grouping
      LEFT JOIN store.closed_fact r ON r.period = c.period AND r.grouping = c.grouping AND r.gid = c.gid) u JOIN store.shape i ON i.shape = u.shape)`;

/** Below this, twice a million times a number is a BIGINT, whose division takes a tenth of the time. */
const SMALL = 4_000_000_000_000;

/**
 * A figure `u` in millionths of its unit, rounded half up. Its factor is a column, so that the quotient is written out
 * instead of taken from expressions.ts.
 */
export const quotient = (num: string, den: string): string => {
  const rounded = (type: string): string =>
    `((abs(${num})::${type} * (2 * u.micros) + abs(${den})) // (abs(${den})::${type} * 2))`;
  return (
    `CASE WHEN ${den} = 1 THEN ${num}::HUGEINT * u.micros WHEN ${den} <> 0 THEN (sign(${num}) * sign(${den}))::HUGEINT * ` +
    `CASE WHEN abs(${num}) < ${SMALL} THEN ${rounded("BIGINT")}::HUGEINT ELSE ${rounded("HUGEINT")} END END`
  );
};

const change = `CASE WHEN u.den = 1 AND u.pden = 1 THEN ${relativeChange("u.num", "1", "u.pnum", "1", 1_000_000)}
  ELSE ${relativeChange("u.num", "u.den", "u.pnum", "u.pden", 1_000_000)} END`;

const dims = (from: (d: string) => string): string =>
  DIMENSIONS.map((d) => `${from(d)} AS ${d}${d === "facility" ? ", facility_name" : ""}`).join(", ");

const wasFrozen = `(u.closed AND (u.presence <> 'persons' OR u.closed_persons))`;

/** As `status` says, told without a division wherever the numbers themselves are equal. */
const settledStatus = `CASE WHEN NOT ${wasFrozen} THEN 'open'
  WHEN ${entry("num")} IS NOT DISTINCT FROM ${entry("rnum")}
    AND ${entry("den")} IS NOT DISTINCT FROM ${entry("rden")} THEN 'closed'
  WHEN ${quotient(entry("num"), entry("den"))} IS DISTINCT FROM ${quotient(entry("rnum"), entry("rden"))}
    THEN 'restated' ELSE 'closed' END`;

const SETTLED = `SELECT u.period, u.period_kind, u.period_start, u.period_end,
    u.gid, u.insurance, u.grouping, ${dims((d) => (SETTLEMENT_ONLY_NULL.has(d) ? "NULL::VARCHAR" : `u.${d}`))},
    NULL::MAP(VARCHAR, VARCHAR) AS other, u.indicator, u.zh AS name_zh, ${scaled(quotient("u.num", "u.den"), 24, 6)} AS value,
    u.unit, ${scaled(quotient("u.pnum", "u.pden"), 24, 6)} AS previous, ${scaled(change, 24, 6)} AS change_pct,
    ${wasFrozen} AS closed,
    CASE WHEN ${wasFrozen} THEN ${scaled(quotient("u.rnum", "u.rden"), 24, 6)} END AS reported,
    ${settledStatus} AS status
  FROM ${PAIRS} u`;

/** Figures that are given have their names here: there are few, and most queries do not ask for them. */
export const GIVEN_NAME = `CASE f.indicator ${[...GIVEN_INDICATORS, ...FACT_INDICATORS]
  .map((i) => `WHEN ${quoteText(i.name)} THEN ${quoteText(i.zh)}`)
  .join(" ")} END`;

const STATUS =
  "CASE WHEN NOT c.closed THEN 'open' WHEN c.value IS DISTINCT FROM c.reported THEN 'restated' ELSE 'closed' END";

/** What was reported at close, and what became of it; `status` as SQL. */
export const reportedColumns = (status = STATUS): readonly ColumnDef[] => [
  column("reported", "c.reported", "月结/年结时冻结的数字；未结为 NULL"),
  column("status", status, "状态：open 未结、closed 已结、restated 已更正（本期值与结账时的数字不同）"),
];

const GIVEN = `SELECT f.period, p.period_kind, p.period_start, p.period_end,
    NULL::INTEGER AS gid, f.insurance, f.grouping,
    ${DIMENSIONS.map((d) => `f.${d}${d === "facility" ? ", n.name AS facility_name" : ""}`).join(", ")},
    f.other, f.indicator, ${GIVEN_NAME} AS name_zh, f.value, f.unit, f.previous, f.change_pct, f.closed, f.reported,
    ${STATUS.replaceAll("c.", "f.")} AS status
  FROM store.figure f JOIN store.period p ON p.period = f.period
    LEFT JOIN store.facility_name n ON n.facility = f.facility`;

/** The long table, one row per figure (docs/specification.md#indicators-table). */
export const INDICATORS_VIEW: ViewDef = {
  kind: "view",
  schema: MAIN,
  name: "indicators",
  comment: "指标长表：每行一个数字。金额单位为元，比率为小数（0.618400），按四舍五入保留六位小数",
  columns: [
    ...PERIOD_COLUMNS,
    ...DIMENSIONS.flatMap((d) => [
      column(d, `c.${d}`, dimensionComment(d)),
      ...(d === "facility" ? [column("facility_name", "c.facility_name", "医疗机构名称")] : []),
    ]),
    column("other", "c.other", "上报数中没有对应列的其他维度"),
    column("indicator", "c.indicator", "指标名，含义与公式见 data_dictionary"),
    column("value", "c.value", "本期值"),
    column("unit", "c.unit", "单位：yuan 元、visit 人次、person 人、day 天、fraction 小数等"),
    column("previous", "c.previous", "上年同期值；上年同期早于数据起点为 NULL"),
    column("change", "(c.value - c.previous)::DECIMAL(24, 6)", "增减：本期值 − 上年同期值"),
    column(
      "change_pct",
      "c.change_pct",
      "相对增长（小数）：由未舍入的数字计算；上年同期为 0 或缺失时为 NULL",
    ),
    ...reportedColumns("c.status"),
  ],
  from: `FROM (${SETTLED} UNION ALL ${GIVEN}) c`,
};

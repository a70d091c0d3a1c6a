import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { FACT_INDICATORS } from "../../../schemas/fact-indicators.js";
import { GIVEN_INDICATORS, INDICATORS, microsPerUnit, type Term } from "../../../schemas/indicators.js";
import { MEASURES } from "../../../schemas/measures.js";
import { FROZEN_DENOMINATORS } from "../../../schemas/published/closed.js";
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

const list = (items: readonly string[]): string => `unnest([${items.join(", ")}])`;
const terms = (column: (term: Term) => string): { num: string; den: string } => ({
  num: list(INDICATORS.map((i) => column(i.numerator))),
  den: list(INDICATORS.map((i) => (i.denominator ? column(i.denominator) : "1"))),
});
const current = terms((term) => termColumn(term, false));
const lastYear = terms((term) => termColumn(term, true));

/** The frozen numbers: every row of a closed period has them, also a group that had nothing at close. */
export const frozenTerm = (term: Term): string => (term === "enrolled" ? "c.r_enrolled" : `r.${term}`);
const frozen = terms(frozenTerm);

const dimensionList = DIMENSIONS.filter((d) => !SETTLEMENT_ONLY_NULL.has(d));

/** A row per settlement figure: numerators and denominators side by side, the division still to do. */
const pairs = (
  where: string,
): string => `(SELECT c.period, c.period_kind, c.period_start, c.period_end, c.gid,
    c.insurance, c.grouping, ${dimensionList.map((d) => `c.${d}`).join(", ")}, c.facility_name, c.has_persons,
    k.period IS NOT NULL AS closed, k.persons AS closed_persons,
    ${list(INDICATORS.map((_, id) => String(id)))} AS id, ${current.num} AS num, ${current.den} AS den,
    ${lastYear.num} AS pnum, ${lastYear.den} AS pden, ${frozen.num} AS rnum, ${frozen.den} AS rden
  FROM store.cell c
    LEFT JOIN store.closed_scope k ON k.period = c.period AND k.grouping = c.grouping
    LEFT JOIN store.closed_fact r ON r.period = c.period AND r.grouping = c.grouping AND r.gid = c.gid
  ${where})`;

/** Below this, twice a million times a number is a BIGINT, whose division takes a tenth of the time. */
const SMALL = 4_000_000_000_000;

// The factor is a column here, so the quotient is written out instead of taken from expressions.ts.
const quotient = (num: string, den: string): string => {
  const rounded = (type: string): string =>
    `((abs(${num})::${type} * (2 * i.micros) + abs(${den})) // (abs(${den})::${type} * 2))`;
  return (
    `CASE WHEN ${den} = 1 THEN ${num}::HUGEINT * i.micros WHEN ${den} <> 0 THEN (sign(${num}) * sign(${den}))::HUGEINT * ` +
    `CASE WHEN abs(${num}) < ${SMALL} THEN ${rounded("BIGINT")}::HUGEINT ELSE ${rounded("HUGEINT")} END END`
  );
};

const change = `CASE WHEN u.den = 1 AND u.pden = 1 THEN ${relativeChange("u.num", "1", "u.pnum", "1", 1_000_000)}
  ELSE ${relativeChange("u.num", "u.den", "u.pnum", "u.pden", 1_000_000)} END`;

const present = `(i.presence = 'always' OR (i.presence = 'persons' AND u.has_persons)
  OR (i.presence = 'care' AND u.care IS NOT NULL) OR (i.presence = 'category' AND u.category IS NOT NULL)
  OR (i.presence = 'inpatient' AND u.care = 'inpatient' AND u.period_kind <> 'day'))`;

const dims = (from: (d: string) => string): string =>
  DIMENSIONS.map((d) => `${from(d)} AS ${d}${d === "facility" ? ", facility_name" : ""}`).join(", ");

const wasFrozen = `(u.closed AND (i.presence <> 'persons' OR u.closed_persons))`;

const settled = (
  where: string,
  only = "true",
): string => `SELECT u.period, u.period_kind, u.period_start, u.period_end,
    u.gid, u.insurance, u.grouping, ${dims((d) => (SETTLEMENT_ONLY_NULL.has(d) ? "NULL::VARCHAR" : `u.${d}`))},
    NULL::MAP(VARCHAR, VARCHAR) AS other, i.indicator, i.zh AS name_zh, ${scaled(quotient("u.num", "u.den"), 24, 6)} AS value,
    i.unit, ${scaled(quotient("u.pnum", "u.pden"), 24, 6)} AS previous, ${scaled(change, 24, 6)} AS change_pct,
    ${wasFrozen} AS closed,
    CASE WHEN ${wasFrozen} THEN ${scaled(quotient("u.rnum", "u.rden"), 24, 6)} END AS reported
  FROM ${pairs(where)} u JOIN store.indicator i ON i.id = u.id
  WHERE ${only} AND ${present}`;

/** Figures that are given have their names here: there are few, and most queries do not ask for them. */
export const GIVEN_NAME = `CASE f.indicator ${[...GIVEN_INDICATORS, ...FACT_INDICATORS]
  .map((i) => `WHEN ${quoteText(i.name)} THEN ${quoteText(i.zh)}`)
  .join(" ")} END`;

/** What was reported at close, and what became of it. */
export const REPORTED_COLUMNS: readonly ColumnDef[] = [
  column("reported", "c.reported", "月结/年结时冻结的数字；未结为 NULL"),
  column(
    "status",
    "CASE WHEN NOT c.closed THEN 'open' WHEN c.value IS DISTINCT FROM c.reported THEN 'restated' ELSE 'closed' END",
    "状态：open 未结、closed 已结、restated 已更正（本期值与结账时的数字不同）",
  ),
];

const given = (where: string): string => `SELECT f.period, p.period_kind, p.period_start, p.period_end,
    NULL::INTEGER AS gid, f.insurance, f.grouping,
    ${DIMENSIONS.map((d) => `f.${d}${d === "facility" ? ", n.name AS facility_name" : ""}`).join(", ")},
    f.other, f.indicator, ${GIVEN_NAME} AS name_zh, f.value, f.unit, f.previous, f.change_pct, f.closed, f.reported
  FROM store.figure f JOIN store.period p ON p.period = f.period
    LEFT JOIN store.facility_name n ON n.facility = f.facility ${where}`;

const DIFFERS = "value IS DISTINCT FROM reported";
const differs = (now: string, then: string): string => `${now} IS DISTINCT FROM ${then}`;

/** A row none of whose numbers changed has no figure that changed. */
const CHANGED_ROW = `WHERE k.period IS NOT NULL AND (${[
  ...MEASURES.map((m) => differs(`c.${m.name}`, `r.${m.name}`)),
  `(k.persons AND ${differs("c.persons", "r.persons")})`,
  ...FROZEN_DENOMINATORS.map((d) => differs(`c.${d}`, `r.${d}`)),
  differs("c.enrolled", "c.r_enrolled"),
].join(" OR ")})`;

/** Equal numbers give equal figures, and so does nothing over whatever: no division tells more. */
const CHANGED_PAIR = `(u.num IS DISTINCT FROM u.rnum OR u.den IS DISTINCT FROM u.rden)
  AND (coalesce(u.num, 1) <> 0 OR coalesce(u.rnum, 1) <> 0 OR coalesce(u.den, 0) = 0 OR coalesce(u.rden, 0) = 0)`;

/** Settlement figures of closed periods that are not what was reported. */
export const SETTLED_RESTATED = `SELECT * FROM (${settled(CHANGED_ROW, CHANGED_PAIR)}) WHERE closed AND ${DIFFERS}`;

/** The same of the figures that are given. */
export const GIVEN_RESTATED = `SELECT * FROM (${given("WHERE f.closed")}) WHERE ${DIFFERS}`;

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
    ...REPORTED_COLUMNS,
  ],
  from: `FROM (${settled("")} UNION ALL ${given("")}) c`,
};

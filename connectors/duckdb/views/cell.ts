import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { SHARE_MEASURES, type Term } from "../../../schemas/indicators.js";
import { MEASURES } from "../../../schemas/measures.js";
import { type ColumnDef, column, STORE, type ViewDef } from "../../../schemas/published/definition.js";
import { DIMENSION_ZH } from "../../../schemas/published/store.js";

/** Columns that every table of figures begins with. */
export const PERIOD_COLUMNS: readonly ColumnDef[] = [
  column(
    "period",
    "c.period",
    "期间：日 2024-03-31、月 2024-03、季 2024Q1、半年 2024H1、年 2024、年初至月末 2024YTD05",
  ),
  column(
    "period_kind",
    "c.period_kind",
    "期间类型：day 日、month 月、quarter 季、half 半年、year 年、ytd 年初至今",
  ),
  column("period_start", "c.period_start", "期间首日"),
  column("period_end", "c.period_end", "期间末日"),
  column("insurance", "c.insurance", "险种：employee 职工、resident 居民、maternity 生育、all 合计"),
  column("grouping", "c.grouping", "分组方式：变化的维度名以 + 连接，total 为不分组"),
];

/** What a dimension column says in every table of figures. */
export const dimensionComment = (d: keyof typeof DIMENSION_ZH): string =>
  `${DIMENSION_ZH[d]}；不在分组中为 NULL，无法判定为 unknown`;

export const SETTLEMENT_DIMENSION_COLUMNS: readonly ColumnDef[] = SETTLEMENT_DIMENSIONS.flatMap((d) => [
  column(d, `c.${d}`, dimensionComment(d)),
  ...(d === "facility" ? [column("facility_name", "c.facility_name", "医疗机构名称")] : []),
]);

const known = (expression: string): string => `CASE WHEN p.previous_known THEN ${expression} END`;

/** Tables that stand beside the sums of a group, by their alias; each finds one row or none. */
const JOINS = {
  y: `LEFT JOIN (SELECT q.period, b.* EXCLUDE (period) FROM store.period q
        JOIN store.fact b ON b.period = q.previous_period WHERE b.present) y
      ON y.period = f.period AND y.grouping = f.grouping AND y.gid = f.gid`,
  n: "LEFT JOIN store.facility_name n ON n.facility = g.facility",
  s_total: `LEFT JOIN store.share_base s_total ON s_total.period = f.period AND s_total.insurance = g.insurance
      AND s_total.care IS NULL`,
  s_care: `LEFT JOIN store.share_base s_care ON s_care.period = f.period AND s_care.insurance = g.insurance
      AND s_care.care = g.care AND s_care.category IS NULL`,
  s_category: `LEFT JOIN store.share_base s_category ON s_category.period = f.period
      AND s_category.insurance = g.insurance AND s_category.care = g.care
      AND s_category.category = g.category`,
  e: `LEFT JOIN store.enrolled e ON e.period = f.period AND e.insurance = g.insurance
      AND e.district IS NOT DISTINCT FROM g.district AND e.person_kind IS NOT DISTINCT FROM g.person_kind`,
} as const;
export type CellJoin = keyof typeof JOINS;
const CELL_JOINS = Object.keys(JOINS) as CellJoin[];

/** The cell view from FROM on, with the tables beside it that are asked for; `f` are the sums, `p` their period. */
export const cellFrom = (joins: readonly CellJoin[], more = ""): string => `FROM store.fact f
    JOIN store.period p ON p.period = f.period
    JOIN store.grp g ON g.gid = f.gid
    ${CELL_JOINS.filter((name) => joins.includes(name))
      .map((name) => JOINS[name])
      .join("\n    ")} ${more}
    WHERE p.shown AND (p.period_kind <> 'day' OR NOT g.short_days OR p.short_shown)`;

/**
 * One row per period and group with the whole numbers that indicators are made of: `x` of this period
 * and `p_x` of last year's, NULL where that lies before the data.
 */
export const CELL_VIEW: ViewDef = {
  kind: "view",
  schema: STORE,
  name: "cell",
  comment: "结算汇总与分组、期间、占比分母、参保人数的连接（内部视图，金额单位：分）",
  columns: [
    ...["period", "period_kind", "period_start", "period_end"].map((n) =>
      column(
        n,
        `${n === "period" || n === "period_end" ? "f" : "p"}.${n}`,
        PERIOD_COLUMNS.find((c) => c.name === n)!.comment,
      ),
    ),
    column("insurance", "g.insurance", "险种"),
    column("grouping", "f.grouping", "分组方式"),
    column("gid", "f.gid", "分组编号"),
    ...SETTLEMENT_DIMENSIONS.map((d) => column(d, `g.${d}`, dimensionComment(d))),
    column("facility_name", "n.name", "医疗机构名称"),
    column("has_persons", "g.has_persons AND p.period_kind <> 'day'", "是否有人数"),
    ...MEASURES.flatMap((m) => [
      column(m.name, `f.${m.name}`, `本期${m.zh}`),
      column(`p_${m.name}`, known(`coalesce(y.${m.name}, 0)`), `上年同期${m.zh}`),
    ]),
    column("persons", "f.persons", "本期人数"),
    column(
      "p_persons",
      known("CASE WHEN f.persons IS NOT NULL THEN coalesce(y.persons, 0) END"),
      "上年同期人数",
    ),
    column("enrolled", "e.persons", "本期参保人数"),
    column("p_enrolled", "e.p_persons", "上年同期参保人数"),
    column("r_enrolled", "e.r_persons", "结账时的参保人数"),
    ...(["total", "care", "category"] as const).flatMap((level) =>
      SHARE_MEASURES.flatMap((m) => [
        column(`${level}_${m}`, `s_${level}.${m}`, `占比分母 ${level} ${m}`),
        column(`p_${level}_${m}`, known(`s_${level}.p_${m}`), `上年同期占比分母 ${level} ${m}`),
      ]),
    ),
  ],
  from: cellFrom(CELL_JOINS),
};

/** Column of the cell view that holds a term, for this period or for last year's. */
export const termColumn = (term: Term, previous: boolean): string => `c.${previous ? "p_" : ""}${term}`;

/** The expression of a column of the cell view, for a query that joins what it needs alone. */
export function cellExpression(name: string): string {
  const found = CELL_VIEW.columns.find((c) => c.name === name);
  if (found === undefined) throw new Error(`the cell view has no column ${name}`);
  return found.sql;
}

/** The tables beside the sums that expressions take columns of. */
export const joinsOf = (expressions: readonly string[]): CellJoin[] =>
  CELL_JOINS.filter((name) => expressions.some((sql) => new RegExp(`\\b${name}\\.`).test(sql)));

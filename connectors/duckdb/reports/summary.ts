import type { Config } from "../../../schemas/config/schema.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import {
  column,
  type MacroDef,
  quoteText,
  REPORT,
  STORE,
  type ViewDef,
} from "../../../schemas/published/definition.js";
import { roundedQuotient, truncatedQuotient } from "../expressions.js";
import { ATTACHED, PERIOD_CHECK } from "./macros.js";
import { type SummaryFigure, summaryFigures } from "./summary-blanks.js";

/** The view of the half-year summary. */
export const SUMMARY_NAME = "工作总结";
const NAME = SUMMARY_NAME;
const row = (values: readonly (string | number | boolean)[]): string =>
  `(${values.map((v) => (typeof v === "string" ? quoteText(v) : String(v))).join(", ")})`;
const strings = (values: readonly string[]): string => [...new Set(values)].map(quoteText).join(", ");

const valuesOf = (f: SummaryFigure, dimension: "care_group" | "category" | "facility"): string[] => [
  ...new Set([...f.top, ...f.bottom].flatMap((t) => t.place[dimension] ?? [])),
];

/** Whether the bureau has the care groups of a figure at all. */
const grouped = (f: SummaryFigure, config: Config): boolean =>
  valuesOf(f, "care_group").every((name) => config.careGroups.some((g) => g.name === name));

const figuresView = (figures: readonly SummaryFigure[], config: Config): ViewDef => ({
  kind: "view",
  schema: STORE,
  name: "summary_figure",
  comment: "工作总结的数据项（内部视图）",
  columns: [
    column("n", "v.n", "顺序号"),
    column("label", "v.label", "数据项"),
    column("breakdown", "v.breakdown", "分项"),
    column("measure", "v.measure", "口径"),
    column("unit", "v.unit", "单位"),
    column("decimals", "v.decimals", "小数位数"),
    column("form", "v.form", "value 本期值、growth 同比、points 百分点之差、proportion 比例"),
    column("times", "v.times", "单位换算的乘数"),
    column("per", "v.per", "单位换算的除数"),
    column("settled", "v.settled", "来自结算：无结算为 0；否则未上报为空"),
    column("divided", "v.divided", "是否有分母"),
    column("tops", "v.tops", "须全部存在的分子项数，0 为不要求"),
    column("bottoms", "v.bottoms", "须全部存在的分母项数，0 为不要求"),
    column("known", "v.known", "所需机构分组是否都有"),
    column("categories", "v.categories", "至少须有其一的医疗类别，以 | 相连"),
    column("facility", "v.facility", "须有的医疗机构"),
  ],
  from: `FROM (VALUES ${figures
    .map((f) => {
      const needed = (count: number): number => (f.fromJanuary ? count : 0);
      return row([
        ...[f.n, f.label, f.breakdown, f.measure, f.unit, f.decimals, f.form, f.times, f.per, f.settled],
        ...[f.bottom.length > 0, f.settled || f.measure === "progress" ? 0 : needed(f.top.length)],
        needed(f.bottom.length),
        grouped(f, config),
        valuesOf(f, "category").join("|"),
        valuesOf(f, "facility").join("|"),
      ]);
    })
    .join(
      ", ",
    )}) v(n, label, breakdown, measure, unit, decimals, form, times, per, settled, divided, tops, bottoms, known, categories, facility)`,
});

const termsView = (figures: readonly SummaryFigure[]): ViewDef => ({
  kind: "view",
  schema: STORE,
  name: "summary_term",
  comment: "工作总结数据项的分子、分母各由哪些指标组成（内部视图）",
  columns: [
    column("n", "v.n", "数据项顺序号"),
    column("seq", "v.seq", "项的顺序"),
    column("part", "v.part", "top 分子、bottom 分母"),
    column("sign", "v.sign", "加为 1，减为 −1"),
    column("insurance", "v.insurance", "险种"),
    column("indicator", "v.indicator", "指标"),
    column("grouping", "v.grouping", "分组"),
    column("place", "v.place", "各维度取值，以 | 相连"),
  ],
  from: `FROM (VALUES ${figures
    .flatMap((f) =>
      (["top", "bottom"] as const).flatMap((part) =>
        f[part].map((t, i) => row([f.n, i, part, t.sign, t.insurance, t.indicator, t.grouping, t.at])),
      ),
    )
    .join(", ")}) v(n, seq, part, sign, insurance, indicator, "grouping", place)`,
});

/** A facility under the name that the summary has for it; `name` is its own. */
const facilityLine = (config: Config, code: string, name: string): string =>
  `CASE ${Object.entries(config.report.summary.facilities)
    .map(
      ([line, own]) =>
        `WHEN ${code} = ${quoteText(own)} OR ends_with(${name}, ${quoteText(own)}) THEN ${quoteText(line)}`,
    )
    .join(" ")} ELSE ${code} END`;
const placeOf = (config: Config): string =>
  `concat_ws('|', ${DIMENSIONS.map((d) => (d === "facility" ? facilityLine(config, "i.facility", "i.facility_name") : `i.${d}`)).join(", ")}, i.other::VARCHAR)`;
const millionths = (of: string): string => `t.sign * (${of} * 1000000)::HUGEINT`;
const sum = (of: string, part: string): string =>
  `sum(${millionths(`t.${of}`)}) FILTER (WHERE t.part = '${part}')`;

/** An integer of 10^-decimals as text. */
const digits = `CASE WHEN c.whole < 0 THEN '-' ELSE '' END || (abs(c.whole) // c.pow10)::VARCHAR ||
    CASE WHEN c.decimals > 0 THEN '.' || lpad((abs(c.whole) % c.pow10)::VARCHAR, c.decimals, '0') ELSE '' END`;

/** The figures as printed, of the periods that `periods` lets through. */
function lines(
  config: Config,
  figures: readonly SummaryFigure[],
  periods: (column: string) => string,
): string {
  const terms = figures.flatMap((f) => [...f.top, ...f.bottom]);
  const place = placeOf(config);
  const { rounding, zeroBase } = config.report;
  const quotient = rounding === "half-up" ? roundedQuotient : truncatedQuotient;
  const change = (by: string): string => `((b.top * b.p_bottom - b.p_top * b.bottom) * ${by} * b.pow10)`;
  const fromZero = zeroBase === "hundred" ? "CASE WHEN b.top = 0 THEN 0 ELSE 100 * b.pow10 END" : "NULL";
  // What has no name here is nothing; it is not 0.
  const absent = `NOT f.known
    OR f.categories <> '' AND NOT EXISTS (FROM dim_category c WHERE list_contains(string_split(f.categories, '|'), c.category))
    OR f.facility <> '' AND NOT EXISTS (FROM store.facility_name o WHERE ${facilityLine(config, "o.facility", "o.name")} = f.facility)`;
  return `(WITH named AS (SELECT f.* FROM ${STORE}.summary_figure f WHERE NOT (${absent})
    ), found AS (
      SELECT t.n, t.part, t.seq, i.period, ${millionths("i.value")} AS share, i.value, i.previous, t.sign
      FROM ${STORE}.summary_term t JOIN (SELECT i.*, ${place} AS place FROM indicators i
        WHERE ${periods("i.period")} AND i.grouping IN (${strings(terms.map((t) => t.grouping))})
          AND i.indicator IN (${strings(terms.map((t) => t.indicator))})) i
        ON i.insurance = t.insurance AND i.indicator = t.indicator AND i.grouping = t.grouping AND i.place = t.place
    ), sums AS (
      SELECT t.n, t.period, ${["top", "bottom"]
        .map(
          (part) => `${sum("value", part)} AS "${part}", ${sum("previous", part)} AS p_${part},
        count(t.value) FILTER (WHERE t.part = '${part}') AS ${part}s`,
        )
        .join(", ")}
      FROM found t GROUP BY t.n, t.period
    ), filled AS (
      SELECT f.*, p.period, (10 ** f.decimals)::HUGEINT AS pow10, s.bottoms AS found_bottoms,
        CASE WHEN m.n IS NULL OR f.tops > coalesce(s.tops, 0) OR f.tops > 0 AND month(p.period_start) <> 1 THEN NULL
          WHEN f.settled THEN coalesce(s.top, 0) ELSE s.top END AS top,
        CASE WHEN NOT f.divided THEN 1000000
          WHEN f.bottoms <= coalesce(s.bottoms, 0) AND (f.bottoms = 0 OR month(p.period_start) = 1) THEN s.bottom END AS bottom,
        CASE WHEN p.previous_known THEN coalesce(s.p_top, 0) END AS p_top,
        CASE WHEN f.divided THEN s.p_bottom ELSE 1000000 END AS p_bottom
      FROM ${STORE}.summary_figure f CROSS JOIN dim_period p
        LEFT JOIN sums s ON s.n = f.n AND s.period = p.period LEFT JOIN named m ON m.n = f.n
      WHERE p.period_kind <> 'day' AND ${periods("p.period")}
    ), computed AS (
      SELECT b.*, CASE b.form
        WHEN 'value' THEN ${quotient("(b.top * b.times * b.pow10)", "(b.bottom * b.per)", 1)}
        WHEN 'growth' THEN CASE WHEN b.top IS NULL THEN NULL WHEN b.p_top = 0 THEN ${fromZero} ELSE ${quotient(change("100"), "(b.p_top * b.bottom)", 1)} END
        WHEN 'points' THEN ${quotient(change("b.times"), "(b.bottom * b.p_bottom)", 1)} END AS whole
      FROM filled b
    ), proportions AS (
      SELECT t.n, p.period, string_agg(${quotient("(coalesce(s.share, 0) * 100)", "w.top", 1)}::VARCHAR, ':' ORDER BY t.seq) AS text
      FROM named f JOIN ${STORE}.summary_term t ON t.n = f.n CROSS JOIN dim_period p
        JOIN sums w ON w.n = f.n AND w.period = p.period
        LEFT JOIN found s ON s.n = t.n AND s.seq = t.seq AND s.period = p.period
      WHERE f.form = 'proportion' AND ${periods("p.period")} GROUP BY t.n, p.period
    )
    SELECT c.n, c.period, c.label, c.breakdown, c.measure, c.unit,
      CASE WHEN c.form = 'proportion' THEN q.text ELSE ${digits} END AS printed
    FROM computed c LEFT JOIN proportions q ON q.n = c.n AND q.period = c.period)`;
}

/** View 报表.工作总结 and its macro by period: the 229 figures of a county's half-year summary. */
export function summaryDefinitions(config: Config): (ViewDef | MacroDef)[] {
  const columns = [
    column("期间", "s.period", "期间"),
    column("序号", "s.n", "数据项在总结中的顺序号"),
    column("数据项", "s.label", "数据项名称"),
    column("分项", "s.breakdown", "机构级别、类别、险种等分项"),
    column("口径", "s.measure", "value 数值、share 占比、yoy 同比、yoy_pp 百分点之差、ratio 比例、rate 率等"),
    column("数值", "s.printed", "按印制格式的数值；未上报、不适用或本局无此机构分组、类别、机构的为空"),
    column("单位", "s.unit", "单位"),
  ];
  const chosen = columns.filter((c) => c.name !== "期间").map((c) => `${c.sql} AS "${c.name}"`);
  const figures = summaryFigures(config);
  const whole = `县级医保半年工作总结的 ${figures.length} 个数据项，每项一行，数值按印制格式`;
  return [
    figuresView(figures, config),
    termsView(figures),
    {
      kind: "view",
      schema: REPORT,
      name: NAME,
      comment: whole,
      columns,
      from: `FROM ${lines(config, figures, () => "true")} s`,
    },
    {
      kind: "macro",
      schema: REPORT,
      name: NAME,
      comment: `${whole}，按期间取：SELECT * FROM ${REPORT}.${NAME}(${quoteText("2024H1")})；${ATTACHED}`,
      parameter: "p",
      sql: `FROM (SELECT ${chosen.join(", ")} FROM ${lines(config, figures, (c) => `${c} = p`)} s ${PERIOD_CHECK}) ORDER BY "序号"`,
    },
  ];
}

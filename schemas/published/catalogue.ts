import { CATALOGUE_INDICATORS, CATALOGUE_LABELS } from "../catalogue.js";
import { DIMENSIONS, groupingParts, SETTLEMENT_DIMENSIONS } from "../dimensions.js";
import { DIMENSION_EN } from "../labels-en.js";
import { column, MAIN, type TableDef, type ViewDef } from "./definition.js";
import { DIMENSION_ZH, storeTable } from "./store.js";

const table = (name: string, comment: string, columns: TableDef["columns"]): TableDef => ({
  kind: "table",
  schema: MAIN,
  name,
  comment,
  columns,
});
const view = (name: string, comment: string, columns: ViewDef["columns"], from: string): ViewDef => ({
  kind: "view",
  schema: MAIN,
  name,
  comment,
  columns,
  from,
});
const text = (name: string, comment: string) => column(name, "VARCHAR", comment);
const order = column("display_order", "INTEGER", "显示顺序");

/** Groupings that only figures given beside the settlements have. */
const GIVEN_GROUPINGS = [
  "district",
  "subject",
  "fund",
  "fund+subject",
  "district+fund",
  "district+fund+subject",
  "fund+person_group",
  "fund+subject+person_group",
  "person_group",
  "person_group+sex",
  "district+person_group",
  "facility",
];

const groupingZh = (grouping: string): string =>
  grouping === "total"
    ? "不分组"
    : groupingParts(grouping)
        .map((d) => (DIMENSION_ZH as Readonly<Record<string, string>>)[d] ?? d)
        .join("、");
const groupingEn = (grouping: string): string =>
  grouping === "total"
    ? "Total"
    : groupingParts(grouping)
        .map((d) => DIMENSION_EN[d] ?? d)
        .join(", ");

/** Filled once, when the file is made: what they say does not change from publish to publish. */
export const CATALOGUE_TABLES: readonly TableDef[] = [
  table("dim_indicator", "指标目录：名称、公式、单位；其他部门上报、本表未列的指标见 reported_fact", [
    text("indicator", "指标名"),
    text("name_zh", "中文名"),
    text("name_en", "英文名"),
    text("formula", "公式"),
    text("unit", "单位：yuan 元、visit 人次、person 人、day 天、fraction 小数、yuan/visit 元/人次等"),
    text("family", "来源：settlement 结算、enrolment 参保、fund 基金账、dip DIP 预结算、fact 其他部门上报"),
    text("worry", "何种变化需要关注：up 上升、down 下降、both 两者、none 无"),
    order,
  ]),
  table("dim_grouping", "分组方式目录", [
    text("grouping", "分组方式：变化的维度名以 + 连接，total 为不分组"),
    text("name_zh", "中文名"),
    text("name_en", "英文名"),
    column("dimensions", "VARCHAR[]", "分组中的维度"),
    column("settled", "BOOLEAN", "是否为结算指标的分组方式"),
    column("persons", "BOOLEAN", "是否统计人数"),
    column("days", "BOOLEAN", "是否有日数据"),
    order,
  ]),
  storeTable("label", "维度取值的名称（内部表）", [
    text("dimension", "维度"),
    text("code", "取值"),
    text("name_zh", "中文名"),
    text("name_en", "英文名"),
    order,
  ]),
];

/** What of the configuration decides which combinations there are. */
export interface GroupingSettings {
  readonly groupings: readonly string[];
  readonly personGroupings: readonly string[];
  readonly periods: { readonly dayGroupings: readonly string[] };
  readonly careGroups: readonly { readonly name: string }[];
}

/** Rows of the catalogue tables by name, in the order of their columns. */
export function catalogueRows(
  settings: GroupingSettings,
  formulaOf: (indicator: string) => string,
): Readonly<Record<string, readonly (readonly (string | number | boolean)[])[]>> {
  const groupings = [...new Set([...settings.groupings, ...GIVEN_GROUPINGS])];
  const careGroups = settings.careGroups.map(({ name }) => ["care_group", name, name, name] as const);
  return {
    dim_indicator: CATALOGUE_INDICATORS.map((i, n) => [
      i.name,
      i.zh,
      i.en,
      (i.family === "settlement" && formulaOf(i.name)) || i.formula,
      i.unit,
      i.family,
      i.worry,
      n + 1,
    ]),
    // The list of dimensions is taken from the name where it is written.
    dim_grouping: groupings.map((g, n) => [
      g,
      groupingZh(g),
      groupingEn(g),
      g === "total" ? "" : g,
      settings.groupings.includes(g),
      settings.personGroupings.includes(g),
      settings.periods.dayGroupings.includes(g),
      n + 1,
    ]),
    label: [
      ...CATALOGUE_LABELS.map((l) => [l.dimension, l.code, l.zh, l.en] as const),
      ...careGroups,
      ...["category", "care_group", "district", "facility_district"].map(
        (d) => [d, "unknown", "未知", "Unknown"] as const,
      ),
    ].map((row, n) => [...row, n + 1]),
  };
}

const dimensionNames = ["insurance", ...SETTLEMENT_DIMENSIONS, ...DIMENSIONS]
  .filter((d, i, all) => all.indexOf(d) === i)
  .join("、");

/** The name of a code of `dim_facility_current`. */
const named = (dimension: string, comment: string) =>
  column(
    `${dimension}_zh`,
    `(SELECT any_value(l.name_zh) FROM store.label l WHERE l.dimension = '${dimension}' AND l.code = f.${dimension})`,
    comment,
  );

/** The same as people read it; what a bureau's own tables name is added from them. */
export const CATALOGUE_VIEWS: readonly ViewDef[] = [
  view(
    "dim_label",
    "维度取值的名称",
    [
      column("dimension", "l.dimension", `维度：${dimensionNames}、kind 机构类别`),
      column("code", "l.code", "取值，即各表该列的值"),
      column("name_zh", "l.name_zh", "中文名"),
      column("name_en", "l.name_en", "英文名；没有英文名的为中文名"),
      column("display_order", "l.display_order", "显示顺序"),
    ],
    `FROM (SELECT dimension, code, name_zh, name_en, display_order::BIGINT AS display_order FROM store.label
      UNION ALL SELECT 'category', category, category, category, min(display_order) FROM store.category_order
        WHERE category <> 'unknown' GROUP BY category
      UNION ALL SELECT d.dimension, v.admdvs, v.name, v.name, NULL
        FROM dim_division v, (VALUES ('district'), ('facility_district')) d(dimension)
      UNION ALL SELECT 'facility', facility, coalesce(name, facility), coalesce(name, facility), display_order
        FROM store.facility_name) l`,
  ),
  view(
    "dim_combination",
    "有哪些数字：期间类型、分组方式、指标的组合",
    [
      column("period_kind", "c.period_kind", "期间类型：day、month、quarter、half、year、ytd"),
      column("grouping", 'c."grouping"', "分组方式"),
      column("indicator", "c.indicator", "指标"),
    ],
    `FROM (SELECT k.period_kind, g."grouping", i.indicator FROM dim_grouping g CROSS JOIN store.indicator i
        CROSS JOIN (VALUES ('day'), ('month'), ('quarter'), ('half'), ('year'), ('ytd')) k(period_kind)
        WHERE g.settled AND (k.period_kind <> 'day' OR g.days) AND CASE i.presence
          WHEN 'persons' THEN g.persons AND k.period_kind <> 'day'
          WHEN 'care' THEN list_contains(g.dimensions, 'care')
          WHEN 'category' THEN list_contains(g.dimensions, 'category')
          WHEN 'inpatient' THEN list_contains(g.dimensions, 'care') AND k.period_kind <> 'day'
          ELSE true END
      UNION SELECT DISTINCT p.period_kind, f."grouping", f.indicator
        FROM store.figure f JOIN store.period p ON p.period = f.period) c`,
  ),
  view(
    "dim_facility_current",
    "医疗机构当前资料：每机构一行，为最近生效的版本",
    [
      column("facility", "f.facility", "医疗机构编码"),
      column("name", "f.name", "医疗机构名称"),
      column("admdvs", "f.admdvs", "机构所在区划"),
      column("division_name", "v.name", "机构所在区划名称"),
      column("hosp_lv", "f.hosp_lv", "医院等级代码"),
      column("tier", "f.tier", "医疗机构等级：3 三级、2 二级、1 一级、0 未定级"),
      named("tier", "医疗机构等级的中文名"),
      column("ownership", "f.ownership", "机构性质：public 公立、private 民营"),
      named("ownership", "机构性质的中文名"),
      column("kind", "f.kind", "机构类别：hospital、township、village、community、pharmacy 等"),
      named("kind", "机构类别的中文名"),
      column("parent_code", "f.parent_code", "上级机构编码"),
      column("valid_from", "f.valid_from", "生效日期（含）；空为一直有效"),
      column("valid_to", "f.valid_to", "失效日期（含）；空为一直有效"),
      column("display_order", "f.display_order", "显示顺序"),
    ],
    `FROM (SELECT * FROM dim_facility QUALIFY row_number() OVER (PARTITION BY facility
        ORDER BY valid_from DESC NULLS LAST, valid_to DESC NULLS FIRST) = 1) f
      LEFT JOIN dim_division v ON v.admdvs = f.admdvs`,
  ),
];

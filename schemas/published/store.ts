import { SETTLEMENT_DIMENSIONS } from "../dimensions.js";
import { SHARE_MEASURES } from "../indicators.js";
import { MEASURES } from "../measures.js";
import { type ColumnDef, column, STORE, type TableDef } from "./definition.js";

export const DIMENSION_ZH = {
  care: "就医类型",
  category: "医疗类别",
  region: "住院区域",
  flow: "就医流向",
  tier: "医疗机构等级",
  ownership: "机构性质",
  care_group: "机构分组",
  district: "参保区划",
  facility_district: "机构区划",
  channel: "结算方式",
  person_kind: "人员类别",
  facility: "医疗机构编码",
  fund: "基金",
  subject: "科目",
  person_group: "参保人群",
  sex: "性别",
} as const;

/** A table that holds data and is not meant for people. */
export const storeTable = (name: string, comment: string, columns: TableDef["columns"]): TableDef => ({
  kind: "table",
  schema: STORE,
  name,
  comment,
  columns,
});

const unitOf = (unit: string): string => (unit === "yuan" ? "分" : unit === "visit" ? "人次" : "天");

/** A column for each measure; money in fen. */
export const MEASURE_COLUMNS = MEASURES.map((m) => column(m.name, "BIGINT", `${m.zh}（${unitOf(m.unit)}）`));

/** What tells a given figure from the others of its period. */
export const FIGURE_COLUMNS: readonly ColumnDef[] = [
  column("insurance", "VARCHAR", "险种"),
  column("grouping", "VARCHAR", "分组方式"),
  ...Object.entries(DIMENSION_ZH).map(([d, zh]) => column(d, "VARCHAR", zh)),
  column("other", "MAP(VARCHAR, VARCHAR)", "没有对应列的其他维度"),
  column("indicator", "VARCHAR", "指标"),
  column("unit", "VARCHAR", "单位"),
];

/**
 * The tables that hold the data; money in fen. `fact` holds each period once; last year's sums are joined
 * to it. A row of zeros stands where only last year has data, so that such figures have a row at all.
 */
export const STORE_TABLES: readonly TableDef[] = [
  storeTable("meta", "发布库内部信息（一行）", [
    column("state_id", "VARCHAR", "来源状态库的标识"),
    column("layout", "VARCHAR", "表结构指纹，结构变化时整体重建"),
    column("sequence", "BIGINT", "来源状态库的提交序号"),
    column("version", "BIGINT", "发布版本号，只增不减"),
    column("first_day", "INTEGER", "有数据的首日（自 1970-01-01 起的天数）"),
    column("last_day", "INTEGER", "有数据的末日（自 1970-01-01 起的天数）"),
    column("compact_bytes", "BIGINT", "上次整理后的文件大小（字节）"),
    column("compact_rows", "BIGINT", "上次整理时的汇总行数"),
  ]),
  storeTable("grp", "分组维表：每个分组一行，NULL 表示该维度不在分组中", [
    column("gid", "INTEGER", "分组编号"),
    column("insurance", "VARCHAR", "险种：employee、resident、maternity、all（合计）"),
    column("grouping", "VARCHAR", "分组方式：维度名以 + 连接，total 为不分组"),
    ...SETTLEMENT_DIMENSIONS.map((d) => column(d, "VARCHAR", DIMENSION_ZH[d])),
    column("has_persons", "BOOLEAN", "该分组方式是否统计人数"),
    column("short_days", "BOOLEAN", "该分组的日数据是否只保留较短期限（含医疗机构）"),
  ]),
  storeTable("period", "期间表", [
    column("period", "VARCHAR", "期间"),
    column("period_kind", "VARCHAR", "期间类型：day、month、quarter、half、year、ytd"),
    column("period_start", "DATE", "期间首日"),
    column("period_end", "DATE", "期间末日"),
    column("previous_period", "VARCHAR", "上年同期；2月29日无上年同期"),
    column("previous_known", "BOOLEAN", "上年同期是否在数据范围内"),
    column("shown", "BOOLEAN", "结算数据是否发布"),
    column("short_shown", "BOOLEAN", "较短期限的日数据是否发布"),
  ]),
  storeTable("fact", "结算汇总：每期间、每分组一行", [
    column("period", "VARCHAR", "期间"),
    column("grouping", "VARCHAR", "分组方式"),
    column("gid", "INTEGER", "分组编号"),
    column("present", "BOOLEAN", "本期有数据；否则为仅上年同期有数据的零值行"),
    ...MEASURE_COLUMNS,
    column("settlements", "BIGINT", "本期计入的结算笔数；为 0 时本期无数据"),
    column("persons", "BIGINT", "人数；不统计人数的分组为 NULL"),
    // Beside the numbers, so that a question for the newest, or from some day on, passes over older rows.
    column("period_end", "DATE", "期间末日"),
  ]),
  storeTable("share_base", "占比的分母：险种合计、就医类型、医疗类别各行", [
    column("period", "VARCHAR", "期间"),
    column("insurance", "VARCHAR", "险种"),
    column("care", "VARCHAR", "就医类型；险种合计行为 NULL"),
    column("category", "VARCHAR", "医疗类别；合计行与就医类型行为 NULL"),
    ...SHARE_MEASURES.flatMap((m) => [
      column(m, "BIGINT", `本期 ${m}（人次或分）`),
      column(`p_${m}`, "BIGINT", `上年同期 ${m}（人次或分）`),
    ]),
  ]),
  storeTable("enrolled", "住院率的分母：参保人数", [
    column("period", "VARCHAR", "期间"),
    column("insurance", "VARCHAR", "险种"),
    column("district", "VARCHAR", "参保区划；不分区划时为 NULL"),
    column("person_kind", "VARCHAR", "参保人群；不分人群时为 NULL"),
    column("persons", "BIGINT", "本期参保人数（人）"),
    column("p_persons", "BIGINT", "上年同期参保人数（人）"),
    column("r_persons", "BIGINT", "结账时的参保人数（人）；未结为 NULL"),
  ]),
  storeTable("facility_name", "医疗机构当前名称与顺序", [
    column("facility", "VARCHAR", "医疗机构编码"),
    column("name", "VARCHAR", "医疗机构名称"),
    column("admdvs", "VARCHAR", "机构区划"),
    column("kind", "VARCHAR", "机构类别：hospital、township、village、community、pharmacy 等"),
    column("display_order", "BIGINT", "显示顺序"),
  ]),
  storeTable("category_order", "医疗类别的显示顺序与各险种的上级", [
    column("insurance", "VARCHAR", "险种"),
    column("category", "VARCHAR", "医疗类别"),
    column("parent", "VARCHAR", "上级类别"),
    column("display_order", "BIGINT", "显示顺序"),
  ]),
  storeTable("figure", "不来自结算汇总的指标：参保、基金、DIP、上报数", [
    column("period", "VARCHAR", "期间"),
    ...FIGURE_COLUMNS,
    column("value", "DECIMAL(24, 6)", "本期值"),
    column("previous", "DECIMAL(24, 6)", "上年同期值"),
    column("change_pct", "DECIMAL(24, 6)", "相对增长（小数）"),
    column("closed", "BOOLEAN", "所在期间已结"),
    column("reported", "DECIMAL(24, 6)", "结账时的数字"),
  ]),
];

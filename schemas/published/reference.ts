import { FACILITY_ARRIVAL, QUALITY_PERIOD } from "./completeness.js";
import { type ColumnDef, column, MAIN, type TableDef, type ViewDef } from "./definition.js";

const table = (name: string, comment: string, columns: readonly ColumnDef[]): TableDef => ({
  kind: "table",
  schema: MAIN,
  name,
  comment,
  columns,
});
const text = (name: string, comment: string): ColumnDef => column(name, "VARCHAR", comment);
const count = (name: string, comment: string): ColumnDef => column(name, "BIGINT", comment);

/** Reference, quality and housekeeping tables; a table that the input gives is replaced as a whole. */
export const PLAIN_TABLES: readonly TableDef[] = [
  table("dim_facility", "医疗机构参照表（含历史版本）", [
    text("facility", "医疗机构编码"),
    text("name", "医疗机构名称"),
    text("admdvs", "机构所在区划"),
    text("hosp_lv", "医院等级代码"),
    text("tier", "医疗机构等级：3 三级、2 二级、1 一级、0 未定级"),
    text("ownership", "机构性质：public 公立、private 民营"),
    text("kind", "机构类别：hospital、township 乡镇卫生院、village 村卫生室、community、pharmacy 等"),
    text("parent_code", "上级机构编码"),
    column("valid_from", "DATE", "生效日期（含）；空为一直有效"),
    column("valid_to", "DATE", "失效日期（含）；空为一直有效"),
    count("display_order", "显示顺序"),
  ]),
  table("dim_category", "医疗类别参照表", [
    text("med_type", "医疗类别代码"),
    text("dise_no", "病种编码；空为不限"),
    text("insurance", "险种；空为不限"),
    text("category", "医疗类别"),
    text("care", "就医类型：inpatient 住院、outpatient 门诊、pharmacy 药店、maternity 生育等"),
    text("parent", "上级类别"),
    count("display_order", "显示顺序"),
    text("origin", "来源：national 国家代码、configured 本地配置"),
  ]),
  table("dim_division", "行政区划参照表", [text("admdvs", "区划代码"), text("name", "区划名称")]),
  table("snapshot", "当前发布版本（一行）", [
    count("version", "发布版本号，只增不减"),
    column("published_at", "TIMESTAMP", "发布时间（辖区时区）"),
    column("watermark", "TIMESTAMP", "已计入结算的最晚结算时间（辖区时区）"),
    column(
      "completeness",
      "DECIMAL(18, 6)",
      "完整率：数据到达进度正常的机构 ÷ 应有数据的机构（小数，见 quality_facility）；尚无可判断的机构为 NULL",
    ),
    column("accepted_share", "DECIMAL(18, 6)", "接收率：未进入隔离区的记录 ÷ 收到的记录（小数）"),
    column("first_day", "DATE", "有结算数据的首日"),
    column("last_day", "DATE", "有结算数据的末日"),
    column(
      "input_positions",
      'STRUCT("source" VARCHAR, "partition" VARCHAR, "next" BIGINT)[]',
      "各来源、分区下一条待读位置",
    ),
    column("verified_at", "TIMESTAMP", "最近一次独立重算核对的时间（辖区时区）；从未核对为 NULL"),
    count("verified_version", "核对的发布版本号"),
    count("verified_sequence", "核对的状态库提交序号"),
    count("verified_figures", "核对的数字个数"),
    count("verified_differences", "核对发现的差异个数"),
    text("verified_hash", "重算结果的指纹：各期间的行数与各行 MD5 之和，再取 SHA-256"),
    text("program", "写出本文件的程序版本"),
    text("state_id", "状态库的标识"),
    column(
      "state_history",
      'STRUCT("at" TIMESTAMP, "program" VARCHAR, "kind" VARCHAR, "detail" VARCHAR)[]',
      "状态库的履历：建立、升级、恢复、接受缺口等（辖区时区）",
    ),
  ]),
  table("quality_balance", "收支平衡：收到 = 计入 + 重复 + 暂挂 + 隔离", [
    text("source", "来源"),
    text("partition", "分区或文件"),
    count("received", "收到的记录数"),
    count("applied", "计入的记录数"),
    count("duplicate", "重复的记录数"),
    count("held", "暂挂的记录数（vali_flag 为 2）"),
    count("quarantined", "进入隔离区的记录数"),
  ]),
  table("quality_quarantine", "隔离区：不能计入的记录，每条一行，不含个人信息", [
    count("id", "编号"),
    text("source", "来源"),
    text("partition", "分区或文件"),
    count("position", "位置"),
    text("stream", "数据流"),
    text("reason", "原因"),
    text("detail", "说明（不含个人信息）"),
    column("first_seen", "TIMESTAMP", "首次收到时间（辖区时区）"),
    text("status", "状态：waiting 待处理、resolved 已解决、dismissed 已忽略"),
  ]),
  table("quality_warning", "提示：已计入但有疑点的记录", [
    text("warning", "提示类型"),
    text("source", "来源"),
    text("partition", "分区或文件"),
    count("position", "位置"),
    text("stream", "数据流"),
    text("record_key", "记录编号"),
    text("detail", "说明"),
  ]),
  table("quality_orphan_refund", "找不到原结算的退费结算", [
    text("setl_id", "退费结算编号"),
    text("init_setl_id", "原结算编号"),
    column("setl_time", "TIMESTAMP", "退费结算时间（辖区时区）"),
    column("fee", "DECIMAL(18, 2)", "医疗费总额（元）"),
  ]),
  table("quality_unmapped", "参照表中没有的机构与代码", [
    text(
      "kind",
      "种类：facility 医疗机构、category 医疗类别、psn_type 人员类别、setl_type 结算方式、hosp_lv 机构等级",
    ),
    text("code", "编码；记录中没有时为空"),
    count("records", "涉及记录数"),
    column("fee", "DECIMAL(18, 2)", "涉及医疗费总额（元）"),
    column("blocks_close", "BOOLEAN", "是否妨碍结账：机构、医疗类别未知则妨碍，其余不妨碍"),
  ]),
  FACILITY_ARRIVAL,
  QUALITY_PERIOD,
  table("data_dictionary", "数据字典：每个表、视图及其列的含义", [
    text("schema_name", "模式"),
    text("table_name", "表或视图名"),
    text("table_kind", "种类：table 表、view 视图、indicator 指标"),
    text("column_name", "列名；描述整表时为 NULL"),
    count("column_index", "列序号"),
    text("data_type", "类型；指标为单位"),
    text("comment", "含义、公式、单位"),
  ]),
];

export const DIM_PERIOD_VIEW: ViewDef = {
  kind: "view",
  schema: MAIN,
  name: "dim_period",
  comment: "期间表",
  columns: [
    column("period", "p.period", "期间"),
    column("period_kind", "p.period_kind", "期间类型：day、month、quarter、half、year、ytd"),
    column("period_start", "p.period_start", "期间首日"),
    column("period_end", "p.period_end", "期间末日"),
    column("previous_period", "p.previous_period", "上年同期；2月29日无上年同期"),
    column("previous_known", "p.previous_known", "上年同期是否在数据范围内"),
  ],
  from: "FROM store.period p WHERE p.shown",
};

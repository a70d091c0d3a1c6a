import { SETTLEMENT_DIMENSIONS } from "../dimensions.js";
import { STREAMS, type StreamName } from "../input/streams.js";
import { MEASURES } from "../measures.js";
import { column, MAIN, type TableDef } from "../published/definition.js";
import { DIMENSION_ZH } from "../published/store.js";

const table = (name: string, comment: string, columns: TableDef["columns"]): TableDef => ({
  kind: "table",
  schema: MAIN,
  name,
  comment,
  columns,
});
const text = (name: string, comment: string) => column(name, "VARCHAR", comment);
const yuan = (name: string, comment: string) => column(name, "DECIMAL(18, 2)", `${comment}（元）`);
const whence = [
  text("source", "来源"),
  text("partition", "分区或文件"),
  column("position", "BIGINT", "在分区或文件中的位置"),
];

/** One row for each kept current version; national field names. The person is a pseudonym. */
export const SETTLEMENT: TableDef = table("settlement", "现行结算记录，每个结算编号一行；人员为假名", [
  text("setl_id", "结算编号"),
  text("init_setl_id", "被退的原结算编号；非退费为 NULL"),
  text("mdtrt_id", "就诊ID"),
  text("refd_setl_flag", "退费标志（仅供参考）"),
  text("vali_flag", "有效标志：1 计入、0 无效、2 暂挂"),
  column("setl_time", "TIMESTAMP", "结算时间（辖区时区）"),
  column("updt_time", "TIMESTAMP", "更新时间（辖区时区）"),
  text("person", "人员假名（密钥换算，不可还原）"),
  text("insutype", "险种类型代码"),
  text("psn_type", "人员类别代码"),
  text("insu_admdvs", "参保区划"),
  text("fixmedins_code", "医疗机构编码"),
  text("fix_blng_admdvs", "结算所报机构区划；机构未知时才使用"),
  text("hosp_lv", "结算所报医院等级代码；机构未知时才使用"),
  text("med_type", "医疗类别代码"),
  text("setl_type", "结算类别：1 中心报销、2 联网结算"),
  text("pay_loc", "支付地点类别：1 中心、2 本地、3 省内异地、4 跨省异地"),
  text("clr_way", "清算方式代码"),
  column("begndate", "DATE", "入院日期"),
  column("enddate", "DATE", "出院日期"),
  column("ipt_days", "INTEGER", "住院床日"),
  text("mid_setl_flag", "中途结算标志：1 是"),
  text("cal_ipt_cnt", "计算住院次数标志：0 不计为一次住院；计入的为 NULL"),
  text("dise_no", "病种编码"),
  yuan("medfee_sumamt", "医疗费总额"),
  yuan("inscp_scp_amt", "符合政策范围金额"),
  yuan("hifp_pay", "基本医保统筹支付"),
  yuan("cvlserv_pay", "公务员医疗补助支付"),
  yuan("hifes_pay", "企业补充医疗保险支付"),
  yuan("hifmi_pay", "居民大病保险支付"),
  yuan("hifob_pay", "职工大额医疗费用补助支付"),
  yuan("hifdm_pay", "伤残人员医疗保障支付"),
  yuan("maf_pay", "医疗救助支付"),
  yuan("oth_pay", "其他基金支付"),
  yuan("fund_pay_sumamt", "基金支付总额"),
  yuan("acct_pay", "个人账户支付"),
  yuan("psn_cash_pay", "个人现金支付"),
  yuan("hosp_part_amt", "医院负担"),
  yuan("fulamt_ownpay_amt", "全自费金额"),
  yuan("overlmt_selfpay", "超限价自费费用"),
  yuan("preselfpay_amt", "先行自付金额"),
  yuan("act_pay_dedc", "实际支付起付线"),
  yuan("acct_mulaid_pay", "个人账户共济支付"),
  column("count_day", "DATE", "计入日期：本身结算日；按原期间退费时为原结算日"),
  text("month", "计入月份，如 2024-03"),
  ...whence,
  column("code_set", "INTEGER", "维度代码组合的编号，见 dimension"),
]);

/** The combinations of codes that occur; `dise_no` only where the category table names it. */
export const CODE_SET: TableDef = table("code_set", "出现过的维度代码组合", [
  column("code_set", "INTEGER", "代码组合编号"),
  text("insutype", "险种类型代码"),
  text("psn_type", "人员类别代码"),
  text("insu_admdvs", "参保区划"),
  text("fixmedins_code", "医疗机构编码"),
  text("fix_blng_admdvs", "结算所报机构区划"),
  text("hosp_lv", "结算所报医院等级代码"),
  text("med_type", "医疗类别代码"),
  text("setl_type", "结算类别"),
  text("dise_no", "病种编码；医疗类别表未涉及者为 NULL"),
]);

/** The dimensions of each combination of codes, by the span of days in which its facility stands as it is. */
export const DIMENSION: TableDef = table(
  "dimension",
  "代码组合的维度：每个组合、每段机构版本有效期一行；由 SQL 按口径独立推导",
  [
    column("code_set", "INTEGER", "代码组合编号"),
    column("valid_from", "DATE", "首日（含）"),
    column("valid_to", "DATE", "末日（含）"),
    text("insurance", "险种：employee、resident、maternity"),
    text("care", "就医类型"),
    text("category", "医疗类别"),
    text("region", "住院区域：county、city、province、national"),
    text("flow", "就医流向：local、outbound、inbound"),
    text("tier", "医疗机构等级：3、2、1、0"),
    text("ownership", "机构性质"),
    text("care_group", "机构分组"),
    text("district", "参保区划"),
    text("facility_district", "机构区划"),
    text("channel", "结算方式：direct 联网、manual 中心"),
    text("person_kind", "人员类别：active、retired、veteran、resident"),
    text("facility", "医疗机构编码"),
    column("parents", "VARCHAR[]", "上级医疗类别，自近及远；该结算同时计入各上级行"),
    column("own_fund", "BOOLEAN", "是否本辖区参保；否则只计入含 flow 的分组"),
    column("facility_known", "BOOLEAN", "当日机构参照表中是否有该机构"),
  ],
);

/** Reference data as used, and what configuration decides. */
export const DETAIL_REFERENCE: readonly TableDef[] = [
  table("facility", "医疗机构参照表（含历史版本），文件与数据流合并后", [
    text("fixmedins_code", "医疗机构编码"),
    text("name", "名称"),
    text("admdvs", "机构区划"),
    text("hosp_lv", "医院等级代码"),
    text("tier", "等级（直接给出时）"),
    text("ownership", "机构性质：public、private"),
    text("kind", "机构类别"),
    text("parent_code", "上级机构编码"),
    column("valid_from", "DATE", "生效日期（含）；空为一直有效"),
    column("valid_to", "DATE", "失效日期（含）；空为一直有效"),
    column("display_order", "BIGINT", "显示顺序"),
    column("updt_time", "TIMESTAMP", "更新时间（辖区时区）"),
  ]),
  table("category", "医疗类别参照表：国家代码与本地配置", [
    column("ordinal", "INTEGER", "顺序号；相同条件以较大者为准"),
    text("med_type", "医疗类别代码"),
    text("dise_no", "病种编码；空为不限"),
    text("insurance", "险种；空为不限"),
    text("category", "医疗类别"),
    text("care", "就医类型"),
    text("parent", "上级类别"),
    text("origin", "来源：national、configured"),
  ]),
  table("care_group_rule", "机构分组规则：按顺序取首个符合者；条件为空即不限", [
    column("ordinal", "INTEGER", "顺序号"),
    text("name", "分组名称"),
    column("region", "VARCHAR[]", "住院区域"),
    column("tier", "VARCHAR[]", "医疗机构等级"),
    column("ownership", "VARCHAR[]", "机构性质"),
    column("kind", "VARCHAR[]", "机构类别"),
  ]),
  table("insurance_type", "险种类型代码与险种", [
    text("insutype", "险种类型代码"),
    text("insurance", "险种"),
  ]),
  table("component", "合成金额的组成", [
    text("measure", "合成金额：reimbursed 报销金额、benefit_paid 基金支出"),
    text("insurance", "险种；reimbursed 为 all"),
    text("part", "组成部分"),
  ]),
];

const SQL_TYPE = {
  string: "VARCHAR",
  instant: "TIMESTAMP",
  date: "DATE",
  int: "BIGINT",
  amount: "DECIMAL(18, 2)",
  rate: "DECIMAL(18, 6)",
  decimal: "DECIMAL(24, 6)",
  map: "MAP(VARCHAR, VARCHAR)",
} as const;

/** Streams whose current records stand in the detail file, and what they are called there. */
export const DETAIL_STREAMS = {
  "fund-entry": "fund_entry",
  enrolment: "enrolment",
  "dip-result": "dip_result",
  "reported-fact": "reported_fact",
} as const satisfies Partial<Record<StreamName, string>>;
export type DetailStream = keyof typeof DETAIL_STREAMS;

const STREAM_ZH: Readonly<Record<DetailStream, string>> = {
  "fund-entry": "基金账目现行记录",
  enrolment: "参保人数现行记录",
  "dip-result": "DIP 结算现行记录",
  "reported-fact": "上报数现行记录",
};

export const DETAIL_RECORDS: readonly TableDef[] = (Object.keys(DETAIL_STREAMS) as DetailStream[]).map(
  (stream) =>
    table(DETAIL_STREAMS[stream], `${STREAM_ZH[stream]}，字段同数据流 ${stream}`, [
      ...STREAMS[stream].fields.map((f) =>
        column(f.name, SQL_TYPE[f.type], `数据流 ${stream} 的字段 ${f.name}`),
      ),
      ...whence,
    ]),
);

/** The bills behind restatements, of which the published file has the sums alone. */
export const CLOSED_CHANGE: TableDef = table(
  "closed_change",
  "结账后已结期间内结算的变化：每次加入（金额为正）或移出（为负）一行",
  [
    column("change_id", "BIGINT", "变化编号"),
    column("sequence", "BIGINT", "提交序号；晚于 closed_period.sequence 即在该次结账之后"),
    column("changed_at", "TIMESTAMP", "变化时间（辖区时区）"),
    text("cause", "原因：late、refund、correction、withdrawn、facility、rules"),
    text("stream", "引起变化的数据流；规则变更为 NULL"),
    text("setl_id", "结算编号；多笔合并计数时为 NULL"),
    column("settlements", "BIGINT", "涉及结算数"),
    text("month", "计入月份，如 2024-03"),
    text("insurance", "险种"),
    ...SETTLEMENT_DIMENSIONS.map((d) => text(d, DIMENSION_ZH[d])),
    column("parents", "VARCHAR[]", "上级医疗类别，自近及远"),
    column("own_fund", "BOOLEAN", "是否本辖区参保；否则只计入含 flow 的分组"),
    ...MEASURES.map((m) =>
      m.unit === "yuan" ? yuan(m.name, `${m.zh}的变化`) : column(m.name, "BIGINT", `${m.zh}的变化`),
    ),
  ],
);

export const DETAIL_SNAPSHOT: TableDef = table("snapshot", "本文件的来源（一行）", [
  text("state_id", "来源状态库的标识"),
  column("sequence", "BIGINT", "来源状态库的提交序号"),
  column("written_at", "TIMESTAMP", "写出时间（辖区时区）"),
  text("reference_hash", "所用参照数据与配置的 SHA-256"),
  column("settlements", "BIGINT", "结算记录数"),
  text("layout", "表结构与写法的指纹；不同即整体重写"),
  column("last_block", "BIGINT", "来源状态库的最后数据块"),
  column("compact_bytes", "BIGINT", "上次整体写出后的文件大小（字节）"),
]);

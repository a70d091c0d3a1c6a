import { column, MAIN, type TableDef } from "./definition.js";

const table = (name: string, comment: string, columns: TableDef["columns"]): TableDef => ({
  kind: "table",
  schema: MAIN,
  name,
  comment,
  columns,
});

const EXACT = "DECIMAL(24, 6)";
const MONEY = "DECIMAL(18, 2)";

export const ALERT: TableDef = table(
  "alert",
  "预警：现存预警，以及 90 天内解除的预警；每次发布按该版数字判定",
  [
    column("id", "VARCHAR", "预警编号：同一规则、同一对象再次触发时末尾序号加一"),
    column("rule", "VARCHAR", "规则名"),
    column("severity", "VARCHAR", "级别：info 提示、warning 警告、critical 严重"),
    column("state", "VARCHAR", "状态：open 未处理、acknowledged 已确认、cleared 已解除"),
    column("indicator", "VARCHAR", "所看指标；含义见 data_dictionary，运行监测项见 docs/alerts.md"),
    column("indicator_zh", "VARCHAR", "指标中文名"),
    column("unit", "VARCHAR", "指标单位"),
    column("period", "VARCHAR", "期间；不分期间的监测项为 NULL"),
    column("insurance", "VARCHAR", "险种；不分险种的监测项为 NULL"),
    column("grouping", "VARCHAR", "分组方式"),
    column("dimensions", "MAP(VARCHAR, VARCHAR)", "对象：维度与取值"),
    column("fund", "VARCHAR", "基金；无此维度为 NULL"),
    column("facility", "VARCHAR", "医疗机构编码；无此维度为 NULL"),
    column("facility_name", "VARCHAR", "医疗机构名称"),
    column("subject_zh", "VARCHAR", "对象名称"),
    column(
      "test",
      "VARCHAR",
      "判定方式：aheadOfYear 超时间进度、above 高于、below 低于、changeAbove 同比高于、changeBelow 同比低于、aheadOfPeers 超同类机构四分位",
    ),
    column("value", EXACT, "指标值"),
    column("measured", EXACT, "与阈值相比的数：超前幅度、同比变化等；直接比较时即指标值"),
    column("threshold", EXACT, "阈值"),
    column("finding", "VARCHAR", "说明（中文一句话）"),
    column("finding_en", "VARCHAR", "说明（英文）"),
    column("opened_at", "TIMESTAMP", "触发时间（辖区时区）"),
    column("opened_version", "BIGINT", "触发时的发布版本"),
    column("acknowledged_at", "TIMESTAMP", "确认时间；未确认为 NULL"),
    column("acknowledged_by", "VARCHAR", "确认人"),
    column("note", "VARCHAR", "确认说明"),
    column("cleared_at", "TIMESTAMP", "解除时间；未解除为 NULL"),
    column("cleared_version", "BIGINT", "解除时的发布版本"),
  ],
);

export const ALERT_EVENT: TableDef = table("alert_event", "预警经过：触发、确认、解除，保留 400 天", [
  column("seq", "BIGINT", "顺序号"),
  column("alert", "VARCHAR", "预警编号"),
  column("rule", "VARCHAR", "规则名"),
  column("severity", "VARCHAR", "级别"),
  column("event", "VARCHAR", "经过：opened 触发、acknowledged 确认、cleared 解除"),
  column("at", "TIMESTAMP", "时间（辖区时区）"),
  column("version", "BIGINT", "发布版本；确认时为当时的版本"),
  column("by", "VARCHAR", "确认人；自动触发与解除为 NULL"),
  column("note", "VARCHAR", "确认说明"),
  column("value", EXACT, "当时的指标值"),
  column("finding", "VARCHAR", "当时的说明"),
]);

export const ALERT_CHANNEL: TableDef = table("alert_channel", "预警通道：发送情况", [
  column("channel", "VARCHAR", "通道名"),
  column("kind", "VARCHAR", "类型：webhook、wecom 企业微信、dingtalk 钉钉、feishu 飞书、email 邮件"),
  column("waiting", "BIGINT", "待发送的消息数"),
  column("sent", "BIGINT", "已发送的消息数"),
  column("last_sent_at", "TIMESTAMP", "最近一次成功发送时间（辖区时区）"),
  column("failing_since", "TIMESTAMP", "自何时起发送失败；正常为 NULL"),
  column("last_error", "VARCHAR", "最近一次失败的原因；不含密钥"),
]);

export const FUND_OUTLOOK: TableDef = table(
  "fund_outlook",
  "基金支出预测：每基金、险种一行。预测 = 年初以来结算支出 ÷ 往年同日已支出占全年之比；不足一个完整上年时直线外推",
  [
    column("as_of", "DATE", "截至日：最晚结算日"),
    column("fund", "VARCHAR", "基金"),
    column("insurance", "VARCHAR", "险种"),
    column("spent", MONEY, "年初至截至日的结算支出（元）"),
    column("budget", MONEY, "全年支出预算（元）；无预算为 NULL"),
    column(
      "pace",
      "DECIMAL(18, 6)",
      "进度：往年同日已支出占全年之比的平均；直线外推时为已过天数之比（小数）",
    ),
    column("projected", MONEY, "全年预测（元）= spent ÷ pace"),
    column("low", MONEY, "低值（元）：按各往年进度与最近 28 天日均外推所得的最小者"),
    column("high", MONEY, "高值（元）：同上最大者"),
    column("exhausted_on", "DATE", "按预测用完全年预算的日期；年内用不完或无预算为 NULL"),
    column("method", "VARCHAR", "方法：earlier_years 按往年进度、straight_line 直线外推"),
    column("years", "VARCHAR", "所用往年，逗号分隔；直线外推时为 NULL"),
    column("method_zh", "VARCHAR", "方法说明与公式"),
  ],
);

export const ALERT_TABLES: readonly TableDef[] = [ALERT, ALERT_EVENT, ALERT_CHANNEL, FUND_OUTLOOK];

import { SETTLEMENT_DIMENSIONS } from "../dimensions.js";
import { SHARE_MEASURES } from "../indicators.js";
import { column, type TableDef } from "./definition.js";
import { DIMENSION_ZH, FIGURE_COLUMNS, MEASURE_COLUMNS, storeTable } from "./store.js";

/** Denominators of shares, as columns: `total_fee`, `care_fee`, `category_fee` … */
export const FROZEN_DENOMINATORS: readonly string[] = (["total", "care", "category"] as const).flatMap(
  (level) => SHARE_MEASURES.map((m) => `${level}_${m}`),
);

/** What was frozen at closes, and what changed since; money in fen. */
export const CLOSED_TABLES: readonly TableDef[] = [
  storeTable("closed", "已结期间（内部表）", [
    column("period", "VARCHAR", "期间"),
    column("closed_at", "TIMESTAMP", "结账时间（辖区时区）"),
    column("version", "BIGINT", "结账时的发布版本号"),
    column("sequence", "BIGINT", "结账时的提交序号"),
    column("forced", "BOOLEAN", "是否强制结账"),
    column("problems", "VARCHAR", "结账时的提示（JSON）"),
    column("figures", "BIGINT", "冻结的数字个数"),
  ]),
  storeTable("closed_scope", "已结期间冻结了哪些分组方式（内部表）", [
    column("period", "VARCHAR", "期间"),
    column("grouping", "VARCHAR", "分组方式"),
    column("persons", "BOOLEAN", "是否冻结了人数"),
  ]),
  storeTable("closed_fact", "结账时冻结的结算汇总：每期间、每分组一行（内部表）", [
    column("period", "VARCHAR", "期间"),
    column("grouping", "VARCHAR", "分组方式"),
    column("gid", "INTEGER", "分组编号"),
    ...MEASURE_COLUMNS,
    column("persons", "BIGINT", "人数；未统计为 NULL"),
    ...FROZEN_DENOMINATORS.map((name) => column(name, "BIGINT", `结账时的占比分母 ${name}（人次或分）`)),
  ]),
  // Sums alone: which bills are behind them stands in the detail file.
  storeTable("cause", "结账后已结期间内结算的变化，按原因和单元合计（内部表）", [
    column("id", "BIGINT", "编号：其中首次变化的编号"),
    column("since", "BIGINT", "变化之前最近一次结账的提交序号"),
    column("changed_at", "TIMESTAMP", "最近一次变化的时间（辖区时区）"),
    column("month", "DATE", "所属月份的首日"),
    column("stream", "VARCHAR", "引起变化的数据流"),
    column("cause", "VARCHAR", "原因"),
    column("settlements", "BIGINT", "加入与移出的笔数"),
    column("insurance", "VARCHAR", "险种"),
    ...SETTLEMENT_DIMENSIONS.map((d) => column(d, "VARCHAR", DIMENSION_ZH[d])),
    ...MEASURE_COLUMNS,
    column("gids", "INTEGER[]", "所影响分组的编号"),
  ]),
  storeTable("cause_record", "结账后参保、基金、DIP、上报数记录的变化（内部表）", [
    column("id", "BIGINT", "编号"),
    column("sequence", "BIGINT", "提交序号"),
    column("changed_at", "TIMESTAMP", "变化时间（辖区时区）"),
    column("stream", "VARCHAR", "数据流"),
    column("key", "VARCHAR", "记录编号"),
    column("cause", "VARCHAR", "原因"),
    column("from_day", "DATE", "影响的首日"),
    column("to_day", "DATE", "影响的末日"),
    column("insurance", "VARCHAR", "险种"),
    ...(["district", "facility", "fund", "subject", "person_group", "sex"] as const).map((d) =>
      column(d, "VARCHAR", DIMENSION_ZH[d]),
    ),
    column("indicator", "VARCHAR", "上报指标；其他为 NULL"),
  ]),
  // What follows from those above and from the facts, for those who ask: worked out when it changes.
  storeTable("restated", "与结账时不同的结算指标（内部表）", [
    column("period", "VARCHAR", "已结期间"),
    column("gid", "INTEGER", "分组编号"),
    column("indicator_id", "INTEGER", "指标的顺序号"),
    column("old_value", "DECIMAL(24, 6)", "结账时的数字"),
    column("new_value", "DECIMAL(24, 6)", "现在的数字"),
    column("cause_gid", "INTEGER", "其变化即为原因的分组：占比为其分母的分组"),
    column("follows_from", "VARCHAR", "随之变化的数字：分组方式.指标；自身的结算有变化时为 NULL"),
  ]),
  storeTable("restated_cause", "结账后各分组变化的原因（内部表）", [
    column("period", "VARCHAR", "已结期间"),
    column("gid", "INTEGER", "分组编号"),
    column("causes", "VARCHAR[]", "原因"),
    column("cause_count", "BIGINT", "加入与移出的笔数"),
    column("restated_at", "TIMESTAMP", "最近一次变化的时间（辖区时区）"),
  ]),
  storeTable("restated_figure", "与结账时不同的其他指标：参保、基金、DIP、上报数（内部表）", [
    column("period", "VARCHAR", "已结期间"),
    ...FIGURE_COLUMNS,
    column("old_value", "DECIMAL(24, 6)", "结账时的数字"),
    column("new_value", "DECIMAL(24, 6)", "现在的数字"),
    column("causes", "VARCHAR[]", "原因"),
    column("records", "VARCHAR[]", "引起变化的记录的编号"),
    column("cause_count", "BIGINT", "变化的次数"),
    column("restated_at", "TIMESTAMP", "最近一次变化的时间（辖区时区）"),
  ]),
];

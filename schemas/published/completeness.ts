import { column, MAIN, STORE, type TableDef, type ViewDef } from "./definition.js";

const STANDING =
  "状态：current 正常、lagging 滞后、occasional 偶发（有结算的日子不足 4 天，不判断滞后）、gone 已停（水位月及前三个月无结算）";

/** One row a facility that ever settled; the base of `quality_facility`. */
export const FACILITY_ARRIVAL: TableDef = {
  kind: "table",
  schema: STORE,
  name: "facility_arrival",
  comment: "各机构数据到达进度（内部表）",
  columns: [
    column("facility", "VARCHAR", "医疗机构编码"),
    column("latest", "TIMESTAMP", "最晚结算时间（辖区时区）"),
    column("lag_days", "BIGINT", "最晚结算日距水位的天数"),
    column("usual_gap", "BIGINT", "通常间隔天数"),
    column("standing", "VARCHAR", STANDING),
    column("month", "VARCHAR", "水位所在月"),
    column("last_month", "VARCHAR", "水位上月"),
    column("days_this_month", "BIGINT", "本月有结算的天数"),
    column("days_last_month", "BIGINT", "上月有结算的天数"),
  ],
};

export const QUALITY_PERIOD: TableDef = {
  kind: "table",
  schema: MAIN,
  name: "quality_period",
  comment: "各期间能否结账：水位、机构到达进度、隔离与未建档记录",
  columns: [
    column("period", "VARCHAR", "期间"),
    column("period_kind", "VARCHAR", "期间类型：month、quarter、half、year、ytd"),
    column("period_start", "DATE", "期间首日"),
    column("period_end", "DATE", "期间末日"),
    column("over", "BOOLEAN", "水位（全部机构最晚结算日）是否已到期末日"),
    column("facilities_expected", "BIGINT", "应到机构数：期末月及前三个月内有结算的机构"),
    column(
      "facilities_reached",
      "BIGINT",
      "已到期末的机构数：期末日当天或之后有结算；水位已过期末时，按其通常间隔尚未到下次结算的也算",
    ),
    column(
      "facilities_lagging",
      "BIGINT",
      "滞后机构数：期内应再有结算而未到，且静默超过通常间隔的两倍（至少 3 天）",
    ),
    column("completeness", "DECIMAL(18, 6)", "完整率：已到机构数 ÷ 应到机构数（小数）；无应到机构为 NULL"),
    column("quarantined", "BIGINT", "隔离区中属于本期的待处理记录数"),
    column("quarantined_undated", "BIGINT", "隔离区中无法判断所属期间的待处理记录数"),
    column("unmapped", "BIGINT", "本期涉及未建档机构或代码的记录数"),
    column("closed", "BOOLEAN", "是否已结账"),
    column("may_close", "BOOLEAN", "可否结账（无任何不宜结账的情形，且尚未结账）"),
    column("why_not", "VARCHAR", "不宜结账的原因；可结账时为 NULL"),
  ],
};

const visits = (
  month: string,
): string => `(SELECT sum(f.visits) FROM store.fact f JOIN store.grp g ON g.gid = f.gid
  WHERE f.period = a.${month} AND f."grouping" = 'care+facility' AND g.insurance = 'all' AND g.facility = a.facility)::BIGINT`;

export const QUALITY_FACILITY: ViewDef = {
  kind: "view",
  schema: MAIN,
  name: "quality_facility",
  comment: "各机构数据到达进度：结算数据到了哪一天，是否滞后（按该机构自身的结算间隔判断）",
  columns: [
    column("facility", "a.facility", "医疗机构编码"),
    column("facility_name", "n.name", "医疗机构名称"),
    column("kind", "n.kind", "机构类别"),
    column("latest", "a.latest", "最晚结算时间（辖区时区）"),
    column("lag_days", "a.lag_days", "最晚结算日距水位（全部机构最晚结算日）的天数"),
    column(
      "usual_gap",
      "a.usual_gap",
      "通常间隔：最近 30 次结算日间隔的第 90 百分位（天）；不足 4 个结算日为 NULL",
    ),
    column("standing", "a.standing", `${STANDING}；滞后：静默超过通常间隔的两倍（至少 3 天）`),
    column("days_last_month", "a.days_last_month", "上月有结算的天数"),
    column("days_this_month", "a.days_this_month", "本月（水位所在月）有结算的天数"),
    column("visits_last_month", visits("last_month"), "上月人次；未按机构分组时为 NULL"),
    column("visits_this_month", visits("month"), "本月人次；未按机构分组时为 NULL"),
  ],
  from: "FROM store.facility_arrival a LEFT JOIN store.facility_name n ON n.facility = a.facility",
};

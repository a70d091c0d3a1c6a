import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { GIVEN_INDICATORS } from "../../../schemas/indicators.js";
import { column, MAIN, quoteText, type ViewDef } from "../../../schemas/published/definition.js";
import { dimensionComment, PERIOD_COLUMNS } from "./cell.js";
import { GIVEN_NAME, reportedColumns } from "./indicators.js";
import { besideCode, withNames } from "./named.js";

const GIVEN = GIVEN_INDICATORS.map((i) => quoteText(i.name));

/** All that other offices report, a row a figure, whatever its indicator is called. */
export const REPORTED_FACT_VIEW: ViewDef = {
  kind: "view",
  schema: MAIN,
  name: "reported_fact",
  comment: "上报数：其他部门上报的指标（监管、集采、支付方式改革、认定、资助等），每行一个数字，不汇总",
  columns: [
    ...withNames(PERIOD_COLUMNS),
    ...DIMENSIONS.flatMap((d) => [
      column(d, `c.${d}`, dimensionComment(d)),
      ...besideCode(d),
      ...(d === "facility" ? [column("facility_name", "c.facility_name", "医疗机构名称")] : []),
    ]),
    column("other", "c.other", "没有对应列的其他维度，如 kind 机构类别、goods 集采品类"),
    column("indicator", "c.indicator", "指标名"),
    column("indicator_zh", "c.zh", "指标中文名；不在目录中的为 NULL"),
    column("value", "c.value", "本期上报值"),
    column("unit", "c.unit", "单位，按上报"),
    column("previous", "c.previous", "上年同期上报值"),
    column("change_pct", "c.change_pct", "相对增长（小数）；上年同期为 0 或缺失时为 NULL"),
    ...reportedColumns(),
  ],
  from: `FROM (SELECT f.*, p.period_kind, p.period_start, p.period_end, n.name AS facility_name, ${GIVEN_NAME} AS zh
    FROM store.figure f JOIN store.period p ON p.period = f.period
      LEFT JOIN store.facility_name n ON n.facility = f.facility
    WHERE f.indicator NOT IN (${GIVEN.join(", ")})) c`,
};

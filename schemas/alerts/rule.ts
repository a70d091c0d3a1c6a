import { z } from "zod";

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Kinds of period that a rule may watch: always the current one, which holds the latest settlement's day. */
const ALERT_PERIODS = ["day", "month", "quarter", "half", "year", "ytd"] as const;

/** Tests of a rule, in the order in which the first of them gives the alert its number. */
export const TESTS = ["aheadOfYear", "above", "below", "changeAbove", "changeBelow", "aheadOfPeers"] as const;
export type TestName = (typeof TESTS)[number];

/** A dimension's value that stands for each of its values. */
export const EACH = "*";

/**
 * A rule: a figure, what is asked of it, and how loud it is. Every test that is given must hold for the
 * alert to stand.
 */
export const alertRule = z.strictObject({
  /** Names the alert; unique. */
  name: z.string().min(1).max(80),
  /** An indicator of the published file, or a watch (`facility_silence`, `quarantine_age` …). */
  indicator: z.string().min(1),
  /** Dimension to value, `insurance` among them (default `all`); one value may be "*": a rule for each. */
  where: z.record(z.string(), z.string().min(1)).default({}),
  period: z.enum(ALERT_PERIODS).default("year"),
  /** The figure, a share of the year's money, is ahead of the share of the year gone by, by more than this. */
  aheadOfYear: z.number().optional(),
  above: z.number().optional(),
  below: z.number().optional(),
  /** Against last year: points for a fraction, the relative change for everything else. */
  changeAbove: z.number().optional(),
  changeBelow: z.number().optional(),
  /** Beyond a quartile of the facility's peers: above the third (`upper`), below the first (`lower`). */
  aheadOfPeers: z.enum(["upper", "lower"]).optional(),
  /** The alert is silent while one of these figures of the same row is smaller. */
  atLeast: z.record(z.string(), z.number()).default({}),
  severity: z.enum(SEVERITIES).default("warning"),
  /** Versions in a row that must agree before the alert opens, and before it clears. */
  hold: z.number().int().min(1).max(1000).default(1),
});
export type AlertRule = z.infer<typeof alertRule>;

/** Default rules. Their thresholds are a start: a bureau that knows its funds writes its own list. */
export const DEFAULT_ALERTS: readonly z.input<typeof alertRule>[] = [
  {
    name: "基金支出超时间进度",
    indicator: "settled_progress",
    where: { fund: EACH },
    period: "year",
    aheadOfYear: 0.05,
    severity: "warning",
  },
  {
    name: "基金支出严重超时间进度",
    indicator: "settled_progress",
    where: { fund: EACH },
    period: "year",
    aheadOfYear: 0.1,
    severity: "critical",
  },
  {
    name: "基金可支付月数偏低",
    indicator: "months_payable",
    where: { fund: EACH },
    period: "ytd",
    below: 6,
    severity: "warning",
  },
  {
    name: "基金可支付月数过低",
    indicator: "months_payable",
    where: { fund: EACH },
    period: "ytd",
    below: 3,
    severity: "critical",
  },
  {
    name: "机构住院次均费用异常上涨",
    indicator: "avg_fee",
    where: { care: "inpatient", facility: EACH },
    period: "quarter",
    changeAbove: 0.1,
    aheadOfPeers: "upper",
    atLeast: { visits: 30 },
    severity: "warning",
  },
  {
    name: "机构住院人次人头比偏高",
    indicator: "visits_per_person",
    where: { care: "inpatient", facility: EACH },
    period: "quarter",
    above: 1.5,
    atLeast: { visits: 30 },
    severity: "warning",
  },
  {
    name: "县外住院基金支出占比上升",
    indicator: "share_in_care_fund_paid",
    where: { care: "inpatient", flow: "outbound" },
    period: "quarter",
    changeAbove: 0.03,
    atLeast: { visits: 30 },
    severity: "warning",
  },
  {
    name: "机构长时间无结算数据",
    indicator: "facility_silence",
    where: { facility: EACH },
    above: 2,
    atLeast: { lag_days: 4 },
    severity: "warning",
  },
  {
    name: "隔离记录滞留超过一天",
    indicator: "quarantine_age",
    where: { reason: EACH },
    above: 1,
    severity: "warning",
  },
  {
    name: "已结期间更正超过千分之一",
    indicator: "restatement_share",
    where: { period: EACH },
    above: 0.001,
    severity: "warning",
  },
  { name: "发布文件停滞", indicator: "published_age", above: 300, severity: "critical" },
  { name: "核对发现差异", indicator: "verify_differences", above: 0, severity: "critical" },
];

/**
 * What an alert may watch beside the published indicators: how the data arrives and how far the figures can be
 * trusted. Each is a number of one subject, held against `above` or `below`.
 */
export interface Watch {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly unit: string;
  readonly formula: string;
  /** What its subjects are told apart by; null where there is one subject alone. */
  readonly dimension: string | null;
  /** Amounts that `atLeast` may ask for. */
  readonly amounts: readonly string[];
}

export const WATCHES = [
  {
    name: "facility_silence",
    zh: "机构静默",
    en: "silence of a facility",
    unit: "gap",
    formula: "最晚结算日距水位的天数 ÷ 该机构通常间隔天数；无固定间隔或已停的机构不判断",
    dimension: "facility",
    amounts: ["lag_days"],
  },
  {
    name: "quarantine_age",
    zh: "隔离记录滞留",
    en: "age of quarantined records",
    unit: "day",
    formula: "隔离区中最早一条待处理记录的滞留天数",
    dimension: "reason",
    amounts: ["records"],
  },
  {
    name: "restatement_share",
    zh: "结账后更正幅度",
    en: "restatement since close",
    unit: "fraction",
    formula: "已结期间的合计、就医类型与基金各数中，|本期值 − 结账值| ÷ |结账值| 的最大者",
    dimension: "period",
    amounts: [],
  },
  {
    name: "published_age",
    zh: "发布停滞",
    en: "published file behind",
    unit: "second",
    formula: "有新数据等待发布而未能发布的秒数",
    dimension: null,
    amounts: [],
  },
  {
    name: "verify_differences",
    zh: "核对差异",
    en: "differences found by verify",
    unit: "figure",
    formula: "最近一次独立重算（verify）发现的不一致数字个数",
    dimension: null,
    amounts: [],
  },
] as const satisfies readonly Watch[];

export type WatchName = (typeof WATCHES)[number]["name"];
export const watchOf = (name: string): Watch | undefined => WATCHES.find((w) => w.name === name);

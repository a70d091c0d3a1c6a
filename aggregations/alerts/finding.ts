import { watchOf } from "../../schemas/alerts/watches.js";
import { FACT_INDICATORS } from "../../schemas/fact-indicators.js";
import {
  DIP_INDICATORS,
  ENROLMENT_INDICATORS,
  FUND_INDICATORS,
  INDICATORS,
} from "../../schemas/indicators.js";
import { DIMENSION_LABELS, FUND_LABELS } from "../../schemas/labels.js";
import { VALUE_EN } from "../../schemas/labels-en.js";
import { type Rational, roundHalfUp } from "../rational.js";
import type { TestResult, Verdict } from "./evaluate.js";

/** What an alert says of itself in words. */
export interface Finding {
  readonly subject_zh: string;
  readonly zh: string;
  readonly en: string;
}

interface Named {
  readonly zh: string;
  readonly en: string;
  readonly unit: string;
}

const INDICATOR_NAMES: ReadonlyMap<string, Named> = new Map(
  [...INDICATORS, ...ENROLMENT_INDICATORS, ...FUND_INDICATORS, ...DIP_INDICATORS, ...FACT_INDICATORS].map(
    ({ name, zh, unit }) => [name, { zh, unit, en: name.replaceAll("_", " ") }],
  ),
);

/** Name and unit of what a rule watches; an indicator of another office's own is called by its name. */
export const namesOf = (indicator: string): Named =>
  watchOf(indicator) ?? INDICATOR_NAMES.get(indicator) ?? { zh: indicator, en: indicator, unit: "" };

const times = (value: Rational, factor: bigint): Rational => ({ n: value.n * factor, d: value.d });
const grouped = (text: string): string => {
  const [whole, rest] = text.split(".");
  const marked = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return rest === undefined ? marked : `${marked}.${rest}`;
};
const abs = (value: Rational): Rational => (value.n < 0n ? { n: -value.n, d: value.d } : value);
const decimal = (value: Rational, places: number): string => grouped(roundHalfUp(value, places));
const trimmed = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

const UNITS: Readonly<Record<string, readonly [string, string]>> = {
  visit: ["人次", " visits"],
  person: ["人", " persons"],
  day: ["天", " days"],
  month: ["个月", " months"],
  second: ["秒", " s"],
  gap: ["倍通常间隔", " usual gaps"],
  figure: ["个", " figures"],
};

/** A value in its unit: [Chinese, English]. */
function shown(value: Rational, unit: string): readonly [string, string] {
  if (unit === "fraction") {
    const percent = `${decimal(times(value, 100n), 2)}%`;
    return [percent, percent];
  }
  if (unit === "yuan") {
    const yuan = decimal(value, 2);
    const wan = decimal({ n: value.n, d: value.d * 10_000n }, 2);
    return [abs(value).n >= 10_000n * value.d ? `${wan} 万元` : `${yuan} 元`, `CNY ${yuan}`];
  }
  if (unit.startsWith("yuan/")) return [`${decimal(value, 2)} 元`, `CNY ${decimal(value, 2)}`];
  const text = trimmed(decimal(value, 2));
  const [zh, en] = UNITS[unit] ?? ["", ""];
  return [zh === "" ? text : `${text} ${zh}`, `${text}${en}`];
}

const points = (value: Rational): string => trimmed(decimal(times(abs(value), 100n), 2));

function phrase({ test, measured, threshold }: TestResult, unit: string): readonly [string, string] {
  const m = measured!;
  const t = threshold!;
  switch (test) {
    case "aheadOfYear":
      return [
        `比时间进度快 ${points(m)} 个百分点（阈值 ${points(t)}）`,
        `${points(m)} points ahead of the year (threshold ${points(t)})`,
      ];
    case "changeAbove":
    case "changeBelow": {
      const up = m.n >= 0n;
      const [zhUnit, enUnit] = unit === "fraction" ? [" 个百分点", " points"] : ["%", "%"];
      return [
        `较上年同期${up ? "上升" : "下降"} ${points(m)}${zhUnit}（阈值 ${points(t)}${zhUnit}）`,
        `${up ? "up" : "down"} ${points(m)}${enUnit} on last year (threshold ${points(t)}${enUnit})`,
      ];
    }
    case "aheadOfPeers": {
      const [zh, en] = shown(t, unit);
      const high = m.n * t.d > t.n * m.d;
      return [
        `${high ? "高于同类机构上" : "低于同类机构下"}四分位数 ${zh}`,
        `${high ? "above the upper" : "below the lower"} quartile of its peers, ${en}`,
      ];
    }
    default: {
      const [zh, en] = shown(t, unit);
      return test === "above" ? [`高于 ${zh}`, `above ${en}`] : [`低于 ${zh}`, `below ${en}`];
    }
  }
}

const LABELS = { ...DIMENSION_LABELS, fund: FUND_LABELS };
const labelOf = (dimension: string, value: string): string =>
  (LABELS as typeof DIMENSION_LABELS)[dimension]?.find((l) => l.value === value)?.zh ?? value;
const fundEn = (dimension: string, value: string): string =>
  dimension === "fund" ? (VALUE_EN.fund?.[value] ?? value) : value;

/** The sentence of an alert, from the figures of the version alone; no personal data is in it. */
export function findingOf({ question, reading, tests }: Verdict): Finding {
  const { rule, each, fixed, insurance, period } = question;
  const { zh, en, unit } = namesOf(rule.indicator);
  const place = Object.entries({ ...(insurance === "all" ? {} : { insurance }), ...fixed }).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const subjectZh = each === null ? "" : named(each, reading.subject, reading.name, "zh");
  const subjectEn = each === null ? "" : named(each, reading.subject, reading.name, "en");
  const fixedZh = place.map(([d, v]) => labelOf(d, v)).join("·");
  const fixedEn = place.map(([d, v]) => fundEn(d, v)).join(", ");
  const subject_zh = [subjectZh, fixedZh].filter((t) => t !== "").join("·") || zh;
  const told = tests.filter((t) => t.measured !== null && t.threshold !== null);
  const phrases = told.map((t) => phrase(t, unit));
  const [valueZh, valueEn] = reading.value === null ? ["暂无数据", "no figure"] : shown(reading.value, unit);
  const when = period === null ? ["", ""] : [`（${period}）`, ` (${period})`];
  const head = [subjectZh, fixedZh].filter((t) => t !== "").join("·");
  const headEn = [subjectEn, fixedEn].filter((t) => t !== "").join(", ");
  return {
    subject_zh,
    zh: `${head === "" ? "" : `${head}：`}${zh} ${[valueZh, ...phrases.map((p) => p[0])].join("，")}${when[0]}`,
    en: `${headEn === "" ? "" : `${headEn}: `}${en} ${[valueEn, ...phrases.map((p) => p[1])].join(", ")}${when[1]}`,
  };
}

function named(dimension: string, value: string, name: string | null, language: "zh" | "en"): string {
  if (name !== null) return name;
  return language === "zh" ? labelOf(dimension, value) : fundEn(dimension, value);
}

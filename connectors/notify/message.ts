import type { AlertEvent, AlertFacts } from "../../aggregations/alerts/machine.js";

/** What a channel is told: one event of one alert. Figures, codes and names of facilities; never of a person. */
export interface AlertMessage {
  /** The same in every repetition: who has had it already, knows. */
  readonly id: string;
  readonly event: AlertEvent["event"] | "test";
  readonly alert: string;
  readonly rule: string;
  readonly severity: AlertEvent["severity"];
  readonly jurisdiction: string;
  readonly version: number;
  /** ISO 8601 with the jurisdiction's offset. */
  readonly at: string;
  readonly indicator: string;
  readonly indicator_zh: string;
  readonly unit: string;
  readonly period: string | null;
  readonly insurance: string | null;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly subject_zh: string;
  readonly value: string | null;
  readonly measured: string | null;
  readonly threshold: string | null;
  readonly finding: string;
  readonly finding_en: string;
}

/** The message of an event; `at` as it is to be shown. */
export function messageOf(
  event: AlertEvent,
  facts: AlertFacts,
  jurisdiction: string,
  at: string,
): AlertMessage {
  return {
    id: `${event.alert}.${event.event}`,
    event: event.event,
    alert: event.alert,
    rule: event.rule,
    severity: event.severity,
    jurisdiction,
    version: event.version,
    at,
    indicator: facts.indicator,
    indicator_zh: facts.indicator_zh,
    unit: facts.unit,
    period: facts.period,
    insurance: facts.insurance,
    dimensions: facts.dimensions,
    subject_zh: facts.subject_zh,
    value: event.value,
    measured: facts.measured,
    threshold: facts.threshold,
    finding: event.finding,
    finding_en: event.finding_en,
  };
}

const SEVERITY = { info: "提示", warning: "警告", critical: "严重" } as const;
const EVENT = { opened: "预警", acknowledged: "预警已确认", cleared: "预警解除", test: "测试消息" } as const;

/** One line that names what happened: subject of a mail, title of a robot's message. */
export const titleOf = (m: AlertMessage): string =>
  `[${SEVERITY[m.severity]}] ${EVENT[m.event]}：${m.rule}${m.subject_zh === "" ? "" : `（${m.subject_zh}）`}`;

/** The lines below the title. */
export const linesOf = (m: AlertMessage): readonly string[] => [
  m.finding,
  `${m.jurisdiction} · 版本 ${m.version} · ${m.at.slice(0, 16).replace("T", " ")}`,
  `编号 ${m.id}`,
];

import type { AlertRule, Severity, TestName } from "../../schemas/alerts/rule.js";
import type { EpochMs } from "../../schemas/units.js";
import { type Rational, roundHalfUp } from "../rational.js";
import type { Verdict } from "./evaluate.js";
import { findingOf, namesOf } from "./finding.js";

/** What an alert was about when it last stood; decimals as text with six places. */
export interface AlertFacts {
  readonly severity: Severity;
  readonly indicator: string;
  readonly indicator_zh: string;
  readonly unit: string;
  readonly period: string | null;
  readonly insurance: string | null;
  readonly grouping: string | null;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly name: string | null;
  readonly subject_zh: string;
  readonly test: TestName;
  readonly value: string | null;
  readonly measured: string | null;
  readonly threshold: string | null;
  readonly finding: string;
  readonly finding_en: string;
}

/** `quiet`: it breaches, but not yet for long enough; or it did. */
export type AlertState = "quiet" | "open" | "acknowledged" | "cleared";

/** One subject of one rule, from its first breach on. */
export interface Alert {
  readonly key: string;
  readonly rule: string;
  /** Hash of the key: begins the ids of its alerts. */
  readonly name: string;
  readonly state: AlertState;
  /** How often it opened. */
  readonly openings: number;
  /** Versions in a row that speak against the state. */
  readonly streak: number;
  readonly facts: AlertFacts;
  readonly openedAt: EpochMs | null;
  readonly openedVersion: number | null;
  readonly acknowledgedAt: EpochMs | null;
  readonly acknowledgedBy: string | null;
  readonly note: string | null;
  readonly clearedAt: EpochMs | null;
  readonly clearedVersion: number | null;
}

export const alertId = ({ name, openings }: Pick<Alert, "name" | "openings">): string =>
  `${name}-${openings}`;

export interface AlertEvent {
  /** Id of the alert. */
  readonly alert: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly event: "opened" | "acknowledged" | "cleared";
  readonly at: EpochMs;
  readonly version: number;
  readonly by: string | null;
  readonly note: string | null;
  readonly value: string | null;
  readonly finding: string;
  readonly finding_en: string;
}

/** When a version was published. */
export interface PublishMoment {
  readonly version: number;
  readonly at: EpochMs;
}

export interface Step {
  /** Alerts that are new or differ from before. */
  readonly changed: readonly Alert[];
  readonly events: readonly AlertEvent[];
}

const six = (value: Rational | null): string | null => (value === null ? null : roundHalfUp(value, 6));

/** What an alert says of its subject, money and ratios as decimals with six places. */
export function factsOf(verdict: Verdict): AlertFacts {
  const { question, reading, tests } = verdict;
  const { rule, each, fixed, insurance, period, grouping } = question;
  const [first] = tests;
  const { subject_zh, zh, en } = findingOf(verdict);
  return {
    severity: rule.severity,
    indicator: rule.indicator,
    indicator_zh: namesOf(rule.indicator).zh,
    unit: namesOf(rule.indicator).unit,
    period: each === "period" ? reading.subject : period,
    insurance,
    grouping,
    dimensions: each === null || each === "period" ? fixed : { ...fixed, [each]: reading.subject },
    name: reading.name,
    subject_zh,
    test: first.test,
    value: six(reading.value),
    measured: six(first.measured),
    threshold: six(first.threshold),
    finding: zh,
    finding_en: en,
  };
}

const stands = (s: Alert): boolean => s.state === "open" || s.state === "acknowledged";

/**
 * Takes the verdicts of one version. A rule's `hold` versions in a row must agree before its alert opens and
 * before it clears; while it is open it never opens again, in whatever period the figure is. A subject that
 * stands and has no verdict any more does not breach; that of a rule that is gone clears at once.
 * @param alerts every subject that has an alert, by key
 * @param nameOf short name of a key, the same in every run
 */
export function takeVersion(
  alerts: ReadonlyMap<string, Alert>,
  verdicts: readonly Verdict[],
  rules: readonly AlertRule[],
  moment: PublishMoment,
  nameOf: (key: string) => string,
): Step {
  const changed: Alert[] = [];
  const events: AlertEvent[] = [];
  const seen = new Set<string>();
  for (const verdict of verdicts) {
    seen.add(verdict.key);
    const before = alerts.get(verdict.key);
    if (before === undefined && !verdict.breached) continue;
    const after = judged(before ?? fresh(verdict, nameOf(verdict.key)), verdict, moment, events);
    if (before === undefined || differs(before, after)) changed.push(after);
  }
  const holds = new Map(rules.map((r) => [r.name, r.hold]));
  for (const before of alerts.values()) {
    if (seen.has(before.key)) continue;
    const hold = holds.get(before.rule) ?? 1;
    const after = stands(before) ? against(before, hold, moment, events, null) : quietened(before);
    if (differs(before, after)) changed.push(after);
  }
  return { changed, events };
}

const fresh = (verdict: Verdict, name: string): Alert => ({
  key: verdict.key,
  rule: verdict.question.rule.name,
  name,
  state: "quiet",
  openings: 0,
  streak: 0,
  facts: factsOf(verdict),
  openedAt: null,
  openedVersion: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  note: null,
  clearedAt: null,
  clearedVersion: null,
});

const quietened = (s: Alert): Alert => (s.streak === 0 ? s : { ...s, streak: 0 });

function judged(before: Alert, verdict: Verdict, moment: PublishMoment, events: AlertEvent[]): Alert {
  const { hold } = verdict.question.rule;
  if (stands(before)) {
    if (!verdict.breached) return against(before, hold, moment, events, verdict);
    return { ...before, streak: 0, facts: factsOf(verdict) };
  }
  if (!verdict.breached) return quietened(before);
  const streak = before.streak + 1;
  if (streak < hold) return { ...before, streak };
  const opened: Alert = {
    ...before,
    state: "open",
    openings: before.openings + 1,
    streak: 0,
    facts: factsOf(verdict),
    openedAt: moment.at,
    openedVersion: moment.version,
    acknowledgedAt: null,
    acknowledgedBy: null,
    note: null,
    clearedAt: null,
    clearedVersion: null,
  };
  events.push(eventOf(opened, "opened", moment));
  return opened;
}

/** One more version in which an open alert does not breach. */
function against(
  before: Alert,
  hold: number,
  moment: PublishMoment,
  events: AlertEvent[],
  verdict: Verdict | null,
): Alert {
  const streak = before.streak + 1;
  if (streak < hold) return { ...before, streak };
  const after: Alert = {
    ...before,
    state: "cleared",
    streak: 0,
    clearedAt: moment.at,
    clearedVersion: moment.version,
  };
  const now = verdict === null ? null : factsOf(verdict);
  events.push({
    ...eventOf(after, "cleared", moment),
    ...(now === null ? {} : { value: now.value, finding: now.finding, finding_en: now.finding_en }),
  });
  return after;
}

const eventOf = (s: Alert, event: AlertEvent["event"], { at, version }: PublishMoment): AlertEvent => ({
  alert: alertId(s),
  rule: s.rule,
  severity: s.facts.severity,
  event,
  at,
  version,
  by: null,
  note: null,
  value: s.facts.value,
  finding: s.facts.finding,
  finding_en: s.facts.finding_en,
});

/** Marks an open alert as seen by someone; null where it is not open (any more). */
export function acknowledge(
  alert: Alert,
  by: string,
  note: string,
  moment: PublishMoment,
): { readonly after: Alert; readonly event: AlertEvent } | null {
  if (alert.state !== "open") return null;
  const after: Alert = {
    ...alert,
    state: "acknowledged",
    acknowledgedAt: moment.at,
    acknowledgedBy: by,
    note,
  };
  return { after, event: { ...eventOf(after, "acknowledged", moment), by, note } };
}

function differs(a: Alert, b: Alert): boolean {
  return a !== b && JSON.stringify(a) !== JSON.stringify(b);
}

import { evaluate, type Verdict } from "../../aggregations/alerts/evaluate.js";
import { namesOf } from "../../aggregations/alerts/finding.js";
import {
  type Alert,
  type AlertEvent,
  acknowledge,
  alertId,
  type PublishMoment,
  type Step,
  takeVersion,
} from "../../aggregations/alerts/machine.js";
import { type Question, questionOf, type Reading } from "../../aggregations/alerts/readings.js";
import { type AlertMessage, messageOf } from "../../connectors/notify/message.js";
import { channelName } from "../../connectors/notify/notifier.js";
import type { AlertJudge, AlertRows, ChannelRow } from "../../connectors/ports/alerts.js";
import { AlertStore, EVENT_DAYS_MS } from "../../connectors/state/alerts.js";
import { alertName } from "../../schemas/alerts/alert-id.js";
import { type AlertRule, SEVERITIES, type Severity } from "../../schemas/alerts/rule.js";
import type { Config } from "../../schemas/config/schema.js";
import type { DayNumber, EpochMs } from "../../schemas/units.js";
import type { PublishState } from "../ledger/ports.js";

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** How sending goes over each channel of the configuration. */
export function channelRows(store: AlertStore, { notify }: Pick<Config, "notify">): ChannelRow[] {
  return store.channels(notify.map(channelName)).map((c, i) => ({
    channel: c.name,
    kind: notify[i].kind,
    waiting: c.waiting,
    sent: c.sent,
    lastSentAt: c.last_sent_at,
    failingSince: c.failing_since,
    lastError: c.last_error,
  }));
}

/**
 * The alerts of a state: evaluated with every version, kept with the next commit after it was published, so that
 * a publish that fails leaves them as they were.
 */
export class AlertEvaluator {
  readonly store: AlertStore;
  readonly #alerts: Map<string, Alert>;
  /** What the version under way changes. */
  #step: Step | null = null;
  /** The published events may not be those of the state. */
  #eventsDue = true;

  constructor(private readonly state: PublishState) {
    this.store = new AlertStore(state.store);
    this.#alerts = new Map(this.store.alerts().map((s) => [s.key, s]));
    this.store.forgetOthers(state.config.notify.map(channelName));
  }

  /** Every subject that ever breached, by key. */
  get alerts(): readonly Alert[] {
    return [...this.#alerts.values()];
  }

  /** Judges one version while it is made. */
  judge(now: EpochMs, asOf: DayNumber | null, full: boolean): AlertJudge {
    const { alerts } = this.state.config;
    const questions = alerts.flatMap((rule) => questionOf(rule, asOf) ?? []);
    this.#step = null;
    if (full) this.#eventsDue = true;
    return {
      questions,
      judge: (version, readings) => {
        const verdicts = questions.flatMap((question, i) => verdictsOf(question, readings[i], asOf));
        const step = takeVersion(this.#alerts, verdicts, alerts, { version, at: now }, alertName);
        this.#step = step;
        return this.#rows(step);
      },
    };
  }

  #rows({ changed, events }: Step): AlertRows {
    const alerts = new Map(this.#alerts);
    for (const s of changed) alerts.set(s.key, s);
    if (events.length > 0) this.#eventsDue = true;
    // As the store keeps them: the newest event is what makes the oldest go.
    const since = events.length > 0 ? events[0]!.at - EVENT_DAYS_MS : undefined;
    const kept = this.#eventsDue ? this.store.events(since) : [];
    const next = this.store.lastEvent() + 1;
    return {
      alerts: [...alerts.values()],
      ...(this.#eventsDue
        ? { events: [...kept, ...events.map((event, i) => ({ seq: next + i, event }))] }
        : {}),
      channels: this.channels(),
    };
  }

  /** How sending goes. */
  channels(): ChannelRow[] {
    return channelRows(this.store, this.state.config);
  }

  /** The version was published. Call inside the commit that says so. */
  published(): void {
    const step = this.#step;
    this.#step = null;
    this.#eventsDue = false;
    if (step !== null) this.#keep(step);
  }

  #keep({ changed, events }: Step): void {
    const facts = new Map(changed.map((s) => [alertId(s), s.facts]));
    const messages = events
      .filter((e) => e.event !== "acknowledged")
      .flatMap((e) => this.#messages(e, facts.get(e.alert)!));
    this.store.keep(changed, events, messages);
    for (const s of changed) this.#alerts.set(s.key, s);
  }

  #messages(event: AlertEvent, facts: Alert["facts"]): { channel: string; message: AlertMessage }[] {
    const { config } = this.state;
    const message = messageOf(event, facts, config.jurisdiction.name, this.#time(event.at));
    return config.notify
      .filter((channel) => rank(event.severity) >= rank(channel.severity))
      .map((channel) => ({ channel: channelName(channel), message }));
  }

  /** ISO 8601 with the jurisdiction's offset. */
  #time(at: EpochMs): string {
    const offset = this.state.calendar.offsetMs(at);
    const minutes = Math.round(Math.abs(offset) / 60_000);
    const two = (n: number): string => String(n).padStart(2, "0");
    const sign = offset < 0 ? "-" : "+";
    return `${new Date(at + offset).toISOString().slice(0, 19)}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  }

  /** Someone has seen an alert; false where it is not open. The next version shows it. */
  acknowledge(id: string, by: string, note: string, moment: PublishMoment): boolean {
    const found = this.alerts.find((s) => alertId(s) === id);
    const done = found === undefined ? null : acknowledge(found, by, note, moment);
    if (done === null) return false;
    this.state.store.commit(() => this.#keep({ changed: [done.after], events: [done.event] }));
    this.#eventsDue = true;
    return true;
  }

  /** Publishing has been owed for so long: evaluated without a version, because there is none that could show it. */
  owed(seconds: number, moment: PublishMoment): void {
    const watching = this.#rulesOf("published_age");
    if (watching.length === 0) return;
    const verdicts = watching.flatMap((rule) =>
      verdictsOf(questionOf(rule, null)!, [ageReading(BigInt(Math.floor(seconds)))], null),
    );
    if (!verdicts.some((v) => v.breached && !this.#isOpen(v.key))) return;
    const own = new Map(verdicts.flatMap((v) => entryOf(this.#alerts, v.key)));
    const step = takeVersion(own, verdicts, watching, moment, alertName);
    if (step.changed.length === 0) return;
    this.state.store.commit(() => this.#keep(step));
    this.#eventsDue = true;
  }

  /** Whether time alone, without any new record, has made an alert due that a version would open or clear. */
  isDue(now: EpochMs): boolean {
    const rules = this.#rulesOf("quarantine_age");
    if (rules.length === 0) return false;
    const oldest = this.state.store.quarantine.waitingSince();
    return rules.some((rule) => {
      const question = questionOf(rule, null)!;
      const readings = oldest
        .filter(({ reason }) => question.fixed.reason === undefined || question.fixed.reason === reason)
        .map(({ reason, since }) => ({
          ...ageReading(0n),
          subject: question.each === null ? "" : reason,
          value: { n: BigInt(now - since), d: 86_400_000n },
          amounts: { records: { n: 1_000_000_000n, d: 1n } },
        }));
      return verdictsOf(question, readings, null).some((v) => v.breached && !this.#isOpen(v.key));
    });
  }

  #rulesOf(indicator: string): AlertRule[] {
    return this.state.config.alerts.filter((r) => r.indicator === indicator);
  }

  #isOpen(key: string): boolean {
    const state = this.#alerts.get(key)?.state;
    return state === "open" || state === "acknowledged";
  }
}

const verdictsOf = (question: Question, readings: readonly Reading[], asOf: DayNumber | null): Verdict[] =>
  evaluate(question, readings, asOf, namesOf(question.rule.indicator).unit);

const ageReading = (seconds: bigint): Reading => ({
  subject: "",
  name: null,
  value: { n: seconds, d: 1n },
  previous: null,
  amounts: {},
});

function entryOf(alerts: ReadonlyMap<string, Alert>, key: string): [string, Alert][] {
  const found = alerts.get(key);
  return found === undefined ? [] : [[key, found]];
}

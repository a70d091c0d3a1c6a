import { type Alert, alertId } from "../../aggregations/alerts/machine.js";
import { Notifier } from "../../connectors/notify/notifier.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { EpochMs } from "../../schemas/units.js";
import type { State } from "../ledger/state.js";
import type { AlertEvaluator } from "../publish/alerts.js";
import type { PublishLoop } from "../publish/loop.js";
import type { AlertEntry, EngineDeps } from "./port.js";

/** How often it is looked whether time alone has made an alert due. */
const LOOK_MS = 10_000;
/** How long a process that ends waits for receivers at most. */
const FLUSH_MS = 10_000;

export interface AlertParts {
  readonly state: State;
  readonly book: AlertEvaluator;
  readonly loop: PublishLoop;
  readonly deps: EngineDeps;
}

/** Alerts beside the running engine: their messages, what the clock makes due, and who has seen them. */
export class AlertService {
  readonly #parts: AlertParts;
  readonly #notifier: Notifier;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #publishing = false;

  constructor(parts: AlertParts) {
    this.#parts = parts;
    const { state, book, deps } = parts;
    this.#notifier = new Notifier({
      channels: state.config.notify,
      outbox: book.store,
      clock: deps.clock,
      told: (channel, error) => {
        if (error !== null) deps.log.warn("alert not sent", { channel, error });
        deps.observer.notified?.(channel, error === null);
      },
    });
  }

  /** Begins sending what waits, also from an earlier run. */
  start(): void {
    this.#notifier.start();
  }

  /** Each second of a run; never waits. Throws where the state cannot be written. */
  tick(now: EpochMs): void {
    const { book, loop, deps } = this.#parts;
    deps.observer.alerts?.({ alerts: book.alerts, channels: book.channels() });
    const owed = loop.owedSeconds();
    if (owed > 0) book.owed(owed, { version: loop.version ?? 0, at: now });
    if (this.#publishing || performance.now() - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = performance.now();
    if (!this.isDue()) return;
    this.#publishing = true;
    loop
      .publishAgain()
      .catch((error: Error) => deps.log.debug("publish for an alert failed", { error: error.message }))
      .finally(() => {
        this.#publishing = false;
      });
  }

  /** Whether time alone has made an alert due, so that a version should be made without a new figure. */
  isDue(): boolean {
    return this.#parts.book.isDue(this.#parts.deps.clock());
  }

  /** Alerts that are open or were cleared, those that opened last first. */
  list(): AlertEntry[] {
    return this.#parts.book.alerts
      .filter((a) => a.state !== "quiet")
      .sort((a, b) => (b.openedAt ?? 0) - (a.openedAt ?? 0) || (a.key < b.key ? -1 : 1))
      .map(entryOf);
  }

  /** @throws FundpulseError FP8001 where no such alert is open */
  async acknowledge(id: string, by: string, note: string): Promise<AlertEntry> {
    const { book, loop, deps } = this.#parts;
    const moment = { version: loop.version ?? 0, at: deps.clock() };
    if (!book.acknowledge(id, by, note, moment)) {
      const known = book.alerts.find((a) => alertId(a) === id);
      const why = known === undefined ? "there is no such alert" : `it is ${known.state}`;
      throw new FundpulseError("FP8001", `alert ${id} cannot be acknowledged: ${why}`);
    }
    deps.log.info("alert acknowledged", { alert: id, by });
    await loop.publishAgain();
    return entryOf(book.alerts.find((a) => alertId(a) === id)!);
  }

  /** Sends what is due, for a limited time; the rest is sent by the next process that holds the state. */
  async end(): Promise<void> {
    await this.#notifier.flush(FLUSH_MS);
    this.#notifier.stop();
  }
}

const entryOf = (alert: Alert): AlertEntry => ({
  id: alertId(alert),
  rule: alert.rule,
  severity: alert.facts.severity,
  state: alert.state as AlertEntry["state"],
  finding: alert.facts.finding,
  openedAt: alert.openedAt,
  clearedAt: alert.clearedAt,
  acknowledgedBy: alert.acknowledgedBy,
  note: alert.note,
});

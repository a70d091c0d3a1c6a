import type Database from "better-sqlite3";
import type { Alert, AlertEvent } from "../../aggregations/alerts/machine.js";
import type { EpochMs } from "../../schemas/units.js";
import type { AlertMessage } from "../notify/message.js";
import type { Outbox, WaitingMessage } from "../notify/notifier.js";

/** How sending over a channel goes. */
export interface ChannelState {
  readonly name: string;
  readonly sent: number;
  readonly waiting: number;
  readonly last_sent_at: EpochMs | null;
  readonly failing_since: EpochMs | null;
  readonly failures: number;
  readonly last_error: string | null;
}

interface Committing {
  readonly db: Database.Database;
  commit<T>(work: () => T): T;
}

/** Events that are older than the newest by more than this are deleted. */
export const EVENT_DAYS_MS = 400 * 86_400_000;

/** Alerts, their history and their messages in the state file. Rows are few: hundreds. */
export class AlertStore implements Outbox {
  readonly #db: Database.Database;

  constructor(private readonly store: Committing) {
    this.#db = store.db;
  }

  alerts(): Alert[] {
    return (this.#db.prepare("SELECT data FROM alert ORDER BY key").raw().all() as [string][]).map(
      ([data]) => JSON.parse(data) as Alert,
    );
  }

  /** Events in their order, with their numbers. */
  events(since: EpochMs = Number.MIN_SAFE_INTEGER): { readonly seq: number; readonly event: AlertEvent }[] {
    return (
      this.#db.prepare("SELECT seq, data FROM alert_event WHERE at >= ? ORDER BY seq").raw().all(since) as [
        number,
        string,
      ][]
    ).map(([seq, data]) => ({ seq, event: JSON.parse(data) as AlertEvent }));
  }

  /** Number of the latest event; 0 before the first. */
  lastEvent(): number {
    return (this.#db.prepare("SELECT max(seq) FROM alert_event").pluck().get() as number | null) ?? 0;
  }

  /** Keeps what a version changed, and the messages of it. Call inside a commit. */
  keep(
    changed: readonly Alert[],
    events: readonly AlertEvent[],
    messages: readonly { readonly channel: string; readonly message: AlertMessage }[],
  ): void {
    const alert = this.#db.prepare("INSERT OR REPLACE INTO alert (key, data) VALUES (?, ?)");
    for (const s of changed) alert.run(s.key, JSON.stringify(s));
    const event = this.#db.prepare("INSERT INTO alert_event (at, data) VALUES (?, ?)");
    for (const e of events) event.run(e.at, JSON.stringify(e));
    if (events.length > 0)
      this.#db.prepare("DELETE FROM alert_event WHERE at < ?").run(events[0].at - EVENT_DAYS_MS);
    const put = this.#db.prepare("INSERT INTO outbox (channel, message) VALUES (?, ?)");
    for (const { channel, message } of messages) put.run(channel, JSON.stringify(message));
  }

  channels(names: readonly string[]): ChannelState[] {
    const row = this.#db.prepare("SELECT * FROM alert_channel WHERE name = ?");
    const waiting = this.#db.prepare("SELECT count(*) FROM outbox WHERE channel = ?").pluck();
    return names.map((name) => ({
      sent: 0,
      last_sent_at: null,
      failing_since: null,
      failures: 0,
      last_error: null,
      ...(row.get(name) as Partial<ChannelState> | undefined),
      name,
      waiting: waiting.get(name) as number,
    }));
  }

  next(channel: string, now: EpochMs): WaitingMessage | null {
    const rest = this.#db.prepare("SELECT rest_until FROM alert_channel WHERE name = ?").pluck().get(channel);
    if (typeof rest === "number" && rest > now) return null;
    const row = this.#db
      .prepare("SELECT id, message FROM outbox WHERE channel = ? ORDER BY id LIMIT 1")
      .get(channel) as { id: number; message: string } | undefined;
    return row === undefined ? null : { id: row.id, message: JSON.parse(row.message) as AlertMessage };
  }

  sent(channel: string, id: number, at: EpochMs): void {
    this.store.commit(() => {
      this.#db.prepare("DELETE FROM outbox WHERE id = ?").run(id);
      this.#db
        .prepare(
          `INSERT INTO alert_channel (name, sent, last_sent_at) VALUES (?, 1, ?)
          ON CONFLICT (name) DO UPDATE SET sent = sent + 1, last_sent_at = excluded.last_sent_at, failures = 0,
            failing_since = NULL, rest_until = 0, last_error = NULL`,
        )
        .run(channel, at);
    });
  }

  failed(channel: string, error: string, at: EpochMs, retryAt: EpochMs): void {
    this.store.commit(() =>
      this.#db
        .prepare(
          `INSERT INTO alert_channel (name, failing_since, failures, rest_until, last_error) VALUES (?, ?, 1, ?, ?)
          ON CONFLICT (name) DO UPDATE SET failures = failures + 1, rest_until = excluded.rest_until,
            failing_since = coalesce(failing_since, excluded.failing_since), last_error = excluded.last_error`,
        )
        .run(channel, at, retryAt, error),
    );
  }

  failures(channel: string): number {
    return (
      (this.#db.prepare("SELECT failures FROM alert_channel WHERE name = ?").pluck().get(channel) as
        | number
        | undefined) ?? 0
    );
  }

  /** Drops what waits for channels that are no more. */
  forgetOthers(names: readonly string[]): void {
    const waiting = this.#db.prepare("SELECT DISTINCT channel FROM outbox").pluck().all() as string[];
    const gone = waiting.filter((name) => !names.includes(name));
    if (gone.length === 0) return;
    this.store.commit(() => {
      for (const name of gone) this.#db.prepare("DELETE FROM outbox WHERE channel = ?").run(name);
    });
  }
}

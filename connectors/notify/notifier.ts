import type { AlertChannel } from "../../schemas/alerts/channel.js";
import type { EpochMs } from "../../schemas/units.js";
import { sendMail } from "./mail.js";
import type { AlertMessage } from "./message.js";
import { sendWebhook } from "./webhook.js";

/** Pauses after each failure in a row; the last one again and again. */
const PAUSES_MS = [2_000, 10_000, 60_000, 300_000, 900_000, 3_600_000] as const;
/** Waiting messages are looked for this often, beside when one is put. */
const LOOK_MS = 1000;

export interface WaitingMessage {
  readonly id: number;
  readonly message: AlertMessage;
}

/** Messages that wait, in the state: they outlive the process. */
export interface Outbox {
  /** The oldest message of a channel whose pause is over. */
  next(channel: string, now: EpochMs): WaitingMessage | null;
  sent(channel: string, id: number, at: EpochMs): void;
  /** @param retryAt the channel rests until then */
  failed(channel: string, error: string, at: EpochMs, retryAt: EpochMs): void;
  /** Failures in a row. */
  failures(channel: string): number;
}

export const channelName = (channel: AlertChannel): string => channel.name ?? channel.kind;

/** Sends one message over one channel; throws with a reason that may be shown. */
export const send = (channel: AlertChannel, message: AlertMessage, now: EpochMs): Promise<void> =>
  channel.kind === "email" ? sendMail(channel, message) : sendWebhook(channel, message, now);

export interface NotifierOptions {
  readonly channels: readonly AlertChannel[];
  readonly outbox: Outbox;
  readonly clock: () => EpochMs;
  readonly told: (channel: string, error: string | null) => void;
  /** Default PAUSES_MS. */
  readonly pauses?: readonly number[];
}

/**
 * Takes messages out of the outbox, for each channel one after the other, and forgets one only when its
 * receiver has accepted it: at least once. A channel that fails rests, each time longer; the others go on.
 * Nothing waits for it but `flush`.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.channels.length === 0 || this.#timer !== null) return;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
    this.look();
  }

  /** Begins sending what is due. */
  look(): void {
    if (this.#ended) return;
    for (const channel of this.#options.channels) {
      const name = channelName(channel);
      if (this.#running.has(name)) continue;
      const work = this.#drain(channel, name)
        // A state that takes no commit any more stops the engine by itself; the message stays in it.
        .catch(() => undefined)
        .finally(() => this.#running.delete(name));
      this.#running.set(name, work);
    }
  }

  /** Sends what is due, for so long at most. */
  async flush(atMostMs: number): Promise<void> {
    this.look();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, atMostMs);
    });
    await Promise.race([Promise.all(this.#running.values()), limit]);
    clearTimeout(timer);
  }

  /** Begins nothing more; the state may be closed afterwards. What is under way may be sent once more later. */
  stop(): void {
    this.#ended = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #drain(channel: AlertChannel, name: string): Promise<void> {
    const { outbox, clock, told, pauses = PAUSES_MS } = this.#options;
    for (;;) {
      if (this.#ended) return;
      const waiting = outbox.next(name, clock());
      if (waiting === null) return;
      let error: string | null = null;
      try {
        await send(channel, waiting.message, clock());
      } catch (cause) {
        error = (cause as Error).message;
      }
      if (this.#ended) return;
      told(name, error);
      if (error === null) {
        outbox.sent(name, waiting.id, clock());
        continue;
      }
      const pause = pauses[Math.min(outbox.failures(name), pauses.length - 1)];
      outbox.failed(name, error, clock(), clock() + pause);
      return;
    }
  }
}

import type { Alert } from "../../aggregations/alerts/machine.js";
import type { EpochMs, Fen } from "../../schemas/units.js";
import type { ChannelRow } from "./alerts.js";
import type { SourceConnection, SourceLag } from "./source.js";

/** What becomes of a record: exactly one of these. */
export const OUTCOMES = ["applied", "duplicate", "held", "quarantined"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What became of the records of one batch; the four counts add up to the records received. */
export interface BatchOutcome extends Readonly<Record<Outcome, number>> {
  readonly source: string;
  readonly partition: string;
  /** From the start of decoding to the commit. */
  readonly seconds: number;
}

export interface PublishOutcome {
  readonly version: number;
  readonly seconds: number;
  /** Latest `setl_time` applied; null before the first settlement. */
  readonly watermark: EpochMs | null;
  /** For batches whose newest record's append time is known: from there to this publish. */
  readonly appendToVisibleSeconds: readonly number[];
}

/**
 * What a running engine tells the world around it: metrics, health and the progress line are made from
 * this. Calls are cheap, never throw and carry no record values.
 */
export interface Observer {
  /** A batch is durable. */
  batch(outcome: BatchOutcome): void;
  published(outcome: PublishOutcome): void;
  publishFailed(error: unknown): void;
  /** A published version stands that this process did not have to make, or was put back in its place. */
  standing?(outcome: Pick<PublishOutcome, "version" | "watermark">): void;
  /** Everything there was to read has been read. */
  drained(): void;
  lag(lags: readonly SourceLag[]): void;
  /** Whether the source answers, each second. */
  connection?(outcome: SourceConnection): void;
  quality?(outcome: QualityOutcome): void;
  /** The state of alerts and their channels. */
  alerts?(outcome: AlertOutcome): void;
  /** Why only a part of the source is read, or null when all of it is. */
  incomplete?(why: string | null): void;
  /** Accepted gaps that nobody has dismissed. */
  gaps?(open: number): void;
  /** A receiver accepted a message, or did not. */
  notified?(channel: string, accepted: boolean): void;
}

/** What waits for somebody: told when it changed, at most every few seconds. */
export interface QualityOutcome {
  /** Records that wait in the quarantine, by reason. */
  readonly waiting: ReadonlyMap<string, number>;
  /** Fee of settlements whose facility or code is not known, by kind (`facility`, `category`, `psn_type` …). */
  readonly unmapped: ReadonlyMap<string, Fen>;
  /** The last recount; null before the first. */
  readonly verified: { readonly at: EpochMs; readonly differences: number } | null;
  /** Room left on the disk of `data`, in bytes; null where the system does not say. */
  readonly diskFree: number | null;
}

export interface AlertOutcome {
  readonly alerts: readonly Alert[];
  readonly channels: readonly ChannelRow[];
}

/** An observer that tells each of several. */
export function allObservers(observers: readonly Observer[]): Observer {
  return {
    batch: (outcome) => observers.forEach((o) => void o.batch(outcome)),
    published: (outcome) => observers.forEach((o) => void o.published(outcome)),
    publishFailed: (error) => observers.forEach((o) => void o.publishFailed(error)),
    standing: (outcome) => observers.forEach((o) => void o.standing?.(outcome)),
    drained: () => observers.forEach((o) => void o.drained()),
    connection: (outcome) => observers.forEach((o) => void o.connection?.(outcome)),
    quality: (outcome) => observers.forEach((o) => void o.quality?.(outcome)),
    lag: (lags) => observers.forEach((o) => void o.lag(lags)),
    alerts: (outcome) => observers.forEach((o) => void o.alerts?.(outcome)),
    incomplete: (why) => observers.forEach((o) => void o.incomplete?.(why)),
    gaps: (open) => observers.forEach((o) => void o.gaps?.(open)),
    notified: (channel, accepted) => observers.forEach((o) => void o.notified?.(channel, accepted)),
  };
}

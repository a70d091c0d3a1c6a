import type { Alert, AlertEvent } from "../../aggregations/alerts/machine.js";
import type { Question, Reading } from "../../aggregations/alerts/readings.js";
import type { FundOutlook } from "../../aggregations/outlook/outlook.js";
import type { EpochMs } from "../../schemas/units.js";

/** One row of `alert_channel`. */
export interface ChannelRow {
  readonly channel: string;
  readonly kind: string;
  readonly waiting: number;
  readonly sent: number;
  readonly lastSentAt: EpochMs | null;
  readonly failingSince: EpochMs | null;
  readonly lastError: string | null;
}

/** What of the alerts is published with a version. */
export interface AlertRows {
  readonly alerts: readonly Alert[];
  /** With their numbers; absent where none is new. */
  readonly events?: readonly { readonly seq: number; readonly event: AlertEvent }[];
  readonly channels: readonly ChannelRow[];
}

/**
 * Judges the alerts of a version while it is being made: what is asked is read from the very tables that are
 * about to be published, and what comes of it becomes part of them.
 */
export interface AlertJudge {
  readonly questions: readonly Question[];
  /** @param readings of each question, in their order */
  judge(version: number, readings: readonly (readonly Reading[])[]): AlertRows;
}

/** Alerts and outlook of one cut. */
export interface AlertsAndOutlook {
  readonly judge: AlertJudge;
  readonly outlook: readonly FundOutlook[];
}

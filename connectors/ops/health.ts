import { FundpulseError } from "../../schemas/errors.js";
import type { Observer } from "../ports/observer.js";

/** What the health endpoints answer; counts, times and codes only. */
export interface HealthReport {
  /** `starting`: nothing published yet; `stuck`: records wait and none are taken, or publishing fails. */
  readonly state: "starting" | "ready" | "stuck";
  readonly live: boolean;
  readonly ready: boolean;
  /** Why it is stuck or not ready; null when all is well. */
  readonly why: string | null;
  readonly lagRecords: number | null;
  readonly secondsSinceBatch: number | null;
  readonly publishedVersion: number | null;
  /** Accepted gaps in the input that nobody has dismissed. */
  readonly openGaps: number;
}

export interface Health extends Observer {
  report(): HealthReport;
}

/**
 * Tells not-ready from stuck. Not ready: started, and neither published nor found the source empty so far;
 * that is normal and passes. Stuck: records wait but no batch was committed for `stuckAfterSeconds`, or the last publishes
 * failed for as long; a supervisor should restart the process or call someone.
 * `clock` counts milliseconds and is never set.
 */
export function createHealth(clock: () => number, stuckAfterSeconds = 60): Health {
  const startedAt = clock();
  let lastBatchAt: number | null = null;
  let drained = false;
  let version: number | null = null;
  let lagRecords: number | null = null;
  let waitingSince: number | null = null;
  let failingSince: number | null = null;
  let failure = "";
  let incomplete: string | null = null;
  let openGaps = 0;
  const secondsSince = (at: number): number => (clock() - at) / 1000;
  return {
    batch() {
      lastBatchAt = clock();
      if (waitingSince !== null) waitingSince = lastBatchAt;
    },
    published(outcome) {
      version = outcome.version;
      failingSince = null;
    },
    publishFailed(error) {
      failingSince ??= clock();
      failure = error instanceof FundpulseError ? error.code : "an unexpected error";
    },
    drained() {
      drained = true;
    },
    incomplete(why) {
      incomplete = why;
    },
    gaps(open) {
      openGaps = open;
    },
    lag(lags) {
      const known = lags.flatMap((l) => (l.lag === null ? [] : [l.lag]));
      lagRecords = known.length === 0 ? null : known.reduce((sum, n) => sum + n, 0);
      if (lagRecords !== null && lagRecords > 0) waitingSince ??= clock();
      else waitingSince = null;
    },
    report() {
      const notTaking = waitingSince !== null && secondsSince(waitingSince) >= stuckAfterSeconds;
      const notPublishing = failingSince !== null && secondsSince(failingSince) >= stuckAfterSeconds;
      const ready =
        incomplete === null &&
        !notTaking &&
        !notPublishing &&
        (version !== null || (drained && lastBatchAt === null));
      const why = notTaking
        ? `records wait, but no batch was committed for ${Math.floor(secondsSince(waitingSince as number))} s`
        : notPublishing
          ? `publishing has failed for ${Math.floor(secondsSince(failingSince as number))} s (${failure})`
          : ready
            ? null
            : incomplete !== null
              ? incomplete
              : `nothing published yet, ${Math.floor(secondsSince(startedAt))} s after the start`;
      return {
        state: notTaking || notPublishing ? "stuck" : ready ? "ready" : "starting",
        live: !notTaking && !notPublishing,
        ready,
        why,
        lagRecords,
        secondsSinceBatch: lastBatchAt === null ? null : secondsSince(lastBatchAt),
        publishedVersion: version,
        openGaps,
      };
    },
  };
}

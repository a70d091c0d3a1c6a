import { FundpulseError } from "../../schemas/errors.js";
import type { EpochMs } from "../../schemas/units.js";
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
}

export interface Health extends Observer {
  report(): HealthReport;
}

/**
 * Tells not-ready from stuck. Not ready: started, and neither published nor found the source empty so far;
 * that is normal and passes. Stuck: records wait but no batch was committed for `stuckAfterSeconds`, or the last publishes
 * failed for as long; a supervisor should restart the process or call someone.
 */
export function createHealth(clock: () => EpochMs, stuckAfterSeconds = 60): Health {
  const startedAt = clock();
  let lastBatchAt: EpochMs | null = null;
  let drained = false;
  let version: number | null = null;
  let lagRecords: number | null = null;
  let waitingSince: EpochMs | null = null;
  let failingSince: EpochMs | null = null;
  let failure = "";
  const secondsSince = (at: EpochMs): number => (clock() - at) / 1000;
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
    lag(lags) {
      const known = lags.flatMap((l) => (l.lag === null ? [] : [l.lag]));
      lagRecords = known.length === 0 ? null : known.reduce((sum, n) => sum + n, 0);
      if ((lagRecords ?? 0) > 0 || lags.some((l) => l.waits === true)) waitingSince ??= clock();
      else waitingSince = null;
    },
    report() {
      const notTaking = waitingSince !== null && secondsSince(waitingSince) >= stuckAfterSeconds;
      const notPublishing = failingSince !== null && secondsSince(failingSince) >= stuckAfterSeconds;
      const ready = !notTaking && !notPublishing && (version !== null || (drained && lastBatchAt === null));
      const why = notTaking
        ? `records wait, but no batch was committed for ${Math.floor(secondsSince(waitingSince as number))} s`
        : notPublishing
          ? `publishing has failed for ${Math.floor(secondsSince(failingSince as number))} s (${failure})`
          : ready
            ? null
            : `nothing published yet, ${Math.floor(secondsSince(startedAt))} s after the start`;
      return {
        state: notTaking || notPublishing ? "stuck" : ready ? "ready" : "starting",
        live: !notTaking && !notPublishing,
        ready,
        why,
        lagRecords,
        secondsSinceBatch: lastBatchAt === null ? null : secondsSince(lastBatchAt),
        publishedVersion: version,
      };
    },
  };
}

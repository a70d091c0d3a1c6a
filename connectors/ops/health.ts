import { FundpulseError } from "../../schemas/errors.js";
import type { Observer } from "../ports/observer.js";
import { lagTotals, type SourceConnection } from "../ports/source.js";

/** What the health endpoints answer; counts, times and codes only. */
export interface HealthReport {
  /**
   * `starting`: nothing published yet; `disconnected`: the source has not answered for a minute; `stuck`: records
   * wait and none are taken, or publishing fails.
   */
  readonly state: "starting" | "ready" | "disconnected" | "stuck";
  readonly live: boolean;
  readonly ready: boolean;
  /** Why it is stuck or not ready, or what waits; null when all is well. */
  readonly why: string | null;
  /** The last that is known; its age is `secondsSinceLag`. */
  readonly lagRecords: number | null;
  readonly secondsSinceLag: number | null;
  /** Of the lag, records that wait for an open transaction. */
  readonly openTransactionRecords: number;
  readonly connected: boolean;
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
 * that is normal and passes; or the source has been away for `stuckAfterSeconds`, which no restart mends. Stuck:
 * records wait but no batch was committed for `stuckAfterSeconds`, or the last publishes failed for as long; a
 * supervisor should restart the process or call someone. `clock` counts milliseconds and is never set.
 */
export function createHealth(clock: () => number, stuckAfterSeconds = 60): Health {
  const startedAt = clock();
  let lastBatchAt: number | null = null;
  let drained = false;
  let version: number | null = null;
  let lagRecords: number | null = null;
  let incomplete: string | null = null;
  let openGaps = 0;
  let lagAt: number | null = null;
  let openRecords = 0;
  let connection: SourceConnection | null = null;
  let waitingSince: number | null = null;
  let failingSince: number | null = null;
  let failure = "";
  const secondsSince = (at: number): number => (clock() - at) / 1000;
  const whole = (at: number): number => Math.floor(secondsSince(at));
  const overdue = (at: number | null): at is number => at !== null && secondsSince(at) >= stuckAfterSeconds;

  /** What is wrong, the worst first. */
  const trouble = (): { state: HealthReport["state"]; why: string } | null => {
    if (connection?.connected === false && overdue(connection.since)) {
      const last =
        lagAt === null
          ? ""
          : `; the lag of ${lagRecords ?? 0} records is what was known ${whole(lagAt)} s ago`;
      return {
        state: "disconnected",
        why: `the source has not answered for ${whole(connection.since)} s${last}`,
      };
    }
    if (connection?.connected !== false && overdue(waitingSince))
      return {
        state: "stuck",
        why: `records wait, but no batch was committed for ${whole(waitingSince)} s`,
      };
    if (overdue(failingSince))
      return { state: "stuck", why: `publishing has failed for ${whole(failingSince)} s (${failure})` };
    return null;
  };

  return {
    batch() {
      lastBatchAt = clock();
      if (waitingSince !== null) waitingSince = lastBatchAt;
    },
    published(outcome) {
      version = outcome.version;
      failingSince = null;
    },
    standing(outcome) {
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
    connection(now) {
      // What waited before an outage has not been refused: it could not be read.
      if (now.connected && connection?.connected === false && waitingSince !== null) waitingSince = clock();
      connection = now;
      lagAt = now.lagAt;
    },
    lag(lags) {
      ({ lag: lagRecords, inOpenTransactions: openRecords } = lagTotals(lags));
      if (connection === null) lagAt = lagRecords === null ? null : clock();
      const still = lagTotals(lags.filter((l) => l.underWay !== true));
      if ((still.lag ?? 0) > still.inOpenTransactions || lags.some((l) => l.waits === true))
        waitingSince ??= clock();
      else waitingSince = null;
    },
    report() {
      const wrong = trouble();
      const begun = version !== null || (drained && lastBatchAt === null);
      const ready = wrong === null && begun && incomplete === null;
      const why =
        wrong?.why ??
        incomplete ??
        (!begun
          ? `nothing published yet, ${whole(startedAt)} s after the start`
          : openRecords > 0
            ? `${openRecords} records wait for an open transaction`
            : null);
      return {
        state: wrong?.state ?? (ready ? "ready" : "starting"),
        live: wrong?.state !== "stuck",
        ready,
        why,
        lagRecords,
        secondsSinceLag: lagAt === null ? null : secondsSince(lagAt),
        openTransactionRecords: openRecords,
        connected: connection?.connected ?? true,
        secondsSinceBatch: lastBatchAt === null ? null : secondsSince(lastBatchAt),
        publishedVersion: version,
        openGaps,
      };
    },
  };
}

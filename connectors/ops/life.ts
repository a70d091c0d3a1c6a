import type { EpochMs } from "../../schemas/units.js";
import type { Log } from "../ports/log.js";
import type { Observer, PublishOutcome } from "../ports/observer.js";

/** How often a running service writes its totals. */
const TOTALS_MS = 60_000;

export interface Life extends Observer {
  /** Writes the totals until `end`. */
  begin(): void;
  end(): void;
}

const OUTCOMES = ["applied", "duplicate", "held", "quarantined"] as const;

/**
 * The life of a service in its log: that it catches up and has caught up, a line of totals each minute, publishes
 * at debug. What started and why it stopped is told by the command. Counts and times alone, never a record.
 */
export function createLife(log: Log, clock: () => EpochMs): Life {
  const total = { applied: 0, duplicate: 0, held: 0, quarantined: 0 };
  let minute = { ...total };
  let publishes = 0;
  let version: number | null = null;
  let lag: number | null = null;
  let open = 0;
  let catchingUp: { readonly since: EpochMs; readonly records: number } | null = null;
  let openTold = 0;
  let timer: NodeJS.Timeout | null = null;
  const received = (counts: typeof total): number => OUTCOMES.reduce((sum, o) => sum + counts[o], 0);
  const standing = (outcome: Pick<PublishOutcome, "version">): void => {
    version = outcome.version;
  };

  const totals = (): void => {
    log.info("totals", {
      records: received(minute),
      ...minute,
      publishes,
      sinceStart: received(total),
      ...(lag === null ? {} : { lag }),
      ...(open === 0 ? {} : { inOpenTransactions: open }),
      version,
    });
    minute = { applied: 0, duplicate: 0, held: 0, quarantined: 0 };
    publishes = 0;
  };

  return {
    begin() {
      timer = setInterval(totals, TOTALS_MS);
      timer.unref();
    },
    end() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
    batch(outcome) {
      for (const o of OUTCOMES) {
        total[o] += outcome[o];
        minute[o] += outcome[o];
      }
    },
    published(outcome) {
      publishes++;
      standing(outcome);
      log.debug("published", { version: outcome.version, seconds: outcome.seconds });
    },
    standing,
    publishFailed() {},
    drained() {
      if (catchingUp === null) return;
      log.info("caught up", {
        records: received(total),
        seconds: Math.round((clock() - catchingUp.since) / 100) / 10,
        version,
      });
      catchingUp = null;
    },
    lag(lags) {
      const known = lags.flatMap((l) => (l.lag === null ? [] : [l.lag]));
      const files = lags.length - known.length;
      open = lags.reduce((sum, l) => sum + (l.inOpenTransactions ?? 0), 0);
      lag = known.length === 0 ? null : known.reduce((sum, n) => sum + n, 0);
      if (open > 0 && openTold === 0) log.warn("records wait for an open transaction", { records: open });
      openTold = open;
      const waiting = (lag ?? 0) - open + files;
      if (waiting > BACKLOG && catchingUp === null) {
        catchingUp = { since: clock(), records: waiting };
        log.info("catching up", files > 0 ? { files } : { records: waiting });
      }
    },
  };
}

/** So much that waits is a backlog and no news. */
const BACKLOG = 10_000;

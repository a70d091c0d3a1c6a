import type { EpochMs } from "../../schemas/units.js";
import type { Log } from "../ports/log.js";
import { type Observer, OUTCOMES, type PublishOutcome } from "../ports/observer.js";
import { lagTotals } from "../ports/source.js";

/** How often a running service writes its totals. */
const TOTALS_MS = 60_000;

export interface Life extends Observer {
  /** Writes the totals until `end`. */
  begin(): void;
  end(): void;
}

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
  let catchingUpSince: EpochMs | null = null;
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
      if (catchingUpSince === null) return;
      log.info("caught up", {
        records: received(total),
        seconds: Math.round((clock() - catchingUpSince) / 100) / 10,
        version,
      });
      catchingUpSince = null;
    },
    lag(lags) {
      const { uncounted: files, ...totals } = lagTotals(lags);
      ({ lag, inOpenTransactions: open } = totals);
      if (open > 0 && openTold === 0) log.warn("records wait for an open transaction", { records: open });
      openTold = open;
      const waiting = (lag ?? 0) - open + files;
      if (waiting > BACKLOG && catchingUpSince === null) {
        catchingUpSince = clock();
        log.info("catching up", files > 0 ? { files } : { records: waiting });
      }
    },
  };
}

/** So much that waits is a backlog and no news. */
const BACKLOG = 10_000;

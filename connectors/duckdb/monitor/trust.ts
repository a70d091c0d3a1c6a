import type { Outcome } from "../../ports/observer.js";
import type { OpenFile } from "./open-file.js";

type Row = Record<string, unknown>;

/** A facility whose data do not come as they should. */
export interface Lagging {
  readonly facility: string;
  readonly name: string | null;
  readonly latest: string | null;
  readonly days: number;
  readonly usual_days: number | null;
}

/** What says whether the figures of this version can be trusted; times local. */
export interface Trust {
  readonly reached: number;
  readonly expected: number;
  readonly lagging: readonly Lagging[];
  readonly balance: Readonly<Record<"received" | Outcome, number>>;
  readonly waiting: number;
  readonly oldest: string | null;
  readonly alerts: Readonly<Record<"open" | "critical" | "warning" | "info", number>>;
}

const LAGGING_SHOWN = 50;

const number = (row: Row | undefined, name: string): number => Number(row?.[name] ?? 0);

export async function trustOf(file: OpenFile): Promise<Trust> {
  const [standing, lagging, balance, quarantine, alerts] = await Promise.all([
    file.rows(`SELECT count(*) FILTER (standing = 'current') AS reached, count(*) AS expected
      FROM store.facility_arrival WHERE standing IN ('current', 'lagging')`),
    file.rows(`SELECT a.facility, n.name, a.latest, a.lag_days, a.usual_gap
      FROM store.facility_arrival a LEFT JOIN store.facility_name n ON n.facility = a.facility
      WHERE a.standing = 'lagging' ORDER BY a.lag_days DESC, a.facility LIMIT ${LAGGING_SHOWN}`),
    file.rows(`SELECT coalesce(sum(received), 0)::BIGINT AS received, coalesce(sum(applied), 0)::BIGINT AS applied,
        coalesce(sum(duplicate), 0)::BIGINT AS duplicate, coalesce(sum(held), 0)::BIGINT AS held,
        coalesce(sum(quarantined), 0)::BIGINT AS quarantined FROM quality_balance`),
    file.rows(`SELECT count(*) AS waiting, min(first_seen)::VARCHAR AS oldest
      FROM quality_quarantine WHERE status = 'waiting'`),
    openAlerts(file),
  ]);
  return {
    reached: number(standing[0], "reached"),
    expected: number(standing[0], "expected"),
    lagging: lagging.map((row) => ({
      facility: String(row.facility),
      name: row.name === null ? null : String(row.name),
      latest: row.latest === null ? null : String(row.latest),
      days: Number(row.lag_days),
      usual_days: row.usual_gap === null ? null : Number(row.usual_gap),
    })),
    balance: {
      received: number(balance[0], "received"),
      applied: number(balance[0], "applied"),
      duplicate: number(balance[0], "duplicate"),
      held: number(balance[0], "held"),
      quarantined: number(balance[0], "quarantined"),
    },
    waiting: number(quarantine[0], "waiting"),
    oldest: quarantine[0]?.oldest == null ? null : String(quarantine[0].oldest),
    alerts,
  };
}

async function openAlerts(file: OpenFile): Promise<Trust["alerts"]> {
  const counts = { open: 0, critical: 0, warning: 0, info: 0 };
  if (!file.tables.has("alert")) return counts;
  const rows = await file.rows(
    "SELECT severity, count(*) AS n FROM alert WHERE state = 'open' GROUP BY severity",
  );
  for (const row of rows) {
    const n = Number(row.n);
    counts.open += n;
    const severity = String(row.severity);
    if (severity === "critical" || severity === "warning" || severity === "info") counts[severity] += n;
  }
  return counts;
}

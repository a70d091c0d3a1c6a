import type { OpenFile } from "./open-file.js";

type Row = Record<string, unknown>;

const SHOWN = 200;

/** What came in and how well; no content of any record. */
export interface Quality {
  readonly sources: readonly Row[];
  readonly facilities: readonly Row[];
  readonly quarantine: readonly Row[];
  readonly warnings: readonly Row[];
  readonly orphans: { readonly count: number; readonly fee: string | null; readonly rows: readonly Row[] };
  readonly unmapped: readonly Row[];
  readonly periods: readonly Row[];
}

export async function qualityOf(file: OpenFile): Promise<Quality> {
  const [sources, facilities, quarantine, warnings, [orphans], rows, unmapped, periods] = await Promise.all([
    file.rows(`SELECT b.source, b.partition, b.received, b.applied, b.duplicate, b.held, b.quarantined, p.next
      FROM quality_balance b LEFT JOIN (SELECT unnest(input_positions, recursive := true) FROM snapshot) p
        ON p.source = b.source AND p.partition = b.partition
      ORDER BY b.source, b.partition`),
    file.rows(`SELECT facility, facility_name, kind, latest::VARCHAR AS latest, lag_days, usual_gap, standing,
        days_last_month, days_this_month, visits_last_month, visits_this_month
      FROM quality_facility
      ORDER BY CASE standing WHEN 'lagging' THEN 0 WHEN 'current' THEN 1 WHEN 'occasional' THEN 2 ELSE 3 END,
        lag_days DESC, facility`),
    file.rows(`SELECT reason, stream, count(*) AS count, min(first_seen)::VARCHAR AS oldest,
        max(first_seen)::VARCHAR AS newest,
        count(*) FILTER (first_seen < (SELECT published_at FROM snapshot) - INTERVAL 1 DAY) AS over_a_day
      FROM quality_quarantine WHERE status = 'waiting' GROUP BY reason, stream ORDER BY count DESC, reason, stream`),
    file.rows(
      "SELECT warning, count(*) AS count FROM quality_warning GROUP BY warning ORDER BY count DESC, warning",
    ),
    file.rows("SELECT count(*) AS count, sum(fee) AS fee FROM quality_orphan_refund"),
    file.rows(`SELECT setl_id, init_setl_id, setl_time::VARCHAR AS setl_time, fee FROM quality_orphan_refund
      ORDER BY setl_time DESC, setl_id LIMIT ${SHOWN}`),
    file.rows("FROM quality_unmapped ORDER BY fee DESC NULLS LAST, kind, code"),
    file.rows(`SELECT * REPLACE (period_start::VARCHAR AS period_start, period_end::VARCHAR AS period_end)
      FROM quality_period ORDER BY period_start DESC, period_kind`),
  ]);
  return {
    sources,
    facilities,
    quarantine,
    warnings,
    orphans: {
      count: Number(orphans?.count ?? 0),
      fee: orphans?.fee == null ? null : String(orphans.fee),
      rows,
    },
    unmapped,
    periods,
  };
}

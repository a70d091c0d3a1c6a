import type { DuckDBConnection } from "@duckdb/node-api";
import type { Question, Reading } from "../../../aggregations/alerts/readings.js";
import { over, parseDecimal, type Rational } from "../../../aggregations/rational.js";
import type { WatchName } from "../../../schemas/alerts/watches.js";
import { quoteText } from "../../../schemas/published/definition.js";

type Row = readonly (string | null)[];

const number = (text: string | null): Rational | null => (text === null ? null : parseDecimal(text));
const reading = (
  subject: string | null,
  value: Rational | null,
  name: string | null = null,
  amounts: Reading["amounts"] = {},
): Reading => ({ subject: subject ?? "", name, value, previous: null, amounts });

/** Facilities with a habit, and how many of their usual gaps they have been silent. */
const SILENCE = `SELECT a.facility, n.name, a.lag_days::VARCHAR, a.usual_gap::VARCHAR
  FROM store.facility_arrival a LEFT JOIN store.facility_name n ON n.facility = a.facility
  WHERE a.standing IN ('current', 'lagging') AND a.usual_gap > 0`;

/** Age of the oldest waiting record by reason, in seconds of the version's own time. */
const QUARANTINE = `SELECT q.reason, count(*)::VARCHAR,
    date_diff('second', min(q.first_seen), any_value(s.published_at))::VARCHAR
  FROM quality_quarantine q, snapshot s WHERE q.status = 'waiting' GROUP BY q.reason`;

/** Sums of closed periods now and at close; those that are equal are left out. */
const RESTATED = `SELECT period, now::VARCHAR, reported::VARCHAR FROM (
    SELECT r.period, unnest([f.visits, f.fee, f.fund_paid]) AS now,
      unnest([r.visits, r.fee, r.fund_paid]) AS reported
    FROM store.closed_fact r JOIN store.fact f ON f.period = r.period AND f.gid = r.gid
    WHERE r."grouping" IN ('total', 'care'))
  WHERE now <> reported
  UNION ALL
  SELECT period, value::VARCHAR, reported::VARCHAR FROM store.figure
  WHERE closed AND "grouping" IN ('total', 'fund') AND value <> reported
    AND indicator IN ('settled_expense', 'income', 'expense')`;

const VERIFIED = "SELECT verified_differences::VARCHAR FROM snapshot WHERE verified_differences IS NOT NULL";

/** Reads what a watch looks at. A published version is never late: `published_age` is 0 in it. */
export async function readWatch(connection: DuckDBConnection, question: Question): Promise<Reading[]> {
  const rows = async (sql: string): Promise<readonly Row[]> =>
    (await connection.runAndReadAll(sql)).getRows() as unknown as readonly Row[];
  const only = (column: string): string => {
    const [[, value] = []] = Object.entries(question.fixed);
    return value === undefined ? "" : ` AND ${column} = ${quoteText(value)}`;
  };
  switch (question.rule.indicator as WatchName) {
    case "facility_silence":
      return (await rows(`${SILENCE}${only("a.facility")} ORDER BY 1`)).map(([facility, name, lag, gap]) =>
        reading(facility, over(number(lag), number(gap)), name, { lag_days: number(lag) }),
      );
    case "quarantine_age":
      return (await rows(`FROM (${QUARANTINE}) WHERE true${only("reason")} ORDER BY 1`)).map(
        ([reason, records, seconds]) =>
          reading(reason, over(number(seconds), { n: 86_400n, d: 1n }), null, { records: number(records) }),
      );
    case "restatement_share":
      return largestByPeriod(await rows(`FROM (${RESTATED}) WHERE true${only("period")} ORDER BY 1`));
    case "verify_differences":
      return (await rows(VERIFIED)).map(([count]) => reading("", number(count)));
    case "published_age":
      return [reading("", { n: 0n, d: 1n })];
  }
}

/** Of each period the greatest share by which a figure differs; a figure that was 0 has none. */
function largestByPeriod(rows: readonly Row[]): Reading[] {
  const largest = new Map<string, Rational>();
  for (const [period, now, reported] of rows) {
    const [a, b] = [number(now)!, number(reported)!];
    const share = over({ n: a.n * b.d - b.n * a.d, d: a.d * b.d }, b);
    if (share === null) continue;
    const size = share.n < 0n ? { n: -share.n, d: share.d } : share;
    const known = largest.get(period!);
    if (known === undefined || size.n * known.d > known.n * size.d) largest.set(period!, size);
  }
  return [...largest].map(([period, share]) => reading(period, share));
}

import type { DuckDBConnection } from "@duckdb/node-api";
import { SHARE_MEASURES } from "../schemas/indicators.js";
import { MEASURES } from "../schemas/measures.js";
import { appendColumns } from "./duckdb-append.js";
import { monthsOf, type PeriodRow } from "./publish-duckdb-periods.js";

const names = MEASURES.map((m) => m.name);
const each = (text: (name: string) => string): string => names.map(text).join(", ");

/**
 * Recomputes the facts of `targets` from the staged sums (see stageSums) and from the months that
 * already stand, current and last year's side by side, and the denominators of shares with them.
 * Runs inside the caller's transaction.
 */
export async function refreshFacts(
  connection: DuckDBConnection,
  targets: readonly PeriodRow[],
  removed: readonly string[],
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE removed (period VARCHAR);
    CREATE OR REPLACE TEMP TABLE target (period VARCHAR, previous_period VARCHAR);
    CREATE OR REPLACE TEMP TABLE roll (period VARCHAR, month_period VARCHAR)`);
  const put = (table: string, columns: (string | null)[][]): Promise<void> =>
    appendColumns(connection, { catalog: "temp", table }, columns);
  const rolls = targets.flatMap((t) => monthsOf(t).map((m) => [t.id, m] as const));
  await put("removed", [[...removed]]);
  await put("target", [targets.map((t) => t.id), targets.map((t) => t.previous)]);
  await put("roll", [rolls.map((r) => r[0]), rolls.map((r) => r[1])]);

  for (const statement of STATEMENTS) await connection.run(statement);
}

const STATEMENTS: readonly string[] = [
  `DELETE FROM store.fact WHERE period IN (FROM removed)`,
  `DELETE FROM store.share_base WHERE period IN (FROM removed)`,

  // Month and day sums that are staged, and those that stand and are needed beside them.
  `CREATE OR REPLACE TEMP TABLE base AS
    SELECT ip.period, s.gid, ${each((n) => `s.${n}::BIGINT AS ${n}`)} FROM in_sum s JOIN in_period ip USING (pid)
    UNION ALL
    SELECT f.period, f.gid, ${each((n) => `f.${n}`)} FROM store.fact f
    WHERE f.present AND f.period NOT IN (SELECT period FROM in_period) AND f.period IN
      (SELECT month_period FROM roll UNION SELECT period FROM target WHERE length(period) IN (7, 10))`,

  // This period's sums with its persons: those given, else those that stand.
  `CREATE OR REPLACE TEMP TABLE current_sum AS
    WITH sums AS (
      SELECT b.period, b.gid, ${each((n) => `b.${n}`)} FROM base b SEMI JOIN target t ON t.period = b.period
      UNION ALL
      SELECT r.period, b.gid, ${each((n) => `sum(b.${n})::BIGINT`)}
      FROM base b JOIN roll r ON r.month_period = b.period GROUP BY r.period, b.gid),
    given AS (
      SELECT pp.period, p.gid, p.persons::BIGINT AS persons
      FROM in_persons p JOIN in_persons_period pp USING (pid)
      UNION ALL
      SELECT f.period, f.gid, f.persons FROM store.fact f SEMI JOIN target t ON t.period = f.period
      WHERE f.present AND f.persons IS NOT NULL AND f.period NOT IN (SELECT period FROM in_persons_period))
    SELECT s.*, CASE WHEN g.has_persons AND length(s.period) <> 10 THEN coalesce(given.persons, 0) END AS persons
    FROM sums s JOIN store.grp g ON g.gid = s.gid
      LEFT JOIN given ON given.period = s.period AND given.gid = s.gid`,

  `CREATE OR REPLACE TEMP TABLE previous_sum AS
    SELECT t.period, c.gid, ${each((n) => `c.${n}`)}, c.persons
    FROM target t JOIN current_sum c ON c.period = t.previous_period
    UNION ALL
    SELECT t.period, f.gid, ${each((n) => `f.${n}`)}, f.persons
    FROM target t JOIN store.fact f ON f.period = t.previous_period
    WHERE f.present AND t.previous_period NOT IN (SELECT period FROM target)`,

  `DELETE FROM store.fact WHERE period IN (SELECT period FROM target)`,

  `INSERT INTO store.fact
    SELECT j.period, j.gid, j.present, ${each((n) => `j.${n}`)},
      CASE WHEN g.has_persons AND length(j.period) <> 10 THEN coalesce(j.persons, 0) END,
      ${each((n) => `j.p_${n}`)},
      CASE WHEN g.has_persons AND length(j.period) <> 10 THEN coalesce(j.p_persons, 0) END
    FROM (SELECT coalesce(c.period, p.period) AS period, coalesce(c.gid, p.gid) AS gid, c.gid IS NOT NULL AS present,
        ${each((n) => `coalesce(c.${n}, 0) AS ${n}`)}, c.persons,
        ${each((n) => `coalesce(p.${n}, 0) AS p_${n}`)}, p.persons AS p_persons
      FROM current_sum c FULL JOIN previous_sum p ON p.period = c.period AND p.gid = c.gid) j
    JOIN store.grp g ON g.gid = j.gid ORDER BY j.period, j.gid`,

  `DELETE FROM store.share_base WHERE period IN (SELECT period FROM target)`,
  `INSERT INTO store.share_base
    SELECT f.period, g.insurance, g.care, g.category, ${SHARE_MEASURES.map((m) => `f.${m}, f.p_${m}`).join(", ")}
    FROM store.fact f JOIN store.grp g ON g.gid = f.gid SEMI JOIN target t ON t.period = f.period
    WHERE g."grouping" IN ('total', 'care', 'care+category')`,

  ...["removed", "target", "roll", "base", "current_sum", "previous_sum"].map((t) => `DROP TABLE temp.${t}`),
];

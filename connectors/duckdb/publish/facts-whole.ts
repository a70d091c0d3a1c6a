import type { DuckDBConnection } from "@duckdb/node-api";
import { SHARE_MEASURES } from "../../../schemas/indicators.js";
import { MEASURES } from "../../../schemas/measures.js";
import { appendColumns } from "../append.js";
import { monthsOf, type PeriodRow } from "./periods.js";

/** What of the facts adds up. */
const names = [...MEASURES.map((m) => m.name), "settlements"];
const each = (text: (name: string) => string): string => names.map(text).join(", ");

/**
 * Takes the facts of `given` from the staged sums (see stageSums), recomputes those of the other `changed`
 * periods from staged months and those that already stand, and the rows of zeros of `followers`, whose last
 * year changed; `stands` tells which periods have rows. Runs inside the caller's transaction.
 */
export async function refreshFacts(
  connection: DuckDBConnection,
  changed: readonly PeriodRow[],
  followers: readonly PeriodRow[],
  removed: readonly string[],
  given: ReadonlySet<string>,
  stands: (period: string) => boolean,
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE removed (period VARCHAR);
    CREATE OR REPLACE TEMP TABLE target (period VARCHAR);
    CREATE OR REPLACE TEMP TABLE made (period VARCHAR);
    CREATE OR REPLACE TEMP TABLE follower (period VARCHAR, previous_period VARCHAR);
    CREATE OR REPLACE TEMP TABLE roll (period VARCHAR, month_period VARCHAR)`);
  const put = (table: string, columns: (string | null)[][]): Promise<void> =>
    appendColumns(connection, { catalog: "temp", table }, columns);
  const made = changed.filter((t) => !given.has(t.id));
  const rolls = made.flatMap((t) => monthsOf(t).map((m) => [t.id, m] as const));
  const following = [...changed, ...followers];
  await put("removed", [[...removed]]);
  await put("target", [changed.map((t) => t.id)]);
  await put("made", [made.map((t) => t.id)]);
  await put("follower", [following.map((t) => t.id), following.map((t) => t.previous)]);
  await put("roll", [rolls.map((r) => r[0]), rolls.map((r) => r[1])]);

  const own = list(following.map((t) => t.id));
  const previous = list(following.flatMap((t) => t.previous ?? []));
  const zeros = following.some((t) => t.previous !== null && stands(t.previous));
  const before = [
    "DELETE FROM store.fact WHERE period IN (FROM removed)",
    ...(made.length > 0 ? standing : []),
  ];
  let adds = made.length > 0;
  if (adds && given.size > 0) {
    // DuckDB 1.5 loses sight, for the rest of a transaction, of rows that fill a row group when an ordered
    // insert of no rows came before them.
    await connection.run(before.join(";\n"));
    before.length = 0;
    const found = await connection.runAndReadAll("SELECT 1 FROM base LIMIT 1");
    adds = found.currentRowCount > 0;
  }
  // In one call: each call waits for the program's next free moment.
  await connection.run(
    [...before, ...statements(own, previous, { made: made.length > 0, adds, zeros })].join(";\n"),
  );
}

/** Works out the denominators of shares of `periods`, and forgets those of `removed` ones. */
export async function refreshShares(
  connection: DuckDBConnection,
  periods: readonly PeriodRow[],
  removed: readonly string[],
): Promise<void> {
  if (periods.length === 0 && removed.length === 0) return;
  const own = list(periods.map((p) => p.id));
  const previous = list(periods.flatMap((p) => p.previous ?? []));
  const joined = periods.map(
    (p) => `('${p.id}', ${p.previous === null ? "NULL::VARCHAR" : `'${p.previous}'`})`,
  );
  const parts = SHARE_MEASURES.join(", ");
  const shared = `SELECT f.period, f.gid, ${parts} FROM store.fact f SEMI JOIN shared g ON g.gid = f.gid
    WHERE f."grouping" IN ${SHARED}`;
  await connection.run(`DELETE FROM store.share_base WHERE period IN ${list(removed)} OR period IN ${own}`);
  if (periods.length === 0) return;
  await connection.run(`INSERT INTO store.share_base
    WITH shared AS (FROM store.grp WHERE "grouping" IN ${SHARED}),
      pair(period, previous) AS (VALUES ${joined.join(", ")}),
      f AS MATERIALIZED (${shared} AND f.period IN ${own}),
      y AS MATERIALIZED (${shared} AND f.present AND f.period IN ${previous})
    SELECT f.period, g.insurance, g.care, g.category,
      ${SHARE_MEASURES.map((m) => `f.${m}, coalesce(y.${m}, 0)`).join(", ")}
    FROM f JOIN pair t ON t.period = f.period JOIN shared g ON g.gid = f.gid
      LEFT JOIN y ON y.period = t.previous AND y.gid = f.gid`);
}

/** The denominators of every published period, from the facts of one catalog into another. */
export const sharesOf = (into: string, facts: string): string => `INSERT INTO ${into}.store.share_base
  WITH f AS (SELECT f.period, f.present, g.insurance, g.care, g.category, f.gid, ${SHARE_MEASURES.map((m) => `f.${m}`).join(", ")}
    FROM ${facts}.store.fact f JOIN ${facts}.store.grp g ON g.gid = f.gid WHERE f."grouping" IN ${SHARED})
  SELECT f.period, f.insurance, f.care, f.category, ${SHARE_MEASURES.map((m) => `f.${m}, coalesce(y.${m}, 0)`).join(", ")}
  FROM f JOIN ${facts}.store.period p ON p.period = f.period
    LEFT JOIN f y ON y.period = p.previous_period AND y.gid = f.gid AND y.present`;

/** Groupings that shares are parts of. */
const SHARED = "('total', 'care', 'care+category')";

/** Period ids, which hold no quotes, for an SQL `IN`. */
const list = (periods: readonly string[]): string => `(${["", ...periods].map((p) => `'${p}'`).join(", ")})`;

/**
 * `own` and `previous` name the followers' periods and those a year before: written out, they let a scan of
 * all facts pass over those of other periods, which a join with a table of periods does not.
 */
const statements = (
  own: string,
  previous: string,
  { made, adds, zeros }: { readonly made: boolean; readonly adds: boolean; readonly zeros: boolean },
): readonly string[] => [
  `DELETE FROM store.fact WHERE period IN (SELECT period FROM target)
    OR (NOT present AND period IN (SELECT period FROM follower))`,
  ...(adds ? [addedUp] : []),

  // What is staged as it is, in its order.
  `INSERT INTO store.fact
    SELECT ip.period, g."grouping", s.gid, true, ${each((n) => `s.${n}::BIGINT`)},
      CASE WHEN g.has_persons AND length(ip.period) <> 10 THEN s.persons::BIGINT END, e.period_end
    FROM in_sum s JOIN in_period ip USING (pid) JOIN store.grp g ON g.gid = s.gid
      LEFT JOIN store.period e ON e.period = ip.period
    WHERE ip.period IN (SELECT period FROM target ANTI JOIN made USING (period))`,

  // Without data of a year before nothing has to be looked for.
  ...(zeros ? [zeroRows(own, previous)] : []),
  ...["removed", "target", "made", "follower", "roll"].map((t) => `DROP TABLE temp.${t}`),
  ...(made ? ["base", "counted"] : []).map((t) => `DROP TABLE temp.${t}`),
];

const zeroRows = (own: string, previous: string): string =>
  `INSERT INTO store.fact
    SELECT t.period, f."grouping", f.gid, false, ${each(() => "0")}, f.persons * 0, e.period_end
    FROM follower t LEFT JOIN store.period e ON e.period = t.period
      JOIN (FROM store.fact WHERE present AND period IN ${previous}) f ON f.period = t.previous_period
      ANTI JOIN (SELECT period, gid FROM store.fact WHERE present AND period IN ${own}) o
        ON o.period = t.period AND o.gid = f.gid
    ORDER BY t.period, f."grouping", f.gid`;

const standing = [
  // Month and day sums that are staged, and those that stand and are needed beside them.
  `CREATE OR REPLACE TEMP TABLE base AS
    SELECT ip.period, s.gid, ${each((n) => `s.${n}::BIGINT AS ${n}`)} FROM in_sum s JOIN in_period ip USING (pid)
    WHERE ip.period IN (SELECT month_period FROM roll UNION FROM made)
    UNION ALL
    SELECT f.period, f.gid, ${each((n) => `f.${n}`)} FROM store.fact f
    WHERE f.present AND f.period NOT IN (SELECT period FROM in_period) AND f.period IN
      (SELECT month_period FROM roll UNION SELECT period FROM made WHERE length(period) IN (7, 10))`,

  // Persons: those given, else those that stand.
  `CREATE OR REPLACE TEMP TABLE counted AS
    SELECT pp.period, p.gid, p.persons::BIGINT AS persons
    FROM in_persons p JOIN in_persons_period pp USING (pid)
    UNION ALL
    SELECT f.period, f.gid, f.persons FROM store.fact f SEMI JOIN made t ON t.period = f.period
    WHERE f.present AND f.persons IS NOT NULL AND f.period NOT IN (SELECT period FROM in_persons_period)`,
];

const addedUp = `INSERT INTO store.fact
    WITH sums AS (
      SELECT b.period, b.gid, ${each((n) => `b.${n}`)} FROM base b SEMI JOIN made t ON t.period = b.period
      UNION ALL
      SELECT r.period, b.gid, ${each((n) => `sum(b.${n})::BIGINT`)}
      FROM base b JOIN roll r ON r.month_period = b.period GROUP BY r.period, b.gid)
    SELECT s.period, g."grouping", s.gid, true, ${each((n) => `s.${n}`)},
      CASE WHEN g.has_persons AND length(s.period) <> 10 THEN coalesce(c.persons, 0) END, e.period_end
    FROM sums s JOIN store.grp g ON g.gid = s.gid LEFT JOIN store.period e ON e.period = s.period
      LEFT JOIN counted c ON c.period = s.period AND c.gid = s.gid
    ORDER BY s.period, g."grouping", s.gid`;

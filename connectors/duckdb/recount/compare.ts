import type { DuckDBConnection } from "@duckdb/node-api";
import type { Config } from "../../../schemas/config/schema.js";
import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { addDifferences, DIFFERENCE_DIMENSIONS, type FigureDifference } from "./difference.js";
import { MEASURE_NAMES } from "./sql.js";

export interface Comparison {
  /** Figures that were compared. */
  readonly figures: number;
  readonly differenceCount: number;
  /** The first of them: those of the file as a whole, then in order of period, insurance and grouping. */
  readonly differences: readonly FigureDifference[];
}

export const key = (of: string): string =>
  `concat_ws(chr(1), ${of}.insurance, ${of}."grouping", ${SETTLEMENT_DIMENSIONS.map((d) => `coalesce(${of}.${d}, '')`).join(", ")})`;

const YUAN_LESS = new Set(["visits", "bed_days"]);
const isCount = (name: string): boolean =>
  YUAN_LESS.has(name) || name.endsWith("_visits") || name === "persons" || name === "settlements";

/**
 * Holds the published sums and persons against table `recounted`, row by row in both directions: rows of
 * zeros too, which stand where only last year has data. `published` is attached read-only. Returns how many
 * figures were compared.
 */
export async function compareFacts(connection: DuckDBConnection, keep: Config["periods"]): Promise<number> {
  const measures = ["settlements", ...MEASURE_NAMES, "persons"];
  const zero = measures.map((n) => (n === "persons" ? "r.persons * 0 AS persons" : `0 AS ${n}`)).join(", ");
  for (const sql of [
    "CREATE TEMP TABLE latest AS SELECT coalesce(max(last), DATE '0001-01-01') AS day FROM extent",
    // Which rows are asked of: every period; days in their windows, and a year before where their last year's figure lies.
    `CREATE TEMP TABLE asked AS
      WITH days AS (SELECT period, period_start AS day, previous_period FROM published.store.period
        WHERE period_kind = 'day'),
      shown AS (SELECT d.*, s.short FROM days d, (VALUES (false, ${keep.keepDays}), (true, ${keep.keepFacilityDays})) s(short, days)
        WHERE d.day > (SELECT day FROM latest) - s.days)
      SELECT period, short, true AS whole FROM published.store.period, (VALUES (false), (true)) s(short)
        WHERE period_kind <> 'day'
      UNION ALL SELECT period, short, true FROM shown
      UNION ALL SELECT previous_period, short, false FROM shown s WHERE previous_period IS NOT NULL
        AND NOT EXISTS (FROM shown o WHERE o.period = s.previous_period AND o.short = s.short)`,
    // Groups of either side under one number.
    `CREATE TEMP TABLE same AS SELECT g.gid, l.lot FROM
      (SELECT gid, ${key("g")} AS k FROM published.store.grp g) g
      JOIN (SELECT lot, ${key("l")} AS k FROM lot l) l USING (k)`,
    `CREATE TEMP VIEW theirs AS
      SELECT f.period, coalesce(s.lot, -1 - f.gid) AS lot, f.present, c.gid IS NOT NULL AS reported, ${measures.map((n) => `f.${n}`).join(", ")}
      FROM published.store.fact f JOIN published.store.grp g ON g.gid = f.gid
        JOIN asked a ON a.period = f.period AND a.short = (g.facility IS NOT NULL) AND (a.whole OR f.present)
        LEFT JOIN same s ON s.gid = f.gid
        LEFT JOIN published.store.closed_fact c ON c.period = f.period AND c.gid = f.gid`,
    `CREATE TEMP VIEW ours AS
      SELECT r.period, r.lot, true AS present, ${measures.map((n) => `r.${n}`).join(", ")}
      FROM recounted r JOIN lot l ON l.lot = r.lot
        JOIN asked a ON a.period = r.period AND a.short = (l.facility IS NOT NULL)
      UNION ALL
      SELECT a.period, r.lot, false, ${zero}
      FROM recounted r JOIN lot l ON l.lot = r.lot
        JOIN published.store.period p ON p.previous_period = r.period
        JOIN asked a ON a.period = p.period AND a.whole AND a.short = (l.facility IS NOT NULL)
        ANTI JOIN recounted o ON o.period = p.period AND o.lot = r.lot`,
    `CREATE TEMP TABLE unequal AS
      SELECT coalesce(a.period, b.period) AS period, coalesce(a.lot, b.lot) AS lot,
        a.lot IS NOT NULL AS published, b.lot IS NOT NULL AS recounted, a.reported,
        ${["present", ...measures].map((n) => `a.${n} AS a_${n}, b.${n} AS b_${n}`).join(", ")}
      FROM theirs a FULL JOIN ours b ON a.period = b.period AND a.lot = b.lot
      WHERE a.lot IS NULL OR b.lot IS NULL
        OR ${["present", ...measures].map((n) => `a.${n} IS DISTINCT FROM b.${n}`).join(" OR ")}`,
    `CREATE TEMP TABLE named AS
      SELECT lot, insurance, "grouping", ${SETTLEMENT_DIMENSIONS.join(", ")} FROM lot
      UNION ALL SELECT -1 - gid, insurance, "grouping", ${SETTLEMENT_DIMENSIONS.join(", ")} FROM published.store.grp`,
    `INSERT INTO difference
      SELECT u.period, n.insurance, n."grouping", ${SETTLEMENT_DIMENSIONS.map((d) => `n.${d}`).join(", ")}, NULL, NULL, NULL, NULL,
        x.indicator, x.published, x.recounted
      FROM unequal u JOIN named n ON n.lot = u.lot, unnest([
        ${measures
          .map((n) => {
            const text = (side: string): string =>
              isCount(n)
                ? `u.${side}_${n}::VARCHAR`
                : `(u.${side}_${n}::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2)::VARCHAR`;
            return `{indicator: '${n}', published: ${text("a")}, recounted: ${text("b")}, differs: coalesce(u.a_${n}, 0) <> coalesce(u.b_${n}, 0)
              OR (u.published AND u.recounted AND u.a_${n} IS DISTINCT FROM u.b_${n})}`;
          })
          .join(",\n        ")},
        {indicator: 'row', published: CASE WHEN u.published THEN CASE WHEN u.a_present THEN 'data' ELSE 'zero' END END,
          recounted: CASE WHEN u.recounted THEN CASE WHEN u.b_present THEN 'data' ELSE 'zero' END END,
          -- A group that was reported at close keeps a row of zeros when nothing of it is left.
          differs: u.a_present IS DISTINCT FROM u.b_present
            AND NOT (u.reported AND NOT u.a_present AND NOT u.recounted)}
      ]) t(x) WHERE x.differs`,
    `INSERT INTO difference BY NAME
      SELECT f.period, g.insurance, g."grouping", 'period_end' AS indicator, f.period_end::VARCHAR AS published,
        p.period_end::VARCHAR AS recounted
      FROM published.store.fact f JOIN published.store.period p ON p.period = f.period
        JOIN published.store.grp g ON g.gid = f.gid
      WHERE f.period_end IS DISTINCT FROM p.period_end`,
  ]) {
    await connection.run(sql);
  }
  const counted = await connection.runAndReadAll(
    `SELECT (count(*) * ${MEASURE_NAMES.length + 1} + count(persons))::VARCHAR FROM ours`,
  );
  await connection.run("DROP VIEW temp.theirs; DROP VIEW temp.ours");
  for (const table of ["latest", "asked", "same", "unequal", "named"]) {
    await connection.run(`DROP TABLE temp.${table}`);
  }
  return Number(counted.getRows()[0][0]);
}

/** Says that the current versions are not those that the state's index names. */
export async function compareVersions(
  connection: DuckDBConnection,
  read: number,
  named: number,
): Promise<void> {
  await addDifferences(connection, [
    { indicator: "standing versions", published: String(named), recounted: String(read) },
  ]);
}

/** The differences found so far, the first `limit` of them spelled out. */
export async function readDifferences(
  connection: DuckDBConnection,
  limit: number,
): Promise<Omit<Comparison, "figures">> {
  const counted = await connection.runAndReadAll("SELECT count(*)::VARCHAR FROM difference");
  const found = await connection.runAndReadAll(
    `SELECT period, insurance, "grouping", indicator, published, recounted, ${DIFFERENCE_DIMENSIONS.join(", ")}
     FROM difference ORDER BY period <> 'all', period, insurance, "grouping", indicator, published, recounted,
       ${DIFFERENCE_DIMENSIONS.join(", ")} LIMIT ${limit}`,
  );
  return {
    differenceCount: Number(counted.getRows()[0][0]),
    differences: (found.getRows() as (string | null)[][]).map((row) => ({
      period: row[0]!,
      insurance: row[1]!,
      grouping: row[2]!,
      indicator: row[3]!,
      published: row[4],
      recounted: row[5],
      dimensions: Object.fromEntries(
        DIFFERENCE_DIMENSIONS.flatMap((d, i) => (row[6 + i] === null ? [] : [[d, row[6 + i]!]])),
      ),
    })),
  };
}

/** Attaches a published file under the name `published`. */
export const attachPublished = (path: string): string => `ATTACH ${quoteText(path)} AS published (READ_ONLY)`;

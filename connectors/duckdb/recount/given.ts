import type { DuckDBConnection } from "@duckdb/node-api";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { DIFFERENCE_DIMENSIONS } from "./difference.js";

const VALUES = ["value", "previous", "change_pct", "reported"] as const;

/**
 * Holds the figures that are given beside the settlements (enrolment, funds, DIP, reported facts) against those that
 * the state gives again, in `again` (see compareTables): value, last year's, growth, and what was reported at close.
 * Sums that compareFunds has named are not named twice. Returns how many values were compared.
 */
export async function compareGiven(connection: DuckDBConnection): Promise<number> {
  const key = ["period", "insurance", '"grouping"', ...DIMENSIONS, "other", "indicator", "unit", "closed"];
  const same = key.map((k) => `a.${k} IS NOT DISTINCT FROM b.${k}`).join(" AND ");
  const either = (k: string): string => `coalesce(a.${k}, b.${k}) AS ${k}`;
  const missing = (side: string): string => `${side}.period IS NULL`;
  await connection.run(`INSERT INTO difference BY NAME
    SELECT d.* EXCLUDE (name, v), d.name || v.suffix AS indicator, v.published, v.recounted FROM (
      SELECT ${["period", "insurance", '"grouping"', ...DIFFERENCE_DIMENSIONS].map(either).join(", ")},
        coalesce(a.indicator, b.indicator) AS name,
        unnest([${VALUES.map(
          (c) =>
            `{suffix: '${c === "value" ? "" : ` (${c})`}', published: a.${c}::VARCHAR, recounted: b.${c}::VARCHAR, differs: a.${c} IS DISTINCT FROM b.${c}}`,
        ).join(", ")},
          {suffix: ' (row)', published: CASE WHEN ${missing("b")} THEN 'row' END, recounted: CASE WHEN ${missing("a")} THEN 'row' END,
            differs: ${missing("a")} OR ${missing("b")}}]) AS v
      FROM published.store.figure a FULL JOIN again.store.figure b ON ${same}) d
    WHERE v.differs AND NOT (v.suffix = '' AND EXISTS (FROM difference o WHERE o.period = d.period AND o.insurance = d.insurance
      AND o."grouping" = d."grouping" AND o.indicator = d.name
      AND ${DIFFERENCE_DIMENSIONS.map((c) => `o.${c} IS NOT DISTINCT FROM d.${c}`).join(" AND ")}))`);
  const counted = await connection.runAndReadAll(
    `SELECT (count(*) * ${VALUES.length})::VARCHAR FROM published.store.figure`,
  );
  return Number(counted.getRows()[0][0]);
}

import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { MEASURE_NAMES } from "./sql.js";

/**
 * Fingerprint of tables `recounted` and `lot`: SHA-256 over the periods in order, each with the number of its rows
 * and the sums of the two halves of their MD5s. Sums need no order, so nothing is sorted and memory holds one row a
 * period, however many figures there are.
 */
export async function hashRecounted(connection: DuckDBConnection): Promise<{ rows: number; hash: string }> {
  const group = ["insurance", '"grouping"', ...SETTLEMENT_DIMENSIONS.map((d) => `coalesce(l.${d}, '')`)];
  const row = `concat_ws('|', ${[...group, ...MEASURE_NAMES.map((n) => `r.${n}`), "coalesce(r.persons, -1)"].join(", ")})`;
  const summed = await connection.runAndReadAll(
    `SELECT period, count(*)::VARCHAR, sum(md5_number_upper(row))::VARCHAR, sum(md5_number_lower(row))::VARCHAR
    FROM (SELECT r.period, ${row} AS row FROM recounted r JOIN lot l ON l.lot = r.lot)
    GROUP BY period ORDER BY period`,
  );
  const whole = createHash("sha256");
  let rows = 0;
  for (const [period, count, upper, lower] of summed.getRows() as [string, string, string, string][]) {
    rows += Number(count);
    whole.update(`${period} ${count} ${upper} ${lower}\n`);
  }
  return { rows, hash: whole.digest("hex") };
}

import type { DuckDBConnection } from "@duckdb/node-api";
import { monthStart } from "../../../aggregations/calendar.js";
import { CODE_SET, DETAIL_REFERENCE, DIMENSION } from "../../../schemas/detail/tables.js";
import { ddl } from "../../../schemas/published/definition.js";
import { loadReference } from "../detail/stage.js";
import type { DetailReference, StagedSettlements } from "../detail/staged.js";
import { hashRecounted } from "./hash.js";
import { countMonth, figureTables, groupTables, personsOfYear, RECOUNT_TABLES } from "./sql.js";

/** What the recount says of the state beside its figures. */
export interface Recount {
  /** Settlements read. */
  readonly settlements: number;
  /** Rows of table `recounted`: a period and group each. */
  readonly rows: number;
  /** The versions read are those that the state's index says are current. */
  readonly versionsAgree: boolean;
  /** SHA-256 over the recounted rows in order of period and group. */
  readonly hash: string;
}

/**
 * Counts every figure again from the settlements that stand, in SQL written from the specification, into
 * table `recounted` (and `lot`, its groups) of the catalog in use, which must be empty. Settlements are read
 * a month at a time, so memory follows the months and not the history.
 */
export async function recount(
  connection: DuckDBConnection,
  stage: StagedSettlements,
  reference: DetailReference,
): Promise<Recount> {
  const { config } = reference;
  for (const table of [CODE_SET, DIMENSION, ...DETAIL_REFERENCE]) await connection.run(ddl(table)[0]);
  for (const sql of RECOUNT_TABLES) await connection.run(sql);
  await connection.run("CREATE TABLE person_figure (period VARCHAR, lot INTEGER, persons BIGINT)");
  await loadReference(connection, reference);
  await stage.begin();
  // The latest month first: how far day figures reach back is counted from there.
  const months = [...stage.months()].reverse();
  const newest = `DATE '1970-01-01' + ${months.length > 0 ? monthStart(months[0] + 1) - 1 : 0}`;
  let settlements = 0;
  for (const month of months) {
    settlements += (await stage.stage([month])).rows;
    for (const sql of countMonth(config, stage.moving, newest)) await connection.run(sql);
  }
  for (const sql of groupTables(config)) await connection.run(sql);
  const years = await connection.runAndReadAll("SELECT DISTINCT year FROM person_row ORDER BY year");
  for (const [year] of years.getRows() as [number][]) {
    for (const sql of personsOfYear(config, year)) await connection.run(sql);
  }
  for (const sql of figureTables(config)) await connection.run(sql);
  const versionsAgree = await stage.agrees();
  const { rows, hash } = await hashRecounted(connection);
  return { settlements, rows, versionsAgree, hash };
}

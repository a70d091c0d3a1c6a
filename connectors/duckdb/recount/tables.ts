import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteName } from "../../../schemas/published/definition.js";
import { reportedAsNothing } from "../publish/closed.js";
import { sharesOf } from "../publish/facts-whole.js";
import { restatedAgain } from "../publish/restated.js";
import { addDifferences } from "./difference.js";

/** Tables that have a comparison of their own: compareFacts, compareGiven, compareOutlook. */
export const COUNTED: ReadonlySet<string> = new Set(["store.fact", "store.figure", "main.fund_outlook"]);

/** Columns that are no figures and need not be the same from one writing to the next, each with its reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "store.meta": "how the file is kept, not what it says; version and span stand in snapshot too",
  "main.alert_channel": "goes on with each message that is sent, without a publish",
  "main.snapshot.published_at": "the moment of the publish",
  "main.snapshot.input_positions": "goes on with records that change nothing, without a publish",
  "main.quality_period.why_not": "words",
};

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/** Every table of a published file with the columns that are held against one another. */
async function comparedTables(connection: DuckDBConnection, catalog: string): Promise<Table[]> {
  const found = await connection.runAndReadAll(
    `SELECT schema_name, table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() c
      WHERE database_name = '${catalog}' AND EXISTS (FROM duckdb_tables() t WHERE t.database_name = c.database_name
        AND t.schema_name = c.schema_name AND t.table_name = c.table_name)
      GROUP BY ALL ORDER BY ALL`,
  );
  return found.getRowsJson().flatMap((row) => {
    const [schema, name, columns] = row as [string, string, string[]];
    const whole = `${schema}.${name}`;
    if (COUNTED.has(whole) || whole in LEFT_OUT) return [];
    return [{ schema, name, columns: columns.filter((c) => !(`${whole}.${c}` in LEFT_OUT)) }];
  });
}

/**
 * Holds every table of the published file but those that are counted from the settlements against the file
 * `again`, which was made from the state in one piece; a table or column that one of them lacks differs too. What
 * follows from the facts (wholes of shares, closed rows of zeros, restatements) is worked out from the published facts, which
 * compareFacts has held against the settlements. Returns how many values were compared.
 */
export async function compareTables(connection: DuckDBConnection): Promise<number> {
  await connection.run(`DELETE FROM again.store.share_base; ${sharesOf("again", "published")};
    ${reportedAsNothing(null, "again", "published")}`);
  // From the published facts, closes and causes, which are held against the state here and in compareFacts.
  await connection.run(`USE published; ${restatedAgain("again")}; USE recount`);
  const ours = new Map((await comparedTables(connection, "again")).map((t) => [`${t.schema}.${t.name}`, t]));
  let values = 0;
  for (const table of await comparedTables(connection, "published")) {
    const { schema, name, columns } = table;
    const other = ours.get(`${schema}.${name}`);
    ours.delete(`${schema}.${name}`);
    const shared = columns.filter((c) => other?.columns.includes(c));
    const missing = columns.filter((c) => !shared.includes(c));
    await addDifferences(
      connection,
      missing.map((c) => ({ indicator: `${name}.${c}`, published: "column", recounted: null })),
    );
    if (shared.length > 0) values += await compareTable(connection, { schema, name, columns: shared });
  }
  await addDifferences(
    connection,
    [...ours.values()].map(({ name }) => ({ indicator: name, published: null, recounted: "table" })),
  );
  return values;
}

/** Rows of one side alone; paired in their order, so that a row that differs in little is one difference. */
async function compareTable(connection: DuckDBConnection, { schema, name, columns }: Table): Promise<number> {
  const list = columns.map(quoteName).join(", ");
  const from = (catalog: string): string =>
    `SELECT ${list} FROM ${catalog}.${quoteName(schema)}.${quoteName(name)}`;
  const only = (a: string, b: string): string =>
    `SELECT row_number() OVER (ORDER BY ${list}) AS n, ${list} FROM (${from(a)} EXCEPT ALL ${from(b)})`;
  const of = (column: string, fallback: string): string =>
    columns.includes(column)
      ? `coalesce(p.${quoteName(column)}, r.${quoteName(column)}, ${fallback})`
      : fallback;
  const changed = columns
    .map(
      (c) =>
        `CASE WHEN p.n IS NULL OR r.n IS NULL OR p.${quoteName(c)} IS DISTINCT FROM r.${quoteName(c)} THEN '${c.replaceAll("'", "''")}' END`,
    )
    .join(", ");
  const shown = (side: string): string =>
    `CASE WHEN ${side}.n IS NOT NULL THEN left(concat_ws(', ', ${columns
      .map(
        (c) =>
          `CASE WHEN p.n IS NULL OR r.n IS NULL OR p.${quoteName(c)} IS DISTINCT FROM r.${quoteName(c)} THEN ${side}.${quoteName(c)}::VARCHAR END`,
      )
      .join(", ")}), 300) END`;
  await connection.run(`INSERT INTO difference BY NAME
    SELECT ${of("period", "'all'")} AS period, ${of("insurance", "'all'")} AS insurance, ${of("grouping", "'total'")} AS "grouping",
      '${name}.' || CASE WHEN p.n IS NULL OR r.n IS NULL THEN 'row' ELSE concat_ws('+', ${changed}) END AS indicator,
      ${shown("p")} AS published, ${shown("r")} AS recounted
    FROM (${only("published", "again")}) p FULL JOIN (${only("again", "published")}) r ON r.n = p.n`);
  const counted = await connection.runAndReadAll(
    `SELECT (count(*) * ${columns.length})::VARCHAR FROM published.${quoteName(schema)}.${quoteName(name)}`,
  );
  return Number(counted.getRows()[0][0]);
}

import { join } from "node:path";
import { rowsOf } from "./printed.js";

/** No results, or they may tell how and when the records came (alerts tell when they opened). */
const OTHER =
  /^(snapshot|quality_.*|restatement|restatement_cause|closed_period|data_dictionary|alert|alert_event|alert_channel)$/;

/**
 * SHA-256 over the ordered rows of everything that is published as a result: `indicators` of every period,
 * the wide tables, dimensions, 报表, and the finest cells.
 */
export async function fingerprints(root: string): Promise<Record<string, string>> {
  const published = join(root, "data", "published");
  const file = join(published, "fundpulse.duckdb");
  const tables = await rowsOf(
    file,
    `SELECT table_schema, table_name FROM information_schema.tables
     WHERE table_schema IN ('main', '报表') ORDER BY ALL`,
  );
  const sums: Record<string, string> = {};
  for (const { table_schema, table_name } of tables) {
    if (OTHER.test(table_name as string)) continue;
    const all = `"${table_schema}"."${table_name}"`;
    // What was reported follows from closes.
    const name = table_name === "indicators" ? `(SELECT * EXCLUDE (reported, status) FROM ${all})` : all;
    // Millions of rows: each as a number of 64 bits first.
    const row = table_name === "indicators" ? "hash(t)" : "sha256(t::VARCHAR)";
    sums[`${table_schema}.${table_name}`] = await digest(file, name, row);
  }
  const half =
    "(SELECT * EXCLUDE (reported, status) FROM indicators WHERE period IN ('2024H1', '2024-06', '2023Q2', '2024Q1'))";
  sums["indicators as text"] = await digest(file, half, "t::VARCHAR");
  sums.cell_month = await digest(join(published, "cells.duckdb"), "cell_month", "t::VARCHAR");
  return sums;
}

async function digest(file: string, from: string, row: string): Promise<string> {
  const [found] = await rowsOf(
    file,
    `SELECT count(*) AS n, sha256(coalesce(string_agg(h::VARCHAR, chr(10) ORDER BY h), '')) AS sha
     FROM (SELECT ${row} AS h FROM ${from} t)`,
  );
  return `${found.n} ${found.sha}`;
}

/** Sums of `quality_balance` by stream; places are files or topics whose names begin with the stream's. */
export async function balances(root: string): Promise<Record<string, string | null>[]> {
  return rowsOf(
    join(root, "data", "published", "fundpulse.duckdb"),
    `SELECT regexp_extract(source || ' ' || "partition", '(settlement|facility|enrolment)-', 1) AS stream, sum(received) AS received,
       sum(applied) + sum(duplicate) AS counted, sum(held) AS held, sum(quarantined) AS quarantined,
       bool_and(received = applied + duplicate + held + quarantined) AS adds_up
     FROM quality_balance GROUP BY ALL ORDER BY ALL`,
  );
}

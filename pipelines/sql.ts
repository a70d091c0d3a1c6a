import { existsSync } from "node:fs";
import { loadConfig } from "../connectors/config-yaml.js";
import { FundpulseError } from "../schemas/errors.js";
import { publishedFile } from "./run.js";

export const SQL_FORMATS = ["table", "csv", "json"] as const;
export type SqlFormat = (typeof SQL_FORMATS)[number];

/** Shown when `fundpulse sql` is called on a terminal without a query. */
export const OVERVIEW =
  "SELECT table_schema AS schema, table_name AS name, comment FROM (SELECT table_schema, table_name, TABLE_COMMENT AS comment FROM information_schema.tables) ORDER BY ALL";

/** `fundpulse sql`: one read-only query on the published file; without QUERY it is read from standard input. */
export async function sqlCommand(
  query: string | undefined,
  options: { readonly config: string; readonly format: string },
): Promise<number> {
  if (!SQL_FORMATS.includes(options.format as SqlFormat)) {
    throw new FundpulseError("FP1003", `--format ${options.format} is not one of ${SQL_FORMATS.join(", ")}`);
  }
  const file = publishedFile(loadConfig(options.config));
  if (!existsSync(file)) throw new FundpulseError("FP4002", `${file} does not exist yet`);
  const text = query ?? (process.stdin.isTTY ? OVERVIEW : await standardInput());
  process.stdout.write(await ask(file, text, options.format as SqlFormat));
  return 0;
}

/** Rows of a query on a published file, by column name. */
export async function readRows(file: string, sql: string): Promise<Record<string, unknown>[]> {
  return JSON.parse(await ask(file, sql, "json")) as Record<string, unknown>[];
}

async function ask(file: string, sql: string, format: SqlFormat): Promise<string> {
  const module = "../connectors/query-duckdb.js";
  const { query } = (await import(module)) as {
    query(path: string, sql: string, format: SqlFormat): Promise<string>;
  };
  return query(file, sql, format);
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

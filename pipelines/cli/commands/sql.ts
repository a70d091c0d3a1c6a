import { existsSync } from "node:fs";
import { loadConfig } from "../../../connectors/config/load.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { forReaders, publishedFile } from "../../workspace/files.js";
import { passOn } from "../terminal/say.js";

const SQL_FORMATS = ["table", "csv", "json"] as const;
export type SqlFormat = (typeof SQL_FORMATS)[number];

/** Shown when `fundpulse sql` is given no query. */
const OVERVIEW = `
  SELECT schema_name AS schema, table_name AS name, comment FROM duckdb_tables() WHERE schema_name <> 'store'
  UNION ALL
  SELECT schema_name, view_name, comment FROM duckdb_views() WHERE NOT internal AND schema_name <> 'store'
  ORDER BY ALL`;

/** `fundpulse sql`: one read-only query on the published file; without QUERY it is read from standard input. */
export async function sqlCommand(
  query: string | undefined,
  options: { readonly config: string; readonly format: string },
): Promise<number> {
  if (!SQL_FORMATS.includes(options.format as SqlFormat)) {
    throw new FundpulseError("FP1003", `--format ${options.format} is not one of ${SQL_FORMATS.join(", ")}`);
  }
  const file = publishedFile(loadConfig(options.config, forReaders(process.env)));
  if (!existsSync(file)) throw new FundpulseError("FP4002", `${file} does not exist yet`);
  const given = query ?? (process.stdin.isTTY ? "" : await standardInput());
  const text = given.trim() === "" ? OVERVIEW : given;
  const { formatResult, queryPublished } = await import("../../../connectors/duckdb/query.js");
  await passOn(formatResult(await queryPublished(file, text), options.format as SqlFormat));
  return 0;
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

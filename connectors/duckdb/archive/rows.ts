import type { DuckDBConnection } from "@duckdb/node-api";
import { FundpulseError } from "../../../schemas/errors.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { ARCHIVE_COLUMNS } from "../../flink/archive.js";
import type { ArchiveCut } from "./cut.js";

const TYPES = { STRING: "VARCHAR", BYTES: "VARCHAR", BIGINT: "BIGINT", INT: "INTEGER" } as const;
const COLUMNS = ARCHIVE_COLUMNS.map(({ name, flink }) => `${name}: '${TYPES[flink]}'`).join(", ");

/**
 * Reads the rows of a cut from the files of an archive into temporary table `archived`, each once: a job that went on from
 * an older checkpoint may have shown some of them twice.
 * @throws FundpulseError FP3107 where rows are missing or a file cannot be read
 */
export async function readArchive(
  connection: DuckDBConnection,
  files: readonly string[],
  cuts: readonly ArchiveCut[],
): Promise<void> {
  const places = cuts.map((c) => `(${c.partition}, ${c.last}, ${c.rows})`).join(", ");
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE cut AS SELECT * FROM (VALUES (-1, -1, 0)${places ? `, ${places}` : ""}) t(part, last, wanted)`,
  );
  const list = files.map(quoteText).join(", ");
  const from =
    files.length === 0
      ? `(SELECT ${ARCHIVE_COLUMNS.map(({ name, flink }) => `NULL::${TYPES[flink]} AS ${name}`).join(", ")} LIMIT 0)`
      : `read_json([${list}], format = 'newline_delimited', compression = 'gzip', columns = {${COLUMNS}})`;
  try {
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE archived AS SELECT a.* FROM ${from} a JOIN cut ON cut.part = a.part AND a.pos <= cut.last`,
    );
  } catch (cause) {
    throw new FundpulseError("FP3107", `a file of the archive cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  if ((await unlike(connection)).length > 0) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE archived AS
      SELECT * FROM archived QUALIFY row_number() OVER (PARTITION BY part, pos) = 1`);
  }
  const [missing] = await unlike(connection);
  if (missing === undefined) return;
  const [part, wanted, found] = missing;
  throw new FundpulseError(
    "FP3107",
    `of partition ${part} the archive holds ${found} settlements, and the figures are of ${wanted}`,
  );
}

/** Partitions of which there are more or fewer rows than wanted. */
async function unlike(
  connection: DuckDBConnection,
): Promise<[part: number, wanted: string, found: string][]> {
  const found = await connection.runAndReadAll(`SELECT c.part, c.wanted::VARCHAR, count(a.pos)::VARCHAR
    FROM cut c LEFT JOIN archived a ON a.part = c.part GROUP BY ALL HAVING count(a.pos) <> c.wanted ORDER BY c.part`);
  return found.getRows() as [number, string, string][];
}

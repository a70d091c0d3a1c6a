import type { DuckDBConnection } from "@duckdb/node-api";
import { appendColumns } from "../append.js";

const PSEUDONYM_BYTES = 16;
const hex = (word: string): string => `lpad(lower(to_hex(${word}::BIGINT & 4294967295)), 8, '0')`;
/** Writes out a pseudonym from the columns of `person_word`. */
export const PSEUDONYM_SQL = ["a", "b", "c", "d"].map(hex).join(" || ");

export const PERSON_WORDS =
  "CREATE OR REPLACE TEMP TABLE person_word (person INTEGER, a INTEGER, b INTEGER, c INTEGER, d INTEGER)";

/** Adds pseudonyms, 16 bytes each and as four words there, to `person_word`. */
export async function appendPseudonyms(
  connection: DuckDBConnection,
  persons: Int32Array,
  pseudonyms: Buffer,
): Promise<void> {
  const words = [0, 4, 8, 12].map((at) =>
    Int32Array.from(persons, (_, i) => pseudonyms.readInt32BE(i * PSEUDONYM_BYTES + at)),
  );
  await appendColumns(connection, { catalog: "temp", table: "person_word" }, [persons, ...words]);
}

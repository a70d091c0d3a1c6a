import type { DuckDBConnection } from "@duckdb/node-api";
import { SETTLEMENT } from "../../../schemas/detail/tables.js";
import type { StateSnapshot } from "../../state/read-snapshot.js";
import { appendColumns } from "../append.js";
import { keptRows } from "./sql.js";

const PSEUDONYM_BYTES = 16;
const CODE_COLUMNS = [
  ...["insutype", "psn_type", "insu_admdvs", "fixmedins_code", "fix_blng_admdvs", "hosp_lv"],
  ...["med_type", "setl_type"],
];

/** Where settlements come from, as temporary table `place`. */
export async function loadPlaces(connection: DuckDBConnection, snapshot: StateSnapshot): Promise<void> {
  const partitions = snapshot.partitions();
  await connection.run("CREATE OR REPLACE TEMP TABLE place (id INTEGER, source VARCHAR, partition VARCHAR)");
  await appendColumns(connection, { catalog: "temp", table: "place" }, [
    Int32Array.from(partitions, ([id]) => id),
    partitions.map(([, source]) => source),
    partitions.map(([, , partition]) => partition),
  ]);
}

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

/** Writes what is staged in `kept` to `settlement`; `person` and `place` name the persons and places in it. */
export async function insertSettlements(connection: DuckDBConnection, moving: boolean): Promise<void> {
  const rows = keptRows({
    amount: (fen) => `(${fen}::DECIMAL(16, 0) * 0.01::DECIMAL(2, 2))`,
    moving,
    withTexts: true,
  });
  const sources: Record<string, string> = {
    person: "p.pseudonym",
    month: "lpad((s.month // 12)::VARCHAR, 4, '0') || '-' || lpad((s.month % 12 + 1)::VARCHAR, 2, '0')",
    source: "l.source",
    partition: "l.partition",
    ...Object.fromEntries(CODE_COLUMNS.map((n) => [n, `c.${n}`])),
  };
  const columns = SETTLEMENT.columns.map(({ name }) => sources[name] ?? `s.${name}`);
  await connection.run(`INSERT INTO settlement SELECT ${columns.join(", ")}
    FROM (${rows}) s JOIN code_set c ON c.code_set = s.code_set
      JOIN person p ON p.person = s.person JOIN place l ON l.id = s.place`);
}

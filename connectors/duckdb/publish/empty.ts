import { readFile, rm } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Config } from "../../../schemas/config/schema.js";
import {
  type Definition,
  ddl,
  quoteName,
  quoteText,
  type ViewDef,
} from "../../../schemas/published/definition.js";
import { OLD_READERS, STORAGE_VERSION } from "../file.js";
import { CELL_VIEW } from "../views/cell.js";
import { SETTLED_VIEW } from "../views/wide.js";
import { fillDictionary } from "./dictionary.js";
import { fillCatalogue } from "./fill-catalogue.js";

/** The one that was made last: a process publishes under one configuration. */
let made: { readonly layout: string; readonly bytes: Promise<Buffer> } | null = null;

/**
 * Bytes of a database file with every table, view and comment and no data. Making it takes seconds, so it is
 * made once for a layout; `scratch` is the path it is made at, removed at the end. Defined in memory and
 * copied as a whole: in a file, each of its two thousand statements would go through the log.
 */
export function emptyFile(
  layout: string,
  definitions: readonly Definition[],
  config: Config,
  scratch: string,
): Promise<Buffer> {
  if (made?.layout !== layout) {
    const bytes = make(definitions, config, scratch);
    made = { layout, bytes };
    bytes.catch(() => {
      made = null;
    });
  }
  return made.bytes;
}

async function make(definitions: readonly Definition[], config: Config, scratch: string): Promise<Buffer> {
  await removeFile(scratch);
  const instance = await DuckDBInstance.create(":memory:", OLD_READERS);
  const connection = await instance.connect();
  try {
    await define(connection, definitions);
    await fillDictionary(connection, config);
    await fillCatalogue(connection, config);
    await connection.run(`ATTACH ${quoteText(scratch)} AS made (STORAGE_VERSION '${STORAGE_VERSION}');
      COPY FROM DATABASE memory TO made; CHECKPOINT made; DETACH made`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  const bytes = await readFile(scratch);
  await removeFile(scratch);
  return bytes;
}

/** Views that most others stand on, each after those that it stands on itself. */
const BENEATH = [CELL_VIEW, SETTLED_VIEW];

/**
 * Makes everything that is defined. Each comment on a view's column makes DuckDB bind the view anew, down to the
 * tables; so while the others are made, empty tables stand in for the views beneath them.
 */
async function define(connection: DuckDBConnection, definitions: readonly Definition[]): Promise<void> {
  const beneath = BENEATH.filter((view) => definitions.includes(view));
  const schemas = new Set(definitions.map((d) => d.schema));
  schemas.delete("main");
  const made = (wanted: (d: Definition) => boolean): string[] =>
    definitions.filter((d) => wanted(d) && !beneath.includes(d as ViewDef)).flatMap((d) => ddl(d));
  // In few calls: each of many small ones would wait for the program's next free moment.
  await connection.run(
    [...schemas]
      .map((schema) => `CREATE SCHEMA "${schema}"`)
      .concat(made((d) => d.kind === "table"))
      .join(";\n"),
  );
  for (const view of beneath) {
    await connection.run(ddl(view)[0]);
    await connection.run(await standIn(connection, view));
  }
  await connection.run(
    [
      ...made((d) => d.kind !== "table"),
      ...[...beneath].reverse().flatMap((view) => [`DROP TABLE ${at(view)}`, ...ddl(view)]),
    ].join(";\n"),
  );
}

const at = ({ schema, name }: ViewDef): string => `${quoteName(schema)}.${quoteName(name)}`;

/** Puts an empty table of the same columns in the place of a view. */
async function standIn(connection: DuckDBConnection, view: ViewDef): Promise<string> {
  const found = await connection.runAndReadAll(
    `SELECT column_name, data_type FROM duckdb_columns()
      WHERE schema_name = ${quoteText(view.schema)} AND table_name = ${quoteText(view.name)} ORDER BY column_index`,
  );
  const columns = (found.getRows() as [string, string][]).map(([name, type]) => `${quoteName(name)} ${type}`);
  return `DROP VIEW ${at(view)}; CREATE TABLE ${at(view)} (${columns.join(", ")})`;
}

async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.wal`, { force: true });
}

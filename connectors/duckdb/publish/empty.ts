import { readFile, rm } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Config } from "../../../schemas/config/schema.js";
import { type Definition, ddl, quoteText } from "../../../schemas/published/definition.js";
import { OLD_READERS, STORAGE_VERSION } from "../file.js";
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
    const schemas = new Set(definitions.map((d) => d.schema));
    schemas.delete("main");
    // In one call: each of many small ones would wait for the program's next free moment.
    await connection.run(
      [...schemas]
        .map((schema) => `CREATE SCHEMA "${schema}"`)
        .concat(definitions.flatMap((definition) => ddl(definition)))
        .join(";\n"),
    );
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

async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.wal`, { force: true });
}

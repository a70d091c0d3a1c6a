import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reader } from "../../../connectors/duckdb/reports/figures.js";
import { makeFolder, PUBLIC_FOLDER } from "../../../connectors/files/modes.js";
import type { Config } from "../../../schemas/config/schema.js";
import { readCatalogue } from "../tags/catalogue.js";
import { makeEdition } from "./edition.js";
import { editionFile, editionTable, type PublicFormat } from "./files.js";

/** The file that was written, and how much of the edition is suppressed. */
export interface PublicExport {
  readonly file: string;
  readonly rows: number;
  readonly suppressed: number;
  /** The edition is the one that was published before: corrections since are too small to show. */
  readonly stands: boolean;
}

/** Writes the public edition of a period. @throws FundpulseError FP1003, FP4004, FP7004. */
export async function exportPublic(
  reader: Reader,
  config: Config,
  period: string,
  format: PublicFormat,
  out?: string,
): Promise<PublicExport> {
  const { edition, stands } = await makeEdition(reader, config, period);
  const { vocabulary } = await readCatalogue(reader, config);
  const bytes = await editionFile(format, editionTable(edition, vocabulary));
  const folder = out ?? join(config.data, "reports", period);
  // A folder that somebody names keeps its own permissions.
  makeFolder(folder, out === undefined ? PUBLIC_FOLDER : undefined);
  const file = join(folder, `public.${format}`);
  writeFileSync(`${file}.next`, bytes, { mode: 0o644 });
  renameSync(`${file}.next`, file);
  const hidden = edition.rows.filter((r) => r.numbers === null).length;
  return { file, rows: edition.rows.length, suppressed: hidden, stands };
}

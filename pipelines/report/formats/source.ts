import type { Reader } from "../../../connectors/duckdb/reports/figures.js";
import type { Config } from "../../../schemas/config/schema.js";
import type { Prepared } from "../tags/prepare.js";

/** A rendered report, and what it was made of. */
export interface Source {
  readonly docx: Uint8Array;
  readonly prepared: Prepared;
  readonly config: Config;
  readonly reader: Reader;
  readonly period: string;
}

import { renameSync } from "node:fs";
import { join } from "node:path";
import { parsePeriod } from "../../aggregations/calendar.js";
import type { Reader } from "../../connectors/duckdb/reports/figures.js";
import { makeFolder, PUBLIC_FOLDER, writePublicFile } from "../../connectors/files/modes.js";
import type { ReportFormat } from "../../schemas/config/report.js";
import type { Config } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { renderDocx } from "./docx/render.js";
import { tagsOf } from "./docx/tags-of.js";
import type { Files } from "./docx/zip.js";
import { unzip } from "./docx/zip.js";
import { convert } from "./formats/convert.js";
import { notesOf } from "./notes.js";
import { type Edition, makeEdition } from "./public/edition.js";
import { publicSource } from "./public/source.js";
import { type Prepared, prepare } from "./tags/prepare.js";
import { findTemplate, type Template } from "./templates/find.js";

/** What to write, and where to; what is left out is as configured. */
export interface ReportRequest {
  readonly period: string;
  readonly template?: string;
  readonly formats?: readonly ReportFormat[];
  /** Only figures of the public edition. */
  readonly publicOnly?: boolean;
  /** Folder; default `data/reports/<period>`. */
  readonly out?: string;
}

/** Files that were written, and tags whose figure does not exist in the period. */
export interface WrittenReport {
  readonly template: string;
  readonly files: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Writes a period's report in every format that is asked for. Nothing is written where a tag is wrong.
 * @throws FundpulseError FP1003 for a period that is none, FP4004 for one without figures, FP7001 to FP7003.
 */
export async function writeReport(
  reader: Reader,
  config: Config,
  request: ReportRequest,
): Promise<WrittenReport> {
  const { period, formats = config.report.formats } = request;
  const known = parsePeriod(period);
  if (known === null || known.kind === "day") {
    throw new FundpulseError(
      "FP1003",
      `period "${period}": give a month 2024-03, a quarter 2024Q1, a half-year 2024H1, a year 2024, or 2024YTD05`,
    );
  }
  const edition = request.publicOnly ? (await makeEdition(reader, config, period)).edition : null;
  const named = request.template ?? (edition === null ? undefined : "public-notice");
  const template = findTemplate(named, config, known.kind);
  const { docx, prepared } = await render(reader, config, period, template, edition);
  const stem =
    edition === null || template.name.startsWith("public") ? template.name : `${template.name}-public`;
  const folder = request.out ?? join(config.data, "reports", period);
  const outputs: { path: string; bytes: Uint8Array }[] = [];
  for (const format of formats) {
    const bytes =
      format === "docx" ? docx : await convert(format, { docx, prepared, config, reader, period });
    outputs.push({ path: join(folder, `${stem}.${format}`), bytes });
  }
  makeFolder(folder, request.out === undefined ? PUBLIC_FOLDER : undefined);
  for (const { path, bytes } of outputs) {
    writePublicFile(`${path}.next`, bytes);
    renameSync(`${path}.next`, path);
  }
  return {
    template: template.name,
    files: outputs.map((o) => o.path),
    missing: [...prepared.tags.missing].sort(),
  };
}

/** A template filled with a period's figures. @throws FundpulseError FP4004, FP7001, FP7002. */
export async function render(
  reader: Reader,
  config: Config,
  period: string,
  template: Template,
  edition: Edition | null = null,
): Promise<{ docx: Uint8Array; prepared: Prepared }> {
  let files: Files;
  try {
    files = unzip(template.docx);
  } catch (cause) {
    throw new FundpulseError("FP7002", `the template ${template.name} is no Word document`, { cause });
  }
  const prepared = await prepare(
    reader,
    config,
    period,
    tagsOf(files),
    edition === null ? null : publicSource(edition),
  );
  const notes = notesOf(prepared.facts, period, edition?.smallCell ?? null);
  return { docx: await renderDocx(template.docx, prepared, notes), prepared };
}

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { parsePeriod } from "../../aggregations/calendar.js";
import { publishedPath } from "../../connectors/files/paths.js";
import type { Config } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { writeReport } from "./report.js";

/** What became of the report of one closed period: its files, or why there is none. */
export interface NightlyReport {
  readonly period: string;
  readonly files: readonly string[];
  readonly missing: number;
  readonly error: string | null;
}

/**
 * Writes the reports that `report.templates` names for kinds of periods, of every closed period that has not all
 * its files yet. A template that is wrong stops neither the night nor the others.
 */
export async function writeConfiguredReports(config: Config): Promise<NightlyReport[]> {
  const templates: Readonly<Record<string, string | undefined>> = config.report.templates;
  if (Object.values(templates).every((t) => t === undefined)) return [];
  const { PublishedReader } = await import("../../connectors/duckdb/query.js");
  const reader = await PublishedReader.open(publishedPath(config.data));
  try {
    const closed = await reader.query("SELECT period FROM store.closed ORDER BY period");
    const written: NightlyReport[] = [];
    for (const [id] of closed.rows) {
      const period = String(id);
      const template = templates[parsePeriod(period)?.kind ?? ""];
      if (template === undefined) continue;
      const stem = join(config.data, "reports", period, basename(template).replace(/\.docx$/i, ""));
      if (config.report.formats.every((format) => existsSync(`${stem}.${format}`))) continue;
      written.push(
        await writeReport(reader, config, { period }).then(
          ({ files, missing }) => ({ period, files, missing: missing.length, error: null }),
          (error: unknown) => {
            if (!(error instanceof FundpulseError)) throw error;
            return { period, files: [], missing: 0, error: error.message };
          },
        ),
      );
    }
    return written;
  } finally {
    reader.close();
  }
}

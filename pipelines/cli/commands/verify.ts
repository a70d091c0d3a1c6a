import { loadConfig } from "../../../connectors/config/load.js";
import { textTable } from "../../../connectors/duckdb/query.js";
import type { FigureDifference } from "../../../connectors/duckdb/recount/difference.js";
import { withEngine } from "../../engine/open.js";
import type { VerifyResult } from "../../verify/port.js";
import { commandLog } from "../../workspace/log.js";
import { engineDeps } from "../terminal/engine-deps.js";
import { count } from "../terminal/progress.js";
import { say } from "../terminal/say.js";

/** Differences that the table shows. */
const SHOWN = 50;

/** `fundpulse verify`: recounts and compares. Exit code 0 all equal, 3 figures differ. */
export async function verifyCommand(options: {
  readonly config: string;
  readonly format: string;
}): Promise<number> {
  const loaded = loadConfig(options.config);
  const deps = engineDeps(commandLog(loaded));
  const result = await withEngine(loaded, deps, (engine) => engine.verify());
  say(options.format === "json" ? `${JSON.stringify(result, null, 1)}\n` : verifyText(result));
  return result.differenceCount === 0 ? 0 : 3;
}

/** What a recount found, in plain words; the first differences as a table. */
export function verifyText(result: VerifyResult): string {
  const { version, figures, differenceCount, differences, seconds, hash } = result;
  const told =
    `version ${version}: ${count(figures)} figures recounted from the kept settlements in ${seconds.toFixed(1)} s\n` +
    `sha-256 of the recounted rows: ${hash}\n`;
  if (differenceCount === 0) return `${told}all equal\n`;
  const shown = differences.slice(0, SHOWN);
  const more = differenceCount > shown.length ? `\n… and ${count(differenceCount - shown.length)} more` : "";
  return `${told}${count(differenceCount)} differ:\n\n${tableText(shown)}${more}\n`;
}

const HEADINGS = ["period", "insurance", "grouping", "dimensions", "indicator", "published", "recounted"];

function tableText(differences: readonly FigureDifference[]): string {
  const rows = differences.map((d) => [
    d.period,
    d.insurance,
    d.grouping,
    Object.entries(d.dimensions)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
    d.indicator,
    d.published ?? "(none)",
    d.recounted ?? "(none)",
  ]);
  return textTable({ columns: HEADINGS, numeric: HEADINGS.map(() => false), rows }).join("\n");
}

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { loadConfig } from "../../../connectors/config/load.js";
import { createLog } from "../../../connectors/ops/log.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { auditReport, tally } from "../../audit/wording/compare.js";
import type { PrintedReport } from "../../audit/wording/report.js";
import { simulate } from "../../simulate/simulate.js";
import { simulatedWorkspace } from "../../simulate/workspace.js";
import { publishedFile } from "../../workspace/files.js";
import { tableText } from "../terminal/printed-text.js";
import { count, progressLine } from "../terminal/progress.js";
import { consume, summaryText } from "./run.js";

const PERIOD = "2024H1";
const PROFILE = "shandan-2024h1";
const SEED = 20_240_813;
/** Stands in a folder that the demo made, and may therefore make anew. */
const MARKER = ".fundpulse-demo";

/** `fundpulse demo`: the bundled county's half-year, from events to the printed tables. */
export async function demoCommand(options: { readonly dir: string }): Promise<number> {
  const dir = freshFolder(options.dir);
  const events = { profile: PROFILE, seed: SEED };
  simulatedWorkspace(dir, events, { personKey: "a key for the demo only", logLevel: "warn" });
  writeFileSync(join(dir, MARKER), "");
  const loaded = loadConfig(join(dir, "fundpulse.yaml"), {});
  const { name } = loaded.config.jurisdiction;

  say(`1. Events: ${name}, January to June 2024 and 2023, simulated to the printed totals`);
  const progress = progressLine();
  progress.note("choosing settlements …");
  const simulated = simulate({ ...events, outDir: join(dir, "inbox") }, (written) =>
    progress.note(`${count(written)} events written`),
  );
  progress.end();
  say(
    `   ${count(simulated.events)} events in ${simulated.files.length} files under ${shown(join(dir, "inbox"))}`,
  );

  say("2. Pipeline: decode, validate, aggregate, publish");
  const log = createLog(loaded.config.log.level, { readable: true });
  const summary = await consume(loaded, log, { untilDrained: true, ops: false });
  say(summaryText(summary, loaded, shown).trimEnd().replaceAll(/^/gm, "   "));

  const report = printedReport();
  say(`3. ${report.title}, computed beside printed`);
  say("   12.34 = : computed and printed alike · 12.34 ≠ 12.43 (1): computed, but printed otherwise\n");
  const audited = await auditReport(report, publishedFile(loaded), loaded.config);
  const tables = report.tables.map((table) => ({
    table,
    figures: audited.figures.filter((f) => f.kind !== "statement" && f.id === table.id),
  }));
  for (const { table, figures } of tables) say(`${tableText(table, figures)}\n`);
  const counts = tally(tables.flatMap(({ figures }) => figures));
  say(
    `${tables.length} tables: ${count(counts.equal)} figures as printed, ${counts["print-error"]} differ where the print contradicts itself,`,
  );
  say(`${counts.differs} differ without a reason, ${counts["not-computable"]} are not computed.`);
  const prose = tally(audited.figures.filter((f) => f.kind === "statement"));
  say(
    `Prose: ${count(prose.equal)} figures as printed, ${prose["print-error"]} differ where the print contradicts itself, ${prose["not-computable"]} are budgets and the like, ${prose.differs} differ.`,
  );
  say(closing(dir, publishedFile(loaded)));
  return counts.differs + counts["not-computable"] + prose.differs === 0 ? 0 : 3;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const shown = (path: string): string => relative(process.cwd(), path) || ".";

function freshFolder(dir: string): string {
  const root = resolve(dir);
  if (existsSync(join(root, MARKER))) rmSync(root, { recursive: true });
  else if (existsSync(root)) {
    throw new FundpulseError("FP1004", `${root} exists and was not made by the demo`, {
      action: "remove it, or choose another folder with --dir",
    });
  }
  return root;
}

/** The printed report, bundled with the package. */
export function printedReport(): PrintedReport {
  const places = ["../../../../pipelines/simulate/data/", "../../simulate/data/"];
  const files = places.map((place) => new URL(`${place}shandan-2024h1.json`, import.meta.url));
  const file = files.find((f) => existsSync(f)) ?? files[0];
  return JSON.parse(readFileSync(file, "utf8")) as PrintedReport;
}

const closing = (dir: string, file: string): string => {
  const sql = `npx fundpulse sql --config ${shown(join(dir, "fundpulse.yaml"))}`;
  return `
The database: ${shown(file)} (any DuckDB from 1.2 opens it)
Ask it:
  ${sql} "FROM 报表.目录"
  ${sql} "FROM 报表.居民医保住院各区域报销比例明细表('${PERIOD}')"
  ${sql} "SELECT insurance, region, visits, avg_fee, reimb_rate FROM inpatient WHERE period = '${PERIOD}' AND grouping = 'care+region'"
  ${sql} "SELECT reason, count(*) FROM quality_quarantine GROUP BY ALL"`;
};

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { type LoadedConfig, loadConfig } from "../../../connectors/config/load.js";
import { PublishedReader } from "../../../connectors/duckdb/query.js";
import { createLog } from "../../../connectors/ops/log.js";
import type { Log } from "../../../connectors/ports/log.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { auditReport, tally } from "../../audit/wording/compare.js";
import type { PrintedReport } from "../../audit/wording/report.js";
import { withEngine } from "../../engine/open.js";
import type { RunSummary } from "../../engine/port.js";
import { startMonitor } from "../../monitor/monitor.js";
import { writeReports } from "../../report/printed-tables.js";
import { writeReport } from "../../report/report.js";
import { CLOSED_EARLY } from "../../simulate/county-year.js";
import { writeDemoEvents } from "../../simulate/demo.js";
import { simulatedWorkspace } from "../../simulate/workspace.js";
import { publishedFile } from "../../workspace/files.js";
import { engineDeps } from "../terminal/engine-deps.js";
import { tableText } from "../terminal/printed-text.js";
import { count, progressLine } from "../terminal/progress.js";
import { sayLine } from "../terminal/say.js";
import { arriveLive } from "./demo-live.js";
import { consume, summaryText, together } from "./run.js";

const PERIOD = "2024H1";
const PROFILE = "shandan-2024h1";
const SEED = 20_240_813;
/** Stands in a folder that the demo made, and may therefore make anew. */
const MARKER = ".fundpulse-demo";

/**
 * `fundpulse demo`: the bundled county's half-year, from events to the printed tables and the page. With `live`
 * the last month arrives while the page is served.
 */
export async function demoCommand(options: {
  readonly dir: string;
  readonly live?: boolean;
}): Promise<number> {
  const dir = freshFolder(options.dir);
  const live = options.live === true;
  const events = { profile: PROFILE, seed: SEED };
  simulatedWorkspace(dir, events, { personKey: "a key for the demo only", logLevel: "warn" });
  writeFileSync(join(dir, MARKER), "");
  const loaded = loadConfig(join(dir, "fundpulse.yaml"), {});
  const { name } = loaded.config.jurisdiction;

  sayLine(`1. Events: ${name}, January to June 2024 and 2023, simulated to the printed totals`);
  const progress = progressLine();
  progress.note("choosing settlements …");
  const inbox = join(dir, "inbox");
  const written = writeDemoEvents(
    { ...events, inbox, late: join(dir, "late"), ...(live ? { later: join(dir, "later") } : {}) },
    (count_) => progress.note(`${count(count_)} events written`),
  );
  progress.end();
  sayLine(
    `   ${count(written.printed)} events, and made up for the page, in no printed figure: ${count(written.madeUp)} more`,
  );
  sayLine(
    "   (July to December 2023, budgets and books of the funds, a facility that falls silent, late bills)",
  );
  sayLine(`   ${written.files.length} files under ${shown(inbox)}`);

  sayLine("2. Pipeline: decode, validate, aggregate, publish");
  const log = createLog(loaded.config.log.level, { readable: true });
  let summary = await consume(loaded, log, { untilDrained: true, ops: false });
  const closed = await closeEarly(loaded, log);
  summary = together(summary, await afterClose(loaded, log, written.late, inbox));
  sayLine(summaryText(summary, loaded, shown).trimEnd().replaceAll(/^/gm, "   "));
  sayLine(
    `   ${CLOSED_EARLY} was closed${closed} before all of its bills came: 更正 shows what that changed`,
  );
  const page = await startMonitor(loaded, { port: 0, log });
  try {
    if (live) {
      sayLine(`   the page: ${page.url}  June 2024 arrives in the next two minutes (Ctrl-C: at once)`);
      summary = await arriveLive(loaded, log, written.later, { inbox });
      sayLine(summaryText(summary, loaded, shown).trimEnd().replaceAll(/^/gm, "   "));
    }
    const exitCode = await printTables(loaded);
    for (const file of await reports(loaded)) sayLine(`   ${shown(file)}`);
    sayLine(closing(dir, publishedFile(loaded)));
    sayLine(`\nThe page: ${page.url}`);
    if (process.stdout.isTTY) {
      sayLine("It is served until Ctrl-C.");
      await interrupted();
    } else sayLine(`Serve it again: npx fundpulse monitor --config ${shown(loaded.file)}`);
    return exitCode;
  } finally {
    await page.close();
  }
}

/** Freezes a month; what nobody can read may belong to any month, so it takes a person to say that it does not. */
async function closeEarly(loaded: LoadedConfig, log: Log): Promise<string> {
  const result = await withEngine(loaded, engineDeps(log), (engine) =>
    engine.close(CLOSED_EARLY, { force: true }),
  );
  return result.problems.length === 0 ? "" : " (in spite of records that nobody can read)";
}

/** The bills that come after the close of their month. */
async function afterClose(
  loaded: LoadedConfig,
  log: Log,
  files: readonly string[],
  inbox: string,
): Promise<RunSummary> {
  for (const file of files) renameSync(file, join(inbox, basename(file)));
  return consume(loaded, log, { untilDrained: true, ops: false });
}

/** What a night writes: the tables of the closed month, and the report of the half-year. */
async function reports(loaded: LoadedConfig): Promise<string[]> {
  sayLine("\nReports, as a night writes them:");
  const tables = await writeReports(loaded.config);
  const reader = await PublishedReader.open(publishedFile(loaded));
  try {
    const { files } = await writeReport(reader, loaded.config, { period: PERIOD, formats: ["html", "docx"] });
    return [...tables.map((t) => t.folder), ...files];
  } finally {
    reader.close();
  }
}

/** The printed tables, computed beside printed; 3 where a figure differs without a known reason. */
async function printTables(loaded: LoadedConfig): Promise<number> {
  const report = printedReport();
  sayLine(`3. ${report.title}, computed beside printed`);
  sayLine("   12.34 = : computed and printed alike · 12.34 ≠ 12.43 (1): computed, but printed otherwise\n");
  const audited = await auditReport(report, publishedFile(loaded), loaded.config);
  const tables = report.tables.map((table) => ({
    table,
    figures: audited.figures.filter((f) => f.kind !== "statement" && f.id === table.id),
  }));
  for (const { table, figures } of tables) sayLine(`${tableText(table, figures)}\n`);
  const counts = tally(tables.flatMap(({ figures }) => figures));
  sayLine(
    `${tables.length} tables: ${count(counts.equal)} figures as printed, ${counts["print-error"]} differ where the print contradicts itself,`,
  );
  sayLine(`${counts.differs} differ without a reason, ${counts["not-computable"]} are not computed.`);
  const prose = tally(audited.figures.filter((f) => f.kind === "statement"));
  sayLine(
    `Prose: ${count(prose.equal)} figures as printed, ${prose["print-error"]} differ where the print contradicts itself, ${prose["not-computable"]} are budgets and the like, ${prose.differs} differ.`,
  );
  return counts.differs + counts["not-computable"] + prose.differs === 0 ? 0 : 3;
}

const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });

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
function printedReport(): PrintedReport {
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

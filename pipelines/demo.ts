import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import {
  type ComparedTable,
  comparePrinted,
  type PrintHabits,
  type TableHint,
} from "../aggregations/printed/compare.js";
import { type FigureRow, Figures } from "../aggregations/printed/figures.js";
import type { PrintedReport } from "../aggregations/printed/report.js";
import { loadConfig } from "../connectors/config-yaml.js";
import { createLog } from "../connectors/log.js";
import { FundpulseError } from "../schemas/errors.js";
import { isBeyond, tableText, tally } from "./printed-text.js";
import { count, progressLine } from "./progress.js";
import { consume, publishedFile, summaryText } from "./run.js";
import { simulate } from "./simulate.js";
import { simulatedWorkspace } from "./simulated-workspace.js";
import { readRows } from "./sql.js";

const PERIOD = "2024H1";
const PROFILE = "shandan-2024h1";
const SEED = 20_240_813;
/** Stands in a folder that the demo made, and may therefore make anew. */
const MARKER = ".fundpulse-demo";

const REIMBURSED = { top: ["reimbursed"], bottom: ["fee"], scale: 100 };
/** What this report prints otherwise than its headings say. */
const HINTS: Readonly<Record<string, TableHint>> = {
  "employee.inpatient.by_facility.base_comp": {
    columns: {
      base_comp_rate_pct: REIMBURSED,
      base_comp_rate_prev_pct: REIMBURSED,
      base_comp_rate_delta_pp: REIMBURSED,
    },
    note: "The heading says 基本段, but the print divides 报销总额 by 费用总额 here, and so do we.",
  },
  "employee.fund_spend.structure": {
    beyond: {
      生育津贴: "生育津贴 is booked by the fund, it is no settlement",
      合计: "the printed total contains 生育津贴, which is no settlement",
    },
  },
};

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
  say(
    summaryText(summary, shown(publishedFile(loaded)))
      .trimEnd()
      .replaceAll(/^/gm, "   "),
  );

  const report = printedReport();
  say(`3. ${report.title}, computed beside printed`);
  say("   12.34 = : computed and printed alike · 12.34 ≠ 12.43 (1): computed, but printed otherwise\n");
  const tables = await besidePrinted(report, publishedFile(loaded), loaded.config.report);
  const shownTables = tables.filter((table) => !isBeyond(table));
  for (const table of shownTables) {
    const printed = report.tables.find((t) => t.id === table.id);
    if (printed) say(`${tableText(table, printed)}\n`);
  }
  const counts = tally(shownTables);
  say(
    `${shownTables.length} tables: ${count(counts.equal)} figures as printed, ${counts["print-error"]} differ where the print contradicts itself,`,
  );
  say(`${counts.beyond} come from other streams, ${counts.different} differ without a reason.`);
  const left = tables.filter(isBeyond).map((table) => table.id);
  if (left.length > 0) say(`Left out, from other streams: ${left.join(", ")}.`);
  say(closing(dir, publishedFile(loaded)));
  return counts.different === 0 ? 0 : 3;
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
  const places = ["../../pipelines/demo-data/", "./demo-data/"];
  const files = places.map((place) => new URL(`${place}shandan-2024h1.json`, import.meta.url));
  const file = files.find((f) => existsSync(f)) ?? files[0];
  return JSON.parse(readFileSync(file, "utf8")) as PrintedReport;
}

/** The county's printed tables beside the figures of a published file. */
export const besidePrinted = async (
  report: PrintedReport,
  file: string,
  habits: PrintHabits,
): Promise<ComparedTable[]> => comparePrinted(report, await readFigures(file), habits, HINTS);

const COLUMNS = ["care", "category", "region", "tier", "facility", "facility_name"] as const;

/** The additive figures that the printed tables are made of. */
async function readFigures(file: string): Promise<Figures> {
  const rows = await readRows(
    file,
    `SELECT insurance, "grouping", ${COLUMNS.join(", ")}, indicator, value::VARCHAR AS value, previous::VARCHAR AS previous
     FROM indicators WHERE period = '${PERIOD}' AND "grouping" IN ('total', 'care+category', 'care+category+region',
       'care+category+tier', 'care+category+facility')
     AND indicator IN ('visits', 'persons', 'bed_days', 'fee', 'in_scope_fee', 'pool_paid', 'critical_paid',
       'large_paid', 'aid_paid', 'reimbursed', 'benefit_paid', 'enrolled')`,
  );
  return new Figures(
    rows.map((row): FigureRow => {
      const dimensions = Object.fromEntries(COLUMNS.map((name) => [name, row[name] as string | null]));
      return {
        insurance: String(row.insurance),
        grouping: String(row.grouping),
        dimensions,
        indicator: String(row.indicator),
        value: row.value as string | null,
        previous: row.previous as string | null,
      };
    }),
  );
}

const closing = (dir: string, file: string): string => `
The database: ${shown(file)} (any DuckDB from 1.2 opens it)
Ask it:
  npx fundpulse sql --config ${shown(join(dir, "fundpulse.yaml"))} "SELECT insurance, region, visits, avg_fee, reimb_rate FROM inpatient WHERE period = '${PERIOD}' AND grouping = 'care+region'"
  npx fundpulse sql --config ${shown(join(dir, "fundpulse.yaml"))} "SELECT reason, count(*) FROM quality_quarantine GROUP BY ALL"`;

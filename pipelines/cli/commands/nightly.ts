import { dayText, parseDay, ZoneCalendar } from "../../../aggregations/calendar.js";
import { type LoadedConfig, loadConfig } from "../../../connectors/config/load.js";
import type { Log } from "../../../connectors/ports/log.js";
import { FundpulseError } from "../../../schemas/errors.js";
import type { CloseResult } from "../../closing/port.js";
import { withEngine } from "../../engine/open.js";
import type { EngineServices } from "../../engine/operations.js";
import { type NightlyReport, writeConfiguredReports } from "../../report/nightly.js";
import { type WrittenReports, writeReports } from "../../report/printed-tables.js";
import type { DetailResult, VerifyResult } from "../../verify/port.js";
import { commandLog } from "../../workspace/log.js";
import { engineDeps } from "../terminal/engine-deps.js";
import { count } from "../terminal/progress.js";
import { say } from "../terminal/say.js";

import { localText, problemText } from "./close.js";

/** What one night did. */
export interface NightlyResult {
  readonly day: string;
  readonly closes: readonly CloseResult[];
  readonly version: number;
  readonly reports: readonly WrittenReports[];
  readonly written: readonly NightlyReport[];
  /** Null where the settlements are kept by a Flink job, and not in an archive. */
  readonly detail: DetailResult | null;
  readonly verified: VerifyResult | null;
}

/** `fundpulse nightly`. Exit code 3 when a due period was refused or a figure differs, 1 when a report failed. */
export async function nightlyCommand(options: {
  readonly config: string;
  readonly date?: string;
}): Promise<number> {
  const loaded = loadConfig(options.config);
  const calendar = new ZoneCalendar(loaded.config.timezone);
  const day = options.date ?? dayText(calendar.dayOf(Date.now()));
  if (parseDay(day) === null) {
    throw new FundpulseError("FP1003", `--date ${day} is no day`, { action: "write YYYY-MM-DD" });
  }
  const log = commandLog(loaded);
  const deps = engineDeps(log);
  const result = await withEngine(loaded, deps, (engine) => night(engine, loaded, day, log));
  say(nightlyText(result, calendar));
  const differences = result.verified?.differenceCount ?? 0;
  if (result.closes.some((c) => c.outcome === "refused") || differences > 0) return 3;
  return result.written.some((r) => r.error !== null) ? 1 : 0;
}

/** The work of a night on an engine, here or in another process. */
async function night(
  engine: EngineServices,
  loaded: LoadedConfig,
  day: string,
  log: Log,
): Promise<NightlyResult> {
  log.info("nightly started", { day });
  await engine.publish();
  const closes: CloseResult[] = [];
  for (const period of await engine.due(day)) {
    closes.push(await engine.close(period, { force: false }));
  }
  // A close publishes too; this says under which version everything stands, and refreshes cells.duckdb.
  const { version } = await engine.publish();
  const reports = await writeReports(loaded.config);
  for (const { period, folder, tables } of reports) log.info("reports written", { period, folder, tables });
  const written = await writeConfiguredReports(loaded.config);
  for (const { period, files, error } of written) {
    if (error === null) log.info("report written", { period, files });
    else log.error("report failed", { period, error });
  }
  const { engine: kind } = loaded.config;
  const withSettlements = kind.kind === "embedded" || kind.archive !== undefined;
  const detail = withSettlements ? await engine.writeDetail() : null;
  const verified = withSettlements ? await engine.verify() : null;
  if (verified === null) log.info("not verified: the settlements are with Flink");
  else {
    const facts = { figures: verified.figures, differences: verified.differenceCount, hash: verified.hash };
    if (verified.differenceCount > 0) log.error("verify found differences", facts);
    else log.info("verified", facts);
  }
  return { day, closes, version, reports, written, detail, verified };
}

function nightlyText(result: NightlyResult, calendar: ZoneCalendar): string {
  const { closes, reports, written, detail, verified } = result;
  const closed = closes.filter((c) => c.outcome === "closed");
  const refused = closes.filter((c) => c.outcome === "refused");
  const lines = [
    `night of ${result.day}, published version ${result.version}`,
    closed.length === 0
      ? `closed: ${refused.length === 0 ? "nothing was due" : "nothing"}`
      : `closed: ${closed.map((c) => closedText(c, calendar)).join(", ")}`,
    ...refusedText(refused),
    ...(refused.length === 0 ? [] : ["  close one all the same: fundpulse close <period> --force"]),
    ...reports.map((r) => `reports of ${r.period}: ${count(r.tables)} tables in ${r.folder}`),
    ...written.flatMap((r) => (r.error === null ? r.files : [`report of ${r.period} FAILED: ${r.error}`])),
    detail === null
      ? "detail: none; the settlements are with Flink"
      : `detail: ${count(detail.settlements)} settlements in ${detail.path}`,
    verified === null
      ? "verified: no; a recount needs the settlements (docs/scale-out.md)"
      : verified.differenceCount === 0
        ? `verified: ${count(verified.figures)} figures, no difference`
        : `verified: ${count(verified.figures)} figures, ${count(verified.differenceCount)} DIFFER; see them: fundpulse verify`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Periods that were refused for the same reasons stand together. */
function refusedText(refused: readonly CloseResult[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { period, problems } of refused) {
    const reason = problemText(problems);
    byReason.set(reason, [...(byReason.get(reason) ?? []), period]);
  }
  return [...byReason].flatMap(([reason, periods]) => [`refused: ${periods.join(", ")}`, reason]);
}

const closedText = ({ period, closedAt }: CloseResult, calendar: ZoneCalendar): string =>
  closedAt === null ? period : `${period} (${localText(calendar, closedAt)})`;

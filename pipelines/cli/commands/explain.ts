import type { Formula } from "../../../aggregations/explain/formula.js";
import { parseRequest, type Request } from "../../../aggregations/explain/request.js";
import { loadConfig } from "../../../connectors/config/load.js";
import type { DetailNeed } from "../../../connectors/duckdb/detail/excerpt.js";
import {
  listSql,
  personsSql,
  type RecordKind,
} from "../../../connectors/duckdb/explain/settlement-queries.js";
import { localUser, noteLook } from "../../../connectors/files/access-log.js";
import { statePath } from "../../../connectors/files/paths.js";
import type { Config } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { explain, recordQueries } from "../../explain/collect.js";
import type { Explanation } from "../../explain/explanation.js";
import { type Brought, detailFile, type Opened, openFiles } from "../../explain/files.js";
import { findFigure } from "../../explain/lookup.js";
import { needOf } from "../../explain/need.js";
import { explanationJson, writeCsv } from "../../explain/print.js";
import { explanationText } from "../../explain/text.js";
import { forReaders } from "../../workspace/files.js";
import { commandLog } from "../../workspace/log.js";
import { engineDeps } from "../terminal/engine-deps.js";
import { passOn, say, sayAside, sayLine } from "../terminal/say.js";

const EXPLAIN_FORMATS = ["text", "json", "csv"] as const;
const CELLS_SHOWN = 10;
const RECORDS_SHOWN = 20;

/**
 * Brings the detail file up to date, or what is needed of it, which needs the configuration's secrets where no
 * process holds the state.
 */
export async function refreshDetail(configFile: string, need?: DetailNeed): Promise<Brought> {
  const { withEngine } = await import("../../engine/open.js");
  const loaded = loadConfig(configFile);
  return withEngine(loaded, engineDeps(commandLog(loaded)), (engine) => engine.writeDetail(need));
}

export interface ExplainOptions {
  readonly config: string;
  readonly format: string;
  readonly limit?: string;
  readonly sql?: boolean;
}

/**
 * `fundpulse explain`: from a published figure to the records behind it. Exit code 3 when they do not give the
 * figure, unless records arrived after it was published.
 */
export async function explainCommand(
  period: string,
  indicator: string,
  pairs: readonly string[],
  options: ExplainOptions,
): Promise<number> {
  if (!(EXPLAIN_FORMATS as readonly string[]).includes(options.format)) {
    throw new FundpulseError(
      "FP1003",
      `--format ${options.format} is not one of ${EXPLAIN_FORMATS.join(", ")}`,
    );
  }
  const limit = limitOf(options);
  const { request, formula: known } = parseRequest(period, indicator, pairs);
  const loaded = loadConfig(options.config, forReaders(process.env));
  if (limit !== 0 && !options.sql && (known?.family ?? "settlement") === "settlement")
    noteLook(loaded.config.data, {
      ...localUser(),
      by: `explain --format ${options.format} --limit ${limit ?? "all"}`,
      what: [request.period.id, request.indicator, ...pairs].join(" "),
      at: new Date(),
    });
  // Statements are for the detail file: it has to hold everything.
  const need = options.sql ? undefined : needOf(request, known);
  const opened = await openFiles(loaded, () => refreshDetail(options.config, need));
  try {
    const { formula, published } = await findFigure(opened.reader, request, known);
    if (options.sql) {
      const statements = await statementsOf(opened, loaded.config, request, formula);
      sayLine(`-- duckdb -readonly ${detailFile(loaded)}\n${statements.join("\n\n")}`);
      return 0;
    }
    if (options.format === "csv") {
      const [first] = await recordQueries(opened.reader, loaded.config, request, formula);
      await writeCsv(opened.reader, listSql(first!), limit, passOn);
      return 0;
    }
    const limits = { records: limit, cells: options.format === "json" ? limit : CELLS_SHOWN };
    const found = await explain(opened.reader, loaded.config, request, formula, published, limits);
    const explanation: Explanation = {
      ...found,
      published: opened.published,
      detail: opened.detail,
      check: await checked(found.check, opened, loaded.config),
    };
    say(options.format === "json" ? explanationJson(explanation) : explanationText(explanation));
    return report(explanation);
  } finally {
    opened.reader.close();
  }
}

/** A difference may come of records that arrived after the publish: then it is none. */
async function checked(
  check: Explanation["check"],
  { published, detail }: Opened,
  config: Config,
): Promise<Explanation["check"]> {
  if (check.outcome !== "differs" || detail.sequence <= published.sequence) return check;
  const { changedSince } = await import("../../../connectors/duckdb/explain/changed-since.js");
  const newer = changedSince(statePath(config.data), published.sequence);
  return newer ? { ...check, outcome: "newer" } : check;
}

/** Says on standard error what does not agree; the exit code. */
function report({ check, request }: Explanation): number {
  if (check.outcome === "equal") return 0;
  const list = check.differences.map((d) => `\n  ${d}`).join("");
  if (check.outcome === "newer") {
    sayAside(`fundpulse: records arrived since the publish that shows this figure; it will follow:${list}\n`);
    return 0;
  }
  sayAside(
    `fundpulse: ${request.period.id} ${request.indicator} IS NOT WHAT ITS RECORDS GIVE:${list}\n` +
      "Run `fundpulse verify` to see what else differs, then `fundpulse rebuild`.\n",
  );
  return 3;
}

/** Every statement that stands behind the figure, each with what it gives. */
async function statementsOf(
  { reader }: Opened,
  config: Config,
  request: Request,
  formula: Formula,
): Promise<string[]> {
  const queries = await recordQueries(reader, config, request, formula);
  const statements = queries.map((query) => `-- ${RECORD_WORDS[query.kind]}\n${listSql(query)};`);
  const persons =
    formula.family === "settlement" &&
    [formula.indicator.numerator, formula.indicator.denominator].includes("persons");
  if (persons) {
    statements.push(`-- persons: those whose weights sum above 0 are counted\n${personsSql(queries[0]!)};`);
  }
  return statements;
}

const RECORD_WORDS: Readonly<Record<RecordKind, string>> = {
  settlement: "settlements behind the figure, and what each adds",
  base: "settlements of the share's base",
  fund_entry: "lines of the books, and what each adds",
  enrolment: "enrolment rows, and what each adds",
  dip_result: "DIP results, and what each adds",
  reported_fact: "reported facts, of which the latest stands",
};

/** How many records are listed; null: all. A spreadsheet wants all. */
function limitOf({ limit, format }: ExplainOptions): number | null {
  if (limit === undefined) return format === "csv" ? null : RECORDS_SHOWN;
  if (limit === "all") return null;
  if (!/^\d{1,9}$/.test(limit)) {
    throw new FundpulseError("FP1003", `--limit ${limit}: a whole number, 0 for none, or all`);
  }
  return Number(limit);
}

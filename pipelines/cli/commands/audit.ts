import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { loadConfig } from "../../../connectors/config/load.js";
import { FundpulseError } from "../../../schemas/errors.js";
import type { PrintHabits } from "../../audit/arithmetic/evaluate.js";
import { isUnread } from "../../audit/arithmetic/judge.js";
import { readDocumentFile } from "../../audit/document/read.js";
import { documentJson } from "../../audit/json.js";
import { PeriodFigures, periodOf } from "../../audit/printed.js";
import { type AuditResult, auditReport, tally } from "../../audit/wording/compare.js";
import { type AuditHints, asPrintedReport, type PrintedReport } from "../../audit/wording/report.js";
import { forReaders, publishedFile } from "../../workspace/files.js";
import { documentText } from "../terminal/document-text.js";
import { auditText } from "../terminal/printed-text.js";
import { say } from "../terminal/say.js";

export interface AuditOptions {
  readonly config: string;
  readonly period?: string;
  readonly format: string;
  readonly rounding: string;
  readonly hints?: string;
  readonly out?: string;
  readonly all?: boolean;
}

const FORMATS = ["text", "json", "docx"];
const ROUNDINGS = ["detect", "half-up", "cut-off"];

/** `fundpulse audit`: a printed report beside the published file. 3 when a figure differs without an excuse or cannot be read. */
export async function auditCommand(path: string, options: AuditOptions): Promise<number> {
  for (const [name, given, allowed] of [
    ["format", options.format, FORMATS],
    ["rounding", options.rounding, ROUNDINGS],
  ] as const) {
    if (!allowed.includes(given))
      throw new FundpulseError("FP1003", `--${name} ${given} is not one of ${allowed.join(", ")}`);
  }
  return extname(path).toLowerCase() === ".json"
    ? auditJsonFile(path, options)
    : auditDocument(path, options);
}

const roundingOf = ({ rounding }: AuditOptions): PrintHabits["rounding"] | null =>
  rounding === "detect" ? null : (rounding as PrintHabits["rounding"]);

/** A document as it is: docx, html, txt, xlsx. */
async function auditDocument(path: string, options: AuditOptions): Promise<number> {
  const docx = options.format === "docx";
  if (docx && extname(path).toLowerCase() !== ".docx")
    throw new FundpulseError("FP1003", "--format docx marks a copy of a .docx: the document is none");
  if (docx && options.out === undefined)
    throw new FundpulseError("FP1003", "--format docx needs --out with the file to write");
  const document = readDocumentFile(path);
  const loaded = loadConfig(options.config, forReaders(process.env));
  const figures = await PeriodFigures.read(
    publishedFile(loaded),
    periodOf(document, options.period),
    loaded.config,
  );
  const result = figures.audit(document, roundingOf(options));
  if (docx) {
    const { markWord } = await import("../../audit/mark.js");
    markWord(path, options.out as string, result);
    say(`${options.out}\n`);
  } else if (options.format === "json") say(`${JSON.stringify(documentJson(result), null, 2)}\n`);
  else say(documentText(result, options.all ?? false));
  return result.counts.differs > 0 ? 3 : 0;
}

/** A report that was typed in as data. */
async function auditJsonFile(path: string, options: AuditOptions): Promise<number> {
  if (options.format === "docx")
    throw new FundpulseError("FP1003", "--format docx marks a copy of a .docx: the document is none");
  const report = readReport(path);
  const hints = options.hints === undefined ? {} : (readJson(options.hints) as AuditHints);
  const loaded = loadConfig(options.config, forReaders(process.env));
  const file = publishedFile(loaded);
  if (!existsSync(file)) throw new FundpulseError("FP4002", `${file} does not exist yet`);
  const rounding = roundingOf(options);
  const result = await auditReport(report, file, loaded.config, {
    ...(options.period ? { period: options.period } : {}),
    ...(rounding === null ? {} : { rounding }),
    hints,
  });
  say(
    options.format === "json"
      ? `${JSON.stringify(auditJson(result), null, 2)}\n`
      : auditText(report, result, options.all ?? false),
  );
  return result.figures.some((f) => f.status === "differs" || isUnread(f)) ? 3 : 0;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new FundpulseError("FP1005", `${path}: ${(error as Error).message}`);
  }
}

function readReport(path: string): PrintedReport {
  const json = readJson(path);
  try {
    return asPrintedReport(json);
  } catch (error) {
    throw new FundpulseError("FP1005", `${path}: ${(error as Error).message}`);
  }
}

/** The audit of a JSON report as JSON: what was compared, how often it agrees, and every figure. */
const auditJson = ({ period, rounding, figures }: AuditResult): object => ({
  period,
  rounding,
  counts: tally(figures),
  figures: figures.map(({ id, row, key, heading, text, computed, status, note }) => ({
    ...{ id, row, key, heading, printed: text, computed, status, note },
  })),
});

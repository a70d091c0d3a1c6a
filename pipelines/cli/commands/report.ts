import { existsSync, writeFileSync } from "node:fs";
import { loadConfig } from "../../../connectors/config/load.js";
import { PublishedReader } from "../../../connectors/duckdb/query.js";
import { REPORT_FORMATS, type ReportFormat } from "../../../schemas/config/report.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { buildDocx } from "../../report/docx/build.js";
import { writeReport } from "../../report/report.js";
import { BUILT_IN } from "../../report/templates/list.js";
import { forReaders, publishedFile } from "../../workspace/files.js";
import { say, sayAside } from "../terminal/say.js";

interface ReportOptions {
  readonly config: string;
  readonly template?: string;
  readonly format?: string;
  readonly out?: string;
  readonly public?: boolean;
}

/** `fundpulse report <period>`. */
export async function reportCommand(period: string | undefined, options: ReportOptions): Promise<number> {
  if (period === undefined) {
    throw new FundpulseError("FP1003", "report needs a period, as 2024H1 or 2024Q1");
  }
  const loaded = loadConfig(options.config, forReaders(process.env));
  const formats = options.format === undefined ? undefined : formatsOf(options.format);
  const reader = await PublishedReader.open(publishedFile(loaded));
  try {
    const { files, missing } = await writeReport(reader, loaded.config, {
      period,
      template: options.template,
      formats,
      out: options.out,
      publicOnly: options.public,
    });
    say(files.map((f) => `${f}\n`).join(""));
    if (missing.length > 0) {
      const list = missing.map((m) => `\n  ${m}`).join("");
      sayAside(`${missing.length} figures do not exist in ${period}:${list}\n`);
    }
  } finally {
    reader.close();
  }
  return 0;
}

function formatsOf(text: string): ReportFormat[] {
  const formats = text.split(",").map((f) => f.trim());
  const wrong = formats.filter((f) => !(REPORT_FORMATS as readonly string[]).includes(f));
  if (wrong.length > 0) {
    throw new FundpulseError(
      "FP1003",
      `--format ${wrong.join(",")} is not one of ${REPORT_FORMATS.join(", ")}`,
    );
  }
  return [...new Set(formats)] as ReportFormat[];
}

/** `fundpulse report templates`. */
export function templatesCommand(): number {
  const width = Math.max(...BUILT_IN.map((t) => t.name.length));
  say(BUILT_IN.map((t) => `${t.name.padEnd(width)}  ${t.about}\n`).join(""));
  return 0;
}

/** `fundpulse report copy <name> <file>`. */
export function copyCommand(name: string, file: string): number {
  const template = BUILT_IN.find((t) => t.name === name);
  if (template === undefined) {
    throw new FundpulseError(
      "FP7002",
      `there is no built-in template "${name}": ${BUILT_IN.map((t) => t.name).join(", ")}`,
    );
  }
  if (existsSync(file))
    throw new FundpulseError("FP1004", `${file} exists already`, { action: "choose another file" });
  writeFileSync(file, buildDocx(template.source()));
  say(`${file}\n`);
  return 0;
}

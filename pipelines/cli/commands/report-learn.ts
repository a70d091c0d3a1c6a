import { existsSync, writeFileSync } from "node:fs";
import { loadConfig } from "../../../connectors/config/load.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { readDocumentFile } from "../../audit/document/read.js";
import { learn } from "../../audit/learn.js";
import { PeriodFigures, periodOf } from "../../audit/printed.js";
import { forReaders, publishedFile } from "../../workspace/files.js";
import { count } from "../terminal/progress.js";
import { say, sayAside } from "../terminal/say.js";

export interface LearnOptions {
  readonly config: string;
  readonly period?: string;
  readonly out: string;
}

/** `fundpulse report learn`: a template of a printed report; what it could not learn goes to standard error. */
export async function learnCommand(path: string, options: LearnOptions): Promise<number> {
  if (existsSync(options.out))
    throw new FundpulseError("FP1004", `${options.out} exists and is not overwritten`);
  const document = readDocumentFile(path);
  const loaded = loadConfig(options.config, forReaders(process.env));
  const period = periodOf(document, options.period);
  const figures = await PeriodFigures.read(publishedFile(loaded), period, loaded.config);
  const audit = figures.audit(document);
  if (audit.other)
    throw new FundpulseError(
      "FP4004",
      `so few figures of ${path} agree with ${period} that it is of another period: give it with --period`,
    );
  const { template, learned, left } = learn(path, document, audit);
  writeFileSync(options.out, template);
  say(`${options.out}\n`);
  const lines = [
    `${count(learned)} of ${count(audit.figures.length)} figures are tags now; ${count(left.length)} stay as they are printed${left.length === 0 ? "" : ":"}`,
    ...left.map(({ figure: { found }, why }) => {
      const i = found.place.indexOf(found.printed);
      const place = found.table === null ? `…${found.place.slice(Math.max(0, i - 20), i)}` : found.place;
      return `  ${audit.places} ${found.spot.anchor}, ${place} ${found.printed}${found.unit ?? ""}: ${why}`;
    }),
    "words of direction (增加, 减少 …) stay as they are printed: read them again in the next period",
  ];
  sayAside(`${lines.join("\n")}\n`);
  return 0;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../../connectors/config/load.js";
import { readText } from "../../../pipelines/audit/document/text.js";
import type { JudgedFigure } from "../../../pipelines/audit/evidence/verdict.js";
import { PeriodFigures } from "../../../pipelines/audit/printed.js";
import { publishedOf } from "../../support/printed.js";

export const textOf = (name: string): string =>
  readFileSync(new URL(`../../golden/${name}.txt`, import.meta.url), "utf8");
export const documentOf = (name: string) => readText(textOf(name));

/** The figures of a simulated workspace's period. */
export const figuresOf = (root: string, period: string): Promise<PeriodFigures> =>
  PeriodFigures.read(publishedOf(root), period, loadConfig(join(root, "fundpulse.yaml")).config);

/** `line printed computed kind`, for lists of what is wrong. */
export const said = ({ found, computed, kind }: JudgedFigure): string =>
  `${found.spot.anchor} ${found.printed}${found.unit ?? ""} ${computed} ${kind}`;
export const saidOf = (figures: readonly JudgedFigure[], status: JudgedFigure["status"]): string[] =>
  figures.filter((f) => f.status === status).map(said);

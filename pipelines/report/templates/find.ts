import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { nearest } from "../../../connectors/config/problems.js";
import type { Config } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { buildDocx } from "../docx/build.js";
import { BUILT_IN, builtInFor } from "./list.js";

/** A template to render: the name that its files get, and the Word document. */
export interface Template {
  readonly name: string;
  readonly docx: Uint8Array;
}

/**
 * A template by its name, by the path of a Word document, or, where none is named, the configured or the
 * built-in one of the period's kind.
 * @throws FundpulseError FP7002 where there is none.
 */
export function findTemplate(named: string | undefined, config: Config, kind: string): Template {
  const configured = config.report.templates[kind as keyof Config["report"]["templates"]];
  const name = named ?? configured ?? builtInFor(config.jurisdiction.level, kind).name;
  const builtIn = BUILT_IN.find((t) => t.name === name);
  if (builtIn !== undefined) return { name, docx: buildDocx(builtIn.source()) };
  if (!/\.docx$/i.test(name)) {
    const near = nearest(
      name,
      BUILT_IN.map((t) => t.name),
    );
    const hint = near === null ? "" : `; did you mean ${near}?`;
    throw new FundpulseError("FP7002", `there is no template "${name}"${hint}`);
  }
  if (!existsSync(name)) throw new FundpulseError("FP7002", `the template ${name} does not exist`);
  return { name: basename(name).replace(/\.docx$/i, ""), docx: new Uint8Array(readFileSync(name)) };
}

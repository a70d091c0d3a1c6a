import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { REFERENCE_COLUMNS } from "../../connectors/config/reference.js";
import { makeFolder } from "../../connectors/files/modes.js";
import { CONFIG_TEMPLATE } from "../../schemas/config/template.js";
import { FundpulseError } from "../../schemas/errors.js";

/** Commented examples under the header of each table. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  "facilities.csv": [
    "# one line a facility, or several with other valid_from 医疗机构; lines that start with # are comments",
    "# hosp_lv 01-04 三级 05-07 二级 08-10 一级 11 未定级; tier 3 2 1 0 only where it is not that of hosp_lv",
    "# ownership public | private; kind hospital, township, village, community, pharmacy …; dates YYYY-MM-DD",
    "# H62072500001,620725,山丹县人民医院,05,,public,hospital,,2023-01-01,,1,",
  ],
  "categories.csv": [
    "# your own med_type codes 本地医疗类别; the national codes apply without being listed here",
    "# care inpatient | outpatient | pharmacy | maternity; dise_no and insurance narrow a line to these",
    "# 9901,门诊两病,outpatient,,resident,,",
  ],
  "divisions.csv": ["# names of divisions 行政区划名称", "# 620725,山丹县"],
};

/** The files of a new workspace by path inside it. */
function workspaceFiles(config: string = CONFIG_TEMPLATE): Readonly<Record<string, string>> {
  const tables = Object.entries(REFERENCE_COLUMNS).map(([name, columns]) => [
    `reference/${name}`,
    `${columns.join(",")}\n${EXAMPLES[name].join("\n")}\n`,
  ]);
  return { "fundpulse.yaml": config, ...Object.fromEntries(tables) };
}

/** Whether a workspace is as `init` makes it: no file of it changed, nothing in its inbox, no state. */
function isUntouched(dir: string): boolean {
  const inbox = join(dir, "inbox");
  if (existsSync(join(dir, "data")) || !existsSync(inbox) || readdirSync(inbox).length > 0) return false;
  return Object.entries(workspaceFiles()).every(([name, content]) => {
    const file = join(dir, name);
    return existsSync(file) && readFileSync(file, "utf8") === content;
  });
}

/**
 * Makes a new workspace; throws FP1004 and writes nothing when one of its files exists. With `overUntouched` a
 * workspace that nobody has touched since `init` is as good as none.
 */
export function makeWorkspace(
  dir: string,
  files = workspaceFiles(),
  options: { readonly overUntouched?: boolean } = {},
): string {
  const root = resolve(dir);
  const isFree = options.overUntouched === true && isUntouched(root);
  const existing = isFree ? [] : Object.keys(files).filter((name) => existsSync(join(root, name)));
  if (existing.length > 0) {
    throw new FundpulseError("FP1004", `${root} already holds ${existing.join(", ")}; nothing was written`);
  }
  for (const folder of ["reference", "inbox"]) makeFolder(join(root, folder));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(root, name), content, { flag: isFree ? "w" : "wx" });
  return root;
}

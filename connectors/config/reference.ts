import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { parseDay, ZoneCalendar } from "../../aggregations/calendar.js";
import type { CategoryRule } from "../../aggregations/dimensions/categories.js";
import { HOSPITAL_LEVELS } from "../../aggregations/dimensions/facilities.js";
import { INSURANCES } from "../../schemas/dimensions.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { cleanText, hasLostDigits, textFault, trimmed } from "../decode/fields/values.js";
import { nearest } from "./problems.js";

export interface DivisionRow {
  readonly admdvs: string;
  readonly name: string;
}

/** The reference tables as they stand in the files; a missing file is an empty table. */
export interface ReferenceTables {
  /** Records of the `facility` stream: dates as day numbers, instants as epoch ms, absent as null. */
  readonly facilities: readonly StreamRecord[];
  /**
   * Rows of `categories.csv` (docs/specification.md#reference-tables); each overrides the national row of
   * the same three codes.
   */
  readonly categories: readonly CategoryRule[];
  readonly divisions: readonly DivisionRow[];
}

/**
 * Reads `facilities.csv`, `categories.csv` and `divisions.csv` of a folder. Throws one FP1002 that lists
 * every wrong line as file:line. Lines that start with # are comments.
 */
export function loadReference(
  dir: string,
  zone: string,
  insurances: readonly string[] = INSURANCES,
): ReferenceTables {
  const calendar = new ZoneCalendar(zone);
  const problems: string[] = [];
  const tables = {
    facilities: readTable(
      join(dir, "facilities.csv"),
      facilityColumns(calendar),
      ["fixmedins_code", "valid_from"],
      problems,
    ),
    categories: readTable(
      join(dir, "categories.csv"),
      categoryColumns(insurances),
      ["med_type", "dise_no", "insurance"],
      problems,
    ),
    divisions: readTable(join(dir, "divisions.csv"), DIVISION_COLUMNS, ["admdvs"], problems),
  };
  for (const { file, line, row } of tables.facilities) {
    const { valid_from: from, valid_to: to } = row;
    if (typeof from === "number" && typeof to === "number" && from > to) {
      problems.push(`${file}:${line}: valid_to lies before valid_from`);
    }
  }
  contradictingParents(tables.categories, problems);
  if (problems.length > 0) {
    const shown = problems.slice(0, 50).map((p) => `\n  ${p}`);
    const more = problems.length > 50 ? `\n  and ${problems.length - 50} more` : "";
    throw new FundpulseError("FP1002", `the reference tables have wrong lines:${shown.join("")}${more}`);
  }
  return {
    facilities: tables.facilities.map((r) => r.row as StreamRecord),
    categories: tables.categories.map((r) => r.row as unknown as CategoryRule),
    divisions: tables.divisions.map((r) => r.row as unknown as DivisionRow),
  };
}

/** Reads one cell; returns the value, or what is wrong with it and what is allowed. */
type Read = (text: string) => { readonly value: string | number } | { readonly wrong: string };

interface Column {
  readonly name: string;
  readonly required: boolean;
  readonly read: Read;
}

interface Row {
  readonly file: string;
  readonly line: number;
  readonly row: Record<string, string | number | null>;
}

const ok = (value: string | number) => ({ value });
const anyText: Read = ok;
/** A code as the streams have it; a spreadsheet may have made a number of it. */
const code: Read = (text) => {
  if (hasLostDigits(text)) return { wrong: "the code itself: a spreadsheet has made a number of it" };
  const fault = textFault(text, { name: "", text: "code" });
  return fault === null ? ok(text) : { wrong: fault };
};
const pattern =
  (regex: RegExp, allowed: string): Read =>
  (text) =>
    regex.test(text) ? ok(text) : { wrong: allowed };
const among =
  (values: readonly string[]): Read =>
  (text) =>
    values.includes(text) ? ok(text) : { wrong: `one of ${values.join(", ")}` };
const whole: Read = (text) => (/^-?\d{1,9}$/.test(text) ? ok(Number(text)) : { wrong: "a whole number" });
const date: Read = (text) => {
  const day = parseDay(text);
  return day === null ? { wrong: "a day YYYY-MM-DD" } : ok(day);
};
const instant =
  (calendar: ZoneCalendar): Read =>
  (text) => {
    const local = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?$/.exec(text);
    if (local && parseDay(text.slice(0, 10)) !== null) {
      const [y, mo, d, h = 0, mi = 0, s = 0] = local.slice(1).map((part) => Number(part ?? 0));
      if (h < 24 && mi < 60 && s < 60) return ok(calendar.instantOf(y, mo, d, h, mi, s));
    }
    const withOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/.test(text);
    const parsed = withOffset ? Date.parse(text) : Number.NaN;
    return Number.isNaN(parsed) ? { wrong: "YYYY-MM-DD HH:mm:ss, or ISO 8601 with an offset" } : ok(parsed);
  };

const division = pattern(/^\d{6}$/, "a division of six digits");
const level = among(HOSPITAL_LEVELS);
const column = (name: string, required: boolean, read: Read): Column => ({ name, required, read });

const facilityColumns = (calendar: ZoneCalendar): readonly Column[] => [
  column("fixmedins_code", true, code),
  column("admdvs", true, division),
  column("name", false, anyText),
  column("hosp_lv", false, level),
  column("tier", false, among(["3", "2", "1", "0"])),
  column("ownership", false, among(["public", "private"])),
  column("kind", false, anyText),
  column("parent_code", false, code),
  column("valid_from", false, date),
  column("valid_to", false, date),
  column("display_order", false, whole),
  column("updt_time", false, instant(calendar)),
];

const categoryColumns = (insurances: readonly string[]): readonly Column[] => [
  column("med_type", true, code),
  column("category", true, anyText),
  column(
    "care",
    true,
    pattern(
      /^[a-z][a-z_]*$/,
      "inpatient, outpatient, pharmacy, maternity, or a word of your own in a-z and _",
    ),
  ),
  column("dise_no", false, code),
  column("insurance", false, among(insurances)),
  column("parent", false, anyText),
  column("display_order", false, whole),
];

const DIVISION_COLUMNS: readonly Column[] = [column("admdvs", true, division), column("name", true, anyText)];

/** The columns of each table: what `init` writes as header. */
export const REFERENCE_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  "facilities.csv": facilityColumns(new ZoneCalendar("UTC")).map((c) => c.name),
  "categories.csv": categoryColumns(INSURANCES).map((c) => c.name),
  "divisions.csv": DIVISION_COLUMNS.map((c) => c.name),
};

/** Columns whose full-width letters and digits are meant as half-width ones. */
const CODE_COLUMNS: ReadonlySet<string> = new Set([
  "fixmedins_code",
  "admdvs",
  "hosp_lv",
  "tier",
  "parent_code",
  "med_type",
  "dise_no",
]);

function readTable(
  file: string,
  columns: readonly Column[],
  key: readonly string[],
  problems: string[],
): Row[] {
  if (!existsSync(file)) return [];
  let lines: { record: string[]; info: { lines: number } }[];
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
    lines = parse(text, {
      info: true,
      trim: true,
      comment: "#",
      comment_no_infix: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as typeof lines;
  } catch (cause) {
    const utf8 = cause instanceof TypeError;
    problems.push(`${file}: ${utf8 ? "not UTF-8; save it as “CSV UTF-8”" : (cause as Error).message}`);
    return [];
  }
  const [head, ...body] = lines;
  if (head === undefined) return [];
  const names = head.record.map(trimmed);
  // Spreadsheets leave empty columns at the end.
  while (names.length > 0 && names[names.length - 1] === "") names.pop();
  const allowed = columns.map((c) => c.name);
  const before = problems.length;
  names.forEach((name, i) => {
    const near = nearest(name, allowed);
    if (!allowed.includes(name)) {
      const hint = near === null ? "" : `; did you mean ${near}?`;
      problems.push(
        `${file}:${head.info.lines}: unknown column “${name}”${hint} (allowed: ${allowed.join(", ")})`,
      );
    } else if (names.indexOf(name) !== i) problems.push(`${file}:${head.info.lines}: column ${name} twice`);
  });
  for (const c of columns) {
    if (c.required && !names.includes(c.name)) {
      problems.push(
        `${file}:${head.info.lines}: column ${c.name} is missing (columns: ${allowed.join(", ")})`,
      );
    }
  }
  if (problems.length > before) return [];
  const rows: Row[] = [];
  const firstLine = new Map<string, number>();
  for (const { record, info } of body) {
    const line = info.lines;
    if (record.every((cell) => trimmed(cell) === "")) continue;
    if (record.slice(names.length).some((cell) => trimmed(cell) !== "")) {
      problems.push(`${file}:${line}: ${record.length} values for ${names.length} columns`);
      continue;
    }
    const row: Row["row"] = {};
    for (const c of columns) {
      const text = cleanText(
        record[names.indexOf(c.name)] ?? "",
        CODE_COLUMNS.has(c.name) ? "code" : "prose",
      );
      row[c.name] = null;
      if (text === "") {
        if (c.required) problems.push(`${file}:${line}: ${c.name} is empty`);
        continue;
      }
      const read = c.read(text);
      if ("wrong" in read) problems.push(`${file}:${line}: ${c.name} “${text}” must be ${read.wrong}`);
      else row[c.name] = read.value;
    }
    const id = JSON.stringify(key.map((name) => row[name]));
    const first = firstLine.get(id);
    if (first !== undefined) {
      problems.push(`${file}:${line}: the same ${key.join(" + ")} as line ${first}; keep one of them`);
    } else firstLine.set(id, line);
    rows.push({ file, line, row });
  }
  return rows;
}

/** A category has one parent, and following parents must come to an end. */
function contradictingParents(rows: readonly Row[], problems: string[]): void {
  const parents = new Map<string, { parent: string; line: number }>();
  for (const { file, line, row } of rows) {
    if (row.parent === null) continue;
    const category = String(row.category);
    const known = parents.get(category);
    if (known && known.parent !== row.parent) {
      problems.push(
        `${file}:${line}: ${category} has another parent on line ${known.line}; a category has one`,
      );
      continue;
    }
    parents.set(category, { parent: String(row.parent), line });
    const seen = new Set([category]);
    for (let next = parents.get(category)?.parent; next !== undefined; next = parents.get(next)?.parent) {
      if (seen.has(next)) {
        problems.push(`${file}:${line}: ${category} would be its own parent`);
        parents.delete(category);
        break;
      }
      seen.add(next);
    }
  }
}

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PrintedReport, PrintedTable } from "../../aggregations/printed/report.js";
import { queryPublished } from "../../connectors/query-duckdb.js";
import { simulatedWorkspace } from "../../pipelines/simulated-workspace.js";
import type { Config } from "../../schemas/config.js";
import { type ReportTable, reportTables } from "../../schemas/published/reports.js";
import { CLI } from "./workspace.js";

export interface Statement {
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
  readonly directions?: Readonly<Record<string, string>>;
}
export type Golden = PrintedReport & { readonly statements: readonly Statement[] };

/** A printed report as it stands in test/golden. */
export const golden = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8")) as Golden;

/** Runs the built command; its output. */
export const cli = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [CLI, ...args], { maxBuffer: 100_000_000 })).stdout;

/** A new workspace as the profile's bureau has it; with `source`, it reads from there. */
export function bureau(profile: string, source?: object): string {
  const dir = join(mkdtempSync(join(tmpdir(), "fundpulse-printed-")), "w");
  const root = simulatedWorkspace(dir, { profile }, { personKey: "a key", logLevel: "error" });
  const file = join(root, "fundpulse.yaml");
  if (source) {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/^source:\n(?: {2}.*\n)+/m, `source: ${JSON.stringify(source)}\n`));
  }
  return root;
}

/** The profile's events through a drop folder, drained; the workspace. */
export async function drainedFolder(profile: string): Promise<string> {
  const root = bureau(profile);
  await cli("simulate", profile, "--out", join(root, "inbox"));
  await cli("run", "--until-drained", "--config", join(root, "fundpulse.yaml"));
  return root;
}

export const publishedOf = (root: string): string => join(root, "data", "published", "fundpulse.duckdb");

/** Rows of a query on a published file, by column name; values as text. */
export async function rowsOf(file: string, sql: string): Promise<Record<string, string | null>[]> {
  const { columns, rows } = await queryPublished(file, sql);
  return rows.map((row) =>
    Object.fromEntries(columns.map((name, i) => [name, row[i] === null ? null : String(row[i])])),
  );
}

/** What different tables print for the same thing. */
export interface RowNames {
  /** One name for all names of a row. */
  row(label: string): string;
  /** The group whose 小计 follows a row. */
  group(row: string): string;
}

/** By the list of facilities that a report comes with. */
export function rowNames(report: PrintedReport): RowNames {
  const ids = new Map(report.facilities?.flatMap((f) => f.names.map((name) => [name, f.id] as const)));
  const alike: Readonly<Record<string, string>> = { 总计: "合计", 门诊慢性特殊慢病: "门诊慢性特殊疾病" };
  return {
    row: (label) => ids.get(label) ?? alike[label] ?? label,
    group: (row) => report.facilities?.find((f) => f.id === row)?.group ?? "",
  };
}

export interface ViewDifferences {
  /** `table: printed heading → our heading`, blanks and the year's number left out of account. */
  readonly headings: string[];
  /** `table: rows as printed → rows as given`. */
  readonly rows: string[];
  /** `table row column: printed computed`. */
  readonly values: string[];
  readonly compared: number;
}

const ROW_KEYS = ["row_label", "category", "region", "tier", "facility", "channel", "group"];
const KEYS: Readonly<Record<string, string>> = { heads: "persons" };

/** Headings say 本期 and 上年同期 in place of the years, and have no two lines. */
const plainHeading = (label: string, unit: string | null): string => {
  const text = label
    .replaceAll(/\s+/g, "")
    .replace(/^报销费用\(万元\)\/(.*)$/, "$1(万元)")
    .replace(/^20?\d?4年/, "本期")
    .replace(/^2023年(同期)?/, "上年同期");
  return unit === null || !["万元", "%", "元"].includes(unit) || text.endsWith(`(${unit})`)
    ? text
    : `${text}(${unit})`;
};

/** Holds the tables of a printed report against the views of schema 报表 of a published file. */
export async function compareViews(
  report: Golden,
  config: Config,
  file: string,
  period: string,
): Promise<ViewDifferences> {
  const found: ViewDifferences & { compared: number } = { headings: [], rows: [], values: [], compared: 0 };
  const views = new Map(reportTables(config).map((t) => [t.id, t]));
  for (const table of report.tables) {
    const view = views.get(table.id);
    if (view === undefined) {
      found.headings.push(`${table.id}: no view`);
      continue;
    }
    await compareView(table, view, found, rowNames(report), file, period);
  }
  return found;
}

async function compareView(
  table: PrintedTable,
  view: ReportTable,
  found: ViewDifferences & { compared: number },
  same: RowNames,
  file: string,
  period: string,
): Promise<void> {
  const rows = await rowsOf(file, `FROM "报表"."${view.name}"('${period}')`);
  const rowKey = ROW_KEYS.find((k) => table.columns.some((c) => c.key === k)) ?? "";
  const columns = table.columns.flatMap(({ key, label: printed, unit }) => {
    const column = view.columns.find((c) => c.key === (KEYS[key] ?? key));
    if (column === undefined) {
      if (!ROW_KEYS.includes(key)) found.headings.push(`${table.id}: ${printed} → none`);
      return [];
    }
    if (plainHeading(printed, unit) !== column.heading) {
      found.headings.push(`${table.id}: ${printed} → ${column.heading}`);
    }
    return key === rowKey ? [] : [{ key, heading: column.heading }];
  });
  const first = view.columns[0].heading;
  const ours = names(
    rows.map((row) => same.row(String(row[first]))),
    same.group,
  );
  const printed = names(
    table.rows.map((row) => same.row(String(row[rowKey]))),
    same.group,
  );
  if (ours.join() !== printed.join()) {
    found.rows.push(`${table.id}: ${printed.join(" ")} → ${ours.join(" ")}`);
  }
  for (const [i, row] of table.rows.entries()) {
    const our = rows[ours.indexOf(printed[i])];
    for (const { key, heading } of columns) {
      const text = row[key];
      if (typeof text !== "string") continue;
      found.compared++;
      const computed = our === undefined ? "no row" : our[heading];
      if (!sameNumber(text, computed)) {
        found.values.push(`${table.id} ${printed[i]} ${key} ${text} ${computed}`);
      }
    }
  }
}

/** Two rows named 小计 are told apart by the row before them: `of` says what it belongs to. */
function names(labels: readonly string[], of: (label: string) => string): string[] {
  return labels.map((label, i) => (label === "小计" ? `小计 ${of(labels[i - 1] ?? "")}` : label));
}

/** The notices drop zeros at the end. */
export const sameNumber = (printed: string, computed: string | null): boolean =>
  computed !== null && computed !== "" && Number(printed) === Number(computed);

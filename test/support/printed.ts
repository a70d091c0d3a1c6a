import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { queryPublished } from "../../connectors/duckdb/query.js";
import type { PrintedReport } from "../../pipelines/audit/wording/report.js";
import { simulatedWorkspace } from "../../pipelines/simulate/workspace.js";
import type { Config } from "../../schemas/config/schema.js";
import { compareViews } from "./printed-views.js";
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

/** Runs the built command to its end, whatever code it ends with. */
export async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const options = { maxBuffer: 100_000_000 };
  return promisify(execFile)(process.execPath, [CLI, ...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (e: { code: number; stdout: string; stderr: string }) => ({ code: e.code, out: e.stdout, err: e.stderr }),
  );
}

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

/** The profile's events through a drop folder, drained; the workspace. Tests share one: `publishedWorkspace`. */
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

export interface ViewDifferences {
  /** `table: printed heading → our heading`, 本期 and 上年同期 for the years. */
  readonly headings: string[];
  /** `table: rows as printed → rows as given`. */
  readonly rows: string[];
  /** `table row key: printed computed`. */
  readonly values: string[];
  readonly tables: number;
  readonly compared: number;
}

/** Holds the tables of a printed report against the views of schema 报表 of a published file. */
export async function viewDifferences(
  report: Golden,
  config: Config,
  file: string,
  period: string,
): Promise<ViewDifferences> {
  const tables = await compareViews(report, config, file, period);
  const cells = tables.flatMap((t) =>
    t.rows.flatMap((r) => r.cells.map((c) => ({ ...c, at: `${t.id} ${r.label} ${c.key}` }))),
  );
  return {
    headings: tables.flatMap((t) => t.headings.map(([theirs, ours]) => `${t.id}: ${theirs} → ${ours}`)),
    rows: tables.flatMap(({ id, order: [theirs, ours] }) =>
      theirs.join() === ours.join() ? [] : [`${id}: ${theirs.join(" ")} → ${ours.join(" ")}`],
    ),
    values: cells.filter((c) => c.status !== "equal").map((c) => `${c.at} ${c.printed} ${c.computed}`),
    tables: tables.length,
    compared: cells.length,
  };
}

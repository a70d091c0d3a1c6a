import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { loadConfig } from "../../connectors/config/load.js";
import { silentLog } from "../../connectors/ports/log.js";
import { allObservers } from "../../connectors/ports/observer.js";
import { assembleEngine } from "../../pipelines/engine/engine.js";
import { openEngine } from "../../pipelines/engine/open.js";
import type { Engine, RunSummary } from "../../pipelines/engine/port.js";
import { MemoryPublisher } from "./memory-publisher.js";

export const CLI = fileURLToPath(new URL("../../dist/pipelines/cli/main.js", import.meta.url));

/** Groupings that touch every dimension and keep a publish quick. */
export const FEW_GROUPINGS = [
  "total",
  "care",
  "care+category",
  "care+region",
  "care+flow",
  "care+tier",
  "care+care_group",
  "care+facility",
];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: Buffer;
  readonly err: string;
}

/** A drop-folder workspace of a test in a folder of its own. */
export class Workspace {
  readonly dir = mkdtempSync(join(tmpdir(), "fundpulse-test-"));
  readonly configFile = join(this.dir, "fundpulse.yaml");
  readonly inbox = join(this.dir, "inbox");
  readonly data = join(this.dir, "data");
  readonly published = join(this.data, "published", "fundpulse.duckdb");
  readonly state = join(this.data, "state.sqlite");
  /** Where `drainToMemory` publishes; may be replaced. */
  memory = new MemoryPublisher();

  constructor(config: Record<string, unknown> = {}) {
    for (const folder of ["inbox", "reference"]) mkdirSync(join(this.dir, folder));
    this.configure(config);
  }

  /** Writes the configuration; JSON is YAML. */
  configure(config: Record<string, unknown>): void {
    const whole = {
      jurisdiction: { name: "山丹县", admdvs: "620725", level: "county" },
      source: { kind: "folder", path: "inbox" },
      periods: { firstDay: "2023-01-01" },
      groupings: FEW_GROUPINGS,
      privacy: { personKey: "a key of the tests" },
      ...config,
    };
    writeFileSync(this.configFile, JSON.stringify(whole));
  }

  /** Puts a complete file into the inbox: lines of NDJSON, or the bytes of any file. */
  put(name: string, content: readonly (object | string | Buffer)[] | Buffer): void {
    const line = (l: object | string | Buffer): Buffer =>
      Buffer.isBuffer(l) ? l : Buffer.from(typeof l === "string" ? l : JSON.stringify(l));
    const bytes = Buffer.isBuffer(content)
      ? content
      : Buffer.concat(content.flatMap((l) => [line(l), Buffer.from("\n")]));
    writeFileSync(join(this.dir, `.${name}`), bytes);
    renameSync(join(this.dir, `.${name}`), join(this.inbox, name));
  }

  reference(name: "facilities" | "categories" | "divisions", csv: string): void {
    writeFileSync(join(this.dir, "reference", `${name}.csv`), csv);
  }

  /** The engine in this process, for as long as `work` takes. */
  async engine<T>(work: (engine: Engine) => Promise<T>, clock: () => number = Date.now): Promise<T> {
    const engine = await openEngine(loadConfig(this.configFile), {
      log: silentLog,
      observer: allObservers([]),
      clock,
    });
    try {
      return await work(engine);
    } finally {
      await engine.end();
    }
  }

  /** As `drain`, with a publisher in memory, which is much quicker; it lives as long as the workspace. */
  drainToMemory(clock: () => number = Date.now): Promise<MemoryPublisher> {
    const { signal } = new AbortController();
    return this.#toMemory((engine) => engine.run({ untilDrained: true, signal }), clock);
  }

  /** `rebuild` with the publisher in memory. */
  rebuildToMemory(clock: () => number = Date.now): Promise<MemoryPublisher> {
    return this.#toMemory((engine) => engine.rebuild(() => {}), clock);
  }

  async #toMemory(work: (engine: Engine) => Promise<unknown>, clock: () => number): Promise<MemoryPublisher> {
    const { config } = loadConfig(this.configFile);
    const deps = { log: silentLog, observer: allObservers([]), clock };
    const engine = await assembleEngine(config, deps, { publisher: this.memory });
    try {
      await work(engine);
    } finally {
      await engine.end();
    }
    return this.memory;
  }

  /** `run --until-drained` in this process. */
  drain(clock: () => number = Date.now): Promise<RunSummary> {
    const { signal } = new AbortController();
    return this.engine((engine) => engine.run({ untilDrained: true, signal }), clock);
  }

  /** Starts the built command. */
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    if (!existsSync(CLI)) throw new Error("dist is missing: npm run build");
    const child = spawn(process.execPath, [CLI, ...args, "--config", this.configFile], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    let err = "";
    child.stdout?.on("data", (chunk) => out.push(chunk));
    child.stderr?.on("data", (chunk) => {
      err += chunk;
    });
    const ended = new Promise<Ended>((resolve) =>
      child.once("close", (code, signal) => resolve({ code, signal, out: Buffer.concat(out), err })),
    );
    return { child, ended };
  }

  /** Runs the built command to its end. */
  cli(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** Rows of a query on the published file. */
  query(sql: string): Promise<Record<string, unknown>[]> {
    return withDuckDb(this.published, async (run) => run(sql));
  }

  /** Rows of a query on the detail file, brought up to date first. */
  async queryDetail(sql: string, clock: () => number = Date.now): Promise<Record<string, unknown>[]> {
    await this.engine((engine) => engine.writeDetail(), clock);
    return withDuckDb(join(this.data, "detail", "detail.duckdb"), async (run) => run(sql));
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

type Run = (sql: string) => Promise<Record<string, unknown>[]>;

async function withDuckDb<T>(file: string, work: (run: Run) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH '${file}' AS a (READ_ONLY); USE a`);
    return await work(async (sql) => {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJson() as Record<string, unknown>[];
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/**
 * Tables and views that hold results (docs/specification.md#results): everything published but what follows
 * from deliveries and closes.
 */
const RESULTS = `SELECT schema_name || '.' || name AS name FROM (
    SELECT schema_name, table_name AS name FROM duckdb_tables() WHERE database_name = 'a'
    UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'a' AND NOT internal)
  WHERE schema_name NOT IN ('store', 'information_schema', 'pg_catalog') AND name NOT LIKE 'quality_%'
    AND name NOT IN ('snapshot', 'data_dictionary', 'restatement', 'restatement_cause', 'closed_period',
      'alert', 'alert_event', 'alert_channel')
  ORDER BY name`;

/** What the quality tables say, without the versions, times and numbers that every run has of its own. */
const QUALITY: Readonly<Record<string, string>> = {
  quality_balance:
    "SELECT source, partition, received, applied, duplicate, held, quarantined FROM quality_balance",
  quality_quarantine: "SELECT source, partition, position, stream, reason, status FROM quality_quarantine",
  quality_warning: "SELECT * FROM quality_warning",
  quality_orphan_refund: "SELECT * FROM quality_orphan_refund",
  quality_unmapped: "SELECT * FROM quality_unmapped",
};

export interface ResultOptions {
  /** The quality tables too. */
  readonly quality?: boolean;
  /** Without what a close adds to a row: for who closes periods in one of two workspaces. */
  readonly closesApart?: boolean;
}

/** The columns of a result that are compared. */
const comparedColumns = (name: string, { closesApart }: ResultOptions): string =>
  closesApart
    ? "COLUMNS(c -> c NOT IN ('status', 'reported') AND c NOT LIKE '%\\_reported' ESCAPE '\\')"
    : name === "main.indicators"
      ? "* EXCLUDE (reported, status)"
      : "*";

/**
 * A hash of every row of each published result, by table; with `quality` also of the quality tables. Equal
 * figures have equal hashes, in whatever order they are stored.
 */
export function resultHashes(w: Workspace, options: ResultOptions = {}): Promise<Record<string, string>> {
  return withDuckDb(w.published, async (run) => {
    const names = (await run(RESULTS)).map((row) => String(row.name));
    const queries: Record<string, string> = Object.fromEntries(
      names.map((name) => [
        name,
        `SELECT ${comparedColumns(name, options)} FROM ${name
          .split(".")
          .map((n) => `"${n}"`)
          .join(".")}`,
      ]),
    );
    if (options.quality) Object.assign(queries, QUALITY);
    const hashes: Record<string, string> = {};
    for (const [name, sql] of Object.entries(queries)) {
      const [row] = await run(
        `SELECT count(*) || ' rows ' || coalesce(md5(string_agg(r, chr(10) ORDER BY r)), '') AS hash
         FROM (SELECT CAST(t AS VARCHAR) AS r FROM (${sql}) t)`,
      );
      hashes[name] = String(row?.hash);
    }
    return hashes;
  });
}

/** Rows of one result that stand in one file and not in the other; for the message of a failed test. */
export function differingRows(
  a: Workspace,
  b: Workspace,
  table = "indicators",
  options: ResultOptions = {},
): Promise<unknown[]> {
  const sql = QUALITY[table] ?? `SELECT ${comparedColumns(table, options)} FROM ${table}`;
  return withDuckDb(a.published, async (run) => {
    const left = (await run(sql)).map((row) => JSON.stringify(row));
    const right = (await b.query(sql)).map((row) => JSON.stringify(row));
    const [inA, inB] = [new Set(left), new Set(right)];
    return [
      ...left.filter((r) => !inB.has(r)).map((r) => `- ${r}`),
      ...right.filter((r) => !inA.has(r)).map((r) => `+ ${r}`),
    ].slice(0, 20);
  });
}

/** Every figure that was given to a publisher in memory, by period and group; groups of nothing left out. */
export function memoryFigures({
  groups,
  months,
  days,
  persons,
  last,
}: MemoryPublisher): Record<string, string> {
  const figures: Record<string, string> = {};
  const name = (groupId: number): string => {
    const { insurance, grouping, dimensions } = groups[groupId]!;
    const values = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
    return `${insurance} ${grouping} ${JSON.stringify(values)}`;
  };
  const put = (period: string, groupIds: Int32Array, values: (i: number) => readonly number[]): void => {
    groupIds.forEach((groupId, i) => {
      const list = values(i);
      if (list.some((v) => v !== 0)) figures[`${period} ${name(groupId)}`] = list.join(" ");
    });
  };
  for (const [kind, spans] of [
    ["month", months],
    ["day", days],
  ] as const) {
    for (const [span, { groupIds, sums }] of spans)
      put(`${kind} ${span}`, groupIds, (i) => sums.map((s) => s[i]!));
  }
  for (const [period, { groupIds, counts }] of persons)
    put(`persons ${period}`, groupIds, (i) => [counts[i]!]);
  for (const q of last?.quarantine ?? []) {
    if (q.status === "waiting") figures[`waiting ${q.partition} ${q.position}`] = q.reason;
  }
  return figures;
}

/** A valid outpatient settlement record; `more` replaces fields. */
export function settlement(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    setl_id: id,
    mdtrt_id: `M${id}`,
    setl_time: "2024-03-05 10:00:00",
    updt_time: "2024-03-05 10:00:00",
    psn_no: `62072519800101${id.length}${id}`,
    insutype: "390",
    psn_type: "1501",
    insu_admdvs: "620725",
    fixmedins_code: "H62072500001",
    fix_blng_admdvs: "620725",
    hosp_lv: "05",
    med_type: "11",
    medfee_sumamt: "100.00",
    inscp_scp_amt: "90.00",
    hifp_pay: "60.00",
    fund_pay_sumamt: "60.00",
    psn_cash_pay: "40.00",
    ...more,
  };
}

/** The refund of `settlement(original)`: every amount negated, `share` of it. */
export function refund(
  id: string,
  original: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return settlement(id, {
    init_setl_id: original,
    setl_time: "2024-04-02 09:00:00",
    updt_time: "2024-04-02 09:00:00",
    psn_no: settlement(original).psn_no,
    medfee_sumamt: "-100.00",
    inscp_scp_amt: "-90.00",
    hifp_pay: "-60.00",
    fund_pay_sumamt: "-60.00",
    psn_cash_pay: "-40.00",
    ...more,
  });
}

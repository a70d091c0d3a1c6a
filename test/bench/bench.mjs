/**
 * npm run bench -- [--events N] [--rounds N] [--large] [--only NAME[,NAME]] [--json] [--dir DIR]
 *   [--profile DIR] [--minutes N]
 *
 * Measures the built program: ratios first, since machines differ. Parts: rate, publish, restart, latency,
 * verify, explain, close, monitor, growth (with --large), soak (asked for with --only; --minutes). Prints Markdown; with --json everything measured. Fails when figures differ.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freezeBuild } from "./built.mjs";
import { close } from "./part-close.mjs";
import { explain } from "./part-explain.mjs";
import { figures } from "./part-figures.mjs";
import { growth } from "./part-growth.mjs";
import { latency } from "./part-latency.mjs";
import { monitor } from "./part-monitor.mjs";
import { publish } from "./part-publish.mjs";
import { queries } from "./part-queries.mjs";
import { rate } from "./part-rate.mjs";
import { restart } from "./part-restart.mjs";
import { soak } from "./part-soak.mjs";
import { verify } from "./part-verify.mjs";

const PARTS = {
  rate,
  publish,
  restart,
  latency,
  growth,
  figures,
  verify,
  explain,
  close,
  monitor,
  queries,
  soak,
};
const DEFAULT_PARTS = ["rate", "publish", "restart", "latency", "verify", "explain", "close", "monitor"];
const { values: flags } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "3" },
    large: { type: "boolean", default: false },
    minutes: { type: "string", default: "30" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    profile: { type: "string" },
    dir: { type: "string", default: join(tmpdir(), "fundpulse-bench") },
  },
});
const number = (name) => {
  const value = Number(flags[name]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: a whole number above 0`);
  return value;
};
const names = flags.only?.split(",") ?? [...DEFAULT_PARTS, ...(flags.large ? ["growth"] : [])];
for (const name of names) {
  if (!(name in PARTS)) throw new Error(`--only: one of ${Object.keys(PARTS).join(", ")}`);
}

// CPU profiles of every run of the chain; they cost some per cent.
if (flags.profile !== undefined) process.env.FUNDPULSE_BENCH_PROFILES = flags.profile;

mkdirSync(flags.dir, { recursive: true });
freezeBuild(join(flags.dir, "built"));
const context = {
  dir: flags.dir,
  events: number("events"),
  rounds: number("rounds"),
  large: flags.large,
  minutes: number("minutes"),
  say: (text) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`),
};

const version = (name) =>
  JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url))).version;
const commit = () => {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
};
const result = {
  date: new Date().toISOString().slice(0, 16),
  commit: commit(),
  node: process.version,
  duckdb: version("@duckdb/node-api"),
  machine: `${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  loadBefore: loadavg().map((l) => Number(l.toFixed(2))),
  parts: {},
};
const print = (text) => {
  if (!flags.json) process.stdout.write(text);
};
print(
  `${result.date} UTC, ${result.commit}, ${result.machine}, Node ${result.node}, DuckDB ${result.duckdb}; `,
);
print(`load average before ${result.loadBefore.join(" ")}\n`);
for (const name of names) {
  result.parts[name] = await PARTS[name](context);
  print(table(result.parts[name]));
}
result.loadAfter = loadavg().map((l) => Number(l.toFixed(2)));
print(`\nLoad average after: ${result.loadAfter.join(" ")}\n`);

if (flags.json) process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);

function table({ title, rows, notes }) {
  const lines = rows.map((row) => `| ${row.join(" | ")} |\n`).join("");
  const after = notes.map((note) => `\n${note}\n`).join("");
  return `\n### ${title}\n\n| measured | ratio | absolute | aim |\n|---|---|---|---|\n${lines}${after}`;
}

import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { built } from "../built.mjs";
import { WORLD } from "../events.mjs";
import { answer, cpuSeconds, usage } from "../measure.mjs";

/**
 * The whole chain on one workspace until drained (`forever`: until SIGTERM). Says how far it came every
 * `every` records; its answer holds seconds from the start of the process, processor seconds and sizes.
 */
const { dir, source, every = 100_000, publish, forever = false, firstDay } = JSON.parse(process.argv[2]);
mkdirSync(join(dir, "reference"), { recursive: true });
const file = join(dir, "fundpulse.yaml");
const config = {
  ...WORLD,
  source,
  periods: { firstDay },
  privacy: { personKey: "a key of the bench" },
  ...(publish === undefined ? {} : { publish }),
};
writeFileSync(file, JSON.stringify(config));

const { loadConfig } = await built("connectors/config/load.js");
const { openEngine } = await built("pipelines/engine/open.js");
const at = () => performance.now() / 1000;
const counts = { applied: 0, duplicate: 0, held: 0, quarantined: 0 };
const publishes = [];
const marks = [];
let records = 0;
let next = every;
let batchSeconds = 0;
let readyAt = null;
let drained = null;
const mark = () => ({
  records,
  at: at(),
  cpu: cpuSeconds(),
  batchSeconds,
  rssMiB: process.memoryUsage().rss / 2 ** 20,
});
const observer = {
  batch(outcome) {
    readyAt ??= at();
    for (const key of Object.keys(counts)) {
      counts[key] += outcome[key];
      records += outcome[key];
    }
    batchSeconds += outcome.seconds;
    if (records >= next) {
      next = (Math.floor(records / every) + 1) * every;
      marks.push(mark());
      answer({ records });
    }
  },
  published({ version, seconds, appendToVisibleSeconds }) {
    publishes.push({ version, seconds, at: at(), appendToVisibleSeconds });
    answer({ published: version });
  },
  publishFailed(error) {
    process.stderr.write(`${error.message}\n`);
  },
  drained() {
    readyAt ??= at();
    drained ??= mark();
    if (forever) answer({ drained: records });
  },
  lag() {},
};
const log = {
  debug() {},
  info() {},
  warn() {},
  error(event, detail) {
    process.stderr.write(`${event} ${JSON.stringify(detail)}\n`);
  },
};
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());

const startedAt = at();
const startedCpu = cpuSeconds();
const engine = await openEngine(loadConfig(file), { log, observer, clock: Date.now });
const summary = await engine.run({ untilDrained: !forever, signal: stop.signal });
const ranAt = at();
const ranCpu = cpuSeconds();
await engine.end();

const sizeOf = (path) => (existsSync(path) ? statSync(path).size : 0);
const stateBytes = readdirSync(join(dir, "data"))
  .filter((name) => name.startsWith("state.sqlite"))
  .reduce((sum, name) => sum + sizeOf(join(dir, "data", name)), 0);
answer({
  ...usage(),
  counts,
  records,
  version: summary.version,
  startedAt,
  startedCpu,
  readyAt,
  drained,
  ranAt,
  ranCpu,
  closedAt: at(),
  batchSeconds,
  publishes,
  marks,
  stateBytes,
  publishedBytes: sizeOf(join(dir, "data/published/fundpulse.duckdb")),
  cellsBytes: sizeOf(join(dir, "data/published/cells.duckdb")),
});

import { createHash } from "node:crypto";
import { keyWarning } from "../../../connectors/config/key-strength.js";
import { describeConfig, type LoadedConfig, loadConfig } from "../../../connectors/config/load.js";
import { faultOf } from "../../../connectors/faults/known.js";
import { PROGRAM_VERSION } from "../../../connectors/files/program-version.js";
import { createHealth } from "../../../connectors/ops/health.js";
import { createLife } from "../../../connectors/ops/life.js";
import { createMetrics } from "../../../connectors/ops/metrics.js";
import { type OpsServer, startOps } from "../../../connectors/ops/server.js";
import type { Log } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import type { StartOptions } from "../../engine/belonging.js";
import { openEngine } from "../../engine/open.js";
import type { RunSummary } from "../../engine/port.js";
import type { Monitor } from "../../monitor/monitor.js";
import { publishedFile } from "../../workspace/files.js";
import { commandLog } from "../../workspace/log.js";
import { count, progressLine } from "../terminal/progress.js";
import { say } from "../terminal/say.js";
import { untilSignal } from "../terminal/signals.js";

export interface RunOptions {
  readonly config: string;
  readonly untilDrained?: boolean;
  /** Begin anew beside what is published. */
  readonly newState?: boolean;
  /** Go on with a state that is older than what is published. */
  readonly acceptOlderState?: boolean;
  /** `topic` or `topic/partition`: records lost there are accepted. */
  readonly acceptGap?: readonly string[];
  readonly ops?: boolean;
  /** Serve the page and its API in the same process. */
  readonly monitor?: boolean;
}

/** `fundpulse run`: consume, aggregate and publish until told to stop, or until drained. */
export async function runCommand(options: RunOptions): Promise<number> {
  const loaded = loadConfig(options.config);
  const log = commandLog(loaded);
  const untilDrained = options.untilDrained === true;
  const weakKey = keyWarning(loaded.config);
  for (const warning of [...loaded.warnings, ...(weakKey === null ? [] : [weakKey])])
    log.warn("configuration", { warning });
  log.debug("resolved configuration", { configuration: describeConfig(loaded.config) });
  const summary = await consume(loaded, log, {
    untilDrained,
    ops: options.ops ?? !untilDrained,
    acceptGaps: options.acceptGap ?? [],
    way: { newState: options.newState === true, acceptOlderState: options.acceptOlderState === true },
    ...(options.monitor ? { monitor: await monitorOf(options.config, loaded, log) } : {}),
  });
  say(summaryText(summary, loaded));
  return 0;
}

/** Starts the monitor beside the engine; its address is the first line of standard output. */
async function monitorOf(configFile: string, loaded: LoadedConfig, log: Log): Promise<Monitor> {
  const [{ startMonitor }, { monitorPorts }] = await Promise.all([
    import("../../monitor/monitor.js"),
    import("./monitor.js"),
  ]);
  const monitor = await startMonitor(loaded, { log, ports: monitorPorts(configFile, log) });
  say(`${monitor.url}\n`);
  return monitor;
}

/** Runs the engine with metrics, health, progress and clean stopping around it. */
export async function consume(
  loaded: LoadedConfig,
  log: Log,
  options: {
    untilDrained: boolean;
    ops: boolean;
    monitor?: Monitor;
    way?: StartOptions;
    acceptGaps?: readonly string[];
  },
): Promise<RunSummary> {
  const { config } = loaded;
  const metrics = createMetrics();
  const health = createHealth(() => performance.now());
  const life = createLife(log, () => performance.now());
  const progress = progressLine();
  const startedAt = performance.now();
  const stop = untilSignal(["SIGINT", "SIGTERM"], (signal) =>
    log.info("stopping after this batch; once more to stop at once", { signal }),
  );
  let ops: OpsServer | null = null;
  try {
    const observer = allObservers([metrics, health, life, progress]);
    const engine = await openEngine(
      loaded,
      { log, observer, clock: Date.now },
      { wait: true, way: options.way },
    );
    try {
      if (options.ops) ops = await startOps(config.ops, metrics, health);
      log.info("started", {
        program: PROGRAM_VERSION,
        configuration: loaded.file,
        configurationHash: configurationHash(config),
        ...(await engine.describe()),
        source: config.source.kind,
        data: config.data,
        ...(ops === null ? {} : { ops: ops.url }),
        ...(options.monitor === undefined ? {} : { monitor: options.monitor.url }),
      });
      life.begin();
      const summary = await engine.run({
        untilDrained: options.untilDrained,
        signal: stop.signal,
        acceptGaps: options.acceptGaps ?? [],
      });
      const { version, applied, duplicate, held, quarantined } = summary;
      log.info("stopped", {
        why: stop.signal.aborted ? "asked to" : "drained",
        seconds: Math.round((performance.now() - startedAt) / 100) / 10,
        ...{ applied, duplicate, held, quarantined, version },
      });
      return summary;
    } catch (error) {
      log.error("stopped", { why: "an error", error: (faultOf(error) ?? (error as Error)).message });
      throw error;
    } finally {
      life.end();
      await engine.end();
    }
  } finally {
    await ops?.close();
    await options.monitor?.close();
    progress.end();
    stop.forget();
  }
}

/** Tells one configuration from another in a log; secrets do not count, so that none can be guessed from it. */
const configurationHash = (config: LoadedConfig["config"]): string =>
  createHash("sha256").update(describeConfig(config)).digest("hex").slice(0, 12);

/** Two runs, one after the other, as one. */
export const together = (first: RunSummary, then: RunSummary): RunSummary => ({
  ...then,
  applied: first.applied + then.applied,
  duplicate: first.duplicate + then.duplicate,
  held: first.held + then.held,
  quarantined: first.quarantined + then.quarantined,
});

/** What a run did; paths as `shown` writes them. */
export function summaryText(
  summary: RunSummary,
  loaded: LoadedConfig,
  shown = (path: string): string => path,
): string {
  const { applied, duplicate, held, quarantined, version } = summary;
  const received = applied + duplicate + held + quarantined;
  const lines = [
    `${count(received)} records: ${count(applied)} applied, ${count(duplicate)} duplicate, ${count(held)} held, ${count(quarantined)} quarantined`,
    version === null
      ? "nothing published yet"
      : `published version ${version}: ${shown(publishedFile(loaded))}`,
  ];
  if (summary.inOpenTransactions > 0)
    lines.push(
      `${count(summary.inOpenTransactions)} records wait for an open transaction; they are read when it ends`,
    );
  if (quarantined > 0) lines.push(`see why: npx fundpulse quarantine list --config ${shown(loaded.file)}`);
  return `${lines.join("\n")}\n`;
}

import { type LoadedConfig, loadConfig } from "../../../connectors/config/load.js";
import type { Log } from "../../../connectors/ports/log.js";
import { FundpulseError } from "../../../schemas/errors.js";
import type { MonitorPorts } from "../../monitor/http/ports.js";
import { startMonitor } from "../../monitor/monitor.js";
import { commandLog } from "../../workspace/log.js";
import { engineDeps } from "../terminal/engine-deps.js";
import { portOf } from "../terminal/port.js";
import { say } from "../terminal/say.js";

export interface MonitorCommandOptions {
  readonly config: string;
  readonly host?: string;
  readonly port?: string;
}

const UNSET = "the environment variable is not set: ";

/**
 * The configuration as the monitor needs it: whoever serves pages needs no secret of the pipeline, but those that let
 * people in.
 * @throws FundpulseError FP1001 also for a token whose environment variable is not set.
 */
function monitorConfig(path: string, env: NodeJS.ProcessEnv): LoadedConfig {
  const filled = new Proxy(env, {
    get: (set, name) => (typeof name === "string" ? (set[name] ?? `${UNSET}${name}`) : undefined),
  });
  const loaded = loadConfig(path, filled);
  loaded.config.monitor.tokens.forEach(({ token }, i) => {
    if (!token.includes(UNSET)) return;
    throw new FundpulseError("FP1001", `monitor.tokens[${i}].token: ${token}`, { action: "set it" });
  });
  return loaded;
}

/**
 * Alerts are acknowledged by the process that holds the state, or by this one where nobody does, which then needs the
 * secrets of the configuration.
 */
export function monitorPorts(configFile: string, log: Log): MonitorPorts {
  return {
    acknowledge: async ({ id, by, note }) => {
      const { withEngine } = await import("../../engine/open.js");
      const deps = { ...engineDeps({ ...log, info: log.debug }), onWaiting: undefined };
      return withEngine(loadConfig(configFile), deps, (engine) => engine.alerts.acknowledge(id, by, note));
    },
  };
}

/** `fundpulse monitor`: serves the page and its API until it is told to stop. */
export async function monitorCommand(options: MonitorCommandOptions): Promise<number> {
  const loaded = monitorConfig(options.config, process.env);
  const log = commandLog(loaded);
  for (const warning of loaded.warnings) log.warn("configuration", { warning });
  const port = portOf(options.port);
  const monitor = await startMonitor(loaded, {
    log,
    ports: monitorPorts(options.config, log),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(port === undefined ? {} : { port }),
  });
  say(`${monitor.url}\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  await monitor.close();
  return 0;
}

import type { AddressInfo } from "node:net";
import type { LoadedConfig } from "../../connectors/config/load.js";
import { isLoopback } from "../../connectors/config/rules.js";
import { PublishedWatch } from "../../connectors/duckdb/monitor/watch.js";
import { publishedPath } from "../../connectors/files/paths.js";
import { FundpulseError } from "../../schemas/errors.js";
import { loadAssets, pageFolder } from "./assets.js";
import type { MonitorPorts } from "./http/ports.js";
import { MonitorServer } from "./server.js";

export interface Monitor {
  /** `http://127.0.0.1:8321/` */
  readonly url: string;
  close(): Promise<void>;
}

export interface MonitorOptions {
  /** Instead of `monitor.host` and `monitor.port`; port 0: a free one. */
  readonly host?: string;
  readonly port?: number;
  readonly ports?: MonitorPorts;
  readonly log: { error(event: string, detail?: Record<string, unknown>): void };
}

/**
 * Serves the page and its API on the published file of a workspace, which may come later.
 * @throws FundpulseError FP1001 for an address that others can reach without a token, FP6001 when it cannot listen.
 */
export async function startMonitor(loaded: LoadedConfig, options: MonitorOptions): Promise<Monitor> {
  const settings = loaded.config.monitor;
  const host = options.host ?? settings.host;
  const port = options.port ?? settings.port;
  if (!isLoopback(host) && settings.tokens.length === 0) {
    throw new FundpulseError("FP1001", `monitor.host ${host} can be reached from other machines`, {
      action: "set monitor.tokens, or use 127.0.0.1",
    });
  }
  const config = { ...loaded.config, monitor: { ...settings, host, port } };
  const watch = new PublishedWatch(publishedPath(config.data));
  const server = new MonitorServer({
    loaded: { ...loaded, config },
    watch,
    assets: loadAssets(pageFolder()),
    ports: options.ports ?? {},
    log: options.log,
  });
  // Before anybody can ask: a file that stands is then known at the first question.
  await watch.start();
  try {
    await server.app.listen({ host, port });
  } catch (cause) {
    await server.close();
    await watch.end();
    const why = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new FundpulseError("FP6001", `the monitor cannot listen on ${host}:${port} (${why})`, { cause });
  }
  const bound = (server.app.server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}/`,
    close: async () => {
      await server.close();
      await watch.end();
    },
  };
}

import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { type Monitor, type MonitorOptions, startMonitor } from "../../../pipelines/monitor/monitor.js";
import type { Config } from "../../../schemas/config/schema.js";

/** The monitor of a workspace on a free port, in this process. */
export class Served {
  private constructor(readonly monitor: Monitor) {}

  static async of(
    configFile: string,
    settings: Partial<Config["monitor"]> = {},
    options: Partial<MonitorOptions> = {},
  ): Promise<Served> {
    const loaded = loadConfig(configFile);
    const config = { ...loaded.config, monitor: { ...loaded.config.monitor, ...settings } };
    return new Served(await startMonitor({ ...loaded, config }, { port: 0, log: silentLog, ...options }));
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.monitor.url + path, { redirect: "manual", ...init });
  }

  /** The body of an answer that must be one. */
  async json<T = Record<string, never>>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.fetch(path, init);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  close(): Promise<void> {
    return this.monitor.close();
  }
}

export const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

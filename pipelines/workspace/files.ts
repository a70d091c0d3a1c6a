import { join } from "node:path";
import type { LoadedConfig } from "../../connectors/config/load.js";

/** Where the published database of a workspace stands. */
export const publishedFile = (loaded: LoadedConfig): string =>
  join(loaded.config.data, "published", "fundpulse.duckdb");

/** Who only reads needs no secret: a variable that is not set reads as some text. */
export const forReaders = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  new Proxy(env, {
    get: (set, name) => (typeof name === "string" ? (set[name] ?? "not needed") : undefined),
  });

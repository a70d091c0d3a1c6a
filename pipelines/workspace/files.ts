import type { LoadedConfig } from "../../connectors/config/load.js";
import { publishedPath } from "../../connectors/files/paths.js";

/** Where the published database of a workspace stands. */
export const publishedFile = (loaded: LoadedConfig): string => publishedPath(loaded.config.data);

/** Who only reads needs no secret: a variable that is not set reads as some text. */
export const forReaders = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  new Proxy(env, {
    get: (set, name) => (typeof name === "string" ? (set[name] ?? "not needed") : undefined),
  });

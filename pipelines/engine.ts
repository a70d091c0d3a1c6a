import type { LoadedConfig } from "../connectors/config-yaml.js";
import { acquireLock, type StateLock } from "../connectors/lock.js";
import type { Config } from "../schemas/config.js";
import type { Pipeline, PipelineDeps } from "./pipeline-port.js";

interface PipelineModule {
  openPipeline(config: Config, deps: PipelineDeps): Promise<Pipeline>;
}

/** The engine of a workspace, held by this process alone until `close`. */
export async function openEngine(loaded: LoadedConfig, deps: PipelineDeps): Promise<Pipeline> {
  const lock: StateLock = acquireLock(loaded.config.data);
  try {
    // Loaded late, so that `--help` does not wait for native modules.
    const module = "./pipeline.js";
    const { openPipeline } = (await import(module)) as PipelineModule;
    const pipeline = await openPipeline(loaded.config, deps);
    return {
      ...pipeline,
      run: (options) => pipeline.run(options),
      rebuild: (onProgress) => pipeline.rebuild(onProgress),
      quarantine: pipeline.quarantine,
      close: async () => {
        try {
          await pipeline.close();
        } finally {
          lock.release();
        }
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

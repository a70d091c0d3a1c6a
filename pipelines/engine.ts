import type { LoadedConfig } from "../connectors/config-yaml.js";
import { acquireLock } from "../connectors/lock.js";
import type { Pipeline, PipelineDeps } from "./pipeline-port.js";

/** The engine of a workspace, held by this process alone until `close`. */
export async function openEngine(loaded: LoadedConfig, deps: PipelineDeps): Promise<Pipeline> {
  const lock = acquireLock(loaded.config.data);
  try {
    // Loaded late, so that `--help` does not wait for native modules.
    const { openPipeline } = await import("./pipeline.js");
    const pipeline = await openPipeline(loaded.config, deps);
    return {
      run: (options) => pipeline.run(options),
      rebuild: (onProgress) => pipeline.rebuild(onProgress),
      quarantine: pipeline.quarantine,
      publish: () => pipeline.publish(),
      close: (period, options) => pipeline.close(period, options),
      due: (day) => pipeline.due(day),
      verify: () => pipeline.verify(),
      writeDetail: () => pipeline.writeDetail(),
      end: async () => {
        try {
          await pipeline.end();
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

import type { LoadedConfig } from "../../connectors/config/load.js";
import { askControl } from "../../connectors/control/client.js";
import {
  acquireLock,
  awaitLock,
  lockHolder,
  type StateLock,
  tryLock,
} from "../../connectors/control/lock.js";
import { type ControlServer, type ControlWork, serveControl } from "../../connectors/control/server.js";
import type { StartOptions } from "./belonging.js";
import { type EngineServices, operationsOf, servicesOver } from "./operations.js";
import type { Engine, EngineDeps } from "./port.js";

/**
 * The engine of a workspace, held by this process alone until `end`. While it is held, it also does what other
 * processes ask of it (connectors/control/files.ts), unless `serve` is false. With `wait` it waits for a command (close,
 * nightly …) that works on the state just now, instead of failing (FP2001).
 */
export async function openEngine(
  loaded: LoadedConfig,
  deps: EngineDeps,
  options: { readonly serve?: boolean; readonly wait?: boolean; readonly way?: StartOptions } = {},
): Promise<Engine> {
  const { data } = loaded.config;
  const lock = options.wait
    ? await awaitLock(data, (holder) =>
        deps.log.info("waiting for the command that holds the state", { holder }),
      )
    : acquireLock(data);
  return openLocked(lock, loaded, deps, { serve: options.serve ?? true, way: options.way });
}

async function openLocked(
  lock: StateLock,
  loaded: LoadedConfig,
  deps: EngineDeps,
  options: { readonly serve: boolean; readonly way?: StartOptions },
): Promise<Engine> {
  const { config } = loaded;
  try {
    // Loaded late, so that `--help` does not wait for native modules.
    const { assembleEngine } = await import("./engine.js");
    const { engineRules } = await import("./rules.js");
    // Before the tables are read: a change between the two is told rather than missed.
    const rules = engineRules(config);
    lock.tell(rules);
    const engine = await assembleEngine(config, deps, {}, options.way);
    const control: ControlServer | null = options.serve
      ? serveControl({ dataDir: config.data, operations: operationsOf(engine), rules, log: deps.log })
      : null;
    return {
      ...engine,
      end: async () => {
        try {
          await control?.stop();
          await engine.end();
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

/**
 * Gives `work` the engine of a workspace: this process's own where the state is free, else that of the process
 * which holds it. Should that one end in between, what is asked next is done here.
 */
export async function withEngine<T>(
  loaded: LoadedConfig,
  deps: EngineDeps,
  work: (engine: EngineServices) => Promise<T>,
): Promise<T> {
  const dataDir = loaded.config.data;
  const own: { engine: Engine | null } = { engine: null };
  let told = false;
  const notes = new Set<string>();
  const call = async (operation: string, ...args: readonly unknown[]): Promise<ControlWork> => {
    if (own.engine === null) {
      const lock = tryLock(dataDir, { brief: true });
      if (lock) own.engine = await openLocked(lock, loaded, deps, { serve: true });
    }
    if (own.engine === null) {
      if (!told)
        deps.log.debug("the state is held by another process, which is asked", {
          holder: lockHolder(dataDir),
        });
      told = true;
      const { engineRules } = await import("./rules.js");
      const reply = await askControl({
        dataDir,
        operation,
        args,
        rules: engineRules(loaded.config),
        tryLock: () => tryLock(dataDir, { brief: true }),
        onProgress: (stage, seconds) =>
          deps.onWaiting?.({ operation, stage, holder: lockHolder(dataDir), seconds }),
      }).finally(() => deps.onWaiting?.(null));
      if (!("release" in reply)) {
        if (reply.note !== null && !notes.has(reply.note)) deps.log.warn(reply.note);
        if (reply.note !== null) notes.add(reply.note);
        return { result: reply.result, ...(reply.bytes ? { bytes: reply.bytes } : {}) };
      }
      deps.log.info("the process that held the state ended; going on here");
      own.engine = await openLocked(reply, loaded, deps, { serve: true });
    }
    return operationsOf(own.engine).get(operation)!(...args);
  };
  try {
    return await work(servicesOver(call));
  } finally {
    await own.engine?.end();
  }
}

import type { ControlOperation, ControlWork } from "../../connectors/control/server.js";
import type { QuarantineEntry } from "../ingest/port.js";
import type { Engine } from "./port.js";

/** What a command can ask of the engine, whether it is in this process or in another. */
export type EngineServices = Pick<
  Engine,
  "close" | "due" | "verify" | "writeDetail" | "publish" | "quarantine" | "alerts" | "gaps"
>;

/** An operation of the engine by name, as the control channel calls it. */
export type Call = (operation: string, ...args: readonly unknown[]) => Promise<ControlWork>;

const plain =
  (work: (...args: never[]) => Promise<unknown>): ControlOperation =>
  async (...args) => ({ result: await work(...(args as never[])) });

/** The operations that an engine answers. Names and arguments are what `servicesOver` sends. */
export function operationsOf(engine: EngineServices): ReadonlyMap<string, ControlOperation> {
  const { quarantine } = engine;
  return new Map<string, ControlOperation>([
    ["close", plain(engine.close)],
    ["due", plain(engine.due)],
    ["verify", plain(engine.verify)],
    ["writeDetail", plain(engine.writeDetail)],
    ["publish", plain(engine.publish)],
    ["quarantine list", plain(quarantine.list)],
    [
      "quarantine show",
      async (id) => {
        const found = await quarantine.show(id as number);
        return found ? { result: found.entry, bytes: found.bytes } : { result: null };
      },
    ],
    ["quarantine retry", plain(quarantine.retry)],
    ["quarantine dismiss", plain(quarantine.dismiss)],
    ["gaps list", plain(engine.gaps.list)],
    ["gaps dismiss", plain(engine.gaps.dismiss)],
    [
      "quarantine dismiss file",
      plain(async (name: string, why: string) => {
        await quarantine.dismissFile(name, why);
        return null;
      }),
    ],
    ["alerts list", plain(engine.alerts.list)],
    ["alerts acknowledge", plain(engine.alerts.acknowledge)],
  ]);
}

/** The engine as seen through calls by name. */
export function servicesOver(call: Call): EngineServices {
  const ask = async <T>(operation: string, ...args: readonly unknown[]): Promise<T> =>
    (await call(operation, ...args)).result as T;
  return {
    close: (period, options) => ask("close", period, options),
    due: (day) => ask("due", day),
    verify: () => ask("verify"),
    writeDetail: (need) => ask("writeDetail", need),
    publish: () => ask("publish"),
    alerts: {
      list: () => ask("alerts list"),
      acknowledge: (id, by, note) => ask("alerts acknowledge", id, by, note),
    },
    gaps: {
      list: () => ask("gaps list"),
      dismiss: (id, by, note) => ask("gaps dismiss", id, by, note),
    },
    quarantine: {
      list: (filter) => ask("quarantine list", filter),
      show: async (id) => {
        const { result, bytes } = await call("quarantine show", id);
        return bytes ? { entry: result as QuarantineEntry, bytes } : undefined;
      },
      retry: (ids) => ask("quarantine retry", ids),
      dismiss: (ids, why) => ask("quarantine dismiss", ids, why),
      dismissFile: (name, why) => ask("quarantine dismiss file", name, why),
    },
  };
}

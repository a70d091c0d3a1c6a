import type { ReferenceTables } from "../../connectors/config/reference.js";
import type { FiguresSource } from "../../connectors/ports/figures.js";
import type { Config } from "../../schemas/config/schema.js";
import { type EngineKind, embedded } from "./kind.js";
import type { EngineDeps } from "./port.js";

/** What `engine` says of the figures of the settlements; what the other kind needs is not loaded. */
export async function engineKind(
  config: Config,
  reference: ReferenceTables,
  schemas: readonly string[],
  deps: Pick<EngineDeps, "log" | "clock">,
  figures?: FiguresSource,
): Promise<EngineKind> {
  if (config.engine.kind === "embedded") return embedded(config);
  const { flink } = await import("./flink-kind.js");
  return flink({ ...config, engine: config.engine }, reference, schemas, deps, figures);
}

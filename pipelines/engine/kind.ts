import type { StageMaker } from "../../connectors/duckdb/detail/staged.js";
import type { Config, EngineConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { ClosingState } from "../ledger/ports.js";
import type { State } from "../ledger/state.js";
import type { Feed } from "./feed.js";
import type { Engine } from "./port.js";

/** What an opened state is published through, and what is read beside its source. */
export interface Computed {
  readonly published: ClosingState;
  readonly feed: Feed | null;
}

/** Who computes the figures of the settlements (`engine`), as the assembly needs to know it. */
export interface EngineKind {
  /** SQL condition on the quarantine: which records may be judged again here. */
  readonly judgedHere: string;
  /** The source as it is read: settlements may be left to somebody else. */
  readonly source: Config["source"];
  /** @param changes what is bumped by every commit that may change what is published */
  open(state: State, changes: { changes: number }): Computed;
  /** Where the settlements are, where that is not the state. */
  readonly settlements?: StageMaker;
  /** The engine without what this kind cannot do. */
  able(engine: Engine): Engine;
}

/** Everything is computed here, from the kept settlements. */
export const embedded = ({ source }: Config): EngineKind => ({
  source,
  judgedHere: "TRUE",
  open: (published) => {
    refuseOther(published, "embedded");
    return { published, feed: null };
  },
  able: (engine) => engine,
});

/** A state that was made by the other kind would publish the figures of both. */
export function refuseOther({ store }: State, kind: EngineConfig["kind"]): void {
  const keepsSettlements = store.settlements.ids.size > 0;
  const keepsFigures = store.meta("figures_topic") !== undefined;
  if (kind === "flink" ? !keepsSettlements : !keepsFigures) return;
  throw new FundpulseError(
    "FP3105",
    `the state ${store.path} was made with engine.kind: ${kind === "flink" ? "embedded" : "flink"}`,
  );
}

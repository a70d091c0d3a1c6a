import { PROGRAM_VERSION } from "../../connectors/files/program-version.js";
import type { PublishInput } from "../../connectors/ports/publisher.js";
import type { PublishState } from "../ledger/ports.js";
import { verifiedOf } from "./verified.js";

/** What `snapshot` says beside the figures: of a publish, and when `verify` makes it again. */
export function toldOf(
  state: PublishState,
): Pick<PublishInput, "watermark" | "verified" | "origin" | "inputPositions"> {
  const { store } = state;
  return {
    watermark: state.latestTime(),
    verified: verifiedOf(store),
    origin: { program: PROGRAM_VERSION, stateId: store.stateId, history: store.life.history() },
    inputPositions: store.partitions
      .all()
      .map(({ source, partition, next }) => ({ source, partition, next })),
  };
}

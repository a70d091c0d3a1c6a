import { writeDetailFile } from "../connectors/detail-file.js";
import type { DetailReference } from "../connectors/detail-stage.js";
import { StateSnapshot } from "../connectors/state-snapshot.js";
import { NATIONAL_CATEGORIES } from "../schemas/national-categories.js";
import type { DetailResult } from "./pipeline-port.js";
import type { State } from "./state.js";

/** The reference data that the state's figures stand on at this moment. */
export function detailReference(state: State): DetailReference {
  return {
    config: state.config,
    facilities: state.facilities,
    categories: [
      ...NATIONAL_CATEGORIES.map((row) => ({ ...row, origin: "national" })),
      ...state.reference.categories.map((row) => ({ ...row, origin: "configured" })),
    ],
  };
}

/** Brings the detail file up to the state of this moment, while the engine goes on. */
export async function writeDetail(state: State, options: { full?: boolean } = {}): Promise<DetailResult> {
  const reference = detailReference(state);
  const snapshot = new StateSnapshot(state.store.path);
  try {
    const { path, sequence, settlements } = await writeDetailFile(snapshot, {
      dataDir: state.config.data,
      reference,
      writtenAt: state.clock(),
      ...options,
    });
    return { path, sequence, settlements };
  } finally {
    snapshot.close();
  }
}

import type { Verified } from "../../connectors/ports/publisher.js";
import type { SqliteStore } from "../../connectors/state/store.js";

const META = "verified";

/** Keeps what came of a recount in the state; the next publish tells it. A commit of its own. */
export function keepVerified(store: Pick<SqliteStore, "commit" | "setMeta">, verified: Verified): void {
  store.commit(() => store.setMeta(META, JSON.stringify(verified)));
}

/** What came of the last recount; undefined when there was none. */
export function verifiedOf(store: Pick<SqliteStore, "meta">): Verified | undefined {
  const text = store.meta(META);
  return text === undefined ? undefined : (JSON.parse(text) as Verified);
}

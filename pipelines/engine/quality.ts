import { statfs } from "node:fs/promises";
import type { QualityOutcome } from "../../connectors/ports/observer.js";
import type { Fen } from "../../schemas/units.js";
import type { State } from "../ledger/state.js";
import { unmappedOf } from "../ledger/unmapped.js";
import { verifiedOf } from "../publish/verified.js";

/** How often a running engine looks. */
const LOOK_MS = 10_000;

/** What waits for somebody, for metrics: looked at now and then, counted only where it changed. */
export class QualityLook {
  readonly #state: State;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #seen = "";
  #counted: Pick<QualityOutcome, "waiting" | "unmapped"> = { waiting: new Map(), unmapped: new Map() };

  constructor(state: State) {
    this.#state = state;
  }

  /** Null where it is not time yet. */
  async look(): Promise<QualityOutcome | null> {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_MS) return null;
    this.#lookedAt = now;
    const { store, config } = this.#state;
    const seen = `${store.quarantine.revision} ${store.sequence}`;
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#counted = { waiting: store.quarantine.waiting(), unmapped: this.#unmapped() };
    }
    const verified = verifiedOf(store);
    const disk = await statfs(config.data).catch(() => null);
    return {
      ...this.#counted,
      verified: verified === undefined ? null : { at: verified.at, differences: verified.differences },
      diskFree: disk === null ? null : disk.bavail * disk.bsize,
    };
  }

  #unmapped(): ReadonlyMap<string, Fen> {
    const total = new Map<string, Fen>();
    for (const { kind, fee } of unmappedOf(this.#state.store)) total.set(kind, (total.get(kind) ?? 0) + fee);
    return total;
  }
}

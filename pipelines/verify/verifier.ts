import { type DetailFileOptions, writeDetailFile } from "../../connectors/duckdb/detail/file.js";
import type { DetailReference, StageMaker } from "../../connectors/duckdb/detail/staged.js";
import { SerialQueue } from "../../connectors/ports/serial-queue.js";
import { forgetAside } from "../../connectors/state/migrations/migrate.js";
import { StateSnapshot } from "../../connectors/state/read-snapshot.js";
import { NATIONAL_CATEGORIES } from "../../schemas/input/national-categories.js";
import type { VerifyState } from "../ledger/ports.js";
import type { PublishLoop } from "../publish/loop.js";
import { keepVerified } from "../publish/verified.js";
import type { DetailResult, VerifyResult } from "./port.js";
import { pinPublished, verifyPublished } from "./published.js";

interface Engine {
  readonly state: VerifyState;
  readonly loop: PublishLoop;
}

/** Runs work on the engine between two batches. */
type BetweenBatches = <T>(work: (engine: Engine) => Promise<T>) => Promise<T>;

/** The reference data behind the state's figures at this moment. */
export function detailReference({ config, facilities, reference }: VerifyState): DetailReference {
  return {
    config,
    facilities,
    categories: [
      ...NATIONAL_CATEGORIES.map((row) => ({ ...row, origin: "national" })),
      ...reference.categories.map((row) => ({ ...row, origin: "configured" })),
    ],
  };
}

/**
 * The detail file and the recount. Both read a snapshot of the state that is taken between two batches, and
 * go on beside the engine from there; one of them at a time.
 */
export class Verifier {
  readonly #queue = new SerialQueue();

  /** @param settlements where they come from, where that is not the state */
  constructor(
    private readonly betweenBatches: BetweenBatches,
    private readonly settlements?: StageMaker,
  ) {}

  /** Brings the detail file, or what is needed of it, up to the state of this moment. */
  writeDetail(options: Pick<DetailFileOptions, "full" | "need"> = {}): Promise<DetailResult> {
    return this.#queue.run(async () => {
      const pinned = await this.betweenBatches(async ({ state }) => ({
        snapshot: new StateSnapshot(state.store.path),
        reference: detailReference(state),
        writtenAt: state.clock(),
      }));
      try {
        const { path, sequence, settlements, excerpt } = await writeDetailFile(pinned.snapshot, {
          dataDir: pinned.reference.config.data,
          reference: pinned.reference,
          writtenAt: pinned.writtenAt,
          ...options,
          ...(this.settlements && { settlements: this.settlements }),
        });
        return { path, sequence, settlements, ...(excerpt && { excerpt }) };
      } finally {
        pinned.snapshot.close();
      }
    });
  }

  /** Publishes what is due, recounts everything, compares, and publishes what came of it. */
  verify(): Promise<VerifyResult> {
    return this.#queue.run(async () => {
      const pinned = await this.betweenBatches(async ({ state, loop }) =>
        pinPublished(state, detailReference(state), await loop.publishNow(), this.settlements),
      );
      const result = await verifyPublished(pinned);
      await this.betweenBatches(async ({ state, loop }) => {
        const { version, sequence, figures, differenceCount: differences, hash } = result;
        keepVerified(state.store, { at: state.clock(), version, sequence, figures, differences, hash });
        await loop.publishAgain();
        if (differences === 0) forgetAside(state.store.path);
      });
      return result;
    });
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#queue.run(async () => undefined);
  }
}

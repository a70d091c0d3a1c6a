import type { FiguresSource } from "../../connectors/ports/figures.js";
import type { BatchOutcome } from "../../connectors/ports/observer.js";
import type { SourceLag } from "../../connectors/ports/source.js";
import type { EpochMs } from "../../schemas/units.js";
import type { FigureIntake } from "../ingest/figures.js";

/** What of a feed became durable. */
export interface Fed {
  readonly outcome: BatchOutcome;
  readonly appendedAtMs: EpochMs | null;
}

/** Something that is read beside the source of records, and goes into the state between two of its batches. */
export interface Feed {
  /** @param between runs work between two batches; `fed` is told what became durable */
  run(options: {
    readonly signal: AbortSignal;
    readonly untilDrained: boolean;
    readonly between: <T>(work: () => Promise<T>) => Promise<T>;
    readonly fed: (fed: Fed) => void;
    readonly onDrained: () => void;
    readonly warn: (event: string, detail: Record<string, unknown>) => void;
  }): Promise<void>;
  /** What is there to read and not durable yet. */
  lag(): readonly SourceLag[];
  close(): Promise<void>;
}

/** The figures of a job, taken cut by cut. */
export function figureFeed(source: FiguresSource, intake: FigureIntake): Feed {
  return {
    run: async ({ signal, untilDrained, between, fed, onDrained, warn }) => {
      let told = false;
      await source.run(
        intake.position(),
        async (cut) => {
          const outcome = await between(async () => intake.accept(cut));
          if (outcome !== null) fed({ outcome, appendedAtMs: cut.appendedAtMs });
          else if (!told) {
            told = true;
            warn("figures are not taken yet", {
              topic: source.name,
              why: "the topic does not say yet which job writes it, or has not come as far as the topic before it",
            });
          }
          return outcome !== null;
        },
        { signal, untilDrained, onDrained, warn, onLook: () => intake.looked() },
      );
    },
    lag: () => source.lag(),
    close: () => source.close(),
  };
}

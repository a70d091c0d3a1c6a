import type { EpochMs } from "../../schemas/units.js";
import type { SourceLag } from "./source.js";

/**
 * Everything that a job wrote between two of its commits, or more of them: the last value of each key, a key that is
 * gone with null. A cut is taken whole or not at all: at its end the figures are those of exactly some input.
 */
export interface FiguresCut {
  /** Where the next cut begins. */
  readonly next: number;
  readonly records: ReadonlyMap<string, Buffer | null>;
  /** The topic was read from its beginning: what is not in the cut does not stand any more. */
  readonly whole: boolean;
  /** Offset of the record in which the job names itself; null where it is not in the cut. */
  readonly manifestAt: number | null;
  readonly appendedAtMs: EpochMs | null;
}

/** Where a reader of the topic stands, as the state keeps it. */
export interface FiguresPosition {
  readonly next: number;
  /** Offset of the record in which the job names itself: where another one stands there, the topic is another one. */
  readonly manifestAt: number;
  /** When it was last read to its end. */
  readonly readAt: EpochMs;
}

/**
 * A topic of figures. `run` as in `Source`: `deliver` returns when the cut is durable. False: it could not be taken yet, and
 * is given again with what follows it.
 */
export interface FiguresSource {
  readonly name: string;
  run(
    position: FiguresPosition | null,
    deliver: (cut: FiguresCut) => Promise<boolean>,
    options: {
      readonly signal: AbortSignal;
      /** Ends at the first cut that reaches what was there at the start. */
      readonly untilDrained: boolean;
      readonly onDrained: () => void;
      /** The topic was read to its end, and nothing was new. */
      readonly onLook: () => void;
      readonly warn: (event: string, detail: Record<string, unknown>) => void;
    },
  ): Promise<void>;
  /** Records of the topic that are not taken yet, as last known. */
  lag(): readonly SourceLag[];
  close(): Promise<void>;
}

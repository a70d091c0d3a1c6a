import type { KafkaRound } from "./kafka-world.js";
import type { Round } from "./round.js";

/** A kind of fault. It happens to a round; what is right afterwards is not its concern. */
export interface FaultKind<R extends Round = Round> {
  readonly name: string;
  /** How often it is taken, against the others. */
  readonly weight: number;
  /** A command of it may close a period. */
  readonly closes?: true;
  readonly happen: (round: R) => Promise<void>;
}

export type KafkaFault = FaultKind<KafkaRound>;

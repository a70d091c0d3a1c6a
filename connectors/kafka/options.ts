import type { KafkaSourceConfig } from "../../schemas/config/schema.js";
import type { Log } from "../ports/log.js";

export interface KafkaSourceOptions {
  readonly config: KafkaSourceConfig;
  readonly log?: Log;
  /**
   * Names the state that this source feeds (its directory, say). Members of the group with the same
   * instance are leftovers of a killed process and are asked to leave, so that a restart need not wait
   * for their session to end. Only where a lock keeps a second process off that state.
   */
  readonly instance?: string;
  /** Group to read in where the configuration names none: one of the state's own. */
  readonly groupId?: string;
  /** `topic` or `topic/partition`: records lost there are accepted, once. */
  readonly acceptGaps?: readonly string[];
  /** How long another member may hold partitions of ours before reading ends with FP3008. */
  readonly sharedMs?: number;
  /** How long to look for a broker before giving up with FP3001. */
  readonly bootRetryMs?: number;
  /** How often topics and their ends are looked up again. */
  readonly rescanMs?: number;
  /** How often positions are told to the broker, for its tools to show. */
  readonly hintMs?: number;
  readonly maxBatchRecords?: number;
  readonly sessionTimeoutMs?: number;
}

/** The options with their defaults. */
export type KafkaSettings = Required<Omit<KafkaSourceOptions, "instance">>;

import type { Settlement, StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { SourceBatch } from "./source.js";

/**
 * Stands where a rejection would for what carries no record: a Kafka value that is null, a change event that is
 * about no row (DDL, the begin of a snapshot). It counts as a duplicate and is never quarantined.
 */
export const PASSED_OVER: Rejection = { reason: "undecodable", detail: "nothing to count" };

/**
 * Stands where a rejection would for a deletion of which only the settlement's key is known: what it takes out
 * is the version that is current. It is the rejection itself where there is none.
 */
export const DELETED_KEY: Rejection = {
  reason: "missing_field",
  detail: "only the key of the deleted settlement is known, and no version of it has come",
};

/**
 * Called once for every record of a batch, in order; more than once for a value that carries several rows. `raw()` gives the record's own bytes (for the
 * quarantine). With a rejection the record could not be decoded, or a field is missing or has a value
 * that its type does not allow; everything else is validated by the caller.
 */
export type SettlementVisitor = (index: number, raw: () => Buffer, rejection: Rejection | null) => void;
export type RecordVisitor = (
  index: number,
  raw: () => Buffer,
  record: StreamRecord | null,
  rejection: Rejection | null,
) => void;

/** Bytes to records: Avro single-object, Confluent wire format, Avro container blocks, JSON. */
export interface Decoder {
  /**
   * Fetches what the batch needs and is not yet known (writer schemas from the registry). Must be awaited
   * before `settlements` or `records`. Throws FP3006 while the registry cannot be reached; a schema id
   * that the registry does not know is no error here but `unknown_schema` of the record.
   */
  prepare(batch: SourceBatch): Promise<void>;
  /** Decodes a `settlement` batch. Each record, also one that is `DELETED_KEY`, is written over the settlement that `into` gives. */
  settlements(batch: SourceBatch, into: () => Settlement, visit: SettlementVisitor): void;
  /** Fields that came and are not known, by stream, since this was last asked; null where there were none. */
  takeUnknownFields(): ReadonlyMap<
    StreamName,
    { readonly looked: number; readonly names: ReadonlyMap<string, number> }
  > | null;
  /** Decodes a batch of any other stream. */
  records(batch: SourceBatch, visit: RecordVisitor): void;
}

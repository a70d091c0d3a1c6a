import type { EachBatchPayload, KafkaMessage } from "kafkajs";
import type { StreamName } from "../../schemas/input/streams.js";
import type { Position, SourceBatch } from "../ports/source.js";
import { type FetchShape, fingerprintOf } from "./guard.js";

/** Members of kafkajs's batch that its types leave out. */
interface RawBatch {
  readonly fetchedOffset: string;
  readonly messagesWithinOffset?: readonly { readonly offset: string }[];
}

/** The group is being rebalanced: an error that kafkajs must see. */
export class RejoinNeeded extends Error {}

/** Tells the group that we live; an error of it is for kafkajs. */
export async function beat(heartbeat: () => Promise<void>): Promise<void> {
  try {
    await heartbeat();
  } catch (error) {
    throw new RejoinNeeded("rejoin", { cause: error });
  }
}

/** Where the records of a fetch lie, filtered ones included. */
export function shapeOf(batch: EachBatchPayload["batch"]): FetchShape {
  const { fetchedOffset, messagesWithinOffset } = batch as unknown as RawBatch;
  const all = messagesWithinOffset ?? batch.messages;
  return {
    fetched: Number(fetchedOffset),
    first: Number(all[0].offset),
    last: Number(all[all.length - 1].offset),
    count: all.length,
  };
}

/** A run of records, with the position behind it. */
export function sourceBatch(
  stream: StreamName,
  sourcePartition: Pick<Position, "source" | "partition">,
  messages: readonly KafkaMessage[],
  next: number,
): SourceBatch {
  const values = new Array<Buffer | null>(messages.length);
  const positions = new Array<number>(messages.length);
  let newest = -1;
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i];
    values[i] = message.value;
    positions[i] = Number(message.offset);
    const at = Number(message.timestamp);
    if (at > newest) newest = at;
  }
  const last = messages[messages.length - 1];
  return {
    stream,
    payload: { kind: "values", values },
    positions,
    appendedAtMs: newest >= 0 ? newest : null,
    position: {
      ...sourcePartition,
      next,
      lastApplied: Number(last.offset),
      fingerprint: fingerprintOf(last.timestamp, last.value),
      finished: false,
    },
  };
}

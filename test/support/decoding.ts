import { ZoneCalendar } from "../../aggregations/calendar.js";
import { BatchDecoder, type BatchDecoderOptions } from "../../connectors/decode/decoder.js";
import type { Payload, SourceBatch } from "../../connectors/ports/source.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";

export interface Decoded {
  readonly record: StreamRecord | null;
  /** `reason: detail`, or null. */
  readonly rejection: string | null;
  readonly raw: Buffer;
}

export function makeDecoder(options: Partial<BatchDecoderOptions> = {}): BatchDecoder {
  return new BatchDecoder({ calendar: new ZoneCalendar("Asia/Shanghai"), ...options });
}

export function batchOf(stream: StreamName, payload: Payload): SourceBatch {
  const position = {
    source: "t",
    partition: "t",
    next: 0,
    lastApplied: null,
    fingerprint: null,
    finished: false,
  };
  return { stream, payload, positions: [0], appendedAtMs: null, position };
}

/** Decodes a payload into plain records (settlements too). */
export function decodeAll(stream: StreamName, payload: Payload, decoder = makeDecoder()): Decoded[] {
  const all: Decoded[] = [];
  decoder.records(batchOf(stream, payload), (_, raw, record, rejection) => {
    all.push({ record, rejection: rejection && `${rejection.reason}: ${rejection.detail}`, raw: raw() });
  });
  return all;
}

/** Decodes one value. */
export function decodeValue(
  stream: StreamName,
  value: Buffer | string | null,
  decoder = makeDecoder(),
): Decoded {
  const values = [typeof value === "string" ? Buffer.from(value) : value];
  return decodeAll(stream, { kind: "values", values }, decoder)[0];
}

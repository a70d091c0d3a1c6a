import kafkajs from "kafkajs";
import { canonicalForm, parseAvro, rabinFingerprint } from "../../../connectors/decode/avro/schema.js";
import { jsonText } from "../../../connectors/encode/json.js";
import { createKafkaClient, kafkaFailure } from "../../../connectors/kafka/client.js";
import type { Log } from "../../../connectors/ports/log.js";
import type { KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { avroSchema, type StreamName } from "../../../schemas/input/streams.js";
import { AvroRecordWriter } from "./avro.js";
import type { SimEvent } from "./event.js";

/** `avro`: single-object encoding, which carries the fingerprint of its schema. */
export const VALUE_FORMATS = ["avro", "json"] as const;
export type ValueFormat = (typeof VALUE_FORMATS)[number];

const BATCH_RECORDS = 1_000;
/** Message keys by stream (docs/specification.md#streams); a settlement's person decides its partition. */
const KEYS: Readonly<Record<StreamName, string>> = {
  settlement: "psn_no",
  "fund-entry": "entry_id",
  enrolment: "admdvs",
  "dip-result": "fixmedins_code",
  facility: "fixmedins_code",
  "reported-fact": "fact_id",
};

/**
 * Sends events to the topics of a Kafka source, in order, acknowledged by all replicas in sync. Throws
 * FP1003 for a stream without a topic, FP3001 or FP3005 as the source does. Returns the events sent.
 */
export async function writeKafka(
  config: KafkaSourceConfig,
  events: Iterable<SimEvent>,
  format: ValueFormat,
  log: Log,
  onSent: (events: number) => void = () => {},
): Promise<number> {
  const producer = createKafkaClient(config, log).producer({ idempotent: true, maxInFlightRequests: 1 });
  const encode = format === "json" ? jsonValue : avroValues();
  let sent = 0;
  let topic = "";
  let messages: { key: string; value: Buffer }[] = [];
  const flush = async (): Promise<void> => {
    if (messages.length === 0) return;
    await producer.send({ topic, messages, acks: -1, compression: kafkajs.CompressionTypes.GZIP });
    sent += messages.length;
    messages = [];
    onSent(sent);
  };
  try {
    await producer.connect();
    for (const event of events) {
      const next = config.topics[event.stream];
      if (next === undefined) {
        throw new FundpulseError("FP1003", `source.topics names no topic for the stream ${event.stream}`);
      }
      if (next !== topic || messages.length >= BATCH_RECORDS) await flush();
      topic = next;
      // The generator reuses its record, so it is encoded before the next is asked for.
      const key = (event.record as unknown as Record<string, unknown>)[KEYS[event.stream]];
      messages.push({ key: String(key ?? ""), value: encode(event) });
    }
    await flush();
    return sent;
  } catch (error) {
    throw kafkaFailure(error, config);
  } finally {
    await producer.disconnect().catch(() => undefined);
  }
}

const jsonValue = (event: SimEvent): Buffer => Buffer.from(jsonText(event));

/** `C3 01`, the schema's fingerprint, the record. */
function avroValues(): (event: SimEvent) => Buffer {
  const heads = new Map<StreamName, Buffer>();
  const writer = new AvroRecordWriter();
  return (event) => {
    let head = heads.get(event.stream);
    if (head === undefined) {
      const canonical = canonicalForm(parseAvro(JSON.stringify(avroSchema(event.stream))));
      head = Buffer.concat([Buffer.from([0xc3, 0x01]), rabinFingerprint(canonical)]);
      heads.set(event.stream, head);
    }
    writer.reset();
    writer.write(event);
    return Buffer.concat([head, writer.buffer.subarray(0, writer.length)]);
  };
}

import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import kafkajs from "kafkajs";
import { built } from "../built.mjs";
import { laterEvents } from "../events.mjs";
import { answer } from "../measure.mjs";

/** Sends settlements at a steady rate and tells when which offsets were handed over. */
const { brokers, topic, partitions, rate, seconds, profile, tag } = JSON.parse(process.argv[2]);
const { AvroRecordWriter } = await built("pipelines/simulate/write/avro.js");
const { canonicalForm, parseAvro, rabinFingerprint } = await built("connectors/decode/avro/schema.js");
const { avroSchema } = await built("schemas/input/streams.js");

const TICK_MS = 20;
const perTick = Math.round((rate * TICK_MS) / 1000);
const canonical = canonicalForm(parseAvro(JSON.stringify(avroSchema("settlement"))));
const head = Buffer.concat([Buffer.from([0xc3, 0x01]), rabinFingerprint(canonical)]);
const writer = new AvroRecordWriter();
const messages = [];
for await (const event of laterEvents(profile, rate * seconds, tag)) {
  writer.reset();
  writer.write(event);
  const value = Buffer.concat([head, writer.buffer.subarray(0, writer.length)]);
  // A person's records share a partition, as with the key.
  const partition = createHash("md5").update(event.record.psn_no).digest()[0] % partitions;
  messages.push({ value, key: event.record.psn_no, partition });
}
const producer = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.ERROR }).producer();
await producer.connect();
const sends = [];
const ends = {};
const pending = [];
const started = performance.now();
for (let tick = 0; tick * perTick < messages.length; tick++) {
  const due = started + tick * TICK_MS;
  const now = performance.now();
  if (due > now) await sleep(due - now);
  const part = messages.slice(tick * perTick, (tick + 1) * perTick);
  const at = Date.now();
  pending.push(
    producer.send({ topic, messages: part, acks: -1 }).then((results) => {
      for (const { partition, baseOffset } of results) {
        const base = Number(baseOffset);
        const count = part.filter((m) => m.partition === partition).length;
        sends.push({ partition, base, count, at });
        ends[partition] = Math.max(ends[partition] ?? 0, base + count);
      }
    }),
  );
}
await Promise.all(pending);
const took = (performance.now() - started) / 1000;
await producer.disconnect();
answer({ sends, ends, seconds: took });

import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { lz4Decompress, snappyDecompress, zstdInScript } from "../../../connectors/compression/codecs.js";
import { drain, MemoryState, records } from "../../contracts/source.js";
import { kafkaConfig, openKafka } from "../../support/kafka/source-fixture.js";
import { createTopic, produce, testBroker, unique } from "../../support/kafka/test-broker.js";

const snappy = createRequire(import.meta.url)("snappyjs") as { compress(bytes: Buffer): Buffer };
const brokers = (await testBroker()) ?? [];

describe("Kafka codecs", () => {
  const text = Buffer.from("fund ".repeat(50));

  it("reads a bare snappy block", () => {
    expect(snappyDecompress(snappy.compress(text))).toEqual(text);
  });

  it("reads Java's snappy stream of several blocks", () => {
    const header = Buffer.from("82534e415050590000000001000000 01".replace(/ /g, ""), "hex");
    const block = snappy.compress(text);
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    const stream = Buffer.concat([header, length, block, length, block]);
    expect(snappyDecompress(stream)).toEqual(Buffer.concat([text, text]));
    expect(() => snappyDecompress(stream.subarray(0, stream.length - 3))).toThrow("cut short");
  });

  it("reads stored and several LZ4 blocks, with block checksums and content size", () => {
    // magic, flags: version 1, block checksum, content size; 64 KB blocks; size 8; header checksum.
    const head = Buffer.from("04224d185840080000000000000000", "hex");
    const block = Buffer.from("04000080616263640000000004000080656667680000000000000000", "hex");
    expect(lz4Decompress(Buffer.concat([head, block])).toString()).toBe("abcdefgh");
    expect(() => lz4Decompress(Buffer.from("0011223344", "hex"))).toThrow("not a frame");
    expect(() => lz4Decompress(Buffer.concat([head, block.subarray(0, 6)]))).toThrow("cut short");
  });

  it("reads zstd without Node's own", () => {
    // A frame with one raw block.
    const frame = Buffer.from("28b52ffd2004210000616263640a", "hex").subarray(0, 13);
    expect(zstdInScript(frame).toString()).toBe("abcd");
  });
});

describe.skipIf(brokers.length === 0)("the Kafka source", () => {
  const large = Buffer.concat([randomBytes(100_000), Buffer.alloc(100_000, 7)]).toString("base64");
  const values = [...records(0, 3000), large, "", large.slice(1000), ...records(3000, 500)];

  // The broker compresses what it stores with the libraries that Java producers use.
  it.each(["uncompressed", "gzip", "snappy", "lz4", "zstd"])("reads a log stored as %s", async (codec) => {
    const topic = unique(codec);
    await createTopic(brokers, topic, 1, { "compression.type": codec });
    await produce(brokers, topic, values);
    const state = new MemoryState();
    const source = openKafka(kafkaConfig({ brokers, topics: { settlement: topic } }));
    await drain(source, state);
    await source.close();
    expect(state.values()).toEqual(values);
  });
});

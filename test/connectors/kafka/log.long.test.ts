import { describe, expect, it } from "vitest";
import type { KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { drain, MemoryState, records } from "../../contracts/source.js";
import { follow, kafkaConfig, openKafka, until } from "../../support/kafka/source-fixture.js";
import {
  createTopic,
  deleteBefore,
  produce,
  quietClient,
  recreate,
  testBroker,
  unique,
  withAdmin,
} from "../../support/kafka/test-broker.js";

const brokers = (await testBroker()) ?? [];

async function freshTopic(partitions = 1): Promise<{ topic: string; config: KafkaSourceConfig }> {
  const topic = unique("settlement");
  await createTopic(brokers, topic, partitions);
  return { topic, config: kafkaConfig({ brokers, topics: { settlement: topic } }) };
}

async function readOnce(config: KafkaSourceConfig, state: MemoryState): Promise<void> {
  const source = openKafka(config);
  try {
    await drain(source, state);
  } finally {
    await source.close();
  }
}

describe.skipIf(brokers.length === 0)("the Kafka log under our position", () => {
  it("stops with FP3002 when records that were not read are gone", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    await readOnce(config, state);
    await produce(brokers, topic, records(10, 20));
    await deleteBefore(brokers, topic, [{ partition: 0, offset: 25 }]);
    await expect(readOnce(config, state)).rejects.toThrow(
      /topic settlement-\w+ partition 0: records 10 to 24 are gone .*starts at 25.*FP3002/,
    );
    expect(state.values()).toEqual(records(0, 10));
  });

  it("goes on when only records that were read are gone", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    await readOnce(config, state);
    await deleteBefore(brokers, topic, [{ partition: 0, offset: 10 }]);
    await readOnce(config, state);
    await produce(brokers, topic, records(10, 5));
    await readOnce(config, state);
    expect(state.values()).toEqual(records(0, 15));
  });

  it("begins a log that was never read at its start", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    await deleteBefore(brokers, topic, [{ partition: 0, offset: 4 }]);
    const state = new MemoryState();
    await readOnce(config, state);
    expect(state.values()).toEqual(records(4, 6));
  });

  it("stops with FP3002 when records are deleted under the running consumer", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    await readOnce(config, state);
    const source = openKafka(config, { rescanMs: 60_000 });
    const stop = new AbortController();
    const run = source.run(
      state.context(stop.signal),
      async (batch) => {
        // What follows this batch is gone before it can be fetched.
        await produce(brokers, topic, records(20, 20));
        await deleteBefore(brokers, topic, [{ partition: 0, offset: 35 }]);
        state.apply(batch);
      },
      { untilDrained: false, onDrained: () => undefined },
    );
    run.catch(() => undefined);
    await produce(brokers, topic, records(10, 10));
    await expect(run).rejects.toThrow(/records 20 to 34 are gone.*FP3002/);
    await source.close();
    expect(state.values()).toEqual(records(0, 20));
  });

  it("stops with FP3003 when the topic was made anew and is shorter", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    await readOnce(config, state);
    await recreate(brokers, topic);
    await produce(brokers, topic, records(100, 4));
    await expect(readOnce(config, state)).rejects.toThrow(/the log ends at 4, but we stand at 10.*FP3003/);
    expect(state.values()).toEqual(records(0, 10));
  });

  it("stops with FP3003 when the topic was made anew and is longer", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    await readOnce(config, state);
    await recreate(brokers, topic);
    await produce(brokers, topic, records(100, 30));
    await expect(readOnce(config, state)).rejects.toThrow(/another record stands at offset 9.*FP3003/);
    expect(state.values()).toEqual(records(0, 10));
  });

  it("stops with FP3003 when the topic was made anew with exactly as many records", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    await readOnce(config, state);
    await recreate(brokers, topic);
    await produce(brokers, topic, records(100, 10));
    await expect(readOnce(config, state)).rejects.toThrow(/another record stands at offset 9.*FP3003/);
  });

  it("stops with FP3003 when a partition that was read is gone", async () => {
    const { topic, config } = await freshTopic(2);
    await produce(brokers, topic, records(0, 10), 1);
    const state = new MemoryState();
    await readOnce(config, state);
    await recreate(brokers, topic);
    await produce(brokers, topic, records(0, 10));
    await expect(readOnce(config, state)).rejects.toThrow(
      /partition 1: the partition does not exist.*FP3003/,
    );
  });

  it.each([
    ["shorter", 4],
    ["longer", 30],
  ])("stops when the topic is made anew, %s, while it is read", async (_name, count) => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    const source = openKafka(config);
    const following = follow(source, state);
    await until(() => state.seen.length === 10);
    await recreate(brokers, topic);
    await produce(brokers, topic, records(100, count));
    await expect(following.ended).rejects.toThrow(/FP300[35]/);
    await source.close();
    expect(state.values()).toEqual(records(0, 10));
  });

  it("notices a topic made anew while a batch is worked on", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    const source = openKafka(config, { rescanMs: 60_000 });
    const run = source.run(
      state.context(),
      async (batch) => {
        await recreate(brokers, topic);
        await produce(brokers, topic, records(100, 30));
        await new Promise((resolve) => setTimeout(resolve, 600));
        state.apply(batch);
      },
      { untilDrained: false, onDrained: () => undefined },
    );
    await expect(run).rejects.toThrow(/another record stands at offset 9.*FP3003/);
    await source.close();
    expect(state.values()).toEqual(records(0, 10));
  });

  it("stops with FP3005 when the topic is deleted while it is read", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    const source = openKafka(config);
    const following = follow(source, state);
    await until(() => state.seen.length === 10);
    await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
    await expect(following.ended).rejects.toThrow(new RegExp(`topic ${topic} does not exist.*FP3005`));
    await source.close();
  });

  it("delivers committed transactions once and aborted ones never", async () => {
    const { topic, config } = await freshTopic(2);
    const producer = quietClient(brokers).producer({
      transactionalId: unique("tx"),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const expected: string[] = [];
    const state = new MemoryState();
    for (let round = 0; round < 12; round++) {
      const transaction = await producer.transaction();
      const values = records(round * 100, 7);
      await transaction.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });
      await transaction.send({ topic, messages: values.map((value) => ({ value, partition: 1 })) });
      if (round % 3 === 1 || round > 9) await transaction.abort();
      else {
        await transaction.commit();
        expected.push(...values);
      }
      if (round % 4 === 3) await readOnce(config, state);
    }
    await producer.disconnect();
    await readOnce(config, state);
    await readOnce(config, state);
    for (const partition of ["0", "1"]) {
      expect(state.seen.filter((s) => s.partition === partition).map((s) => s.value)).toEqual(expected);
    }
  });

  it("is drained though a transaction is still open, and delivers it later", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 5));
    const producer = quietClient(brokers).producer({
      transactionalId: unique("tx"),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: records(5, 5).map((value) => ({ value })) });
    const state = new MemoryState();
    await readOnce(config, state);
    expect(state.values()).toEqual(records(0, 5));
    await transaction.commit();
    await producer.disconnect();
    await readOnce(config, state);
    expect(state.values()).toEqual(records(0, 10));
  });

  it("counts records of an open transaction as waiting, not as read", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 5));
    const producer = quietClient(brokers).producer({
      transactionalId: unique("tx"),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: records(5, 7).map((value) => ({ value })) });
    const state = new MemoryState();
    const source = openKafka(config);
    const following = follow(source, state);
    const waiting = async (): Promise<number> => {
      const lags = await source.lag();
      return lags.reduce((sum, l) => sum + (l.inOpenTransactions ?? 0), 0);
    };
    await until(() => state.seen.length === 5);
    while ((await waiting()) !== 7) await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await source.lag()).reduce((sum, l) => sum + (l.lag ?? 0), 0)).toBe(7);
    expect(source.connection()).toMatchObject({ connected: true });
    await transaction.commit();
    await producer.disconnect();
    await until(() => state.seen.length === 12);
    while ((await waiting()) !== 0) await new Promise((resolve) => setTimeout(resolve, 100));
    await following.stop();
  });

  it("takes partitions that are added while it runs from their start", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 3));
    const state = new MemoryState();
    const following = follow(openKafka(config), state);
    await until(() => state.seen.length === 3);
    await withAdmin(brokers, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] }));
    await produce(brokers, topic, records(100, 4), 1);
    await until(() => state.seen.length === 7);
    await following.stop();
    expect(state.values().slice(3)).toEqual(records(100, 4));
  });

  it("ignores the positions that the broker remembers for the group", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    await readOnce(config, new MemoryState());
    await withAdmin(brokers, (admin) =>
      admin.setOffsets({ groupId: config.groupId!, topic, partitions: [{ partition: 0, offset: "9" }] }),
    );
    const state = new MemoryState();
    await readOnce(config, state);
    expect(state.values()).toEqual(records(0, 10));
  });

  it("tells the broker where it stands", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 10));
    await readOnce(config, new MemoryState());
    const offsets = await withAdmin(brokers, (admin) =>
      admin.fetchOffsets({ groupId: config.groupId!, topics: [topic] }),
    );
    expect(offsets[0].partitions[0].offset).toBe("10");
  });

  it("hands on no more records at once than it was told", async () => {
    const { topic, config } = await freshTopic();
    await produce(brokers, topic, records(0, 95));
    const state = new MemoryState();
    const source = openKafka(config, { maxBatchRecords: 10 });
    let largest = 0;
    await drain(source, state, {
      deliver: async (batch) => {
        largest = Math.max(largest, batch.positions.length);
        state.apply(batch);
      },
    });
    await source.close();
    expect(largest).toBe(10);
    expect(state.values()).toEqual(records(0, 95));
  });

  it("hands on empty values and when the newest record was appended", async () => {
    const { topic, config } = await freshTopic();
    const before = Date.now();
    await produce(brokers, topic, [null, "x", ""]);
    const state = new MemoryState();
    const source = openKafka(config);
    let appended: number | null = null;
    await drain(source, state, {
      deliver: async (batch) => {
        appended = batch.appendedAtMs;
        state.apply(batch);
      },
    });
    await source.close();
    expect(state.values()).toEqual([null, "x", ""]);
    expect(appended).toBeGreaterThanOrEqual(before);
  });

  it("reads a compacted log with its holes", async () => {
    const topic = unique("facility");
    await createTopic(brokers, topic, 1, {
      "cleanup.policy": "compact",
      "segment.ms": "100",
      "min.cleanable.dirty.ratio": "0.01",
      "max.compaction.lag.ms": "100",
    });
    const producer = quietClient(brokers).producer();
    await producer.connect();
    for (let i = 0; i < 6; i++) {
      await producer.send({
        topic,
        messages: [
          { key: "a", value: `a${i}` },
          { key: `b${i}`, value: "b" },
        ],
      });
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await producer.disconnect();
    const state = new MemoryState();
    await readOnce(kafkaConfig({ brokers, topics: { facility: topic } }), state);
    expect(state.values().filter((v) => v === "b")).toHaveLength(6);
    expect(state.values()).toContain("a5");
  });
});

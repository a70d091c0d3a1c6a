import kafkajs from "kafkajs";
import { describe, expect, it } from "vitest";
import type { KafkaSource } from "../../../connectors/kafka/source.js";
import type { LostRecords } from "../../../connectors/ports/source.js";
import type { KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { MemoryState, records } from "../../contracts/source.js";
import { kafkaConfig, openKafka, until } from "../../support/kafka/source-fixture.js";
import {
  createTopic,
  deleteBefore,
  produce,
  recreate,
  testBroker,
  unique,
} from "../../support/kafka/test-broker.js";

const brokers = (await testBroker()) ?? [];

/** A source that runs, and what it says of being alone. */
function member(source: KafkaSource, state = new MemoryState()) {
  const abort = new AbortController();
  const said: (string | null)[] = [];
  let drained = 0;
  const context = { ...state.context(abort.signal), incomplete: (why: string | null) => void said.push(why) };
  const ended = source
    .run(context, async (batch) => state.apply(batch), {
      untilDrained: false,
      onDrained: () => void drained++,
    })
    .finally(() => source.close());
  ended.catch(() => undefined);
  return {
    state,
    said,
    ended,
    drained: () => drained,
    stop: async () => {
      abort.abort();
      await ended.catch(() => undefined);
    },
  };
}

async function shared(): Promise<{ topic: string; config: KafkaSourceConfig }> {
  const topic = unique("settlement");
  await createTopic(brokers, topic, 4);
  for (let p = 0; p < 4; p++) await produce(brokers, topic, records(p * 10, 10), p);
  return { topic, config: kafkaConfig({ brokers, topics: { settlement: topic } }) };
}

describe.skipIf(brokers.length === 0)("a group that another member reads too", () => {
  it("is never read to its end by one of them, and the later one ends naming the other", async () => {
    const { config } = await shared();
    const first = member(openKafka({ ...config, clientId: "county-a" }));
    await until(() => first.drained() === 1);
    expect(first.said).toEqual([null]);
    const second = member(openKafka({ ...config, clientId: "county-b" }, { sharedMs: 1_500 }));
    await expect(second.ended).rejects.toThrow(/only 2 of 4 partitions.*county-a on .*\[FP3008\]/);
    expect(second.drained()).toBe(0);
    // Alone again, the first one goes on and has everything.
    await until(() => first.said.at(-1) === null && first.said.length >= 3);
    expect(first.said[1]).toContain("reads 2 of 4 partitions");
    await until(() => first.drained() === 2);
    expect(first.state.values().sort()).toEqual(records(0, 40).sort());
    await first.stop();
  });

  it("ends where a consumer of other topics leaves it no partition", async () => {
    const { config } = await shared();
    const other = unique("other");
    await createTopic(brokers, other, 1);
    const foreign = new kafkajs.Kafka({
      clientId: "somebody-else",
      brokers,
      logLevel: kafkajs.logLevel.NOTHING,
    }).consumer({ groupId: config.groupId! });
    await foreign.connect();
    await foreign.subscribe({ topics: [other] });
    const joined = new Promise((resolve) => foreign.on("consumer.group_join", resolve));
    await foreign.run({ eachMessage: async () => undefined });
    await joined;
    const ours = member(openKafka(config, { sharedMs: 1_500 }));
    await expect(ours.ended).rejects.toThrow(/partitions are ours.*somebody-else.*\[FP3008\]/);
    expect(ours.drained()).toBe(0);
    await foreign.disconnect();
  });

  it("is none where the configuration names no group: each state has its own", async () => {
    const { config } = await shared();
    const { groupId: _, ...rest } = config;
    const members = ["a", "b"].map((id) =>
      member(openKafka(rest as KafkaSourceConfig, { groupId: `fundpulse-${id}` })),
    );
    for (const one of members) {
      await until(() => one.drained() > 0);
      expect(one.state.values().sort()).toEqual(records(0, 40).sort());
      expect(one.said).toEqual([null]);
      await one.stop();
    }
  });
});

/** Reads to the end, accepting gaps as named. */
async function read(
  config: KafkaSourceConfig,
  state: MemoryState,
  acceptGaps: readonly string[],
): Promise<LostRecords[]> {
  const gaps: LostRecords[] = [];
  const source = openKafka(config, { acceptGaps });
  const context = {
    ...state.context(),
    lost: (
      gap: LostRecords,
      next: Parameters<NonNullable<ReturnType<MemoryState["context"]>["lost"]>>[1],
    ) => {
      gaps.push(gap);
      state.positions.set(`${gap.source}/${gap.partition}`, next);
    },
  };
  // A position that goes back is what acceptance is about: what is delivered again is told apart by its key.
  const deliver = async (batch: Parameters<MemoryState["apply"]>[0]): Promise<void> => state.apply(batch);
  try {
    await source.run(context, deliver, { untilDrained: true, onDrained: () => undefined });
  } finally {
    await source.close();
  }
  return gaps;
}

describe.skipIf(brokers.length === 0)("a loss that somebody accepts", () => {
  async function readTen(): Promise<{ topic: string; config: KafkaSourceConfig; state: MemoryState }> {
    const topic = unique("settlement");
    await createTopic(brokers, topic, 1);
    const config = kafkaConfig({ brokers, topics: { settlement: topic } });
    await produce(brokers, topic, records(0, 10));
    const state = new MemoryState();
    expect(await read(config, state, [])).toEqual([]);
    return { topic, config, state };
  }

  it("goes on behind records that are gone, once, and only where it was named", async () => {
    const { topic, config, state } = await readTen();
    await produce(brokers, topic, records(10, 20));
    await deleteBefore(brokers, topic, [{ partition: 0, offset: 25 }]);
    await expect(read(config, state, [])).rejects.toThrow(/--accept-gap.*\[FP3002\]/);
    await expect(read(config, state, ["another"])).rejects.toThrow(/\[FP1003\]/);
    const gaps = await read(config, state, [`${topic}/0`]);
    expect(gaps).toEqual([
      { source: `kafka:${topic}`, partition: "0", kind: "expired", fromNext: 10, toNext: 25 },
    ]);
    expect(state.values()).toEqual([...records(0, 10), ...records(25, 5)]);
    expect(await read(config, state, [topic])).toEqual([]);
  });

  it.each([
    ["shorter", 4],
    ["longer", 20],
  ])("reads a topic that was made anew, %s than before, from its start", async (_, count) => {
    const { topic, config, state } = await readTen();
    await recreate(brokers, topic);
    await produce(brokers, topic, records(100, count));
    await expect(read(config, state, [])).rejects.toThrow(/\[FP3003\]/);
    const gaps = await read(config, state, [topic]);
    expect(gaps).toMatchObject([{ kind: "recreated", fromNext: 10, toNext: 10 }]);
    expect(state.values().slice(10)).toEqual(records(100, count));
  });

  it("goes on behind what expires while it reads, after the delivery that was under way", async () => {
    const { topic, config, state } = await readTen();
    const gaps: LostRecords[] = [];
    const abort = new AbortController();
    const source = openKafka(config, { acceptGaps: [topic] });
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let holds = false;
    const ended = source.run(
      {
        ...state.context(abort.signal),
        lost: (gap, next) => {
          gaps.push(gap);
          state.positions.set(`${gap.source}/${gap.partition}`, next);
        },
      },
      async (batch) => {
        holds = true;
        await gate;
        state.apply(batch);
      },
      { untilDrained: false, onDrained: () => undefined },
    );
    ended.catch(() => undefined);
    await produce(brokers, topic, records(10, 3));
    await until(() => holds);
    await produce(brokers, topic, records(13, 17));
    await deleteBefore(brokers, topic, [{ partition: 0, offset: 25 }]);
    // Looks at the broker go on beside the delivery, and find the loss more than once.
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(gaps).toEqual([]);
    release();
    await until(() => state.values().length === 18);
    expect(gaps).toMatchObject([{ kind: "expired", fromNext: 13, toNext: 25 }]);
    expect(state.values()).toEqual([...records(0, 13), ...records(25, 5)]);
    abort.abort();
    await ended;
    await source.close();
  });

  it("ends with what kept it from being kept", async () => {
    const { topic, config, state } = await readTen();
    await recreate(brokers, topic);
    await produce(brokers, topic, records(100, 20));
    const source = openKafka(config, { acceptGaps: [topic] });
    const context = {
      ...state.context(),
      lost: () => {
        throw new Error("the state is full");
      },
    };
    const run = source.run(context, async (batch) => state.apply(batch), {
      untilDrained: true,
      onDrained: () => undefined,
    });
    await expect(run).rejects.toThrow("the state is full");
    await source.close();
  });

  it("says so where a log that was never read begins above 0", async () => {
    const { topic, config } = await readTen();
    await deleteBefore(brokers, topic, [{ partition: 0, offset: 5 }]);
    const state = new MemoryState();
    await read(config, state, []);
    expect(state.warnings.join()).toContain("kafka log begins above 0");
    expect(state.values()).toEqual(records(5, 5));
  });
});

import { afterAll, test as anyTest, beforeAll, expect } from "vitest";
import { keyOfManifest } from "../../../connectors/flink/figure.js";
import { TopicFigures } from "../../../connectors/flink/figures-source.js";
import { CommittedLog, type LogMessage } from "../../../connectors/kafka/committed-log.js";
import type { FiguresCut, FiguresPosition } from "../../../connectors/ports/figures.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { type KafkaCluster, startKafka } from "../../support/kafka/broker.mjs";
import { ownBrokersPossible, quietClient, unique, withAdmin } from "../../support/kafka/test-broker.js";

const possible = await ownBrokersPossible();
const test = anyTest.skipIf(!possible);
let kafka: KafkaCluster;
beforeAll(async () => {
  if (possible) kafka = await startKafka();
}, 120_000);
afterAll(() => kafka?.stop());

const connection = () => ({ brokers: [...kafka.brokers], clientId: "log", ssl: false as const });
const make = (topic: string, numPartitions = 1) =>
  withAdmin(kafka.brokers, async (admin) => {
    const configEntries = [{ name: "cleanup.policy", value: "compact" }];
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions, configEntries }] });
  });

/** One transactional writer, as a job has. */
async function writer(topic: string) {
  const producer = quietClient(kafka.brokers).producer({
    transactionalId: topic,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  return {
    begin: async (keys: readonly string[]) => {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: keys.map((key) => ({ key, value: "1" })) });
      return transaction;
    },
    close: () => producer.disconnect(),
  };
}

test("a log is read as far as its transactions have ended, also when the broker was away", async () => {
  const topic = unique("log");
  await make(topic);
  const w = await writer(topic);
  const log = new CommittedLog(connection(), topic, silentLog);
  const { signal } = new AbortController();
  const read = async (from: number): Promise<{ keys: string[]; next: number; end: number }> => {
    const found: LogMessage[] = [];
    for (let next = from; ; ) {
      const part = (await log.read(next, signal, () => {}))!;
      found.push(...part.messages);
      next = part.next;
      if (next >= part.end) return { keys: found.map((m) => String(m.key)), next, end: part.end };
    }
  };
  try {
    await (await w.begin(["a", "b"])).commit();
    await (await w.begin(["gone"])).abort();
    const open = await w.begin(["c"]);
    const first = await read(0);
    expect(first).toEqual({ keys: ["a", "b"], next: 5, end: 5 });
    await open.commit();
    await kafka.kill(0);
    const reading = read(first.next);
    await kafka.restart(0);
    expect((await reading).keys).toEqual(["c"]);
    await expect(log.read(1_000, signal, () => {})).rejects.toThrow(/FP3003/);
  } finally {
    await log.close();
    await w.close();
  }
}, 180_000);

test("a topic of figures gives whole cuts, goes on where it stood, and is known again", async () => {
  const topic = unique("figures");
  let now = 1_000_000;
  const lags: unknown[] = [];
  const drain = async (position: FiguresPosition | null, takes = true): Promise<FiguresCut[]> => {
    const source = new TopicFigures(connection(), topic, silentLog, () => now);
    const cuts: FiguresCut[] = [];
    try {
      await source.run(
        position,
        async (cut) => {
          cuts.push({ ...cut, records: new Map(cut.records) });
          lags.push(source.lag()[0].lag);
          return takes;
        },
        {
          signal: new AbortController().signal,
          untilDrained: true,
          onDrained: () => {},
          onLook: () => {},
          warn: () => {},
        },
      );
    } finally {
      const [{ lag, underWay }] = source.lag();
      lags.push(takes ? lag : { lag, underWay });
      await source.close();
    }
    return cuts;
  };
  await expect(drain(null)).rejects.toThrow(/does not exist.*flink submit.*FP3005/);
  await make(topic);
  const w = await writer(topic);
  try {
    expect(await drain(null)).toEqual([]);
    await (await w.begin(["x", keyOfManifest(), "y"])).commit();
    await (await w.begin(["x"])).commit();
    const [first, ...rest] = await drain(null);
    expect(rest).toEqual([]);
    expect([...first.records.keys()].sort()).toEqual([keyOfManifest(), "x", "y"].sort());
    expect(first).toMatchObject({ whole: true, manifestAt: 1 });
    const position = { next: first.next, manifestAt: 1, readAt: now };
    // Before the topic was there, while it was empty, in the cut, behind it.
    expect(lags.splice(0)).toEqual([null, 0, first.next, 0]);
    expect(await drain(null, false)).toHaveLength(1);
    expect(lags.splice(0)).toEqual([first.next, { lag: first.next, underWay: true }]);
    expect(await drain(position)).toEqual([]);
    await (await w.begin(["z"])).commit();
    expect(await drain(position)).toMatchObject([{ whole: false, manifestAt: null }]);
    // After a day a compacted topic has forgotten what went: it is read from its beginning.
    now += 13 * 3_600_000;
    const [again] = await drain(position);
    expect([again.whole, again.records.size]).toEqual([true, 4]);
    await expect(drain({ ...position, manifestAt: 0 })).rejects.toThrow(
      /not the one that was read before.*FP3103/,
    );
    await expect(drain({ ...position, next: 1_000 })).rejects.toThrow(/it ends at .*FP3103/);
  } finally {
    await w.close();
  }
  const many = unique("many");
  await make(many, 2);
  const log = new CommittedLog(connection(), many, silentLog);
  await expect(log.ends()).rejects.toThrow(/2 partitions.*FP3005/);
  await log.close();
}, 180_000);

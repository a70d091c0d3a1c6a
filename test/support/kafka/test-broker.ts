import { randomBytes } from "node:crypto";
import kafkajs from "kafkajs";
import { askShared } from "../shared.js";

/**
 * Addresses of the run's shared broker; null where none can be had (its tests are skipped then). With
 * `CI=true` that is an error. Test files share it: every topic and group takes a `unique` name.
 */
export async function testBroker(): Promise<string[] | null> {
  const answer = await askShared<{ brokers: string[] }>("broker");
  if (answer.brokers !== undefined) return answer.brokers;
  if (process.env.CI === "true") throw new Error(`no Kafka broker for the tests: ${answer.error}`);
  return null;
}

/**
 * True when tests can start brokers of their own (to kill, or with TLS): that takes Java. Where the shared
 * broker comes from elsewhere they are skipped without it, also with `CI=true`.
 */
export async function ownBrokersPossible(): Promise<boolean> {
  const answer = await askShared("java");
  if (answer.error !== undefined) await testBroker();
  return answer.error === undefined;
}

/** A name that no other test uses. */
export const unique = (prefix: string): string => `${prefix}-${randomBytes(5).toString("hex")}`;

/** A kafkajs client that says nothing. */
export const quietClient = (brokers: string[]): kafkajs.Kafka =>
  new kafkajs.Kafka({
    clientId: "fundpulse-test",
    brokers,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 15, initialRetryTime: 100, maxRetryTime: 1000 },
  });

/** Runs `work` with an admin client. */
export async function withAdmin<T>(
  brokers: string[],
  work: (admin: kafkajs.Admin) => Promise<T>,
): Promise<T> {
  const admin = quietClient(brokers).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Creates a topic; `config` e.g. `{ "compression.type": "zstd" }`. */
export const createTopic = (
  brokers: string[],
  topic: string,
  partitions = 1,
  config: Record<string, string> = {},
): Promise<unknown> =>
  withAdmin(brokers, (admin) =>
    admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic,
          numPartitions: partitions,
          configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
        },
      ],
    }),
  );

/** Takes the records before these offsets away, as a broker does that keeps them no longer. */
export const deleteBefore = (
  brokers: string[],
  topic: string,
  offsets: readonly { readonly partition: number; readonly offset: number }[],
): Promise<void> =>
  withAdmin(brokers, async (admin) => {
    // Only this makes kafkajs look up the partitions' leaders.
    await admin.fetchTopicOffsets(topic);
    const partitions = offsets.map(({ partition, offset }) => ({ partition, offset: String(offset) }));
    await admin.deleteTopicRecords({ topic, partitions });
  });

/** Another, empty topic under the same name. */
export async function recreate(brokers: string[], topic: string, partitions = 1): Promise<void> {
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
  // The broker takes its time with the old one.
  for (let tries = 0; ; tries++) {
    try {
      await createTopic(brokers, topic, partitions);
      return;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Appends values to one partition, in order. */
export async function produce(
  brokers: string[],
  topic: string,
  values: readonly (Buffer | string | null)[],
  partition = 0,
): Promise<void> {
  const producer = quietClient(brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    for (let start = 0; start < values.length; start += 5000) {
      const messages = values.slice(start, start + 5000).map((value) => ({ value, partition }));
      await producer.send({ topic, messages });
    }
  } finally {
    await producer.disconnect();
  }
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { STREAM_NAMES, STREAMS } from "../../../schemas/input/streams.js";
import { drain, MemoryState, records } from "../../contracts/source.js";
import { type KafkaCluster, startKafka } from "../../support/kafka/broker.mjs";
import { freePort } from "../../support/kafka/ports.mjs";
import { follow, kafkaConfig, openKafka, until } from "../../support/kafka/source-fixture.js";
import { createTopic, ownBrokersPossible, produce, withAdmin } from "../../support/kafka/test-broker.js";

const possible = await ownBrokersPossible();
const defaultTopics = Object.fromEntries(STREAM_NAMES.map((s) => [s, STREAMS[s].topic]));

async function check(config: KafkaSourceConfig): Promise<string> {
  const source = openKafka(config, { bootRetryMs: 500 });
  try {
    return await source.check();
  } finally {
    await source.close();
  }
}

it("gives up with FP3001 and exit code 75 when no broker answers", async () => {
  const brokers = [`127.0.0.1:${await freePort()}`];
  const failure = check(kafkaConfig({ brokers, topics: { settlement: "x" } }));
  await expect(failure).rejects.toThrow(/Kafka at 127\.0\.0\.1:\d+ cannot be reached.*FP3001/);
  await expect(failure).rejects.toMatchObject({ exitCode: 75 });
});

it("names a PEM file that cannot be read", () => {
  const ssl = { ca: "/nowhere/ca.pem", rejectUnauthorized: true };
  expect(() =>
    openKafka(kafkaConfig({ brokers: ["127.0.0.1:1"], topics: { settlement: "x" }, ssl })),
  ).toThrow(/source\.ssl\.ca: \/nowhere\/ca\.pem cannot be read \(ENOENT\).*FP1001/);
});

describe.skipIf(!possible)("a Kafka broker of its own", () => {
  let kafka: KafkaCluster;
  beforeAll(async () => {
    kafka = await startKafka({ secure: true });
    await createTopic(kafka.brokers, "secure", 1);
    await produce(kafka.brokers, "secure", records(0, 3));
  });
  afterAll(() => kafka?.stop());

  const settings = (over: Partial<KafkaSourceConfig> = {}): KafkaSourceConfig =>
    kafkaConfig({ brokers: kafka.brokers, topics: { settlement: "secure" }, ...over });
  const sasl = { mechanism: "scram-sha-512", username: "alice", password: "alice-secret" } as const;
  const trusted = () => ({ ca: kafka.tls?.ca, rejectUnauthorized: true });

  it("says FP3005 when none of the default topics exists, and names them", async () => {
    await expect(check(settings({ topics: defaultTopics }))).rejects.toThrow(
      /none of the topics fund\.settlement, .*fund\.reported-fact exists.*FP3005/,
    );
  });

  it("says FP3005 when a topic that the configuration names does not exist", async () => {
    const topics = { settlement: "secure", facility: "facilities" };
    await expect(check(settings({ topics }))).rejects.toThrow(/topic facilities does not exist.*FP3005/);
  });

  it("reads the default topics that exist and takes up others when they come", async () => {
    await createTopic(kafka.brokers, "fund.settlement", 1);
    await produce(kafka.brokers, "fund.settlement", records(0, 3));
    const state = new MemoryState();
    const source = openKafka(settings({ topics: defaultTopics }));
    expect(await source.check()).toMatch(
      /fund\.settlement \(1 partition, 3 records\); not there: fund\.entry/,
    );
    const following = follow(source, state);
    await until(() => state.seen.length === 3);
    expect(state.warnings).toContain("kafka topics missing");
    await createTopic(kafka.brokers, "fund.facility", 1);
    await produce(kafka.brokers, "fund.facility", ["{}"]);
    await until(() => state.seen.length === 4);
    await produce(kafka.brokers, "fund.settlement", records(3, 3));
    await until(() => state.seen.length === 7);
    await following.stop();
    expect(state.values("settlement")).toEqual(records(0, 6));
    expect(state.values("facility")).toEqual(["{}"]);
  });

  it.each(["SSL", "SASL_PLAINTEXT", "SASL_SSL"] as const)("reads through %s", async (listener) => {
    const over = {
      brokers: kafka.listener(listener),
      ...(listener.includes("SSL") ? { ssl: trusted() } : {}),
      ...(listener.includes("SASL") ? { sasl } : {}),
    };
    const state = new MemoryState();
    const source = openKafka(settings(over));
    await drain(source, state);
    await source.close();
    expect(state.values()).toEqual(records(0, 3));
  });

  it.each(["plain", "scram-sha-256", "scram-sha-512"] as const)("signs in with %s", async (mechanism) => {
    const brokers = kafka.listener("SASL_SSL");
    const text = await check(settings({ brokers, ssl: trusted(), sasl: { ...sasl, mechanism } }));
    expect(text).toContain("secure (1 partition, 3 records)");
  });

  it.each(["plain", "scram-sha-256"] as const)("says FP3005 to a wrong password (%s)", async (mechanism) => {
    const brokers = kafka.listener("SASL_PLAINTEXT");
    const wrong = { ...sasl, mechanism, password: "not-this-one" };
    const failure = check(settings({ brokers, sasl: wrong }));
    await expect(failure).rejects.toThrow(/refused user alice .*FP3005/);
    await expect(failure).rejects.not.toThrow(/not-this-one/);
  });

  it("says FP3005 when the broker's certificate is signed by somebody unknown", async () => {
    const brokers = kafka.listener("SSL");
    await expect(check(settings({ brokers, ssl: true }))).rejects.toThrow(
      /TLS failed: .*certificate.*source\.ssl.*FP3005/,
    );
    const other = join(kafka.dir, "other.pem");
    writeFileSync(other, "not a certificate");
    await expect(check(settings({ brokers, ssl: { ca: other, rejectUnauthorized: true } }))).rejects.toThrow(
      /FP3005|FP1001/,
    );
  });

  it("hints at source.ssl when the listener speaks TLS and we do not, or the other way round", async () => {
    await expect(check(settings({ brokers: kafka.listener("SSL") }))).rejects.toThrow(/FP3001/);
    await expect(check(settings({ ssl: trusted() }))).rejects.toThrow(/source\.ssl.*FP300[15]/);
  });

  it("warns when another member of the group holds partitions, and waits for them", async () => {
    await createTopic(kafka.brokers, "shared", 4);
    const config = settings({ topics: { settlement: "shared" } });
    const [one, two] = [new MemoryState(), new MemoryState()];
    const first = follow(openKafka(config), one);
    await produce(kafka.brokers, "shared", records(0, 2), 0);
    await until(() => one.seen.length === 2);
    const second = follow(openKafka(config), two);
    await until(() => one.warnings.includes("kafka group shared with another member"));
    await first.stop();
    for (let p = 0; p < 4; p++) await produce(kafka.brokers, "shared", records(100 * (p + 1), 2), p);
    // Its own state has seen nothing yet: it takes everything, whatever the other one had read.
    await until(() => two.seen.length === 10);
    await second.stop();
    expect(new Set(two.values()).size).toBe(10);
  });

  it("asks the member that a killed process left behind to leave", async () => {
    await createTopic(kafka.brokers, "left", 1);
    await produce(kafka.brokers, "left", records(0, 2));
    const config = settings({ topics: { settlement: "left" } });
    const options = { instance: "/state", sessionTimeoutMs: 60_000 };
    const abandoned = new MemoryState();
    const leftover = openKafka(config, options);
    const stuck = follow(leftover, abandoned);
    await until(() => abandoned.seen.length === 2);
    const state = new MemoryState();
    const source = openKafka(config, options);
    await drain(source, state);
    await source.close();
    expect(state.values()).toEqual(records(0, 2));
    await stuck.stop();
  });

  it("goes on after the broker was killed and came back", { tags: "long", timeout: 180_000 }, async () => {
    await createTopic(kafka.brokers, "killed", 2);
    const state = new MemoryState();
    const config = settings({ topics: { settlement: "killed" } });
    await produce(kafka.brokers, "killed", records(0, 50), 0);
    let following = follow(openKafka(config, { bootRetryMs: 60_000 }), state);
    // FP3004 is the supervisor's to answer: with another start.
    const supervise = (run: typeof following): void =>
      void run.ended.catch((error: { code?: string }) => {
        if (error.code !== "FP3004") throw error;
        following = follow(openKafka(config, { bootRetryMs: 60_000 }), state);
        supervise(following);
      });
    supervise(following);
    await until(() => state.seen.length === 50);
    for (let round = 1; round <= 2; round++) {
      await kafka.kill();
      await kafka.restart();
      await produce(kafka.brokers, "killed", records(round * 1000, 50), 0);
      await produce(kafka.brokers, "killed", records(round * 2000 + 500, 50), 1);
      await until(() => state.seen.length === 50 + round * 100);
    }
    await following.stop();
    expect(new Set(state.values()).size).toBe(250);
    expect(
      (await withAdmin(kafka.brokers, (admin) => admin.fetchTopicOffsets("killed"))).map((p) => p.high),
    ).toEqual(expect.arrayContaining(["150", "100"]));
  });
});

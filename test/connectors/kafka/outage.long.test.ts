import type { Producer } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type KafkaCluster, startKafka } from "../../support/kafka/broker.mjs";
import {
  createTopic,
  ownBrokersPossible,
  produce,
  quietClient,
  unique,
} from "../../support/kafka/test-broker.js";
import { settlement, Workspace } from "../../support/workspace.js";

const possible = await ownBrokersPossible();
const seconds = (n: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, n * 1000));

/** A broker that dies under a running service: what health and metrics tell meanwhile, and that it goes on by itself. */
describe.skipIf(!possible)("the broker is killed", () => {
  let kafka: KafkaCluster;
  let w: Workspace;
  let service: ReturnType<Workspace["start"]>;
  let url = "";
  let producer: Producer;
  beforeAll(async () => {
    kafka = await startKafka();
    const topic = unique("settlement");
    await createTopic(kafka.brokers, topic);
    w = new Workspace({
      source: { kind: "kafka", brokers: kafka.brokers, topics: { settlement: topic } },
      ops: { port: 0 },
    });
    const record = (id: string): string => JSON.stringify(settlement(id));
    await produce(kafka.brokers, topic, ["S1", "S2"].map(record));
    // Three records that nobody can read yet: a lag that is known when the broker dies.
    producer = quietClient(kafka.brokers).producer({
      transactionalId: unique("tx"),
      // The broker ends it by itself no sooner than the test.
      transactionTimeout: 600_000,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: ["S3", "S4", "S5"].map((id) => ({ value: record(id) })) });
    service = w.start("run");
    let err = "";
    service.child.stderr?.on("data", (chunk) => {
      err += chunk;
    });
    const ops = /"ops":"([^"]+)"/;
    await vi.waitFor(() => expect(err).toMatch(ops), { timeout: 60_000 });
    url = ops.exec(err)![1];
  }, 180_000);
  afterAll(async () => {
    service?.child.kill("SIGKILL");
    await producer?.disconnect();
    await kafka?.stop();
    w?.remove();
  });

  const asked = async (path: string): Promise<[number, Record<string, unknown>]> => {
    const answer = await fetch(`${url}${path}`);
    return [answer.status, (await answer.json()) as Record<string, unknown>];
  };
  const untilReady = async (wanted: number): Promise<Record<string, unknown>> => {
    let report: Record<string, unknown> = {};
    const status = async (): Promise<number> => {
      const [found, of] = await asked("/ready");
      report = of;
      return found;
    };
    await expect.poll(status, { timeout: 120_000, interval: 500 }).toBe(wanted);
    return report;
  };

  test("not ready after a minute, with the lag that was known and its age; ready again when it is back", {
    timeout: 300_000,
  }, async () => {
    await untilReady(200);
    const health = async () => (await asked("/health"))[1];
    await expect.poll(health, { timeout: 60_000 }).toMatchObject({ openTransactionRecords: 3 });
    await kafka.kill(0, "SIGKILL");
    const killed = performance.now();
    // An outage that is short says nothing but its lag's age.
    await seconds(20);
    expect(await asked("/ready")).toEqual([200, expect.objectContaining({ state: "ready", lagRecords: 3 })]);
    const away = await untilReady(503);
    const after = (performance.now() - killed) / 1000;
    expect(after).toBeGreaterThan(55);
    expect(after).toBeLessThan(100);
    expect(away).toMatchObject({ state: "disconnected", connected: false, live: true, lagRecords: 3 });
    expect(away.secondsSinceLag).toBeGreaterThan(55);
    expect(away.why).toMatch(
      /^the source has not answered for \d+ s; the lag of 3 records is what was known \d+ s ago$/,
    );
    expect((await asked("/health"))[0]).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain("fundpulse_connected 0");
    expect(metrics).toMatch(/fundpulse_lag_records\{.*\} 3\n/);
    expect(Number(/^fundpulse_lag_age_seconds (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan(55);

    await kafka.restart(0);
    const back = await untilReady(200);
    expect(back).toMatchObject({ state: "ready", connected: true });
    expect(back.secondsSinceLag).toBeLessThan(10);
    expect(service.child.exitCode).toBeNull();
  });
});

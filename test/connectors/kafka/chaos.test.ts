import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { afterAll, describe, expect, it } from "vitest";
import { killAgainAndAgain, seeded } from "../../support/chaos.js";
import { startKafka } from "../../support/kafka/broker.mjs";
import { kafkaConfig } from "../../support/kafka/source-fixture.js";
import {
  createTopic,
  ownBrokersPossible,
  produce,
  quietClient,
  testBroker,
  unique,
} from "../../support/kafka/test-broker.js";

const PARTITIONS = 3;
const brokers = (await testBroker()) ?? [];
const program = fileURLToPath(new URL("../../support/kafka/consume.mjs", import.meta.url));
const built = fileURLToPath(new URL("../../../dist/connectors/kafka/source.js", import.meta.url));

describe.skipIf(brokers.length === 0)("the Kafka source under kill -9", () => {
  const dir = mkdtempSync(join(tmpdir(), "fundpulse-chaos-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it("loses and doubles nothing in 6 kills", () => killed(6));
  it("loses and doubles nothing in 60 kills", { tags: "long", timeout: 300_000 }, () => killed(60));

  async function killed(rounds: number): Promise<void> {
    expect(existsSync(built), "npm run build comes first").toBe(true);
    const topic = unique("chaos");
    await createTopic(brokers, topic, PARTITIONS);
    const database = join(dir, `${rounds}.db`);
    const config = kafkaConfig({ brokers, topics: { settlement: topic } });
    const start = (untilDrained: boolean): ChildProcess =>
      spawn(process.execPath, [program, JSON.stringify({ config, database, untilDrained })], {
        stdio: ["ignore", "pipe", "pipe"],
      });

    const producer = quietClient(brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const expected: string[][] = Array.from({ length: PARTITIONS }, () => []);
    const feed = async (round: number): Promise<void> => {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const values = Array.from({ length: 700 }, (_, i) => `${partition}/${round}/${i}`);
        expected[partition].push(...values);
        await producer.send({ topic, messages: values.map((value) => ({ value, partition })) });
      }
    };
    await feed(-1);
    const random = seeded(20240331);
    const working = await killAgainAndAgain({
      rounds,
      start: () => start(false),
      feed,
      random,
      withinMs: 120,
    });
    await producer.disconnect();
    expect(working).toBeGreaterThan(rounds / 2);

    const last = start(true);
    expect(await new Promise((resolve) => last.once("exit", resolve))).toBe(0);
    const db = new Database(database, { readonly: true });
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const rows = db.prepare("SELECT value FROM record WHERE partition = ? ORDER BY rowid").pluck();
      expect(rows.all(String(partition))).toEqual(expected[partition]);
    }
    db.close();
  }
});

describe.skipIf(!(await ownBrokersPossible()))("the Kafka source of a process that stands still", () => {
  const dir = mkdtempSync(join(tmpdir(), "fundpulse-still-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it("goes on where it was after the group has given it up", { tags: "long" }, async () => {
    const kafka = await startKafka();
    try {
      const topic = unique("still");
      await createTopic(kafka.brokers, topic, 2);
      const database = join(dir, "state.db");
      const config = kafkaConfig({ brokers: kafka.brokers, topics: { settlement: topic } });
      const options = { sessionTimeoutMs: 1500 };
      const start = (untilDrained: boolean): ChildProcess =>
        spawn(process.execPath, [program, JSON.stringify({ config, database, untilDrained, options })], {
          stdio: ["ignore", "pipe", "inherit"],
        });
      const child = start(false);
      await produce(kafka.brokers, topic, values(0, 0), 0);
      await new Promise((resolve) => child.stdout?.once("data", resolve));
      for (let round = 1; round <= 3; round++) {
        const fed = Promise.all([0, 1].map((p) => produce(kafka.brokers, topic, values(p, round), p)));
        await sleep(50 * round);
        child.kill("SIGSTOP");
        await fed;
        await sleep(2500);
        child.kill("SIGCONT");
        await sleep(300);
      }
      child.kill("SIGTERM");
      expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
      const last = start(true);
      expect(await new Promise((resolve) => last.once("exit", resolve))).toBe(0);
      const db = new Database(database, { readonly: true });
      const rows = db.prepare("SELECT value FROM record WHERE partition = ? ORDER BY rowid").pluck();
      expect(rows.all("0")).toEqual([0, 1, 2, 3].flatMap((round) => values(0, round)));
      expect(rows.all("1")).toEqual([1, 2, 3].flatMap((round) => values(1, round)));
      db.close();
    } finally {
      await kafka.stop();
    }
  });
});

const values = (partition: number, round: number): string[] =>
  Array.from({ length: 2000 }, (_, i) => `${partition}/${round}/${i}`);

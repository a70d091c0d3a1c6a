import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fundpulseJar } from "../../../connectors/flink/cluster/jar.js";
import { generateJob } from "../../../connectors/flink/generate.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import { flinkPossible } from "../../support/flink/available.js";
import { claimOf } from "../../support/flink/claim.js";
import { DELIVERY, flinkBench, KEY, samples, TIMEOUT } from "../../support/flink/cluster.js";
import { FigureFollower } from "../../support/flink/topic.js";
import { arrivalsOf, type History, recountOptions } from "../../support/histories.js";
import { quietClient, unique, withAdmin } from "../../support/kafka/test-broker.js";
import { differences } from "../../support/oracle/compare.js";
import { recount } from "../../support/oracle/recount.js";
import { referenceOf } from "../../support/state-driver.js";

const SEED = Number(process.env.FUNDPULSE_SEED ?? 20_261_128);
const ROUNDS = Number(process.env.FUNDPULSE_FLINK_ROUNDS ?? 2);

const possible = await flinkPossible();
const bench = flinkBench(possible);

/** Runs one history through Kafka and Flink, and holds every figure of the topic against the recount. */
async function equalTheRecount(history: History, disturb: () => Promise<void>): Promise<void> {
  const { brokers } = bench.kafka;
  const name = unique("history");
  const topics = {
    settlement: `${name}.settlement`,
    facility: `${name}.facility`,
    figures: `${name}.figures`,
  };
  await withAdmin(brokers, async (admin) => {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        { topic: topics.settlement, numPartitions: 3 },
        { topic: topics.facility, numPartitions: 3 },
        {
          topic: topics.figures,
          numPartitions: 1,
          configEntries: [{ name: "cleanup.policy", value: "compact" }],
        },
      ],
    });
  });
  const { config } = history.world;
  const { categories, facilities } = referenceOf(history);
  const jar = await fundpulseJar();
  const job = generateJob(
    { config, categories, facilities, schemas: [] },
    { brokers, topics, name, kafka: {} },
    jar,
  );
  const script = join(bench.dir, `${name}.sql`);
  writeFileSync(script, job.sql);
  const [id] = await bench.flink.submit(script);
  const follower = await FigureFollower.open(brokers, job.manifest);
  try {
    const arrivals = arrivalsOf(history, DELIVERY);
    const producer = quietClient(brokers).producer();
    await producer.connect();
    const half = Math.ceil(arrivals.length / 2);
    for (const [at, arrival] of arrivals.entries()) {
      if (at === half) await disturb();
      const value = JSON.stringify(arrival.record);
      await producer.send({
        topic: topics[arrival.stream],
        messages: [{ partition: Number(arrival.partition), key: "k", value }],
      });
    }
    await producer.disconnect();
    const sent = (stream: string): number => arrivals.filter((a) => a.stream === stream).length;
    await follower.until(
      "every record is in the figures",
      () =>
        follower.read("settlement") === sent("settlement") &&
        follower.read("facility") === sent("facility") &&
        [...follower.latest.values()].some((f) => f.kind === "manifest"),
    );
    const figures = [...follower.latest.values()];
    const counted = recount(arrivals, { ...recountOptions(history), now: Date.now(), sums: "month" });
    expect(differences(claimOf(config, categories, figures), counted).slice(0, 8)).toEqual([]);
    const manifest = figures.find((f) => f.kind === "manifest");
    expect(manifest).toMatchObject({ digest: job.manifest.digest, keyCheck: new Privacy(KEY).keyCheck });
    const waiting = figures.flatMap((f) => (f.kind === "quarantine" ? [f] : []));
    const settlements = [...counted.rejected.keys()].filter((at) => at.includes("settlement"));
    expect(waiting.length).toBeGreaterThanOrEqual(settlements.length);
    for (const record of waiting) {
      const raw = new Privacy(KEY).open(record.sealed).toString();
      const sentAs = arrivals.find(
        (a) =>
          a.stream === "settlement" &&
          Number(a.partition) === record.partition &&
          a.position === record.offset,
      );
      expect(raw).toBe(JSON.stringify(sentAs?.record));
    }
  } finally {
    await follower.close();
    await bench.flink.rest.cancel(id);
  }
}

describe.skipIf(!possible)("the generated job on a real Flink and a real Kafka", () => {
  test("comes to the recount's figures on a random history", { timeout: TIMEOUT }, async () => {
    const [history] = samples(1, 150, SEED);
    await equalTheRecount(history, async () => {});
  });

  const deaths: [what: string, happens: () => Promise<void>][] = [
    [
      "a TaskManager dies",
      async () => {
        await bench.flink.kill(bench.flink.taskManagers[0]);
        bench.flink.startTaskManager();
        await bench.flink.ready();
      },
    ],
    [
      "the broker dies",
      async () => {
        await bench.kafka.kill(0);
        await bench.kafka.restart(0);
      },
    ],
  ];
  test.each(deaths)("and when %s on the way", { timeout: TIMEOUT * ROUNDS }, async (_, happens) => {
    for (const history of samples(ROUNDS, 150, SEED).slice(1)) await equalTheRecount(history, happens);
  });
});

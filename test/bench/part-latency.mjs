import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startKafka } from "../support/kafka/broker.mjs";
import { eventFiles } from "./events.mjs";
import { secondsText } from "./format.mjs";
import { quantile, runChild, startChild } from "./measure.mjs";
import { FIRST_DAY, freshChain, publishedFile, smallProfile } from "./part-rate.mjs";

const RATE = 5_000;
const SECONDS = 30;
const PARTITIONS = 3;
const GIVE_UP_MS = 90_000;

/**
 * From just before a record is handed to the producer until a reader in a process of its own, which opens
 * the published file anew whenever it was replaced, has read a version whose input positions cover it.
 */
export async function latency({ dir, events, say }) {
  let kafka;
  try {
    say("latency: starting Kafka");
    kafka = await startKafka({ nodes: 1 });
  } catch (error) {
    say(`latency: SKIPPED, no Kafka here: ${error.message}`);
    return { title: "Append to visible: not measured, no Kafka here", rows: [], notes: [], runs: null };
  }
  try {
    const profile = smallProfile(events);
    const files = await eventFiles(dir, profile);
    const history = join(dir, "latency-history");
    say(`latency: a history of ${events.toLocaleString("en")} settlements`);
    await freshChain(history, files.inbox);
    const empty = join(dir, "latency-empty");
    rmSync(empty, { recursive: true, force: true });
    const runs = [
      { what: "on an empty state", ...(await follow(kafka, empty, profile, "fund.settlement.a", say)) },
      {
        what: `on a state of ${events.toLocaleString("en")} settlements`,
        ...(await follow(kafka, history, profile, "fund.settlement.b", say)),
      },
    ];
    return {
      title: `Append to visible through Kafka, ${RATE.toLocaleString("en")} events/s for ${SECONDS} s`,
      rows: runs.flatMap(({ what, p50, p99, max, publishes, seconds }) => [
        [`p50 / p99 / max ${what}`, "", [p50, p99, max].map(secondsText).join(" / "), "p99 2 s"],
        [
          `publishes meanwhile, their time p50 / max`,
          "",
          `${publishes.length}, ${secondsText(quantile(publishes, 0.5))} / ${secondsText(Math.max(...publishes))}; sent in ${seconds.toFixed(1)} s`,
          "",
        ],
      ]),
      notes: [
        `One broker, ${PARTITIONS} partitions, acks from all; broker, producer, pipeline and reader share the machine's cores. Producer and open time of the reader are counted in. One event in 20 settled up to 60 days earlier.`,
      ],
      runs,
    };
  } finally {
    await kafka.stop();
  }
}

async function follow(kafka, workspace, profile, topic, say) {
  say(`latency: sending to ${topic}`);
  await runChild("topic", { brokers: kafka.brokers, topic, partitions: PARTITIONS });
  const source = { kind: "kafka", brokers: kafka.brokers, groupId: topic, topics: { settlement: topic } };
  let ready;
  const started = new Promise((resolve) => {
    ready = resolve;
  });
  const chain = startChild(
    "chain",
    { dir: workspace, source, firstDay: FIRST_DAY, forever: true },
    { line: (news) => news.drained !== undefined && ready() },
  );
  await Promise.race([started, chain.ended]);
  const file = publishedFile(workspace);
  // Measured is a pipeline that runs, not its first start.
  while (!existsSync(file) && chain.child.exitCode === null) await sleep(50);
  let seen = {};
  const watch = startChild(
    "watch",
    { file, topic },
    {
      line: (news) => {
        seen = news.positions ?? seen;
      },
    },
  );
  const sent = await runChild("produce", {
    brokers: kafka.brokers,
    topic,
    partitions: PARTITIONS,
    rate: RATE,
    seconds: SECONDS,
    profile,
    tag: "K",
  });
  const visible = () => Object.entries(sent.ends).every(([partition, end]) => (seen[partition] ?? 0) >= end);
  const deadline = Date.now() + GIVE_UP_MS;
  while (!visible() && Date.now() < deadline) await sleep(50);
  watch.child.kill("SIGTERM");
  const { versions } = await watch.ended;
  chain.child.kill("SIGTERM");
  const end = await chain.ended;
  if (!visible()) say("latency: not everything became visible in time");
  const waits = [];
  for (const { partition, base, count, at } of sent.sends) {
    // A batch is visible as a whole when its last record is.
    const version = versions.find((v) => (v.positions[partition] ?? 0) >= base + count);
    for (let i = 0; i < count; i++) waits.push(version ? (version.at - at) / 1000 : Number.POSITIVE_INFINITY);
  }
  return {
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
    max: quantile(waits, 1),
    seconds: sent.seconds,
    publishes: end.publishes.map((p) => p.seconds),
    records: end.records,
  };
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadReference } from "../../../connectors/config/reference.js";
import { queryPublished } from "../../../connectors/duckdb/query.js";
import { fundpulseJar } from "../../../connectors/flink/cluster/jar.js";
import { takeSavepoint } from "../../../connectors/flink/cluster/savepoint.js";
import { readFiguresTopic } from "../../../connectors/flink/figures-reader.js";
import { generateJob, type JobManifest } from "../../../connectors/flink/generate.js";
import { wiringOf } from "../../../connectors/flink/job-source.js";
import { noteSavepoint, refuseLaterFigures } from "../../../connectors/flink/savepoint-note.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import { assembleEngine, type EngineParts } from "../../../pipelines/engine/engine.js";
import { figuresText } from "../../../pipelines/engine/figures-check.js";
import { type Config, configSchema, type KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { flinkPossible } from "../../support/flink/available.js";
import { DELIVERY, flinkBench, KEY, samples, TIMEOUT } from "../../support/flink/cluster.js";
import { ArrivalSource, referenceFolder } from "../../support/flink/published.js";
import { FigureFollower } from "../../support/flink/topic.js";
import { arrivalsOf, type History } from "../../support/histories.js";
import { quietClient, unique, withAdmin } from "../../support/kafka/test-broker.js";
import type { Arrival } from "../../support/oracle/types.js";
import { expectSameResults } from "../../support/same-results.js";
import { FEW_GROUPINGS, resultHashes, Workspace } from "../../support/workspace.js";

const SEED = Number(process.env.FUNDPULSE_SEED ?? 20_261_130);
const ROUNDS = Number(process.env.FUNDPULSE_FLINK_ROUNDS ?? 1);

const possible = await flinkPossible();
const bench = flinkBench(possible);

/** Consumes and publishes everything that is there, in a process of its own life. */
async function drain(config: Config, parts: EngineParts = {}): Promise<void> {
  const deps = { log: silentLog, observer: allObservers([]), clock: Date.now };
  const engine = await assembleEngine(config, deps, parts);
  try {
    await engine.run({ untilDrained: true, signal: new AbortController().signal });
  } finally {
    await engine.end();
  }
}

async function makeTopics({ topics }: { topics: Record<string, string> }): Promise<void> {
  await withAdmin(bench.kafka.brokers, async (admin) => {
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
}

/** A history through Kafka, Flink and the publisher, which begins anew on the way. */
async function samePublished(history: History): Promise<void> {
  const name = unique("published");
  const topics = {
    settlement: `${name}.settlement`,
    facility: `${name}.facility`,
    figures: `${name}.figures`,
  };
  await makeTopics({ topics });
  const [own, byFlink] = [new Workspace(), new Workspace()];
  try {
    const reference = referenceFolder(own.dir, history);
    const { jurisdiction, ...world } = history.world.config;
    const { source } = configSchema.parse({
      jurisdiction,
      privacy: { personKey: KEY },
      source: {
        kind: "kafka",
        brokers: bench.kafka.brokers,
        topics: { settlement: topics.settlement, facility: topics.facility },
      },
    });
    const common = {
      ...world,
      jurisdiction,
      groupings: FEW_GROUPINGS,
      reference,
      privacy: { ...world.privacy, personKey: KEY },
    };
    const engine = { kind: "flink", figures: topics.figures, archive: join(bench.dir, "archive") } as const;
    const config: Config = { ...common, source, engine, data: byFlink.data };
    const { categories, facilities } = loadReference(reference, config.timezone);
    const job = generateJob(
      { config, categories, facilities, schemas: [] },
      wiringOf(config, { name, figures: topics.figures, properties: [] }),
      await fundpulseJar(),
    );
    const script = join(bench.dir, `${name}.sql`);
    writeFileSync(script, job.sql);
    let [id] = await bench.flink.submit(script);
    const follower = await FigureFollower.open(bench.kafka.brokers, job.manifest);
    const arrivals = arrivalsOf(history, DELIVERY);
    const producer = quietClient(bench.kafka.brokers).producer();
    await producer.connect();
    try {
      const send = async (some: readonly Arrival[], upTo: number): Promise<void> => {
        for (const arrival of some) {
          const value = JSON.stringify(arrival.record);
          await producer.send({
            topic: topics[arrival.stream as "settlement" | "facility"],
            messages: [{ partition: Number(arrival.partition), key: "k", value }],
          });
        }
        const wanted = (stream: string): number =>
          arrivals.slice(0, upTo).filter((a) => a.stream === stream).length;
        await follower.until(
          "every record is in the figures",
          () =>
            follower.read("settlement") === wanted("settlement") &&
            follower.read("facility") === wanted("facility") &&
            [...follower.latest.values()].some((f) => f.kind === "manifest"),
        );
      };
      const half = Math.floor(arrivals.length / 2);
      await send(arrivals.slice(0, half), half);
      await drain(config);
      const path = await stopped(id, config, job.manifest);
      writeFileSync(script, `SET 'execution.state-recovery.path' = '${path}';\n${job.sql}`);
      [id] = await bench.flink.submit(script);
      await send(arrivals.slice(half), arrivals.length);
      const told = await readFiguresTopic(source as KafkaSourceConfig, job.manifest, silentLog);
      expect(() => refuseLaterFigures(topics.figures, path, told)).toThrow(
        /written after savepoint .*FP3106/,
      );
      await drain(config);
    } finally {
      await producer.disconnect();
      await follower.close();
      await bench.flink.rest.cancel(id);
    }
    await drain(
      { ...common, source: history.world.config.source, engine: { kind: "embedded" }, data: own.data },
      { source: new ArrivalSource(arrivals) },
    );
    await expectSameResults(byFlink, own, await resultHashes(own));
    const cells = async ({ data }: Workspace) =>
      (await queryPublished(join(data, "published", "cells.duckdb"), "FROM cell_month")).rows
        .map((row) => JSON.stringify(row))
        .sort();
    expect(await cells(byFlink)).toEqual(await cells(own));
    await fromArchive(config, own);
    await toldOfOthers(config, job.manifest.digest);
  } finally {
    own.remove();
    byFlink.remove();
  }
}

/** The recount from the files that the job wrote finds nothing else; the bills are the embedded engine's. */
async function fromArchive(config: Config, own: Workspace): Promise<void> {
  const deps = { log: silentLog, observer: allObservers([]), clock: Date.now };
  const engine = await assembleEngine(config, deps);
  const embedded = await assembleEngine({ ...config, engine: { kind: "embedded" }, data: own.data }, deps, {
    source: new ArrivalSource([]),
  });
  try {
    const verified = await engine.verify();
    expect(verified.differences.slice(0, 10)).toEqual([]);
    expect(verified.figures).toBeGreaterThan(100);
    const bills = async (path: string) =>
      (
        await queryPublished(path, 'SELECT * EXCLUDE (code_set, source, "partition", position) FROM bill')
      ).rows
        .map((row) => JSON.stringify(row))
        .sort();
    const [detail, wanted] = [await engine.writeDetail(), await embedded.writeDetail()];
    expect(await bills(detail.path)).toEqual(await bills(wanted.path));
  } finally {
    await engine.end();
    await embedded.end();
  }
}

/** Stops a job with a savepoint, which the figures topic then ends with; returns its path. */
async function stopped(id: string, config: Config, manifest: JobManifest): Promise<string> {
  const source = config.source as KafkaSourceConfig;
  const { figures } = manifest.topics;
  expect(await bench.flink.rest.figuresOf(id)).toBe(figures);
  const running = (await bench.flink.rest.jobs()).find((job) => job.jid === id)!;
  const path = await takeSavepoint(bench.flink.rest, running, { stop: true, timeoutMs: 120_000 });
  const unnoted = await readFiguresTopic(source, manifest, silentLog);
  expect(() => refuseLaterFigures(figures, path, unnoted)).toThrow(/does not end with savepoint .*FP3106/);
  await noteSavepoint(source, figures, path, silentLog);
  const told = await readFiguresTopic(source, manifest, silentLog);
  expect(told.savepoint).toEqual({ path, isLast: true });
  refuseLaterFigures(figures, path, told);
  expect(() => refuseLaterFigures(figures, `${path}x`, told)).toThrow(/but with/);
  // It is no figure: the publisher takes it as it takes the job's name.
  await drain(config);
  return path;
}

/** The topic of a job under another configuration: told, and never taken. */
async function toldOfOthers(config: Config, digest: string): Promise<void> {
  const { engine } = config as Config & { engine: { kind: "flink"; figures: string } };
  expect(await figuresText(config, engine.figures)).toContain(`of job ${digest}; 0 settlements`);
  const other = { ...config, casePayment: ["77"], personGroupings: ["total"] };
  await expect(figuresText(other, engine.figures)).rejects.toThrow(/FP3103/);
  const elsewhere = new Workspace();
  try {
    await expect(drain({ ...other, data: elsewhere.data })).rejects.toThrow(/nothing was taken.*FP3103/);
  } finally {
    elsewhere.remove();
  }
  const source = config.source as KafkaSourceConfig;
  const gone = { digest: "x", topics: { settlement: "a", facility: "b", figures: "c" } };
  await expect(readFiguresTopic(source, gone as never, silentLog)).rejects.toThrow(/a, b, c.*FP3102/);
}

describe.skipIf(!possible)("fundpulse run over a real Flink and a real Kafka", () => {
  test("publishes what the embedded engine publishes of the same records", {
    timeout: TIMEOUT * ROUNDS,
  }, async () => {
    for (const history of samples(ROUNDS, 120, SEED)) await samePublished(history);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll } from "vitest";
import { LocalCluster } from "../../../connectors/flink/cluster/local.js";
import { arrivalsOf, type History, histories, recountOptions } from "../histories.js";
import { type KafkaCluster, startKafka } from "../kafka/broker.mjs";
import { recount } from "../oracle/recount.js";

export const KEY = "a person key of a test";
export const DELIVERY = { partitions: 3, shuffle: null } as const;
export const TIMEOUT = 900_000;

/** A Kafka and a Flink of a test file's own, and a folder for scripts; they are there from its first test on. */
export interface FlinkBench {
  readonly dir: string;
  readonly kafka: KafkaCluster;
  readonly flink: LocalCluster;
}

export function flinkBench(possible: boolean): FlinkBench {
  const bench: { dir?: string; kafka?: KafkaCluster; flink?: LocalCluster } = {};
  beforeAll(async () => {
    if (!possible) return;
    bench.dir = mkdtempSync(join(tmpdir(), "fundpulse-flink-"));
    bench.kafka = await startKafka();
    bench.flink = await LocalCluster.start({
      dir: bench.dir,
      env: { FUNDPULSE_PERSON_KEY: KEY },
      checkpointMs: 2000,
      memory: "2g",
    });
  }, TIMEOUT);
  afterAll(async () => {
    await bench.flink?.stop();
    await bench.kafka?.stop();
    if (bench.dir !== undefined) rmSync(bench.dir, { recursive: true, force: true });
  }, 60_000);
  return bench as FlinkBench;
}

/** Random histories of so many events that the recount has one answer to. */
export const samples = (count: number, events: number, seed: number): History[] =>
  fc
    .sample(histories(events), { seed, numRuns: count * 4 })
    .filter(
      (h) =>
        recount(arrivalsOf(h, DELIVERY), { ...recountOptions(h), now: Date.now(), sums: "month" }).ambiguous
          .length === 0,
    )
    .slice(0, count);

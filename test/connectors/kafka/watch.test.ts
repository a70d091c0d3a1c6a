import type { Admin } from "kafkajs";
import { expect, test } from "vitest";
import { LogWatch } from "../../../connectors/kafka/watch.js";
import { MemoryState } from "../../contracts/source.js";
import { kafkaConfig } from "../../support/kafka/source-fixture.js";

/** A broker whose answers about one partition are given, one after the other; the last one stays. */
const broker = (answers: { low: string; high: string }[]): Admin =>
  ({
    listTopics: async () => ["settlement"],
    describeConfigs: async () => ({ resources: [] }),
    fetchTopicOffsets: async () => [
      { partition: 0, offset: "0", ...(answers.length > 1 ? answers.shift()! : answers[0]!) },
    ],
  }) as unknown as Admin;

async function looked(answers: { low: string; high: string }[]) {
  const state = new MemoryState();
  state.positions.set("kafka:settlement/0", {
    source: "kafka:settlement",
    partition: "0",
    next: 10,
    lastApplied: 9,
    fingerprint: null,
    finished: false,
  });
  const config = kafkaConfig({ brokers: ["-"], topics: { settlement: "settlement" } });
  const watch = new LogWatch(broker(answers), config, state.context());
  await watch.look();
  const asked: string[] = [];
  await watch.check(async (_position, problem) => {
    asked.push(problem.code);
    return true;
  });
  return asked;
}

test("a leader that does not know the log yet makes no gap", async () => {
  expect(
    await looked([
      { low: "0", high: "0" },
      { low: "0", high: "12" },
    ]),
  ).toEqual([]);
  expect(
    await looked([
      { low: "50", high: "60" },
      { low: "0", high: "12" },
    ]),
  ).toEqual([]);
});

test("a loss that every look shows is asked about once", async () => {
  expect(await looked([{ low: "50", high: "60" }])).toEqual(["FP3002"]);
  expect(await looked([{ low: "0", high: "4" }])).toEqual(["FP3003"]);
});

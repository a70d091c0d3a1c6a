import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { simulatedWorkspace } from "../../../pipelines/simulate/workspace.js";
import { createTopic, testBroker, unique } from "../../support/kafka/test-broker.js";

const CLI = fileURLToPath(new URL("../../../dist/pipelines/cli/main.js", import.meta.url));
const brokers = await testBroker();
const SIZE = ["--set", "events=1000", "--set", "persons=400", "--set", "facilities=6", "--set", "months=2"];
const FREE = { profile: "free", free: { events: 1000, persons: 400, facilities: 6, months: 2 } };

const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [CLI, ...args], { maxBuffer: 100_000_000 })).stdout;

/** Number and content of all published figures, whatever their order. */
const figures = (config: string): Promise<string> =>
  run(
    "sql",
    "--format",
    "csv",
    "--config",
    config,
    "SELECT count(*), sum(hash(i::VARCHAR)), bit_xor(hash(i::VARCHAR)) FROM indicators i",
  );

/** A workspace for the simulated events; with topics it reads Kafka. */
function workspace(source?: object): string {
  const dir = join(mkdtempSync(join(tmpdir(), "fundpulse-kafka-folder-")), "w");
  const root = simulatedWorkspace(dir, FREE, { personKey: "a key", logLevel: "error" });
  const file = join(root, "fundpulse.yaml");
  if (source) {
    const text = readFileSync(file, "utf8").replace(
      /^source:\n(?: {2}.*\n)+/m,
      `source: ${JSON.stringify(source)}\n`,
    );
    writeFileSync(file, text);
  }
  return file;
}

async function sameThroughKafka(format: string): Promise<void> {
  const topics = {
    settlement: unique("settlement"),
    facility: unique("facility"),
    enrolment: unique("enrolment"),
  };
  await createTopic(brokers!, topics.settlement, 3);
  for (const topic of [topics.facility, topics.enrolment]) await createTopic(brokers!, topic, 1);
  const kafka = workspace({ kind: "kafka", brokers, groupId: unique("group"), topics });
  expect(await run("simulate", "free", ...SIZE, "--format", format, "--config", kafka)).toContain(
    "events sent",
  );
  expect(await run("run", "--until-drained", "--config", kafka)).toContain("published version");

  const folder = workspace();
  await run("simulate", "free", ...SIZE, "--out", join(folder, "..", "inbox"));
  await run("run", "--until-drained", "--config", folder);
  const expected = await figures(folder);
  expect(Number(expected.split("\n")[1].split(",")[0])).toBeGreaterThan(10_000);
  expect(await figures(kafka)).toBe(expected);
}

describe.skipIf(brokers === null)(
  "the same events through Kafka and through the drop folder give the same figures",
  () => {
    test("as avro", () => sameThroughKafka("avro"));
    test("as json", () => sameThroughKafka("json"));
  },
);

test("a broker that is away ends with 75", async () => {
  const config = workspace({ kind: "kafka", brokers: ["127.0.0.1:1"] });
  await expect(run("run", "--until-drained", "--config", config)).rejects.toMatchObject({
    code: 75,
    stderr: expect.stringContaining("[FP3001]"),
  });
});

import { appendFileSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { loadReference } from "../../../connectors/config/reference.js";
import { main } from "../../../pipelines/cli/program.js";
import { caughtOutput } from "../../support/output.js";

const caught = caughtOutput();

const folder = (): string => mkdtempSync(join(tmpdir(), "fundpulse-simulate-"));
const SMALL = ["--set", "events=200", "--set", "persons=50", "--set", "facilities=3"];

test("a workspace of simulated events passes its own checks", async () => {
  const root = join(folder(), "w");
  expect(await main(["simulate", "free", ...SMALL, "--workspace", root])).toBe(0);
  expect(caught.out).toContain("200 settlement");
  const { config } = loadConfig(join(root, "fundpulse.yaml"), { FUNDPULSE_PERSON_KEY: "k" });
  expect(loadReference(config.reference, config.timezone).facilities).toHaveLength(3);
  expect(readdirSync(join(root, "inbox")).some((name) => /^settlement-.*\.avro$/.test(name))).toBe(true);
  expect(await main(["simulate", "free", ...SMALL, "--workspace", root])).toBe(2);
  expect(caught.err).toContain("[FP1004]");
});

test("the workspace that init just made is taken, one that somebody touched is not", async () => {
  const root = join(folder(), "w");
  expect(await main(["init", root])).toBe(0);
  expect(await main(["simulate", "free", ...SMALL, "--workspace", root])).toBe(0);
  const { config } = loadConfig(join(root, "fundpulse.yaml"), { FUNDPULSE_PERSON_KEY: "k" });
  expect(loadReference(config.reference, config.timezone).facilities).toHaveLength(3);

  const touched = join(folder(), "w");
  expect(await main(["init", touched])).toBe(0);
  appendFileSync(join(touched, "reference", "facilities.csv"), "H1,620725,,,,,,,,,\n");
  expect(await main(["simulate", "free", ...SMALL, "--workspace", touched])).toBe(2);
  expect(caught.err).toContain("[FP1004]");
  expect(readdirSync(join(touched, "inbox"))).toEqual([]);
});

test("format and compression decide the files' names", async () => {
  const dir = folder();
  expect(await main(["simulate", "free", ...SMALL, "--format", "ndjson", "--gzip", "--out", dir])).toBe(0);
  expect(readdirSync(dir).every((name) => name.endsWith(".ndjson.gz"))).toBe(true);
});

test.each([
  [["simulate", "nowhere", "--out", "x"], "shandan-2024h1"],
  [["simulate", "free"], "--out"],
  [["simulate", "free", "--out", "x", "--workspace", "y"], "either"],
  [["simulate", "free", "--out", "x", "--set", "evens=1"], "did you mean events?"],
  [["simulate", "free", "--out", "x", "--set", "events=many"], "must be a number"],
  [["simulate", "shandan-2024h1", "--out", "x", "--set", "events=1"], "its own figures"],
  [["simulate", "free", "--out", "x", "--seed", "-1"], "whole number"],
  [["simulate", "free", "--out", "x", "--codec", "zip"], "null, deflate, snappy"],
])("%j is wrong usage and says %s", async (args, says) => {
  expect(await main(args)).toBe(2);
  expect(caught.err).toContain(says);
});

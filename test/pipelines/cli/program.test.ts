import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { main, program } from "../../../pipelines/cli/program.js";
import { makeWorkspace } from "../../../pipelines/workspace/make.js";
import { caughtOutput } from "../../support/output.js";

const caught = caughtOutput();

const workspace = () => makeWorkspace(join(mkdtempSync(join(tmpdir(), "fundpulse-program-")), "w"));

test("help and version end with 0", async () => {
  expect(await main(["--help"])).toBe(0);
  expect(caught.out).toContain("quarantine");
  expect(await main(["--version"])).toBe(0);
  expect(caught.out).toMatch(/\d+\.\d+\.\d+/);
});

test("every command's help shows an example", async () => {
  for (const command of program(() => {}).commands) {
    caught.out = "";
    expect(await main([command.name(), "--help"])).toBe(0);
    expect(caught.out, command.name()).toMatch(/Examples?:/);
  }
});

test("wrong usage ends with 2", async () => {
  expect(await main([])).toBe(2);
  expect(await main(["frobnicate"])).toBe(2);
  expect(await main(["run", "--frobnicate"])).toBe(2);
  expect(await main(["init"])).toBe(2);
  expect(caught.err).toContain("--help");
});

test("a configuration that is not there ends with 2 and says how to make one", async () => {
  expect(await main(["run", "--config", "/nowhere/fundpulse.yaml"])).toBe(2);
  expect(caught.err).toContain("fundpulse init");
  expect(caught.err).toContain("[FP1001]");
  expect(caught.err).not.toContain("    at ");
});

test("sql before the first publish ends with 1 and says what to run", async () => {
  vi.stubEnv("FUNDPULSE_PERSON_KEY", "k");
  expect(await main(["sql", "SELECT 1", "--config", join(workspace(), "fundpulse.yaml")])).toBe(1);
  expect(caught.err).toContain("[FP4002]");
  expect(await main(["sql", "SELECT 1", "--format", "xml"])).toBe(2);
});

test("wrong reference tables make check end with 2 but the other checks still run", async () => {
  vi.stubEnv("FUNDPULSE_PERSON_KEY", "a-secret-key");
  const { writeFileSync } = await import("node:fs");
  const root = workspace();
  writeFileSync(join(root, "reference", "divisions.csv"), "admdvs,name\n1,x\n");
  expect(await main(["check", "--config", join(root, "fundpulse.yaml")])).toBe(2);
  expect(caught.out).toContain("FAIL  reference");
  expect(caught.out).toContain("divisions.csv:2");
  expect(caught.out).toContain("ok    data");
  expect(caught.out).not.toContain("a-secret-key");
});

test("a dismissal without a reason and a choice of records both ways are wrong usage", async () => {
  expect(await main(["quarantine", "dismiss", "1"])).toBe(2);
  expect(await main(["quarantine", "list", "--reason", "ugly"])).toBe(2);
  expect(caught.err).toContain("one of undecodable, unknown_schema");
});

import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { acquireLock } from "../../../connectors/control/lock.js";
import { main } from "../../../pipelines/cli/program.js";
import { engineRules } from "../../../pipelines/engine/rules.js";
import { caughtOutput } from "../../support/output.js";
import { settlement, Workspace } from "../../support/workspace.js";

const caught = caughtOutput();
let w: Workspace;
beforeEach(() => {
  w = new Workspace({ groupings: ["total"] });
});
afterEach(() => w.remove());

async function check(): Promise<{ exit: number; out: string }> {
  caught.out = "";
  const exit = await main(["check", "--config", w.configFile, "--quiet"]);
  return { exit, out: caught.out };
}

test("a configuration that the state was not made with is told, with the key that differs", async () => {
  w.put("settlement-1.ndjson", [settlement("A")]);
  await w.drainToMemory();
  expect((await check()).exit).toBe(0);
  w.configure({ groupings: ["total"], careGroups: [{ name: "全部" }], refunds: "original-period" });
  expect(await check()).toMatchObject({
    exit: 2,
    out: expect.stringMatching(
      /^FAIL {2}state: .*another configuration of dimensions \(careGroups, refunds differ\).*\[FP2005\]/m,
    ),
  });
  w.configure({ groupings: ["total"], privacy: { personKey: "another key" } });
  expect((await check()).out).toMatch(/^FAIL {2}state: .*\[FP2003\]/m);
  // The same words where it is not only checked.
  w.configure({ groupings: ["total"], reimbursed: ["pool_paid"] });
  await expect(w.drainToMemory()).rejects.toThrow("(reimbursed differs)");
});

test("a running process of another configuration is told, with the key that differs", async () => {
  w.put("settlement-1.ndjson", [settlement("A")]);
  await w.drainToMemory();
  const lock = acquireLock(w.data);
  lock.tell(engineRules(loadConfig(w.configFile).config));
  expect(await check()).toMatchObject({ exit: 0, out: expect.stringContaining("under this configuration") });
  w.configure({ groupings: ["total"], careGroups: [{ name: "全部" }] });
  expect(await check()).toMatchObject({
    exit: 2,
    out: expect.stringMatching(/^FAIL {2}state: process \d+ .*careGroups differs.*\[FP2008\]/m),
  });
  lock.release();
});

test("reference tables that are missing are told with what follows", async () => {
  const { exit, out } = await check();
  expect(exit).toBe(0);
  for (const name of ["facilities", "categories", "divisions"])
    expect(out).toMatch(new RegExp(`^warn {2}reference: .*${name}\\.csv does not exist: `, "m"));
});

test("files of the inbox that cannot be read are listed", async () => {
  w.put("settlement-1.ndjson", [settlement("A")]);
  symlinkSync("/nowhere/at/all", join(w.inbox, "settlement-2.ndjson"));
  expect(await check()).toMatchObject({
    exit: 1,
    out: expect.stringMatching(
      /^FAIL {2}source: 1 of 2 files in .*settlement-2\.ndjson \(ENOENT\).*\[FP3007\]/m,
    ),
  });
});

test.each([
  ["the workspace itself", "."],
  ["the inbox", "inbox"],
  ["a folder above", "./"],
  ["a link to the workspace", "link"],
])("data that holds the inbox is refused, also by run: %s", async (_name, data) => {
  symlinkSync(w.dir, join(w.dir, "link"));
  w.configure({ data });
  for (const command of [["check"], ["run", "--until-drained"]]) {
    caught.err = "";
    expect(await main([...command, "--config", w.configFile])).toBe(2);
    expect(caught.err).toMatch(/source\.path: the drop folder must not lie in `data`.*\[FP1001\]/s);
  }
});

test("a folder whose name only begins like data's is no part of it", async () => {
  mkdirSync(join(w.dir, "data-inbox"));
  w.configure({ source: { kind: "folder", path: "data-inbox" }, data: "data" });
  expect((await check()).exit).toBe(0);
  rmSync(join(w.dir, "data-inbox"), { recursive: true });
});

test("a key that can be guessed is told by check, and never shown", async () => {
  w.configure({ privacy: { personKey: "k" } });
  const weak = await check();
  expect(weak).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^warn .*privacy\.personKey: it can be guessed/m),
  });
  w.configure({ privacy: { personKey: "8f1c6e0b9d27a4534e5f6a7b8c9d0e1f" } });
  expect((await check()).out).not.toContain("personKey");
});

test("the schema registry is contacted", { tags: "long" }, async () => {
  const asked: string[] = [];
  const registry = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("[]");
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  const { port } = registry.address() as AddressInfo;
  const source = (at: number) => ({
    kind: "kafka",
    brokers: ["127.0.0.1:1"],
    schemaRegistry: { url: `http://127.0.0.1:${at}` },
  });
  w.configure({ source: source(port) });
  expect((await check()).out).toMatch(/^ok {4}schema registry: http/m);
  expect(asked).toEqual(["/subjects"]);
  await new Promise((resolve) => registry.close(resolve));
  w.configure({ source: source(port) });
  expect(await check()).toMatchObject({
    exit: 75,
    out: expect.stringMatching(/^FAIL {2}schema registry: .*\[FP3006\]/m),
  });
});

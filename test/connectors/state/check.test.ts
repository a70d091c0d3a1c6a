import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock } from "../../../connectors/control/lock.js";
import { checkStateFile } from "../../../connectors/state/check.js";
import { main } from "../../../pipelines/cli/program.js";
import { caughtOutput } from "../../support/output.js";
import { refund, settlement, Workspace } from "../../support/workspace.js";

const caught = caughtOutput();
let w: Workspace;
beforeEach(async () => {
  w = new Workspace({ groupings: ["total"] });
  w.put("settlement-1.ndjson", [settlement("A"), refund("R", "A")]);
  await w.drainToMemory();
});
afterEach(() => w.remove());

/** Spoils one byte of an index: what is looked up in it is found no more, and SQLite says nothing. */
function corruptIndex(name: string, text: string): void {
  const state = new Database(w.state, { readonly: true });
  const page = state.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(name) as number;
  const size = Number(state.pragma("page_size", { simple: true }));
  state.close();
  const start = (page - 1) * size;
  const at = readFileSync(w.state)
    .subarray(start, start + size)
    .lastIndexOf(text);
  expect(at).toBeGreaterThan(0);
  const file = openSync(w.state, "r+");
  writeSync(file, "?", start + at);
  closeSync(file);
}

/** Exit code and output of `fundpulse check`. */
async function check(): Promise<{ exit: number; out: string }> {
  const exit = await main(["check", "--config", w.configFile, "--quiet"]);
  return { exit, out: caught.out };
}

test("a sound state passes; before the first run there is none", async () => {
  expect(await check()).toMatchObject({ exit: 0, out: expect.stringMatching(/^ok {4}state: sound/m) });
  const empty = new Workspace();
  expect(() => checkStateFile(empty.state)).toThrow();
  empty.remove();
});

test("an index that lost an entry is found, though SQLite reads on without a word", async () => {
  corruptIndex("refund_original", "A");
  const state = new Database(w.state, { readonly: true });
  expect(state.prepare("SELECT count(*) FROM refund WHERE init_setl_id = 'A'").pluck().get()).toBe(0);
  state.close();
  expect(await check()).toMatchObject({
    exit: 1,
    out: expect.stringMatching(/^FAIL {2}state: .*is damaged \(.*refund_original.*\[FP2004\]/m),
  });
});

test("a file that is no database any more is damaged", () => {
  writeFileSync(w.state, "no database at all, and long enough to be read as one".repeat(20));
  expect(() => checkStateFile(w.state)).toThrow(/FP2004/);
});

test("a state in use is left alone, and named as such", async () => {
  const lock = acquireLock(w.data);
  expect(await check()).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^ok {4}state: in use by process \d+ /m),
  });
  lock.release();
});

test("a settlement that no id leads to is found", async () => {
  const state = new Database(w.state);
  state.exec("DELETE FROM settlement_id WHERE setl_id = 'A'");
  state.close();
  expect(await check()).toMatchObject({
    exit: 1,
    out: expect.stringMatching(/"settlement_id" is not what was written.*fundpulse rebuild/),
  });
});

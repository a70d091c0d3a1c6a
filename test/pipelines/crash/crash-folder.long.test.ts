import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../../pipelines/simulate/random.js";
import { simulatedEvents } from "../../../pipelines/simulate/simulate.js";
import type { SimEvent } from "../../../pipelines/simulate/write/event.js";
import { FolderWriter, type FolderWriterOptions } from "../../../pipelines/simulate/write/folder.js";
import { changeIn } from "../../faults/moments.js";
import { copied, ROUGH } from "../../support/events.js";
import { expectSameResults } from "../../support/same-results.js";
import { resultHashes, Workspace } from "../../support/workspace.js";

const FREE = {
  events: 6_000,
  persons: 600,
  facilities: 6,
  months: 4,
  firstMonth: "2023-11",
  ...ROUGH,
};

const CONFIG = {
  periods: { firstDay: "2023-11-01", keepDays: 20, keepFacilityDays: 5 },
  groupings: ["total", "care", "care+category", "care+tier"],
  publish: { everySeconds: 0.05 },
  ops: { port: 0 },
  log: { level: "warn" },
};

const EVENTS_PER_FILE = 150;

/** The whole history as files of every kind, in the order in which they are to appear. */
function history(): [string, Buffer][] {
  const dir = mkdtempSync(join(tmpdir(), "fundpulse-crash-files-"));
  const kinds: FolderWriterOptions[] = [
    { format: "avro", codec: "deflate", blockBytes: 4096 },
    { format: "ndjson" },
    { format: "avro", codec: "snappy", gzip: true },
    { format: "ndjson", gzip: true },
  ];
  const events = simulatedEvents({ profile: "free", seed: 5, free: FREE });
  let part: SimEvent[] = [];
  let number = 0;
  const writePart = (): void => {
    const writer = new FolderWriter(dir, kinds[number % kinds.length]!);
    writer.label(String(++number).padStart(4, "0"));
    for (const event of part) writer.write(event);
    writer.close();
    part = [];
  };
  for (const event of events) {
    part.push(copied(event));
    if (part.length === EVENTS_PER_FILE) writePart();
  }
  writePart();
  const files = readdirSync(dir)
    .filter((name) => !name.startsWith("."))
    .map((name): [string, Buffer] => [name, readFileSync(join(dir, name))])
    .sort(([a], [b]) => (a.replace(/^[a-z-]+/, "") < b.replace(/^[a-z-]+/, "") ? -1 : 1));
  rmSync(dir, { recursive: true, force: true });
  const late = files[3]!;
  // Records that no rule can save, and a file delivered twice.
  files.push(["settlement-9000.ndjson", Buffer.from('not json\n{"setl_id":"X"}\n{}\n')]);
  files.push(["settlement-9001.avro", Buffer.from("Obj\u0001 cut off")]);
  files.push([`settlement-9002.${late[0].replace(/^[^.]*\./, "")}`, late[1]]);
  files.push(["settlement-9003.ndjson.gz", gzipSync(Buffer.alloc(0))]);
  return files;
}

const files = history();
const undisturbed = new Workspace(CONFIG);
const made: Workspace[] = [undisturbed];
let expected: Record<string, string>;
/** How long an undisturbed run takes on this machine, in ms, up to 6 s; lives are shares of it. */
let whole: number;

afterAll(() => {
  for (const w of made) w.remove();
});

beforeAll(async () => {
  for (const [name, bytes] of files) undisturbed.put(name, bytes);
  const started = performance.now();
  const ended = await undisturbed.cli("run", "--until-drained", "--no-ops");
  whole = Math.min(performance.now() - started, 6_000);
  expect(ended).toMatchObject({ code: 0 });
  expected = await resultHashes(undisturbed, { quality: true });
  expect(expected["main.indicators"]).toMatch(/^\d{5,} rows /);
});

/** Drains what is left and holds every published row against the undisturbed run. */
async function expectUndisturbed(w: Workspace): Promise<void> {
  const ended = await w.cli("run", "--until-drained", "--no-ops");
  expect(ended).toMatchObject({ code: 0 });
  await expectSameResults(w, undisturbed, expected, { quality: true });
}

/** Starts `run`, kills it with SIGKILL when `moment` resolves; true when it was still running then. */
async function killAt(w: Workspace, moment: () => Promise<unknown>): Promise<boolean> {
  const { child, ended } = w.start("run", "--no-ops");
  await Promise.race([moment(), ended]);
  child.kill("SIGKILL");
  const { code, signal, err } = await ended;
  expect({ code, err: err.replace(/^\{.*"msg":"(configuration|file_[a-z_]+)".*\}$/gm, "").trim() }).toEqual({
    code: null,
    err: "",
  });
  return signal === "SIGKILL";
}

/** Records that the state has taken in so far; 0 before there is a state. */
function received(w: Workspace): number {
  if (!statSync(w.state, { throwIfNoEntry: false })) return 0;
  const state = new Database(w.state, { readonly: true });
  try {
    const places = state.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'place'").get();
    return places ? Number(state.prepare("SELECT coalesce(sum(received), 0) FROM place").pluck().get()) : 0;
  } finally {
    state.close();
  }
}

async function killedAtRandom(rounds: number): Promise<void> {
  const w = new Workspace(CONFIG);
  made.push(w);
  const random = new Random(Number(process.env.FUNDPULSE_SEED ?? 42));
  const waiting = [...files];
  // On a machine that has slowed down since `whole` was taken, longer lives follow until half is read.
  for (let round = 0; round < rounds || received(w) <= FREE.events / 2; round++) {
    const slower = Math.max(1, (round - rounds) / 2);
    const killed = await killAt(w, async () => {
      // From before the state is opened to after everything is published.
      const life = slower * whole * (0.05 + 0.9 * random.next());
      const until = performance.now() + life;
      // Two or three files a round, spread over its life, so that some appear while others are read.
      const many = Math.ceil(waiting.length / Math.max(1, rounds - round));
      for (const [name, bytes] of waiting.splice(0, many)) {
        await sleep(random.below(Math.max(1, (until - performance.now()) / 2)));
        w.put(name, bytes);
      }
      await sleep(Math.max(0, until - performance.now()));
    });
    expect(killed).toBe(true);
  }
  expect(waiting).toEqual([]);
  await expectUndisturbed(w);
}

async function killedInPublishing(rounds: number): Promise<void> {
  const w = new Workspace(CONFIG);
  made.push(w);
  const random = new Random(Number(process.env.FUNDPULSE_SEED ?? 43));
  for (const [name, bytes] of files) w.put(name, bytes);
  let version = 0;
  for (let round = 0; round < rounds; round++) {
    // The working file changes while a publish is under way; a little later the copy is moved into place.
    await killAt(w, async () => {
      await Promise.race([changeIn(join(w.data, "work"), /./).seen, sleep(2 * whole)]);
      await sleep(random.below(round % 2 ? 40 : 250));
    });
    const [row] = await w
      .query("SELECT version, (SELECT count(*) FROM indicators WHERE grouping = 'total') AS n FROM snapshot")
      .catch((error) => {
        // Until the first publish there is no file; one that is there can be read.
        if (statSync(w.published, { throwIfNoEntry: false })) throw error;
        return [];
      });
    expect(Number(row?.version ?? 0)).toBeGreaterThanOrEqual(version);
    version = Number(row?.version ?? 0);
  }
  await expectUndisturbed(w);
}

const LONG = { tags: "long", timeout: 600_000 };
const SHORT = { timeout: 300_000 };

describe("kill -9 while files keep appearing changes no figure", () => {
  test("at 2 random moments", SHORT, () => killedAtRandom(2));
  test("at 50 random moments", LONG, () => killedAtRandom(50));
});

test("kill -9 in the midst of publishing leaves a whole file and the same figures", LONG, () =>
  killedInPublishing(15),
);

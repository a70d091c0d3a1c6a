import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { simulatedEvents } from "../../../pipelines/simulate/simulate.js";
import type { SimEvent } from "../../../pipelines/simulate/write/event.js";
import { copied, filesOf, ROUGH, shuffled } from "../../support/events.js";
import { expectSameResults } from "../../support/same-results.js";
import { resultHashes, Workspace } from "../../support/workspace.js";

const FREE = {
  events: 800,
  persons: 300,
  facilities: 8,
  months: 13,
  firstMonth: "2023-12",
  ...ROUGH,
};

const CONFIG = {
  periods: { firstDay: "2023-12-01", keepDays: 20, keepFacilityDays: 10 },
  careGroups: [{ name: "市外", when: { region: ["province", "national"] } }, { name: "市内" }],
};

/** The events of one history, each a copy of its own. */
const events: SimEvent[] = Array.from(simulatedEvents({ profile: "free", seed: 11, free: FREE }), copied);

const made: Workspace[] = [];
afterAll(() => {
  for (const w of made) w.remove();
});

/** Delivers files in rounds, a start and a drain for each. */
async function published(rounds: readonly (readonly [string, Buffer])[][]): Promise<Workspace> {
  const w = new Workspace(CONFIG);
  made.push(w);
  for (const files of rounds) {
    for (const [name, bytes] of files) w.put(name, bytes);
    await w.drain();
  }
  return w;
}

let reference: Workspace;
let expected: Record<string, string>;

beforeAll(async () => {
  reference = await published([filesOf(events, 100_000, { format: "ndjson" })]);
  expected = await resultHashes(reference);
  expect(Object.keys(expected)).toEqual(expect.arrayContaining(["main.indicators", "main.inpatient"]));
  const [{ n }] = (await reference.query("SELECT count(*) AS n FROM indicators")) as [{ n: string }];
  expect(Number(n)).toBeGreaterThan(10_000);
});

const expectSame = (w: Workspace): Promise<void> => expectSameResults(w, reference, expected);

test("Avro gives the figures of NDJSON, whatever the codec, gzipped or not", async () => {
  for (const options of [
    { format: "avro", codec: "snappy", gzip: true, blockBytes: 512 },
    { format: "ndjson", gzip: true },
  ] as const) {
    await expectSame(await published([filesOf(events, 100_000, options)]));
  }
});

test("any order of records and any split into files gives the same figures", async () => {
  await expectSame(await published([filesOf(shuffled(events, 2), 37, { format: "avro", codec: "deflate" })]));
  await expectSame(await published([filesOf([...events].reverse(), 200, { format: "avro" })]));
});

test("a restart after every file gives the same figures", async () => {
  const files = filesOf(shuffled(events, 3), 350, { format: "avro" });
  await expectSame(await published(files.map((file) => [file])));
});

test("whole files delivered again under other names change nothing", async () => {
  const files = filesOf(shuffled(events, 4), 500, { format: "ndjson" });
  const again = (prefix: string): [string, Buffer][] =>
    files.map(([name, bytes]) => [
      `${name.replace(/-.*/, "")}-${prefix}${name.replace(/^.*-/, "")}.gz`,
      gzipSync(bytes),
    ]);
  const w = await published([[...files, ...again("0")], again("z")]);
  await expectSame(w);
  const [{ wrong }] = (await w.query(
    "SELECT count(*) AS wrong FROM quality_balance WHERE received <> applied + duplicate + held + quarantined",
  )) as [{ wrong: string }];
  expect(Number(wrong)).toBe(0);
});

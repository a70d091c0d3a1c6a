import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { silentLog } from "../../../connectors/ports/log.js";
import { simulatedEvents } from "../../../pipelines/simulate/simulate.js";
import type { SimEvent } from "../../../pipelines/simulate/write/event.js";
import { writeKafka } from "../../../pipelines/simulate/write/kafka.js";
import { changeIn } from "../../faults/moments.js";
import { seeded } from "../../support/chaos.js";
import { copied, ROUGH } from "../../support/events.js";
import { kafkaConfig } from "../../support/kafka/source-fixture.js";
import { createTopic, produce, testBroker, unique } from "../../support/kafka/test-broker.js";
import { expectSameResults } from "../../support/same-results.js";
import { resultHashes, Workspace } from "../../support/workspace.js";

const ROUNDS = 54;
/** States that are filled from the same topics at the same time: a life mostly waits, for its start and the broker. */
const STATES = 3;
const PARTITIONS = 3;
const FREE = {
  events: 6_000,
  persons: 600,
  facilities: 8,
  months: 4,
  firstMonth: "2023-11",
  ...ROUGH,
};

const brokers = await testBroker();
const made: Workspace[] = [];
afterAll(() => {
  for (const w of made) w.remove();
});

const topics = {
  settlement: unique("settlement"),
  facility: unique("facility"),
  enrolment: unique("enrolment"),
};

/** A workspace that reads the topics from their beginning, with a group of its own. */
function workspace(): Workspace {
  const w = new Workspace({
    source: { kind: "kafka", brokers, groupId: unique("group"), topics },
    periods: { firstDay: "2023-11-01", keepDays: 20, keepFacilityDays: 5 },
    groupings: ["total", "care", "care+category", "care+tier"],
    publish: { everySeconds: 0.2 },
    ops: { port: 0 },
    log: { level: "fatal" },
  });
  made.push(w);
  return w;
}

/** The whole history in pieces; the records are copies, for the generator reuses its own. */
function history(): SimEvent[][] {
  const events = Array.from(simulatedEvents({ profile: "free", seed: 7, free: FREE }), copied);
  // A part lies there before the first life, the rest comes while the program is killed.
  const before = events.splice(0, Math.floor(events.length / 4));
  const size = Math.ceil(events.length / ROUNDS);
  return [before, ...Array.from({ length: ROUNDS }, (_, i) => events.slice(i * size, (i + 1) * size))];
}

/** Sums by place; the records of a place arrive in one order, whatever happens to the reader. */
const balance = (w: Workspace): Promise<Record<string, unknown>[]> =>
  w.query(`SELECT source, partition, received::INTEGER AS received,
    (applied + duplicate + held + quarantined)::INTEGER AS accounted FROM quality_balance ORDER BY 1, 2`);

/** What the kills of one state met. */
interface Met {
  gotOn: number;
  publishing: number;
  published: number;
}

/** Starts the program on a state and kills it, `ROUNDS / STATES` times, while its share of the history is sent. */
async function killedAgainAndAgain(
  w: Workspace,
  state: number,
  feed: (round: number) => Promise<void>,
): Promise<Met & { received: number }> {
  const random = seeded(Number(process.env.FUNDPULSE_SEED ?? 20240331) + state);
  let version = 0;
  let received = 0;
  const met = { gotOn: 0, publishing: 0, published: 0 };
  for (let round = state; round < ROUNDS; round += STATES) {
    const { child, ended } = w.start("run", "--no-ops");
    const fed = sleep(random() * 400).then(() => feed(round));
    const life = random();
    if (life < 0.15) await sleep(random() * 900);
    else {
      // While records are taken in; in the midst of a publish; after one, when the next begins.
      const change = changeIn(join(w.data, life < 0.5 ? "" : life < 0.8 ? "work" : "published"));
      await Promise.race([change.seen, ended, sleep(30_000)]);
      await sleep(random() * (life < 0.5 ? 1_500 : life < 0.8 ? 400 : 600));
      if (change.happened() && life >= 0.5 && life < 0.8) met.publishing++;
      change.close();
    }
    child.kill("SIGKILL");
    expect(await ended).toMatchObject({ signal: "SIGKILL", err: "" });
    await fed;
    const before = [received, version];
    received = takenIn(w);
    version = await publishedVersion(w);
    expect(received).toBeGreaterThanOrEqual(before[0]!);
    expect(version).toBeGreaterThanOrEqual(before[1]!);
    if (received > before[0]!) met.gotOn++;
    if (version > before[1]!) met.published++;
  }
  return { ...met, received };
}

test.skipIf(brokers === null)(
  `kill -9 in ${ROUNDS} rounds while Kafka keeps delivering loses and doubles nothing`,
  async () => {
    const config = kafkaConfig({ brokers: brokers!, topics });
    for (const topic of Object.values(topics)) await createTopic(brokers!, topic, PARTITIONS);
    const pieces = history();
    let sent = await writeKafka(config, pieces.shift()!, "avro", silentLog);
    const feed = async (round: number): Promise<void> => {
      const good = await writeKafka(config, pieces[round]!, round % 2 ? "json" : "avro", silentLog);
      // Records that no rule can save, on a partition that goes on behind them.
      const bad = round % 9 === 0 ? await garbage(topics.settlement, round % PARTITIONS) : 0;
      sent += good + bad;
    };

    const killed = Array.from({ length: STATES }, workspace);
    const met = await Promise.all(killed.map((w, state) => killedAgainAndAgain(w, state, feed)));
    // The lives were long enough to get on and to publish: less is left for the end than there was.
    const all = (name: keyof Met): number => met.reduce((sum, m) => sum + m[name], 0);
    expect(all("gotOn")).toBeGreaterThan(ROUNDS / 5);
    expect(all("publishing")).toBeGreaterThan(5);
    expect(all("published")).toBeGreaterThan(3);
    for (const { received } of met) expect(received).toBeGreaterThan(sent / 2);

    const undisturbed = workspace();
    const ends = [undisturbed, ...killed].map((w) => w.cli("run", "--until-drained", "--no-ops"));
    for (const end of ends) expect(await end).toMatchObject({ code: 0 });
    const expected = await resultHashes(undisturbed);
    expect(expected["main.indicators"]).toMatch(/^\d{5,} rows /);
    const places = await balance(undisturbed);
    expect(places.length).toBeGreaterThan(PARTITIONS);
    expect(places.reduce((sum, p) => sum + Number(p.received), 0)).toBe(sent);
    for (const place of places) expect(place.accounted).toBe(place.received);
    for (const w of killed) {
      await expectSameResults(w, undisturbed, expected);
      expect(await balance(w)).toEqual(places);
    }
  },
  900_000,
);

async function garbage(topic: string, partition: number): Promise<number> {
  const values = [
    "",
    "not json",
    "{}",
    '{"setl_id":"X"}',
    Buffer.from([0xc3, 1, 0, 0]),
    Buffer.alloc(9, 255),
  ];
  await produce(brokers!, topic, values, partition);
  return values.length;
}

/** Records that the state has taken in so far; 0 before there is a state. */
function takenIn(w: Workspace): number {
  if (!statSync(w.state, { throwIfNoEntry: false })) return 0;
  const state = new Database(w.state, { readonly: true });
  try {
    const places = state.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'place'").get();
    return places ? Number(state.prepare("SELECT coalesce(sum(received), 0) FROM place").pluck().get()) : 0;
  } finally {
    state.close();
  }
}

/** Version of the published file, which must open whenever it is there; 0 before the first. */
async function publishedVersion(w: Workspace): Promise<number> {
  if (!statSync(w.published, { throwIfNoEntry: false })) return 0;
  const [row] = await w.query("SELECT version::INTEGER AS version FROM snapshot");
  return Number(row?.version);
}

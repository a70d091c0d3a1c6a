import { rmSync } from "node:fs";
import { join } from "node:path";
import { eventFiles, profileOf } from "./events.mjs";
import { mib, micro, perSecond, ratio, secondsText } from "./format.mjs";
import { median, runChild } from "./measure.mjs";

const FIRST_MONTH = "2024-01";
export const HASHED = ["2024-05", "2024Q2", "2024H1", "2024YTD05", "2024"];
export const FIRST_DAY = "2023-01-01";

export const smallProfile = (events, ids = "natural") =>
  profileOf({ events, months: 12, firstMonth: FIRST_MONTH, ids });

/** Runs the chain over an inbox from nothing. */
export function freshChain(dir, inbox, more = {}) {
  rmSync(dir, { recursive: true, force: true });
  return runChild("chain", { dir, source: { kind: "folder", path: inbox }, firstDay: FIRST_DAY, ...more });
}

export const publishedFile = (dir) => join(dir, "data/published/fundpulse.duckdb");

/** Throws unless both give the same figures; returns the hashes by period. */
export function sameFigures(what, a, b) {
  const text = (hashes) => JSON.stringify(hashes.map(({ period, figures, hash }) => [period, figures, hash]));
  if (text(a) !== text(b)) throw new Error(`${what}: other figures\n${text(a)}\n${text(b)}`);
  return a;
}

/** The whole chain against both yardsticks, rounds interleaved, every run in a process of its own. */
export async function rate({ dir, events, rounds, say }) {
  const natural = await eventFiles(dir, smallProfile(events), { rows: true });
  const random = await eventFiles(dir, smallProfile(events, "random"));
  const workspace = join(dir, "rate");
  const recount = (from) => {
    const to = join(dir, "recount.duckdb");
    return runChild("recount", { files: natural, from, to, periods: HASHED });
  };
  const runs = { avsc: [], avscStream: [], natural: [], random: [], parquet: [], ndjson: [] };
  const hashes = {};
  const hashed = async (name) => {
    const seen = (await runChild("query", { file: publishedFile(workspace), periods: HASHED })).hashes;
    hashes[name] = sameFigures(name, hashes[name] ?? seen, seen);
  };
  for (let round = 1; round <= rounds; round++) {
    say(`rate: round ${round} of ${rounds}`);
    runs.avsc.push(await runChild("avsc", { file: natural.avro }));
    runs.avscStream.push(await runChild("avsc", { file: natural.avro, way: "stream" }));
    runs.natural.push(await freshChain(workspace, natural.inbox));
    await hashed("natural");
    runs.parquet.push(await recount("parquet"));
    runs.random.push(await freshChain(workspace, random.inbox));
    await hashed("random");
    runs.ndjson.push(await recount("ndjson"));
  }
  sameFigures("the chain and the recount from Parquet", hashes.natural, runs.parquet[0].hashes);
  sameFigures("the recount from Parquet and from NDJSON", runs.parquet[0].hashes, runs.ndjson[0].hashes);
  sameFigures("ids in natural and in random order", hashes.natural, hashes.random);

  const chain = (list) => ({
    read: list.map((r) => r.drained.at - r.startedAt),
    readCpu: list.map((r) => r.drained.cpu - r.startedCpu),
    whole: list.map((r) => r.ranAt - r.startedAt),
    wholeCpu: list.map((r) => r.ranCpu - r.startedCpu),
    rss: median(list.map((r) => r.maxRssMiB)),
    last: list[0],
  });
  const plain = (list) => ({ wall: list.map((r) => r.seconds), cpu: list.map((r) => r.cpu) });
  const [n, r] = [chain(runs.natural), chain(runs.random)];
  const [a, stream, p, j] = [runs.avsc, runs.avscStream, runs.parquet, runs.ndjson].map(plain);
  /** Rate of `mine` over the rate of `theirs`: median over rounds, by wall and by processor time. */
  const over = (theirs, mine) => median(theirs.map((seconds, i) => seconds / mine[i]));
  const both = (theirs, theirCpu, mine, mineCpu) =>
    `${ratio(over(theirs, mine))} (cpu ${ratio(over(theirCpu, mineCpu))})`;
  const speed = (wall, cpu) => `${perSecond(events, median(wall))}, ${micro(median(cpu), events)} cpu`;
  const { settlements, stateBytes, publishedBytes, cellsBytes } = sizes(n.last, events);
  return {
    title: `Whole chain, ${events.toLocaleString("en")} events of 12 months, ${rounds} rounds`,
    rows: [
      ["yardstick A: avsc, every record decoded in memory", "1.00", speed(a.wall, a.cpu), ""],
      [
        "avsc through its own stream reader",
        both(a.wall, a.cpu, stream.wall, stream.cpu),
        speed(stream.wall, stream.cpu),
        "",
      ],
      [
        "chain until drained, ids natural, over A",
        both(a.wall, a.cpu, n.read, n.readCpu),
        speed(n.read, n.readCpu),
        "0.50",
      ],
      [
        "chain until drained, ids random, over A",
        both(a.wall, a.cpu, r.read, r.readCpu),
        speed(r.read, r.readCpu),
        "0.50",
      ],
      ["yardstick B: one-thread DuckDB recount from Parquet", "1.00", speed(p.wall, p.cpu), ""],
      [
        "the same from NDJSON, over B from Parquet",
        both(p.wall, p.cpu, j.wall, j.cpu),
        speed(j.wall, j.cpu),
        "",
      ],
      [
        "chain until drained and published, natural, over B from NDJSON",
        both(j.wall, j.cpu, n.whole, n.wholeCpu),
        speed(n.whole, n.wholeCpu),
        "1.00",
      ],
      ["the same over B from Parquet", both(p.wall, p.cpu, n.whole, n.wholeCpu), "", ""],
      [
        "chain until drained and published, random, over B from NDJSON",
        both(j.wall, j.cpu, r.whole, r.wholeCpu),
        speed(r.whole, r.wholeCpu),
        "1.00",
      ],
      ["random over natural, until drained", ratio(over(n.read, r.read)), "", ""],
      [
        "peak memory: chain natural / random, recount from Parquet",
        "",
        `${n.rss.toFixed(0)} / ${r.rss.toFixed(0)} / ${median(runs.parquet.map((x) => x.maxRssMiB)).toFixed(0)} MiB`,
        "",
      ],
      [
        "state on disk a settlement, natural / random",
        "",
        `${(stateBytes / settlements).toFixed(0)} / ${(r.last.stateBytes / settlements).toFixed(0)} B`,
        "250 B",
      ],
      [
        "published file over state; cells.duckdb",
        ratio(publishedBytes / stateBytes),
        `${mib(publishedBytes)}; ${mib(cellsBytes)}`,
        "",
      ],
    ],
    notes: [
      `Figures of ${HASHED.join(", ")} equal in every run, chain and recount: ${hashes.natural.map((h) => `${h.period} ${h.figures} figures ${h.hash.slice(0, 12)}`).join("; ")}.`,
      `Steps of the recount from Parquet, median s: ${Object.keys(runs.parquet[0].steps)
        .map((s) => `${s} ${median(runs.parquet.map((x) => x.steps[s])).toFixed(1)}`)
        .join(", ")}; reading NDJSON ${median(runs.ndjson.map((x) => x.steps.read)).toFixed(1)}.`,
      `The chain published ${runs.natural.map((x) => x.publishes.map((q) => secondsText(q.seconds)).join(" + ")).join("; ")}.`,
    ],
    hashes: hashes.natural,
    runs,
  };
}

/** Settlements kept: every id once. */
export function sizes(run, events) {
  return { ...run, settlements: Math.min(events, run.counts.applied) };
}

import { join } from "node:path";
import { eventFiles, profileOf } from "./events.mjs";
import { perSecond, ratio, secondsText } from "./format.mjs";
import { runChild } from "./measure.mjs";
import { FIRST_DAY, freshChain, sizes } from "./part-rate.mjs";

const MONTHS = { months: 36, firstMonth: "2023-01", ids: "natural" };
const LARGE = 10_000_000;
const SMALL = 2_000_000;

/** Rate, memory and restart as the history grows: 10 M settlements over 36 months against 2 M. */
export async function growth({ dir, events, large, say }) {
  // Without --large the same shape, ten parts and a fifth, over as few events as asked for.
  const [many, few] = large ? [LARGE, SMALL] : [events, Math.round(events / 5)];
  if (many < 200_000) throw new Error("growth needs 200,000 events or more: a tenth is then some batches");
  const part = many / 10;
  const run = async (count) => {
    say(`growth: writing ${count.toLocaleString("en")} events`);
    const files = await eventFiles(dir, profileOf({ ...MONTHS, events: count }));
    say(`growth: ${count.toLocaleString("en")} events`);
    const workspace = join(dir, `growth-${count === many ? "many" : "few"}`);
    return { workspace, files, ...(await freshChain(workspace, files.inbox, { every: part })) };
  };
  const small = await run(few);
  const big = await run(many);
  say("growth: start again");
  const source = { kind: "folder", path: big.files.inbox };
  const again = await runChild("chain", { dir: big.workspace, source, firstDay: FIRST_DAY });

  const start = { records: 0, at: big.readyAt, cpu: big.startedCpu, batchSeconds: 0 };
  const reached = (records) => big.marks.find((m) => m.records >= records) ?? big.drained;
  const per = (from, to, key) => (to[key] - from[key]) / Math.max(1, to.records - from.records);
  const first = (key) => per(start, reached(part), key);
  const tenth = (key) => per(reached(9 * part - part / 100), big.drained, key);
  const over = (key) => ratio(first(key) / tenth(key));
  const name = (n) => n.toLocaleString("en");
  const { settlements } = sizes(big, many);
  return {
    title: `Growth, ${name(many)} settlements over 36 months`,
    rows: [
      [
        `rate of the tenth ${name(part)} over the first, publishing included`,
        `${over("at")} (cpu ${over("cpu")})`,
        `${perSecond(1, tenth("at"))} over ${perSecond(1, first("at"))}`,
        "0.80",
      ],
      [
        "the same from decoding to commit alone",
        over("batchSeconds"),
        `${perSecond(1, tenth("batchSeconds"))} over ${perSecond(1, first("batchSeconds"))}`,
        "0.80",
      ],
      [
        "all of it until drained; until published",
        "",
        `${perSecond(big.records, big.drained.at - big.startedAt)}; ${perSecond(big.records, big.ranAt - big.startedAt)}`,
        "",
      ],
      [
        `peak memory against ${name(few)} settlements`,
        ratio(big.maxRssMiB / small.maxRssMiB),
        `${big.maxRssMiB.toFixed(0)} over ${small.maxRssMiB.toFixed(0)} MiB`,
        "1.50",
      ],
      ["start again with nothing to do", "", secondsText(again.readyAt), "5 s"],
      ["state on disk a settlement", "", `${(big.stateBytes / settlements).toFixed(0)} B`, "250 B"],
      ["published file over state", ratio(big.publishedBytes / big.stateBytes), "", ""],
    ],
    notes: [`Publishes: ${big.publishes.map((p) => secondsText(p.seconds)).join(", ")}.`],
    runs: { small, big, again },
  };
}

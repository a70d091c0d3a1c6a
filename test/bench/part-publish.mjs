import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addLater, eventFiles } from "./events.mjs";
import { secondsText } from "./format.mjs";
import { runChild } from "./measure.mjs";
import { FIRST_DAY, freshChain, HASHED, publishedFile, sameFigures, smallProfile } from "./part-rate.mjs";

const LATER = 5_000;
const PERIODS = ["2024-12", "2024Q4", "2024", "2024YTD12"];
const GROUPINGS = [
  "total",
  "care",
  "care+category",
  "care+region",
  "care+facility",
  "care+category+facility",
  "care+region+facility",
];

/** Publishing everything and one month more, and queries on the published file. */
export async function publish({ dir, events, say }) {
  const profile = smallProfile(events);
  const files = await eventFiles(dir, profile);
  const workspace = join(dir, "publish");
  const inbox = join(dir, "publish-inbox");
  rmSync(inbox, { recursive: true, force: true });
  cpSync(files.inbox, inbox, { recursive: true });
  say("publish: the whole file at once");
  // So long a pause that nothing is published before everything is read.
  const whole = await freshChain(workspace, inbox, { publish: { everySeconds: 3600 } });
  say("publish: one month more");
  const more = [];
  for (const tag of ["A", "B", "C"]) {
    await addLater(inbox, profile, LATER, tag);
    more.push(
      await runChild("chain", {
        dir: workspace,
        source: { kind: "folder", path: inbox },
        firstDay: FIRST_DAY,
        publish: { everySeconds: 3600 },
      }),
    );
  }
  say("publish: everything again from the state");
  const file = publishedFile(workspace);
  const { hashes } = await runChild("query", { file, periods: HASHED });
  rmSync(join(workspace, "data/published"), { recursive: true });
  rmSync(join(workspace, "data/work"), { recursive: true, force: true });
  const again = await runChild("chain", {
    dir: workspace,
    source: { kind: "folder", path: inbox },
    firstDay: FIRST_DAY,
  });
  sameFigures("published anew", hashes, (await runChild("query", { file, periods: HASHED })).hashes);
  say("publish: queries");
  const read = await runChild("query", { file, periods: PERIODS, groupings: GROUPINGS });
  const slowest = read.queries.reduce((a, b) => (a.ms > b.ms ? a : b));
  const first = Math.max(...read.queries.map((q) => q.firstMs));
  const seconds = (runs) => runs.map((r) => secondsText(r.publishes.at(-1).seconds)).join(", ");
  const cell = (q) =>
    `${q.period} ${q.grouping}: ${secondsText(q.ms / 1000)}, ${q.rows.toLocaleString("en")} rows`;
  const of = (grouping, period) => read.queries.find((q) => q.grouping === grouping && q.period === period);
  return {
    title: `Publishing and reading, ${events.toLocaleString("en")} settlements`,
    rows: [
      ["first publish of everything", "", seconds([whole]), ""],
      ["everything again from the state, all months loaded", "", seconds([again]), ""],
      [
        `${LATER.toLocaleString("en")} more settlements of the last month (1 in 20 up to 60 days earlier)`,
        "",
        seconds(more),
        "",
      ],
      ["opening the published file", "", secondsText(read.openMs / 1000), ""],
      ["query of one period and grouping, slowest", "", cell(slowest), "100 ms"],
      ["the slowest on first touch", "", secondsText(first / 1000), "100 ms"],
      [
        "typical",
        "",
        [of("care+category", PERIODS[0]), of("care+facility", PERIODS[2])].map(cell).join("; "),
        "100 ms",
      ],
    ],
    notes: [
      "Queries read every column of `indicators`; rows are figures. Median of 5 on a connection that stays open.",
    ],
    runs: { whole, more, again, read },
  };
}

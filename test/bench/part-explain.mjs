import { join } from "node:path";
import { eventFiles } from "./events.mjs";
import { secondsText } from "./format.mjs";
import { median, runChild } from "./measure.mjs";
import { freshChain, smallProfile } from "./part-rate.mjs";

/** What is asked for, from one month's sum to the persons of a year. */
const FIGURES = [
  ["a month's total", "2024-05 fee"],
  [
    "a half-year's rate by category and region",
    "2024H1 reimb_rate insurance=resident care=inpatient category=普通住院 region=county",
  ],
  ["a quarter's share", "2024Q2 share_fund_paid insurance=employee care=outpatient"],
  ["a year's total", "2024 avg_fee"],
  ["persons of a year", "2024 persons"],
  ["what settlements paid out of the funds since January", "2024YTD12 settled_expense"],
];

/** Process start to process end of `fundpulse explain`, with a detail file that is current. */
export async function explain({ dir, events, rounds, say }) {
  const files = await eventFiles(dir, smallProfile(events));
  const workspace = join(dir, "explain");
  say("explain: one run of the chain, then the detail file");
  await freshChain(workspace, files.inbox);
  const config = join(workspace, "fundpulse.yaml");
  const explained = (line) => runChild("explain", { line, config });
  const first = await explained(FIGURES[0][1]);
  const times = FIGURES.map(() => []);
  for (let round = 1; round <= rounds; round++) {
    say(`explain: round ${round} of ${rounds}`);
    for (const [i, [, line]] of FIGURES.entries()) times[i].push(await explained(line));
  }
  return {
    title: `Explaining a figure, ${events.toLocaleString("en")} settlements`,
    rows: FIGURES.map(([what], i) => [
      what,
      "",
      `${secondsText(median(times[i].map((t) => t.seconds)))}, ${secondsText(median(times[i].map((t) => t.cpu)))} cpu`,
      "< 1 s",
    ]),
    notes: [`The first one also wrote the detail file: ${secondsText(first.seconds)}.`],
    first,
    times: Object.fromEntries(FIGURES.map(([what], i) => [what, times[i]])),
  };
}

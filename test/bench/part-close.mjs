import { join } from "node:path";
import { eventFiles } from "./events.mjs";
import { mib, secondsText } from "./format.mjs";
import { runChild } from "./measure.mjs";
import { freshChain, smallProfile } from "./part-rate.mjs";

const PERIODS = ["2024-01", "2024-02", "2024Q1", "2024H1", "2024"];

/** Closing periods: from the call until the frozen figures are kept and published. */
export async function close({ dir, events, say }) {
  const files = await eventFiles(dir, smallProfile(events));
  const workspace = join(dir, "close");
  say("close: the chain");
  const { counts } = await freshChain(workspace, files.inbox);
  say(`close: ${PERIODS.join(", ")}`);
  const closed = await runChild("close", { dir: workspace, periods: PERIODS });
  return {
    title: `Closing periods, ${counts.applied.toLocaleString("en")} records of 12 months`,
    rows: closed.closes.map(({ period, seconds, cpu }) => [
      period,
      "",
      `${secondsText(seconds)}, cpu ${secondsText(cpu)}`,
      "",
    ]),
    notes: [`Peak memory ${mib(closed.maxRssMiB * 2 ** 20)}, one process for all of them.`],
    closed,
  };
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { eventFiles } from "./events.mjs";
import { secondsText } from "./format.mjs";
import { runChild, startChild } from "./measure.mjs";
import { FIRST_DAY, freshChain, HASHED, publishedFile, sameFigures, smallProfile } from "./part-rate.mjs";

/** How long a start takes, from the start of the process, after a clean stop and after kill -9. */
export async function restart({ dir, events, say }) {
  const files = await eventFiles(dir, smallProfile(events));
  const workspace = join(dir, "restart");
  const source = { kind: "folder", path: files.inbox };
  const args = { dir: workspace, source, firstDay: FIRST_DAY, every: Math.max(1, Math.floor(events / 40)) };
  const hashesNow = async () =>
    (await runChild("query", { file: publishedFile(workspace), periods: HASHED })).hashes;
  say("restart: an undisturbed run, then a start with nothing to do");
  await freshChain(workspace, files.inbox);
  const wanted = await hashesNow();
  const clean = await runChild("chain", args);
  sameFigures("after a clean start", wanted, await hashesNow());

  say("restart: kill -9 late between two checkpoints");
  rmSync(workspace, { recursive: true, force: true });
  const killed = startChild("chain", args, {
    line: (news, child) => {
      if (news.records >= events * 0.95) child.kill("SIGKILL");
    },
  });
  const outcome = await killed.ended;
  const after = await runChild("chain", args);
  sameFigures("after kill -9", wanted, await hashesNow());
  return {
    title: `Starting again, ${events.toLocaleString("en")} settlements`,
    rows: [
      ["after a clean stop: process start to drained", "", secondsText(clean.readyAt), ""],
      [
        "after kill -9 at 95 % of the events: process start to the first batch durable",
        "",
        secondsText(after.readyAt),
        "",
      ],
    ],
    notes: [
      `Same figures after kill -9 as undisturbed${outcome === null ? "" : " (the run had ended before it was killed)"}.`,
    ],
    runs: { clean, after, killed: outcome === null },
  };
}

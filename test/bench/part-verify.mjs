import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addLater, eventFiles } from "./events.mjs";
import { mib, perSecond, ratio, secondsText } from "./format.mjs";
import { median, runChild } from "./measure.mjs";
import { FIRST_DAY, freshChain, HASHED, publishedFile, sameFigures, smallProfile } from "./part-rate.mjs";

const LATER = 5_000;
/** As many as the machine has: what DuckDB takes by itself, and verify with it. */
const THREADS = "all";

/**
 * `verify` against plain DuckDB SQL that counts the same rows from Parquet with the same threads, and the
 * detail file written anew and for one month more. Every run in a process of its own.
 */
export async function verify({ dir, events, rounds, say }) {
  const profile = smallProfile(events);
  const files = await eventFiles(dir, profile, { rows: true });
  const workspace = join(dir, "verify");
  const inbox = join(dir, "verify-inbox");
  rmSync(inbox, { recursive: true, force: true });
  cpSync(files.inbox, inbox, { recursive: true });
  say("verify: the chain");
  await freshChain(workspace, inbox, { publish: { everySeconds: 3600 } });
  const { hashes } = await runChild("query", { file: publishedFile(workspace), periods: HASHED });
  const runs = { verify: [], plain: [], anew: [] };
  for (let round = 1; round <= rounds; round++) {
    say(`verify: round ${round} of ${rounds}`);
    runs.verify.push(await runChild("verify", { dir: workspace, work: "verify" }));
    const to = join(dir, "verify-recount.duckdb");
    runs.plain.push(
      await runChild("recount", { files, from: "parquet", to, periods: HASHED, threads: THREADS }),
    );
    runs.anew.push(await runChild("verify", { dir: workspace, work: "detail", anew: true }));
  }
  const wrong = runs.verify.find((r) => r.differenceCount > 0);
  if (wrong) throw new Error(`verify: ${JSON.stringify(wrong.differences.slice(0, 5))}`);
  sameFigures("verify's yardstick", hashes, runs.plain[0].hashes);
  say("verify: one month more");
  await addLater(inbox, profile, LATER, "V");
  await runChild("chain", { dir: workspace, source: { kind: "folder", path: inbox }, firstDay: FIRST_DAY });
  const more = await runChild("verify", { dir: workspace, work: "detail" });

  const of = (list, name) => median(list.map((r) => r[name]));
  const over = (name) => median(runs.verify.map((r, i) => r[name] / runs.plain[i][name]));
  const both = (list) => `${secondsText(of(list, "seconds"))}, cpu ${secondsText(of(list, "cpu"))}`;
  const [first] = runs.verify;
  return {
    title: `Verify and the detail file, ${events.toLocaleString("en")} events of 12 months, ${rounds} rounds`,
    rows: [
      ["yardstick: plain DuckDB, the same rows from Parquet, the same threads", "1.00", both(runs.plain), ""],
      ["verify", `${ratio(over("seconds"))} (cpu ${ratio(over("cpu"))})`, both(runs.verify), "≤ 2"],
      ["figures compared", "", first.figures.toLocaleString("en"), ""],
      ["memory of verify, the engine's included", "", `${Math.round(of(runs.verify, "maxRssMiB"))} MiB`, ""],
      [
        "the longest turn that verify takes from the engine",
        "",
        `${Math.round(of(runs.verify, "longestPauseMs"))} ms`,
        "",
      ],
      [
        "detail file written anew",
        "",
        `${perSecond(runs.anew[0].settlements, of(runs.anew, "seconds"))}, ${both(runs.anew)}, ${mib(runs.anew[0].bytes)}`,
        "150,000/s",
      ],
      [
        `detail file after ${LATER.toLocaleString("en")} settlements more (three months touched)`,
        "",
        both([more]),
        "",
      ],
    ],
    notes: [
      "Verify reads the kept settlements from the state, recounts sums, persons, days and ratios, hashes the rows and compares them with the published file; the yardstick counts sums and persons of the same periods and groupings, without days, ratios, hash and comparison.",
    ],
    runs: { ...runs, more },
  };
}

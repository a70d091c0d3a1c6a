import { join } from "node:path";
import { eventFiles } from "./events.mjs";
import { runChild } from "./measure.mjs";
import { freshChain, publishedFile, sameFigures, smallProfile } from "./part-rate.mjs";

/** No times: every figure of every period of chain and recount, which must be equal. */
export async function figures({ dir, events, say }) {
  say("figures: one run of the chain, one recount");
  const files = await eventFiles(dir, smallProfile(events), { rows: true });
  const workspace = join(dir, "figures");
  const run = await freshChain(workspace, files.inbox);
  const published = (await runChild("query", { file: publishedFile(workspace) })).hashes;
  const recounted = (await runChild("recount", { files, from: "ndjson", to: join(dir, "figures.duckdb") }))
    .hashes;
  const hashes = sameFigures("the chain and the recount", published, recounted);
  return {
    title: `Figures of ${events.toLocaleString("en")} events`,
    rows: hashes.map((h) => [h.period, "", `${h.figures} figures, ${h.hash}`, "equal"]),
    notes: [],
    hashes,
    counts: run.counts,
  };
}

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { drain, Pages, replaceFile, serve, wideWorkspace } from "./monitor-world.mjs";

const PAGES = 50;
const EVENTS = 24_000;

/** The monitor's memory while a version comes every second and pages are open: flat after the first minutes. */
export async function soak({ dir, minutes, say }) {
  const workspace = join(dir, "soak");
  const world = wideWorkspace(workspace, EVENTS);
  await drain(workspace);
  const server = await serve(workspace);
  const pages = await new Pages(server.url).open(PAGES);
  const seen = [];
  const end = Date.now() + minutes * 60_000;
  let versions = 0;
  try {
    while (Date.now() < end) {
      replaceFile(world.file);
      versions++;
      await sleep(1_000);
      if (versions % 30 === 0) {
        seen.push(Math.round(server.rssMiB()));
        say(`soak: ${versions} versions, ${seen.at(-1)} MiB`);
      }
    }
  } finally {
    pages.close();
    await server.stop();
  }
  const half = seen.slice(0, Math.ceil(seen.length / 2));
  const rest = seen.slice(Math.ceil(seen.length / 2));
  const most = (list) => Math.max(0, ...list);
  return {
    title: `The monitor's memory over ${minutes} minutes, ${versions.toLocaleString("en")} versions, ${PAGES} pages`,
    rows: [
      ["most resident, first half", "", `${most(half)} MiB`, ""],
      ["most resident, second half", "", `${most(rest)} MiB`, "as the first"],
    ],
    notes: [`Resident memory every 30 versions, MiB: ${seen.join(" ")}.`],
    runs: { seen, versions },
  };
}

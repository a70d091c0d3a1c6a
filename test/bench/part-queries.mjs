import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addLater, eventFiles } from "./events.mjs";
import { mib, secondsText } from "./format.mjs";
import { runChild } from "./measure.mjs";
import { FIRST_DAY, freshChain, publishedFile, smallProfile } from "./part-rate.mjs";
import { QUERIES } from "./queries.mjs";

const CLOSED = ["2024-10", "2024-11", "2024Q3", "2024-12"];
const LATER = 2_000;
/** Beyond this the answers are counted, not held: a program that asks for them reads them in pieces too. */
const AIM_MS = 300;

/**
 * What analysts and BI tools ask of a published file: each cold, by a process that has just opened it, and warm.
 * Some periods are closed and restated. The workspace is kept under `--dir`, to be asked again.
 */
export async function queries({ dir, events, say }) {
  const profile = smallProfile(events);
  const files = await eventFiles(dir, profile);
  const workspace = join(dir, `queries-${events}`);
  const done = join(workspace, "done");
  if (!existsSync(done)) {
    say("queries: the chain, closes and later settlements");
    await freshChain(workspace, files.inbox, { publish: { everySeconds: 3600 } });
    await runChild("close", { dir: workspace, periods: CLOSED });
    const inbox = join(dir, `queries-${events}-inbox`);
    rmSync(inbox, { recursive: true, force: true });
    await addLater(inbox, profile, LATER, "L");
    await runChild("chain", { dir: workspace, source: { kind: "folder", path: inbox }, firstDay: FIRST_DAY });
    writeFileSync(done, "");
  } else {
    say("queries: publishing what is kept");
    const inbox = join(dir, `queries-${events}-inbox`);
    await runChild("chain", { dir: workspace, source: { kind: "folder", path: inbox }, firstDay: FIRST_DAY });
  }
  const file = publishedFile(workspace);
  const answers = [];
  for (const { name, sql } of QUERIES) {
    say(`queries: ${name}`);
    answers.push({ name, sql, ...(await runChild("ask", { file, sql })) });
  }
  const figures = answers[0].value;
  const over = answers.filter((a) => a.warmMs > AIM_MS);
  return {
    title: `What analysts and BI tools ask, ${events.toLocaleString("en")} settlements, ${Number(figures).toLocaleString("en")} figures`,
    rows: answers.map((a) => [
      a.name,
      `${a.rows.toLocaleString("en")} rows`,
      `${secondsText(a.coldMs / 1000)} / ${secondsText(a.warmMs / 1000)}, CPU ${secondsText(a.cpu)}, ${mib(a.bytes)}`,
      `${AIM_MS} ms`,
    ]),
    notes: [
      "The ratio's place holds the rows that came; then the first time in a new process, the median of three more on the same connection, the processor time of one of those, and what the process grew by at most.",
      over.length === 0
        ? "All within the aim, warm."
        : `Over the aim, warm: ${over.map((a) => a.name).join("; ")}.`,
    ],
    answers,
  };
}

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { perSecond, ratio, secondsText } from "./format.mjs";
import { median } from "./measure.mjs";
import { drain, FACILITIES, Pages, replaceFile, serve, wideWorkspace } from "./monitor-world.mjs";

const PAGES = 200;
const REPLACED = 10;
const VIEWS = [
  ...["overview", "pace", "alerts", "inpatient", "inpatient?by=facility", "inpatient?by=district", "flow"],
  ...[
    "outpatient",
    "outpatient?by=facility",
    "facilities",
    "facilities/H00007",
    "structure",
    "relief",
    "dip",
  ],
  ...["funds", "quality", "restatements", "reports", "catalogue"],
  ...["explain?period=2023&indicator=fee", "explain?period=2023&indicator=avg_fee&care=inpatient"],
];

/** The page's first load, each view's answer, how soon pages are told, and what they cost the pipeline. */
export async function monitor({ dir, events, say }) {
  const workspace = join(dir, "monitor");
  const every = { publish: { everySeconds: 1 } };
  say("monitor: the pipeline without pages");
  const world = wideWorkspace(workspace, events, every);
  const alone = await drain(workspace);
  const server = await serve(workspace);
  try {
    const load = await firstLoad(server.url);
    say("monitor: views");
    const views = [];
    for (const view of VIEWS) views.push(await timed(`${server.url}api/v1/${view}`, view));
    say(`monitor: ${PAGES} pages told of ${REPLACED} versions`);
    const pages = await new Pages(server.url).open(PAGES);
    const waits = [];
    for (let i = 0; i < REPLACED; i++) {
      pages.told = 0;
      const at = replaceFile(world.file);
      while (pages.told < PAGES && performance.now() - at < 20_000) await sleep(2);
      waits.push((performance.now() - at) / 1000);
      await sleep(1_000);
    }
    pages.close();
    await server.stop();
    say(`monitor: told after ${waits.map(secondsText).join(", ")}`);
    say("monitor: the pipeline beside its pages");
    wideWorkspace(workspace, events, every);
    const beside = await serve(workspace);
    const open = await new Pages(beside.url).open(PAGES);
    const withPages = await drain(workspace);
    open.close();
    await beside.stop();
    const slowest = views.reduce((a, b) => (a.first > b.first ? a : b));
    return {
      title: `The monitor, ${world.settlements.toLocaleString("en")} settlements, ${FACILITIES.toLocaleString("en")} facilities`,
      rows: [
        [
          "first load, compressed",
          "",
          `${Math.round(load.bytes / 1024)} KB, ${secondsText(load.seconds)}`,
          "400 KB",
        ],
        ...views.map((v) => [
          v.view,
          "",
          `${secondsText(v.first)}, again ${secondsText(v.again)}, ${Math.round(v.bytes / 1024)} KB`,
          "300 ms",
        ]),
        ["slowest view", "", `${slowest.view}: ${secondsText(slowest.first)}`, "300 ms"],
        [
          `${PAGES} pages told of a version after its rename, median / max`,
          "",
          `${secondsText(median(waits))} / ${secondsText(Math.max(...waits))}`,
          "1 s",
        ],
        [
          `ingest with ${PAGES} pages against none`,
          ratio(alone / withPages),
          `${perSecond(world.settlements, withPages)} against ${perSecond(world.settlements, alone)}`,
          "0.95",
        ],
      ],
      notes: [
        "A view's first answer is worked out, again is from memory. Pages ask for the overview again with each version. Client, server and pipeline share the machine's cores.",
      ],
      runs: { load, views, waits, alone, withPages },
    };
  } finally {
    await server.stop().catch(() => {});
  }
}

async function firstLoad(url) {
  const began = performance.now();
  let bytes = 0;
  const headers = { "accept-encoding": "br, gzip" };
  const take = async (path) => {
    const response = await fetch(new URL(path, url), { headers });
    const body = await response.text();
    bytes += Number(response.headers.get("content-length") ?? body.length);
    return body;
  };
  const page = await take("/");
  await Promise.all([...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => take(path)));
  return { bytes, seconds: (performance.now() - began) / 1000 };
}

async function timed(url, view) {
  const ask = async () => {
    const began = performance.now();
    const response = await fetch(url, { headers: { "accept-encoding": "identity" } });
    const bytes = (await response.arrayBuffer()).byteLength;
    if (response.status !== 200) throw new Error(`${view}: ${response.status}`);
    return { seconds: (performance.now() - began) / 1000, bytes };
  };
  const first = await ask();
  const again = await ask();
  return { view, first: first.seconds, again: again.seconds, bytes: first.bytes };
}

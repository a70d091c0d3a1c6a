import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { loadReference } from "../../../connectors/config/reference.js";
import { archiveFiles } from "../../../connectors/duckdb/archive/files.js";
import { queryPublished } from "../../../connectors/duckdb/query.js";
import { type JobSource, manifestOf } from "../../../connectors/flink/generate.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import { assembleEngine, type EngineParts } from "../../../pipelines/engine/engine.js";
import type { Engine } from "../../../pipelines/engine/port.js";
import { type Config, configSchema } from "../../../schemas/config/schema.js";
import {
  ArrivalSource,
  changesBetween,
  figuresOf,
  MemoryTopic,
  referenceFolder,
} from "../../support/flink/published.js";
import { arrivalsOf, FINAL_NOW, type History, histories, recountOptions } from "../../support/histories.js";
import { recount } from "../../support/oracle/recount.js";
import type { Arrival } from "../../support/oracle/types.js";
import { expectSameResults } from "../../support/same-results.js";
import { FEW_GROUPINGS, memoryFigures, resultHashes, Workspace } from "../../support/workspace.js";

const TOPICS = { settlement: "fund.settlement", facility: "fund.facility", figures: "fund.figures" };
const DELIVERY = { partitions: 3, shuffle: null } as const;

const workspaces: Workspace[] = [];
afterEach(() => {
  for (const workspace of workspaces.splice(0)) workspace.remove();
});
function workspaceOf(): Workspace {
  const workspace = new Workspace();
  workspaces.push(workspace);
  return workspace;
}

/** A workspace of one engine over a history's world. */
interface Side {
  readonly workspace: Workspace;
  readonly config: Config;
}

function sideOf({ world }: History, reference: string, engine: Config["engine"]): Side {
  const workspace = workspaceOf();
  const source =
    engine.kind === "flink"
      ? configSchema.parse({
          jurisdiction: world.config.jurisdiction,
          privacy: world.config.privacy,
          source: { kind: "kafka", brokers: ["127.0.0.1:9"] },
        }).source
      : world.config.source;
  const groupings = FEW_GROUPINGS;
  return {
    workspace,
    config: { ...world.config, groupings, source, engine, reference, data: workspace.data },
  };
}

async function withEngine<T>(
  { config }: Side,
  parts: EngineParts,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const deps = { log: silentLog, observer: allObservers([]), clock: () => FINAL_NOW };
  const engine = await assembleEngine(config, deps, parts);
  try {
    return await work(engine);
  } finally {
    await engine.end();
  }
}

const drain = (side: Side, parts: EngineParts) =>
  withEngine(side, parts, (engine) =>
    engine.run({ untilDrained: true, signal: new AbortController().signal }),
  );

/** Rows of a query on a published file, without order. */
async function rowsOf(file: string, sql: string): Promise<string[]> {
  return (await queryPublished(file, sql)).rows.map((row) => JSON.stringify(row)).sort();
}

const QUALITY = [
  "SELECT kind, code, records, fee, blocks_close FROM quality_unmapped",
  "SELECT * FROM quality_facility",
  "SELECT sum(received) AS received FROM quality_balance WHERE source LIKE '%settlement'",
];

/** As it comes from the topic of its stream. */
const inTopics = (arrival: Arrival): Arrival => ({
  ...arrival,
  source: `kafka:${TOPICS[arrival.stream as keyof typeof TOPICS] ?? arrival.source}`,
});

/** Both engines over a history; the Flink one is given what a job came to after a half of it, and in the end. */
async function bothOver(
  history: History,
  parts: (side: Side) => EngineParts,
  archived = false,
): Promise<[own: Side, flink: Side]> {
  const arrivals = arrivalsOf(history, DELIVERY).map(inTopics);
  const reference = referenceFolder(workspaceOf().dir, history);
  const own = sideOf(history, reference, { kind: "embedded" });
  await drain(own, { ...parts(own), source: new ArrivalSource(arrivals) });
  const archive = archived ? { archive: join(workspaceOf().dir, "archive") } : {};
  const flink = sideOf(history, reference, { kind: "flink", figures: TOPICS.figures, ...archive });
  const { categories, facilities } = loadReference(reference, flink.config.timezone);
  const source: JobSource = { config: flink.config, categories, facilities, schemas: [] };
  const manifest = manifestOf(source, "job", TOPICS);
  const topic = new MemoryTopic();
  let before: ReadonlyMap<string, Buffer> = new Map();
  for (const part of [arrivals.slice(0, Math.floor(arrivals.length / 2)), arrivals]) {
    const now = await figuresOf(source, history, part, manifest);
    topic.put(changesBetween(before, now));
    before = now;
    const small = part.filter((a) => a.stream === "facility");
    await drain(flink, { ...parts(flink), source: new ArrivalSource(small), figures: topic });
  }
  return [own, flink];
}

/** Which settlements wait, and why. */
const WAITING =
  "SELECT partition, position, reason FROM quality_quarantine WHERE status = 'waiting' AND stream = 'settlement' AND reason <> 'conflicting_version'";

/** Published files of a history: the same results, cells and figures of quality. */
async function samePublished(history: History): Promise<void> {
  const [own, flink] = await bothOver(history, () => ({}));
  await expectSameResults(flink.workspace, own.workspace, await resultHashes(own.workspace));
  for (const sql of QUALITY) {
    expect(await rowsOf(flink.workspace.published, sql), sql).toEqual(
      await rowsOf(own.workspace.published, sql),
    );
  }
  // A version that another one replaced before its facility was known to lie outside waits in the job alone.
  const [waiting, wanted] = await Promise.all(
    [flink, own].map(({ workspace }) => rowsOf(workspace.published, WAITING)),
  );
  expect(wanted.filter((row) => !waiting.includes(row))).toEqual([]);
  const more = waiting.filter((row) => !wanted.includes(row));
  expect(more.filter((row) => !row.includes("out_of_jurisdiction"))).toEqual([]);
  const cells = (side: Side) =>
    rowsOf(`${side.config.data}/published/cells.duckdb`, "SELECT * FROM cell_month");
  expect(await cells(flink)).toEqual(await cells(own));
}

/** The same of what a publisher in memory is given. */
async function sameGiven(history: History): Promise<void> {
  const [own, flink] = await bothOver(history, ({ workspace }) => ({ publisher: workspace.memory }));
  const given = ({ workspace }: Side) =>
    Object.entries(memoryFigures(workspace.memory)).filter(([name]) => !name.startsWith("waiting "));
  expect(Object.fromEntries(given(flink))).toEqual(Object.fromEntries(given(own)));
}

// Of equal copies of a record, the place and the flag for information of either may stand.
const SETTLEMENTS = `SELECT * EXCLUDE (code_set, "partition", position, refd_setl_flag), (SELECT list(d ORDER BY valid_from)
  FROM (SELECT * EXCLUDE (code_set) FROM dimension x WHERE x.code_set = s.code_set) d) AS dimensions
  FROM settlement s`;
const BILLS = 'SELECT * EXCLUDE (code_set, "partition", position) FROM bill';

/** The recount from the archive finds nothing else, and the detail file is the embedded engine's. */
async function sameFromArchive(history: History): Promise<void> {
  // A recount needs a published file; the embedded engine's detail file does not.
  const parts = ({ workspace, config }: Side): EngineParts =>
    config.engine.kind === "flink" ? {} : { publisher: workspace.memory };
  const [own, flink] = await bothOver(history, parts, true);
  const idle = { source: new ArrivalSource([]), figures: new MemoryTopic() };
  const [verified, detail] = await withEngine(flink, idle, async (engine) => [
    await engine.verify(),
    await engine.writeDetail(),
  ]);
  expect(verified.differences.slice(0, 10)).toEqual([]);
  const wanted = await withEngine(own, { ...idle, ...parts(own) }, (engine) => engine.writeDetail());
  expect(detail.settlements).toBeGreaterThan(0);
  for (const sql of [BILLS, SETTLEMENTS]) {
    expect(await rowsOf(detail.path, sql), sql).toEqual(await rowsOf(wanted.path, sql));
  }
}

/** A fen more on every bill of the archive is found in the published fees, and in nothing that it does not touch. */
async function spoiledArchive(history: History): Promise<void> {
  const [, flink] = await bothOver(history, () => ({}), true);
  const { engine } = flink.config as { engine: { archive: string } };
  const folder = join(engine.archive, TOPICS.figures);
  for (const file of archiveFiles(folder)) {
    const lines = gunzipSync(readFileSync(file)).toString().trim().split("\n");
    const dearer = lines.map((line) => {
      const row = JSON.parse(line);
      return JSON.stringify({ ...row, medfee_sumamt: Number(row.medfee_sumamt) + 1 });
    });
    writeFileSync(file, gzipSync(dearer.join("\n")));
  }
  const idle = { source: new ArrivalSource([]), figures: new MemoryTopic() };
  const { differences } = await withEngine(flink, idle, (engine) => engine.verify());
  const named = new Set(differences.map((d) => d.indicator));
  expect(named).toContain("fee");
  expect(named).not.toContain("visits");
  expect(named).not.toContain("fund_paid");
}

async function overHistories(numRuns: number, same: (history: History) => Promise<void>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories(25), async (history) => {
      if (recount(arrivalsOf(history, DELIVERY), recountOptions(history)).ambiguous.length > 0) return;
      await same(history);
    }),
    { numRuns, seed: 20_261_129, endOnFailure: true },
  );
}

describe("what a Flink job computed is published", () => {
  test("as the embedded engine gives the same records", { timeout: 120_000 }, () =>
    overHistories(4, sameGiven),
  );
  test("and counted again, and laid out bill by bill, from the archive", { timeout: 240_000 }, () =>
    overHistories(1, sameFromArchive),
  );
  test("the same of many", { tags: "long", timeout: 3_600_000 }, () => overHistories(12, sameFromArchive));
  test("and an archive with another fee is told", { tags: "long", timeout: 600_000 }, () =>
    overHistories(1, spoiledArchive),
  );
  test("the same, published file against published file", { tags: "long", timeout: 3_600_000 }, () =>
    overHistories(10, samePublished),
  );
});

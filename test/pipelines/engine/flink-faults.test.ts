import { copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configRules } from "../../../connectors/config/rules.js";
import type { DetailNeed } from "../../../connectors/duckdb/detail/excerpt.js";
import { queryPublished } from "../../../connectors/duckdb/query.js";
import { keyOfManifest } from "../../../connectors/flink/figure.js";
import { type JobSource, manifestOf } from "../../../connectors/flink/generate.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import type { SourceLag } from "../../../connectors/ports/source.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import { assembleEngine } from "../../../pipelines/engine/engine.js";
import type { Engine, RunSummary } from "../../../pipelines/engine/port.js";
import type { Config } from "../../../schemas/config/schema.js";
import { ArrivalSource, changesBetween, figuresOf, MemoryTopic } from "../../support/flink/published.js";
import { FINAL_NOW, type History } from "../../support/histories.js";
import { MemoryPublisher } from "../../support/memory-publisher.js";
import { arrive, bill, testConfig } from "../../support/oracle/fixtures.js";
import type { Plain } from "../../support/oracle/types.js";
import { FEW_GROUPINGS, memoryFigures, Workspace } from "../../support/workspace.js";

const TOPICS = { settlement: "fund.settlement", facility: "fund.facility", figures: "fund.figures" };

let workspace: Workspace;
let publisher: MemoryPublisher;
let config: Config;
let source: JobSource;
beforeEach(() => {
  workspace = new Workspace();
  publisher = new MemoryPublisher();
  config = configOf();
  source = { config, categories: [], facilities: [], schemas: [] };
});
afterEach(() => workspace.remove());

const configOf = (changes: Record<string, unknown> = {}): Config => ({
  ...testConfig({
    source: { kind: "kafka", brokers: ["127.0.0.1:9"] },
    engine: { kind: "flink" },
    groupings: FEW_GROUPINGS,
    ...changes,
  }),
  data: workspace.data,
  reference: `${workspace.dir}/reference`,
});

/** The figures of some bills, each in its place in the topic. */
const figures = (bills: readonly Plain[]): Promise<Map<string, Buffer>> =>
  figuresOf(
    source,
    { world: { config, facilities: [] } } as unknown as History,
    bills.map((record, position) => ({ ...arrive("settlement", record), position })),
    manifestOf(source, "job", TOPICS),
  );
const bills = (n: number): Plain[] =>
  Array.from({ length: n }, (_, i) => bill({ setl_id: `S${i}`, psn_no: `P${i}`, hifp_pay: "60.00" }));

async function withEngine<T>(
  work: (engine: Engine) => Promise<T>,
  {
    own = config,
    topic = new MemoryTopic(),
    source: arriving = new ArrivalSource([]),
  }: { own?: Config; topic?: MemoryTopic; source?: ArrivalSource } = {},
): Promise<T> {
  const deps = { log: silentLog, observer: allObservers([]), clock: () => FINAL_NOW };
  const engine = await assembleEngine(own, deps, {
    source: arriving,
    figures: topic,
    publisher,
  });
  try {
    return await work(engine);
  } finally {
    await engine.end();
  }
}

const drain = (topic: MemoryTopic, own = config): Promise<RunSummary> =>
  withEngine((engine) => engine.run({ untilDrained: true, signal: new AbortController().signal }), {
    own,
    topic,
  });
const visits = (): string[] =>
  Object.entries(memoryFigures(publisher))
    .filter(([name]) => name.startsWith("month ") && / total /.test(name))
    .map(([name, row]) => `${name} ${row.split(" ")[0]}`)
    .sort();

test("figures of another job, or under another key, are never taken", async () => {
  const good = await figures(bills(2));
  const naming = (digest: string, key: string): MemoryTopic => {
    const topic = new MemoryTopic();
    topic.put(
      new Map([...good, [keyOfManifest(), Buffer.from(JSON.stringify({ t: `${digest}\u001f${key}` }))]]),
    );
    return topic;
  };
  const { digest } = manifestOf(source, "job", TOPICS);
  const { keyCheck } = new Privacy(config.privacy.personKey);
  await expect(drain(naming("another", keyCheck))).rejects.toThrow(/job another.*nothing was taken.*FP3103/);
  await expect(drain(naming(digest, "another"))).rejects.toThrow(/another person key.*nothing was taken/);
  expect(publisher.last).toBeNull();
  expect(await drain(naming(digest, keyCheck))).toMatchObject({ applied: 2, quarantined: 0 });
});

test("figures are held until it is known whose they are", async () => {
  const all = await figures(bills(3));
  const [unnamed, name] = [new Map(all), new Map([[keyOfManifest(), all.get(keyOfManifest())!]])];
  unnamed.delete(keyOfManifest());
  const topic = new MemoryTopic();
  topic.put(unnamed);
  await drain(topic);
  expect(visits()).toEqual([]);
  topic.put(name);
  await drain(topic);
  expect(visits()).toEqual([
    expect.stringMatching(/all total .* 3$/),
    expect.stringMatching(/resident total .* 3$/),
  ]);
});

test("a figure that is gone, and a record that waits no more, are taken back", async () => {
  const wrong = bill({ setl_id: "W", med_type: "999" });
  const first = await figures([...bills(2), wrong]);
  const topic = new MemoryTopic();
  topic.put(first);
  expect(await drain(topic)).toMatchObject({ applied: 2, quarantined: 1 });
  expect(publisher.last?.unmapped).toContainEqual(
    expect.objectContaining({ kind: "category", code: "999", records: 1, fee: "100.00" }),
  );
  const gone = { ...bills(2)[1], vali_flag: "0", updt_time: "2024-03-11T10:00:00+08:00" };
  const second = await figures([...bills(2), bill({ setl_id: "W", psn_no: "P9" }), gone]);
  topic.put(changesBetween(first, second));
  await drain(topic);
  expect(visits().at(0)).toMatch(/ 2$/);
  expect(publisher.last?.quarantine).toMatchObject([{ status: "resolved", reason: "unknown_category" }]);
  expect(publisher.last?.unmapped?.filter((row) => row.kind === "category")).toEqual([]);
  expect(publisher.last?.balance).toMatchObject([
    { source: "kafka:fund.settlement", partition: "0", received: 4, applied: 4, quarantined: 0 },
  ]);
});

test("persons that change where no sum does are published", async () => {
  const first = await figures(bills(2));
  const topic = new MemoryTopic();
  topic.put(first);
  await drain(topic);
  const persons = (): number[] =>
    Object.entries(memoryFigures(publisher))
      .filter(([name]) => /^persons 2024-03 all total /.test(name))
      .map(([, n]) => Number(n));
  expect(persons()).toEqual([2]);
  const same = { ...bills(2)[1], psn_no: "P0", updt_time: "2024-03-11T10:00:00+08:00" };
  topic.put(changesBetween(first, await figures([...bills(2), same])));
  await drain(topic);
  expect(persons()).toEqual([1]);
});

test("a job that begins anew in the same topic is refused", async () => {
  const topic = new MemoryTopic();
  topic.put(await figures(bills(3)));
  await drain(topic);
  topic.put(await figures(bills(1)));
  await expect(drain(topic)).rejects.toThrow(/says less of partition 0 .*nothing was taken/);
});

test("another topic takes the place of the first when it has come as far, with nothing of the first left", async () => {
  const topic = new MemoryTopic();
  topic.put(await figures(bills(3)));
  await drain(topic);
  const own = configOf({ engine: { kind: "flink", figures: "fund.figures.2" } });
  const next = new MemoryTopic();
  next.put(await figures(bills(2)));
  await drain(next, own);
  expect(visits().at(0)).toMatch(/ 3$/);
  const moved = bills(3).map((b) => ({ ...b, setl_time: "2024-04-10T10:00:00+08:00" }));
  const rest = changesBetween(await figures(bills(2)), await figures(moved));
  next.put(rest);
  await drain(next, own);
  const april = visits().map((name) => name.split(" ").at(-1));
  expect(april).toEqual(["3", "3"]);
  expect(next.positions.at(-1)).toBeNull();
});

test("what needs the settlements is refused by name", async () => {
  const topic = new MemoryTopic();
  topic.put(await figures([...bills(1), bill({ setl_id: "W", med_type: "999" })]));
  await drain(topic);
  await withEngine(async (engine) => {
    for (const work of [
      () => engine.verify(),
      () => engine.writeDetail(),
      () => engine.rebuild(() => {}),
      () => engine.quarantine.retry([1]),
    ]) {
      await expect(work()).rejects.toThrow(/FP3104/);
    }
    expect(await engine.quarantine.list({})).toMatchObject([{ id: 1, reason: "unknown_category" }]);
    expect(await engine.quarantine.retry([])).toEqual({ retried: 0, resolved: 0 });
    expect((await engine.close("2024-03", { force: true })).outcome).toBe("closed");
  });
});

test("facilities that come here judge no settlement again: that is for the job", async () => {
  const topic = new MemoryTopic();
  const outside = bill({
    setl_id: "O",
    insu_admdvs: "610102",
    fix_blng_admdvs: "610102",
    fixmedins_code: "H9",
  });
  topic.put(await figures([...bills(1), outside]));
  await drain(topic);
  expect(publisher.last?.quarantine).toMatchObject([{ reason: "out_of_jurisdiction", status: "waiting" }]);
  const facility = arrive("facility", {
    fixmedins_code: "H9",
    admdvs: "620725",
    updt_time: "2024-03-01T00:00:00+08:00",
  });
  await withEngine((engine) => engine.run({ untilDrained: true, signal: new AbortController().signal }), {
    topic,
    source: new ArrivalSource([{ ...facility, position: 0 }]),
  });
  expect(publisher.last?.quarantine).toMatchObject([{ reason: "out_of_jurisdiction", status: "waiting" }]);
  expect(publisher.last?.facilities).toMatchObject([{ facility: "H9" }]);
});

test("the lag of the figures topic is told with that of the source", async () => {
  const topic = new MemoryTopic();
  topic.put(await figures(bills(1)));
  topic.waiting = 7;
  topic.stays = true;
  const told: SourceLag[][] = [];
  const stop = new AbortController();
  const observer = allObservers([]);
  const deps = {
    log: silentLog,
    clock: () => FINAL_NOW,
    observer: {
      ...observer,
      lag: (lags: readonly SourceLag[]) => {
        told.push([...lags]);
        stop.abort();
      },
    },
  };
  const parts = { source: new ArrivalSource([]), figures: topic, publisher };
  const engine = await assembleEngine(config, deps, parts);
  try {
    await engine.run({ untilDrained: false, signal: stop.signal });
  } finally {
    await engine.end();
  }
  expect(told[0]).toEqual([{ source: "kafka:fund.figures", partition: "0", lag: 7 }]);
});

test("a state goes on under the kind of engine that made it alone", async () => {
  const topic = new MemoryTopic();
  topic.put(await figures(bills(1)));
  await drain(topic);
  const embedded = { ...config, engine: { kind: "embedded" } } as const;
  await expect(drain(topic, embedded)).rejects.toThrow(/FP3105/);
});

test("a folder has no job", () => {
  const found = configRules(testConfig({ engine: { kind: "flink" } }), {});
  expect(found).toContainEqual(
    expect.objectContaining({ kind: "problem", message: expect.stringContaining("source.kind: kafka") }),
  );
  expect(() => configOf({ engine: { kind: "spark" } })).toThrow();
});

describe("settlements in an archive", () => {
  const archived = (): Config =>
    configOf({ engine: { kind: "flink", archive: join(workspace.dir, "archive") } });
  const folder = (): string => join(workspace.dir, "archive", TOPICS.figures);
  const file = (month: string, name = "part-0-0"): string => join(folder(), `folder=${month}`, name);
  const months = ["2024-03", "2024-04"];
  const inMonths = (): Plain[] =>
    bills(4).map((b, i) => ({ ...b, setl_time: `${months[i % 2]}-10T10:00:00+08:00` }));

  /** Takes the figures of four bills in two months, and calls `work` with what lays them out bill by bill. */
  async function detailOf(
    change: () => void,
    need?: DetailNeed,
    topic = new MemoryTopic(),
  ): Promise<{ settlements: number; ids: string[] }> {
    const own = archived();
    source = { ...source, config: own };
    topic.put(await figures(inMonths()));
    await drain(topic, own);
    change();
    return withEngine(
      async (engine) => {
        const { path, settlements } = await engine.writeDetail(need);
        const { rows } = await queryPublished(path, "SELECT setl_id FROM settlement ORDER BY ALL");
        if (need) rmSync(path);
        return { settlements, ids: rows.map((row) => String(Object.values(row)[0])) };
      },
      { own, topic },
    );
  }

  test("are laid out, some months of them too, and read once however often they are shown", async () => {
    const all = ["S0", "S1", "S2", "S3"];
    expect(await detailOf(() => {})).toEqual({ settlements: 4, ids: all });
    const twice = () => copyFileSync(file("2024-03"), file("2024-03", "part-1-0"));
    expect((await detailOf(twice)).ids).toEqual(all);
    const march = { months: [2024 * 12 + 2], streams: [] };
    expect(await detailOf(() => {}, march)).toEqual({ settlements: 2, ids: ["S0", "S2"] });
  });

  test("that are not finished, or follow the figures' cut, are not read", async () => {
    const more = (): void => {
      for (const name of [".part-9.inprogress.x", "_SUCCESS"]) writeFileSync(file("2024-03", name), "{");
      const late = JSON.stringify({ setl_id: "LATE", part: 0, pos: 99 });
      writeFileSync(file("2024-04", "part-0-1"), gzipSync(`${late}\n`));
    };
    expect((await detailOf(more)).ids).toEqual(["S0", "S1", "S2", "S3"]);
  });

  const broken: [what: string, change: () => void, message: RegExp][] = [
    [
      "a month is missing",
      () => rmSync(file("2024-04")),
      /partition 0 the archive holds 2 settlements.* of 4.*FP3107/,
    ],
    [
      "the folder is not mounted",
      () => rmSync(folder(), { recursive: true }),
      /does not exist here.*mount.*FP3107/,
    ],
    ["a file is cut off", () => truncateSync(file("2024-03"), 60), /holds 2 settlements.* of 4.*FP3107/],
    [
      "a file is none of the job's",
      () => writeFileSync(file("2024-03"), gzipSync("x\n")),
      /cannot be read.*FP3107/,
    ],
  ];
  test.each(broken)("are refused where %s", async (_, change, message) => {
    await expect(detailOf(change)).rejects.toThrow(message);
  });

  test("are refused while job and publisher have read the facilities differently far", async () => {
    const own = archived();
    source = { ...source, config: own };
    const topic = new MemoryTopic();
    topic.put(await figures(inMonths()));
    const facility = {
      ...arrive("facility", {
        fixmedins_code: "H9",
        admdvs: "620725",
        updt_time: "2024-03-01T00:00:00+08:00",
      }),
      source: `kafka:${TOPICS.facility}`,
      position: 0,
    };
    await withEngine((engine) => engine.run({ untilDrained: true, signal: new AbortController().signal }), {
      own,
      topic,
      source: new ArrivalSource([facility]),
    });
    await withEngine(
      (engine) =>
        expect(engine.writeDetail()).rejects.toThrow(
          /fund.facility, partition 0, the job has read 0 records and this program 1.*FP3107/,
        ),
      { own, topic },
    );
  });

  test("are awaited where a file is about to be shown", async () => {
    const shown = file("2024-03");
    const hidden = file("2024-03", ".part-0-0.inprogress.x");
    const later = (): void => {
      renameSync(shown, hidden);
      setTimeout(() => renameSync(hidden, shown), 300);
    };
    expect((await detailOf(later)).ids).toEqual(["S0", "S1", "S2", "S3"]);
  });

  test("are not held against the figures of the topic before", async () => {
    const topic = new MemoryTopic();
    await detailOf(() => {}, undefined, topic);
    const own = configOf({
      engine: { kind: "flink", figures: "fund.figures.2", archive: join(workspace.dir, "archive") },
    });
    await withEngine(
      (engine) => expect(engine.writeDetail()).rejects.toThrow(/still those of topic fund.figures,.*FP3107/),
      { own, topic },
    );
  });

  test("do not bring back what is for the job alone", async () => {
    const own = archived();
    await withEngine((engine) => expect(engine.rebuild(() => {})).rejects.toThrow(/FP3104/), { own });
  });
});

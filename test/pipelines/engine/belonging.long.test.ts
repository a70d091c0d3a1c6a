import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { identityOf } from "../../../connectors/duckdb/file.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import type { StartOptions } from "../../../pipelines/engine/belonging.js";
import { openEngine } from "../../../pipelines/engine/open.js";
import type { Engine } from "../../../pipelines/engine/port.js";
import type { FundpulseError } from "../../../schemas/errors.js";
import { settlement, Workspace } from "../../support/workspace.js";

const CONFIG = { groupings: ["total", "care"], periods: { firstDay: "2023-01-01", dayGroupings: ["total"] } };
const bills = (from: number, to: number): object[] =>
  Array.from({ length: to - from }, (_, i) => settlement(`S${from + i}`));

const used: Workspace[] = [];
const make = (): Workspace => {
  const w = new Workspace(CONFIG);
  used.push(w);
  return w;
};
afterAll(() => {
  for (const w of used) w.remove();
});

/** Version 2 of 30 bills with 2024-03 closed; `older`: the state as it was before the last 10 and the close. */
let base: Workspace;
let older: Buffer;
let ofAnother: Workspace;
beforeAll(async () => {
  base = make();
  base.put("settlement-1.ndjson", bills(0, 20));
  await base.drain();
  older = readFileSync(base.state);
  base.put("settlement-2.ndjson", bills(20, 30));
  await base.drain();
  await base.engine((engine) => engine.close("2024-03", { force: true }));
  ofAnother = make();
  ofAnother.put("settlement-1.ndjson", bills(100, 105));
  await ofAnother.drain();
});

const copyOf = (w: Workspace): Workspace => {
  const copy = make();
  for (const folder of ["inbox", "data"])
    cpSync(join(w.dir, folder), join(copy.dir, folder), { recursive: true });
  return copy;
};
const visits = async (w: Workspace): Promise<unknown> => {
  const rows = await w.query(`SELECT value::INTEGER AS n FROM indicators WHERE period = '2024-03'
    AND insurance = 'all' AND "grouping" = 'total' AND indicator = 'visits'`);
  return rows[0]?.n;
};
const closes = (w: Workspace): Promise<unknown[]> => w.query("SELECT period FROM closed_period");

/** `run --until-drained` with a way on. */
async function run(w: Workspace, way: StartOptions): Promise<void> {
  const deps = { log: silentLog, observer: allObservers([]), clock: Date.now };
  const engine = await openEngine(loadConfig(w.configFile), deps, { way });
  try {
    await engine.run({ untilDrained: true, signal: new AbortController().signal });
  } finally {
    await engine.end();
  }
}

/** Everything that opens the state: each would publish, or change what is published next. */
const OPERATIONS: Readonly<Record<string, (engine: Engine) => Promise<unknown>>> = {
  run: (e) => e.run({ untilDrained: true, signal: new AbortController().signal }),
  rebuild: (e) => e.rebuild(() => {}),
  verify: (e) => e.verify(),
  publish: (e) => e.publish(),
  close: (e) => e.close("2024-02", { force: true }),
  due: (e) => e.due("2026-01-01"),
  detail: (e) => e.writeDetail(),
  "quarantine list": (e) => e.quarantine.list({}),
  "quarantine show": (e) => e.quarantine.show(1),
  "quarantine retry": (e) => e.quarantine.retry([1]),
  "quarantine dismiss": (e) => e.quarantine.dismiss([1], "why"),
  "alerts list": (e) => e.alerts.list(),
  "alerts ack": (e) => e.alerts.acknowledge("x", "me", ""),
};

const FILES = ["published/fundpulse.duckdb", "work/published.duckdb", "state.sqlite"];
const snapshotOf = (w: Workspace): Record<string, string> =>
  Object.fromEntries(
    FILES.filter((name) => existsSync(join(w.data, name))).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(w.data, name)))
        .digest("hex"),
    ]),
  );

/** What may have happened to the state, and what the refusal names. */
const ACCIDENTS: Readonly<Record<string, readonly [(w: Workspace) => void, RegExp]>> = {
  "the state is missing": [(w) => rmSync(w.state), /is gone.*version 3.*1 close \(2024-03\)/],
  "the state is empty": [(w) => writeFileSync(w.state, ""), /is empty.*version 3/],
  "an older state was put back": [(w) => writeFileSync(w.state, older), /is older.*versions 2 to 3.*2024-03/],
  "another state was put there": [(w) => copyFileSync(ofAnother.state, w.state), /another one.*version 3/],
  "another published file was put there": [
    (w) => copyFileSync(ofAnother.published, w.published),
    /another one.*published\/fundpulse.duckdb/,
  ],
  "the state and the published file are missing, the working file stands": [
    (w) => {
      rmSync(w.state);
      rmSync(w.published);
    },
    /is gone.*version 3/,
  ],
  "the state is missing and the published file cannot be read": [
    (w) => {
      rmSync(w.state);
      rmSync(join(w.data, "work"), { recursive: true });
      writeFileSync(w.published, Buffer.alloc(9000, "x"));
    },
    /is gone.*cannot be read/,
  ],
};

describe.each(Object.entries(ACCIDENTS))("%s", (_name, [happens, names]) => {
  test("nothing opens it, and nothing is changed", async () => {
    const w = copyOf(base);
    happens(w);
    const before = snapshotOf(w);
    // Every one of them where the state is gone; elsewhere those that begin in another way.
    const names_ = _name === "the state is missing" ? Object.keys(OPERATIONS) : ["run", "rebuild", "verify"];
    for (const name of names_) {
      const operation = OPERATIONS[name]!;
      const error = (await w.engine(operation).catch((e: unknown) => e)) as FundpulseError;
      expect([name, error.code]).toEqual([name, "FP2011"]);
      expect(error.message).toMatch(names);
    }
    expect(snapshotOf(w)).toEqual(before);
  });
});

describe("the ways on", () => {
  test("a command line ends with 1 and the code", async () => {
    const w = copyOf(base);
    rmSync(w.state);
    const ended = await w.cli("rebuild");
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining("[FP2011]")]);
    expect(existsSync(w.state)).toBe(false);
    const checked = await w.cli("check", "--quiet");
    expect([checked.code, checked.out.toString()]).toEqual([1, expect.stringContaining("[FP2011]")]);
  });

  test("--new-state begins anew, above the version that stood, and says so", async () => {
    const w = copyOf(base);
    rmSync(w.state);
    await run(w, { newState: true });
    expect(await visits(w)).toBe(30);
    expect(await closes(w)).toEqual([]);
    const [snapshot] = await w.query("SELECT version, state_history FROM snapshot");
    expect(Number(snapshot?.version)).toBe(4);
    expect(JSON.stringify(snapshot?.state_history)).toMatch(/new-state.*2024-03/);
    // From here on all is as ever.
    await w.engine((engine) => engine.verify());
  });

  test("--new-state puts a state that does not belong aside, whole", async () => {
    const w = copyOf(base);
    copyFileSync(ofAnother.state, w.state);
    await run(w, { newState: true });
    expect(await visits(w)).toBe(30);
    const [aside] = readdirSync(w.data).filter((name) => name.startsWith("state.aside-"));
    expect(readFileSync(join(w.data, aside as string)).equals(readFileSync(ofAnother.state))).toBe(true);
  });

  test("--new-state does not throw a state away that belongs", async () => {
    const w = copyOf(base);
    const before = snapshotOf(w);
    await expect(run(w, { newState: true })).rejects.toMatchObject({ code: "FP1003" });
    expect(snapshotOf(w)).toEqual(before);
  });

  test("--accept-older-state reads again what it has not read, and everything derived is made anew", async () => {
    const w = copyOf(base);
    writeFileSync(w.state, older);
    await run(w, { acceptOlderState: true });
    expect(await visits(w)).toBe(30);
    expect(await closes(w)).toEqual([]);
    const [snapshot] = await w.query("SELECT version, state_history FROM snapshot");
    expect(Number(snapshot?.version)).toBe(4);
    expect(JSON.stringify(snapshot?.state_history)).toMatch(/older-state.*2024-03/);
    expect((await w.engine((engine) => engine.verify())).differenceCount).toBe(0);
    // The state that published before is now the other one.
    copyFileSync(base.state, w.state);
    await expect(w.drain()).rejects.toMatchObject({ code: "FP2011" });
  });

  test("a flag does not do the other's work", async () => {
    const gone = copyOf(base);
    rmSync(gone.state);
    await expect(run(gone, { acceptOlderState: true })).rejects.toMatchObject({ code: "FP2011" });
    const strange = copyOf(base);
    copyFileSync(ofAnother.state, strange.state);
    await expect(run(strange, { acceptOlderState: true })).rejects.toMatchObject({ code: "FP2011" });
  });
});

describe("published files that are gone or old are made again", () => {
  test("older ones beside a newer state, with the groups that came since", async () => {
    const w = make();
    w.put("settlement-1.ndjson", bills(0, 5));
    await w.drain();
    const kept = Object.fromEntries(FILES.map((name) => [name, readFileSync(join(w.data, name))]));
    w.put("settlement-2.ndjson", [
      settlement("N1", { med_type: "21", begndate: "2024-03-01", enddate: "2024-03-04" }),
    ]);
    await w.drain();
    // Both, then the working file alone.
    for (const files of [
      ["published/fundpulse.duckdb", "work/published.duckdb"],
      ["work/published.duckdb"],
    ]) {
      for (const name of files) writeFileSync(join(w.data, name), kept[name] as Buffer);
      await w.drain();
      expect(await visits(w)).toBe(6);
      expect((await w.engine((engine) => engine.verify())).differenceCount).toBe(0);
    }
  });

  test("the finest cells: those of another state, older ones, cut off ones", async () => {
    const w = copyOf(base);
    const cells = join(w.data, "published", "cells.duckdb");
    const visitsOf = async (): Promise<unknown> => {
      const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
      const connection = await instance.connect();
      try {
        await connection.run(`ATTACH '${cells}' AS c (READ_ONLY)`);
        const rows = await connection.runAndReadAll("SELECT sum(visits)::INTEGER FROM c.cell_month");
        return rows.getRows()[0]?.[0];
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    };
    await w.drain();
    expect(await visitsOf()).toBe(30);
    const before = await identityOf(cells);
    await w.drain();
    expect(await identityOf(cells)).toBe(before);
    for (const damage of [
      () => copyFileSync(join(ofAnother.data, "published", "cells.duckdb"), cells),
      () => truncateSync(cells, 20_000),
      () => rmSync(cells),
    ]) {
      damage();
      await w.drain();
      expect(await visitsOf()).toBe(30);
    }
  });

  test("while nothing arrives: the published file, an old one in its place, the working file", async () => {
    const w = copyOf(base);
    const old = readFileSync(ofAnother.published);
    const stop = new AbortController();
    await w.engine(async (engine) => {
      const running = engine.run({ untilDrained: false, signal: stop.signal });
      try {
        await sleep(1500);
        for (const damage of [
          () => rmSync(w.published),
          () => writeFileSync(w.published, old),
          () => rmSync(join(w.data, "published"), { recursive: true }),
          () => {
            rmSync(w.published);
            rmSync(join(w.data, "work", "published.duckdb"));
          },
        ]) {
          damage();
          await expect.poll(() => visits(w).catch(() => null), { timeout: 20_000, interval: 200 }).toBe(30);
          expect(await closes(w)).toHaveLength(1);
        }
      } finally {
        stop.abort();
        await running;
      }
    });
  });
});

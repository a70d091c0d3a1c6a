import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { loadConfig } from "../../../../connectors/config/load.js";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import { silentLog } from "../../../../connectors/ports/log.js";
import { allObservers } from "../../../../connectors/ports/observer.js";
import { assembleEngine } from "../../../../pipelines/engine/engine.js";
import { simulatedEvents } from "../../../../pipelines/simulate/simulate.js";
import type { StreamRecord } from "../../../../schemas/input/settlement.js";
import { copied, filesOf } from "../../../support/events.js";
import { otherStreams } from "../../../support/other-streams.js";
import { Workspace } from "../../../support/workspace.js";

const CHILD = fileURLToPath(new URL("../../../support/children/read-everything.mjs", import.meta.url));
const OLD = "duckdb-1.2";

interface Read {
  readonly version: string;
  /** Rows and hash of each table, view and macro, or what went wrong. */
  readonly read: Record<string, string>;
}

/** Everything in the file as the named client reads it. */
async function everything(client: string, file: string): Promise<Read> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, client, file, "2024H1"], {
    maxBuffer: 1e8,
  });
  return JSON.parse(stdout) as Read;
}

/** False where there is no binary of that version: Alpine's libc, Windows on ARM. */
const available = await promisify(execFile)(process.execPath, ["-e", `require("${OLD}")`], {
  cwd: fileURLToPath(new URL("../../..", import.meta.url)),
}).then(
  () => true,
  () => false,
);

const w = new Workspace({ periods: { firstDay: "2023-01-01", keepDays: 10, keepFacilityDays: 3 } });
afterAll(() => w.remove());

/** Publishes what lies in the inbox; with factor 0 the working file is written anew at the end of it. */
async function publish(compactFactor: number): Promise<void> {
  const { config } = loadConfig(w.configFile);
  const publisher = new DuckDbPublisher({ dataDir: config.data, config, compactFactor });
  const deps = { log: silentLog, observer: allObservers([]), clock: Date.now };
  const engine = await assembleEngine(config, deps, { publisher });
  try {
    await engine.run({ untilDrained: true, signal: new AbortController().signal });
  } finally {
    await engine.end();
  }
}

test.skipIf(!available)(
  "DuckDB 1.2 reads every row of the published files that today's reads, after publishes of changes and after compaction",
  async () => {
    const free = {
      events: 900,
      persons: 200,
      facilities: 6,
      months: 15,
      firstMonth: "2023-04",
      refunds: 0.05,
    };
    const settlements = Array.from(simulatedEvents({ profile: "free", seed: 3, free }), copied);
    const facilities = settlements.flatMap((e) =>
      e.stream === "facility" ? [e.record as StreamRecord] : [],
    );
    const events = [...otherStreams([2024], facilities, 1), ...settlements];
    const files = filesOf(events, Math.ceil(events.length / 4), { format: "avro" });
    const labels = [...new Set(files.map(([name]) => name.replace(/^.*-/, "")))];
    for (const [n, label] of labels.entries()) {
      for (const [name, bytes] of files) if (name.endsWith(label)) w.put(name, bytes);
      const last = n === labels.length - 1;
      await publish(last ? 0 : 1e9);
      if (n < labels.length - 2) continue;
      const [old, now] = [
        await everything(OLD, w.published),
        await everything("@duckdb/node-api", w.published),
      ];
      expect(old.version).toMatch(/^v1\.2\./);
      expect(now.version).not.toBe(old.version);
      expect(old.read).toEqual(now.read);
      const found = Object.entries(old.read);
      for (const [name, rows] of found) expect(rows, name).toMatch(/^\d+ rows /);
      expect(found.filter(([name]) => name.startsWith('"报表".')).length).toBeGreaterThan(60);
      for (const name of [
        "indicators",
        "inpatient",
        "outpatient",
        "fund_spend",
        "enrolment",
        "fund_account",
      ]) {
        expect(old.read[`"main"."${name}"`], name).not.toMatch(/^0 /);
      }
    }
    const cells = join(w.data, "published", "cells.duckdb");
    expect((await everything(OLD, cells)).read).toEqual((await everything("@duckdb/node-api", cells)).read);
  },
  300_000,
);

import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers, type Observer } from "../../../connectors/ports/observer.js";
import { openEngine } from "../../../pipelines/engine/open.js";
import { settlement, Workspace } from "../../support/workspace.js";

let w: Workspace;
afterEach(() => w.remove());

const standing: number[] = [];
const observer: Observer = {
  ...{ batch: () => {}, published: () => {}, publishFailed: () => {}, drained: () => {}, lag: () => {} },
  standing: ({ version }) => void standing.push(version),
};

test("a published file that is deleted, cut off, overwritten or replaced is put back, while nothing arrives", {
  tags: "long",
}, async () => {
  w = new Workspace({ groupings: ["total"], publish: { everySeconds: 0.05 } });
  w.put("settlement-1.ndjson", [settlement("S1"), settlement("S2")]);
  await w.drain();
  const engine = await openEngine(loadConfig(w.configFile), {
    log: silentLog,
    observer: allObservers([observer]),
    clock: Date.now,
  });
  const stop = new AbortController();
  const running = engine.run({ untilDrained: false, signal: stop.signal });
  const visits = async (): Promise<unknown> => {
    for (let i = 0; i < 150; i++) {
      const rows = await w
        .query(
          "SELECT value::INT AS n FROM indicators WHERE indicator = 'visits' AND period = '2024-03' AND insurance = 'all'",
        )
        .catch(() => null);
      if (rows !== null) return rows[0]?.n;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return "not put back";
  };
  try {
    for (let i = 0; i < 600 && standing.length === 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await visits()).toBe(2);
    // The version of the run before is spoken of at once.
    expect(standing).toEqual([1]);
    for (const harm of [
      () => rmSync(w.published),
      () => truncateSync(w.published, 5000),
      () => truncateSync(w.published, 0),
      () => writeFileSync(w.published, "no database ".repeat(500)),
      () => rmSync(dirname(w.published), { recursive: true }),
    ]) {
      harm();
      expect(await visits()).toBe(2);
      expect(existsSync(w.published)).toBe(true);
    }
    // Something in its place that cannot be replaced: it is tried until it is gone.
    rmSync(w.published);
    mkdirSync(`${w.published}/inside`, { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    rmSync(w.published, { recursive: true });
    expect(await visits()).toBe(2);
    expect(new Set(standing)).toEqual(new Set([1]));
  } finally {
    stop.abort();
    await running;
    await engine.end();
  }
});

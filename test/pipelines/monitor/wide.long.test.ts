import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import { openEngine } from "../../../pipelines/engine/open.js";
import { ROUTES } from "../../../pipelines/monitor/api/routes.js";
import { writeWideWorld } from "../../support/wide-world.mjs";
import { Served } from "./server.js";

const FACILITIES = 1_000;
const dir = mkdtempSync(join(tmpdir(), "fundpulse-wide-"));
let served: Served;

beforeAll(async () => {
  const configFile = writeWideWorld(dir, { facilities: FACILITIES, districts: 200, months: 2, bills: 3 });
  const engine = await openEngine(loadConfig(configFile), {
    log: silentLog,
    observer: allObservers([]),
    clock: Date.now,
  });
  try {
    await engine.run({ untilDrained: true, signal: new AbortController().signal });
  } finally {
    await engine.end();
  }
  served = await Served.of(configFile);
}, 900_000);
afterAll(async () => {
  await served?.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Page {
  readonly rows: { value: string; figures: Record<string, { value: string | null }> }[];
  readonly rows_total: number;
  readonly next: number | null;
}

test("a table of a thousand facilities comes page by page, in the order asked for, none twice", async () => {
  const seen: { value: string; fee: number }[] = [];
  let at: number | null = 1;
  while (at !== null) {
    const page: Page = await served.json<Page & Record<string, never>>(
      `api/v1/inpatient?by=facility&sort=avg_fee&limit=90&page=${at}`,
    );
    expect(page.rows.length).toBeLessThanOrEqual(90);
    for (const row of page.rows) {
      expect(Object.keys(row.figures).length).toBeGreaterThan(15);
      seen.push({ value: row.value, fee: Number(row.figures.avg_fee!.value) });
    }
    expect(page.rows_total).toBeGreaterThan(500);
    at = page.next;
    if (at === null) expect(seen).toHaveLength(page.rows_total);
  }
  expect(new Set(seen.map((s) => s.value)).size).toBe(seen.length);
  expect(seen.map((s) => s.fee)).toEqual(seen.map((s) => s.fee).sort((a, b) => b - a));
  const up = await served.json<Page & Record<string, never>>(
    "api/v1/inpatient?by=facility&sort=avg_fee&order=up&limit=1",
  );
  expect(Number(up.rows[0]!.figures.avg_fee!.value)).toBe(seen.at(-1)!.fee);
});

test("no answer of a view is larger than a phone can take", async () => {
  const large: string[] = [];
  for (const { path } of ROUTES) {
    if (/figures|explain/.test(path)) continue;
    for (const by of ["/inpatient", "/outpatient"].some((p) => path.endsWith(p))
      ? ["?by=facility", "?by=district"]
      : [""]) {
      const response = await served.fetch(`${path.slice(1).replace("{code}", "H00007")}${by}`);
      expect([path, by, response.status]).toEqual([path, by, 200]);
      const size = (await response.arrayBuffer()).byteLength;
      if (size > 1_500_000) large.push(`${path}${by}: ${size}`);
    }
  }
  expect(large).toEqual([]);
});

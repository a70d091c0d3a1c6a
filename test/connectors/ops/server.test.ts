import { afterEach, expect, test } from "vitest";
import { createHealth, type Health } from "../../../connectors/ops/health.js";
import { createMetrics, type Metrics } from "../../../connectors/ops/metrics.js";
import { type OpsServer, startOps } from "../../../connectors/ops/server.js";
import { FundpulseError } from "../../../schemas/errors.js";
import type { Fen } from "../../../schemas/units.js";

let now = 0;
let server: OpsServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function start(token?: string): Promise<{ metrics: Metrics; health: Health; url: string }> {
  now = 1_000_000;
  const metrics = createMetrics();
  const health = createHealth(() => now, 60);
  server = await startOps({ host: "127.0.0.1", port: 0, token }, metrics, health);
  return { metrics, health, url: server.url };
}

const BATCH = {
  source: "folder",
  partition: "f",
  applied: 3,
  duplicate: 2,
  held: 1,
  quarantined: 4,
  seconds: 0.2,
};
const PUBLISH = { version: 7, seconds: 0.1, watermark: 1_700_000_000_000, appendToVisibleSeconds: [0.4] };

test("metrics count records by source and outcome, and show version, watermark and lag", async () => {
  const { metrics, url } = await start();
  metrics.batch(BATCH);
  metrics.batch(BATCH);
  metrics.published(PUBLISH);
  metrics.lag([
    { source: "kafka:a", partition: "0", lag: 12 },
    { source: "kafka:a", partition: "1", lag: null },
  ]);
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain");
  const text = await response.text();
  expect(text).toContain('fundpulse_records_total{source="folder",outcome="applied"} 6');
  expect(text).toContain('fundpulse_records_total{source="folder",outcome="quarantined"} 8');
  expect(text).toContain("fundpulse_published_version 7");
  expect(text).toContain("fundpulse_watermark_timestamp_seconds 1700000000");
  expect(text).toContain('fundpulse_lag_records{source="kafka:a",partition="0"} 12');
  expect(text).not.toContain('partition="1"');
  expect(text).toContain("fundpulse_batch_seconds_count 2");
  expect(text).toContain("fundpulse_publish_seconds_count 1");
  expect(text).toContain("fundpulse_append_to_visible_seconds_count 1");
});

test("before the first publish it is live but not ready", async () => {
  const { health, url } = await start();
  now += 3_600_000;
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const ready = await fetch(`${url}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ state: "starting", ready: false, live: true });
  health.published(PUBLISH);
  expect((await fetch(`${url}/ready`)).status).toBe(200);
});

test("an empty source that is drained is ready", async () => {
  const { health, url } = await start();
  health.drained();
  expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ state: "ready", why: null });
});

test("waiting records without a batch are stuck, a batch ends it", async () => {
  const { health, url } = await start();
  health.published(PUBLISH);
  health.lag([{ source: "s", partition: "0", lag: 5 }]);
  now += 59_000;
  expect((await fetch(`${url}/health`)).status).toBe(200);
  now += 1_000;
  const stuck = await fetch(`${url}/health`);
  expect(stuck.status).toBe(503);
  expect(await stuck.json()).toMatchObject({ state: "stuck", lagRecords: 5, publishedVersion: 7 });
  expect((await fetch(`${url}/ready`)).status).toBe(503);
  health.batch(BATCH);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test("a file that waits and is not taken is stuck, however many records it has", async () => {
  const { health, url } = await start();
  health.published(PUBLISH);
  health.lag([{ source: "folder", partition: "settlement-1.avro", lag: null, waits: true }]);
  now += 60_000;
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ state: "stuck", lagRecords: null });
  health.lag([{ source: "folder", partition: "settlement-1.avro", lag: null, waits: false }]);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test("records that are still being read to where they can be taken at once are told, and are not stuck", async () => {
  const { health, url } = await start();
  health.published(PUBLISH);
  const figures = { source: "kafka:fund.figures", partition: "0", lag: 900 };
  health.lag([
    { source: "s", partition: "0", lag: 0 },
    { ...figures, underWay: true },
  ]);
  now += 60_000;
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ state: "ready", lagRecords: 900 });
  health.lag([figures]);
  now += 60_000;
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ state: "stuck", lagRecords: 900 });
});

test("no lag is never stuck, however long nothing comes", async () => {
  const { health, url } = await start();
  health.published(PUBLISH);
  health.lag([{ source: "s", partition: "0", lag: 0 }]);
  now += 86_400_000;
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test("publishing that keeps failing is stuck and names the code, a publish ends it", async () => {
  const { health, url } = await start();
  health.publishFailed(new FundpulseError("FP4001", "disk full at /data"));
  now += 61_000;
  health.publishFailed(new FundpulseError("FP4001", "disk full at /data"));
  const stuck = await fetch(`${url}/health`);
  expect(stuck.status).toBe(503);
  expect(await stuck.text()).toContain("(FP4001)");
  health.published(PUBLISH);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test("a configured token is asked for on every path", async () => {
  const { url } = await start("long-token");
  for (const path of ["/metrics", "/health", "/ready", "/"]) {
    expect((await fetch(url + path)).status).toBe(401);
    expect((await fetch(url + path, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
  }
  const right = await fetch(`${url}/metrics`, { headers: { authorization: "Bearer long-token" } });
  expect(right.status).toBe(200);
});

test("an address that others can reach is refused without a token", async () => {
  const open = { host: "0.0.0.0", port: 0 };
  await expect(
    startOps(
      open,
      createMetrics(),
      createHealth(() => 0),
    ),
  ).rejects.toThrow(/ops\.token/);
});

test("a port that is taken is refused with FP4003", async () => {
  const { url } = await start();
  const taken = { host: "127.0.0.1", port: Number(new URL(url).port) };
  await expect(
    startOps(
      taken,
      createMetrics(),
      createHealth(() => 0),
    ),
  ).rejects.toThrow(/EADDRINUSE.*FP4003/);
});

test("only GET and HEAD are answered, and unknown paths name the known ones", async () => {
  const { url } = await start();
  expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(405);
  const unknown = await fetch(`${url}/`);
  expect(unknown.status).toBe(404);
  expect(await unknown.text()).toContain("/metrics");
});

test("a source that does not answer is told with the age of the lag, and is not ready after a minute", async () => {
  const { health, metrics, url } = await start();
  health.published(PUBLISH);
  const lags = [{ source: "kafka:a", partition: "0", lag: 12 }];
  const say = (connected: boolean, since: number, lagAt: number): void => {
    for (const observer of [health, metrics]) {
      observer.lag(lags);
      observer.connection?.({ connected, since, lagAt });
    }
  };
  say(true, now, now);
  const lost = now;
  now += 59_000;
  say(false, lost, lost);
  expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ state: "ready", connected: false });
  now += 1_000;
  const away = await fetch(`${url}/ready`);
  expect(away.status).toBe(503);
  expect(await away.json()).toMatchObject({
    state: "disconnected",
    lagRecords: 12,
    secondsSinceLag: 60,
    why: "the source has not answered for 60 s; the lag of 12 records is what was known 60 s ago",
  });
  // A restart mends nothing: it lives.
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain("fundpulse_connected 0");
  expect(text).toContain('fundpulse_lag_records{source="kafka:a",partition="0"} 12');
  expect(text).toMatch(/fundpulse_lag_age_seconds \d+/);
  // Back again: what waited was not refused meanwhile.
  say(true, now, now);
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ state: "ready", connected: true });
});

test("records of open transactions are told, and do not make it stuck", async () => {
  const { health, metrics, url } = await start();
  health.published(PUBLISH);
  for (const observer of [health, metrics])
    observer.lag([{ source: "kafka:a", partition: "0", lag: 5, inOpenTransactions: 5 }]);
  now += 3_600_000;
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({
    state: "ready",
    lagRecords: 5,
    openTransactionRecords: 5,
    why: "5 records wait for an open transaction",
  });
  expect(await (await fetch(`${url}/metrics`)).text()).toContain(
    'fundpulse_open_transaction_records{source="kafka:a",partition="0"} 5',
  );
});

test("a version that stands from an earlier run is spoken of at once", async () => {
  const { health, metrics, url } = await start();
  for (const observer of [health, metrics]) observer.standing?.({ version: 4, watermark: 1_700_000_000_000 });
  expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ state: "ready", publishedVersion: 4 });
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain("fundpulse_published_version 4");
  expect(text).toContain("fundpulse_watermark_timestamp_seconds 1700000000");
});

test("what waits for somebody is told by reason and kind; a recount that never was has no series", async () => {
  const { metrics, url } = await start();
  const text = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  const quality = {
    waiting: new Map([["bad_value", 3]]),
    unmapped: new Map([["facility", 123_456 as Fen]]),
    verified: null,
    diskFree: 5_000_000,
  };
  metrics.quality?.(quality);
  expect(await text()).toContain('fundpulse_quarantine_waiting{reason="bad_value"} 3');
  expect(await text()).toContain('fundpulse_quarantine_waiting{reason="undecodable"} 0');
  expect(await text()).toContain('fundpulse_unmapped_yuan{kind="facility"} 1234.56');
  expect(await text()).toContain("fundpulse_disk_free_bytes 5000000");
  expect(await text()).not.toContain("fundpulse_verified");
  metrics.quality?.({ ...quality, unmapped: new Map(), verified: { at: 1_700_000_000_000, differences: 2 } });
  expect(await text()).toContain("fundpulse_verified_timestamp_seconds 1700000000");
  expect(await text()).toContain("fundpulse_verified_differences 2");
  expect(await text()).not.toContain("fundpulse_unmapped_yuan{");
});

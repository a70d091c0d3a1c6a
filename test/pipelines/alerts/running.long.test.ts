import { afterEach, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { DuckDbPublisher } from "../../../connectors/duckdb/publish/publisher.js";
import { createMetrics } from "../../../connectors/ops/metrics.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { assembleEngine } from "../../../pipelines/engine/engine.js";
import { httpReceiver, until } from "../../support/receivers.js";
import { settlement, Workspace } from "../../support/workspace.js";

let w: Workspace;
afterEach(() => w.remove());

/** Fails for as long as it is told to. */
class Failing extends DuckDbPublisher {
  fails = true;
  override publish(...args: Parameters<DuckDbPublisher["publish"]>): Promise<number> {
    return this.fails ? Promise.reject(new Error("no space left")) : super.publish(...args);
  }
}

test("publishing that falls behind is told while no version can show it, and clears with the next one", async () => {
  const receiver = await httpReceiver();
  w = new Workspace({
    publish: { everySeconds: 3 },
    alerts: [{ name: "发布文件停滞", indicator: "published_age", above: 2, severity: "critical" }],
    notify: [{ kind: "webhook", url: receiver.url }],
  });
  w.put("settlement-1.ndjson", [settlement("A")]);
  const { config } = loadConfig(w.configFile);
  const publisher = new Failing({ dataDir: config.data, config });
  const metrics = createMetrics();
  const events = (): string[] =>
    receiver.received.map((r) => `${JSON.parse(r.body).rule} ${JSON.parse(r.body).event}`);
  const deps = { log: silentLog, observer: metrics, clock: () => Date.now() };
  const engine = await assembleEngine(config, deps, { publisher });
  const stop = new AbortController();
  const running = engine.run({ untilDrained: false, signal: stop.signal });
  try {
    await until(() => events().includes("发布文件停滞 opened"), "the message");
    let text = "";
    const shown = setInterval(
      () =>
        void metrics.text().then((t) => {
          text = t;
        }),
      50,
    );
    await until(() => text.includes('fundpulse_alerts_open{severity="critical"} 1'), "the metric");
    clearInterval(shown);
  } finally {
    publisher.fails = false;
    stop.abort();
    await running;
    await engine.end();
    await receiver.close();
  }
  expect(events()).toEqual(["发布文件停滞 opened", "发布文件停滞 cleared"]);
  expect(await w.query("SELECT event FROM alert_event ORDER BY seq")).toEqual([
    { event: "opened" },
    { event: "cleared" },
  ]);
}, 60_000);

test("what a version found that the state does not know of is found again by the next start, once", async () => {
  w = new Workspace({ alerts: [{ name: "有结算", indicator: "visits", above: 1 }] });
  w.put("settlement-1.ndjson", [settlement("A")]);
  await w.drain();
  w.put("settlement-2.ndjson", [settlement("B")]);
  const { config } = loadConfig(w.configFile);
  const publisher = new (class extends DuckDbPublisher {
    override async publish(...args: Parameters<DuckDbPublisher["publish"]>): Promise<number> {
      await super.publish(...args);
      throw new Error("killed");
    }
  })({ dataDir: config.data, config });
  const deps = { log: silentLog, observer: createMetrics(), clock: () => Date.now() };
  const engine = await assembleEngine(config, deps, { publisher });
  const { signal } = new AbortController();
  await expect(engine.run({ untilDrained: true, signal })).rejects.toThrow("killed");
  await engine.end();
  const published = "SELECT event, version FROM alert_event";
  expect(await w.query(published)).toMatchObject([{ event: "opened" }]);
  await w.drain();
  const [{ version }] = (await w.query("SELECT version FROM snapshot")) as [{ version: string }];
  expect(await w.query(published)).toEqual([{ event: "opened", version }]);
  await w.engine(async (e) => {
    expect((await e.verify()).differences).toEqual([]);
  });
}, 60_000);

test("a running engine's alerts are listed and acknowledged by commands beside it", async () => {
  w = new Workspace({ alerts: [{ name: "有结算", indicator: "visits", above: 0 }] });
  w.put("settlement-1.ndjson", [settlement("A")]);
  await w.drain();
  await w.engine(async () => {
    const listed = await w.cli("alerts", "list", "--format", "json");
    expect(listed.code).toBe(0);
    const [alert] = JSON.parse(listed.out.toString()) as { id: string; finding: string }[];
    expect(alert!.finding).toBe("人次 1 人次，高于 0 人次（2024）");
    const ack = await w.cli("alerts", "ack", alert!.id, "--by", "张三", "--note", "知道了");
    expect([ack.code, ack.out.toString()]).toEqual([0, `alert ${alert!.id} is acknowledged by 张三\n`]);
    const again = await w.cli("alerts", "ack", alert!.id, "--by", "李四");
    expect([again.code, again.err]).toEqual([1, expect.stringContaining("[FP8001]")]);
  });
  expect(await w.query("SELECT state, acknowledged_by, note FROM alert")).toEqual([
    { state: "acknowledged", acknowledged_by: "张三", note: "知道了" },
  ]);
}, 120_000);

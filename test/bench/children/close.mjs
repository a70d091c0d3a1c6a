import { join } from "node:path";
import { built } from "../built.mjs";
import { answer, cpuSeconds, usage } from "../measure.mjs";

/** On a drained workspace: closes `periods` one after the other, each frozen, kept and published. */
const { dir, periods } = JSON.parse(process.argv[2]);
const { loadConfig } = await built("connectors/config/load.js");
const { openEngine } = await built("pipelines/engine/open.js");
const { silentLog } = await built("connectors/ports/log.js");
const { allObservers } = await built("connectors/ports/observer.js");
const deps = { log: silentLog, observer: allObservers([]), clock: Date.now };
const engine = await openEngine(loadConfig(join(dir, "fundpulse.yaml")), deps);
await engine.publish();

const closes = [];
for (const period of periods) {
  const started = performance.now();
  const before = cpuSeconds();
  // Bad records are among the events: closed in spite of them.
  const { outcome } = await engine.close(period, { force: true });
  if (outcome !== "closed") throw new Error(`${period}: ${outcome}`);
  closes.push({ period, seconds: (performance.now() - started) / 1000, cpu: cpuSeconds() - before });
}
await engine.end();
answer({ ...usage(), closes });

import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { built } from "../built.mjs";
import { answer, cpuSeconds, usage } from "../measure.mjs";

/** On a drained workspace: writes the detail file (`anew`: from nothing) or verifies; `work` says which. */
const { dir, work, anew = false } = JSON.parse(process.argv[2]);
const { loadConfig } = await built("connectors/config/load.js");
const { openEngine } = await built("pipelines/engine/open.js");
const { silentLog } = await built("connectors/ports/log.js");
const { allObservers } = await built("connectors/ports/observer.js");
if (anew) rmSync(join(dir, "data/work/detail"), { recursive: true, force: true });
const deps = { log: silentLog, observer: allObservers([]), clock: Date.now };
const engine = await openEngine(loadConfig(join(dir, "fundpulse.yaml")), deps);
// Opens the state, and publishes what a change of the program may have left to do.
await engine.publish();

let longestPauseMs = 0;
let last = performance.now();
const pulse = setInterval(() => {
  const now = performance.now();
  longestPauseMs = Math.max(longestPauseMs, now - last - 5);
  last = now;
}, 5);
const started = performance.now();
const before = cpuSeconds();
const result = work === "verify" ? await engine.verify() : await engine.writeDetail();
const seconds = (performance.now() - started) / 1000;
const cpu = cpuSeconds() - before;
clearInterval(pulse);
await engine.end();
const bytes = work === "verify" ? 0 : statSync(result.path).size;
answer({ ...usage(), ...result, seconds, cpu, longestPauseMs, bytes, recountSeconds: result.seconds });

import { afterEach, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import type { PublishInput } from "../../../connectors/ports/publisher.js";
import type { Source } from "../../../connectors/ports/source.js";
import { assembleEngine } from "../../../pipelines/engine/engine.js";
import { MemoryPublisher } from "../../support/memory-publisher.js";
import { settlement, Workspace } from "../../support/workspace.js";

let w: Workspace;
afterEach(() => w.remove());

const HOUR_MS = 3_600_000;

class Counted extends MemoryPublisher {
  readonly cuts: PublishInput[] = [];
  override async publish(input: PublishInput): Promise<number> {
    const version = await super.publish(input);
    this.cuts.push(input);
    return version;
  }
}

test("a clock that is set back or forth between two batches holds up no publish and changes no figure", async () => {
  w = new Workspace({ groupings: ["total"], publish: { everySeconds: 0.1 } });
  let offset = 0;
  const clock = (): number => Date.now() + offset;
  const publisher = new Counted();
  const steps = [-HOUR_MS, 24 * HOUR_MS, -400 * 24 * HOUR_MS, 0];
  const took: number[] = [];
  const source: Source = {
    name: "stepping",
    check: async () => "stepping",
    run: async (_context, deliver, { onDrained }) => {
      for (const [n, step] of [0, ...steps].entries()) {
        offset = step;
        const before = publisher.cuts.length;
        const began = performance.now();
        await deliver({
          stream: "settlement",
          payload: { kind: "values", values: [Buffer.from(JSON.stringify(settlement(`S${n}`)))] },
          positions: [n],
          appendedAtMs: null,
          position: {
            ...{ source: "stepping", partition: "0", next: n + 1 },
            ...{ lastApplied: n, fingerprint: null, finished: false },
          },
        });
        onDrained();
        while (publisher.cuts.length === before && performance.now() - began < 20_000)
          await new Promise((resolve) => setTimeout(resolve, 20));
        took.push(performance.now() - began);
      }
    },
    lag: async () => [],
    close: async () => {},
  };
  const { config } = loadConfig(w.configFile);
  const deps = { log: silentLog, observer: allObservers([]), clock };
  const engine = await assembleEngine(config, deps, { publisher, source });
  await engine.run({ untilDrained: true, signal: new AbortController().signal });
  await engine.end();
  // An hour's pause would show as the limit of 20 s.
  for (const ms of took) expect(ms).toBeLessThan(15_000);
  const balance = publisher.last?.balance?.[0];
  expect(balance).toMatchObject({ received: 5, applied: 5, quarantined: 0 });
  const versions = publisher.cuts.map((cut) => cut.sequence);
  expect([...versions].sort((a, b) => a - b)).toEqual(versions);
});

import Database from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { allObservers } from "../../../connectors/ports/observer.js";
import type { Source, SourceBatch } from "../../../connectors/ports/source.js";
import { assembleEngine } from "../../../pipelines/engine/engine.js";
import { settlement, Workspace } from "../../support/workspace.js";

let w: Workspace;
afterEach(() => w.remove());

const asked = <T>(sql: string): T => {
  const db = new Database(w.state, { readonly: true });
  try {
    return db.prepare(sql).pluck().get() as T;
  } finally {
    db.close();
  }
};
const sequence = (): number => Number(asked("SELECT value FROM meta WHERE key = 'sequence'"));

test("waiting records are judged again many to a commit, in their order, and their bytes go with it", async () => {
  w = new Workspace();
  const rows = Array.from({ length: 1200 }, (_, i) => settlement(`A${i}`, { med_type: "7777" }));
  // Of one key two versions wait: the later one stands.
  rows.push(settlement("A7", { med_type: "7777", inscp_scp_amt: "80.00", updt_time: "2024-03-06 10:00:00" }));
  w.put("settlement-1.ndjson", rows);
  w.put("fund-entry-1.ndjson", [{ entry_id: "no fund" }]);
  await w.drainToMemory();
  expect(asked("SELECT count(*) FROM quarantine WHERE status = 'waiting' AND raw IS NOT NULL")).toBe(1202);
  const before = sequence();
  w.reference("categories", "med_type,category,care\n7777,普通门诊,outpatient\n");
  const { last } = await w.drainToMemory();
  expect(sequence() - before).toBeLessThan(30);
  expect(asked("SELECT count(*) FROM quarantine WHERE status = 'resolved' AND raw IS NULL")).toBe(1201);
  expect(asked("SELECT count(*) FROM quarantine WHERE status = 'waiting' AND raw IS NOT NULL")).toBe(1);
  expect(last?.balance?.find((b) => b.partition.startsWith("settlement"))).toMatchObject({
    received: 1201,
    applied: 1201,
    quarantined: 0,
  });
  expect(asked("SELECT count(*) FROM dead WHERE setl_id = 'A7'")).toBe(1);
  const [one] = await w.engine((engine) => engine.quarantine.list({ status: "resolved", limit: 1 }));
  expect(one).toMatchObject({ status: "resolved", reason: "unknown_category" });
  expect((await w.engine((engine) => engine.quarantine.show(one!.id)))?.bytes.length).toBe(0);
}, 120_000);

/** A source that sends so many new settlements, one a batch, and calls `after` when each is durable. */
function newSettlements(count: number, after: (n: number) => void): Source {
  return {
    name: "new",
    check: async () => "new",
    run: async (_context, deliver) => {
      for (let n = 0; n < count; n++) {
        const batch: SourceBatch = {
          stream: "settlement",
          payload: { kind: "values", values: [Buffer.from(JSON.stringify(settlement(`N${n}`)))] },
          positions: [n],
          appendedAtMs: null,
          position: {
            source: "new",
            partition: "0",
            next: n + 1,
            lastApplied: n,
            fingerprint: null,
            finished: false,
          },
        };
        await deliver(batch);
        after(n);
      }
    },
    lag: async () => [],
    close: async () => {},
  };
}

test("new records do not wait behind waiting ones that are judged again, and none of these is left out", async () => {
  w = new Workspace();
  const rows = Array.from({ length: 2600 }, (_, i) => settlement(`A${i}`, { med_type: "7777" }));
  w.put("settlement-1.ndjson", rows);
  await w.drainToMemory();
  w.reference("categories", "med_type,category,care\n7777,普通门诊,outpatient\n");
  const waiting: number[] = [];
  const count = (): number => asked("SELECT count(*) FROM quarantine WHERE status = 'waiting'");
  const { config } = loadConfig(w.configFile);
  const run = async (source: Source, abortAfter?: number): Promise<void> => {
    const abort = new AbortController();
    const deps = { log: silentLog, observer: allObservers([]), clock: Date.now };
    const engine = await assembleEngine(config, deps, {
      publisher: w.memory,
      source: {
        ...source,
        run: (context, deliver, options) =>
          source.run(
            context,
            async (batch) => {
              await deliver(batch);
              if (batch.position.next === abortAfter) abort.abort();
            },
            options,
          ),
      },
    });
    try {
      await engine.run({ untilDrained: true, signal: abort.signal });
    } finally {
      await engine.end();
    }
  };
  // Stopped in the midst of it: what is not judged yet is judged at the next start.
  await run(
    newSettlements(2, () => waiting.push(count())),
    2,
  );
  expect(waiting[0]).toBeGreaterThan(1000);
  expect(count()).toBeGreaterThan(1000);
  expect(asked("SELECT value FROM meta WHERE key = 'rejudge'")).toBe("1");
  waiting.length = 0;
  await run(newSettlements(0, () => {}));
  expect(count()).toBe(0);
  expect(asked("SELECT value FROM meta WHERE key = 'rejudge'")).toBe("0");
  expect(w.memory.last?.balance?.find((b) => b.partition.startsWith("settlement"))).toMatchObject({
    received: 2600,
    applied: 2600,
    quarantined: 0,
  });
}, 120_000);

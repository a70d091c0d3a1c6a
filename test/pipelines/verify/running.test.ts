import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { refund, settlement, Workspace } from "../../support/workspace.js";

let w: Workspace;
afterEach(() => w.remove());

const ROWS = 40;

/** A file of bills of many months; some of the earlier ones are corrected or refunded in later files. */
function put(n: number): void {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const id = `${n}-${i}`;
    const month = String(1 + ((n + i) % 6)).padStart(2, "0");
    const at = `2024-${month}-${String(1 + (i % 27)).padStart(2, "0")} 10:00:00`;
    if (n > 0 && i % 10 === 0) return refund(id, `${n - 1}-${i + 1}`, { setl_time: at, updt_time: at });
    if (n > 0 && i % 10 === 5) {
      return settlement(`${n - 1}-${i + 2}`, { inscp_scp_amt: "70.00", updt_time: "2024-07-01 10:00:00" });
    }
    return settlement(id, { setl_time: at, updt_time: at, fixmedins_code: `H${i % 7}` });
  });
  w.put(`settlement-${String(n).padStart(4, "0")}.ndjson`, rows);
}

test("a recount and a detail file made while settlements keep coming are each of one moment", {
  tags: "long",
  timeout: 240_000,
}, async () => {
  w = new Workspace({ publish: { everySeconds: 0.2 } });
  let files = 0;
  put(files++);
  await w.engine(async (engine) => {
    const stop = new AbortController();
    const running = engine.run({ untilDrained: false, signal: stop.signal });
    let results: Awaited<ReturnType<typeof engine.verify>>[] = [];
    let done = false;
    const feeding = (async () => {
      while (!done && files < 200) {
        put(files++);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    try {
      const [first, detail, second] = await Promise.all([
        engine.verify(),
        engine.writeDetail(),
        engine.verify(),
      ]);
      results = [first, second];
      expect(detail.sequence).toBeGreaterThanOrEqual(first.sequence);
    } finally {
      done = true;
      await feeding;
      stop.abort();
      await running;
    }
    for (const { differences } of results) expect(differences.slice(0, 5)).toEqual([]);
    // They went on beside it: the second one saw more.
    expect(results[1]!.sequence).toBeGreaterThan(results[0]!.sequence);
    expect(existsSync(join(w.data, "work", "verify"))).toBe(false);
  });
  await w.drain();
  const { detail, last } = await w.engine(async (engine) => ({
    detail: await engine.writeDetail(),
    last: await engine.verify(),
  }));
  expect(last.differences).toEqual([]);
  const [{ bills }] = (await w.query("SELECT sum(applied + held) AS bills FROM quality_balance")) as [
    { bills: string },
  ];
  // Every fifth kind of row is a correction: it takes no row of its own.
  expect(detail.settlements).toBe(Number(bills) - (files - 1) * (ROWS / 10));
});

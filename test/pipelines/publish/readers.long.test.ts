import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { startReader } from "../../support/readers.js";
import { settlement, Workspace } from "../../support/workspace.js";

const PUBLISHES = 100;

const w = new Workspace({
  groupings: ["total", "care", "care+tier"],
  periods: { firstDay: "2023-01-01", keepDays: 1, keepFacilityDays: 1 },
  publish: { everySeconds: 0.01 },
  ops: { port: 0 },
  log: { level: "warn" },
});
afterAll(() => w.remove());

/** A few records that every table of the published file follows. */
function records(file: number): Record<string, unknown>[] {
  return [0, 1, 2, 3].map((i) => {
    const id = `S${file}-${i}`;
    const day = `2024-${String(1 + (file % 3)).padStart(2, "0")}-${String(1 + (file % 28)).padStart(2, "0")}`;
    return settlement(id, {
      setl_time: `${day} 10:00:00`,
      updt_time: `${day} 10:00:00`,
      insutype: i % 2 === 0 ? "390" : "310",
      psn_type: i % 2 === 0 ? "1501" : "1101",
      hosp_lv: ["02", "05", "08"][i % 3],
      fix_blng_admdvs: i === 3 ? "620702" : "620725",
      fixmedins_code: `H620700000${i}`,
      ...(i > 1 ? { med_type: "21", begndate: "2024-01-01", enddate: "2024-01-05" } : {}),
    });
  });
}

test("two processes that read while the program publishes a hundred times meet no error, no mixture, and versions that only rise", async () => {
  const stop = join(w.dir, "stop");
  let files = 0;
  const feed = (): void => w.put(`settlement-${String(++files).padStart(6, "0")}.ndjson`, records(files));
  const version = async (): Promise<number> =>
    Number((await w.query("SELECT version::INTEGER AS v FROM snapshot"))[0]?.v);
  feed();
  const { child, ended } = w.start("run");
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const alive = async (): Promise<void> => {
    if (over) throw new Error(`the program ended: ${(await ended).err}`);
    await sleep(15);
  };
  while (!existsSync(w.published)) await alive();
  const first = await version();
  const readers = [1, 2].map(() => startReader("read-consistent.mjs", w.published, stop));
  for (let seen = first; seen < first + PUBLISHES; ) {
    feed();
    feed();
    for (let now = seen; now === seen; now = await version()) await alive();
    seen = await version();
  }
  writeFileSync(stop, "");
  for (const met of await Promise.all(readers)) {
    expect(met).toMatchObject({ errors: [], mixtures: [], falls: 0 });
    expect(met.opens).toBeGreaterThan(10);
    expect(met.versions).toBeGreaterThan(5);
  }
  child.kill("SIGTERM");
  expect(await ended).toMatchObject({ code: 0 });
  const [total] = await w.query(`SELECT value::INTEGER AS n FROM indicators
    WHERE period = '2024' AND insurance = 'all' AND "grouping" = 'total' AND indicator = 'visits'`);
  expect(total?.n).toBe(4 * files);
}, 600_000);

import Database from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
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

import { afterEach, expect, test } from "vitest";
import { differingRows, settlement, Workspace } from "../../support/workspace.js";

const spaces: Workspace[] = [];
const space = (): Workspace => {
  const w = new Workspace({ groupings: ["total", "care"] });
  spaces.push(w);
  return w;
};
afterEach(() => {
  for (const w of spaces.splice(0)) w.remove();
});

test("when the first period with data falls away, nothing is left of it in the year after", {
  tags: "long",
}, async () => {
  const bill = (id: string, day: string, updated: string, more: object = {}) =>
    settlement(id, { setl_time: `${day} 10:00:00`, updt_time: `${updated} 10:00:00`, ...more });
  const bills = [
    bill("A", "2024-01-15", "2024-01-15", { insutype: "310", psn_type: "1101" }),
    bill("B", "2025-01-20", "2025-01-20"),
    bill("C", "2024-06-20", "2024-06-20"),
  ];
  const voided = bill("A", "2024-01-15", "2024-02-01", {
    insutype: "310",
    psn_type: "1101",
    vali_flag: "0",
  });
  const [changed, anew] = [space(), space()];
  for (const [i, files] of [bills, [voided]].entries()) {
    changed.put(`settlement-${i}.ndjson`, files);
    await changed.drain();
    anew.put(`settlement-${i}.ndjson`, files);
  }
  await anew.drain();
  expect(await changed.query("SELECT version::INT AS version FROM snapshot")).toEqual([{ version: 2 }]);
  expect(await differingRows(changed, anew)).toEqual([]);
});

test("amounts that no bill can have wait in the quarantine, and the others are published", {
  tags: "long",
}, async () => {
  const w = space();
  const priced = (id: string, yuan: string) =>
    settlement(id, { medfee_sumamt: yuan, hifp_pay: yuan, fund_pay_sumamt: yuan, psn_cash_pay: "0.00" });
  w.put("settlement-1.ndjson", [
    priced("S1", "90071992547409.91"),
    priced("S2", "10000000000.01"),
    priced("S3", "10000000000.00"),
    priced("S4", "1.00"),
  ]);
  await w.drain();
  expect(
    await w.query("SELECT DISTINCT reason, count(*)::INT AS n FROM quality_quarantine GROUP BY ALL"),
  ).toEqual([{ reason: "bad_value", n: 2 }]);
  const [fee] = await w.query(
    "SELECT value::VARCHAR AS value FROM indicators WHERE period = '2024-03' AND indicator = 'fee' AND insurance = 'all' AND grouping = 'total'",
  );
  expect(fee).toEqual({ value: "10000000001.000000" });
});

test("a reported figure that grew beyond every scale has no growth, and is published", async () => {
  const w = space();
  const reported = (period: string, value: string) => ({
    fact_id: `F${period}`,
    indicator: "registered_poor",
    admdvs: "620725",
    period,
    value,
    unit: "person",
    updt_time: "2025-04-01 10:00:00",
  });
  w.put("reported-fact-1.ndjson", [
    reported("2024-03", "0.000000000000000001"),
    reported("2025-03", "999999999999999999"),
  ]);
  await w.drain();
  expect(
    await w.query(
      "SELECT value::VARCHAR AS value, change_pct FROM indicators WHERE period = '2025-03' AND indicator = 'registered_poor'",
    ),
  ).toEqual([{ value: "999999999999999999.000000", change_pct: null }]);
});

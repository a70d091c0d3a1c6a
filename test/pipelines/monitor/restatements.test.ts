import { afterAll, beforeAll, expect, test } from "vitest";
import { settlement, Workspace } from "../../support/workspace.js";
import { Served } from "./server.js";

const ws = new Workspace({ groupings: ["total", "care", "care+facility"], periods: { dayGroupings: [] } });
const NOW = Date.parse("2024-04-20T04:00:00Z");
const late = { updt_time: "2024-04-15 10:00:00" };
let served: Served;

interface Answer {
  readonly finding: { readonly zh: readonly { readonly text: string }[] };
  readonly closed: readonly { readonly period: string; readonly restated: number }[];
  readonly restatements: readonly Record<string, unknown>[];
  readonly causes: readonly unknown[];
  readonly causes_total: number;
  readonly rows_total: number;
  readonly page: number;
  readonly next: number | null;
}
const said = ({ zh }: Answer["finding"]): string => zh.map((p) => p.text).join("");
const ask = (query: string): Promise<Answer> => served.json<Answer>(`api/v1/restatements?${query}`);

beforeAll(async () => {
  ws.put("settlement-1.ndjson", [
    ...["1", "2", "3"].map((id) => settlement(id, { fixmedins_code: `H${id}` })),
    settlement("4", { setl_time: "2024-04-10 10:00:00" }),
  ]);
  await ws.drain();
  await ws.engine(
    (e) => e.close("2024-03", { force: true }),
    () => NOW,
  );
  ws.put("settlement-2.ndjson", [
    settlement("5", { ...late, fixmedins_code: "H1", medfee_sumamt: "300.00", psn_cash_pay: "240.00" }),
    settlement("6", { ...late, fixmedins_code: "H2" }),
  ]);
  await ws.drain();
  served = await Served.of(ws.configFile);
}, 120_000);
afterAll(async () => {
  await served?.close();
  ws.remove();
});

test("pages hold every restated figure once, in one order, and say the same of all", async () => {
  const all = await ask("limit=5000");
  expect(all.next).toBeNull();
  expect(all.rows_total).toBe(all.restatements.length);
  expect(all.closed).toMatchObject([{ period: "2024-03", restated: all.rows_total }]);
  const [row] = await ws.query("SELECT count(*)::INT AS n FROM restatement");
  expect(all.rows_total).toBe(row!.n);
  expect(all.rows_total).toBeGreaterThan(20);
  expect(all.restatements[0]).toMatchObject({ grouping: "total", causes: ["late"], cause_count: 2 });

  const found: unknown[] = [];
  for (let page: number | null = 1; page !== null; ) {
    const answer = await ask(`limit=40&page=${page}`);
    expect(answer).toMatchObject({ page, rows_total: all.rows_total, finding: all.finding });
    found.push(...answer.restatements);
    page = answer.next;
  }
  expect(found).toEqual(all.restatements);
});

test("the sentence names the total that changed most, wherever it stands", async () => {
  const { restatements, finding } = await ask("limit=5000");
  const share = (r: Record<string, unknown>): number => Math.abs(Number(r.delta_pct ?? 0));
  const most = Math.max(...restatements.filter((r) => r.grouping === "total").map(share));
  expect(said(finding)).toContain(`（${(most * 100).toFixed(1)}%）`);
});

test("beyond the end stands the last page; a page that is none is refused", async () => {
  const last = await ask("limit=10&page=10000");
  expect(last.page).toBe(Math.ceil(last.rows_total / 10));
  expect(last.restatements.length).toBeGreaterThan(0);
  expect((await served.fetch("api/v1/restatements?page=10001")).status).toBe(400);
});

test("a period that is not closed is said to be open, and hides the closed ones from nobody", async () => {
  const open = await ask("period=2024-04");
  expect(open).toMatchObject({ rows_total: 0, page: 1, next: null, restatements: [], causes_total: 0 });
  expect(said(open.finding)).toBe("2024-04 还没有结账。");
  expect(open.closed.map((c) => c.period)).toEqual(["2024-03"]);
});

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settlement, Workspace } from "../../../support/workspace.js";
import { HAS_BROWSER, newPage, openBrowser, type Served, serve, settled } from "./desk.js";

const VIEWS = [
  ...["/", "/pace", "/inpatient", "/flow", "/outpatient", "/facilities", "/facilities/H9", "/structure"],
  ...["/relief", "/dip", "/funds", "/quality", "/restatements", "/alerts", "/reports", "/query"],
];

/** What each view of the workspace says is not there yet. */
const WORKSPACES: Readonly<Record<string, { fill(ws: Workspace): void; says: Record<string, string[]> }>> = {
  "an empty one": {
    fill: () => {},
    says: {
      "/": ["结算数据", "inbox"],
      "/inpatient": ["结算数据"],
      "/funds": ["基金预算"],
      "/dip": ["dip-result"],
    },
  },
  "one of a single insurance, without books, budgets, enrolment, facilities": {
    fill: (ws) =>
      ws.put("settlement-1.ndjson", [
        settlement("a", { insutype: "310" }),
        settlement("b", { insutype: "310", setl_time: "2024-02-03 10:00:00" }),
      ]),
    says: {
      "/": ["基金预算", "budget_expense", "期初结余"],
      "/inpatient": ["医疗机构资料", "参保人数"],
      "/facilities": ["facilities.csv"],
      "/funds": ["基金收支账", "enrolment"],
      "/flow": ["divisions.csv"],
    },
  },
};

describe.skipIf(!HAS_BROWSER).each(Object.entries(WORKSPACES))("%s", (_, { fill, says }) => {
  const ws = new Workspace();
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    fill(ws);
    await ws.drain();
    [browser, served] = await Promise.all([openBrowser(), serve(ws.configFile)]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    ws.remove();
  });

  test("breaks no view; each says what is to be set up, and how", async () => {
    const { page, complaints } = await newPage(browser, served.url);
    const broken: string[] = [];
    page.on("response", (r) => {
      if (r.status() >= 400 && !r.url().includes("/facilities/H9")) broken.push(`${r.status()} ${r.url()}`);
    });
    for (const path of VIEWS) {
      await page.goto(`${served.url}${path}`);
      await settled(page);
      const text = (await page.textContent("main")) ?? "";
      expect([path, /undefined|NaN|\[object/.exec(text)?.[0]]).toEqual([path, undefined]);
      for (const words of says[path] ?? []) expect(`${path}: ${text}`).toContain(words);
    }
    expect(broken).toEqual([]);
    expect(complaints.list.filter((c) => !c.includes("404"))).toEqual([]);
  }, 300_000);
});

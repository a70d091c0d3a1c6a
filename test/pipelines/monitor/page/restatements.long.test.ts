import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settlement, Workspace } from "../../../support/workspace.js";
import { HAS_BROWSER, look, newPage, openBrowser, type Served, serve } from "./desk.js";

const CLOSED_AT = Date.parse("2024-04-20T04:00:00Z");

describe.skipIf(!HAS_BROWSER)("a period that changed since it was closed", () => {
  const ws = new Workspace({ groupings: ["total", "care", "care+region", "care+facility"] });
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    ws.put("settlement-1.ndjson", [
      ...["1", "2"].map((id) => settlement(id, { fixmedins_code: `H${id}` })),
      settlement("3", { setl_time: "2024-04-10 10:00:00" }),
    ]);
    await ws.drain();
    await ws.engine(
      (e) => e.close("2024-03", { force: true }),
      () => CLOSED_AT,
    );
    ws.put("settlement-2.ndjson", [settlement("4", { fixmedins_code: "H1" })]);
    await ws.drain();
    [browser, served] = await Promise.all([openBrowser(), serve(ws.configFile)]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    ws.remove();
  });

  test("is shown whatever open period another view had, page by page, and its file holds every page", async () => {
    const [row] = await ws.query("SELECT count(*)::INT AS n FROM restatement");
    const all = Number(row!.n);
    expect(all).toBeGreaterThan(50);
    const { page, complaints } = await newPage(browser, served.url);
    await look(page, `${served.url}/restatements?period=2024-04&page=9999`);
    const panel = page.locator("section.panel", { hasText: "结账后变化的数字" });
    expect(await panel.locator("h2 small").textContent()).toBe(`${all} 条`);
    const rows = await panel.locator("tbody tr").count();
    expect(rows).toBe(all % 50 === 0 ? 50 : all % 50);
    const sentence = await page.textContent("#view .finding");
    await look(page, `${served.url}/restatements`);
    expect(await panel.locator("tbody tr").count()).toBe(50);
    expect(await page.textContent("#view .finding")).toBe(sentence);
    await panel.getByRole("button", { name: "导出" }).click();
    const waiting = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV", exact: true }).click();
    const bytes = Buffer.concat(await (await (await waiting).createReadStream()).toArray());
    expect(bytes.toString("utf8").trimEnd().split("\r\n")).toHaveLength(all + 1);
    expect(complaints.list).toEqual([]);
  }, 120_000);
});

import { rmSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../../support/printed.js";
import { Workspace } from "../../../support/workspace.js";
import { HAS_BROWSER, look, newPage, openBrowser, type Served, serve } from "./desk.js";

/** One stay of the county, 1,000 yuan, half of it paid by the pool. */
const stay = (id: string, time: string): object => ({
  setl_id: id,
  mdtrt_id: `m-${id}`,
  setl_time: time,
  updt_time: time,
  psn_no: `p-${id}`,
  insutype: "390",
  insu_admdvs: "620725",
  fixmedins_code: "H1",
  med_type: "21",
  setl_type: "2",
  clr_way: "10",
  begndate: "2024-03-01",
  enddate: "2024-03-05",
  medfee_sumamt: "1000.00",
  inscp_scp_amt: "800.00",
  hifp_pay: "500.00",
  fund_pay_sumamt: "500.00",
  acct_pay: "0.00",
  psn_cash_pay: "500.00",
});

describe.skipIf(!HAS_BROWSER)("a page that stays open", () => {
  const w = new Workspace();
  let browser: Browser;
  let served: Served;
  let page: Page;

  beforeAll(async () => {
    w.reference(
      "facilities",
      "fixmedins_code,admdvs,name,tier,kind,ownership\nH1,620725,县医院,2,hospital,public\n",
    );
    [browser, served] = await Promise.all([openBrowser(), serve(w.configFile)]);
    ({ page } = await newPage(browser, served.url, { height: 500 }));
  });

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    rmSync(w.dir, { recursive: true, force: true });
  });

  const visits = (): Promise<string | null> =>
    page
      .locator(".fig[data-figure^='2024YTD03~visits~all~care:inpatient']")
      .first()
      .getAttribute("data-value");

  test("says that nothing is published, fills itself, then follows another process's publish", async () => {
    await page.goto(`${served.url}/inpatient`);
    await page.waitForSelector("text=还没有发布过数据");
    w.put("settlement-1.ndjson", [stay("s1", "2024-03-06 10:00:00"), stay("s2", "2024-03-07 10:00:00")]);
    expect((await run("run", "--until-drained", "--config", w.configFile)).code).toBe(0);
    await page.waitForSelector(".fig[data-figure^='2024YTD03~visits~all']", { timeout: 10_000 });
    expect(Number(await visits())).toBe(2);

    // What the reader has set stays: the scroll, a filter, the explanation that is open.
    await page.selectOption("select[name=insurance]", "resident");
    await page.waitForSelector(".fig[data-figure*='~visits~resident~']");
    await page.locator(".fig[data-figure*='~visits~resident~']").first().click();
    await page.waitForSelector("[data-explain]");
    await page.evaluate(() => scrollTo(0, 160));
    const before = await page.evaluate(() => scrollY);
    expect(before).toBeGreaterThan(0);

    w.put("settlement-2.ndjson", [stay("s3", "2024-03-08 10:00:00")]);
    expect((await run("run", "--until-drained", "--config", w.configFile)).code).toBe(0);
    const figure = page.locator(".fig[data-figure*='~visits~resident~']").first();
    await expect
      .poll(async () => Number(await figure.getAttribute("data-value")), { timeout: 5_000, interval: 50 })
      .toBe(3);
    await page.waitForSelector(".fig.changed", { timeout: 2_000 });
    expect(await page.evaluate(() => scrollY)).toBe(before);
    expect(await page.inputValue("select[name=insurance]")).toBe("resident");
    expect(await page.locator("[data-explain]").count()).toBe(1);
    await page.waitForFunction(() => !document.querySelector(".fig.changed"), undefined, { timeout: 5_000 });
  });

  test("a server that goes away is said, the figures stay", async () => {
    await look(page, `${served.url}/inpatient?period=2024-03`);
    await served.stop();
    await page.waitForSelector("text=连接中断", { timeout: 10_000 });
    expect(await page.locator(".fig").count()).toBeGreaterThan(0);
  });
});

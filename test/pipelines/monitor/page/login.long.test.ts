import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLI, settlement, Workspace } from "../../../support/workspace.js";
import { HAS_BROWSER, openBrowser, type Served, serve } from "./desk.js";

const TOKENS = (["viewer", "officer", "detail"] as const).map((role) => ({
  name: `${role}的名字`,
  role,
  token: `a-long-token-of-${role}`,
}));

/** Fires on any settlement, at once. */
const ALERT = {
  name: "有人就诊",
  indicator: "visits",
  period: "year",
  above: 0,
  severity: "warning",
  hold: 1,
};

describe.skipIf(!HAS_BROWSER)("behind tokens, in a real browser", () => {
  const ws = new Workspace({
    monitor: { loopback: "none", tokens: TOKENS },
    alerts: [ALERT],
    publish: { everySeconds: 1 },
  });
  let browser: Browser;
  let served: Served;
  let pipeline: ChildProcess;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    ws.put("settlement-1.ndjson", [settlement("a"), settlement("b")]);
    await ws.drain();
    pipeline = spawn(process.execPath, [CLI, "run", "--config", ws.configFile], { stdio: "ignore" });
    [browser, served] = await Promise.all([openBrowser(), serve(ws.configFile)]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    const ended = new Promise((resolve) => pipeline.once("exit", resolve));
    pipeline.kill("SIGTERM");
    await ended;
    ws.remove();
  }, 60_000);

  /** A browser of its own, with cookies of its own. */
  const visitor = async () => {
    const context = await browser.newContext();
    contexts.push(context);
    return { context, page: await context.newPage() };
  };
  const enter = async (token: string, at = "/") => {
    const { context, page } = await visitor();
    await page.goto(`${served.url}${at}`);
    await page.fill("input[name=token]", token);
    await page.click("button[type=submit]");
    return { context, page };
  };

  test("a wrong token is told as that, the right one leads to the view that was asked for", async () => {
    const { page } = await enter("wrong", "/inpatient?insurance=resident");
    expect(page.url()).toContain("/login");
    expect(await page.textContent("body")).toMatch(/令牌/);
    await page.fill("input[name=token]", "a-long-token-of-viewer");
    await page.click("button[type=submit]");
    await page.waitForSelector("[data-view='/inpatient']");
    expect(page.url()).toContain("insurance=resident");
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  test("a session that has ended asks for the token again, and comes back", async () => {
    const { context, page } = await enter("a-long-token-of-viewer", "/alerts");
    await page.waitForSelector("[data-view='/alerts']");
    await context.clearCookies();
    await page.getByRole("link", { name: "住院" }).first().click();
    await page.waitForURL(/\/login\?next=%2Finpatient/);
  });

  test("a viewer sees figures and alerts, and is told that queries and acknowledging are not for that role", async () => {
    const { page } = await enter("a-long-token-of-viewer", "/query");
    await page.waitForSelector("[data-view='/query'] .blank");
    expect(await page.textContent("#view")).toMatch(/officer|角色|权限/);
    await page.goto(`${served.url}/alerts`);
    await page.waitForSelector("#view .finding");
    expect(await page.getByRole("button", { name: "确认" }).count()).toBe(0);
  });

  test("leaving ends the session", async () => {
    const { page } = await enter("a-long-token-of-officer");
    await page.waitForSelector("[data-view='/']");
    await page.getByRole("button", { name: "退出" }).click();
    await page.waitForURL(/\/login/);
    await page.goto(`${served.url}/funds`);
    expect(page.url()).toContain("/login");
  });

  test("acknowledging on the page reaches the running pipeline, and comes back with the next version", async () => {
    const { page } = await enter("a-long-token-of-officer", "/alerts");
    await page.waitForSelector("#view .finding");
    await page.getByRole("button", { name: "确认" }).first().click();
    await page.locator("#view form input").fill("已核实，属正常");
    await page.locator("#view form button[type=submit]").click();
    await expect
      .poll(async () => (await ws.query("SELECT state, note, acknowledged_by FROM alert"))[0], {
        timeout: 60_000,
        interval: 500,
      })
      .toEqual({ state: "acknowledged", note: "已核实，属正常", acknowledged_by: "officer的名字" });
    await page.waitForFunction(() =>
      document.querySelector("#view")?.textContent?.includes("已核实，属正常"),
    );
    expect(existsSync(ws.published)).toBe(true);
  }, 120_000);
});

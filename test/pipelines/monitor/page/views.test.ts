import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishedOf, rowsOf } from "../../../support/printed.js";
import { publishedWorkspace } from "../../../support/shared.js";
import {
  type Complaints,
  figuresOn,
  HAS_BROWSER,
  look,
  newPage,
  openBrowser,
  type Served,
  serve,
  settled,
  unequal,
} from "./desk.js";

const PATHS = [
  "/",
  "/pace",
  "/inpatient",
  "/flow",
  "/outpatient",
  "/facilities",
  "/facilities/H62072500011",
  "/structure",
  "/relief",
  "/dip",
  "/funds",
  "/quality",
  "/restatements",
  "/alerts",
  "/reports",
  "/query",
];
/** What a leader and an officer open first; the others are as long as they are many. */
const CORE = ["/", "/pace", "/inpatient"];
/** Views that are made of figures, and how many at least they show of the demo's county. */
const FIGURES: Readonly<Record<string, number>> = {
  "/": 15,
  "/inpatient": 30,
  "/flow": 16,
  "/outpatient": 20,
  "/facilities": 60,
  "/facilities/H62072500011": 12,
  "/structure": 20,
  "/dip": 20,
  "/funds": 20,
};
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface Axe {
  run(
    where: Document,
    options: object,
  ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
}

/** In the page: what axe finds, each with the elements it is about. */
async function runAxe(): Promise<string[]> {
  const { violations } = await (window as unknown as { axe: Axe }).axe.run(document, {
    resultTypes: ["violations"],
  });
  return violations.map(
    (v) =>
      `${v.id}: ${v.nodes
        .slice(0, 3)
        .map((n) => `${n.html.slice(0, 140)} ${n.failureSummary?.slice(0, 160)}`)
        .join(" | ")}`,
  );
}

describe.skipIf(!HAS_BROWSER)("the page in a real browser", () => {
  let browser: Browser;
  let served: Served;
  let published: string;
  let page: Page;
  let complaints: Complaints;

  beforeAll(async () => {
    const root = await publishedWorkspace("shandan-2024h1");
    published = publishedOf(root);
    [browser, served] = await Promise.all([openBrowser(), serve(join(root, "fundpulse.yaml"))]);
    ({ page, complaints } = await newPage(browser, served.url));
  });

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });

  const opens = async (path: string): Promise<void> => {
    complaints.list.length = 0;
    await look(page, `${served.url}${path}?period=2024H1`);
    const said = await page.textContent("#view .finding, #view .blank");
    expect(said?.trim().length).toBeGreaterThan(5);
    const shown = await figuresOn(page);
    expect(shown.length).toBeGreaterThanOrEqual(FIGURES[path] ?? 0);
    expect(await unequal(published, shown)).toEqual([]);
    expect(complaints.list).toEqual([]);
  };
  const OPENS = "%s: opens with a sentence, shows published figures alone, breaks no policy";
  test.each(CORE)(OPENS, opens);
  test.each(PATHS.filter((path) => !CORE.includes(path)))(OPENS, { tags: "long" }, opens);

  test("the SQL that a panel copies gives its figures in DuckDB", {
    tags: "long",
    timeout: 600_000,
  }, async () => {
    await page.addInitScript(() => {
      const copied: string[] = [];
      Object.assign(window, { copied });
      Object.defineProperty(navigator, "clipboard", {
        value: { writeText: async (text: string) => void copied.push(text) },
      });
    });
    let ran = 0;
    for (const path of PATHS) {
      await look(page, `${served.url}${path}?period=2024H1`);
      // All panels, not those with the button alone: a clicked button has another name for a while.
      const panels = page.locator("#view section.panel");
      for (let i = 0; i < (await panels.count()); i++) {
        const panel = panels.nth(i);
        const copy = panel.getByRole("button", { name: "复制 SQL" });
        if ((await copy.count()) === 0) continue;
        await copy.click();
        const sql = await page.evaluate(
          () => (window as unknown as { copied: string[] }).copied.at(-1) ?? "",
        );
        const rows = await rowsOf(published, sql.replace(/;\s*$/, ""));
        const shown = await panel.locator(".fig[data-figure]").count();
        const where = `${path}: ${(await panel.locator("h2").textContent())?.trim()}`;
        expect([where, rows.length > 0 || shown === 0]).toEqual([where, true]);
        // Every figure of the panel is in the answer.
        const text = new Set(rows.flatMap((r) => Object.values(r).map((v) => Number(v))));
        const values = await panel
          .locator(".fig[data-figure]")
          .evaluateAll((all) => all.map((f) => Number(f.getAttribute("data-value"))));
        expect([where, values.filter((v) => !text.has(v))]).toEqual([where, []]);
        ran++;
      }
    }
    expect(ran).toBeGreaterThan(25);
  });

  test.each([1280, 360])(
    "axe finds nothing on any view, light or dark, %i px wide",
    {
      tags: "long",
      timeout: 300_000,
    },
    async (width) => {
      const found: string[] = [];
      const axe = await newPage(browser, served.url, { width });
      await axe.page.addInitScript({ path: AXE });
      for (const path of PATHS) {
        for (const theme of ["light", "dark"]) {
          await look(axe.page, `${served.url}${path}?period=2024H1&theme=${theme}`);
          const violations = await axe.page.evaluate(runAxe);
          found.push(...violations.map((v) => `${path} ${theme}: ${v}`));
        }
      }
      await axe.page.close();
      expect(found).toEqual([]);
    },
  );

  test("a phone scrolls no view sideways", { tags: "long" }, async () => {
    const phone = await newPage(browser, served.url, { width: 360, height: 740 });
    const wide: string[] = [];
    for (const path of PATHS) {
      await look(phone.page, `${served.url}${path}?period=2024H1`);
      const over = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) wide.push(`${path}: ${over} px`);
    }
    expect(wide).toEqual([]);
    await phone.page.close();
  });

  test("one request per kind of asset after the document, at most 400 KB compressed", async () => {
    const fresh = await newPage(browser, served.url);
    const kinds: string[] = [];
    let bytes = 0;
    fresh.page.on("response", async (r) => {
      if (r.url().includes("/api/")) return;
      kinds.push(r.request().resourceType());
      bytes += (await r.request().sizes()).responseBodySize;
    });
    await look(fresh.page, served.url);
    const own = kinds.filter((k) => ["document", "script", "stylesheet", "font"].includes(k)).sort();
    expect(own).toEqual(["document", "script", "stylesheet"]);
    expect(bytes).toBeLessThan(400_000);
    await fresh.page.close();
  });

  test("pickers write the address, and the address opens the same view", async () => {
    await look(page, `${served.url}/inpatient?period=2024H1`);
    await page.selectOption("select[name=insurance]", "resident");
    await settled(page);
    await page.selectOption("select[name=period]", "2024Q1");
    await settled(page);
    const address = page.url();
    expect(new URL(address).searchParams.get("insurance")).toBe("resident");
    expect(new URL(address).searchParams.get("period")).toBe("2024Q1");
    const first = (await figuresOn(page)).map((f) => f.key + f.text);
    expect(first.every((f) => f.startsWith("2024Q1~") || f.startsWith("2024-0"))).toBe(true);
    const again = await newPage(browser, served.url);
    await look(again.page, address);
    expect((await figuresOn(again.page)).map((f) => f.key + f.text)).toEqual(first);
    await again.page.close();
    await page.goBack();
    await settled(page);
    expect(new URL(page.url()).searchParams.get("period")).toBe("2024H1");
  });

  test("amounts are read in 万元, shares in per cent, changes with a sign", async () => {
    await look(page, `${served.url}/inpatient?period=2024H1&insurance=resident`);
    const [row] = await rowsOf(
      published,
      `SELECT fund_paid, reimb_rate FROM inpatient WHERE period = '2024H1' AND insurance = 'resident' AND grouping = 'care'`,
    );
    const shown = await figuresOn(page);
    const text = (indicator: string): string | undefined =>
      shown.find((f) => f.key === `2024H1~${indicator}~resident~care:inpatient`)?.text;
    const wan = (Math.round(Number(row.fund_paid) / 100) / 100).toLocaleString("en-US", {
      minimumFractionDigits: 2,
    });
    expect(text("fund_paid")).toContain(wan);
    expect(text("reimb_rate")).toBe(`${(Number(row.reimb_rate) * 100).toFixed(1)}%`);
  });

  test("a figure says what it is, explains itself, and copies the query that returns it", async () => {
    await look(page, `${served.url}/inpatient?period=2024H1`);
    const figure = page
      .locator(".fig[data-figure^='2024H1~avg_fee~all~care:inpatient~region:county']")
      .first();
    await figure.hover();
    const card = await page.textContent(".ask");
    for (const words of ["次均费用", "医疗费总额 ÷ 人次", "2024 年上半年", "县内"])
      expect(card).toContain(words);
    await figure.click();
    await page.waitForSelector("[data-explain] pre.sql");
    const panel = await page.textContent("[data-explain]");
    expect(panel).toContain("分子");
    const sql = (await page.textContent("[data-explain] pre.sql")) ?? "";
    const [answer] = await rowsOf(published, sql.replace(/;\s*$/, ""));
    expect(Number(answer.value)).toBe(Number(await figure.getAttribute("data-value")));
    expect(page.url()).toContain("explain=");
    await page.keyboard.press("Escape");
    await page.waitForSelector("[data-explain]", { state: "detached" });
  });

  test("without a mouse: Tab reaches a table once, arrows its figures, Enter explains, Escape returns", async () => {
    await look(page, `${served.url}/structure?period=2024H1`);
    const table = page.locator("table").last();
    expect(await table.locator(".fig[tabindex='0']").count()).toBe(1);
    await table.locator(".fig").first().focus();
    await page.waitForSelector(".ask");
    await page.keyboard.press("ArrowDown");
    const at = await page.evaluate(() => document.activeElement?.getAttribute("data-figure"));
    expect(at).not.toBe(await table.locator(".fig").first().getAttribute("data-figure"));
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-explain]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("[data-explain]", { state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-figure"))).toBe(at);
  });

  test("a panel's CSV and XLSX hold the published decimals", async () => {
    await look(page, `${served.url}/dip?period=2024H1`);
    for (const kind of ["CSV", "XLSX"]) {
      await page.getByRole("button", { name: "导出" }).first().click();
      const waiting = page.waitForEvent("download");
      await page.getByRole("button", { name: kind, exact: true }).click();
      const download = await waiting;
      expect(download.suggestedFilename()).toMatch(new RegExp(`\\.${kind.toLowerCase()}$`));
      const bytes = Buffer.concat(await (await download.createReadStream()).toArray());
      if (kind === "XLSX") expect(bytes.subarray(0, 2).toString()).toBe("PK");
      else {
        const figure = page.locator(".fig[data-figure*='dip_amount'][data-figure*='facility']").first();
        expect(bytes.toString("utf8")).toContain(await figure.getAttribute("data-value"));
      }
    }
  });

  test("every chart has its table", { tags: "long" }, async () => {
    await look(page, `${served.url}/pace?period=2024YTD06`);
    const panel = page.locator("section.panel", { hasText: "逐日累计支出" }).first();
    await panel.getByRole("button", { name: "看表格" }).click();
    const more = panel.getByRole("button", { name: "再显示" });
    while ((await more.count()) > 0) await more.click();
    const rows = await panel.locator("tbody tr").count();
    expect(rows).toBeGreaterThanOrEqual(365);
    const [row] = await rowsOf(
      published,
      "SELECT value FROM indicators WHERE period = '2024YTD06' AND insurance = 'all' AND grouping = 'fund' AND fund = 'employee_pool' AND indicator = 'settled_expense'",
    );
    const wan = (Number(row.value) / 10_000).toLocaleString("en-US", {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    });
    expect(await panel.textContent()).toContain(wan);
  });

  test("English by a switch, dark by the system, the wall turns by itself", { tags: "long" }, async () => {
    await look(page, `${served.url}/inpatient?period=2024H1`);
    await page.getByRole("button", { name: "English" }).click();
    await settled(page);
    expect(await page.getAttribute("html", "lang")).toBe("en");
    expect(await page.textContent("h1")).toMatch(/^Inpatient\b/);
    const dark = await newPage(browser, served.url, { dark: true });
    await look(dark.page, `${served.url}/`);
    expect(await dark.page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      "rgb(14, 19, 24)",
    );
    await look(dark.page, `${served.url}/?wall=1&every=3`);
    expect(await dark.page.isVisible(".nav")).toBe(false);
    await dark.page.waitForURL(/frame=2/, { timeout: 8000 });
    expect(dark.complaints.list).toEqual([]);
    await dark.page.close();
  });

  test("a query runs, shows its rows and leaves as a file", async () => {
    await look(page, `${served.url}/query`);
    await page.fill(
      "textarea",
      "SELECT count(*) AS n, sum(visits) AS visits FROM inpatient WHERE period = '2024H1'",
    );
    await page.getByRole("button", { name: "运行" }).click();
    await page.waitForSelector(".result td");
    const [row] = await rowsOf(
      published,
      "SELECT count(*) AS n, sum(visits) AS visits FROM inpatient WHERE period = '2024H1'",
    );
    expect(await page.locator(".result td").allTextContents()).toEqual([row.n, row.visits]);
    await page.fill("textarea", "SELECT * FROM nothing_here");
    await page.getByRole("button", { name: "运行" }).click();
    expect(await page.textContent("[role=alert]")).toContain("nothing_here");
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Page } from "playwright-core";
import { rowsOf } from "../../../support/printed.js";
import { CLI } from "../../../support/workspace.js";

const CHROMIUM = "/usr/bin/chromium";
/** Debian's package `chromium`; a machine without it skips these tests, CI does not. */
export const HAS_BROWSER = existsSync(CHROMIUM) || process.env.CI === "true";

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

export interface Served {
  readonly url: string;
  stop(): Promise<void>;
}

/** `fundpulse monitor` on a free port, in a process of its own. */
export async function serve(configFile: string): Promise<Served> {
  const child: ChildProcess = spawn(
    process.execPath,
    [CLI, "monitor", "--config", configFile, "--port", "0"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`fundpulse monitor ended with ${code}`)));
  });
  return {
    url: url.trim().replace(/\/$/, ""),
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** What a page said against the policy, asked of other hosts, or threw. */
export interface Complaints {
  readonly list: string[];
}

export async function newPage(
  browser: Browser,
  url: string,
  options: { width?: number; height?: number; dark?: boolean } = {},
): Promise<{ page: Page; complaints: Complaints }> {
  const page = await browser.newPage({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.dark ? "dark" : "light",
    acceptDownloads: true,
  });
  const list: string[] = [];
  page.on("console", (m) => m.type() === "error" && list.push(m.text()));
  page.on("pageerror", (e) => list.push(e.message));
  page.on("request", (r) => {
    if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) list.push(`asked ${r.url()}`);
  });
  return { page, complaints: { list } };
}

/** Opens a view and waits until it shows what it asked for. */
export async function look(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await settled(page);
}

export async function settled(page: Page): Promise<void> {
  await page.waitForSelector("[data-view]");
  await page.waitForFunction(
    () =>
      !document.querySelector("#view [aria-busy='true']") &&
      (document.querySelector("#view .finding:not(.skeleton)") ?? document.querySelector("#view .blank")),
  );
}

export interface ShownFigure {
  readonly key: string;
  readonly value: string;
  readonly text: string;
}

/** Every figure that the page shows: which one it says it is, the value behind it, what a reader reads. */
export const figuresOn = (page: Page): Promise<ShownFigure[]> =>
  page.$$eval(".fig[data-figure]", (list) =>
    list.map((f) => ({
      key: f.getAttribute("data-figure") ?? "",
      value: f.getAttribute("data-value") ?? "",
      text: f.textContent ?? "",
    })),
  );

const DIMENSIONS = [
  ...[
    "care",
    "category",
    "region",
    "flow",
    "tier",
    "ownership",
    "care_group",
    "district",
    "facility_district",
  ],
  ...["channel", "person_kind", "facility", "fund", "subject", "person_group", "sex"],
];

/** Order of the dimensions in a figure's key does not matter. */
function normal(key: string): string {
  const [period, indicator, insurance, ...rest] = key.split("~");
  return [period, indicator, insurance, ...rest.sort()].join("~");
}

/** Figures shown that are not the published ones, by a query of the published file. */
export async function unequal(published: string, shown: readonly ShownFigure[]): Promise<string[]> {
  const list = (index: number): string =>
    [...new Set(shown.map((f) => f.key.split("~")[index]))]
      .map((v) => `'${v.replaceAll("'", "''")}'`)
      .join(", ");
  if (shown.length === 0) return [];
  const rows = await rowsOf(
    published,
    `SELECT period, indicator, insurance, ${DIMENSIONS.join(", ")}, value FROM indicators
     WHERE period IN (${list(0)}) AND indicator IN (${list(1)}) AND insurance IN (${list(2)})`,
  );
  const values = new Map<string, string | null>();
  for (const row of rows) {
    const at = DIMENSIONS.flatMap((d) => (row[d] === null ? [] : [`${d}:${row[d]}`]));
    values.set(normal([row.period, row.indicator, row.insurance, ...at].join("~")), row.value);
  }
  return shown.flatMap((f) => {
    const is = values.get(normal(f.key));
    return is !== undefined && is !== null && Number(is) === Number(f.value)
      ? []
      : [`${f.key}: ${f.value} shown, ${is} published`];
  });
}

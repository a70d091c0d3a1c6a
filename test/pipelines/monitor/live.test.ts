import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, describe, expect, test } from "vitest";
import { settlement, Workspace } from "../../support/workspace.js";
import { Served } from "./server.js";

interface Told {
  readonly event: string;
  readonly data: Record<string, unknown>;
  readonly at: number;
}

/** What a page is told, from the first event on. */
class Listener {
  readonly told: Told[] = [];
  readonly #abort = new AbortController();

  async open(served: Served): Promise<this> {
    const response = await served.fetch("api/v1/live", { signal: this.#abort.signal });
    void this.#read(response.body!).catch(() => undefined);
    return this;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = "";
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString("utf8");
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const message = text.slice(0, end);
        text = text.slice(end + 2);
        const event = /^event: (.*)$/m.exec(message)?.[1];
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (event && data) this.told.push({ event, data: JSON.parse(data), at: Date.now() });
      }
    }
  }

  async until(found: (told: Told) => boolean, ms = 30_000): Promise<Told> {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      const one = this.told.find(found);
      if (one) return one;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`not told: ${JSON.stringify(this.told.map((t) => t.event))}`);
  }

  close(): void {
    this.#abort.abort();
  }
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function workspace(): Workspace {
  const ws = new Workspace();
  closing.push(() => ws.remove());
  return ws;
}
async function serve(ws: Workspace, settings = {}): Promise<Served> {
  const served = await Served.of(ws.configFile, settings);
  closing.push(() => served.close());
  return served;
}

describe("a page that is open", () => {
  test("hears of a publish by another process within a second of its rename, and reads it", async () => {
    const ws = workspace();
    ws.put("settlement-1.ndjson", [settlement("a")]);
    await ws.drain();
    const served = await serve(ws);
    const page = await new Listener().open(served);
    closing.push(() => page.close());
    expect((await page.until((t) => t.event === "version")).data.version).toBe("1");
    ws.put("settlement-2.ndjson", [settlement("b")]);
    const ended = await ws.cli("run", "--until-drained");
    expect(ended.code).toBe(0);
    const told = await page.until((t) => t.data.version === "2");
    // A rename changes the file's ctime.
    expect(told.at - statSync(ws.published).ctimeMs).toBeLessThan(1_000);
    const figures = await served.json<{ version: string; figures: { value: string }[] }>(
      "api/v1/figures?from=2020-01-01&to=2030-01-01&period_kind=year&indicator=visits",
    );
    expect(figures).toMatchObject({ version: "2", figures: [{ value: "2.000000" }] });
  }, 120_000);

  test("hears that the file has grown old, once", async () => {
    const ws = workspace();
    ws.put("settlement-1.ndjson", [settlement("a")]);
    await ws.drain(() => Date.now() - 60_000);
    const served = await serve(ws, { staleSeconds: 30 });
    const page = await new Listener().open(served);
    closing.push(() => page.close());
    const told = await page.until((t) => t.event === "stale");
    expect(told.data.stale).toBe(true);
    expect((await served.json<{ stale: boolean }>("api/v1/trust")).stale).toBe(true);
  }, 60_000);
});

describe("a workspace", () => {
  test("that has published nothing is told as that, and served once it has", async () => {
    const ws = workspace();
    const served = await serve(ws);
    const page = await new Listener().open(served);
    closing.push(() => page.close());
    expect((await page.until((t) => t.event === "empty")).data.code).toBe("FP4002");
    expect((await served.json<{ version: null }>("api/v1/session")).version).toBeNull();
    const none = await served.fetch("api/v1/overview");
    expect([none.status, ((await none.json()) as { code: string }).code]).toEqual([503, "FP4002"]);
    ws.put("settlement-1.ndjson", [settlement("a")]);
    await ws.drain();
    await page.until((t) => t.event === "version");
    expect((await served.fetch("api/v1/overview")).status).toBe(200);
  }, 60_000);

  test("without any settlement has views without figures, and says so", async () => {
    const ws = workspace();
    await ws.drain();
    const served = await serve(ws);
    for (const view of [
      "overview",
      "pace",
      "inpatient",
      "flow",
      "outpatient",
      "facilities",
      "structure",
      "relief",
      "dip",
      "funds",
      "quality",
      "restatements",
      "alerts",
    ]) {
      const response = await served.fetch(`api/v1/${view}`);
      expect([view, response.status]).toEqual([
        view,
        view === "flow" || view === "structure" ? response.status : 200,
      ]);
    }
    const { finding } = await served.json<{ finding: { zh: { text: string }[] } }>("api/v1/overview");
    expect(finding.zh.map((p) => p.text).join("")).toContain("没有数据");
  }, 60_000);

  test("whose file another version wrote, or whose file is none, is told as that", async () => {
    const ws = workspace();
    mkdirSync(dirname(ws.published), { recursive: true });
    const instance = await DuckDBInstance.create(ws.published);
    const connection = await instance.connect();
    await connection.run("CREATE TABLE snapshot (version BIGINT)");
    connection.closeSync();
    instance.closeSync();
    const served = await serve(ws);
    const older = await served.fetch("api/v1/overview");
    expect([older.status, ((await older.json()) as { code: string }).code]).toEqual([503, "FP6007"]);
    rmSync(ws.published);
    writeFileSync(ws.published, "no database");
    const page = await new Listener().open(served);
    closing.push(() => page.close());
    await page.until((t) => t.event === "empty" && t.data.code === "FP4006");
    expect((await served.fetch("api/v1/trust")).status).toBe(503);
  }, 60_000);
});

test("a port that is taken is an error with its code", async () => {
  const ws = workspace();
  const first = await serve(ws);
  const port = Number(new URL(first.monitor.url).port);
  await expect(Served.of(ws.configFile, {}, { port })).rejects.toThrow(/FP6001/);
});

import { spawn } from "node:child_process";
import { copyFileSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { writeWideWorld } from "../support/wide-world.mjs";

const cli = () => join(process.env.FUNDPULSE_BENCH_BUILT, "dist/pipelines/cli/main.js");
export const FACILITIES = 1_000;
const MONTHS = 12;

/** A province's workspace of about so many settlements, nothing of it taken yet; how many there are. */
export function wideWorkspace(dir, events, config = {}) {
  rmSync(dir, { recursive: true, force: true });
  const bills = Math.max(1, Math.round(events / (FACILITIES * MONTHS)));
  writeWideWorld(dir, {
    facilities: FACILITIES,
    districts: 200,
    months: MONTHS,
    bills,
    firstYear: 2023,
    config,
  });
  return { settlements: bills * FACILITIES * MONTHS, file: join(dir, "data/published/fundpulse.duckdb") };
}

/** Takes all of it; the seconds that took. */
export async function drain(dir) {
  const began = performance.now();
  const child = spawn(process.execPath, [cli(), "run", "--until-drained"], {
    cwd: dir,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`run ended with ${code}`);
  return (performance.now() - began) / 1000;
}

/** `fundpulse monitor` of a workspace on a free port. */
export async function serve(dir) {
  const child = spawn(process.execPath, [cli(), "monitor", "--port", "0"], {
    cwd: dir,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`monitor ended with ${code}`)));
  });
  return {
    url: url.trim(),
    rssMiB: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024,
    /** Once is enough; again does nothing. */
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Pages that are open: each hears of versions, and asks again what it shows, as a browser does. */
export class Pages {
  told = 0;
  #aborts = [];

  constructor(url, asks = "api/v1/overview") {
    this.url = url;
    this.asks = asks;
  }

  async open(count) {
    await Promise.all(Array.from({ length: count }, () => this.#one()));
    const deadline = Date.now() + 30_000;
    while (this.told < count && Date.now() < deadline) await sleep(20);
    this.told = 0;
    return this;
  }

  async #one() {
    const abort = new AbortController();
    this.#aborts.push(abort);
    const { signal } = abort;
    const response = await fetch(`${this.url}api/v1/live`, { signal });
    void (async () => {
      let etag = "";
      let text = "";
      for await (const chunk of response.body) {
        text += Buffer.from(chunk).toString("utf8");
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const news = text.slice(0, end).includes("event: version");
          text = text.slice(end + 2);
          if (!news) continue;
          this.told++;
          const headers = { "if-none-match": etag };
          const answer = await fetch(`${this.url}${this.asks}`, { headers });
          etag = answer.headers.get("etag") ?? "";
          await answer.arrayBuffer();
        }
      }
    })().catch(() => {});
  }

  close() {
    for (const abort of this.#aborts) abort.abort();
  }
}

/** Moves a copy of the published file into its place, as a publish does; when that was. */
export function replaceFile(file) {
  copyFileSync(file, `${file}.bench`);
  renameSync(`${file}.bench`, file);
  return performance.now();
}

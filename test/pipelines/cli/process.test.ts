import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { simulate, simulatedEvents } from "../../../pipelines/simulate/simulate.js";
import { simulatedWorkspace } from "../../../pipelines/simulate/workspace.js";

const CLI = fileURLToPath(new URL("../../../dist/pipelines/cli/main.js", import.meta.url));
const FREE = { profile: "free", seed: 7, free: { events: 2_000, persons: 500, facilities: 5, months: 2 } };

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** Starts the built command; `ended` resolves with its exit code and what it wrote. */
function start(...args: string[]): {
  child: ChildProcess;
  ended: Promise<Ended>;
  saw: (text: RegExp) => Promise<string>;
} {
  if (!existsSync(CLI)) throw new Error("dist is missing: npm run build");
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, out, err })));
  const saw = async (text: RegExp): Promise<string> => {
    for (;;) {
      const match = text.exec(err);
      if (match) return match[1] ?? match[0];
      if (child.exitCode !== null) throw new Error(`ended before ${text}: ${err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, ended, saw };
}

/** A workspace whose inbox holds 2,000 events; returns its configuration file. */
function workspace(): string {
  const root = simulatedWorkspace(join(mkdtempSync(join(tmpdir(), "fundpulse-process-")), "w"), FREE, {
    personKey: "a key",
    logLevel: "info",
  });
  simulate({ ...FREE, outDir: join(root, "inbox") });
  return join(root, "fundpulse.yaml");
}

/** Starts `run` and waits until the figures are published. */
async function startRun(config: string) {
  const run = start("run", "--config", config);
  const url = await run.saw(/"ops":"([^"]+)"/);
  for (let ready = false; !ready; ) {
    ready = (await fetch(`${url}/ready`)).status === 200;
    if (!ready) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { ...run, url };
}

function withFreePort(config: string): string {
  writeFileSync(config, "ops: {port: 0}\n", { flag: "a" });
  return config;
}

test("a drop folder is drained, published and queried; a second run finds nothing new", async () => {
  const config = workspace();
  const first = await start("run", "--until-drained", "--config", config).ended;
  expect(first).toMatchObject({ code: 0 });
  expect(first.out).toMatch(
    /applied, .* duplicate, .* held, .* quarantined\npublished version \d+: .*fundpulse\.duckdb/,
  );
  const balance = await start(
    "sql",
    "--format",
    "csv",
    "--config",
    config,
    "SELECT sum(received) = sum(applied + duplicate + held + quarantined) AS adds_up FROM quality_balance",
  ).ended;
  expect(balance).toMatchObject({ code: 0, out: "adds_up\ntrue\n" });
  const second = await start("run", "--until-drained", "--config", config).ended;
  expect(second.code).toBe(0);
  expect(second.out).toContain("0 records: 0 applied");
});

test("while one process runs another is refused with its pid, queries work, and SIGTERM ends it cleanly", {
  tags: "long",
}, async () => {
  const config = withFreePort(workspace());
  const run = await startRun(config);
  const second = await start("run", "--until-drained", "--config", config).ended;
  expect(second.code).toBe(1);
  expect(second.err).toMatch(new RegExp(`in use by process ${run.child.pid} on .*\\[FP2001\\]`));
  expect(await start("sql", "--config", config, "SELECT 1").ended).toMatchObject({ code: 0 });
  const listed = await start("quarantine", "list", "--config", config).ended;
  expect(listed).toMatchObject({ code: 0, err: "" });
  expect(listed.out).toContain("reason");
  expect(await (await fetch(`${run.url}/metrics`)).text()).toMatch(/fundpulse_published_version [1-9]/);
  run.child.kill("SIGTERM");
  const ended = await run.ended;
  expect(ended.code).toBe(0);
  expect(ended.out).toContain("published version");
});

test("a process killed with kill -9 leaves nothing that blocks the next", { tags: "long" }, async () => {
  const config = withFreePort(workspace());
  const run = await startRun(config);
  run.child.kill("SIGKILL");
  await run.ended;
  expect(await start("run", "--until-drained", "--config", config).ended).toMatchObject({ code: 0 });
});

test("no person number of the input is in any output or log", { tags: "long" }, async () => {
  const config = workspace();
  const ended = await start("run", "--until-drained", "--config", config).ended;
  const listed = await start("quarantine", "list", "--format", "json", "--config", config).ended;
  expect(listed.code).toBe(0);
  for (const { stream, record } of sampleEvents()) {
    if (stream !== "settlement") continue;
    const { psn_no } = record as { psn_no: string };
    if (psn_no === "") continue;
    for (const text of [ended.out, ended.err, listed.out, listed.err]) expect(text).not.toContain(psn_no);
  }
});

function* sampleEvents() {
  let n = 0;
  for (const event of simulatedEvents(FREE)) {
    yield event;
    if (++n === 500) return;
  }
}

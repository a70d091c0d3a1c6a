import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { FlinkRest } from "../../../connectors/flink/cluster/rest.js";
import { restSettings } from "../../../connectors/flink/cluster/sql-client.js";
import { javaSources } from "../../../connectors/flink/java-sources.js";
import { flinkGenerate, flinkSubmit } from "../../../pipelines/cli/commands/flink.js";
import {
  flinkStatus,
  type JobStatus,
  statusExitCode,
  statusText,
} from "../../../pipelines/cli/commands/flink-status.js";
import { CLI, Workspace } from "../../support/workspace.js";

const KAFKA = { source: { kind: "kafka", brokers: ["127.0.0.1:1"] } };
const JOB = { name: "fundpulse", figures: "fund.figures", property: [] };
const workspaces: Workspace[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const workspace of workspaces.splice(0)) workspace.remove();
});

function workspaceOf(config: Record<string, unknown> = KAFKA): Workspace {
  const workspace = new Workspace(config);
  workspaces.push(workspace);
  return workspace;
}

test.each([
  ["http://jobmanager:8081", ["-Drest.address=jobmanager", "-Drest.port=8081"]],
  ["http://jobmanager", ["-Drest.address=jobmanager", "-Drest.port=80"]],
  [
    "https://flink.example.com/jobs/",
    [
      "-Drest.address=flink.example.com",
      "-Drest.port=443",
      "-Dsecurity.ssl.rest.enabled=true",
      "-Drest.url-prefix=/jobs/",
    ],
  ],
  ["http://[::1]:8081", ["-Drest.address=::1", "-Drest.port=8081"]],
])("Flink's client is sent where the REST address says: %s", (url, wanted) => {
  expect(restSettings(url)).toEqual(["-Dexecution.target=remote", ...wanted]);
});

test("a path before the REST interface is kept", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    response.end('{"jobs":[]}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy/`;
  await new FlinkRest(base).jobs();
  server.close();
  expect(asked).toEqual(["/proxy/jobs/overview"]);
});

const STATUS: JobStatus = {
  job: "j",
  name: "fundpulse",
  state: "RUNNING",
  runningMs: 60_000,
  checkpoints: { completed: 3, failed: 0 },
  lastCheckpoint: { ageMs: 5_000, durationMs: 100, stateBytes: 1 },
  lastCheckpointFailure: null,
  lastFailure: null,
  figures: {
    records: 10,
    lag: { settlement: 0, facility: 0 },
    digest: "d",
    wantedDigest: "d",
    sameKey: true,
    whole: true,
  },
};

test.each<[what: string, change: Partial<JobStatus>, figures: Partial<JobStatus["figures"]>, code: number]>([
  ["all is well", {}, {}, 0],
  ["another job writes the figures", {}, { digest: "other" }, 3],
  ["another key", {}, { sameKey: false }, 3],
  ["it is not known which job writes them", {}, { digest: null, sameKey: null }, 1],
  ["no checkpoint for long", { lastCheckpoint: { ...STATUS.lastCheckpoint!, ageMs: 400_000 } }, {}, 1],
  ["it restarts", { state: "RESTARTING" }, {}, 1],
  ["another job, and it stands still", { state: "FAILING" }, { digest: "other" }, 3],
])("flink status tells by its exit code: %s", (_, change, figures, code) => {
  const status = { ...STATUS, ...change, figures: { ...STATUS.figures, ...figures } };
  expect(statusExitCode(status)).toBe(code);
  if (figures.digest === null) expect(statusText(status)).toContain("NOT KNOWN");
});

test("Kafka that is away is told with its own code, and before it a configuration that has no job", async () => {
  const answers: Record<string, unknown> = {
    "/jobs/overview": {
      jobs: [{ jid: "j", name: "fundpulse", state: "RUNNING", duration: 1, "start-time": 1 }],
    },
    "/jobs/j/checkpoints": { counts: {}, latest: {} },
  };
  const server = createServer((request, response) => {
    response.end(JSON.stringify(answers[request.url!] ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const flink = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const config = workspaceOf().configFile;
    await expect(flinkStatus({ ...JOB, config, flink, format: "text" })).rejects.toThrow(/FP3001/);
    const folder = workspaceOf({}).configFile;
    await expect(flinkSubmit({ ...JOB, config: folder, flink: "http://127.0.0.1:1" })).rejects.toThrow(
      /FP3101/,
    );
    await expect(flinkSubmit({ ...JOB, config, flink: "http://u:p@127.0.0.1:1" })).rejects.toThrow(/FP1003/);
  } finally {
    vi.restoreAllMocks();
    server.close();
  }
});

/** A distribution of Flink whose programs only wait; each writes its process's number into `pids`. */
function idleFlink(cache: string): string {
  const home = join(cache, "flink", "2.2.1");
  for (const part of ["bin", "conf", "lib"]) mkdirSync(join(home, part), { recursive: true });
  writeFileSync(join(home, "conf", "config.yaml"), "");
  const pids = join(cache, "pids");
  for (const script of ["jobmanager.sh", "taskmanager.sh"]) {
    // As the real ones: the script has a child of its own.
    writeFileSync(join(home, "bin", script), `#!/bin/sh\nsleep 600 &\necho $$ $! >> ${pids}\nwait\n`);
    chmodSync(join(home, "bin", script), 0o755);
  }
  const jar = join(cache, "flink", "jar", javaSources().hash);
  mkdirSync(jar, { recursive: true });
  writeFileSync(join(jar, "fundpulse-flink.jar"), "x");
  return pids;
}

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A process that ended and was not waited for is none.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "flink dev that is ended by %s while it starts leaves no process behind",
  { timeout: 60_000 },
  async (signal) => {
    const workspace = workspaceOf();
    const cache = join(workspace.dir, "cache");
    const pids = idleFlink(cache);
    const child = spawn(
      process.execPath,
      [CLI, "flink", "dev", "--config", workspace.configFile, "--port", "0"],
      {
        env: { ...process.env, FUNDPULSE_CACHE: cache },
        stdio: "ignore",
      },
    );
    children.push(child);
    const ended = once(child, "exit");
    const started = (): number[] =>
      existsSync(pids) ? readFileSync(pids, "utf8").trim().split(/\s+/).map(Number) : [];
    while (started().length < 4 && child.exitCode === null) await sleep(50);
    expect(started().filter(lives)).toHaveLength(4);
    child.kill(signal);
    expect((await ended)[0]).toBe(0);
    for (let i = 0; i < 100 && started().some(lives); i++) await sleep(50);
    expect(started().filter(lives)).toEqual([]);
  },
);

test("flink generate --kubernetes writes manifests, the image's Dockerfile and the jar", async () => {
  const workspace = workspaceOf();
  const jar = join(workspace.dir, "built.jar");
  writeFileSync(jar, "jar");
  const out = join(workspace.dir, "out", "job.yaml");
  mkdirSync(join(workspace.dir, "out"));
  const options = { ...JOB, config: workspace.configFile, out, jar, kubernetes: true };
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await expect(flinkGenerate(options)).rejects.toThrow(/--storage.*FP1003/);
    await expect(flinkGenerate({ ...options, storage: "s3://b/x", jar: "no.jar" })).rejects.toThrow(
      /--jar no.jar.*FP1003/,
    );
    await expect(flinkGenerate({ ...options, storage: "s3://b/x", slots: "0" })).rejects.toThrow(
      /--slots 0.*FP1003/,
    );
    const archived = workspaceOf({ ...KAFKA, engine: { kind: "flink", archive: "archive" } }).configFile;
    await expect(flinkGenerate({ ...options, storage: "s3://b/x", config: archived })).rejects.toThrow(
      /--archive.*FP1003/,
    );
    expect(existsSync(out)).toBe(false);
    expect(await flinkGenerate({ ...options, storage: "s3://b/x" })).toBe(0);
  } finally {
    vi.restoreAllMocks();
  }
  const manifests = readFileSync(out, "utf8");
  expect(manifests).toContain("kind: FlinkDeployment");
  // Jobs side by side: transactions of one name would end each other.
  const [, name] = /name: (fundpulse-[0-9a-f]{8})\n/.exec(manifests)!;
  for (const setting of ["pipeline.name", "properties.group.id", "sink.transactional-id-prefix"])
    expect(manifests).toContain(`'${setting}' = '${name}'`);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(readFileSync(out.replace(".yaml", ".Dockerfile"), "utf8")).toContain("FROM flink:");
  expect(readFileSync(join(workspace.dir, "out", "fundpulse-flink.jar"), "utf8")).toBe("jar");
});

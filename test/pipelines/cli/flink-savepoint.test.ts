import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FiguresTold } from "../../../connectors/flink/figures-reader.js";
import { refuseLaterFigures } from "../../../connectors/flink/savepoint-note.js";
import { flinkSubmit } from "../../../pipelines/cli/commands/flink.js";
import { flinkSavepoint } from "../../../pipelines/cli/commands/flink-savepoint.js";
import { Workspace } from "../../support/workspace.js";

const JOB = { name: "fundpulse", figures: "fund.figures", property: [], timeout: "60" };
const RUNNING = { jid: "j", name: "fundpulse", state: "RUNNING", duration: 1, "start-time": 1 };

/** What a cluster answers, by method and path; a list: one after the other, the last for ever. */
type Answers = Record<string, object | readonly object[]>;

let workspace: Workspace;
let server: Server;
let answers: Answers;
let asked: string[];
let flink: string;
let out: string;

beforeEach(async () => {
  workspace = new Workspace({ source: { kind: "kafka", brokers: ["127.0.0.1:1"] } });
  answers = {};
  asked = [];
  out = "";
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const name = `${request.method} ${request.url}`;
      asked.push(`${name} ${body}`.trim());
      const found = answers[name];
      const answer = Array.isArray(found) ? (found.length > 1 ? found.shift() : found[0]) : found;
      if (answer === undefined) response.statusCode = 404;
      if (answer !== undefined && "errors" in answer) response.statusCode = 400;
      response.end(JSON.stringify(answer ?? {}));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  flink = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  server.close();
  workspace.remove();
});

const savepoint = (more: Partial<Parameters<typeof flinkSavepoint>[0]> = {}): Promise<number> =>
  flinkSavepoint({ ...JOB, config: workspace.configFile, flink, ...more });

test("a savepoint is asked for, awaited, and its path alone is printed", async () => {
  answers = {
    "GET /jobs/overview": { jobs: [RUNNING] },
    "POST /jobs/j/savepoints": { "request-id": "r" },
    "GET /jobs/j/savepoints/r": [
      { status: { id: "IN_PROGRESS" } },
      { status: { id: "COMPLETED" }, operation: { location: "s3://b/savepoint-1" } },
    ],
  };
  expect(await savepoint({ dir: "s3://b" })).toBe(0);
  expect(out).toBe("s3://b/savepoint-1\n");
  expect(asked).toContain('POST /jobs/j/savepoints {"target-directory":"s3://b","cancel-job":false}');
});

const failing: [what: string, answers: Answers, message: RegExp][] = [
  ["no job", { "GET /jobs/overview": { jobs: [] } }, /no job fundpulse runs on .*FP3102/],
  [
    "a job that begins again and again",
    {
      "GET /jobs/overview": { jobs: [{ ...RUNNING, state: "RESTARTING" }] },
      "GET /jobs/j/exceptions?maxExceptions=1": {
        exceptionHistory: { entries: [{ exceptionName: "x", stacktrace: "java.io.IOException: full" }] },
      },
    },
    /is RESTARTING, not RUNNING; it failed last with java.io.IOException: full.*FP3106/,
  ],
  [
    "a cluster without a folder for them",
    {
      "GET /jobs/overview": { jobs: [RUNNING] },
      "POST /jobs/j/savepoints": {
        errors: [
          "Config key [execution.checkpointing.savepoint-dir] is not set. Property [target-directory] …",
        ],
      },
    },
    /no folder for savepoints; name one .*--dir.*FP3106/,
  ],
  [
    "a folder that cannot be written",
    {
      "GET /jobs/overview": { jobs: [RUNNING] },
      "POST /jobs/j/savepoints": { "request-id": "r" },
      "GET /jobs/j/savepoints/r": {
        status: { id: "COMPLETED" },
        operation: {
          "failure-cause": {
            class: "java.util.concurrent.CompletionException",
            "stack-trace":
              "CompletionException: failed\n\tat x\nCaused by: java.io.IOException: Failed to create /x",
          },
        },
      },
    },
    /wrote no savepoint: CompletionException: failed Caused by: java.io.IOException: Failed to create \/x.*FP3106/,
  ],
];
test.each(failing)("%s is told, with what Flink says of it", async (_, given, message) => {
  answers = given;
  await expect(savepoint()).rejects.toThrow(message);
  expect(out).toBe("");
});

test("a savepoint that takes too long is left to Flink, and told", async () => {
  answers = {
    "GET /jobs/overview": { jobs: [RUNNING] },
    "POST /jobs/j/savepoints": { "request-id": "r" },
    "GET /jobs/j/savepoints/r": { status: { id: "IN_PROGRESS" } },
  };
  await expect(savepoint({ timeout: "1" })).rejects.toThrow(/not complete after 1 s.*--timeout.*FP3106/);
  for (const timeout of ["0", "-1", "x", "1.5"])
    await expect(savepoint({ timeout })).rejects.toThrow(/FP1003/);
  await expect(savepoint({ dir: " " })).rejects.toThrow(/FP1003/);
});

test("a job is not stopped where its figures topic cannot be told so", async () => {
  const writes = (topic: string) => ({
    "execution-config": { "user-config": { "fundpulse.figures": topic } },
  });
  answers = {
    "GET /jobs/overview": { jobs: [RUNNING] },
    "GET /jobs/j/config": [{}, writes("other.figures"), writes("fund.figures")],
  };
  await expect(savepoint({ stop: true })).rejects.toThrow(/does not say which topic it writes.*FP3106/);
  await expect(savepoint({ stop: true })).rejects.toThrow(
    /writes topic other.figures, .*is fund.figures.*FP3106/,
  );
  await expect(savepoint({ stop: true })).rejects.toThrow(/FP3001/);
  expect(asked.filter((request) => request.startsWith("POST"))).toEqual([]);
});

test("nothing is submitted from what is no path, or while Kafka is away", async () => {
  answers = { "GET /jobs/overview": { jobs: [] } };
  const submit = (fromSavepoint: string) =>
    flinkSubmit({ ...JOB, config: workspace.configFile, flink, fromSavepoint });
  for (const path of ["", "savepoint-1", "/a b"]) await expect(submit(path)).rejects.toThrow(/FP1003/);
  await expect(submit("file:/savepoints/savepoint-1")).rejects.toThrow(/FP3001/);
});

test("a job goes on only from the savepoint that its figures topic ends with", () => {
  const told = (savepoint: FiguresTold["savepoint"], whole = true): FiguresTold => ({
    manifest: null,
    savepoint,
    lag: { settlement: 0, facility: 0 },
    figures: 1,
    whole,
  });
  refuseLaterFigures("t", "/s", told({ path: "/s", isLast: true }));
  for (const [of, message] of [
    [told(null), /topic t does not end with savepoint \/s; .*FP3106/],
    [told({ path: "/r", isLast: true }), /does not end with savepoint \/s, but with \/r/],
    [told({ path: "/s", isLast: false }), /figures that were written after savepoint \/s/],
    [told({ path: "/s", isLast: true }, false), /could not be read to its end/],
  ] as const)
    expect(() => refuseLaterFigures("t", "/s", of)).toThrow(message);
});

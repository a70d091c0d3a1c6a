import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askControl, type ControlReply } from "../../../connectors/control/client.js";
import {
  controlFolder,
  controlPath,
  makeControlFolder,
  newControlId,
  writeWhole,
} from "../../../connectors/control/files.js";
import { acquireLock, type StateLock, tryLock } from "../../../connectors/control/lock.js";
import {
  type ControlOperation,
  type ControlServer,
  serveControl,
} from "../../../connectors/control/server.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { FundpulseError } from "../../../schemas/errors.js";

const RULES = { groupings: "g", personKey: "k", reference: "r" };

let dataDir: string;
let lock: StateLock;
let server: ControlServer | null = null;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "fundpulse-control-"));
  lock = acquireLock(dataDir);
});
afterEach(async () => {
  await server?.stop();
  server = null;
  lock.release();
  rmSync(dataDir, { recursive: true, force: true });
});

function serve(operations: Record<string, ControlOperation>): void {
  server = serveControl({
    dataDir,
    operations: new Map(Object.entries(operations)),
    rules: RULES,
    log: silentLog,
  });
}

const ask = (
  operation: string,
  args: readonly unknown[] = [],
  more: { rules?: Record<string, string>; onProgress?: (stage: string) => void; silentMs?: number } = {},
): Promise<ControlReply | StateLock> =>
  askControl({
    dataDir,
    operation,
    args,
    rules: more.rules ?? RULES,
    tryLock: () => tryLock(dataDir),
    onProgress: more.onProgress ?? (() => {}),
    ...(more.silentMs === undefined ? {} : { silentMs: more.silentMs }),
  });

/** Leaves the server as a killed process does: with an operation that never ends. */
function abandon(): void {
  void server?.stop();
  server = null;
}

const files = (): string[] => readdirSync(controlFolder(dataDir)).sort();
const thrown = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error) => error,
  );

describe("an answered request", () => {
  test("brings the result back, and nothing stays in the folder, which is the user's alone", async () => {
    serve({ add: async (a, b) => ({ result: Number(a) + Number(b) }) });
    expect(await ask("add", [1, 2])).toEqual({ result: 3, bytes: null, note: null });
    expect(files()).toEqual([]);
    expect(statSync(controlFolder(dataDir)).mode & 0o777).toBe(0o700);
  });

  test("brings bytes through a file of its own that nobody else can read", async () => {
    const seen: number[] = [];
    serve({
      show: async () => ({ result: { id: 7 }, bytes: Buffer.from([0, 255, 10]) }),
      look: async () => ({ result: null }),
    });
    const watch = setInterval(() => {
      for (const f of files())
        seen.push(statSync(join(controlFolder(dataDir), f), { throwIfNoEntry: false })?.mode ?? 0o600);
    }, 5);
    const reply = (await ask("show", [7])) as ControlReply;
    clearInterval(watch);
    expect([reply.result, reply.bytes]).toEqual([{ id: 7 }, Buffer.from([0, 255, 10])]);
    expect(files()).toEqual([]);
    expect(seen.every((mode) => (mode & 0o777) === 0o600)).toBe(true);
  });

  test("is one of several: they are executed one at a time, in the order of asking", async () => {
    const order: string[] = [];
    let inside = 0;
    serve({
      slow: async (name) => {
        expect(++inside).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 30));
        order.push(String(name));
        inside--;
        return { result: name };
      },
    });
    const asked: Promise<unknown>[] = [];
    for (const name of ["a", "b", "c"]) {
      asked.push(ask("slow", [name]));
      // Ids are made of the time of asking.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(asked);
    expect(order).toEqual(["a", "b", "c"]);
  });
});

describe("an error", () => {
  test("of the operation comes back with its code and words", async () => {
    serve({
      no: async () => {
        throw new FundpulseError("FP2006", "there is no quarantined record 9");
      },
    });
    const error = (await thrown(ask("no"))) as FundpulseError;
    expect(error).toBeInstanceOf(FundpulseError);
    expect([error.code, error.message]).toEqual([
      "FP2006",
      "there is no quarantined record 9; see `fundpulse quarantine list` [FP2006]",
    ]);
    expect(files()).toEqual([]);
  });

  test("that nobody foresaw is told as such", async () => {
    serve({
      no: async () => {
        throw new TypeError("x is not a function");
      },
    });
    expect(await thrown(ask("no"))).toMatchObject({
      message: expect.stringContaining("x is not a function"),
    });
  });

  test("an operation that the process does not know is FP2009, another configuration FP2008 with what differs", async () => {
    serve({ add: async () => ({ result: 0 }) });
    expect(await thrown(ask("dance"))).toMatchObject({ code: "FP2009" });
    const other = await thrown(ask("add", [], { rules: { ...RULES, groupings: "h" } }));
    expect(other).toMatchObject({ code: "FP2008", message: expect.stringContaining("groupings differs") });
  });

  test("newer reference tables are no error but a note", async () => {
    serve({ add: async () => ({ result: 0 }) });
    const reply = (await ask("add", [], { rules: { ...RULES, reference: "s" } })) as ControlReply;
    expect(reply.note).toContain("reference tables");
  });
});

describe("when the holder goes", () => {
  test("before it began, the asker gets the lock", async () => {
    const asked = ask("add");
    setTimeout(() => lock.release(), 100);
    const got = (await asked) as StateLock;
    expect(tryLock(dataDir)).toBeNull();
    got.release();
    expect(files()).toEqual([]);
  });

  test("half-way, the asker is told so", async () => {
    const begun = new Promise<void>((resolve) => {
      serve({
        hang: () => {
          resolve();
          return new Promise(() => {});
        },
      });
    });
    const asked = thrown(ask("hang"));
    await begun;
    lock.release();
    expect(await asked).toMatchObject({ code: "FP2007", message: expect.stringContaining("hang") });
    abandon();
  });

  test("half-way and another takes its place, the asker is told so too", async () => {
    const begun = new Promise<void>((resolve) => {
      serve({
        hang: () => {
          resolve();
          return new Promise(() => {});
        },
      });
    });
    const asked = thrown(ask("hang"));
    await begun;
    abandon();
    serve({});
    expect(await asked).toMatchObject({ code: "FP2007" });
  });
});

describe("nobody waits for ever", () => {
  test("a holder that works is waited for; one that hangs is not", async () => {
    lock.release();
    const module = new URL("../../../dist/connectors/control/lock.js", import.meta.url).href;
    const hold = `(await import(${JSON.stringify(module)})).acquireLock(${JSON.stringify(dataDir)});
      console.log("held"); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", hold]);
    try {
      await once(holder.stdout, "data");
      let waited = 0;
      const asked = ask("verify", [], { silentMs: 3_000, onProgress: () => waited++ });
      // It answers nothing, and lives.
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      expect(waited).toBeGreaterThan(5);
      holder.kill("SIGSTOP");
      const error = await thrown(asked);
      expect(error).toMatchObject({ code: "FP2016" });
      expect(String(error)).toMatch(
        new RegExp(`process ${holder.pid} on .* no sign of life for \\d+ s; .verify. was not begun`),
      );
      // Nor is it begun when the holder wakes up.
      expect(files()).toEqual([]);
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "close");
      lock = acquireLock(dataDir);
    }
  });

  test("an answer that cannot be written is told to who waits", async () => {
    serve({
      close: async () => {
        const [id] = files()[0]!.split(".");
        mkdirSync(`${controlPath(controlFolder(dataDir), id!, "answer")}.tmp`);
        return { result: 1 };
      },
    });
    const error = await thrown(ask("close"));
    expect(error).toMatchObject({ code: "FP2016" });
    expect(String(error)).toContain("did `close` and could not write its answer");
    expect(files().filter((f) => !f.endsWith(".answer.tmp"))).toEqual([]);
  });
});

describe("what nobody waits for", () => {
  const GONE = 4_000_000;
  const idOf = (pid: number): string => newControlId(Date.now()).replace(`-${process.pid}-`, `-${pid}-`);
  const request = JSON.stringify({ operation: "add", args: [], rules: RULES });

  test("is removed at the start and never executed", async () => {
    const folder = controlFolder(dataDir);
    makeControlFolder(folder);
    for (const kind of ["request", "answer", "bytes"] as const) {
      writeWhole(controlPath(folder, idOf(GONE), kind), request);
    }
    writeWhole(controlPath(folder, newControlId(1), "working"), request);
    writeFileSync(join(folder, "stray"), "");
    utimesSync(join(folder, "stray"), 1, 1);
    let executed = 0;
    serve({
      add: async () => {
        executed++;
        return { result: null };
      },
    });
    expect(files()).toEqual([]);
    await ask("add");
    expect(executed).toBe(1);
  });

  test("is not begun although it was asked in time", async () => {
    const done: unknown[] = [];
    serve({
      slow: async (name) => {
        const request = JSON.stringify({ operation: "slow", args: ["dead"], rules: RULES });
        if (name === "a") writeWhole(controlPath(controlFolder(dataDir), idOf(GONE), "request"), request);
        done.push(name);
        return { result: name };
      },
    });
    await ask("slow", ["a"]);
    await ask("slow", ["b"]);
    expect(done).toEqual(["a", "b"]);
    expect(files()).toEqual([]);
  });

  test("the folder may be removed while the process runs", async () => {
    serve({ add: async () => ({ result: 5 }) });
    rmSync(controlFolder(dataDir), { recursive: true });
    await expect.poll(() => existsSync(controlFolder(dataDir))).toBe(true);
    expect(await ask("add")).toMatchObject({ result: 5 });
  });

  test("a request that someone waits for outlives a change of the holder", async () => {
    const asked = ask("add");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(files()).toHaveLength(1);
    serve({ add: async () => ({ result: 5 }) });
    expect(await asked).toMatchObject({ result: 5 });
    expect(existsSync(controlFolder(dataDir))).toBe(true);
  });
});

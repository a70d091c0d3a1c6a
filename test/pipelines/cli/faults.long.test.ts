import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { main } from "../../../pipelines/cli/program.js";
import { ERROR_CODES } from "../../../schemas/errors.js";
import { emptied, fill } from "../../faults/damage.js";
import { CLI, settlement, Workspace } from "../../support/workspace.js";

/**
 * Every command under every ordinary accident of a disk, a right or a name: it does its work, or ends with a
 * numbered error that names the path; never with a trace. What needs root is skipped where this user is not.
 */
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const LIGHT: readonly (readonly string[])[] = [
  ["check", "--quiet"],
  ["sql", "SELECT count(*) FROM indicators"],
  ["explain", "2024-03", "visits", "care=outpatient"],
  ["quarantine", "list"],
  ["quarantine", "show", "1"],
  ["run", "--until-drained", "--no-ops"],
];
const OTHERS: readonly (readonly string[])[] = [
  ["quarantine", "retry", "--all"],
  ["alerts", "list"],
  ["report", "2024Q1", "--format", "md"],
  ["export", "public", "2024-03"],
  ["close", "2024-03", "--force"],
  ["nightly", "--date", "2024-06-01"],
  ["verify"],
  ["quarantine", "dismiss", "--all", "--why", "tests"],
  ["rebuild"],
];
const COMMANDS = [...LIGHT, ...OTHERS];
/** The light commands, and three of the others in turn: what all have in common fails in each of them. */
const someFor = (nth: number): readonly (readonly string[])[] => [
  ...LIGHT,
  ...[0, 3, 6].map((step) => OTHERS[(nth + step) % OTHERS.length]!),
];

let template: string;
const folders: string[] = [];
const mounted: string[] = [];

beforeAll(async () => {
  const w = new Workspace();
  w.put("settlement-1.ndjson", [settlement("S1"), settlement("S2"), "{broken"]);
  expect((await w.cli("run", "--until-drained")).code).toBe(0);
  template = w.dir;
});
afterEach(() => {
  for (const at of mounted.splice(0)) spawnSync("umount", ["-l", at]);
  for (const at of folders.splice(0)) rmSync(at, { recursive: true, force: true });
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

interface Place {
  readonly dir: string;
  readonly data: string;
  readonly config: string;
  readonly as?: number;
}

/** A copy of the drained workspace. With `size` its data lie on a file system of their own. */
function place(options: { size?: string; owner?: number } = {}): Place {
  const dir = mkdtempSync(join(tmpdir(), "fundpulse-fault-"));
  folders.push(dir);
  chmodSync(dir, 0o755);
  const data = join(dir, "data");
  if (options.size !== undefined) {
    mkdirSync(data);
    const { status } = spawnSync("mount", [
      "-t",
      "tmpfs",
      "-o",
      `size=${options.size},mode=755`,
      "tmpfs",
      data,
    ]);
    expect(status, "mount of a tmpfs").toBe(0);
    mounted.push(data);
  }
  cpSync(template, dir, { recursive: true, preserveTimestamps: true });
  // What arrives makes the next publish necessary.
  writeFileSync(join(dir, "inbox", "settlement-2.ndjson"), `${JSON.stringify(settlement("S3"))}\n`);
  if (options.owner !== undefined) own(dir, options.owner);
  return { dir, data, config: join(dir, "fundpulse.yaml") };
}

function own(path: string, uid: number): void {
  chownSync(path, uid, uid);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) own(join(path, name), uid);
}

interface Outcome {
  readonly command: string;
  readonly code: number | null;
  readonly said: string;
}

/** In this process, as the user of the place: what is told stands in `said`. */
async function run(at: Place, args: readonly string[]): Promise<Outcome> {
  let said = "";
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(((chunk: string | Uint8Array, ...rest: unknown[]) => {
      said += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
      const after = rest.at(-1);
      if (typeof after === "function") (after as () => void)();
      return true;
    }) as never),
  );
  if (at.as !== undefined) {
    process.setegid!(at.as);
    process.seteuid!(at.as);
  }
  try {
    const code = await main([...args, "--config", at.config]);
    return { command: args.join(" "), code, said };
  } finally {
    if (at.as !== undefined) {
      process.seteuid!(0);
      process.setegid!(0);
    }
    for (const spy of spies) spy.mockRestore();
  }
}

/** As a process of its own, started by a shell. */
function shell(at: Place, args: readonly string[], how: string, env: Record<string, string> = {}): Outcome {
  const call = ["-c", how, process.execPath, CLI, ...args, "--config", at.config];
  const { status, stdout, stderr } = spawnSync("sh", call, {
    encoding: "utf8",
    cwd: at.dir,
    env: { ...process.env, HOME: "/nonexistent", ...env },
  });
  return { command: args.join(" "), code: status, said: `${stdout}${stderr}` };
}

/** What is wrong with how a command ended; undefined where it did its work or told why not. */
function fault({ command, code, said }: Outcome): string | undefined {
  const trace = /please report|\n {4}at |node:internal|Stack Trace/.test(said);
  const numbered = [...said.matchAll(/\[(FP\d{4})\]/g)].every(([, c]) => (c as string) in ERROR_CODES);
  const told = code === 0 || code === 3 || /\[FP\d{4}\]/.test(said);
  return code !== null && !trace && numbered && told ? undefined : `${command} -> ${code}: ${said}`;
}

/** Every command in turn: each did its work or said why not. */
async function walk(at: Place, commands: readonly (readonly string[])[] = COMMANDS): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const args of commands) outcomes.push(await run(at, args));
  return right(outcomes);
}

function right(outcomes: Outcome[]): Outcome[] {
  expect(outcomes.flatMap((o) => fault(o) ?? [])).toEqual([]);
  return outcomes;
}

const failed = (outcomes: readonly Outcome[]): string[] =>
  outcomes.filter((o) => o.code !== 0 && o.code !== 3).map((o) => o.command.split(" ")[0]!);
const codes = (outcomes: readonly Outcome[]): string[] => [
  ...new Set(outcomes.flatMap((o) => [...o.said.matchAll(/\[(FP\d{4})\]/g)].map(([, c]) => c as string))),
];

describe.skipIf(!isRoot)("a disk of its own (needs root)", () => {
  test("data is full", async () => {
    const at = place({ size: "64m" });
    fill(at.data);
    const outcomes = await walk(at);
    expect(codes(outcomes).every((c) => ["FP9001", "FP4001", "FP4005", "FP5002"].includes(c))).toBe(true);
    expect(failed(outcomes)).toContain("run");
    // With room again nothing is lost.
    emptied(at.data);
    expect(await run(at, ["run", "--until-drained", "--no-ops"])).toMatchObject({ code: 0 });
    const { said } = await run(at, ["sql", "-f", "csv", "SELECT sum(applied) AS n FROM quality_balance"]);
    expect(said).toContain("\n3\n");
  });

  test("a new state on a disk without room", async () => {
    for (const size of ["4k", "100k", "1m"]) {
      const at = place();
      rmSync(at.data, { recursive: true });
      mkdirSync(at.data);
      spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", at.data]);
      mounted.push(at.data);
      await walk(at, [
        ["run", "--until-drained", "--no-ops"],
        ["check", "--quiet"],
        ["quarantine", "list"],
      ]);
    }
  });

  test("data is on a read-only disk", async () => {
    const at = place({ size: "64m" });
    spawnSync("mount", ["-o", "remount,ro", at.data]);
    const outcomes = await walk(at);
    expect(failed(outcomes)).toEqual(expect.arrayContaining(["run", "verify", "rebuild"]));
    expect(outcomes.find((o) => o.command.startsWith("sql"))).toMatchObject({ code: 0 });
  });
});

describe.skipIf(!isRoot)("a user without rights (needs root)", () => {
  const asNobody = (change: (at: Place) => void): Place => {
    const at = place({ owner: NOBODY });
    change(at);
    return { ...at, as: NOBODY };
  };

  const RIGHTS: [string, (at: Place) => void][] = [
    ["everything belongs to root", (at) => own(at.dir, 0)],
    [
      "data may not be written",
      (at) => {
        chownSync(at.data, 0, 0);
        chmodSync(at.data, 0o755);
      },
    ],
    [
      "data may not be entered",
      (at) => {
        chownSync(at.data, 0, 0);
        chmodSync(at.data, 0o700);
      },
    ],
    ["the state belongs to root", (at) => own(join(at.data, "state.sqlite"), 0)],
    ["the lock belongs to root", (at) => own(join(at.data, "lock.db"), 0)],
    ["who holds the lock belongs to root", (at) => own(join(at.data, "lock.json"), 0)],
    ["published belongs to root", (at) => own(join(at.data, "published"), 0)],
    [
      "published may not be read",
      (at) => {
        own(join(at.data, "published"), 0);
        chmodSync(join(at.data, "published"), 0o700);
      },
    ],
    ["work belongs to root", (at) => own(join(at.data, "work"), 0)],
    ["the requests' folder belongs to root", (at) => own(join(at.data, "control"), 0)],
    [
      "the inbox may not be read",
      (at) => {
        own(join(at.dir, "inbox"), 0);
        chmodSync(join(at.dir, "inbox"), 0o700);
      },
    ],
    [
      "a file of the inbox may not be read",
      (at) => {
        own(join(at.dir, "inbox", "settlement-2.ndjson"), 0);
        chmodSync(join(at.dir, "inbox", "settlement-2.ndjson"), 0o600);
      },
    ],
    [
      "a reference table may not be read",
      (at) => writeFileSync(join(at.dir, "reference", "divisions.csv"), "admdvs,name\n", { mode: 0o600 }),
    ],
    [
      "the configuration may not be read",
      (at) => {
        own(at.config, 0);
        chmodSync(at.config, 0o600);
      },
    ],
  ];
  test.each(RIGHTS.map((c, nth) => [...c, nth] as const))("%s", async (_name, change, nth) => {
    const outcomes = await walk(asNobody(change), someFor(nth));
    expect(failed(outcomes).length + codes(outcomes).length).toBeGreaterThan(0);
  });

  test("root ran a command once: the message says whose it is, and the way back works", async () => {
    const at = asNobody(() => {});
    await walk({ ...at, as: undefined }, [["explain", "2024-03", "visits", "care=outpatient"]]);
    const outcomes = await walk(at);
    const texts = outcomes.map((o) => o.said).join("\n");
    if (failed(outcomes).length > 0)
      expect(texts).toMatch(/belongs to root, this process runs as user 65534/);
    own(at.data, NOBODY);
    const again = COMMANDS.filter(([command]) => command !== "close");
    expect(failed(await walk(at, again))).toEqual([]);
  });

  test("published belonging to root at a start with a copy pending: it ingests, and retries", async () => {
    const at = asNobody((p) => {
      rmSync(join(p.data, "published", "fundpulse.duckdb"));
      own(join(p.data, "published"), 0);
    });
    const child = spawn(process.execPath, [CLI, "run", "--no-ops", "--config", at.config], {
      uid: NOBODY,
      gid: NOBODY,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    child.stderr.on("data", (chunk) => {
      log += chunk;
    });
    const until = async (done: () => boolean): Promise<void> => {
      for (let i = 0; i < 600 && !done() && child.exitCode === null; i++)
        await new Promise((resolve) => setTimeout(resolve, 100));
    };
    await until(() => log.includes("publish failed"));
    expect(child.exitCode).toBeNull();
    own(join(at.data, "published"), NOBODY);
    await until(() => existsSync(join(at.data, "published", "fundpulse.duckdb")));
    expect(existsSync(join(at.data, "published", "fundpulse.duckdb")), log).toBe(true);
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("close", resolve));
    const { said } = await run(at, ["sql", "-f", "csv", "SELECT sum(applied) AS n FROM quality_balance"]);
    expect(said).toContain("\n3\n");
  });
});

describe("something else in the way", () => {
  const folderAt = (path: string): void => {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(join(path, "inside"), { recursive: true });
  };
  const fileAt = (path: string): void => {
    rmSync(path, { recursive: true, force: true });
    writeFileSync(path, "no folder");
  };
  const IN_THE_WAY: [string, (at: Place) => void, string[]?][] = [
    ["state.sqlite is a folder", (at) => folderAt(join(at.data, "state.sqlite")), ["FP9003"]],
    ["lock.db is a folder", (at) => folderAt(join(at.data, "lock.db"))],
    ["lock.json is a folder", (at) => folderAt(join(at.data, "lock.json"))],
    ["fundpulse.duckdb is a folder", (at) => folderAt(join(at.data, "published", "fundpulse.duckdb"))],
    ["cells.duckdb is a folder", (at) => folderAt(join(at.data, "published", "cells.duckdb"))],
    ["the working file is a folder", (at) => folderAt(join(at.data, "work", "published.duckdb"))],
    ["data is a file", (at) => fileAt(at.data), ["FP9003"]],
    ["published is a file", (at) => fileAt(join(at.data, "published"))],
    ["work is a file", (at) => fileAt(join(at.data, "work"))],
    ["control is a file", (at) => fileAt(join(at.data, "control"))],
    ["detail is a file", (at) => fileAt(join(at.data, "detail"))],
    ["reports is a file", (at) => fileAt(join(at.data, "reports"))],
    ["public is a file", (at) => fileAt(join(at.data, "public"))],
    ["the inbox is a file", (at) => fileAt(join(at.dir, "inbox")), ["FP3007"]],
    ["the inbox is missing", (at) => rmSync(join(at.dir, "inbox"), { recursive: true }), ["FP3007"]],
    [
      "a reference table is a folder",
      (at) => folderAt(join(at.dir, "reference", "facilities.csv")),
      ["FP1002"],
    ],
    ["the reference folder is a file", (at) => fileAt(join(at.dir, "reference"))],
    ["the schemas' folder is a file", (at) => fileAt(join(at.dir, "reference", "schemas")), ["FP1002"]],
    ["the configuration is a folder", (at) => folderAt(at.config), ["FP1001"]],
    [
      "the state is a circle of links",
      (at) => {
        rmSync(join(at.data, "state.sqlite"));
        symlinkSync("state.sqlite", join(at.data, "state.sqlite"));
      },
    ],
    [
      "the published file is garbage",
      (at) => writeFileSync(join(at.data, "published", "fundpulse.duckdb"), "garbage".repeat(1000)),
    ],
    [
      "the published file is cut off",
      (at) => truncateSync(join(at.data, "published", "fundpulse.duckdb"), 20_000),
    ],
    ["the published file is empty", (at) => truncateSync(join(at.data, "published", "fundpulse.duckdb"), 0)],
    ["the published file is deleted", (at) => rmSync(join(at.data, "published", "fundpulse.duckdb"))],
    [
      "the working file is garbage",
      (at) => writeFileSync(join(at.data, "work", "published.duckdb"), "garbage".repeat(1000)),
    ],
    [
      "the state is garbage",
      (at) => writeFileSync(join(at.data, "state.sqlite"), "garbage".repeat(1000)),
      ["FP2004"],
    ],
  ];
  test.each(IN_THE_WAY.map((c, nth) => ({ name: c[0], change: c[1], wanted: c[2], nth })))(
    "$name",
    async ({ change, wanted, nth }) => {
      const at = place();
      change(at);
      const outcomes = await walk(at, someFor(nth));
      if (wanted !== undefined) expect(codes(outcomes)).toEqual(expect.arrayContaining(wanted));
    },
  );

  test("data cannot be made", async () => {
    const at = place();
    const config = JSON.parse(readFileSync(at.config, "utf8"));
    for (const data of [
      "fundpulse.yaml/data",
      "/proc/none/data",
      "/dev/null/x",
      `${"long/".repeat(900)}data`,
      "n".repeat(300),
    ]) {
      writeFileSync(at.config, JSON.stringify({ ...config, data }));
      const outcomes = await walk(at, [
        ["run", "--until-drained", "--no-ops"],
        ["check", "--quiet"],
        ["sql", "SELECT 1"],
        ["verify"],
        ["nightly"],
      ]);
      expect(outcomes.filter((o) => o.code === 0)).toEqual([]);
    }
  });

  test("too many open files", () => {
    const at = place();
    const outcomes = [24, 30].map((limit) =>
      shell(at, ["run", "--until-drained", "--no-ops"], `ulimit -n ${limit}; exec "$0" "$@"`),
    );
    right(outcomes);
  });

  test("odd locales, zones and streams", () => {
    const at = place();
    const plain = 'exec "$0" "$@"';
    for (const env of [
      { LC_ALL: "xx_YY", LANG: "", TZ: "Nowhere/Zone" },
      { LC_ALL: "C", LANG: "", TZ: "" },
    ])
      expect(shell(at, ["run", "--until-drained", "--no-ops"], plain, env)).toMatchObject({ code: 0 });
    const sql = ["sql", "SELECT * FROM indicators"];
    right([shell(at, sql, `${plain} <&- >&-`), shell(at, ["quarantine", "list"], `${plain} 2>&-`)]);
    expect(failed([shell(at, sql, '"$0" "$@" | head -c 1 >/dev/null')])).toEqual([]);
  });

  test("commands that write elsewhere", async () => {
    const at = place();
    const blocked = join(at.dir, "fundpulse.yaml", "x");
    const commands = [
      ["export", "public", "2024-03", "--out", blocked],
      ["report", "2024Q1", "--format", "md", "--out", blocked],
      ["audit", join(at.dir, "none.docx")],
      ["audit", at.dir],
    ];
    const outcomes = await walk(at, commands);
    expect(outcomes.filter((o) => o.code === 0)).toEqual([]);
    for (const args of [
      ["init", blocked],
      ["simulate", "free", "--set", "events=10", "--out", blocked],
      ["simulate", "free", "--set", "events=10", "--workspace", blocked],
      ["demo", "--dir", blocked],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], {
        encoding: "utf8",
        cwd: at.dir,
      });
      expect([args[0], status === 0, /\[FP\d{4}\]\n$/.test(stderr)], stderr).toEqual([args[0], false, true]);
    }
  });
});

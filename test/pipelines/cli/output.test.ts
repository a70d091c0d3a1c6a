import { spawnSync } from "node:child_process";
import { openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../../pipelines/cli/program.js";
import { caughtOutput } from "../../support/output.js";
import { CLI, settlement, Workspace } from "../../support/workspace.js";

/** What a command prints arrives, or the command fails; and nothing of it is obeyed by a terminal. */
let w: Workspace;
beforeAll(async () => {
  w = new Workspace();
  w.put("settlement-1.ndjson", [settlement("S1"), settlement("S2"), "{broken", "{broken too"]);
  await w.drain();
});
afterAll(() => w.remove());

/** Runs a command with standard output on a path. */
function printing(path: string, ...args: string[]): { code: number | null; err: string } {
  const out = openSync(path, "w");
  const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    stdio: ["ignore", out, "pipe"],
    encoding: "utf8",
    cwd: w.dir,
  });
  return { code: status, err: stderr };
}

test("onto a full device the version is an error", () => {
  const { code, err } = printing("/dev/full", "--version");
  expect(code).toBe(1);
  expect(err).toMatch(/standard output \(ENOSPC, write\).*\[FP9001\]\n$/);
});

test("a file that takes a part only is an error too, and a reader that has seen enough is none", () => {
  const file = join(w.dir, "help.txt");
  const limited = (redirection: string) =>
    spawnSync(
      "bash",
      ["-c", `trap '' XFSZ; ulimit -f 1; "$0" "$1" --help ${redirection}`, process.execPath, CLI],
      {
        encoding: "utf8",
        env: { ...process.env, FILE: file },
      },
    );
  const { status, stderr } = limited('> "$FILE"');
  expect([status, statSync(file).size]).toEqual([1, 1024]);
  expect(stderr).toContain("[FP9001]");
  const seen = spawnSync("bash", ["-c", 'set -o pipefail; "$0" "$1" --help | true', process.execPath, CLI], {
    encoding: "utf8",
  });
  expect([seen.status, seen.stderr]).toEqual([0, ""]);
});

test("a log that cannot be written stops no work", () => {
  const full = openSync("/dev/full", "w");
  const config = join(w.dir, "loud.yaml");
  writeFileSync(config, readFileSync(w.configFile, "utf8").replace(/}$/, ',"log":{"level":"debug"}}'));
  const args = [CLI, "run", "--until-drained", "--config", config];
  const { status, stdout } = spawnSync(process.execPath, args, {
    stdio: ["ignore", "pipe", full],
    encoding: "utf8",
  });
  expect([status, stdout]).toEqual([0, expect.stringContaining("0 records")]);
});

/** Every command that prints, in an order in which each has something to print. */
const COMMANDS: readonly (readonly string[])[] = [
  ["--help"],
  ["explain", "--help"],
  ["init", "made"],
  ["check"],
  ["check", "--quiet"],
  ["run", "--until-drained"],
  ["sql"],
  ["sql", "FROM snapshot"],
  ["sql", "--format", "csv", "FROM snapshot"],
  ["sql", "--format", "json", "FROM snapshot"],
  ["explain", "2024-03", "visits", "care=outpatient"],
  ["explain", "2024-03", "visits", "care=outpatient", "--format", "json"],
  ["explain", "2024-03", "visits", "care=outpatient", "--format", "csv"],
  ["explain", "2024-03", "visits", "care=outpatient", "--sql"],
  ["verify"],
  ["verify", "--format", "json"],
  ["quarantine", "list"],
  ["quarantine", "list", "--format", "json"],
  ["quarantine", "show", "1"],
  ["quarantine", "show", "1", "--raw"],
  ["quarantine", "retry", "--all"],
  ["quarantine", "dismiss", "1", "--why", "a test"],
  ["alerts", "list"],
  ["gaps", "list"],
  ["gaps", "list", "--format", "json"],
  ["close", "2024-03", "--force"],
  ["nightly", "--date", "2024-06-01"],
  ["report", "2024-03", "--format", "md"],
  ["report", "templates"],
  ["export", "public", "2024-03"],
  ["backup", "state.backup"],
  ["rebuild"],
  ["simulate", "free", "--set", "events=20", "--out", "simulated"],
  ["demo", "--dir", "demo"],
];

describe("every command that prints", { tags: "long" }, () => {
  test.each(COMMANDS)("%s %s %s fails with a number on a full device", { timeout: 300_000 }, (...args) => {
    const { code, err } = printing("/dev/full", ...args);
    expect(err).toContain("standard output (ENOSPC, write)");
    expect(err).toContain("[FP9001]");
    expect(err).not.toContain("please report it");
    expect(code).toBe(1);
  });
});

test("commands write through one place, where what a terminal would obey is escaped", () => {
  const root = new URL("../../../pipelines/", import.meta.url);
  const writers = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (f) =>
      f.endsWith(".ts") && /\bstd(out|err)\.write\(|console\./.test(readFileSync(new URL(f, root), "utf8")),
  );
  expect(writers.filter((f) => !f.startsWith("monitor/page/"))).toEqual([
    // Before the program is loaded, and its last word, which is empty.
    "cli/main.ts",
    "cli/terminal/say.ts",
  ]);
});

describe("on a terminal", () => {
  const caught = caughtOutput();
  const EVIL = "\u001b[31m\u202ered";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

  test.each([
    ["init", "made anew", async () => main(["init", join(w.dir, EVIL)])],
    ["backup", "in", async () => main(["backup", join(w.dir, `${EVIL}.backup`), "--config", w.configFile])],
    [
      "sql --format csv",
      "red",
      async () => main(["sql", `SELECT '${EVIL}' AS x`, "--format", "csv", "--config", w.configFile]),
    ],
    [
      "gaps dismiss",
      "FP",
      async () => main(["gaps", "dismiss", EVIL, "--by", "a", "--config", w.configFile]),
    ],
  ])("%s shows control characters as codes", async (_, __, command) => {
    const { isTTY } = process.stdout;
    process.stdout.isTTY = true;
    await command().finally(() => {
      process.stdout.isTTY = isTTY;
    });
    expect(caught.out + caught.err).toMatch(/\\(x1b|u001b)\[31m/);
    expect(caught.out + caught.err).not.toMatch(OBEYED);
    rmSync(join(w.dir, EVIL), { recursive: true, force: true });
  });

  test("to a file or a program data go as they are", async () => {
    expect(await main(["sql", `SELECT '${EVIL}' AS x`, "--format", "csv", "--config", w.configFile])).toBe(0);
    expect(caught.out).toBe(`x\n${EVIL}\n`);
  });

  test.each([
    ["gaps dismiss --by", ["gaps", "dismiss", "1", "--by"]],
    ["alerts ack --by", ["alerts", "ack", "1", "--by"]],
    ["quarantine dismiss --why", ["quarantine", "dismiss", "1", "--why"]],
  ])("%s of blanks says nothing and is refused", async (_, args) => {
    for (const blank of ["", " ", "\u00a0\u200b\u3000"]) {
      expect(await main([...args, blank, "--config", w.configFile])).toBe(2);
      expect(caught.err).toMatch(/--(by|why) must say .* \[FP1003\]\n$/);
      caught.err = "";
    }
  });
});

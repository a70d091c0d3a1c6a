import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

/**
 * Every command block of both READMEs, run as it is written, one after the other, in a clean copy of the
 * repository. What a reader has and the copy has not is given beforehand: documents to audit, and DuckDB's command line.
 */
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGES = ["README.md", "README.zh-CN.md"] as const;

/** Commands that are not run here, and why. */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [/^git clone /, "the repository's address is the reader's; the copy stands for it"],
  [/^npm ci( |$)/, "needs a registry: test/packaging installs the package, and `npm test` is this"],
  [/^npm run test:all/, "runs this test"],
];
/** Exit codes of what is no success here, and what it says. */
const OTHERWISE: readonly (readonly [RegExp, readonly number[], RegExp])[] = [
  [/^npx fundpulse alerts ack /, [1], /FP8001/],
  [/^npx fundpulse alerts test/, [2], /`notify` of the configuration names no channel/],
  // The documents are of other events, or of an open year.
  [/^npx fundpulse (report .* && npx fundpulse )?audit /, [0, 3], /(?:)/],
  // Records that nobody can read speak against it; the next line forces it.
  [/^npx fundpulse close 2024-03$/, [3], /close it all the same/],
  [/^npx fundpulse nightly/, [0, 3], /(?:)/],
];
/** Commands that go on until Ctrl-C, and what shows that they work. */
const SERVICES: readonly (readonly [RegExp, (dir: string) => boolean])[] = [
  [/^npx fundpulse run$/, (dir) => existsSync(join(dir, "data/published/fundpulse.duckdb"))],
];

interface Command {
  readonly page: string;
  readonly text: string;
}

/** Text without a comment at its end, where no quote is open. */
function bare(line: string): string {
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === "\\") i++;
    else if (quote !== "") quote = c === quote ? "" : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === "#" && (i === 0 || /\s/.test(line[i - 1]!))) return line.slice(0, i).trimEnd();
  }
  return line;
}

const isOpen = (text: string): boolean => (text.replace(/\\./g, "").match(/"/g)?.length ?? 0) % 2 === 1;

function commandsOf(page: string): Command[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const found: Command[] = [];
  for (const [, kind, body] of text.matchAll(/^```(sh|console)\n([\s\S]*?)^```$/gm)) {
    const lines =
      kind === "console"
        ? body!.split("\n").flatMap((l) => (l.startsWith("$ ") ? [l.slice(2)] : []))
        : body!.split("\n");
    let whole = "";
    for (const line of lines) {
      whole = whole === "" ? line : `${whole}\n${line}`;
      if (isOpen(bare(whole))) continue;
      const command = bare(whole).trim();
      whole = "";
      if (command !== "") found.push({ page, text: command });
    }
    expect(whole, `${page}: an open quote`).toBe("");
  }
  return found;
}

const home = mkdtempSync(join(tmpdir(), "fundpulse-readme-"));
const copy = join(home, "fundpulse");
let where = copy;
let env: Record<string, string> = {};
let port = 0;
let serving: ChildProcess | null = null;

beforeAll(async () => {
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  for (const file of files.split("\0")) {
    if (file === "" || /^test\//.test(file) || !existsSync(join(ROOT, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(copy, file));
  }
  cpSync(join(ROOT, "dist"), join(copy, "dist"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const bin = join(home, "bin");
  mkdirSync(bin);
  copyFileSync(join(ROOT, "test/support/children/duckdb.mjs"), join(bin, "duckdb"));
  chmodSync(join(bin, "duckdb"), 0o755);
  port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => resolve(free));
    });
  });
  env = {
    ...(process.env as Record<string, string>),
    PATH: `${bin}:${process.env.PATH}`,
    FUNDPULSE_ROOT: join(ROOT, "package.json"),
    npm_config_update_notifier: "false",
    // What npx keeps of other clones must not be run here.
    npm_config_cache: join(home, ".npm"),
  };
});
afterAll(() => {
  stop();
  rmSync(home, { recursive: true, force: true });
});

/** Signals the whole group, as Ctrl-C in a terminal does. */
function stop(signal: NodeJS.Signals = "SIGKILL"): void {
  if (serving?.pid !== undefined && serving.exitCode === null) process.kill(-serving.pid, signal);
  serving = null;
}

/** Runs a line in the shell that the lines before it left: its folder and its exports stay. */
function shell(line: string): { code: number | null; out: string; err: string } {
  const script = `set -o pipefail\ncd "$FP_WHERE"\n${line}\ncode=$?\npwd > "$FP_HOME/where"\nenv -0 > "$FP_HOME/env"\nexit $code`;
  const ran = spawnSync("bash", ["-c", script], {
    env: { ...env, FP_WHERE: where, FP_HOME: home },
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
  where = readFileSync(join(home, "where"), "utf8").trim();
  const after = readFileSync(join(home, "env"), "utf8").split("\0").filter(Boolean);
  env = Object.fromEntries(after.map((e) => [e.slice(0, e.indexOf("=")), e.slice(e.indexOf("=") + 1)]));
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

async function serve(command: string, works: (text: string) => boolean): Promise<ChildProcess> {
  const child = spawn("bash", ["-c", `cd "${where}"; exec ${command}`], {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  serving = child;
  let told = "";
  child.stdout!.on("data", (c) => {
    told += c;
  });
  child.stderr!.on("data", (c) => {
    told += c;
  });
  while (!works(told)) {
    if (child.exitCode !== null) throw new Error(`${command} ended: ${told}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return child;
}

/** What the reader brings: after `run`, the report of these events as the documents that are audited. */
function bring(): void {
  const report = shell("npx fundpulse report 2024H1");
  if (report.code !== 0) throw new Error(report.err);
  for (const name of ["report.docx", "last-report.docx"])
    copyFileSync(join(where, "data/reports/2024H1/county-half-year.docx"), join(where, name));
  copyFileSync(join(copy, "pipelines/simulate/data/shandan-2024h1.json"), join(where, "report-2024h1.json"));
}

const pages = PAGES.map(commandsOf);

test("both languages have the same commands", () => {
  const told = ({ text }: Command): string =>
    text.replace(/<[^>]+>/g, "<>").replace(/--why "[^"]*"/, "--why");
  expect(pages[1]!.map(told)).toEqual(pages[0]!.map(told));
  expect(pages[0]!.length).toBeGreaterThan(50);
});

test("every command of the README does what it is said to do", { timeout: 3_600_000 }, async () => {
  const failures: string[] = [];
  const done = new Set<string>();
  for (const { page, text } of pages.flat()) {
    if (done.has(text)) continue;
    done.add(text);
    if (text === "npm ci && npm run demo") {
      const { code, out, err } = shell("npm run -s demo");
      if (code !== 0) failures.push(`${text}: ${code}\n${err}`);
      else
        for (const line of missingOf(page, out))
          failures.push(`${page}: the demo does not print, in its place: ${line}`);
      continue;
    }
    if (LEFT_OUT.some(([pattern]) => pattern.test(text))) continue;
    if (SERVICES.some(([pattern]) => pattern.test(text))) {
      const [, ready] = SERVICES.find(([pattern]) => pattern.test(text))!;
      const child = await serve(text, () => ready(where));
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      stop("SIGINT");
      const code = await ended;
      // npm hands the signal on, and ends by it itself.
      if (code !== 0 && code !== null) failures.push(`${text}: ${code}`);
      bring();
      continue;
    }
    if (text === "npx fundpulse monitor") {
      await serve(text, (told) => told.includes(`http://127.0.0.1:${port}/`));
      continue;
    }
    const { code, out, err } = shell(text.replaceAll("127.0.0.1:8321", `127.0.0.1:${port}`));
    if (text.startsWith("curl ")) {
      stop("SIGINT");
      if (!Array.isArray((JSON.parse(out) as { figures: unknown }).figures))
        failures.push(`${text}: ${out.slice(0, 300)}`);
    }
    const otherwise = OTHERWISE.find(([pattern]) => pattern.test(text));
    const allowed = otherwise?.[1] ?? [0];
    if (!allowed.includes(code ?? -1) || (code !== 0 && otherwise && !otherwise[2].test(out + err)))
      failures.push(`${page}: ${text}\n  exit code ${code}\n  ${err.slice(-600)}`);
    // The one change to what `init` writes: ports that are free on this machine.
    if (text.startsWith("npx fundpulse simulate"))
      writeFileSync(join(where, "fundpulse.yaml"), `\nops: {port: 0}\nmonitor: {port: ${port}}\n`, {
        flag: "a",
      });
  }
  expect(failures).toEqual([]);
});

/** Lines of the sample beside the demo that it does not print in their place; `…` stands for lines left out. */
function missingOf(page: string, out: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const [, sample] = /^```console\n\$ npm ci && npm run demo\n([\s\S]*?)^```$/m.exec(text)!;
  // How often it publishes on the way is a matter of speed.
  const plain = (line: string): string =>
    line.trimEnd().replace(/published version \d+/, "published version N");
  const printed = out.split("\n").map(plain);
  const missing: string[] = [];
  let at = 0;
  let skipping = false;
  for (const line of sample!.trimEnd().split("\n")) {
    if (line === "…") {
      skipping = true;
      continue;
    }
    const found =
      skipping || missing.length > 0
        ? printed.indexOf(plain(line), at)
        : printed[at] === plain(line)
          ? at
          : -1;
    if (found < 0) missing.push(line);
    else at = found + 1;
    skipping = false;
  }
  return missing;
}

import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanCopy, filesInGit, makeFolder, packed, placeAddon, ROOT, run } from "../support/packaging.js";

const folders: string[] = [];
let tarball: string;
let files: string[];
beforeAll(async () => {
  tarball = await packed();
  folders.push(dirname(tarball));
  const listed = await run("tar", ["-tzf", tarball]);
  files = listed
    .split("\n")
    .filter((name) => name !== "" && !name.endsWith("/"))
    .map((name) => name.replace(/^package\//, ""));
}, 300_000);
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const textOf = (name: string): string => readFileSync(join(dirname(tarball), name), "utf8");

describe("what npm pack gives", () => {
  test("is in git, or built from it", async () => {
    const known = new Set(await filesInGit());
    const strange = files.filter((name) => {
      if (!name.startsWith("dist/")) return !known.has(name);
      const source = name.replace(/^dist\//, "").replace(/\.js(\.map)?$/, ".ts");
      // The page is bundled: its files have names of their own.
      return !known.has(source) && !name.startsWith("dist/pipelines/monitor/page/");
    });
    expect(strange).toEqual([]);
    expect(files.filter((name) => name.startsWith("test/") || name.endsWith(".test.js"))).toEqual([]);
  });

  test("holds every page that the program's messages point to", () => {
    const pointed = new Set<string>();
    for (const name of files.filter((f) => f.startsWith("dist/") && f.endsWith(".js"))) {
      for (const [path] of textOf(name).matchAll(/\bdocs\/[\w./-]+\.(?:md|csv|yaml|json)\b/g))
        pointed.add(path);
    }
    expect(pointed).toContain("docs/errors.md");
    expect([...pointed].filter((path) => !files.includes(path))).toEqual([]);
  });

  test("holds every page that its own pages link to", () => {
    const missing: string[] = [];
    for (const page of files.filter((f) => f.endsWith(".md"))) {
      for (const [, link] of textOf(page).matchAll(/\]\((?!\w+:)([^)#\s]+)[^)]*\)/g)) {
        const target = normalize(join(dirname(page), link)).replace(/\/$/, "");
        const there = files.some((f) => f === target || f.startsWith(`${target}/`));
        // What is read by developers alone stays in the repository.
        const forDevelopers =
          page.startsWith("docs/decisions/") || page === "CONTRIBUTING.md" || link.endsWith("DESIGN.md");
        if (!there && !forDevelopers) missing.push(`${page} → ${link}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

describe("installed in an empty folder", () => {
  let elsewhere: string;
  let out = "";
  const npx = (...args: string[]): Promise<string> =>
    run("npx", ["--no-install", "fundpulse", ...args], { cwd: elsewhere });

  beforeAll(async () => {
    elsewhere = makeFolder("elsewhere");
    folders.push(elsewhere);
    writeFileSync(join(elsewhere, "package.json"), '{"name":"elsewhere","private":true}\n');
    // Scripts are left out for the one of better-sqlite3, whose outcome is copied.
    const quietly = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...quietly, tarball], { cwd: elsewhere });
    placeAddon(elsewhere);
    // A figure that differs without a reason would end with 3, which rejects.
    out = await npx("demo");
  }, 900_000);

  test("the demo prints the county's tables out of events, but for the errors of the print", () => {
    expect(out).toContain("30 tables: 1,078 figures as printed, 6 differ where the print contradicts itself");
    expect(out).toContain("0 differ without a reason, 0 are not computed");
    const differing = out.split("\n").filter((line) => /≠/.test(line) && !line.includes("12.34"));
    expect(differing.map((line) => line.split(/\s+/)[0])).toEqual([
      "山丹县霍城镇卫生院",
      "山丹县霍城镇卫生院",
      "山丹县霍城镇卫生院",
    ]);
  });

  test("the demo says what is made up; the page has a whole last year, an outlook and alerts", async () => {
    expect(out).toContain("made up for the page, in no printed figure");
    expect(out).toMatch(/^The page: http:\/\/127\.0\.0\.1:\d+\/$/m);
    const query = async (sql: string): Promise<Record<string, string>[]> =>
      JSON.parse(await npx("sql", "--config", "demo/fundpulse.yaml", "--format", "json", sql));
    const outlook = await query("SELECT fund || ' ' || method || ' ' || years AS o FROM fund_outlook");
    expect(outlook.map(({ o }) => o)).toContain("employee_pool earlier_years 2023");
    const alerts = await query(
      "SELECT DISTINCT rule || ' ' || subject_zh AS a FROM alert WHERE state = 'open'",
    );
    expect(alerts.map(({ a }) => a)).toEqual(
      expect.arrayContaining([
        "基金支出超时间进度 职工统筹",
        "基金可支付月数偏低 居民基金",
        "县外住院基金支出占比上升 住院·本地参保异地就医",
        "机构长时间无结算数据 山丹县某门诊部（示例）",
      ]),
    );
  });

  test.each(["README.md", "README.zh-CN.md"])("what %s shows is what the demo prints", (readme) => {
    const [, block = ""] =
      /\$ npm ci && npm run demo\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, readme), "utf8")) ?? [];
    const lines = block.split("\n").filter((line) => line.trim() !== "" && line !== "…");
    expect(lines.length).toBeGreaterThan(10);
    // How often is published meanwhile depends on the machine.
    const steady = (text: string): string => text.replace(/version \d+/, "version N");
    for (const line of lines) expect(steady(out)).toContain(steady(line));
  });

  test("a new workspace is checked and run", async () => {
    await npx("init", "county");
    const env = { ...process.env, FUNDPULSE_PERSON_KEY: "0123456789abcdef".repeat(4) };
    const config = ["--config", "county/fundpulse.yaml"];
    const options = { cwd: elsewhere, env };
    await run("npx", ["--no-install", "fundpulse", "check", ...config], options);
    await run("npx", ["--no-install", "fundpulse", "run", "--until-drained", ...config], options);
    expect(existsSync(join(elsewhere, "county/data/state.sqlite"))).toBe(true);
  });
});

test("npm ci --omit=dev needs no development tools, and says what is not built", async () => {
  const copy = await cleanCopy();
  folders.push(copy);
  const quietly = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["ci", "--omit=dev", ...quietly], { cwd: copy });
  placeAddon(copy);
  expect(existsSync(join(copy, "node_modules/typescript"))).toBe(false);
  await run("npm", ["run", "prepare"], { cwd: copy });
  expect(existsSync(join(copy, "dist"))).toBe(false);

  cpSync(join(ROOT, "dist"), join(copy, "dist"), { recursive: true });
  await run("npm", ["run", "prepare"], { cwd: copy });
  const help = await run("node", [join(copy, "dist/pipelines/cli/main.js"), "--help"], { cwd: copy });
  expect(help).toContain("quarantine");
}, 300_000);

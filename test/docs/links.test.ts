import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MADE = new Set([".git", ".cache", "node_modules", "dist", "demo"]);
const TEXT = new Set([
  ".ts",
  ".tsx",
  ".mts",
  ".mjs",
  ".js",
  ".md",
  ".java",
  ".sql",
  ".css",
  ".html",
  ".yml",
  ".yaml",
  ".sh",
]);

function* textFiles(folder = ROOT): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!MADE.has(entry.name)) yield* textFiles(path);
    } else if (entry.isFile() && TEXT.has(extname(entry.name))) yield path;
  }
}

const files = [...textFiles()].map((path) => ({
  path,
  name: relative(ROOT, path),
  text: readFileSync(path, "utf8"),
}));
const pages = files.filter(({ name }) => name.endsWith(".md"));

/** The anchor that GitHub gives a heading. */
const slug = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

/** What is no code: fences and code spans hold examples, not links. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "``");

const ids = (text: string): string[] => [...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map((m) => m[1]);

/** Every anchor of a page: the ids that are written, and those of its headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ +(.+?) *$/gm)];
  return new Set([...ids(text), ...headings.map((m) => slug(m[1]))]);
}

const anchors = new Map(pages.map(({ path, text }) => [path, anchorsOf(text)]));

test("every anchor of the specification that code, tests and pages point to is there", () => {
  const missing: string[] = [];
  let found = 0;
  for (const { name, text } of files) {
    for (const [whole, page, anchor] of text.matchAll(/(specification(?:\.zh-CN)?\.md)#([\w-]+)/g)) {
      found++;
      if (!anchors.get(join(ROOT, "docs", page))?.has(anchor)) missing.push(`${name}: ${whole}`);
    }
  }
  expect(missing).toEqual([]);
  expect(found).toBeGreaterThan(50);
});

test("every link between pages leads to a file and an anchor that are there", () => {
  const broken: string[] = [];
  for (const { path, name, text } of pages) {
    for (const [, link] of prose(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [file, anchor] = decodeURI(link).split("#");
      const target = file === "" ? path : join(dirname(path), file);
      const there = anchor === undefined || (anchors.get(target)?.has(anchor) ?? false);
      if (!existsSync(target) || !there) broken.push(`${name}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});

test("an anchor stands once in its page", () => {
  for (const { name, text } of pages) {
    const all = ids(text);
    expect(new Set(all).size, name).toBe(all.length);
  }
});

test("a heading of the second level stands once in its page: links would lead to the first alone", () => {
  const twice = pages.flatMap(({ name, text }) => {
    const all = [...text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^## +(.+?) *$/gm)].map((m) =>
      slug(m[1]),
    );
    return all.filter((h, i) => all.indexOf(h) !== i).map((h) => `${name}#${h}`);
  });
  expect(twice).toEqual([]);
});

test("the Chinese specification has no anchor that the English one lacks", () => {
  const of = (page: string): string[] => ids(readFileSync(join(ROOT, "docs", page), "utf8"));
  expect(of("specification.md")).toEqual(expect.arrayContaining(of("specification.zh-CN.md")));
});

test("rules are cited from the specification alone", () => {
  const elsewhere = files
    .filter(({ text }) => /contract,? (§|\(§)|contract['’]s §/i.test(text))
    .map((f) => f.name);
  expect(elsewhere.filter((name) => name !== "test/docs/links.test.ts")).toEqual([]);
});

test("the files that the contributor's guide names are there", () => {
  const text = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8");
  const named = [
    ...text.matchAll(/`((?:schemas|aggregations|connectors|pipelines|test|docs|layers)[\w./-]*)`/g),
  ];
  expect(named.map((m) => m[1]).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GENERATED_PAGES } from "../../../pipelines/cli/manual.js";
import { program } from "../../../pipelines/cli/program.js";

/** `UPDATE_DOCS=1 npx vitest run manual specification` writes the pages anew. */
test.each(Object.entries(GENERATED_PAGES))("%s is what the program says", (file, page) => {
  const path = new URL(`../../../${file}`, import.meta.url);
  if (process.env.UPDATE_DOCS) writeFileSync(path, page());
  expect(readFileSync(path, "utf8")).toBe(page());
});

test.each(["README.md", "README.zh-CN.md"])(
  "%s names every command and no key that does not exist",
  (file) => {
    const text = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
    for (const command of program(() => {}).commands) expect(text).toContain(`fundpulse ${command.name()}`);
    for (const [, used] of text.matchAll(/npx fundpulse ([a-z]+)/g)) {
      expect(program(() => {}).commands.map((c) => c.name())).toContain(used);
    }
  },
);

test.each(["README.md", "README.zh-CN.md"])("%s names every top-level key of the configuration", (file) => {
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
  const pages = GENERATED_PAGES["docs/configuration.md"]();
  const keys = new Set([...pages.matchAll(/^\| `([a-zA-Z]+)/gm)].map((m) => m[1]));
  expect([...keys].filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
  expect(keys.size).toBeGreaterThan(15);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The text of every source file below a folder, or of the folder itself only where `deep` is false. */
function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return /\.(ts|tsx|mts|mjs)$/.test(entry.name) ? readFileSync(path, "utf8") : "";
    })
    .join("\n");
}

const rows = readFileSync(join(ROOT, "docs/glossary.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| word "))
  .map((line) => line.slice(2, -2).split(" | "));

/** Whether a name is declared there, or is a table, column, field or command of that name: a mention is not enough. */
function declares(text: string, name: string): boolean {
  const declared = `(?:class|interface|type|function|const|let|enum|get|async)\\s+#?${name}\\b`;
  const member = `^\\s*(?:readonly |private |protected |static |async )*#?${name}\\??\\s*[:(=<]`;
  const named = `["'\`]${name}["'\`]|\\bTABLE (?:IF NOT EXISTS )?${name}\\b`;
  return new RegExp(`${declared}|${member}|${named}`, "m").test(text);
}

test("every word has its Chinese, its meaning, and a name in the code that is there", () => {
  const wrong: string[] = [];
  for (const row of rows) {
    const [word, zh, meaning, code] = row;
    const [, name, folder] = /^`(\w+)` in `([\w/]+)`$/.exec(code ?? "") ?? [];
    if (row.length !== 4 || !/\p{Script=Han}/u.test(zh) || meaning === "" || name === undefined)
      wrong.push(word);
    else if (!declares(sources(join(ROOT, folder)), name)) wrong.push(`${word}: ${code}`);
  }
  expect(wrong).toEqual([]);
  expect(rows.length).toBeGreaterThan(60);
});

test("a word stands once", () => {
  const words = rows.map(([word]) => word);
  expect(words.filter((word, i) => words.indexOf(word) !== i)).toEqual([]);
});

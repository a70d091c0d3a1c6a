import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

test("every dependency stands in docs/dependencies.md with its licence", () => {
  const text = read("docs/dependencies.md");
  for (const name of Object.keys(JSON.parse(read("package.json")).dependencies)) {
    const row = text.split("\n").find(
      (line) =>
        line.startsWith("|") &&
        line
          .split("|")[1]
          .split(",")
          .some((n) => n.trim() === name),
    );
    expect(row, name).toBeDefined();
    const { license } = JSON.parse(read(`node_modules/${name}/package.json`));
    expect(row?.split("|")[2], name).toContain(license);
  }
});

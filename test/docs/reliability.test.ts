import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../../schemas/errors.js";

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const page = readFileSync(path("../docs/reliability.md"), "utf8");
const promises = [...page.matchAll(/^\| (\d+) \| (.+?) \|(.*?)\| (.+) \|$/gm)];

test("every promise has its number, and tests that exist", () => {
  expect(promises.map(([, n]) => Number(n))).toEqual(promises.map((_, i) => i + 1));
  expect(promises.length).toBeGreaterThan(10);
  const missing: string[] = [];
  for (const [, n, , , tests] of promises) {
    let folder = "";
    for (const [, name] of tests!.matchAll(/`([\w/-]+)`/g)) {
      // A name alone stands in the folder of the one before.
      const whole = name!.includes("/") ? name! : `${folder}/${name}`;
      folder = whole.slice(0, whole.lastIndexOf("/"));
      const found = ["", ".test.ts", ".long.test.ts"].some((end) => existsSync(path(whole + end)));
      if (!found) missing.push(`${n}: ${whole}`);
    }
  }
  expect(missing).toEqual([]);
});

test("every number that it names is one of an error", () => {
  const named = new Set([...page.matchAll(/FP\d{4}/g)].map(([code]) => code));
  expect([...named].filter((code) => !(code in ERROR_CODES))).toEqual([]);
});

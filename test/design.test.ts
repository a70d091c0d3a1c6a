import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOMS = ["schemas", "aggregations", "connectors", "pipelines"];

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Paths in backticks of one line, and the folders (`name/`) that it names. */
const named = (line: string, pattern: RegExp): string[] =>
  [...line.matchAll(pattern)].map(([, name]) => name!);

test.each(ROOMS)("%s/DESIGN.md names files and folders that exist", (room) => {
  const lines = readFileSync(path(`${room}/DESIGN.md`), "utf8").split("\n");
  const missing = lines.flatMap((line) => {
    const folders = named(line, /`([\w/-]+)\/`/g);
    // In a row about one folder its files go without it.
    const starts = ["", `${room}/`, ...folders.map((folder) => `${room}/${folder}/`)];
    return [...named(line, /`([\w./-]+\.(?:ts|mjs))`/g), ...named(line, /`([\w/-]+\/)`/g)].filter(
      (name) => name !== "data/control/" && !starts.some((start) => existsSync(path(start + name))),
    );
  });
  expect(missing).toEqual([]);
});

import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { definitions } from "../../../connectors/duckdb/publish/catalogue.js";
import { program } from "../../../pipelines/cli/program.js";
import { withGeneratedParts } from "../../../pipelines/cli/specification.js";
import { configSchema } from "../../../schemas/config/schema.js";
import { STREAM_NAMES, STREAMS } from "../../../schemas/input/streams.js";
import { MEASURES } from "../../../schemas/measures.js";
import { MAIN } from "../../../schemas/published/definition.js";
import { QUARANTINE_REASONS } from "../../../schemas/quarantine.js";

const PAGES = { en: "docs/specification.md", zh: "docs/specification.zh-CN.md" } as const;
const file = (page: string): URL => new URL(`../../../${page}`, import.meta.url);
const read = (language: keyof typeof PAGES): string => readFileSync(file(PAGES[language]), "utf8");

/** The text from an anchor to the next heading. */
function section(page: string, anchor: string): string {
  const from = page.indexOf(`<a id="${anchor}"></a>`);
  expect(from, anchor).toBeGreaterThanOrEqual(0);
  const heading = page.indexOf("\n#", from);
  const to = page.slice(heading + 1).search(/\n(#|<a id="[^"]+"><\/a>\n)/);
  return page.slice(from, to < 0 ? undefined : heading + 1 + to);
}

/** Rows of the tables in a text, as cells without their anchors. */
const rows = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.replace(/<a id="[^"]+"><\/a>/g, "").trim()),
    );
const names = (cell: string): string[] => [...cell.matchAll(/`([a-z_][a-z_0-9]*)[^`]*`/g)].map((m) => m[1]);

const languages = ["en", "zh"] as const;

/** `UPDATE_DOCS=1 npx vitest run manual specification` writes the generated parts anew. */
test.each(languages)("the generated parts (%s) are what the program says", (language) => {
  const page = read(language);
  const made = withGeneratedParts(page, language);
  if (process.env.UPDATE_DOCS) writeFileSync(file(PAGES[language]), made);
  expect(made).toBe(process.env.UPDATE_DOCS ? made : page);
});

const perStream = languages.flatMap((l) => STREAM_NAMES.map((stream) => [l, stream] as const));
test.each(perStream)(
  "specification (%s): the fields of %s, their types and obligations",
  (language, stream) => {
    const listed = rows(section(read(language), stream)).filter(([, type]) => FIELD_TYPES.has(type));
    expect(listed.map(([name, type, required]) => [names(name)[0], type, required !== ""])).toEqual(
      STREAMS[stream].fields.map((f) => [f.name, f.type, f.required]),
    );
  },
);
const FIELD_TYPES = new Set(["string", "instant", "date", "int", "amount", "rate", "decimal", "map"]);

test.each(languages)("specification (%s): the measures with their units and labels", (language) => {
  const listed = rows(section(read(language), "measures")).filter(([name]) => name.startsWith("`"));
  expect(listed.map(([name, unit, zh]) => ({ name: names(name)[0], unit, zh }))).toEqual([...MEASURES]);
});

test.each(languages)("specification (%s): the reasons of quarantine", (language) => {
  const listed = rows(section(read(language), "quarantine")).map(([name]) => names(name)[0]);
  expect(listed.filter((name) => name !== undefined && name !== "reason")).toEqual([...QUARANTINE_REASONS]);
});

const config = configSchema.parse({
  jurisdiction: { name: "-", admdvs: "620725", level: "county" },
  source: { kind: "folder" },
  privacy: { personKey: "-" },
});

test.each(languages)("specification (%s): every published table", (language) => {
  const listed = rows(section(read(language), "published-tables")).flatMap(([name]) => names(name));
  const published = definitions(config).filter((d) => d.schema === MAIN);
  expect(listed.sort()).toEqual(published.map((d) => d.name).sort());
});

const commands = (): string[] => program(() => {}).commands.map((c) => c.name());

test("specification: every command", () => {
  const listed = rows(section(read("en"), "commands")).flatMap(([name]) => names(name));
  expect(commands().filter((name) => !listed.includes(name))).toEqual([]);
  // `list|show` are parts of a command, `audit <printed>` its argument: first words alone.
  const first = rows(section(read("en"), "commands"))
    .filter(([name]) => name.startsWith("`"))
    .flatMap(([name]) => [...name.matchAll(/`([a-z]+)[^`]*`/g)].map((m) => m[1]));
  const notYet = /not in this version: ([^.]*)\./.exec(section(read("en"), "not-yet"))?.[1] ?? "";
  expect(new Set(first.filter((name) => !commands().includes(name)))).toEqual(new Set(names(notYet)));
});

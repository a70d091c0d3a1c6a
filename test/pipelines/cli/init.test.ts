import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig, parseConfig } from "../../../connectors/config/load.js";
import { configJsonSchema, type JsonSchema } from "../../../connectors/config/problems.js";
import { loadReference } from "../../../connectors/config/reference.js";
import { makeWorkspace } from "../../../pipelines/workspace/make.js";
import { CONFIG_TEMPLATE } from "../../../schemas/config/template.js";

const fresh = () => join(mkdtempSync(join(tmpdir(), "fundpulse-init-")), "county");

test("a new workspace passes its own checks and is empty", () => {
  const root = makeWorkspace(fresh());
  const { config, warnings } = loadConfig(join(root, "fundpulse.yaml"), { FUNDPULSE_PERSON_KEY: "k" });
  expect(warnings).toEqual([]);
  expect(config.source).toEqual({
    kind: "folder",
    path: join(root, "inbox"),
    encoding: "utf-8",
    fields: {},
  });
  expect(loadReference(config.reference, config.timezone)).toEqual({
    facilities: [],
    categories: [],
    divisions: [],
  });
  expect(readdirSync(join(root, "inbox"))).toEqual([]);
});

test("every key of the configuration stands in the template", () => {
  const absent: string[] = [];
  const walk = (schema: JsonSchema, path: string): void => {
    for (const [key, inner] of Object.entries(schema.properties ?? {})) {
      if (!new RegExp(`(^|[\\s{#,])${key}:`, "m").test(CONFIG_TEMPLATE)) absent.push(`${path}${key}`);
      if (inner.properties) walk(inner, `${path}${key}.`);
    }
  };
  walk(configJsonSchema(), "");
  expect(absent).toEqual([]);
});

test("the commented defaults of the template are the defaults, and the commented Kafka source is accepted", () => {
  const env = { FUNDPULSE_PERSON_KEY: "k", FUNDPULSE_OPS_TOKEN: "t", KAFKA_PASSWORD: "p" };
  const bare = parseConfig(CONFIG_TEMPLATE, "/ws/fundpulse.yaml", env).config;
  const defaults =
    /^( *)# ((?:timezone|reference|data|publish|closeAfterDays|keepDays|keepFacilityDays|dayGroupings|refunds|insurances|reimbursed|benefit|smallCell|monitor|alerts|report|log): .*)$/gm;
  expect([...CONFIG_TEMPLATE.matchAll(defaults)]).toHaveLength(16);
  expect(parseConfig(CONFIG_TEMPLATE.replace(defaults, "$1$2"), "/ws/fundpulse.yaml", env).config).toEqual(
    bare,
  );
  const kafka = CONFIG_TEMPLATE.replace(/^source: \{kind: folder.*$/m, "")
    .replace(/^# source:$/m, "source:")
    .replace(/^# {3}(?=[a-zA-Z]+:)/gm, "  ");
  expect(parseConfig(kafka, "/ws/fundpulse.yaml", env).config.source.kind).toBe("kafka");
});

test("nothing is overwritten, and nothing is written when something would be", () => {
  const root = makeWorkspace(fresh());
  writeFileSync(join(root, "fundpulse.yaml"), "mine");
  expect(() => makeWorkspace(root)).toThrow(/FP1004/);
  expect(readFileSync(join(root, "fundpulse.yaml"), "utf8")).toBe("mine");
  const other = mkdtempSync(join(tmpdir(), "fundpulse-init-"));
  writeFileSync(join(other, "fundpulse.yaml"), "mine");
  expect(() => makeWorkspace(other)).toThrow(/already holds fundpulse\.yaml/);
  expect(existsSync(join(other, "inbox"))).toBe(false);
});

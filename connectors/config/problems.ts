import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { configSchema } from "../../schemas/config/schema.js";

/** One thing wrong with the configuration. */
export interface Problem {
  readonly line: number | null;
  /** `periods.keepDays`, `careGroups[2].when.tier[0]`. */
  readonly path: string;
  readonly keys: readonly PropertyKey[];
  readonly message: string;
}

/** What a rule between keys found. */
export interface Finding {
  readonly kind: "problem" | "warning";
  readonly keys: readonly PropertyKey[];
  readonly message: string;
  /** Top-level keys it looked at: it says nothing while one of them is itself wrong. */
  readonly touches: readonly string[];
}

/** The parts of JSON Schema that the configuration's schema turns into. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly required?: readonly string[];
}

/** The configuration as JSON Schema: what an editor, the README table and "did you mean" are made from. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

const SECRET = /^(personKey|password|passphrase|token|secret)$/;
/** Values under such keys are masked wherever the configuration is shown. */
const isSecretKey = (key: string): boolean => SECRET.test(key);
/** The same of a whole path: the address of a group's robot is its key. */
export const isSecretPath = (keys: readonly PropertyKey[]): boolean =>
  keys.some((key) => isSecretKey(String(key))) || (keys[0] === "notify" && keys.at(-1) === "url");

export function pathText(keys: readonly PropertyKey[]): string {
  let text = "";
  for (const key of keys) {
    text += typeof key === "number" ? `[${key}]` : text === "" ? String(key) : `.${String(key)}`;
  }
  return text;
}

type Issue = z.core.$ZodIssue;

/** Turns the schema's findings into sentences: path, what is wrong, what is allowed. */
export function explainIssues(issues: readonly Issue[], raw: unknown): (Problem & { line: null })[] {
  const schema = configJsonSchema();
  return issues.flatMap((issue) => explain(issue, raw, schema, []));
}

function explain(issue: Issue, raw: unknown, schema: JsonSchema, base: readonly PropertyKey[]) {
  const keys = [...base, ...issue.path];
  const make = (message: string, at: readonly PropertyKey[] = keys) => [
    { line: null, path: pathText(at), keys: at, message },
  ];
  const value = valueAt(raw, keys);
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = keysAt(schema, keys, raw);
      return issue.keys.flatMap((key) => {
        const near = nearest(key, allowed);
        const hint = near === null ? "" : `; did you mean ${near}?`;
        return make(`unknown key${hint} (allowed: ${allowed.join(", ")})`, [...keys, key]);
      });
    }
    case "invalid_value":
      return make(`${shown(value, keys)} is not allowed; ${oneOf(issue.values.map(String), value)}`);
    case "invalid_type": {
      if (value === undefined) return make(`is missing; ${expected(issue.expected)} is required`);
      const quote = issue.expected === "string" && typeof value === "number" ? ": put it in quotes" : "";
      return make(`must be ${expected(issue.expected)}${quote}, not ${kindOf(value)}`);
    }
    case "invalid_union": {
      if ("discriminator" in issue && issue.discriminator) {
        const at = issue.path.at(-1) === issue.discriminator ? keys : [...keys, issue.discriminator];
        const allowed = variants(schemaAt(schema, at.slice(0, -1), raw)).map((v) =>
          String(v.properties?.[String(issue.discriminator)]?.const),
        );
        const given = valueAt(raw, at);
        return given === undefined
          ? make(`is missing; one of ${allowed.join(", ")}`, at)
          : make(`${shown(given, at)} is not allowed; ${oneOf(allowed, given)}`, at);
      }
      // The branch that got furthest says most; where none matches the kind of value, name the kinds.
      const branches = issue.errors.filter((b) =>
        b.some((i) => i.path.length > 0 || i.code !== "invalid_type"),
      );
      const best = branches.sort((a, b) => a.length - b.length)[0];
      if (best)
        return best.flatMap((inner): (Problem & { line: null })[] => explain(inner, raw, schema, keys));
      const kinds = issue.errors.flatMap((b) => b.flatMap((i) => ("expected" in i ? [i.expected] : [])));
      return make(
        `must be ${[...new Set(kinds)].map((k) => expected(k)).join(" or ")}, not ${kindOf(value)}`,
      );
    }
    case "too_small":
      return make(
        typeof value === "number"
          ? `${shown(value, keys)} is too small; ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`
          : "must not be empty",
      );
    case "too_big":
      return make(`${shown(value, keys)} is too large; at most ${issue.maximum}`);
    case "invalid_format":
      return make(`${shown(value, keys)} is not allowed; ${formatText(issue.message, issue.format)}`);
    default:
      return make(
        /^Invalid input/.test(issue.message) ? `${shown(value, keys)} is not allowed` : issue.message,
      );
  }
}

const formatText = (message: string, format: string): string =>
  /^Invalid/.test(message) ? `${format === "url" ? "a URL such as http://127.0.0.1:8081" : format}` : message;

function oneOf(allowed: readonly string[], value: unknown): string {
  const near = typeof value === "string" ? nearest(value, allowed) : null;
  return `${near === null ? "" : `did you mean ${near}? `}${allowed.length === 1 ? "" : "one of "}${allowed.join(", ")}`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of keys",
  record: "a group of keys",
};
const expected = (kind: string): string => NAMES[kind] ?? kind;

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : "a number with decimals";
  return expected(typeof value);
}

/** A value as shown to the operator; never one under a secret key. */
function shown(value: unknown, keys: readonly PropertyKey[]): string {
  if (isSecretPath(keys)) return "the value";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(raw: unknown, keys: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const key of keys) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

const variants = (schema: JsonSchema | undefined): readonly JsonSchema[] =>
  schema === undefined ? [] : (schema.anyOf ?? schema.oneOf ?? [schema]);

function schemaAt(schema: JsonSchema, keys: readonly PropertyKey[], raw: unknown): JsonSchema | undefined {
  let here: JsonSchema | undefined = schema;
  let value = raw;
  for (const key of keys) {
    here = variantFor(here, value) ?? here;
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
    here = typeof key === "number" ? here?.items : here?.properties?.[String(key)];
  }
  return here;
}

/** Of several variants the one whose constant keys agree with the value (`kind: kafka`). */
function variantFor(schema: JsonSchema | undefined, value: unknown): JsonSchema | undefined {
  const all = variants(schema);
  if (all.length <= 1 || value === undefined || value === null) return undefined;
  const objects = all.filter((v) => v.properties !== undefined);
  return (
    objects.find((v) =>
      Object.entries(v.properties ?? {}).every(
        ([key, p]) => p.const === undefined || p.const === (value as Record<string, unknown>)[key],
      ),
    ) ?? objects[0]
  );
}

function keysAt(schema: JsonSchema, keys: readonly PropertyKey[], raw: unknown): string[] {
  const here = schemaAt(schema, keys, raw);
  return Object.keys((variantFor(here, valueAt(raw, keys)) ?? here)?.properties ?? {});
}

/** The closest of `allowed` when it is close enough to be a slip of the pen; else null. */
export function nearest(word: string, allowed: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = word.length < 4 ? word.length : Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of allowed) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

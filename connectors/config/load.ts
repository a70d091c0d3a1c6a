import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { isMap, isScalar, LineCounter, parseDocument, Scalar, stringify, visit } from "yaml";
import { type Config, configSchema } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { isAnswerable } from "./alerts.js";
import { explainIssues, isSecretPath, type Problem, pathText } from "./problems.js";
import { configRules } from "./rules.js";

/** A configuration ready to use: every default filled in, every path absolute. */
export interface LoadedConfig {
  readonly config: Config;
  /** The file it came from, absolute. */
  readonly file: string;
  /** What is allowed but probably not meant. */
  readonly warnings: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the one configuration file (docs/specification.md#configuration). Every problem found is listed in
 * one FP1001, each with its line, its path and what is allowed; values under secret keys are never repeated.
 */
export function loadConfig(path: string, env: Env = process.env): LoadedConfig {
  const file = resolve(path);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "does not exist" : `cannot be read (${code ?? (cause as Error).message})`;
    throw new FundpulseError("FP1001", `the configuration file ${file} ${why}`, {
      cause,
      action: "make a workspace with `fundpulse init <dir>`, or name the file with --config",
    });
  }
  return parseConfig(text, file, env);
}

/** As `loadConfig`, from text; `file` is where its relative paths start. */
export function parseConfig(text: string, file: string, env: Env = process.env): LoadedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const found = document.errors.map((e) => ({
      line: lines.linePos(e.pos[0]).line,
      path: "",
      message: `YAML: ${e.message}`,
    }));
    throw failure(file, found);
  }
  const lineOf = (keys: readonly PropertyKey[]): number | null => {
    for (let depth = keys.length; depth > 0; depth--) {
      const node = document.getIn(keys.slice(0, depth), true) as { range?: [number, number, number] } | null;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return null;
  };
  const problems: Omit<Problem, "keys">[] = fillEnvironment(document, env, lines);
  if (!isMap(document.contents)) {
    throw failure(file, [{ line: 1, path: "", message: "the file must hold keys and values" }]);
  }
  let raw: Record<string, unknown>;
  try {
    raw = document.toJS() as Record<string, unknown>;
  } catch (error) {
    // An alias of nothing, or too many of them.
    throw failure(file, [{ line: 1, path: "", message: `YAML: ${(error as Error).message}` }]);
  }
  const parsed = configSchema.safeParse(raw);
  const failing = new Set(problems.map((p) => p.path.split(/[.[]/)[0]));
  if (!parsed.success) {
    for (const problem of explainIssues(parsed.error.issues, raw)) {
      // A variable that is not set is one problem, not two.
      if (problems.some((p) => p.path === problem.path)) continue;
      problems.push({ ...problem, line: lineOf(problem.keys) });
      failing.add(String(problem.keys[0] ?? problem.path));
    }
  }
  // Rules between keys are judged on whatever part is sound, so that everything is listed at once.
  const sound = parsed.success ? parsed.data : configSchema.safeParse(placeholders(raw, failing)).data;
  const warnings: string[] = [];
  if (sound) {
    for (const finding of configRules(sound, raw, file)) {
      if (finding.touches.some((key) => failing.has(key))) continue;
      const line = lineOf(finding.keys);
      if (finding.kind === "warning") warnings.push(`${pathText(finding.keys)}: ${finding.message}`);
      else problems.push({ line, path: pathText(finding.keys), message: finding.message });
    }
  }
  if (problems.length > 0 || !parsed.success) throw failure(file, problems);
  return { config: resolvePaths(limitDefaults(parsed.data, raw), dirname(file)), file, warnings };
}

/** The resolved configuration as YAML, secrets masked: for `check` and the start of a run. */
export function describeConfig(config: Config): string {
  const mask = (value: unknown, keys: readonly PropertyKey[]): unknown => {
    if (value !== undefined && isSecretPath(keys)) return "********";
    if (Array.isArray(value)) return value.map((v, i) => mask(v, [...keys, i]));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, mask(v, [...keys, k])]));
    }
    return typeof value === "string" ? value.replace(/\/\/[^/@\s]+@/, "//********@") : value;
  };
  return stringify(mask(config, []), { lineWidth: 100 });
}

function failure(file: string, problems: readonly Omit<Problem, "keys">[]): FundpulseError {
  const list = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const text = list.map((p) => {
    const place = p.line === null ? file : `${file}:${p.line}`;
    return `\n  ${place}: ${p.path === "" ? "" : `${p.path}: `}${p.message}`;
  });
  const count = list.length === 1 ? "one problem" : `${list.length} problems`;
  return new FundpulseError("FP1001", `the configuration has ${count}:${text.join("")}`, {
    action: list.length === 1 ? "correct the named key" : "correct the named keys",
  });
}

/**
 * Replaces `${NAME}` in values. A quoted value stays a string; an unquoted one that becomes a number,
 * true or false is read as such. `$${NAME}` stands for the text `${NAME}` itself.
 */
function fillEnvironment(
  document: ReturnType<typeof parseDocument>,
  env: Env,
  lines: LineCounter,
): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === "key" || typeof node.value !== "string" || !node.value.includes("${")) return;
      const keys = keysOf(ancestors, key);
      const missing: string[] = [];
      const filled = node.value.replace(/\$(\$\{[^}]*\})|\$\{([^}]*)\}/g, (all, escaped, name) => {
        if (escaped !== undefined) return escaped;
        const value = env[name];
        if (value === undefined) missing.push(name);
        return value ?? all;
      });
      for (const name of missing) {
        problems.push({
          line: node.range ? lines.linePos(node.range[0]).line : null,
          path: pathText(keys),
          keys,
          message: `the environment variable ${name} is not set`,
        });
      }
      const quoted = node.type !== Scalar.PLAIN;
      node.value = !quoted && /^(true|false|-?\d+(\.\d+)?)$/.test(filled) ? JSON.parse(filled) : filled;
    },
  });
  return problems;
}

function keysOf(ancestors: readonly unknown[], own: unknown): PropertyKey[] {
  const keys: PropertyKey[] = [];
  ancestors.forEach((node, i) => {
    const pair = node as { key?: unknown; value?: unknown; items?: unknown[] };
    if (isScalar(pair.key)) keys.push(String(pair.key.value));
    const next = ancestors[i + 1];
    if (Array.isArray(pair.items) && !isMap(node)) {
      keys.push(next === undefined ? Number(own) : pair.items.indexOf(next));
    }
  });
  return keys;
}

const REQUIRED = {
  jurisdiction: { name: "-", admdvs: "620725", level: "county" },
  source: { kind: "folder" },
  privacy: { personKey: "-" },
};

function placeholders(raw: Record<string, unknown>, failing: ReadonlySet<string>): Record<string, unknown> {
  const sound = Object.fromEntries(Object.entries(raw).filter(([key]) => !failing.has(key)));
  return { ...REQUIRED, ...sound };
}

/** The default rules that this configuration can answer; a late file is one that `monitor` calls so. */
const defaultAlerts = (config: Config): Config["alerts"] =>
  config.alerts
    .filter((rule) => isAnswerable(rule, config))
    .map((rule) =>
      rule.indicator === "published_age" ? { ...rule, above: config.monitor.staleSeconds } : rule,
    );

/** Person and day groupings and alerts that were not written down follow a shorter `groupings`. */
function limitDefaults(config: Config, raw: Record<string, unknown>): Config {
  const kept = new Set(config.groupings);
  const periods = (raw.periods ?? {}) as Record<string, unknown>;
  const limited = {
    ...config,
    personGroupings:
      raw.personGroupings === undefined
        ? config.personGroupings.filter((g) => kept.has(g))
        : config.personGroupings,
    periods: {
      ...config.periods,
      dayGroupings:
        periods.dayGroupings === undefined
          ? config.periods.dayGroupings.filter((g) => kept.has(g))
          : config.periods.dayGroupings,
    },
  };
  return raw.alerts === undefined ? { ...limited, alerts: defaultAlerts(limited) } : limited;
}

function resolvePaths(config: Config, base: string): Config {
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(base, path));
  let source = config.source;
  if (source.kind === "folder") source = { ...source, path: absolute(source.path) };
  else if (typeof source.ssl === "object") {
    const ssl = { ...source.ssl };
    for (const key of ["ca", "cert", "key"] as const) {
      const path = ssl[key];
      if (path !== undefined) ssl[key] = absolute(path);
    }
    source = { ...source, ssl };
  }
  const own = Object.entries(config.report.templates).map(([kind, name]) => [
    kind,
    name?.endsWith(".docx") ? absolute(name) : name,
  ]);
  const report = { ...config.report, templates: Object.fromEntries(own) as Config["report"]["templates"] };
  const { engine } = config;
  const kept = engine.kind === "flink" && engine.archive !== undefined;
  return {
    ...config,
    ...(kept ? { engine: { ...engine, archive: absolute(engine.archive!) } } : {}),
    report,
    source,
    reference: absolute(config.reference),
    data: absolute(config.data),
  };
}

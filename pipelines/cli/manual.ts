import { configJsonSchema, type JsonSchema } from "../../connectors/config/problems.js";
import { configSchema } from "../../schemas/config/schema.js";
import { ERROR_CODES } from "../../schemas/errors.js";
import { apiPage } from "../monitor/api/manual.js";

/** Pages of the manual that are made from the program itself; a test holds the files in `docs/` to them. */
export const GENERATED_PAGES: Readonly<Record<string, () => string>> = {
  "docs/errors.md": errorsPage,
  "docs/configuration.md": configurationPage,
  "docs/api.md": apiPage,
};

const EXIT_MEANING: Readonly<Record<number, string>> = {
  1: "failed",
  2: "usage or configuration",
  3: "differences found",
  75: "try again later",
};

/** Every error code with its cause, what to do, and the exit code (docs/errors.md). */
function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { exit, cause, action }]) =>
      `| ${code} | ${cell(cause)} | ${cell(action)} | ${exit} (${EXIT_MEANING[exit]}) |`,
  );
  return `# Errors

Every message that ends with a code in brackets, such as \`[FP2001]\`, is one of these. Other messages are
mistakes of the program: please report them. A record that cannot be counted is no error: it waits in the
quarantine with its reason.

| code | cause | what to do | exit code |
|---|---|---|---|
${rows.join("\n")}
`;
}

/** Every key of the configuration with type, default and allowed values (docs/configuration.md). */
function configurationPage(): string {
  const rows: string[] = [];
  collect(configJsonSchema(), "", rows, true);
  return `# Configuration

One YAML file, \`fundpulse.yaml\` unless \`--config\` names another; \`fundpulse init\` writes one with every key
explained, \`fundpulse check\` shows the resolved values. \`\${NAME}\` takes an environment variable: in quotes it
stays text, bare it may become a number or true/false; \`$\${NAME}\` is the text itself. Relative paths start at
the file's own folder.

| key | type | default |
|---|---|---|
${rows.join("\n")}

Besides: \`personGroupings\` and \`periods.dayGroupings\` must be among \`groupings\` (left out, they follow a
shorter list); an \`insutype\` belongs to one insurance; \`jurisdiction.admdvs\` must fit \`level\`; \`ops.host\`
beyond this machine needs \`ops.token\`, \`monitor.host\` one of \`monitor.tokens\`, whose names and tokens differ; the drop folder must not lie in \`data\`; a care group
after one without \`when\` is never reached (a warning).

\`report.tables\` says, by the id of a printed table (\`SELECT * FROM 报表.目录\`), what is printed otherwise:
\`headings\` (column key: text), \`labels\` (row label: text; \`report.labels\` for all tables), \`columns\` (their
keys, in order), \`totalFirst\`, \`subtotals\`, \`facilities\` (codes or names that have a row in any case, in order),
\`unsigned\` (differences without their sign), \`paid\` (pool_paid or reimbursed: what a 补偿比 is made of).

\`alerts\` left out is the list of default rules (docs/alerts.md), \`[]\` turns them off. A rule asks one of
aheadOfYear, above, below, changeAbove, changeBelow, aheadOfPeers (upper | lower), or several at once, of a figure
that is published: \`where\` names its dimensions, one of which may be "*", and \`insurance\` (default all).
\`notify\` lists the channels: wecom, dingtalk, feishu (robots of groups), webhook (JSON), email (SMTP); \`url\` and
\`password\` of a channel are never shown.

Reserved: \`privacy.smallCell\` is accepted, and this version does not act on it:
small figures are published as they are. \`run\` and \`check\` warn
where one of them is not its default.
`;
}

function collect(schema: JsonSchema, path: string, rows: string[], required: boolean): void {
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    const name = path === "" ? key : `${path}.${key}`;
    const needed = required && (schema.required ?? []).includes(key);
    const kinds = (inner.oneOf ?? inner.anyOf ?? []).filter((v) => v.properties !== undefined);
    if (kinds.length > 0 && inner.default === undefined) {
      for (const kind of kinds) {
        const tag = Object.entries(kind.properties ?? {}).find(([, p]) => p.const !== undefined);
        collect(kind, tag ? `${name}(${String(tag[1].const)})` : name, rows, needed);
      }
    } else if (inner.properties !== undefined && !hasOwnDefault(inner)) {
      collect(inner, name, rows, needed);
    } else {
      rows.push(`| \`${name}\` | ${cell(typeText(inner))} | ${cell(defaultText(inner, name, needed))} |`);
    }
  }
}

function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.map(String).join(" \\| ");
  if (schema.items) {
    const of = schema.items.properties
      ? `{${Object.keys(schema.items.properties).join(", ")}}`
      : schema.items.enum && schema.items.enum.length > 6
        ? "the measures ending in _paid"
        : typeText(schema.items);
    return `list of ${of}`;
  }
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(variants.map(typeText))].join(" or ");
  if (schema.properties) return `{${Object.keys(schema.properties).join(", ")}}`;
  const names: Readonly<Record<string, string>> = {
    integer: "whole number",
    string: "text",
    boolean: "true \\| false",
  };
  return names[schema.type ?? ""] ?? schema.type ?? "text";
}

/** A group whose default is more than the defaults of its keys. */
const hasOwnDefault = (schema: JsonSchema): boolean =>
  typeof schema.default === "object" && schema.default !== null && Object.keys(schema.default).length > 0;

/** What the program takes when only the required keys are given. */
const DEFAULTS: unknown = configSchema.parse({
  jurisdiction: { name: "-", admdvs: "620725", level: "county" },
  source: { kind: "folder" },
  privacy: { personKey: "-" },
});

function defaultText(schema: JsonSchema, name: string, needed: boolean): string {
  if (needed) return "required";
  let value = schema.default;
  if (value === undefined) {
    value = DEFAULTS;
    for (const key of name.split(".")) value = (value as Record<string, unknown> | undefined)?.[key];
  }
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(plain).join(", ");
  return plain(value);
}

const plain = (value: unknown): string =>
  typeof value !== "object" || value === null
    ? String(value)
    : Object.entries(value)
        .map(([key, v]) => `${key}: ${v}`)
        .join(", ");

const cell = (text: string): string => text.replaceAll("\n", " ");

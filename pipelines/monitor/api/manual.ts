import { openApi } from "./openapi.js";

type Json = Record<string, unknown>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Json;
}
interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly "x-role": string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Json }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: Json }> }>;
}

/** The API in words (docs/api.md), from what /api/v1/openapi.json says. */
export function apiPage(): string {
  const document = openApi() as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Json> };
  };
  const parts = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(path, method, operation)),
  );
  const shapes = Object.entries(document.components.schemas)
    .filter(([name]) => name !== "Problem")
    .map(
      ([name, schema]) =>
        `### ${name}\n\n${schema.description ? `${schema.description}.\n\n` : ""}${fields(schema)}`,
    );
  return `# API of the monitor

JSON under \`/api/v1/\`, described by OpenAPI 3.1 at \`/api/v1/openapi.json\`; this page is made from the same schemas that
check requests. Read-only but for acknowledging an alert.

- Every answer names the \`version\` of the published file that it was read from, \`published_at\`, \`watermark\` and
  \`completeness\`. Decimals are exact text in the published unit (yuan, fractions not percentages), null where there is
  no figure. Times carry the jurisdiction's offset.
- \`ETag\`: send it back as \`If-None-Match\`, and an unchanged answer is a 304 without a body.
- Errors are RFC 9457 problems (\`application/problem+json\`): \`status\`, \`code\` ([errors.md](errors.md)), \`detail\`,
  \`action\`, and \`errors\` naming each wrong parameter.
- On this machine no token is needed. Elsewhere: \`Authorization: Bearer <token>\` with one of \`monitor.tokens\`. Five
  wrong tokens from one address within a minute are answered with 429.
- A \`+\` in a parameter is written \`%2B\`: \`grouping=care%2Bregion\`.

\`\`\`sh
curl -s 'http://127.0.0.1:8321/api/v1/figures?period=2024H1&indicator=visits,avg_fee&insurance=resident&grouping=care%2Bregion&care=inpatient'
curl -s -H "Authorization: Bearer $TOKEN" 'https://bureau.example/api/v1/overview'
curl -sN 'http://127.0.0.1:8321/api/v1/live'
\`\`\`

${parts.join("\n")}
## Shapes

${shapes.join("\n")}`;
}

function section(path: string, method: string, operation: Operation): string {
  const { parameters, requestBody, responses } = operation;
  const rows = parameters.map((p) => {
    const usual = p.schema.default === undefined ? "" : ` (default ${text(p.schema.default)})`;
    return `| \`${p.name}\`${p.required ? " *" : ""} | ${cell(typeOf(p.schema))} | ${cell(`${p.description ?? ""}${usual}`.trim())} |`;
  });
  const body = requestBody && Object.values(requestBody.content)[0]!.schema;
  const answers = Object.entries(responses["200"]!.content ?? {});
  const answer = answers.map(([type, { schema }]) =>
    schema.properties ? fields(schema, ENVELOPE_FIELDS) : `A file: \`${type}\`.\n`,
  );
  return `## ${method.toUpperCase()} ${path}

${operation.summary}.${operation.description ? ` ${operation.description}` : ""} Role: \`${operation["x-role"]}\`.

${rows.length === 0 ? "" : `| parameter | | |\n|---|---|---|\n${rows.join("\n")}\n\n`}${body ? `Body:\n\n${fields(body)}\n` : ""}Answer:\n
${[...new Set(answer)].join("\n")}`;
}

const ENVELOPE_FIELDS = new Set(["version", "published_at", "watermark", "completeness"]);

/** Fields of an object as a list, those inside it below. */
function fields(schema: Json, without: ReadonlySet<string> = new Set(), depth = 0): string {
  const indent = "  ".repeat(depth);
  const lines = Object.entries((schema.properties ?? {}) as Record<string, Json>)
    .filter(([name]) => !without.has(name))
    .map(([name, field]) => {
      const said = field.description === undefined ? "" : `: ${field.description}`;
      const inner = innerOf(field);
      return `${indent}- \`${name}\` ${typeOf(field)}${said}\n${inner ? fields(inner, new Set(), depth + 1) : ""}`;
    });
  return lines.join("");
}

/** The object that a field holds, alone or in a list. */
function innerOf(schema: Json): Json | null {
  if (schema.properties) return schema;
  if (schema.items) return innerOf(schema.items as Json);
  const options = (schema.anyOf ?? []) as Json[];
  const found = options.map(innerOf).find((s) => s !== null);
  return found ?? null;
}

function typeOf(schema: Json): string {
  if (typeof schema.$ref === "string")
    return `[${schema.$ref.split("/").at(-1)}](#${schema.$ref.split("/").at(-1)!.toLowerCase()})`;
  if (schema.const !== undefined) return `\`${text(schema.const)}\``;
  if (Array.isArray(schema.enum)) return schema.enum.map((v) => `\`${text(v)}\``).join(" | ");
  if (Array.isArray(schema.anyOf)) return [...new Set((schema.anyOf as Json[]).map(typeOf))].join(" | ");
  if (schema.type === "array") return `list of ${schema.items ? typeOf(schema.items as Json) : "values"}`;
  if (schema.type === "object" && schema.additionalProperties && !schema.properties)
    return `object of ${typeOf(schema.additionalProperties as Json)}`;
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  return typeof schema.type === "string" ? schema.type : "any";
}

const text = (value: unknown): string => (Array.isArray(value) ? value.join(",") : String(value));
const cell = (value: string): string => value.replaceAll("|", "\\|");

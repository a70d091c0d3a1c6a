import { z } from "zod";
import { ERROR_CODES } from "../../../schemas/errors.js";
import { DESCRIBED } from "./described.js";
import { ENVELOPE } from "./route.js";
import { ROUTES } from "./routes.js";

type Json = Record<string, unknown>;

const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.enum(Object.keys(ERROR_CODES) as [string, ...string[]]).describe("docs/errors.md"),
    action: z.string().describe("What to do"),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem" });

const STATUSES: Readonly<Record<string, string>> = {
  "400": "A parameter is wrong [FP6005]",
  "401": "No token, or a wrong one [FP6002]",
  "403": "The role does not allow it [FP6003]",
  "404": "Nothing is there [FP6006, FP5003]",
  "429": "Too many wrong tokens, or queries at once [FP6004, FP6008]",
  "503": "Nothing is published, or by another version [FP4002, FP6007]",
};

/** The API as OpenAPI 3.1, from the schemas that validate. */
export function openApi(): Json {
  const schemas: Record<string, Json> = {};
  const schemaOf = (schema: z.ZodType, io: "input" | "output"): Json => {
    const { $defs, $schema: _, ...own } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json;
    for (const [name, def] of Object.entries(($defs ?? {}) as Record<string, Json>))
      schemas[name] = moved(def) as Json;
    return moved(own) as Json;
  };
  const problem = { "application/problem+json": { schema: schemaOf(problemShape, "output") } };
  const errors = Object.fromEntries(
    Object.entries(STATUSES).map(([status, description]) => [status, { description, content: problem }]),
  );
  const parameters = (query: z.ZodObject | undefined, inPath: readonly string[]): Json[] => {
    if (query === undefined) return [];
    const { properties = {}, required = [] } = schemaOf(query, "input") as {
      properties?: Record<string, Json>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, { description, ...schema }]) => ({
      name,
      in: inPath.includes(name) ? "path" : "query",
      required: inPath.includes(name) || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
    }));
  };
  const paths: Record<string, Json> = {};
  const add = (path: string, method: string, operation: Json): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  for (const route of ROUTES) {
    add(route.path, "get", {
      operationId: operationId(route.path, "get"),
      summary: route.summary,
      ...(route.description === undefined ? {} : { description: route.description }),
      "x-role": route.role,
      parameters: parameters(route.query, route.inPath ?? []),
      responses: {
        "200": {
          description: "OK",
          headers: { ETag: { schema: { type: "string" }, description: "Send it as If-None-Match" } },
          content: {
            "application/json": {
              schema: schemaOf(z.object({ ...ENVELOPE, ...route.answer.shape }), "input"),
            },
          },
        },
        "304": { description: "Unchanged since the ETag sent" },
        ...errors,
      },
    });
  }
  for (const d of DESCRIBED) {
    add(d.path, d.method, {
      operationId: operationId(d.path, d.method),
      summary: d.summary,
      ...(d.description === undefined ? {} : { description: d.description }),
      "x-role": d.role,
      parameters: [
        ...(d.inPath ?? []).map((p) => ({
          name: p.name,
          in: "path",
          required: true,
          description: p.description,
          schema: { type: "string" },
        })),
        ...parameters(d.query, []),
      ],
      ...(d.body === undefined
        ? {}
        : {
            requestBody: {
              required: true,
              content: { "application/json": { schema: schemaOf(d.body, "input") } },
            },
          }),
      responses: {
        "200": {
          description: "OK",
          content: Object.fromEntries(
            d.answer.type.split(", ").map((type) => [
              type,
              {
                schema:
                  d.answer.schema === undefined
                    ? { type: "string", format: "binary" }
                    : schemaOf(d.answer.schema, "input"),
              },
            ]),
          ),
        },
        ...errors,
      },
    });
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "fundpulse monitor",
      version: "1",
      description:
        "Published figures of a medical-insurance fund. Every answer names the version it was read from. Decimals are exact texts in the published unit (yuan, fractions); times carry the jurisdiction's offset.",
    },
    security: [{}, { token: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token of monitor.tokens" },
        session: { type: "apiKey", in: "cookie", name: "fundpulse", description: "Given by POST /login" },
      },
    },
  };
}

const operationId = (path: string, method: string): string =>
  [method, ...path.replace("/api/v1/", "").replaceAll(/[{}]/g, "").split("/")].join("_");

/** References of a schema of its own point into the document's components. */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) =>
      key === "$ref" && typeof v === "string"
        ? [key, v.replace("#/$defs/", "#/components/schemas/")]
        : [key, moved(v)],
    ),
  );
}

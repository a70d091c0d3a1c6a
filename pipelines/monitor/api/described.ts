import { z } from "zod";
import type { MonitorRole } from "../../../schemas/config/monitor.js";
import { acknowledgeBody, queryBody, settlementsQuery } from "./actions.js";
import { alertShape } from "./alert-shape.js";
import { exportFigures } from "./export.js";
import { ENVELOPE } from "./route.js";
import { trustShape } from "./trust.js";

/** An address that is no JSON answer of one version: described here, served in actions.ts and server.ts. */
export interface Described {
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly role: MonitorRole;
  readonly query?: z.ZodObject;
  readonly inPath?: readonly { readonly name: string; readonly description: string }[];
  readonly body?: z.ZodObject;
  readonly answer: { readonly type: string; readonly schema?: z.ZodType };
}

const n = z.number().int();
const JSON_TYPE = "application/json";
const TABLES = "text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export const DESCRIBED: readonly Described[] = [
  {
    method: "get",
    path: "/api/v1/session",
    summary: "Who asks, what they may, and where this is",
    description: "Answers also while nothing is published.",
    role: "viewer",
    answer: {
      type: JSON_TYPE,
      schema: z.object({
        version: z.string().nullable(),
        role: z.enum(["viewer", "officer", "detail"]),
        name: z.string(),
        login: z.boolean().describe("Tokens are configured"),
        jurisdiction: z.object({ name: z.string(), admdvs: z.string(), level: z.string() }),
        timezone: z.string(),
        stale_seconds: n,
        small_cell: n,
        may: z.object({ acknowledge: z.boolean(), query: z.boolean(), settlements: z.boolean() }),
      }),
    },
  },
  {
    method: "get",
    path: "/api/v1/live",
    summary: "Server-sent events: each published version within a second",
    description:
      "`event: version` on connecting and on each publish; `stale` when the file gets older than monitor.staleSeconds; `empty` while there is nothing to read. The id is the version.",
    role: "viewer",
    answer: {
      type: "text/event-stream",
      schema: trustShape.extend({ ...ENVELOPE, age_seconds: n, stale: z.boolean() }),
    },
  },
  {
    method: "get",
    path: "/api/v1/export",
    summary: "Figures, or with `table` a whole table, as a file for a spreadsheet",
    description:
      "The parameters of /api/v1/figures and `format`; or `table` (and `period`), such as inpatient or 报表.… Texts that a spreadsheet would take for a formula are made plain.",
    role: "viewer",
    query: exportFigures,
    answer: { type: TABLES },
  },
  {
    method: "post",
    path: "/api/v1/query",
    summary: "Read-only SQL on the published file",
    description:
      "One query, 30 seconds, 100,000 rows; no file or network functions, no settings. It runs in a process of its own. With `format` csv or xlsx the answer is a file.",
    role: "officer",
    body: queryBody,
    answer: {
      type: JSON_TYPE,
      schema: z.object({
        ...ENVELOPE,
        columns: z.array(z.object({ name: z.string(), type: z.string(), numeric: z.boolean() })),
        rows: z
          .array(z.array(z.unknown()))
          .describe("Numeric columns are exact decimal text or whole numbers"),
        truncated: z.boolean(),
        milliseconds: n,
      }),
    },
  },
  {
    method: "get",
    path: "/api/v1/settlements",
    summary: "The settlements and other records behind a figure, under pseudonyms",
    description:
      "The parameters of /api/v1/explain. Each look is written to data/detail/access.log before it is answered.",
    role: "detail",
    query: settlementsQuery,
    answer: {
      type: JSON_TYPE,
      schema: z.object({
        ...ENVELOPE,
        check: z.object({ outcome: z.string(), differences: z.array(z.string()) }),
        records: z.array(
          z.object({
            kind: z.string(),
            count: n,
            columns: z.array(z.string()),
            numeric: z.array(z.boolean()),
            rows: z.array(z.array(z.unknown())),
          }),
        ),
      }),
    },
  },
  {
    method: "post",
    path: "/api/v1/alerts/{id}/acknowledge",
    summary: "Marks an open alert as seen, with a note",
    role: "officer",
    inPath: [{ name: "id", description: "The alert's id" }],
    body: acknowledgeBody,
    answer: { type: JSON_TYPE, schema: z.object({ ...ENVELOPE, alert: alertShape }) },
  },
  {
    method: "get",
    path: "/api/v1/reports/{path}",
    summary: "A report's file",
    role: "viewer",
    inPath: [{ name: "path", description: "As /api/v1/reports lists it; it may hold /" }],
    answer: { type: "application/octet-stream" },
  },
];

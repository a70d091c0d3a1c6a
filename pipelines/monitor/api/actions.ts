import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { groupingOf } from "../../../aggregations/explain/request.js";
import type { LoadedConfig } from "../../../connectors/config/load.js";
import { alertsOf } from "../../../connectors/duckdb/monitor/alerts.js";
import { askSealed } from "../../../connectors/duckdb/monitor/sandbox-process.js";
import { noteLook } from "../../../connectors/files/access-log.js";
import { REPORT_TYPES, reportPath } from "../../../connectors/files/report-files.js";
import type { SheetTable } from "../../../connectors/files/xlsx.js";
import type { MonitorRole } from "../../../schemas/config/monitor.js";
import type { Caller } from "../http/access.js";
import type { MonitorPorts } from "../http/ports.js";
import { refuse } from "../http/problem.js";
import { parsed, sameOrigin } from "../http/requests.js";
import { recordsBehind } from "../http/settlements.js";
import { attachment, TABLE_FORMATS, type TableFormat, tableFile } from "../http/tables.js";
import { alertAnswer } from "./alert-shape.js";
import { explainQuery, requestOf } from "./explain.js";
import { exportFigures, exportTable, figuresTable, tableOf } from "./export.js";
import type { Context } from "./route.js";

/** Limits of someone's own query. */
const QUERY_LIMITS = { milliseconds: 30_000, rows: 100_000, bytes: 64 * 1024 * 1024 };
/** Queries of one's own that run at once; more are asked to come again. */
const QUERIES_AT_ONCE = 2;
const SETTLEMENTS_SHOWN = 200;
const SETTLEMENTS_MOST = 10_000;

/** What these addresses need of the server. */
export interface Site {
  readonly loaded: LoadedConfig;
  readonly ports: MonitorPorts;
  allowed(request: FastifyRequest, role: MonitorRole): Caller;
  /** Works on the version that stands, with its envelope. */
  onVersion<T>(caller: Caller, work: (context: Context, envelope: object) => Promise<T>): Promise<T>;
}

export const queryBody = z.strictObject({
  sql: z.string().min(1).max(100_000),
  format: z.enum(["json", ...TABLE_FORMATS]).default("json"),
});
export const acknowledgeBody = z.strictObject({ note: z.string().trim().max(1_000).default("") });
export const settlementsQuery = explainQuery.extend({
  limit: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.number().int().min(1).max(SETTLEMENTS_MOST))
    .default(SETTLEMENTS_SHOWN),
});

/** Addresses that answer with files, take something, or show settlements. */
export function addActions(app: FastifyInstance, site: Site): void {
  app.get("/api/v1/export", (request, reply) => exported(site, request, reply));
  app.post("/api/v1/query", (request, reply) => queried(site, request, reply));
  app.get("/api/v1/settlements", (request) => settlements(site, request));
  app.post("/api/v1/alerts/:id/acknowledge", (request) => acknowledge(site, request));
  app.get("/api/v1/reports/*", (request, reply) => report(site, request, reply));
}

const send = (reply: FastifyReply, table: SheetTable, format: TableFormat, name: string): FastifyReply => {
  const { type, body } = tableFile(table, format);
  return reply
    .headers({ "content-disposition": attachment(`${name}.${format}`), "cache-control": "private, no-cache" })
    .type(type)
    .send(body);
};

async function exported(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = site.allowed(request, "viewer");
  const given = request.query as Record<string, unknown>;
  return site.onVersion(caller, async (context) => {
    const { version } = context.file.snapshot;
    if (given.table !== undefined) {
      const query = parsed(exportTable, given);
      return send(
        reply,
        await tableOf(context, query),
        query.format,
        `${query.table}-${query.period ?? "all"}-v${version}`,
      );
    }
    const query = parsed(exportFigures, given);
    const table = await figuresTable(context, query);
    return send(
      reply,
      table,
      query.format,
      `figures-${query.period?.join("_") ?? `${query.from}_${query.to}`}-v${version}`,
    );
  });
}

let running = 0;

async function queried(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  sameOrigin(request);
  const caller = site.allowed(request, "officer");
  const { sql, format } = parsed(queryBody, request.body ?? {});
  if (running >= QUERIES_AT_ONCE) {
    throw refuse("FP6008", `${QUERIES_AT_ONCE} queries are running; try again in a moment`, { status: 429 });
  }
  running += 1;
  try {
    return await site.onVersion(caller, async (context, envelope) => {
      const result = await askSealed({ path: context.file.path, sql, limits: QUERY_LIMITS });
      if (format === "json") return { ...envelope, ...result };
      const table = {
        name: "query",
        columns: result.columns.map((c) => c.name),
        numeric: result.columns.map((c) => c.numeric),
        rows: result.rows,
      };
      return send(reply, table, format, `query-v${context.file.snapshot.version}`);
    });
  } finally {
    running -= 1;
  }
}

async function settlements(site: Site, request: FastifyRequest): Promise<object> {
  const caller = site.allowed(request, "detail");
  const query = parsed(settlementsQuery, request.query);
  const wanted = requestOf(query);
  const figure = [
    query.period,
    query.indicator,
    `insurance=${query.insurance}`,
    groupingOf(wanted),
    ...Object.entries(wanted.dimensions).map(([d, v]) => `${d}=${v}`),
  ].join(" ");
  noteLook(site.loaded.config.data, {
    who: caller.name,
    address: request.socket.remoteAddress ?? "",
    by: "monitor",
    what: figure,
    at: new Date(),
  });
  return site.onVersion(caller, async (_, envelope) => ({
    ...envelope,
    ...(await recordsBehind(site.loaded, wanted, query.limit)),
  }));
}

async function acknowledge(site: Site, request: FastifyRequest): Promise<object> {
  sameOrigin(request);
  const caller = site.allowed(request, "officer");
  const { id } = request.params as { id: string };
  const { note } = parsed(acknowledgeBody, request.body ?? {});
  return site.onVersion(caller, async (context, envelope) => {
    const [alert] = await alertsOf(context.file, { id });
    if (alert === undefined) throw refuse("FP6006", `there is no alert ${id}`);
    const { acknowledge: mark } = site.ports;
    if (mark === undefined) throw refuse("FP6006", "alerts cannot be acknowledged here");
    await mark({ id, by: caller.name, note });
    return {
      ...envelope,
      alert: alertAnswer(context, { ...alert, state: "acknowledged", acknowledged_by: caller.name, note }),
    };
  });
}

async function report(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  site.allowed(request, "viewer");
  const path = (request.params as { "*": string })["*"];
  const file = await reportPath(join(site.loaded.config.data, "reports"), path);
  if (file === null) throw refuse("FP6006", `there is no report ${path}`);
  const type = REPORT_TYPES[extname(file).toLowerCase()]!;
  // A report is somebody's document: it is shown in a frame of nothing, or taken away.
  const shown = type.startsWith("application/pdf") ? "inline" : attachment(basename(file));
  return reply
    .headers({
      "content-disposition": shown,
      "content-length": (await stat(file)).size,
      "content-security-policy": "default-src 'none'; sandbox",
      "cache-control": "private, no-cache",
    })
    .type(type)
    .send(createReadStream(file));
}

import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FundpulseError } from "../../schemas/errors.js";
import { isLoopback } from "../config/rules.js";
import type { Health } from "./health.js";
import type { Metrics } from "./metrics.js";

export interface OpsServer {
  /** `http://127.0.0.1:9464` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/health` (503 when stuck) and `/ready` (503 until there is something to read). An
 * address that other machines can reach needs a token, sent as `Authorization: Bearer <token>`; a token
 * that is configured is asked for on every address. Throws FP4003 when it cannot listen.
 */
export async function startOps(
  address: { host: string; port: number; token?: string },
  metrics: Metrics,
  health: Health,
): Promise<OpsServer> {
  const { host, port, token } = address;
  if (!isLoopback(host) && token === undefined) {
    throw new FundpulseError("FP1001", `ops.host ${host} can be reached from other machines`, {
      action: "set ops.token, or use 127.0.0.1",
    });
  }
  const server = createServer((request, response) => {
    answer(request, response, token, metrics, health).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = `the ops server cannot listen on ${host}:${port} (${cause.code ?? "unknown"})`;
      reject(new FundpulseError("FP4003", why, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string | undefined,
  metrics: Metrics,
  health: Health,
): Promise<void> {
  const send = (status: number, type: string, body: string): void => {
    response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  const json = (status: number, body: unknown): void =>
    send(status, "application/json", JSON.stringify(body));
  if (token !== undefined && !sameSecret(request.headers.authorization ?? "", `Bearer ${token}`)) {
    response.setHeader("www-authenticate", "Bearer");
    return json(401, { error: "send the ops.token as Authorization: Bearer" });
  }
  if (request.method !== "GET" && request.method !== "HEAD") return json(405, { error: "GET only" });
  switch ((request.url ?? "/").split("?")[0]) {
    case "/metrics":
      return send(200, metrics.contentType, await metrics.text());
    case "/health": {
      const report = health.report();
      return json(report.live ? 200 : 503, report);
    }
    case "/ready": {
      const report = health.report();
      return json(report.ready ? 200 : 503, report);
    }
    default:
      return json(404, { error: "see /metrics, /health, /ready" });
  }
}

/** Compares in a time that does not tell how much of the secret was right. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

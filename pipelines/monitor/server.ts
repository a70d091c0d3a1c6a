import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { ZoneCalendar } from "../../aggregations/calendar.js";
import type { LoadedConfig } from "../../connectors/config/load.js";
import type { OpenFile } from "../../connectors/duckdb/monitor/open-file.js";
import type { PublishedWatch } from "../../connectors/duckdb/monitor/watch.js";
import type { Config } from "../../schemas/config/schema.js";
import { type Answer, Answers, makeAnswer } from "./answers.js";
import { addActions } from "./api/actions.js";
import { openApi } from "./api/openapi.js";
import type { Context, Route } from "./api/route.js";
import { ROUTES } from "./api/routes.js";
import { ageOf, trustAnswer } from "./api/trust.js";
import type { Asset } from "./assets.js";
import { SECURITY_HEADERS } from "./headers.js";
import { Access, type Caller, COOKIE, mayAs } from "./http/access.js";
import type { MonitorPorts } from "./http/ports.js";
import { knownProblem, type Problem, problemOf, Refusal, refuse } from "./http/problem.js";
import { parsed, sameOrigin } from "./http/requests.js";
import { withOffset, withOffsetOrNull } from "./http/times.js";
import { event, LiveHub } from "./live.js";
import { LOGIN_CSS, loginPage, safeNext } from "./login.js";

/** What the server is made of. */
export interface ServerParts {
  readonly loaded: LoadedConfig;
  readonly ports: MonitorPorts;
  readonly watch: PublishedWatch;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly log: { error(event: string, detail?: Record<string, unknown>): void };
}

const LARGEST_BODY_BYTES = 256 * 1024;
const PAGE_CACHE = "no-cache";
const ASSET_CACHE = "public, max-age=31536000, immutable";

/** The monitor's HTTP server, not yet listening. */
export class MonitorServer {
  readonly app: FastifyInstance;
  readonly hub = new LiveHub();
  readonly #config: Config;
  readonly #access: Access;
  readonly #answers = new Answers();
  readonly #calendar: ZoneCalendar;
  readonly #stale: NodeJS.Timeout;
  #toldStale = "";
  #described: Promise<Answer> | null = null;

  constructor(private readonly parts: ServerParts) {
    const { watch, loaded } = parts;
    const { config } = loaded;
    this.#config = config;
    this.#access = new Access(config.monitor);
    this.#calendar = new ZoneCalendar(config.timezone);
    this.app = fastify({
      bodyLimit: LARGEST_BODY_BYTES,
      forceCloseConnections: true,
      exposeHeadRoutes: true,
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    });
    this.#hooks();
    this.#pages();
    this.app.get("/api/v1/session", (request, reply) => this.#session(request, reply));
    this.app.get("/api/v1/live", (request, reply) => this.#live(request, reply));
    this.app.get("/api/v1/openapi.json", (request, reply) => this.#openApi(request, reply));
    for (const route of ROUTES) this.#serve(route);
    addActions(this.app, {
      loaded,
      ports: parts.ports,
      allowed: (request, role) => this.#allowed(request, role),
      onVersion: (caller, work) =>
        watch.use((file) => work(this.#context(file, caller), this.#envelope(file))),
    });
    watch.onChange((file) => {
      void this.#tell(file);
    });
    this.#stale = setInterval(() => void this.#tellStale(), 1_000);
    this.#stale.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#stale);
    this.hub.end();
    await this.app.close();
  }

  #hooks(): void {
    const { app } = this;
    app.addHook("onRequest", async (_, reply) => {
      reply.headers(SECURITY_HEADERS);
    });
    app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    app.setErrorHandler((error, request, reply) => {
      const status = (error as { statusCode?: number }).statusCode;
      const known =
        knownProblem(error) ??
        (status !== undefined && status < 500
          ? problemOf("FP6005", (error as Error).message, { status })
          : null);
      if (known === null) {
        this.parts.log.error("a request to the monitor failed", {
          path: request.url.split("?")[0],
          error: (error as Error).stack,
        });
      }
      const headers = error instanceof Refusal ? error.headers : {};
      return sendProblem(
        reply.headers(headers),
        known ?? problemOf("FP5001", "an unexpected error; the log has it", { status: 500 }),
      );
    });
    app.setNotFoundHandler((request, reply) => this.#page(request, reply));
  }

  /** @throws Refusal FP6002, FP6004. */
  #caller(request: FastifyRequest): Caller {
    const { headers } = request;
    return this.#access.callerOf({
      address: request.socket.remoteAddress ?? "",
      authorization: headers.authorization,
      cookie: headers.cookie,
      host: headers.host,
      forwarded: "x-forwarded-for" in headers || "forwarded" in headers || "x-real-ip" in headers,
    });
  }

  /** @throws Refusal FP6002, FP6003, FP6004. */
  #allowed(request: FastifyRequest, role: Route["role"]): Caller {
    const caller = this.#caller(request);
    if (!mayAs(caller.role, role))
      throw refuse("FP6003", `this needs the role ${role}; ${caller.name} is ${caller.role}`);
    return caller;
  }

  #context(file: OpenFile, caller: Caller): Context {
    return { file, config: this.#config, calendar: this.#calendar, caller, now: Date.now() };
  }

  #envelope(file: OpenFile): object {
    const { version, publishedAt, watermark, completeness } = file.snapshot;
    return {
      version,
      published_at: withOffset(this.#calendar, publishedAt),
      watermark: withOffsetOrNull(this.#calendar, watermark),
      completeness,
    };
  }

  #serve(route: Route): void {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    this.app.get(path, async (request, reply) => {
      const caller = this.#allowed(request, route.role);
      const given = { ...(request.query as object), ...(request.params as object) };
      const query = parsed(route.query, given);
      const answer = await this.parts.watch.use((file) => {
        const make = async (): Promise<object> => ({
          ...this.#envelope(file),
          ...(await route.answerOf(this.#context(file, caller), query as never)),
        });
        // What a role may see differs, so its answers are kept apart.
        const key = `${caller.role} ${route.path} ${JSON.stringify(query)}`;
        return route.kept === false ? make().then(makeAnswer) : this.#answers.of(file.identity, key, make);
      });
      return sendAnswer(request, reply, answer);
    });
  }

  #session(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const caller = this.#caller(request);
    const config = this.#config;
    const { watch } = this.parts;
    const { name, admdvs, level } = config.jurisdiction;
    return reply.header("cache-control", "no-store").send({
      version: watch.current?.snapshot.version ?? null,
      role: caller.role,
      name: caller.name,
      login: this.#access.needsToken || config.monitor.tokens.length > 0,
      jurisdiction: { name, admdvs, level },
      timezone: config.timezone,
      stale_seconds: config.monitor.staleSeconds,
      small_cell: config.monitor.smallCell,
      may: {
        acknowledge: mayAs(caller.role, "officer"),
        query: mayAs(caller.role, "officer"),
        settlements: mayAs(caller.role, "detail"),
      },
    });
  }

  async #openApi(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    this.#allowed(request, "viewer");
    this.#described ??= makeAnswer(openApi());
    return sendAnswer(request, reply, await this.#described);
  }

  async #live(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.#allowed(request, "viewer");
    const first = await this.#message(this.parts.watch.current);
    reply.hijack();
    this.hub.add(reply.raw, SECURITY_HEADERS, first);
  }

  /** What open pages are told of the file that stands now. */
  async #message(file: OpenFile | null): Promise<string> {
    if (file === null) {
      const { code, message } = this.parts.watch.problem;
      return event("empty", { code, detail: message });
    }
    try {
      return await this.parts.watch.use(async (current) => {
        // Those who look at the wall may be viewers; counts of alerts and records are for all.
        const context = this.#context(current, { name: "live", role: "viewer" });
        const trust = await trustAnswer(context);
        // A notice is small: who wants to know which facilities are late asks.
        const complete = { ...trust.complete, lagging: [] };
        const body = { ...this.#envelope(current), ...trust, complete, ...ageOf(context) };
        return event("version", body, current.snapshot.version);
      });
    } catch (error) {
      const known = knownProblem(error);
      return event("empty", {
        code: known?.code ?? "FP5001",
        detail: known?.detail ?? "an unexpected error",
      });
    }
  }

  async #tell(file: OpenFile | null): Promise<void> {
    this.#toldStale = "";
    this.hub.send(await this.#message(file));
  }

  async #tellStale(): Promise<void> {
    const file = this.parts.watch.current;
    if (file === null || this.hub.pages === 0 || this.#toldStale === file.identity) return;
    const age = ageOf(this.#context(file, { name: "live", role: "viewer" }));
    if (!age.stale) return;
    this.#toldStale = file.identity;
    this.hub.send(event("stale", { ...this.#envelope(file), ...age }));
  }

  #pages(): void {
    const { app } = this;
    app.get("/login.css", (_, reply) =>
      reply.type("text/css; charset=utf-8").header("cache-control", PAGE_CACHE).send(LOGIN_CSS),
    );
    app.get("/login", (request, reply) => {
      const { next } = request.query as { next?: string };
      return html(reply, 200, loginPage(safeNext(next), null));
    });
    app.post("/login", (request, reply) => {
      const body = (request.body ?? {}) as Record<string, unknown>;
      sameOrigin(request);
      const next = safeNext(body.next);
      try {
        const caller = this.#access.callerWith(
          String(body.token ?? "").trim(),
          request.socket.remoteAddress ?? "",
        );
        const cookie = `${COOKIE}=${this.#access.session(caller)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200`;
        return reply.header("set-cookie", cookie).redirect(next, 303);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { status, code } = error.problem;
        if (code === "FP6004") reply.header("retry-after", "60");
        if (!(request.headers.accept ?? "").includes("text/html")) throw error;
        return html(reply, status, loginPage(next, code === "FP6004" ? "wait" : "wrong"));
      }
    });
    app.post("/logout", (request, reply) => {
      sameOrigin(request);
      return reply
        .header("set-cookie", `${COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`)
        .redirect("/login", 303);
    });
    for (const [path, asset] of this.parts.assets) {
      if (path === "/index.html") continue;
      app.get(path, (request, reply) =>
        sendAsset(request, reply, asset, path.startsWith("/assets/") ? ASSET_CACHE : PAGE_CACHE),
      );
    }
  }

  /** Every other address is a view of the page; one below /api is nothing. */
  #page(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = request.url.split("?")[0]!;
    if (path.startsWith("/api/") || path === "/api" || path.startsWith("/assets/")) {
      return sendProblem(reply, problemOf("FP6006", `there is nothing at ${path}`));
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return sendProblem(reply, problemOf("FP6006", `${request.method} ${path} is nothing`, { status: 405 }));
    }
    try {
      this.#caller(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return reply.redirect(`/login?next=${encodeURIComponent(safeNext(request.url))}`, 303);
    }
    const index = this.parts.assets.get("/index.html");
    if (index === undefined)
      return sendProblem(reply, problemOf("FP6009", "dist/pipelines/monitor/page has no index.html"));
    return sendAsset(request, reply, index, PAGE_CACHE);
  }
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="fundpulse"');
  if (problem.status === 429) reply.header("retry-after", "60");
  return reply
    .code(problem.status)
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .send(JSON.stringify(problem));
}

const accepts = (request: FastifyRequest, encoding: string): boolean =>
  (request.headers["accept-encoding"] ?? "")
    .split(",")
    .some((part) => new RegExp(`^\\s*${encoding}\\s*(;\\s*q=(?!0(\\.0*)?\\s*$).*)?$`).test(part));

function sendAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  const { etag, json, packed } = answer;
  reply.headers({
    etag,
    "cache-control": "private, no-cache",
    vary: "accept-encoding, authorization, cookie",
  });
  const known = (request.headers["if-none-match"] ?? "").split(",").map((t) => t.trim().replace(/^W\//, ""));
  if (known.includes(etag) || known.includes("*")) return reply.code(304).send();
  reply.type("application/json; charset=utf-8");
  if (packed === null || !accepts(request, "gzip")) return reply.send(json);
  return reply.header("content-encoding", "gzip").send(packed);
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset, cache: string): FastifyReply {
  reply.headers({ "cache-control": cache, vary: "accept-encoding" }).type(asset.type);
  for (const encoding of ["br", "gzip"] as const) {
    const packed = asset.packed[encoding];
    if (packed && accepts(request, encoding)) return reply.header("content-encoding", encoding).send(packed);
  }
  return reply.send(asset.plain);
}

const html = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).header("cache-control", "no-store").type("text/html; charset=utf-8").send(text);

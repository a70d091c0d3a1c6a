import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { silentLog } from "../../../connectors/ports/log.js";
import { Access } from "../../../pipelines/monitor/http/access.js";
import { startMonitor } from "../../../pipelines/monitor/monitor.js";
import { monitorSettings } from "../../../schemas/config/monitor.js";
import { settlement, Workspace } from "../../support/workspace.js";
import { bearer, Served } from "./server.js";

const TOKENS = (["viewer", "officer", "detail"] as const).map((role) => ({
  name: `${role} name`,
  role,
  token: `a-long-token-of-${role}`,
}));
const tokenOf = (role: string): string => `a-long-token-of-${role}`;

const ws = new Workspace();
let open: Served;
let closed: Served;

beforeAll(async () => {
  ws.put("settlement-1.ndjson", [settlement("a"), settlement("b")]);
  await ws.drain();
  open = await Served.of(ws.configFile, { tokens: TOKENS });
  closed = await Served.of(ws.configFile, { tokens: TOKENS, loopback: "none" });
}, 120_000);
afterAll(async () => {
  await open?.close();
  await closed?.close();
  ws.remove();
});

describe("who may look", () => {
  test("an address that others can reach is refused without tokens, naming the key", async () => {
    await expect(
      startMonitor(loadConfig(ws.configFile), { host: "0.0.0.0", port: 0, log: silentLog }),
    ).rejects.toThrow(/monitor\.host 0\.0\.0\.0.*monitor\.tokens.*FP1001/);
  });

  test("on loopback anyone; behind a proxy, or under a foreign name, a token", async () => {
    expect((await open.json<{ role: string }>("api/v1/session")).role).toBe("officer");
    expect((await open.fetch("api/v1/trust", { headers: { "x-forwarded-for": "10.0.0.9" } })).status).toBe(
      401,
    );
    const access = new Access(monitorSettings.parse({}));
    const credentials = {
      address: "127.0.0.1",
      authorization: undefined,
      cookie: undefined,
      forwarded: false,
    };
    expect(access.callerOf({ ...credentials, host: "localhost:8321" }).name).toBe("local");
    expect(() => access.callerOf({ ...credentials, host: "evil.example:8321" })).toThrow(/needs a token/);
  });

  test("without a token a page leads to the login and the API answers 401", async () => {
    const page = await closed.fetch("pace?fund=aid");
    expect([page.status, page.headers.get("location")]).toEqual([303, "/login?next=%2Fpace%3Ffund%3Daid"]);
    const api = await closed.fetch("api/v1/overview");
    expect(api.status).toBe(401);
    expect(api.headers.get("www-authenticate")).toContain("Bearer");
    expect((await closed.fetch("api/v1/live")).status).toBe(401);
  });

  test("the login takes the token once and gives a session that no script can read", async () => {
    const form = (token: string, next = "/flow") =>
      closed.fetch("login", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
        body: new URLSearchParams({ token, next }).toString(),
      });
    const right = await form(tokenOf("viewer"));
    expect([right.status, right.headers.get("location")]).toEqual([303, "/flow"]);
    const cookie = right.headers.get("set-cookie")!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain(tokenOf("viewer"));
    const session = { headers: { cookie: cookie.split(";")[0]! } };
    expect((await closed.json<{ role: string }>("api/v1/session", session)).role).toBe("viewer");
    const forged = { headers: { cookie: session.headers.cookie.slice(0, -2) } };
    expect((await closed.fetch("api/v1/session", forged)).status).toBe(401);
    expect((await form(tokenOf("viewer"), "//evil.example/")).headers.get("location")).toBe("/");
  });

  test("a role may what its name says, and no more", async () => {
    const query = (role: string) =>
      closed.post("api/v1/query", { sql: "SELECT 1" }, { authorization: `Bearer ${tokenOf(role)}` });
    expect((await query("viewer")).status).toBe(403);
    expect((await query("officer")).status).toBe(200);
    const look = "api/v1/settlements?period=2024-01&indicator=visits";
    expect((await closed.fetch(look, bearer(tokenOf("officer")))).status).toBe(403);
    const ack = closed.post(
      "api/v1/alerts/x/acknowledge",
      {},
      { authorization: `Bearer ${tokenOf("viewer")}` },
    );
    expect((await ack).status).toBe(403);
  });

  test("a form or a change from another site is not taken", async () => {
    const response = await open.post("api/v1/query", { sql: "SELECT 1" }, { origin: "https://evil.example" });
    expect(response.status).toBe(403);
  });
});

test("five wrong tokens in a minute from one address are answered with 429, right ones too, sessions go on", () => {
  let now = 0;
  const access = new Access(monitorSettings.parse({ tokens: TOKENS, loopback: "none" }), () => now);
  const session = access.session(access.callerWith(tokenOf("viewer"), "10.0.0.1"));
  const status = (token: string, address = "10.0.0.1"): number => {
    try {
      access.callerWith(token, address);
      return 200;
    } catch (error) {
      return (error as { problem: { status: number } }).problem.status;
    }
  };
  for (let i = 0; i < 5; i++) expect(status(`wrong ${i}`)).toBe(401);
  expect(status("wrong")).toBe(429);
  expect(status(tokenOf("viewer"))).toBe(429);
  expect(status(tokenOf("viewer"), "10.0.0.2")).toBe(200);
  const caller = access.callerOf({
    address: "10.0.0.1",
    authorization: undefined,
    cookie: `other=1; fundpulse=${session}`,
    host: "x",
    forwarded: false,
  });
  expect(caller).toEqual({ name: "viewer name", role: "viewer" });
  now = 60_001;
  expect(status(tokenOf("viewer"))).toBe(200);
});

test("each look at settlements is written down before it is answered", async () => {
  await ws.engine((engine) => engine.writeDetail());
  const log = join(ws.data, "detail", "access.log");
  const period = "2024-01";
  const [{ period: found }] = (await ws.query(
    "SELECT period FROM dim_period WHERE period_kind = 'month' ORDER BY period DESC LIMIT 1",
  )) as { period: string }[];
  const body = await closed.json<{
    records: { count: number; columns: string[] }[];
    check: { outcome: string };
  }>(`api/v1/settlements?period=${found ?? period}&indicator=visits`, bearer(tokenOf("detail")));
  expect(body.check.outcome).toBe("equal");
  expect(body.records[0]!.count).toBe(2);
  expect(JSON.parse(readFileSync(log, "utf8").trim().split("\n").at(-1)!)).toMatchObject({
    who: "detail name",
    by: "monitor",
    what: expect.stringContaining("visits"),
  });
  rmSync(log);
  mkdirSync(log);
  const refused = await closed.fetch(
    `api/v1/settlements?period=${found}&indicator=visits`,
    bearer(tokenOf("detail")),
  );
  expect(refused.status).toBe(503);
  rmSync(log, { recursive: true });
});

test("counts below monitor.smallCell are hidden from viewers, not from officers", async () => {
  const served = await Served.of(ws.configFile, { tokens: TOKENS, smallCell: 5 });
  try {
    const path = "api/v1/figures?from=2020-01-01&to=2030-01-01&period_kind=year&indicator=visits,fee";
    type Body = { figures: { value: string | null; hidden?: true }[] };
    const hidden = await served.json<Body>(path, bearer(tokenOf("viewer")));
    expect(hidden.figures.length).toBeGreaterThan(0);
    expect(hidden.figures.every((f) => f.value === null && f.hidden === true)).toBe(true);
    const shown = await served.json<Body>(path, bearer(tokenOf("officer")));
    expect(shown.figures[0]!.value).toBe("2.000000");
    expect((await served.fetch("api/v1/export?table=inpatient", bearer(tokenOf("viewer")))).status).toBe(403);
  } finally {
    await served.close();
  }
});

test("a report is found under its folder alone", async () => {
  const file = join(ws.data, "reports", "2024H1", "report.md");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "# text");
  const { reports } = await open.json<{ reports: { path: string; period: string }[] }>("api/v1/reports");
  expect(reports).toMatchObject([{ path: "2024H1/report.md", period: "2024H1" }]);
  expect(await (await open.fetch("api/v1/reports/2024H1/report.md")).text()).toBe("# text");
  for (const path of ["..%2f..%2ffundpulse.yaml", "2024H1%2f..%2f..%2fstate.sqlite", "2024H1/none.md"])
    expect((await open.fetch(`api/v1/reports/${path}`)).status).toBe(404);
});

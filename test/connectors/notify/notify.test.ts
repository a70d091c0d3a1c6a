import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AlertMessage } from "../../../connectors/notify/message.js";
import { Notifier, send } from "../../../connectors/notify/notifier.js";
import { AlertStore } from "../../../connectors/state/alerts.js";
import { ALERT_STATE_TABLES } from "../../../connectors/state/migrations/alert-tables.js";
import type { AlertChannel } from "../../../schemas/alerts/channel.js";
import { type HttpReceiver, httpReceiver, smtpReceiver, until } from "../../support/receivers.js";

const dir = mkdtempSync(join(tmpdir(), "fundpulse-notify-"));
const closing: (() => unknown)[] = [];
let n = 0;
let path = "";
beforeEach(() => {
  path = join(dir, `${n++}.sqlite`);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  if (n > 100) rmSync(dir, { recursive: true, force: true });
});

const message = (id: string): AlertMessage => ({
  id,
  event: "opened",
  alert: id.split(".")[0],
  rule: "基金支出超时间进度",
  severity: "warning",
  jurisdiction: "山丹县",
  version: 7,
  at: "2024-06-30T12:00:00+08:00",
  indicator: "settled_progress",
  indicator_zh: "结算完成预算",
  unit: "fraction",
  period: "2024",
  insurance: "all",
  dimensions: { fund: "employee_pool" },
  subject_zh: "职工统筹",
  value: "0.553172",
  measured: "0.055904",
  threshold: "0.050000",
  finding: "职工统筹：结算完成预算 55.32%",
  finding_en: "employees' pool: settled progress 55.32%",
});

/** A store on the file of this test; opening it again is what a restart does. */
function open(): AlertStore {
  const db = new Database(path);
  db.exec(ALERT_STATE_TABLES);
  closing.push(() => db.close());
  return new AlertStore({ db, commit: (work) => db.transaction(work)() });
}
const put = (store: AlertStore, channel: string, ...ids: string[]): void =>
  store.keep(
    [],
    [],
    ids.map((id) => ({ channel, message: message(id) })),
  );

function notify(store: AlertStore, ...channels: AlertChannel[]): Notifier {
  const notifier = new Notifier({
    channels,
    outbox: store,
    clock: Date.now,
    told: () => undefined,
    pauses: [30, 60, 120],
  });
  closing.push(() => notifier.stop());
  const look = setInterval(() => notifier.look(), 10);
  closing.push(() => clearInterval(look));
  return notifier;
}
const receiver = async (...args: Parameters<typeof httpReceiver>): Promise<HttpReceiver> => {
  const server = await httpReceiver(...args);
  closing.push(() => server.close());
  return server;
};
const webhook = (url: string): AlertChannel => ({ kind: "webhook", url, severity: "warning" });
const idsOf = (server: HttpReceiver): string[] => server.received.map((r) => JSON.parse(r.body).id);

test("a receiver that answers 500 three times gets every message, in order, each once after it recovered", async () => {
  const server = await receiver((count, response) => {
    response.statusCode = count < 3 ? 500 : 200;
    response.end();
  });
  const store = open();
  put(store, "webhook", "a-1.opened", "b-1.opened");
  notify(store, webhook(server.url));
  await until(() => store.channels(["webhook"])[0].sent === 2, "both sent");
  expect(idsOf(server)).toEqual(["a-1.opened", "a-1.opened", "a-1.opened", "a-1.opened", "b-1.opened"]);
  expect(store.channels(["webhook"])[0]).toMatchObject({ waiting: 0, failures: 0, last_error: null });
});

test("what a receiver says of itself while it fails can be read, and is no secret", async () => {
  const server = await receiver((_, response) => {
    response.statusCode = 503;
    response.end();
  });
  const store = open();
  put(store, "webhook", "a-1.opened");
  notify(store, webhook(`${server.url}?key=hidden`));
  await until(() => store.channels(["webhook"])[0].failures > 1, "failures");
  const [channel] = store.channels(["webhook"]);
  expect(channel).toMatchObject({ waiting: 1, sent: 0, last_error: "answered 503" });
  expect(channel.failing_since).not.toBeNull();
  await server.close();
  await until(() => store.channels(["webhook"])[0].last_error !== "answered 503", "a refused connection");
  expect(store.channels(["webhook"])[0].last_error).toBe("the connection failed (ECONNREFUSED)");
});

test("a message that was accepted while the answer got lost comes again with its id", async () => {
  const server = await receiver((count, response) => {
    if (count === 0) response.destroy();
    else response.end();
  });
  const store = open();
  put(store, "webhook", "a-1.opened");
  notify(store, webhook(server.url));
  await until(() => store.channels(["webhook"])[0].sent === 1, "sent");
  expect(idsOf(server)).toEqual(["a-1.opened", "a-1.opened"]);
  expect(server.received[1].headers["x-fundpulse-id"]).toBe("a-1.opened");
});

test("messages outlive the process, and a receiver that hangs holds up nobody else", async () => {
  const hanging = await receiver(() => undefined);
  const store = open();
  put(store, "webhook", "a-1.opened");
  const first = notify(store, webhook(hanging.url));
  await until(() => hanging.received.length === 1, "the request");
  // The process ends while the receiver hangs.
  first.stop();
  const server = await receiver();
  const after = open();
  put(after, "second", "c-1.opened");
  notify(after, webhook(hanging.url), { ...webhook(server.url), name: "second" } as AlertChannel);
  await until(() => after.channels(["second"])[0].sent === 1, "the other channel");
  await until(() => hanging.received.length === 2, "the message again");
  expect(idsOf(hanging)).toEqual(["a-1.opened", "a-1.opened"]);
  expect(after.channels(["webhook"])[0].waiting).toBe(1);
});

test("a mail server that refuses three times, or breaks off, loses no mail", async () => {
  const server = await smtpReceiver((count) =>
    count < 2 ? "451 try later" : count === 2 ? "close" : "250 ok",
  );
  closing.push(() => server.close());
  const store = open();
  put(store, "email", "a-1.opened", "b-1.opened");
  const email: AlertChannel = {
    kind: "email",
    severity: "info",
    host: "127.0.0.1",
    port: server.port,
    secure: false,
    from: "fundpulse@example.org",
    to: ["office@example.org", "second@example.org"],
  };
  notify(store, email);
  await until(() => store.channels(["email"])[0].sent === 2, "both mails");
  expect(server.mails.map((m) => /^X-Fundpulse-Id: (.*)$/im.exec(m)?.[1])).toEqual([
    "a-1.opened",
    "b-1.opened",
  ]);
  expect(server.mails[0]).toContain("Message-ID: <a-1.opened@fundpulse>");
});

test("the messages of a channel that was taken out of the configuration are dropped", () => {
  const store = open();
  put(store, "old", "a-1.opened");
  put(store, "new", "a-1.opened");
  store.forgetOthers(["new"]);
  expect(store.channels(["old", "new"]).map((c) => c.waiting)).toEqual([0, 1]);
});

test("robots of 企业微信, 钉钉 and 飞书 get their forms and signatures; a refusal in an answer of 200 is a failure", async () => {
  const ok = await receiver((_, response) => void response.end('{"errcode":0,"code":0}'));
  const now = 1_719_720_000_000;
  await send({ kind: "wecom", severity: "info", url: `${ok.url}?key=k` }, message("a-1.opened"), now);
  await send(
    { kind: "dingtalk", severity: "info", url: `${ok.url}?access_token=t`, secret: "s" },
    message("a-1.opened"),
    now,
  );
  await send({ kind: "feishu", severity: "info", url: ok.url, secret: "s" }, message("a-1.opened"), now);
  await send({ kind: "webhook", severity: "info", url: ok.url, secret: "s" }, message("a-1.opened"), now);
  const [wecom, ding, feishu, plain] = ok.received;
  expect(JSON.parse(wecom.body)).toMatchObject({
    msgtype: "markdown",
    markdown: { content: expect.stringContaining("[警告] 预警：基金支出超时间进度（职工统筹）") },
  });
  const query = new URL(ding.url, "http://x").searchParams;
  expect(query.get("access_token")).toBe("t");
  expect(query.get("timestamp")).toBe(String(now));
  expect(query.get("sign")).toBe(createHmac("sha256", "s").update(`${now}\ns`).digest("base64"));
  expect(JSON.parse(ding.body).markdown.text).toContain("a-1.opened");
  expect(JSON.parse(feishu.body)).toMatchObject({
    timestamp: "1719720000",
    sign: createHmac("sha256", "1719720000\ns").update("").digest("base64"),
    msg_type: "text",
    content: { text: expect.stringContaining("职工统筹：结算完成预算 55.32%") },
  });
  expect(plain.headers["x-fundpulse-signature"]).toBe(
    `sha256=${createHmac("sha256", "s").update(plain.body).digest("hex")}`,
  );
  const refusing = await receiver(
    (_, response) => void response.end('{"errcode":310000,"errmsg":"sign not match"}'),
  );
  await expect(
    send({ kind: "dingtalk", severity: "info", url: refusing.url }, message("a"), now),
  ).rejects.toThrow("refused: 310000 sign not match");
});

import { createHmac } from "node:crypto";
import type { AlertChannel } from "../../schemas/alerts/channel.js";
import { type AlertMessage, linesOf, titleOf } from "./message.js";

/** How long a receiver may take to answer. */
export const ANSWER_MS = 10_000;

type Webhook = Exclude<AlertChannel, { kind: "email" }>;

interface Request {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The receiver answers 200 also when it refused: a number in its answer tells. */
  readonly refusal?: (answer: Record<string, unknown>) => string | null;
}

const hmac = (key: string, text: string) => createHmac("sha256", key).update(text);
const json = (value: unknown): string => JSON.stringify(value);
const markdown = (m: AlertMessage): string =>
  `### ${titleOf(m)}\n\n${linesOf(m)
    .map((l, i) => (i === 0 ? `**${l}**` : `> ${l}`))
    .join("\n\n")}`;

const refusedBy =
  (code: string, text: string) =>
  (answer: Record<string, unknown>): string | null =>
    answer[code] === 0
      ? null
      : `refused: ${String(answer[code] ?? "no code")} ${String(answer[text] ?? "").slice(0, 120)}`.trim();

/** The request of a channel; the forms of the group robots are those of their makers' manuals. */
function requestOf(channel: Webhook, m: AlertMessage, now: number): Request {
  switch (channel.kind) {
    case "webhook": {
      const body = json(m);
      const signature: Record<string, string> = channel.secret
        ? { "x-fundpulse-signature": `sha256=${hmac(channel.secret, body).digest("hex")}` }
        : {};
      return { url: channel.url, body, headers: { "x-fundpulse-id": m.id, ...signature } };
    }
    case "wecom":
      return {
        url: channel.url,
        body: json({ msgtype: "markdown", markdown: { content: markdown(m) } }),
        refusal: refusedBy("errcode", "errmsg"),
      };
    case "dingtalk": {
      const url = new URL(channel.url);
      if (channel.secret) {
        url.searchParams.set("timestamp", String(now));
        url.searchParams.set("sign", hmac(channel.secret, `${now}\n${channel.secret}`).digest("base64"));
      }
      return {
        url: url.href,
        body: json({ msgtype: "markdown", markdown: { title: titleOf(m), text: markdown(m) } }),
        refusal: refusedBy("errcode", "errmsg"),
      };
    }
    case "feishu": {
      const seconds = Math.floor(now / 1000);
      const signature = channel.secret
        ? { timestamp: String(seconds), sign: hmac(`${seconds}\n${channel.secret}`, "").digest("base64") }
        : {};
      const text = [titleOf(m), ...linesOf(m)].join("\n");
      return {
        url: channel.url,
        body: json({ ...signature, msg_type: "text", content: { text } }),
        refusal: refusedBy("code", "msg"),
      };
    }
  }
}

/** Sends one message; throws with a reason that holds neither address nor secret. */
export async function sendWebhook(channel: Webhook, message: AlertMessage, now: number): Promise<void> {
  const { url, body, headers = {}, refusal } = requestOf(channel, message, now);
  let response: Response;
  let answer: string;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json; charset=utf-8", ...headers },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    answer = await response.text();
  } catch (error) {
    throw new Error(reasonOf(error));
  }
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const refused = refusal?.(parsed(answer)) ?? null;
  if (refused !== null) throw new Error(refused);
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  if (name === "TimeoutError") return `no answer within ${ANSWER_MS / 1000} s`;
  return cause?.code === undefined ? "the connection failed" : `the connection failed (${cause.code})`;
}

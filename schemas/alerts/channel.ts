import { z } from "zod";
import { SEVERITIES } from "./rule.js";

const common = {
  /** Names the channel in `alert_channel` and in metrics; default: its kind. */
  name: z.string().min(1).max(40).optional(),
  /** Alerts of at least this severity. */
  severity: z.enum(SEVERITIES).default("warning"),
};
const url = z.url({ protocol: /^https?$/ });
const robot = <K extends string>(kind: K) =>
  z.strictObject({ kind: z.literal(kind), ...common, url, secret: z.string().min(1).optional() });

/** A JSON object a message; `secret` signs it: header `X-Fundpulse-Signature`, HMAC-SHA-256 of the body. */
const webhook = robot("webhook");
/** Group robots of 企业微信 (which has no signature), 钉钉 and 飞书 (加签 with `secret`). */
const wecom = z.strictObject({ kind: z.literal("wecom"), ...common, url });
const dingtalk = robot("dingtalk");
const feishu = robot("feishu");
const email = z.strictObject({
  kind: z.literal("email"),
  ...common,
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535).default(465),
  /** True: TLS from the first byte (465); false: plain, and STARTTLS where the server offers it. */
  secure: z.boolean().default(true),
  username: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
  from: z.string().min(3),
  to: z.array(z.string().min(3)).min(1),
});

/** Where alerts are sent (`notify` of the configuration). */
export const alertChannel = z.discriminatedUnion("kind", [webhook, wecom, dingtalk, feishu, email]);
export type AlertChannel = z.infer<typeof alertChannel>;

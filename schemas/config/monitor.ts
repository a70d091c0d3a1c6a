import { z } from "zod";

/** What someone who looks at the monitor may do; each role may what the one before may. */
export const MONITOR_ROLES = ["viewer", "officer", "detail"] as const;
export type MonitorRole = (typeof MONITOR_ROLES)[number];

const port = z.number().int().min(0).max(65535);

/** `monitor` in the configuration: where the page and its API are served, and to whom. */
export const monitorSettings = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  /** 0: a free one. */
  port: port.default(8321),
  tokens: z
    .array(
      z.strictObject({
        /** Shown where this person acknowledged an alert or looked at settlements. */
        name: z.string().min(1),
        role: z.enum(MONITOR_ROLES),
        token: z.string().min(1),
      }),
    )
    .default([]),
  /** What someone on this machine may do without a token; `none` behind a reverse proxy. */
  loopback: z.enum(["none", ...MONITOR_ROLES]).default("officer"),
  /** A published file older than this is marked. */
  staleSeconds: z.number().int().min(1).default(300),
  /** Counts below it are hidden from viewers, with what follows from them; 0: none. */
  smallCell: z.number().int().min(0).default(0),
});

export type MonitorSettings = z.infer<typeof monitorSettings>;
export type MonitorToken = MonitorSettings["tokens"][number];

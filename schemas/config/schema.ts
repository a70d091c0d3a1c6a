import { z } from "zod";
import { alertChannel } from "../alerts/channel.js";
import { alertRule, DEFAULT_ALERTS } from "../alerts/rule.js";
import {
  DEFAULT_DAY_GROUPINGS,
  DEFAULT_GROUPINGS,
  DEFAULT_PERSON_GROUPINGS,
  SETTLEMENT_DIMENSIONS,
} from "../dimensions.js";
import { STREAM_NAMES, STREAMS } from "../input/streams.js";
import { COMPONENT_MEASURES } from "../measures.js";
import { monitorSettings } from "./monitor.js";
import { reportSettings } from "./report.js";

const admdvs = z.string().regex(/^\d{6}$/, 'six digits in quotes, e.g. "620725"');
const day = z
  .union([z.string(), z.date().transform((d) => d.toISOString().slice(0, 10))])
  .pipe(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "a day YYYY-MM-DD"))
  .refine((v) => new Date(`${v}T00:00:00Z`).toISOString().slice(0, 10) === v, "a day that exists");

const DIMENSION_ORDER: readonly string[] = SETTLEMENT_DIMENSIONS;
const grouping = z.string().superRefine((value, context) => {
  if (value === "total") return;
  const parts = value.split("+");
  const unknown = parts.filter((p) => !DIMENSION_ORDER.includes(p));
  if (unknown.length > 0) {
    context.addIssue({
      code: "custom",
      message: `unknown dimension ${unknown.join(", ")}; allowed: total, or ${DIMENSION_ORDER.join(", ")} joined by +`,
    });
    return;
  }
  const sorted = [...new Set(parts)].sort((a, b) => DIMENSION_ORDER.indexOf(a) - DIMENSION_ORDER.indexOf(b));
  if (sorted.join("+") !== value) {
    context.addIssue({
      code: "custom",
      message: `dimensions in their order and once each: ${sorted.join("+")}`,
    });
  }
});

const component = z.enum(COMPONENT_MEASURES);
const port = z.number().int().min(0).max(65535);
const timezone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, "a time zone name such as Asia/Shanghai");

const folderSource = z.strictObject({ kind: z.literal("folder"), path: z.string().default("inbox") });

const kafkaSource = z.strictObject({
  kind: z.literal("kafka"),
  brokers: z.array(z.string().regex(/^[^\s:]+:\d+$/, "host:port")).min(1),
  groupId: z.string().min(1).default("fundpulse"),
  clientId: z.string().min(1).default("fundpulse"),
  topics: z
    .strictObject(
      Object.fromEntries(STREAM_NAMES.map((s) => [s, z.string().min(1).optional()])) as {
        [K in (typeof STREAM_NAMES)[number]]: z.ZodOptional<z.ZodString>;
      },
    )
    .default(Object.fromEntries(STREAM_NAMES.map((s) => [s, STREAMS[s].topic])) as never),
  ssl: z
    .union([
      z.boolean(),
      z.strictObject({
        /** PEM files; relative paths start at the configuration file. */
        ca: z.string().optional(),
        cert: z.string().optional(),
        key: z.string().optional(),
        passphrase: z.string().optional(),
        rejectUnauthorized: z.boolean().default(true),
        servername: z.string().optional(),
      }),
    ])
    .default(false),
  sasl: z
    .strictObject({
      mechanism: z.enum(["plain", "scram-sha-256", "scram-sha-512"]),
      username: z.string().min(1),
      password: z.string().min(1),
    })
    .optional(),
  schemaRegistry: z
    .strictObject({
      url: z.url(),
      username: z.string().optional(),
      password: z.string().optional(),
    })
    .optional(),
});

const careGroupRule = z.strictObject({
  name: z.string().min(1),
  when: z
    .strictObject({
      region: z.array(z.enum(["county", "city", "province", "national", "unknown"])).optional(),
      tier: z.array(z.enum(["3", "2", "1", "0", "unknown"])).optional(),
      ownership: z.array(z.string()).optional(),
      kind: z.array(z.string()).optional(),
    })
    .default({}),
});

/**
 * The whole configuration (docs/specification.md#configuration). Every key but jurisdiction, source and
 * privacy.personKey has a default.
 */
export const configSchema = z.strictObject({
  jurisdiction: z.strictObject({
    name: z.string().min(1),
    admdvs,
    level: z.enum(["county", "city", "province"]),
  }),
  timezone: timezone.default("Asia/Shanghai"),
  source: z.discriminatedUnion("kind", [folderSource, kafkaSource]),
  reference: z.string().default("reference"),
  data: z.string().default("data"),
  publish: z.strictObject({ everySeconds: z.number().positive().max(86_400).default(1) }).prefault({}),
  periods: z
    .strictObject({
      firstDay: day.default("2023-01-01"),
      closeAfterDays: z.number().int().min(0).default(10),
      keepDays: z.number().int().min(0).default(800),
      keepFacilityDays: z.number().int().min(0).default(92),
      dayGroupings: z.array(grouping).default([...DEFAULT_DAY_GROUPINGS]),
    })
    .prefault({}),
  groupings: z.array(grouping).default([...DEFAULT_GROUPINGS]),
  personGroupings: z.array(grouping).default([...DEFAULT_PERSON_GROUPINGS]),
  refunds: z.enum(["own-period", "original-period"]).default("own-period"),
  insurances: z
    .strictObject({
      employee: z.array(z.string()).default(["310", "340"]),
      resident: z.array(z.string()).default(["390", "391", "392"]),
      maternity: z.array(z.string()).default(["510"]),
    })
    .prefault({}),
  careGroups: z.array(careGroupRule).default([]),
  reimbursed: z.array(component).default(["pool_paid", "critical_paid", "large_paid", "aid_paid"]),
  benefit: z
    .strictObject({
      resident: z.array(component).default(["pool_paid"]),
      employee: z.array(component).default(["pool_paid", "large_paid", "account_paid"]),
      maternity: z.array(component).default(["pool_paid"]),
    })
    .prefault({}),
  privacy: z.strictObject({
    personKey: z.string().min(1),
    smallCell: z.number().int().min(0).default(0),
  }),
  ops: z
    .strictObject({
      host: z.string().default("127.0.0.1"),
      port: port.default(9464),
      token: z.string().min(1).optional(),
    })
    .prefault({}),
  monitor: monitorSettings.prefault({}),
  /** What to watch; an empty list turns alerts off. */
  alerts: z.array(alertRule).prefault([...DEFAULT_ALERTS]),
  /** Where alerts are sent. */
  notify: z.array(alertChannel).default([]),
  report: reportSettings.prefault({}),
  log: z
    .strictObject({
      level: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type FolderSourceConfig = Extract<Config["source"], { kind: "folder" }>;
export type KafkaSourceConfig = Extract<Config["source"], { kind: "kafka" }>;

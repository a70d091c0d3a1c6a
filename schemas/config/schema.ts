import { z } from "zod";
import { alertChannel } from "../alerts/channel.js";
import { alertRule, DEFAULT_ALERTS } from "../alerts/rule.js";
import {
  ALL_INSURANCES,
  CHANNELS,
  DEFAULT_DAY_GROUPINGS,
  DEFAULT_GROUPINGS,
  DEFAULT_PERSON_GROUPINGS,
  PERSON_KINDS,
  SETTLEMENT_DIMENSIONS,
} from "../dimensions.js";
import { FIGURES_TOPIC } from "../figures-topic.js";
import { STREAM_NAMES, STREAMS } from "../input/streams.js";
import { COMPONENT_MEASURES } from "../measures.js";
import { monitorSettings } from "./monitor.js";
import { reportSettings } from "./report.js";

/** A bound on memory that leaves DuckDB room to work in. */
const memorySize = z
  .string()
  .regex(/^[1-9]\d{0,5}(MB|GB)$/, 'a size in MB or GB such as "1GB"')
  .refine((v) => v.endsWith("GB") || Number.parseInt(v, 10) >= 256, "256MB or more");

/** Names of the fields of all streams. */
const FIELD_NAMES = [...new Set(STREAM_NAMES.flatMap((s) => STREAMS[s].fields.map((f) => f.name)))];

const admdvs = z.string().regex(/^\d{6}$/, 'six digits in quotes, e.g. "620725"');
const isDay = (text: string): boolean => {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
};
const day = z
  .union([z.string(), z.date().transform((d) => d.toISOString().slice(0, 10))])
  .pipe(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "a day YYYY-MM-DD"))
  .refine(isDay, "a day that exists");

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

/** Other names of the fields of the settlement stream and the others: `{medfee_sumamt: [total_fee]}`. */
const fields = z.partialRecord(z.enum(FIELD_NAMES), z.array(z.string().min(1)).min(1)).default({});

const folderSource = z.strictObject({
  kind: z.literal("folder"),
  path: z.string().default("inbox"),
  /** Of NDJSON files. */
  encoding: z.enum(["utf-8", "gb18030", "gbk", "utf-16le", "utf-16be"]).default("utf-8"),
  fields,
});

const kafkaSource = z.strictObject({
  kind: z.literal("kafka"),
  fields,
  brokers: z.array(z.string().regex(/^[^\s:]+:\d+$/, "host:port")).min(1),
  /** Default: made from the state's id, so that no two states share the partitions of a topic. */
  groupId: z.string().min(1).optional(),
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

/** Who computes the figures of the settlements: this program, or a Flink job whose figures topic it reads. */
const engine = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("embedded") }),
    z.strictObject({
      kind: z.literal("flink"),
      figures: z
        .string()
        .regex(/^[\w.-]{1,249}$/, "the name of a Kafka topic")
        .default(FIGURES_TOPIC),
      /** Folder in which the job keeps every settlement, as this machine sees it. */
      archive: z.string().min(1).optional(),
    }),
  ])
  .default({ kind: "embedded" });

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

/** `insutype` codes of the three insurances that every bureau has. */
const DEFAULT_INSURANCES = {
  employee: ["310", "340"],
  resident: ["390", "391", "392"],
  maternity: ["510"],
} as const;
type ComponentName = (typeof COMPONENT_MEASURES)[number];
const DEFAULT_BENEFIT: Readonly<Record<string, readonly ComponentName[]>> = {
  resident: ["pool_paid"],
  employee: ["pool_paid", "large_paid", "account_paid"],
  maternity: ["pool_paid"],
};
/** What an insurance of a bureau's own counts as benefit spending unless it says otherwise. */
const OTHER_BENEFIT: readonly ComponentName[] = ["pool_paid"];

const insuranceName = (value: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
  for (const name of Object.keys(value)) {
    if (/^[a-z][a-z0-9_]{0,30}$/.test(name) && name !== ALL_INSURANCES) continue;
    context.addIssue({
      code: "custom",
      path: [name],
      message: `an insurance is named by lower-case letters, digits and _, and not "${ALL_INSURANCES}"`,
    });
  }
};
const codes = z.array(z.string().min(1));

/** Insurances with their codes: those given, and of the usual ones what no other has taken. */
function withUsualInsurances(
  given: Readonly<Record<string, readonly string[] | undefined>>,
): Record<string, string[]> {
  const taken = new Set(Object.values(given).flatMap((list) => list ?? []));
  const usual = Object.entries(DEFAULT_INSURANCES).map(([name, list]): [string, string[]] => [
    name,
    [...(given[name] ?? list.filter((code) => !taken.has(code)))],
  ]);
  const others = Object.entries(given).filter(([name]) => !Object.hasOwn(DEFAULT_INSURANCES, name));
  return Object.fromEntries([
    ...usual,
    ...others.map(([name, list]): [string, string[]] => [name, [...(list ?? [])]]),
  ]);
}

/** The keys of the configuration as they are written. */
const settings = z.strictObject({
  jurisdiction: z.strictObject({
    name: z.string().min(1),
    admdvs,
    level: z.enum(["county", "city", "province"]),
  }),
  timezone: timezone.default("Asia/Shanghai"),
  source: z.discriminatedUnion("kind", [folderSource, kafkaSource]),
  engine,
  reference: z.string().default("reference"),
  data: z.string().default("data"),
  publish: z
    .strictObject({
      everySeconds: z.number().positive().max(86_400).default(1),
      /** What DuckDB may hold in memory while it publishes; beyond it, it works on disk under `data/work`. */
      memory: memorySize.default("1GB"),
    })
    .prefault({}),
  periods: z
    .strictObject({
      /** Days are counted from 1970 on. */
      firstDay: day
        .refine((v) => v >= "1970-01-01" && v <= "2199-12-31", "a day from 1970-01-01 to 2199-12-31")
        .default("2023-01-01"),
      closeAfterDays: z.number().int().min(0).default(10),
      keepDays: z.number().int().min(0).default(800),
      keepFacilityDays: z.number().int().min(0).default(92),
      dayGroupings: z.array(grouping).default([...DEFAULT_DAY_GROUPINGS]),
    })
    .prefault({}),
  groupings: z.array(grouping).default([...DEFAULT_GROUPINGS]),
  personGroupings: z.array(grouping).default([...DEFAULT_PERSON_GROUPINGS]),
  refunds: z.enum(["own-period", "original-period"]).default("own-period"),
  /** Open: a bureau may move codes and name more insurances. */
  insurances: z
    .object({ employee: codes.optional(), resident: codes.optional(), maternity: codes.optional() })
    .catchall(codes)
    .superRefine(insuranceName)
    .prefault({})
    .transform(withUsualInsurances),
  /** Kinds of persons by the leading digits of `psn_type`, beside the national ones. */
  personKinds: z
    .partialRecord(z.enum(PERSON_KINDS), z.array(z.string().regex(/^\d{1,6}$/, "leading digits")))
    .default({}),
  /** Channels by `setl_type`, beside 1 (manual) and 2 (direct). */
  channels: z.partialRecord(z.enum(CHANNELS), codes).default({}),
  /** `clr_way` codes that are paid by case. */
  casePayment: codes.default(["20", "2"]),
  careGroups: z.array(careGroupRule).default([]),
  reimbursed: z.array(component).default(["pool_paid", "critical_paid", "large_paid", "aid_paid"]),
  benefit: z
    .object({
      resident: z.array(component).optional(),
      employee: z.array(component).optional(),
      maternity: z.array(component).optional(),
    })
    .catchall(z.array(component))
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
  verify: z
    .strictObject({
      /** What a recount may hold in memory; beyond it, it works on disk under `data/work`. */
      memory: memorySize.default("1GB"),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
    })
    .prefault({}),
});

/** The whole configuration (docs/specification.md#configuration). Every key but jurisdiction, source and privacy.personKey has a default. */
export const configSchema = settings.transform((config) => ({
  ...config,
  benefit: Object.fromEntries(
    [...new Set([...Object.keys(DEFAULT_BENEFIT), ...Object.keys(config.insurances)])].map(
      (name): [string, ComponentName[]] => [
        name,
        [...(config.benefit[name] ?? DEFAULT_BENEFIT[name] ?? OTHER_BENEFIT)],
      ],
    ),
  ) as Record<string, ComponentName[]>,
}));

export type Config = z.infer<typeof configSchema>;
export type EngineConfig = Config["engine"];
export type FolderSourceConfig = Extract<Config["source"], { kind: "folder" }>;
export type KafkaSourceConfig = Extract<Config["source"], { kind: "kafka" }>;

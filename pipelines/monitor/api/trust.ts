import { z } from "zod";
import { trustOf } from "../../../connectors/duckdb/monitor/trust.js";
import { instantOf, withOffset, withOffsetOrNull } from "../http/times.js";
import { type Context, route } from "./route.js";

const n = z.number().int();

/** What `trust`, `overview`, `quality` and every live event say of the version. */
export const trustShape = z
  .object({
    complete: z.object({
      share: z.string().nullable(),
      reached: n.describe("Facilities whose data have come as far as they should"),
      expected: n,
      lagging: z.array(
        z.object({
          facility: z.string(),
          name: z.string().nullable(),
          latest: z.string().nullable().describe("Latest settlement"),
          days: n.describe("Days from there to the watermark"),
          usual_days: n.nullable(),
        }),
      ),
    }),
    balance: z.object({
      received: n,
      applied: n,
      duplicate: n,
      held: n,
      quarantined: n,
      balanced: z.boolean().describe("received = applied + duplicate + held + quarantined"),
    }),
    quarantine: z.object({ waiting: n, oldest: z.string().nullable().describe("First seen") }),
    verified: z
      .object({ at: z.string(), version: z.string(), figures: n, differences: n })
      .nullable()
      .describe("The last independent recount; null where there was none"),
    alerts: z.object({ open: n, critical: n, warning: n, info: n }),
  })
  .meta({ id: "Trust" });

export async function trustAnswer({ file, calendar }: Context): Promise<z.input<typeof trustShape>> {
  const trust = await trustOf(file);
  const { verified, completeness } = file.snapshot;
  const { received, applied, duplicate, held, quarantined } = trust.balance;
  return {
    complete: {
      share: completeness,
      reached: trust.reached,
      expected: trust.expected,
      lagging: trust.lagging.map((l) => ({ ...l, latest: withOffsetOrNull(calendar, l.latest) })),
    },
    balance: { ...trust.balance, balanced: received === applied + duplicate + held + quarantined },
    quarantine: { waiting: trust.waiting, oldest: withOffsetOrNull(calendar, trust.oldest) },
    verified: verified && {
      at: withOffset(calendar, verified.at),
      version: verified.version,
      figures: Number(verified.figures),
      differences: Number(verified.differences),
    },
    alerts: trust.alerts,
  };
}

/** Seconds since the file was published, and whether that is too long. */
export function ageOf({ file, calendar, config, now }: Context): { age_seconds: number; stale: boolean } {
  const age = Math.max(0, Math.floor((now - instantOf(calendar, file.snapshot.publishedAt)) / 1000));
  return { age_seconds: age, stale: age > config.monitor.staleSeconds };
}

export const trustRoute = route({
  path: "/api/v1/trust",
  summary: "Whether the figures can be trusted right now",
  role: "viewer",
  query: z.object({}),
  answer: trustShape.extend({
    age_seconds: n.describe("Since the file was published"),
    stale: z.boolean().describe("Older than monitor.staleSeconds"),
  }),
  kept: false,
  answerOf: async (context) => ({ ...(await trustAnswer(context)), ...ageOf(context) }),
});

import { z } from "zod";
import { qualityFinding } from "../../../aggregations/findings/data.js";
import { qualityOf } from "../../../connectors/duckdb/monitor/quality.js";
import { withOffsetOrNull } from "../http/times.js";
import { route } from "./route.js";
import { decimal, findingShape } from "./shapes.js";
import { trustAnswer, trustShape } from "./trust.js";

const n = z.number().int();
const time = z.string().nullable();

export const qualityRoute = route({
  path: "/api/v1/quality",
  summary: "Lag, completeness, quarantine, warnings, orphan refunds, unmapped codes, balance, recount",
  description: "No content of any record: who works the quarantine uses `fundpulse quarantine`.",
  role: "viewer",
  query: z.object({}),
  answer: z.object({
    finding: findingShape,
    trust: trustShape,
    sources: z.array(
      z.object({
        source: z.string(),
        partition: z.string(),
        received: n,
        applied: n,
        duplicate: n,
        held: n,
        quarantined: n,
        next: z.string().nullable().describe("Position that is read next"),
      }),
    ),
    facilities: z.array(
      z.object({
        facility: z.string(),
        name: z.string().nullable(),
        kind: z.string().nullable(),
        latest: time,
        days: n,
        usual_days: n.nullable(),
        standing: z.string(),
        days_last_month: n.nullable(),
        days_this_month: n.nullable(),
        visits_last_month: n.nullable(),
        visits_this_month: n.nullable(),
      }),
    ),
    quarantine: z.array(
      z.object({
        reason: z.string(),
        stream: z.string(),
        count: n,
        oldest: time,
        newest: time,
        over_a_day: n,
      }),
    ),
    warnings: z.array(z.object({ warning: z.string(), count: n })),
    orphan_refunds: z.object({
      count: n,
      fee: decimal,
      rows: z.array(
        z.object({ setl_id: z.string(), init_setl_id: z.string(), setl_time: time, fee: decimal }),
      ),
    }),
    unmapped: z.array(z.looseObject({ kind: z.string(), code: z.string(), records: n, fee: decimal })),
    periods: z.array(
      z.looseObject({ period: z.string(), may_close: z.boolean(), why_not: z.string().nullable() }),
    ),
  }),
  answerOf: async (context) => {
    const [quality, trust] = await Promise.all([qualityOf(context.file), trustAnswer(context)]);
    const at = (v: unknown): string | null => withOffsetOrNull(context.calendar, v);
    const whole = (v: unknown): number | null => (v === null || v === undefined ? null : Number(v));
    const sum = (rows: readonly Record<string, unknown>[], name: string): number =>
      rows.reduce((total, row) => total + Number(row[name] ?? 0), 0);
    return {
      finding: qualityFinding({
        balanced: trust.balance.balanced,
        share: trust.complete.share,
        late: trust.complete.expected - trust.complete.reached,
        lagging: trust.complete.lagging.map((l) => l.name ?? l.facility),
        waiting: trust.quarantine.waiting,
        overADay: sum(quality.quarantine, "over_a_day"),
        unmapped: quality.unmapped.length,
        orphans: quality.orphans.count,
        verified: trust.verified,
        received: trust.balance.received,
      }),
      trust,
      sources: quality.sources.map((r) => ({
        source: String(r.source),
        partition: String(r.partition),
        received: Number(r.received),
        applied: Number(r.applied),
        duplicate: Number(r.duplicate),
        held: Number(r.held),
        quarantined: Number(r.quarantined),
        next: r.next === null || r.next === undefined ? null : String(r.next),
      })),
      facilities: quality.facilities.map((r) => ({
        facility: String(r.facility),
        name: r.facility_name === null ? null : String(r.facility_name),
        kind: r.kind === null ? null : String(r.kind),
        latest: at(r.latest),
        days: Number(r.lag_days ?? 0),
        usual_days: whole(r.usual_gap),
        standing: String(r.standing),
        days_last_month: whole(r.days_last_month),
        days_this_month: whole(r.days_this_month),
        visits_last_month: whole(r.visits_last_month),
        visits_this_month: whole(r.visits_this_month),
      })),
      quarantine: quality.quarantine.map((r) => ({
        reason: String(r.reason),
        stream: String(r.stream),
        count: Number(r.count),
        oldest: at(r.oldest),
        newest: at(r.newest),
        over_a_day: Number(r.over_a_day),
      })),
      warnings: quality.warnings.map((r) => ({ warning: String(r.warning), count: Number(r.count) })),
      orphan_refunds: {
        count: quality.orphans.count,
        fee: quality.orphans.fee,
        rows: quality.orphans.rows.map((r) => ({
          setl_id: String(r.setl_id),
          init_setl_id: String(r.init_setl_id),
          setl_time: at(r.setl_time),
          fee: r.fee === null ? null : String(r.fee),
        })),
      },
      unmapped: quality.unmapped.map((r) => ({
        ...r,
        kind: String(r.kind),
        code: String(r.code),
        records: Number(r.records),
        fee: r.fee === null ? null : String(r.fee),
      })),
      periods: quality.periods as never,
    };
  },
});

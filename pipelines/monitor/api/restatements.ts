import { z } from "zod";
import { restatementsFinding } from "../../../aggregations/findings/data.js";
import { compare } from "../../../aggregations/findings/words.js";
import { fractionOf, micros } from "../../../aggregations/micros.js";
import { causesOf, closedPeriods, restatementsOf } from "../../../connectors/duckdb/monitor/restatements.js";
import { CATALOGUE_INDICATORS } from "../../../schemas/catalogue.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { withOffsetOrNull } from "../http/times.js";
import { count, period } from "./parameters.js";
import { route } from "./route.js";
import { decimal, findingShape } from "./shapes.js";

const CAUSES = 500;
const time = z.string().nullable();
const texts = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : []);

export const restatementsRoute = route({
  path: "/api/v1/restatements",
  summary: "Closed periods, and what changed since: both figures and the causes",
  role: "viewer",
  query: z.object({ period: period.optional(), limit: count(1000, 200), page: count(1000, 1) }),
  answer: z.object({
    finding: findingShape,
    closed: z.array(
      z.looseObject({
        period: z.string(),
        closed_at: time,
        figures: z.number().int(),
        restated: z.number().int(),
      }),
    ),
    restatements: z.array(
      z.object({
        period: z.string(),
        insurance: z.string(),
        grouping: z.string(),
        dimensions: z.record(z.string(), z.string()),
        facility_name: z.string().nullable(),
        indicator: z.string(),
        unit: z.string(),
        reported: decimal.describe("The figure frozen at close"),
        value: decimal.describe("The figure now"),
        delta: decimal,
        delta_pct: decimal.describe("delta over reported"),
        causes: z.array(z.string()).describe("late, refund, correction, withdrawn, facility, rules"),
        records: z.array(z.string()).describe("Entries, enrolment and the like behind it; never bills"),
        cause_count: z.number().int(),
        restated_at: time,
      }),
    ),
    causes: z.array(z.looseObject({ period: z.string(), cause: z.string(), changed_at: time })),
    next: z.number().int().nullable().describe("The next `page`"),
  }),
  answerOf: async (context, query) => {
    const { limit, page } = query;
    const [closed, found, causes] = await Promise.all([
      closedPeriods(context.file),
      restatementsOf(context.file, query.period, limit + 1, (page - 1) * limit),
      causesOf(context.file, query.period, CAUSES),
    ]);
    const at = (v: unknown): string | null => withOffsetOrNull(context.calendar, v);
    const text = (v: unknown): string | null => (v === null || v === undefined ? null : String(v));
    const rows = found.slice(0, limit).map((r) => {
      const reported = text(r.old_value);
      const delta = text(r.delta);
      return {
        period: String(r.period),
        insurance: String(r.insurance),
        grouping: String(r.grouping),
        dimensions: Object.fromEntries(DIMENSIONS.flatMap((d) => (r[d] === null ? [] : [[d, String(r[d])]]))),
        facility_name: text(r.facility_name),
        indicator: String(r.indicator),
        unit: String(r.unit),
        reported,
        value: text(r.new_value),
        delta,
        delta_pct: reported === null || delta === null ? null : fractionOf(micros(delta), micros(reported)),
        causes: texts(r.causes),
        records: texts(r.records),
        cause_count: Number(r.cause_count ?? 0),
        restated_at: at(r.restated_at),
      };
    });
    const size = (v: string | null): string => (v ?? "0").replace("-", "");
    const [worst] = rows
      .filter((r) => r.grouping === "total" && r.delta_pct !== null)
      .sort((a, b) => compare(size(b.delta_pct), size(a.delta_pct)));
    const words = CATALOGUE_INDICATORS.find((i) => i.name === worst?.indicator);
    return {
      finding: restatementsFinding({
        closed: closed.length,
        restated: closed.reduce((sum, c) => sum + Number(c.restated ?? 0), 0),
        worst:
          worst === undefined
            ? null
            : {
                name: [words?.zh ?? worst.indicator, words?.en ?? worst.indicator],
                period: worst.period,
                pct: worst.delta_pct!,
              },
      }),
      closed: closed.map((c) => ({
        ...c,
        period: String(c.period),
        closed_at: at(c.closed_at),
        figures: Number(c.figures ?? 0),
        restated: Number(c.restated ?? 0),
      })),
      restatements: rows,
      causes: causes.map((c) => ({
        ...c,
        period: String(c.period),
        cause: String(c.cause),
        changed_at: at(c.changed_at),
      })),
      next: found.length > limit ? page + 1 : null,
    };
  },
});

import { z } from "zod";
import { restatementsFinding } from "../../../aggregations/findings/data.js";
import { fractionOf, micros } from "../../../aggregations/micros.js";
import {
  causesOf,
  closedPeriods,
  restatementsOf,
  worstOf,
} from "../../../connectors/duckdb/monitor/restatements.js";
import { CATALOGUE_INDICATORS } from "../../../schemas/catalogue.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { withOffsetOrNull } from "../http/times.js";
import { pageQuery, pageSaid, pageShape } from "./pages.js";
import { period } from "./parameters.js";
import { perVersion } from "./per-version.js";
import { route } from "./route.js";
import { decimal, findingShape } from "./shapes.js";

const CAUSES = 500;
const closedIn = perVersion(closedPeriods);
/** What every page of a closed period's changes says, or of all. */
const causedIn = perVersion((file, of) => Promise.all([worstOf(file, of), causesOf(file, of, CAUSES)]));
const time = z.string().nullable();
const texts = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : []);

export const restatementsRoute = route({
  path: "/api/v1/restatements",
  summary: "Closed periods, and what changed since: both figures and the causes",
  role: "viewer",
  query: z.object({ period: period.optional(), ...pageQuery }),
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
    causes_total: z.number().int().describe("Rows of all causes; `causes` holds the latest 500"),
    ...pageShape,
  }),
  answerOf: async (context, query) => {
    const closed = await closedIn(context.file);
    const isClosed = query.period === undefined || closed.some((c) => c.period === query.period);
    const restated = closed
      .filter((c) => query.period === undefined || c.period === query.period)
      .reduce((sum, c) => sum + Number(c.restated ?? 0), 0);
    const said = pageSaid(restated, query);
    const [found, [worst, causes]] = await Promise.all([
      restatementsOf(context.file, query.period, query.limit, (said.page - 1) * query.limit),
      isClosed ? causedIn(context.file, query.period) : ([null, []] as const),
    ]);
    const at = (v: unknown): string | null => withOffsetOrNull(context.calendar, v);
    const text = (v: unknown): string | null => (v === null || v === undefined ? null : String(v));
    const rows = found.map((r) => {
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
    const words = CATALOGUE_INDICATORS.find((i) => i.name === worst?.indicator);
    return {
      finding: restatementsFinding({
        closed: closed.length,
        period: query.period ?? null,
        isClosed,
        restated,
        worst:
          worst === null
            ? null
            : {
                name: [words?.zh ?? worst.indicator, words?.en ?? worst.indicator],
                period: worst.period,
                pct: fractionOf(micros(worst.delta), micros(worst.reported)) ?? "0",
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
      causes_total: Number(causes[0]?.of ?? 0),
      causes: causes.map(({ of: _, ...c }) => ({
        ...c,
        period: String(c.period),
        cause: String(c.cause),
        changed_at: at(c.changed_at),
      })),
      ...said,
    };
  },
});

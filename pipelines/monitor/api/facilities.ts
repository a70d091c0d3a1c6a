import { z } from "zod";
import { rankingFinding } from "../../../aggregations/findings/facilities.js";
import { compare as compareDecimals } from "../../../aggregations/findings/words.js";
import type { FacilityFacts } from "../../../connectors/duckdb/monitor/labels.js";
import { CATALOGUE_INDICATORS } from "../../../schemas/catalogue.js";
import { CARE_LABELS } from "../../../schemas/labels.js";
import { ask, groupsOf, labels, periodOf, scopeShape, viewQuery } from "./ask.js";
import { groupingOf } from "./care.js";
import { changeOf } from "./pages.js";
import { indicator as indicatorParameter, listOf, word } from "./parameters.js";
import { isLocal } from "./places.js";
import { type Context, route } from "./route.js";
import { decimal, findingShape } from "./shapes.js";
import { told } from "./told.js";

export const care = z.enum(CARE_LABELS.map((l) => l.value) as [string, ...string[]]).default("inpatient");

export const facilityShape = {
  facility: z.string(),
  name: z.string(),
  tier: z.string().nullable(),
  kind: z.string().nullable(),
  ownership: z.string().nullable(),
  admdvs: z.string().nullable(),
  district_name: z.string().nullable(),
  local: z.boolean().describe("It lies in the jurisdiction"),
};

/** What is known of a facility; a code that no reference table has is known by itself alone. */
export function facilityFacts(context: Context, known: ReadonlyMap<string, FacilityFacts>, code: string) {
  const facts = known.get(code);
  return {
    facility: code,
    name: facts?.name ?? code,
    tier: facts?.tier ?? null,
    kind: facts?.kind ?? null,
    ownership: facts?.ownership ?? null,
    admdvs: facts?.admdvs ?? null,
    district_name: facts?.district_name ?? null,
    local: isLocal(context, facts),
  };
}

const part = z.object({
  value: decimal,
  previous: decimal,
  change: decimal,
  change_pct: decimal,
  unit: z.string(),
  status: z.string(),
  compared: decimal.optional(),
  compared_change: decimal.optional(),
  compared_change_pct: decimal.optional(),
  hidden: z.literal(true).optional(),
});

const USUAL = ["visits", "fund_paid", "avg_fee"];

export const facilitiesRoute = route({
  path: "/api/v1/facilities",
  summary: "Facilities ranked by an indicator or its change",
  role: "viewer",
  query: z.object({
    ...viewQuery,
    indicator: indicatorParameter.default("avg_fee").describe("What they are ranked by"),
    with: listOf(indicatorParameter).default(USUAL).describe("Further indicators beside it"),
    care,
    category: word.optional(),
    tier: listOf(word).optional(),
    kind: listOf(word).optional(),
    ownership: listOf(word).optional(),
    facility_district: listOf(word).optional(),
    order: z.enum(["value", "change"]).default("value"),
  }),
  answer: z.object({
    period: z.string(),
    scope: scopeShape,
    finding: findingShape,
    indicator: z.string(),
    care: z.string(),
    facilities: z.array(
      z.object({ ...facilityShape, rank: z.number().int().nullable(), figures: z.record(z.string(), part) }),
    ),
    total: z.number().int(),
  }),
  answerOf: async (context, query) => {
    const { insurance, compare, indicator, category, order } = query;
    const period = periodOf(context, query.period);
    const grouping = groupingOf(
      context,
      category === undefined ? ["care", "facility"] : ["care", "category", "facility"],
      undefined,
    );
    const [figures, names] = await Promise.all([
      ask(
        context,
        {
          periods: [period],
          insurances: [insurance],
          grouping,
          indicators: [...new Set([indicator, "visits", ...query.with])],
          where: { care: [query.care], ...(category === undefined ? {} : { category: [category] }) },
        },
        compare,
      ),
      labels(context),
    ]);
    const fits = (list: readonly string[] | undefined, value: string | null): boolean =>
      list === undefined || list.includes(value ?? "unknown");
    const rows = groupsOf(figures)
      .map((g) => ({ ...facilityFacts(context, names.facilities, g.dimensions.facility!), of: g.figures }))
      .filter(
        (f) =>
          fits(query.tier, f.tier) &&
          fits(query.kind, f.kind) &&
          fits(query.ownership, f.ownership) &&
          fits(query.facility_district, f.admdvs),
      );
    const key = (f: (typeof rows)[number]): string | null =>
      (order === "value" ? f.of[indicator]?.value : changeOf(f.of[indicator])) ?? null;
    const ranked = rows
      .filter((f) => key(f) !== null)
      .sort((a, b) => compareDecimals(key(b), key(a)) || (a.facility < b.facility ? -1 : 1));
    const rest = rows.filter((f) => key(f) === null);
    const words = CATALOGUE_INDICATORS.find((i) => i.name === indicator);
    return {
      period,
      scope: { insurance, district: null },
      finding: rankingFinding({
        indicator: [words?.zh ?? indicator, words?.en ?? indicator],
        unit: words?.unit ?? "",
        worry: words?.worry ?? "none",
        rows: rows.flatMap((f) => {
          const of = told(f.of[indicator]);
          return of === null
            ? []
            : [{ name: [f.name, f.name] as const, of, visits: f.of.visits?.value ?? null }];
        }),
      }),
      indicator,
      care: query.care,
      facilities: [...ranked, ...rest].map(({ of, ...facts }, i) => ({
        ...facts,
        rank: i < ranked.length ? i + 1 : null,
        figures: Object.fromEntries(
          Object.values(of).map(
            ({
              indicator: name,
              period: _p,
              insurance: _i,
              grouping: _g,
              dimensions: _d,
              facility_name: _n,
              reported: _r,
              ...rest
            }) => [name, rest],
          ),
        ),
      })),
      total: rows.length,
    };
  },
});

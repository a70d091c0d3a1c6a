import { z } from "zod";
import { flowFinding } from "../../../aggregations/findings/shares.js";
import { compare } from "../../../aggregations/findings/words.js";
import { decimal, fractionOf, microsOr0 } from "../../../aggregations/micros.js";
import { ask, groupsOf, labels, monthsOf, periodOf, scopeShape, viewQuery } from "./ask.js";
import { figuresShape } from "./care.js";
import { regionOfDivision } from "./places.js";
import { type Context, route } from "./route.js";
import { decimal as decimalShape, findingShape } from "./shapes.js";

const INDICATORS = [
  "visits",
  "fee",
  "fund_paid",
  "avg_fee",
  "reimb_rate",
  "share_in_care_visits",
  "share_in_care_fund_paid",
  "persons",
];
const CUT = ["visits", "fee", "fund_paid", "avg_fee"] as const;
/** Facilities outside that are listed. */
const FACILITIES = 20;

/** Regions within the jurisdiction, by its level. */
export const HOME = {
  county: ["county"],
  city: ["county", "city"],
  province: ["county", "city", "province"],
} as const;

export const flowRoute = route({
  path: "/api/v1/flow",
  summary:
    "Where people go for inpatient care: regions, flows, months, facilities' districts, facilities outside",
  role: "viewer",
  query: z.object({
    ...viewQuery,
    indicator: z.enum(CUT).default("fund_paid").describe("What the matrix and the rankings show"),
  }),
  answer: z.object({
    period: z.string(),
    scope: scopeShape,
    finding: findingShape,
    regions: z.array(
      z.object({
        region: z.string(),
        name: z.string(),
        name_en: z.string(),
        home: z.boolean(),
        figures: figuresShape,
      }),
    ),
    flows: z.array(
      z.object({ flow: z.string(), name: z.string(), name_en: z.string(), figures: figuresShape }),
    ),
    months: z.array(z.object({ period: z.string(), region: z.string(), figures: figuresShape })),
    matrix: z.object({
      indicator: z.string(),
      columns: z.array(z.string()),
      rows: z.array(
        z.object({
          district: z.string(),
          name: z.string(),
          region: z.string(),
          cells: z.array(z.object({ period: z.string(), value: decimalShape, previous: decimalShape })),
          total: z.object({ value: decimalShape, previous: decimalShape, change_pct: decimalShape }),
        }),
      ),
    }),
    facilities: z
      .array(
        z.object({
          facility: z.string(),
          name: z.string(),
          region: z.string(),
          district_name: z.string().nullable(),
          figures: figuresShape,
        }),
      )
      .describe("Facilities outside the jurisdiction that take most"),
  }),
  answerOf: async (context, query) => {
    const { insurance, compare: other, indicator } = query;
    const period = periodOf(context, query.period);
    const months = monthsOf(context, period);
    const look = { insurances: [insurance], where: { care: ["inpatient"] } };
    const now = { ...look, periods: [period], indicators: INDICATORS };
    // A bureau may publish fewer groupings than the default: then the view has fewer parts.
    const byDistrict = "care+facility_district";
    const [regions, flows, monthly, cells, totals, facilities, names] = await Promise.all([
      ask(context, { ...now, grouping: "care+region" }, other),
      ask(context, { ...now, grouping: "care+flow" }, other),
      ask(context, {
        ...look,
        indicators: [...CUT],
        periods: [...months.before, ...months.now],
        grouping: "care+region",
      }),
      ask(context, { ...look, indicators: [indicator], periods: months.now, grouping: byDistrict }),
      ask(context, { ...look, indicators: [indicator], periods: [period], grouping: byDistrict }),
      outsideFacilities(context, period, insurance, indicator),
      labels(context),
    ]);
    const home: readonly string[] = HOME[context.config.jurisdiction.level];
    const rows = groupsOf(regions);
    const inner = rows.filter((g) => home.includes(g.dimensions.region!));
    const outer = rows.filter((g) => !home.includes(g.dimensions.region!));
    const one = 1_000_000n;
    const sum = (of: typeof rows, name: string, field: "value" | "change"): bigint =>
      of.reduce((total, g) => total + microsOr0(g.figures[name]?.[field]), 0n);
    const shareOf = (name: string): string | null =>
      rows.length === 0 ? null : decimal(one - sum(inner, name, "value"));
    const known = rows.some((g) => g.figures.share_in_care_fund_paid?.change != null);
    const top = facilities[0];
    const outsidePaid = sum(outer, "fund_paid", "value");
    const topShare =
      top === undefined ? null : fractionOf(microsOr0(top.figures.fund_paid?.value), outsidePaid);
    return {
      period,
      scope: { insurance, district: null },
      finding: flowFinding({
        outside: {
          word: OUTSIDE[context.config.jurisdiction.level],
          paid: shareOf("share_in_care_fund_paid"),
          paidChange: known ? decimal(-sum(inner, "share_in_care_fund_paid", "change")) : null,
          visits: shareOf("share_in_care_visits"),
        },
        facility: topShare === null ? null : { name: [top!.name, top!.name], share: topShare },
      }),
      regions: rows.map((g) => {
        const region = g.dimensions.region!;
        const name = names.nameOf("region", region);
        return {
          region,
          name: name.zh.replace("住院", ""),
          name_en: name.en,
          home: home.includes(region),
          figures: { ...g.figures },
        };
      }),
      flows: groupsOf(flows).map((g) => {
        const name = names.nameOf("flow", g.dimensions.flow!);
        return { flow: g.dimensions.flow!, name: name.zh, name_en: name.en, figures: { ...g.figures } };
      }),
      months: groupsOf(monthly).map((g) => ({
        period: g.period,
        region: g.dimensions.region!,
        figures: { ...g.figures },
      })),
      matrix: {
        indicator,
        columns: months.now,
        rows: totals
          .map((f) => {
            const of = f.dimensions.facility_district!;
            const own = new Map(
              cells.filter((c) => c.dimensions.facility_district === of).map((c) => [c.period, c]),
            );
            return {
              district: of,
              name: names.nameOf("facility_district", of).zh,
              region: regionOfDivision(context, of),
              cells: months.now.map((month) => ({
                period: month,
                value: own.get(month)?.value ?? null,
                previous: own.get(month)?.previous ?? null,
              })),
              total: { value: f.value, previous: f.previous, change_pct: f.change_pct },
            };
          })
          .sort((a, b) => compare(b.total.value, a.total.value)),
      },
      facilities,
    };
  },
});

const OUTSIDE = {
  county: ["县外", "outside the county"],
  city: ["市外", "outside the city"],
  province: ["省外", "outside the province"],
} as const;

async function outsideFacilities(context: Context, period: string, insurance: string, indicator: string) {
  const grouping = "care+region+facility";
  const outside = ["county", "city", "province", "national"].filter(
    (r) => !(HOME[context.config.jurisdiction.level] as readonly string[]).includes(r),
  );
  const figures = await ask(context, {
    periods: [period],
    insurances: [insurance],
    indicators: [...new Set([...CUT, "reimb_rate", indicator])],
    grouping,
    where: { care: ["inpatient"], region: outside },
  });
  const names = await labels(context);
  return groupsOf(figures)
    .filter((g) => Number(g.figures.visits?.value ?? 0) > 0)
    .sort((a, b) => compare(b.figures[indicator]?.value ?? null, a.figures[indicator]?.value ?? null))
    .slice(0, FACILITIES)
    .map((g) => {
      const facility = g.dimensions.facility!;
      return {
        facility,
        name: names.nameOf("facility", facility).zh,
        region: g.dimensions.region!,
        district_name: names.facilities.get(facility)?.district_name ?? null,
        figures: { ...g.figures },
      };
    });
}

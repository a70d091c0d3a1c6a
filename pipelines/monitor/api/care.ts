import { z } from "zod";
import { careFinding } from "../../../aggregations/findings/care.js";
import { DIMENSIONS, type Dimension } from "../../../schemas/dimensions.js";
import { wordsOf } from "../../../schemas/indicator-words.js";
import { refuse } from "../http/problem.js";
import { ask, type Group, groupsOf, labels, monthsOf, only, periodOf, scopeShape, viewQuery } from "./ask.js";
import { byFigure, pageOf, pageQuery, pageShape } from "./pages.js";
import { type Context, type Route, route } from "./route.js";
import { figureShape, findingShape } from "./shapes.js";
import { told } from "./told.js";

export const figuresShape = z.record(z.string(), figureShape).describe("By indicator");

const BY = [
  "region",
  "tier",
  "care_group",
  "facility",
  "category",
  "district",
  "ownership",
  "flow",
  "channel",
  "person_kind",
] as const;

const BASE = [
  "visits",
  "persons",
  "fee",
  "fund_paid",
  "benefit_paid",
  "reimbursed",
  "avg_fee",
  "avg_reimbursed",
];
const RATES = ["reimb_rate", "reimb_rate_in_scope", "pool_rate", "visits_per_person", "share_in_care_visits"];
const SHARES = ["share_in_care_fund_paid", "share_in_care_fee", "cash_paid", "account_paid"];
const INDICATORS = {
  inpatient: [
    ...BASE,
    ...RATES,
    ...SHARES,
    "bed_days",
    "avg_bed_days",
    "hospitalization_rate",
    "case_paid_rate",
  ],
  outpatient: [...BASE, ...RATES, ...SHARES],
} as const;
/** Dimensions with so many values that only those shown are worked out in full. */
const MANY: readonly string[] = ["facility", "district"];
/** What the sentence of finding is made of. */
const FOUND = ["visits", "avg_fee"];

const MONTHLY = [
  "visits",
  "persons",
  "fund_paid",
  "avg_fee",
  "avg_bed_days",
  "reimb_rate",
  "hospitalization_rate",
  "visits_per_person",
];

const answer = z.object({
  period: z.string(),
  scope: scopeShape,
  finding: findingShape,
  by: z.string(),
  total: z.object({ figures: figuresShape }),
  rows: z.array(
    z.object({
      value: z.string(),
      name: z.string(),
      name_en: z.string(),
      care: z.string(),
      figures: figuresShape,
    }),
  ),
  ...pageShape,
  months: z.array(z.object({ period: z.string(), figures: figuresShape })),
});

/** A view of care of one kind: its total, cut by a dimension, and by month. */
function careRoute(
  path: string,
  summary: string,
  kind: "inpatient" | "outpatient",
  cares: readonly string[],
): Route {
  return route({
    path,
    summary,
    role: "viewer",
    query: z.object({
      ...viewQuery,
      by: z
        .enum(BY)
        .optional()
        .describe(
          `What the rows are cut by; left out: ${kind === "inpatient" ? "region" : "category"}, with a district category`,
        ),
      sort: z
        .enum(["shown", ...INDICATORS[kind], ...INDICATORS[kind].map((i) => `${i}_change`)])
        .default("shown")
        .describe(
          "In the usual order, or by an indicator or its change: in points for a share, else relative",
        ),
      order: z.enum(["down", "up"]).default("down").describe("The largest first, or the smallest"),
      ...pageQuery,
    }),
    answer,
    answerOf: async (context, query) => {
      const { insurance, district, compare, sort } = query;
      const by =
        query.by ??
        (kind === "inpatient" && district === undefined ? ("region" as const) : ("category" as const));
      const period = periodOf(context, query.period);
      const grouping = groupingOf(context, ["care", by], district, by === "district");
      const indicators = INDICATORS[kind];
      const whole = district === undefined ? "care" : "care+district";
      const at = only("district", district);
      const look = { insurances: [insurance], indicators };
      const care = { care: cares };
      const main = { care: [kind] };
      const sorted = sort.replace(/_change$/, "");
      const many = MANY.includes(by);
      const first = many ? [...new Set([...FOUND, ...(sort === "shown" ? [] : [sorted])])] : indicators;
      const cut = (names: readonly string[], where = {}) =>
        ask(
          context,
          { ...look, indicators: names, periods: [period], grouping, where: { ...care, ...at, ...where } },
          compare,
        );
      const [total, rows, months, names] = await Promise.all([
        ask(context, { ...look, periods: [period], grouping: whole, where: { ...main, ...at } }, compare),
        cut(first),
        ask(context, {
          ...look,
          indicators: MONTHLY,
          periods: monthsOf(context, period).now,
          grouping: whole,
          where: { ...main, ...at },
        }),
        labels(context),
      ]);
      const figures = groupsOf(total)[0]?.figures ?? {};
      const named = (g: Group) => {
        const value = g.dimensions[by]!;
        const name = names.nameOf(by, value);
        return {
          value,
          name: by === "region" ? name.zh.replace("住院", "") : name.zh,
          name_en: name.en,
          care: g.dimensions.care!,
          figures: { ...g.figures },
        };
      };
      const found = groupsOf(rows).map(named);
      const usual = (a: (typeof found)[number], b: typeof a): number =>
        names.orderOf(by, a.value) - names.orderOf(by, b.value);
      const given = byFigure<(typeof found)[number]>(
        (r) => r.figures[sorted],
        sort !== sorted,
        query.order === "up",
      );
      found.sort(
        (a, b) =>
          cares.indexOf(a.care) - cares.indexOf(b.care) ||
          (sort === "shown" ? 0 : given(a, b)) ||
          usual(a, b),
      );
      const { rows: shown, said } = pageOf(found, query);
      const full = new Map<string, (typeof found)[number]>();
      if (many) {
        const values = [...new Set(shown.map((r) => r.value))];
        for (const g of values.length === 0 ? [] : groupsOf(await cut(indicators, { [by]: values }))) {
          full.set(`${g.dimensions.care} ${g.dimensions[by]}`, named(g));
        }
      }
      return {
        period,
        scope: { insurance, district: district ?? null },
        finding: careFinding({
          name: kind === "inpatient" ? ["住院", "Inpatient care"] : ["门诊", "Outpatient care"],
          visits: told(figures.visits),
          avgFee: told(figures.avg_fee),
          reimbRate: told(figures.reimb_rate),
          worry: { avgFee: wordsOf("avg_fee").worry, reimbRate: wordsOf("reimb_rate").worry },
          rows: found.map((r) => ({
            name: [r.name, r.name_en],
            visits: told(r.figures.visits),
            avgFee: told(r.figures.avg_fee),
          })),
        }),
        by,
        total: { figures: { ...figures } },
        rows: shown.map((r) => full.get(`${r.care} ${r.value}`) ?? r),
        ...said,
        months: groupsOf(months).map((g) => ({ period: g.period, figures: { ...g.figures } })),
      };
    },
  });
}

/**
 * The published grouping of dimensions, narrowed to a district where one is asked for.
 * @throws Refusal FP5003 where the figures are not published so.
 */
export function groupingOf(
  { config }: Pick<Context, "config">,
  dimensions: readonly Dimension[],
  district: string | undefined,
  hasDistrict = false,
): string {
  const grouping = [...dimensions, ...(district === undefined || hasDistrict ? [] : (["district"] as const))]
    .sort((a, b) => DIMENSIONS.indexOf(a) - DIMENSIONS.indexOf(b))
    .join("+");
  if (config.groupings.includes(grouping)) return grouping;
  throw refuse("FP5003", `figures by ${grouping} are not published`);
}

export const inpatientRoute = careRoute(
  "/api/v1/inpatient",
  "Inpatient care: visits, admission rate, fees, reimbursement, bed days; by region, tier, care group, facility",
  "inpatient",
  ["inpatient"],
);
export const outpatientRoute = careRoute(
  "/api/v1/outpatient",
  "Outpatient care and pharmacies: kinds with visits, money, averages; by tier and facility",
  "outpatient",
  ["outpatient", "pharmacy"],
);

import { z } from "zod";
import { structureFinding } from "../../../aggregations/findings/shares.js";
import { ask, groupsOf, labels, monthsOf, only, periodOf, scopeShape, viewQuery } from "./ask.js";
import { figuresShape, groupingOf } from "./care.js";
import { route } from "./route.js";
import { decimal, findingShape } from "./shapes.js";
import { told } from "./told.js";

const INDICATORS = [
  ...[
    "visits",
    "persons",
    "fee",
    "fund_paid",
    "benefit_paid",
    "pool_paid",
    "avg_fee",
    "reimb_rate",
    "share_visits",
    "share_fee",
  ],
  ...["share_fund_paid", "share_benefit_paid", "share_pool_paid", "share_in_care_benefit_paid"],
];

export const structureRoute = route({
  path: "/api/v1/structure",
  summary: "The structural table of spending: each care and category, its share and its change; by month",
  role: "viewer",
  query: z.object(viewQuery),
  answer: z.object({
    period: z.string(),
    scope: scopeShape,
    finding: findingShape,
    total: z.object({ figures: figuresShape }),
    rows: z.array(
      z.object({
        care: z.string(),
        category: z.string().nullable().describe("null: the care's own row"),
        name: z.string(),
        parent: z.string().nullable(),
        is_parent: z.boolean().describe("Its row counts those of its children too: do not add both"),
        figures: figuresShape,
      }),
    ),
    months: z
      .array(z.object({ period: z.string(), care: z.string(), category: z.string(), value: decimal }))
      .describe("benefit_paid by category, those with a parent left out: they add up"),
  }),
  answerOf: async (context, query) => {
    const { insurance, district, compare } = query;
    const period = periodOf(context, query.period);
    const where = only("district", district);
    const look = { insurances: [insurance], where };
    const now = { ...look, periods: [period], indicators: INDICATORS };
    const byCategory = groupingOf(context, ["care", "category"], district);
    const [whole, cares, rows, months, names] = await Promise.all([
      district === undefined ? ask(context, { ...now, grouping: "total" }, compare) : [],
      ask(context, { ...now, grouping: groupingOf(context, ["care"], district) }, compare),
      ask(context, { ...now, grouping: byCategory }, compare),
      ask(context, {
        ...look,
        periods: monthsOf(context, period).now,
        indicators: ["benefit_paid"],
        grouping: byCategory,
      }),
      labels(context),
    ]);
    const parentOf = (category: string): string | null =>
      names.parents.get(`${insurance} ${category}`) ??
      (insurance === "all"
        ? [...names.parents].find(([key]) => key.endsWith(` ${category}`))?.[1]
        : undefined) ??
      null;
    const parents = new Set(names.parents.values());
    const lines = [
      ...groupsOf(cares).map((g) => {
        const care = g.dimensions.care!;
        return {
          care,
          category: null,
          name: names.nameOf("care", care).zh,
          parent: null,
          is_parent: false,
          figures: { ...g.figures },
        };
      }),
      ...groupsOf(rows).map((g) => {
        const category = g.dimensions.category!;
        return {
          care: g.dimensions.care!,
          category,
          name: names.nameOf("category", category).zh,
          parent: parentOf(category),
          is_parent: parents.has(category),
          figures: { ...g.figures },
        };
      }),
    ];
    lines.sort(
      (a, b) =>
        names.orderOf("care", a.care) - names.orderOf("care", b.care) ||
        Number(a.category !== null) - Number(b.category !== null) ||
        names.orderOf("category", a.category ?? "") - names.orderOf("category", b.category ?? ""),
    );
    const total = groupsOf(whole)[0]?.figures ?? {};
    return {
      period,
      scope: { insurance, district: district ?? null },
      finding: structureFinding({
        total:
          told(total.benefit_paid) ?? told(lines.find((l) => l.care === "inpatient")?.figures.benefit_paid),
        rows: lines
          .filter((l) => l.category !== null && l.parent === null)
          .map((l) => ({ name: [l.name, l.name], share: told(l.figures.share_benefit_paid) })),
      }),
      total: { figures: { ...total } },
      rows: lines,
      months: months
        .filter((f) => parentOf(f.dimensions.category!) === null)
        .map((f) => ({
          period: f.period,
          care: f.dimensions.care!,
          category: f.dimensions.category!,
          value: f.value,
        })),
    };
  },
});

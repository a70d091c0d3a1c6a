import { z } from "zod";
import { reliefFinding } from "../../../aggregations/findings/shares.js";
import { ask, groupsOf, labels, monthsOf, only, periodOf, scopeShape, viewQuery } from "./ask.js";
import { figuresShape, groupingOf } from "./care.js";
import { route } from "./route.js";
import { findingShape } from "./shapes.js";
import { told } from "./told.js";

/** Kinds of relief, each with the indicators of its visits, money and fee. */
const KINDS = [
  {
    kind: "critical",
    zh: "居民大病",
    en: "Critical illness",
    visits: "critical_visits",
    paid: "critical_paid",
    fee: "critical_fee",
  },
  {
    kind: "large",
    zh: "职工大额",
    en: "Large amounts",
    visits: "large_visits",
    paid: "large_paid",
    fee: "large_fee",
  },
  { kind: "aid", zh: "医疗救助", en: "Medical aid", visits: "aid_visits", paid: "aid_paid", fee: "aid_fee" },
  {
    kind: "civil_servant",
    zh: "公务员补助",
    en: "Civil servants",
    visits: "civil_servant_visits",
    paid: "civil_servant_paid",
    fee: null,
  },
] as const;
const INDICATORS = [
  ...KINDS.flatMap((k) => [k.visits, k.paid, ...(k.fee === null ? [] : [k.fee])]),
  "visits",
  "fee",
];

export const reliefRoute = route({
  path: "/api/v1/relief",
  summary: "Critical illness, large amounts, medical aid and civil servants: visits, money, reach",
  role: "viewer",
  query: z.object({
    ...viewQuery,
    by: z.enum(["category", "region", "tier", "district"]).default("category"),
  }),
  answer: z.object({
    period: z.string(),
    scope: scopeShape,
    finding: findingShape,
    kinds: z.array(
      z.object({
        kind: z.string(),
        name_zh: z.string(),
        name_en: z.string(),
        indicators: z.object({ visits: z.string(), paid: z.string(), fee: z.string().nullable() }),
        figures: figuresShape,
      }),
    ),
    rows: z.array(z.object({ value: z.string(), name: z.string(), care: z.string(), figures: figuresShape })),
    months: z.array(z.object({ period: z.string(), figures: figuresShape })),
  }),
  answerOf: async (context, query) => {
    const { insurance, district, compare, by } = query;
    const period = periodOf(context, query.period);
    const where = only("district", district);
    const look = { insurances: [insurance], indicators: INDICATORS };
    const byCare = district !== undefined;
    const [whole, rows, months, names] = await Promise.all([
      byCare ? [] : ask(context, { ...look, periods: [period], grouping: "total" }, compare),
      ask(
        context,
        {
          ...look,
          periods: [period],
          grouping: groupingOf(context, ["care", by], district, by === "district"),
          where,
        },
        compare,
      ),
      byCare ? [] : ask(context, { ...look, periods: monthsOf(context, period).now, grouping: "total" }),
      labels(context),
    ]);
    const total = groupsOf(whole)[0]?.figures ?? {};
    const paid = new Set<string>(KINDS.map((k) => k.paid));
    return {
      period,
      scope: { insurance, district: district ?? null },
      finding: reliefFinding({
        kinds: KINDS.map((k) => ({
          name: [k.zh, k.en],
          paid: told(total[k.paid]),
          visits: told(total[k.visits]),
        })),
      }),
      kinds: KINDS.map((k) => ({
        kind: k.kind,
        name_zh: k.zh,
        name_en: k.en,
        indicators: { visits: k.visits, paid: k.paid, fee: k.fee },
        figures: Object.fromEntries(
          [k.visits, k.paid, ...(k.fee === null ? [] : [k.fee])].flatMap((name) =>
            total[name] ? [[name, total[name]]] : [],
          ),
        ),
      })),
      rows: groupsOf(rows)
        .filter((g) =>
          Object.values(g.figures).some((f) => paid.has(f.indicator) && Number(f.value ?? 0) !== 0),
        )
        .map((g) => ({
          value: g.dimensions[by]!,
          name: names.nameOf(by, g.dimensions[by]!).zh,
          care: g.dimensions.care!,
          figures: { ...g.figures },
        })),
      months: groupsOf(months).map((g) => ({ period: g.period, figures: { ...g.figures } })),
    };
  },
});

import { z } from "zod";
import { paceFinding } from "../../../aggregations/findings/pace.js";
import { decimal, divided, micros, minus } from "../../../aggregations/micros.js";
import { sameDayLastYear } from "../../../aggregations/monitor/curve.js";
import { partsOfFund } from "../../../aggregations/monitor/fund-measures.js";
import type { Dimension } from "../../../schemas/dimensions.js";
import { refuse } from "../http/problem.js";
import { ask, groupsOf, labels, only, periodOf, scopeShape, viewQuery } from "./ask.js";
import { type Explained, explained, explainedBy } from "./explained.js";
import { outlookShape, outlooks } from "./overview.js";
import { fund as fundParameter } from "./parameters.js";
import { type Context, route } from "./route.js";
import { decimal as decimalShape, findingShape } from "./shapes.js";
import { type FundYear, fundYears, type Year, yearOf } from "./year.js";

export const paceRoute = route({
  path: "/api/v1/pace",
  summary:
    "A fund's settled expense of the year by day, beside last year's, the budget's pace and the outlook",
  description:
    "Amounts in yuan. `contributions` are differences of published figures and add up to the difference.",
  role: "viewer",
  query: z.object({ ...viewQuery, fund: fundParameter.default("employee_pool") }),
  answer: z.object({
    period: z.string(),
    scope: scopeShape,
    finding: findingShape,
    fund: z.string(),
    name_zh: z.string(),
    name_en: z.string(),
    insurance: z.string().describe("Whose settlements pay out of the fund; all where several do"),
    as_of: z.string(),
    settled: decimalShape,
    settled_previous: decimalShape,
    settled_change: decimalShape,
    settled_change_pct: decimalShape,
    budget: decimalShape,
    spent: decimalShape.describe("The same as `settled`"),
    progress: decimalShape,
    pace: decimalShape.describe("Share of the year's money that is usually spent by `as_of`"),
    pace_from: z.enum(["last_year", "straight_line"]),
    pace_amount: decimalShape.describe("pace × budget"),
    pace_gap: decimalShape.describe("spent − pace_amount: yuan ahead of the pace, negative behind it"),
    lead: decimalShape,
    last_total: decimalShape.describe("Last year's whole; null unless all of it has data"),
    days: z
      .array(
        z.object({
          day: z.string(),
          now: decimalShape.describe("Spent from 1 January to this day; null after `as_of`"),
          last: decimalShape.describe("The same day of last year"),
          plan: decimalShape.describe("The budget's pace"),
          lead: decimalShape,
        }),
      )
      .describe("Every day of the year"),
    outlook: z
      .array(z.object({ day: z.string(), projected: decimalShape, low: decimalShape, high: decimalShape }))
      .describe("预测 from `as_of` to the end of the year; empty where there is none"),
    outlook_row: outlookShape.nullable(),
    contributions: z.object({
      by_category: explained,
      by_facility: explained,
      by_region: explained,
      by_district: explained,
    }),
  }),
  answerOf: async (context, query) => {
    const { fund, district } = query;
    const parts = partsOfFund(fund);
    if (parts.length === 0) {
      throw refuse("FP6006", `no settlement pays out of the fund ${fund}, so it has no pace`);
    }
    const period = periodOf(context, query.period);
    const year = yearOf(context, period);
    const grouping = district === undefined ? "fund" : "district+fund";
    const [figures, years, rows, names] = await Promise.all([
      ask(context, {
        periods: [period],
        grouping,
        insurances: ["all"],
        indicators: ["settled_expense", "budget_expense", "settled_progress"],
        where: { fund: [fund], ...only("district", district) },
      }),
      fundYears(context, [fund], year, district),
      district === undefined ? outlooks(context) : new Map<string, z.input<typeof outlookShape>>(),
      labels(context),
    ]);
    const of = groupsOf(figures)[0]?.figures ?? {};
    const own = years.get(fund)!;
    const row = rows.get(fund) ?? null;
    const settled = of.settled_expense ?? null;
    const budget = of.budget_expense?.value ?? null;
    const share = own.pace.shares.get(year.asOf) ?? null;
    const pace = row?.pace ?? (share === null ? null : decimal(share));
    const progress = of.settled_progress?.value ?? null;
    const lead = minus(progress, pace);
    const paceAmount = budget === null || pace === null ? null : product(budget, pace);
    const insured = [...new Set(parts.map((p) => p.insurance))];
    const pace_from =
      row === null
        ? own.pace.from
        : row.method === "straight_line"
          ? ("straight_line" as const)
          : ("last_year" as const);
    const explanations = await explain(context, period, fund, district);
    const name = names.nameOf("fund", fund);
    const most = explanations.by_category?.rows[0] ?? null;
    const mostNamed = most && names.nameOf("category", most.key!);
    const lastTotal = own.pace.from === "last_year" ? fenText(own.last!.at(-1)!.sum) : null;
    return {
      period,
      scope: { insurance: "all", district: district ?? null },
      finding: paceFinding({
        name: [name.zh, name.en],
        settled: settled?.value ?? null,
        settledChangePct: settled?.change_pct ?? null,
        lead,
        paceFrom: pace_from,
        exhaustedOn: row?.exhausted_on ?? null,
        progress,
        budget,
        projected: row?.projected ?? null,
        most:
          most?.difference == null || mostNamed === null
            ? null
            : { name: [mostNamed.zh, mostNamed.en], difference: most.difference },
        difference: settled?.change ?? null,
      }),
      fund,
      name_zh: name.zh,
      name_en: name.en,
      insurance: insured.length === 1 ? insured[0]! : "all",
      as_of: year.asOf,
      settled: settled?.value ?? null,
      settled_previous: settled?.previous ?? null,
      settled_change: settled?.change ?? null,
      settled_change_pct: settled?.change_pct ?? null,
      budget,
      spent: settled?.value ?? null,
      progress,
      pace,
      pace_from,
      pace_amount: paceAmount,
      pace_gap: minus(settled?.value ?? null, paceAmount),
      lead,
      last_total: lastTotal,
      days: daysOf(own, budget, year),
      outlook: row === null ? [] : outlookCurve(own, row, year),
      outlook_row: row,
      contributions: explanations,
    };
  },
});

const fenText = (fen: bigint): string => decimal(fen * 10_000n);
const product = (yuan: string, share: string): string =>
  decimal(divided(micros(yuan) * micros(share), 1_000_000n));

function daysOf(own: FundYear, budget: string | null, year: Year) {
  const last = new Map(own.last?.map((d) => [d.day, d.sum]));
  const hasBudget = budget !== null && micros(budget) > 0n;
  return own.now.map(({ day, sum }) => {
    const share = own.pace.shares.get(day) ?? 0n;
    const reached = last.get(sameDayLastYear(day));
    const over = day <= year.asOf;
    return {
      day,
      now: over ? fenText(sum) : null,
      last: reached === undefined ? null : fenText(reached),
      plan: hasBudget ? product(budget, decimal(share)) : null,
      lead: over && hasBudget ? decimal(divided(sum * 10_000n * 1_000_000n, micros(budget)) - share) : null,
    };
  });
}

/** From what is spent to each of the outlook's ends, as the pace goes: lines of a chart, no figures of their own. */
function outlookCurve(own: FundYear, row: z.input<typeof outlookShape>, year: Year) {
  const asOf = [row.as_of, year.asOf].sort()[0]!;
  const start = own.pace.shares.get(asOf) ?? 0n;
  const left = 1_000_000n - start;
  const spent = micros(row.spent ?? "0");
  const at = (end: string | null, share: bigint): string | null =>
    end === null || left <= 0n
      ? end
      : decimal(spent + divided((micros(end) - spent) * (share - start), left));
  return own.now
    .filter((d) => d.day >= asOf)
    .map(({ day }) => {
      const share = own.pace.shares.get(day) ?? 0n;
      return { day, projected: at(row.projected, share), low: at(row.low, share), high: at(row.high, share) };
    });
}

/** What the difference to last year is made of, cut four ways. */
async function explain(
  context: Context,
  period: string,
  fund: string,
  district: string | undefined,
): Promise<Record<"by_category" | "by_facility" | "by_region" | "by_district", Explained>> {
  const cut = (dimension: Dimension, by: Dimension[] = [dimension]) =>
    explainedBy(context, period, fund, dimension, ["care", ...by].join("+"), {});
  if (district !== undefined) {
    const where = only("district", district);
    const by_category = await explainedBy(context, period, fund, "category", "care+category+district", where);
    return { by_category, by_facility: null, by_region: null, by_district: null };
  }
  const [by_category, by_facility, by_region, by_district] = await Promise.all([
    cut("category"),
    cut("facility"),
    cut("region"),
    cut("district"),
  ]);
  return { by_category, by_facility, by_region, by_district };
}

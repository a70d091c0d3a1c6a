import { z } from "zod";
import {
  type FundFacts,
  isAhead,
  overviewFinding,
  spokenOf,
} from "../../../aggregations/findings/overview.js";
import { compare } from "../../../aggregations/findings/words.js";
import { decimal, divided, micros, minus } from "../../../aggregations/micros.js";
import { partsOfFund } from "../../../aggregations/monitor/fund-measures.js";
import { alertsOf, outlooksOf } from "../../../connectors/duckdb/monitor/alerts.js";
import { FUND_LABELS } from "../../../schemas/labels.js";
import { alertAnswer, alertShape } from "./alert-shape.js";
import { ask, groupsOf, labels, monthsOf, only, periodOf, scopeShape, viewQuery } from "./ask.js";
import { explainedBy } from "./explained.js";
import { recentDays, recentShape } from "./recent.js";
import { type Context, route } from "./route.js";
import { decimal as decimalShape, figureShape, findingShape } from "./shapes.js";
import { trustAnswer, trustShape } from "./trust.js";
import { type FundYear, fundYears, type Year, yearOf } from "./year.js";

export const outlookShape = z
  .object({
    as_of: z.string(),
    spent: decimalShape,
    budget: decimalShape,
    pace: decimalShape,
    projected: decimalShape,
    low: decimalShape,
    high: decimalShape,
    exhausted_on: z.string().nullable(),
    method: z.string(),
    method_zh: z.string().nullable().optional(),
  })
  .meta({ id: "Outlook", description: "预测: a row of table `fund_outlook`" });

/** The outlook of each fund that has one. */
export async function outlooks(context: Context): Promise<Map<string, z.input<typeof outlookShape>>> {
  const rows = await outlooksOf(context.file);
  return new Map(rows.map((row) => [String(row.fund), row as never]));
}

const INDICATORS = [
  ...["settled_expense", "expense", "income", "balance_period", "balance_cumulative", "budget_expense"],
  ...["budget_income", "income_progress", "expense_progress", "settled_progress", "months_payable"],
];
const ORDER = FUND_LABELS.map((f) => f.value);

const fundShape = z.object({
  fund: z.string(),
  name_zh: z.string(),
  name_en: z.string(),
  insurance: z.string(),
  settled: decimalShape.describe("settled_expense since 1 January, yuan"),
  settled_previous: decimalShape,
  settled_change_pct: decimalShape,
  budget: decimalShape.describe("budget_expense of the year"),
  progress: decimalShape.describe("settled_progress"),
  pace: decimalShape.describe("Share of the year's money that earlier years had spent by this day"),
  pace_from: z.enum(["last_year", "straight_line"]),
  lead: decimalShape.describe("progress − pace, as a fraction"),
  booked: decimalShape.describe("expense in the books since 1 January"),
  booked_previous: decimalShape,
  booked_to: z.string().nullable().describe("Latest month with booked expense"),
  income: decimalShape,
  income_progress: decimalShape,
  balance_period: decimalShape,
  balance_cumulative: decimalShape,
  months_payable: decimalShape,
  outlook: outlookShape.nullable(),
  leads: z
    .array(z.object({ day: z.string(), lead: decimalShape }))
    .nullable()
    .describe("progress − pace on each day of the year so far; null without a budget"),
  monthly: z.array(z.object({ period: z.string(), value: decimalShape, previous: decimalShape })),
});

export const overviewRoute = route({
  path: "/api/v1/overview",
  summary: "Each fund's year against its budget and pace; today and this week; open alerts; trust",
  role: "viewer",
  query: z.object(viewQuery),
  answer: z.object({
    period: z.string(),
    scope: scopeShape,
    finding: findingShape,
    year: z.object({
      days: z.number().int(),
      day: z.string().describe("Day that the figures have come to"),
      share: z.string().describe("Share of the year gone by"),
    }),
    funds: z.array(fundShape),
    recent: z.array(recentShape),
    persons: figureShape
      .nullable()
      .describe("Persons of the current month: they are counted by month, not by day"),
    alerts: z.array(alertShape),
    trust: trustShape,
  }),
  answerOf: async (context, query) => {
    const period = periodOf(context, query.period);
    const year = yearOf(context, period);
    const [funds, recent, [persons], alerts, trust] = await Promise.all([
      fundCards(context, period, year, query.district),
      recentDays(context, query.insurance),
      ask(context, {
        periods: [periodOf(context, undefined, "month")],
        insurances: [query.insurance],
        grouping: "total",
        indicators: ["persons"],
      }),
      alertsOf(context.file, { states: ["open"] }),
      trustAnswer(context),
    ]);
    // The composite of two funds would be told a second time.
    const told = funds
      .filter((f) => f.fund !== "employee")
      .map((f) => ({ ...f, exhaustedOn: f.outlook?.exhausted_on ?? null }));
    const spoken = new Set(spokenOf(told));
    const whys = await Promise.all(
      told.map((f) => (spoken.has(f) ? whyOf(context, period, f, query.district) : null)),
    );
    return {
      period,
      scope: { insurance: "all", district: query.district ?? null },
      finding: overviewFinding(
        told.map((f, i) => ({
          name: [f.name_zh, f.name_en],
          settled: f.settled,
          settledChangePct: f.settled_change_pct,
          lead: f.lead,
          paceFrom: f.pace_from,
          exhaustedOn: f.exhaustedOn,
          holds: holdsOf(f),
          why: whys[i]!,
          monthsPayable: f.months_payable,
        })),
        trust.alerts,
      ),
      year: {
        days: year.days,
        day: year.asOf,
        share: decimal(divided(BigInt(year.gone) * 1_000_000n, BigInt(year.days))),
      },
      funds,
      recent,
      persons: persons ?? null,
      alerts: alerts.map((row) => alertAnswer(context, row)),
      trust,
    };
  },
});

type FundCard = z.input<typeof fundShape>;

/** Whether the outlook stays within the year's budget; null where there is none, or no budget. */
function holdsOf({ budget, outlook }: FundCard): "surely" | "narrowly" | null {
  if (budget === null || outlook?.projected == null || outlook.exhausted_on !== null) return null;
  if (compare(outlook.projected, budget) > 0) return null;
  return compare(outlook.high ?? outlook.projected, budget) > 0 ? "narrowly" : "surely";
}

/** What a fund that runs ahead spends more on than last year, the most of it; null for one that does not. */
async function whyOf(
  context: Context,
  period: string,
  { fund, lead, outlook }: FundCard,
  district: string | undefined,
): Promise<FundFacts["why"]> {
  if (outlook?.exhausted_on == null && !isAhead(lead)) return null;
  const grouping = district === undefined ? "care+category" : "care+category+district";
  const found = await explainedBy(context, period, fund, "category", grouping, only("district", district));
  // The largest differences come first.
  const most = found?.rows.find((r) => compare(r.difference, "0") > 0);
  if (most?.difference == null) return null;
  const { zh, en } = (await labels(context)).nameOf("category", most.key!);
  return { name: [zh, en], difference: most.difference };
}

async function fundCards(
  context: Context,
  period: string,
  year: Year,
  district: string | undefined,
): Promise<z.input<typeof fundShape>[]> {
  const grouping = district === undefined ? "fund" : "district+fund";
  const where = only("district", district);
  const months = monthsOf(context, period).now;
  const [figures, monthly, found, names] = await Promise.all([
    ask(context, { periods: [period], grouping, insurances: ["all"], indicators: INDICATORS, where }),
    ask(context, {
      periods: months,
      grouping,
      insurances: ["all"],
      indicators: ["settled_expense", "expense"],
      where,
    }),
    district === undefined ? outlooks(context) : new Map<string, z.input<typeof outlookShape>>(),
    labels(context),
  ]);
  const groups = groupsOf(figures);
  const funds = groups.map((g) => g.dimensions.fund!);
  const years = await fundYears(context, funds, year, district);
  const place = (fund: string): number => (ORDER.includes(fund) ? ORDER.indexOf(fund) : ORDER.length);
  groups.sort((a, b) => place(a.dimensions.fund!) - place(b.dimensions.fund!));
  return groups.map(({ dimensions, figures: of }) => {
    const fund = dimensions.fund!;
    const value = (name: string): string | null => of[name]?.value ?? null;
    const outlook = outlookRow(found.get(fund));
    const own = years.get(fund);
    const share = own?.pace.shares.get(year.asOf);
    const pace = outlook?.pace ?? (share === undefined ? null : decimal(share));
    const booked = monthly.filter(
      (f) => f.dimensions.fund === fund && f.indicator === "expense" && Number(f.value) !== 0,
    );
    const name = names.nameOf("fund", fund);
    return {
      fund,
      name_zh: name.zh,
      name_en: name.en,
      insurance: partsOfFund(fund)[0]?.insurance ?? "all",
      settled: value("settled_expense"),
      settled_previous: of.settled_expense?.previous ?? null,
      settled_change_pct: of.settled_expense?.change_pct ?? null,
      budget: value("budget_expense"),
      progress: value("settled_progress"),
      pace,
      pace_from:
        outlook === null
          ? (own?.pace.from ?? "straight_line")
          : outlook.method === "straight_line"
            ? "straight_line"
            : "last_year",
      lead: minus(value("settled_progress"), pace),
      booked: value("expense"),
      booked_previous: of.expense?.previous ?? null,
      booked_to: booked.at(-1)?.period ?? null,
      income: value("income"),
      income_progress: value("income_progress"),
      balance_period: value("balance_period"),
      balance_cumulative: value("balance_cumulative"),
      months_payable: value("months_payable"),
      outlook,
      leads: own ? leadsOf(own, value("budget_expense"), year) : null,
      monthly: monthly
        .filter((f) => f.dimensions.fund === fund && f.indicator === "settled_expense")
        .map(({ period: month, value: v, previous }) => ({ period: month, value: v, previous })),
    };
  });
}

const outlookRow = (row: z.input<typeof outlookShape> | undefined): z.input<typeof outlookShape> | null =>
  row === undefined
    ? null
    : {
        as_of: row.as_of,
        spent: row.spent,
        budget: row.budget,
        pace: row.pace,
        projected: row.projected,
        low: row.low,
        high: row.high,
        exhausted_on: row.exhausted_on,
        method: row.method,
        method_zh: row.method_zh ?? null,
      };

/** How far ahead of its pace the fund was on each day: what the lead line draws. */
function leadsOf(own: FundYear, budget: string | null, year: Year): { day: string; lead: string }[] | null {
  if (budget === null || micros(budget) <= 0n) return null;
  // Fen over yuan of six places: a factor of 10^4 more.
  const of = micros(budget);
  return own.now
    .filter((d) => d.day <= year.asOf)
    .map(({ day, sum }) => ({
      day,
      lead: decimal(divided(sum * 10_000n * 1_000_000n, of) - (own.pace.shares.get(day) ?? 0n)),
    }));
}

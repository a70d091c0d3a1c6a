import { z } from "zod";
import { monthOfDay, monthText, parsePeriod } from "../../../aggregations/calendar.js";
import { facilityFinding } from "../../../aggregations/findings/facilities.js";
import { compare as compareDecimals } from "../../../aggregations/findings/words.js";
import { decimal as decimalOf } from "../../../aggregations/micros.js";
import { peersOf, spreadOf } from "../../../aggregations/monitor/peers.js";
import { alertsOf } from "../../../connectors/duckdb/monitor/alerts.js";
import { daySums } from "../../../connectors/duckdb/monitor/days.js";
import { arrivalOf } from "../../../connectors/duckdb/monitor/facility.js";
import type { Figure } from "../../../connectors/duckdb/monitor/figures.js";
import { CATALOGUE_INDICATORS } from "../../../schemas/catalogue.js";
import { WORRIES } from "../../../schemas/indicator-words.js";
import { refuse } from "../http/problem.js";
import { withOffsetOrNull } from "../http/times.js";
import { alertAnswer, alertShape } from "./alert-shape.js";
import { ask, groupsOf, labels, periodOf, scopeShape, viewQuery } from "./ask.js";
import { DIP_NAMES } from "./dip.js";
import { care, facilityFacts, facilityShape } from "./facilities.js";
import { count, facility as facilityParameter } from "./parameters.js";
import { type Context, route } from "./route.js";
import { decimal, figureShape, findingShape } from "./shapes.js";

/** What facilities are held against their peers in. */
const STRIPS = [
  "visits",
  "fund_paid",
  "avg_fee",
  "avg_bed_days",
  "reimb_rate",
  "visits_per_person",
  "case_paid_rate",
  "share_in_care_fund_paid",
];
const MONTHLY = ["visits", "fund_paid", "avg_fee", "avg_bed_days", "reimb_rate", "visits_per_person"];
const CATEGORY = ["visits", "fund_paid", "avg_fee", "reimb_rate"];
const REPORTING_DAYS = 60;

const spread = { median: decimal, q1: decimal, q3: decimal };

export const facilityRoute = route({
  path: "/api/v1/facilities/{code}",
  summary: "One facility by month against its peers; its categories, DIP, alerts, reporting gaps",
  description:
    "Peers have the same tier and kind and lie in the jurisdiction; where they are fewer than four, wherever they are. The facility is among them.",
  role: "viewer",
  inPath: ["code"],
  query: z.object({
    ...viewQuery,
    code: facilityParameter,
    care,
    peers: z.enum(["local", "all"]).optional(),
    months: count(36, 13).describe("Months up to the end of the period"),
  }),
  answer: z.object({
    period: z.string(),
    scope: scopeShape,
    finding: findingShape,
    care: z.string(),
    facility: z.object(facilityShape),
    peers: z.object({
      scope: z.enum(["local", "all"]),
      rule: z.string(),
      codes: z.array(z.string()),
      count: z.number().int(),
    }),
    strips: z.array(
      z.object({
        indicator: z.string(),
        unit: z.string(),
        worry: z.enum(WORRIES),
        value: decimal,
        previous: decimal,
        change: decimal,
        change_pct: decimal,
        rank: z.number().int().nullable().describe("1 is the highest"),
        of: z.number().int(),
        ...spread,
        median_change_pct: decimal,
        median_change: decimal,
        peers: z.array(z.object({ facility: z.string(), name: z.string(), value: decimal })),
      }),
    ),
    months: z.array(
      z.object({
        period: z.string(),
        figures: z.record(z.string(), z.object({ value: decimal, ...spread })),
      }),
    ),
    categories: z.array(figureShape).describe("By care and category"),
    dip: z.record(z.string(), figureShape).nullable(),
    reporting: z
      .object({
        standing: z.string(),
        latest: z.string().nullable(),
        days: z.number().int(),
        usual_days: z.number().int().nullable(),
        days_this_month: z.number().int(),
        days_last_month: z.number().int(),
        by_day: z.array(z.object({ day: z.string(), visits: decimal })),
      })
      .nullable(),
    refunds: z.null().describe("Refunds are not published by facility"),
    alerts: z.array(alertShape),
  }),
  answerOf: async (context, query) => {
    const { code, insurance } = query;
    const period = periodOf(context, query.period);
    const names = await labels(context);
    const look = { insurances: [insurance], grouping: "care+facility" };
    const [all, reporting, alerts, categories, dip] = await Promise.all([
      ask(context, { ...look, periods: [period], indicators: STRIPS, where: { care: [query.care] } }),
      reportingOf(context, code),
      alertsOf(context.file, { facility: code, states: ["open", "acknowledged"] }),
      context.config.groupings.includes("care+category+facility")
        ? ask(context, {
            insurances: [insurance],
            grouping: "care+category+facility",
            periods: [period],
            indicators: CATEGORY,
            where: { facility: [code] },
          })
        : [],
      ask(context, {
        insurances: [insurance],
        grouping: "facility",
        periods: [period],
        indicators: DIP_NAMES,
        where: { facility: [code] },
      }),
    ]);
    const groups = groupsOf(all);
    const mine = groups.find((g) => g.dimensions.facility === code);
    if (mine === undefined && !names.facilities.has(code))
      throw refuse("FP6006", `no facility has the code ${code}`);
    const facts = facilityFacts(context, names.facilities, code);
    const others = groups
      .filter((g) => g.figures.visits?.value != null && Number(g.figures.visits.value) > 0)
      .map((g) => facilityFacts(context, names.facilities, g.dimensions.facility!));
    const peers = peersOf(facts, others, query.peers);
    const among = groups.filter((g) => peers.codes.includes(g.dimensions.facility!));
    const strips = STRIPS.map((indicator) => {
      const own = mine?.figures[indicator];
      const words = CATALOGUE_INDICATORS.find((i) => i.name === indicator)!;
      const values = among.map((g) => g.figures[indicator]?.value ?? null);
      const given = values.filter((v): v is string => v !== null);
      const higher =
        own?.value == null ? null : given.filter((v) => compareDecimals(v, own.value) > 0).length;
      return {
        indicator,
        unit: words.unit,
        worry: words.worry,
        value: own?.value ?? null,
        previous: own?.previous ?? null,
        change: own?.change ?? null,
        change_pct: own?.change_pct ?? null,
        rank: higher === null ? null : higher + 1,
        of: given.length,
        ...spreadOf(values),
        median_change_pct: spreadOf(among.map((g) => g.figures[indicator]?.change_pct ?? null)).median,
        median_change: spreadOf(among.map((g) => g.figures[indicator]?.change ?? null)).median,
        peers: among.map((g) => ({
          facility: g.dimensions.facility!,
          name: names.nameOf("facility", g.dimensions.facility!).zh,
          value: g.figures[indicator]?.value ?? null,
        })),
      };
    });
    return {
      period,
      scope: { insurance, district: null },
      finding: facilityFinding({
        name: [facts.name, facts.name],
        peers: peers.codes.length,
        strips: strips.map((s) => {
          const words = CATALOGUE_INDICATORS.find((i) => i.name === s.indicator)!;
          return { ...s, indicator: [words.zh, words.en], changePct: s.change_pct };
        }),
        standing: reporting?.standing ?? null,
        silentDays: reporting?.days ?? null,
      }),
      care: query.care,
      facility: facts,
      peers: {
        scope: peers.scope,
        rule: peers.scope === "local" ? "同等级、同类别，辖区内" : "同等级、同类别，不限地域",
        codes: [...peers.codes],
        count: peers.codes.length,
      },
      strips,
      months: await monthsAmong(context, period, query.months, insurance, query.care, code, peers.codes),
      categories,
      dip: dip.length === 0 ? null : Object.fromEntries(dip.map((f) => [f.indicator, f])),
      reporting,
      refunds: null,
      alerts: alerts.map((row) => alertAnswer(context, row)),
    };
  },
});

/** The last months up to a period's end. */
function lastMonths(context: Context, period: string, many: number): string[] {
  const last = context.file.snapshot.lastDay?.slice(0, 7);
  const end = monthText(monthOfDay(parsePeriod(period)!.endDay));
  const [year, month] = (last !== undefined && last < end ? last : end).split("-").map(Number);
  return Array.from({ length: many }, (_, i) => {
    const at = year! * 12 + month! - 1 - (many - 1 - i);
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`;
  });
}

async function monthsAmong(
  context: Context,
  period: string,
  many: number,
  insurance: string,
  of: string,
  code: string,
  peers: readonly string[],
) {
  const periods = lastMonths(context, period, many);
  const figures = await ask(context, {
    periods,
    insurances: [insurance],
    grouping: "care+facility",
    indicators: MONTHLY,
    where: { care: [of], facility: [...new Set([code, ...peers])] },
  });
  const byMonth = new Map<string, Figure[]>(periods.map((month) => [month, []]));
  for (const f of figures) byMonth.get(f.period)!.push(f);
  return periods.map((month) => {
    const all = byMonth.get(month)!;
    return {
      period: month,
      figures: Object.fromEntries(
        MONTHLY.map((indicator) => {
          const given = all.filter((f) => f.indicator === indicator);
          const own = given.find((f) => f.dimensions.facility === code)?.value ?? null;
          const among = given.filter((f) => peers.includes(f.dimensions.facility!)).map((f) => f.value);
          return [indicator, { value: own, ...spreadOf(among) }];
        }),
      ),
    };
  });
}

async function reportingOf(context: Context, code: string) {
  const row = await arrivalOf(context.file, code);
  const { lastDay } = context.file.snapshot;
  if (row === null || lastDay === null) return null;
  const end = Date.parse(`${lastDay}T00:00:00Z`);
  const dayAt = (back: number): string => new Date(end - back * 86_400_000).toISOString().slice(0, 10);
  const days = await daySums(context.file, {
    from: dayAt(REPORTING_DAYS - 1),
    to: lastDay,
    measures: ["visits"],
    insurances: ["all"],
    facility: code,
  });
  const visits = new Map(days.map((d) => [d.day, d.sums.visits ?? 0n]));
  return {
    standing: String(row.standing),
    latest: withOffsetOrNull(context.calendar, row.latest),
    days: Number(row.lag_days),
    usual_days: row.usual_gap === null ? null : Number(row.usual_gap),
    days_this_month: Number(row.days_this_month ?? 0),
    days_last_month: Number(row.days_last_month ?? 0),
    by_day: Array.from({ length: REPORTING_DAYS }, (_, i) => {
      const day = dayAt(REPORTING_DAYS - 1 - i);
      return { day, visits: decimalOf((visits.get(day) ?? 0n) * 1_000_000n) };
    }),
  };
}

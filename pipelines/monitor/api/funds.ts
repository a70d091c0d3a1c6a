import { z } from "zod";
import { type FundBookFacts, fundsFinding } from "../../../aggregations/findings/funds.js";
import type { Said } from "../../../aggregations/findings/words.js";
import { ENROLMENT_INDICATORS, FUND_INDICATORS } from "../../../schemas/indicators.js";
import { FUND_LABELS } from "../../../schemas/labels.js";
import { ask, type Group, groupsOf, labels, only, periodOf, scopeShape, viewQuery } from "./ask.js";
import { figuresShape } from "./care.js";
import { outlookShape, outlooks } from "./overview.js";
import { fund as fundParameter } from "./parameters.js";
import { route } from "./route.js";
import { figureShape, findingShape } from "./shapes.js";

const FUND_NAMES = FUND_INDICATORS.map((i) => i.name);
const ENROLMENT_NAMES = ENROLMENT_INDICATORS.map((i) => i.name);
/** Hundreds of divisions are told in what tells them apart. */
const OF_DISTRICT = ["settled_expense", "settled_progress", "income", "expense", "balance_period"];
const ORDER = FUND_LABELS.map((f) => f.value);

export const fundsRoute = route({
  path: "/api/v1/funds",
  summary: "Enrolment; income, expense, balance and budget progress by fund, subject and district",
  role: "viewer",
  query: z.object({ ...viewQuery, fund: fundParameter.optional() }),
  answer: z.object({
    period: z.string(),
    scope: scopeShape,
    finding: findingShape,
    total: z.object({ figures: figuresShape }),
    funds: z.array(
      z.object({
        fund: z.string(),
        name_zh: z.string(),
        name_en: z.string(),
        insurance: z.string(),
        figures: figuresShape,
        outlook: outlookShape.nullable(),
      }),
    ),
    subjects: z.array(figureShape).describe("By fund and subject"),
    districts: z.array(figureShape).describe("By district and fund"),
    enrolment: z.array(figureShape).describe("Total, by group of insured, by district"),
  }),
  answerOf: async (context, query) => {
    const { insurance, district, compare, fund } = query;
    const period = periodOf(context, query.period);
    const look = { periods: [period], insurances: [insurance] };
    const at = only("district", district);
    const pick = only("fund", fund);
    const withDistrict = (grouping: string): string =>
      district === undefined ? grouping : `district+${grouping}`;
    const enrolled =
      district === undefined ? ["total", "person_group", "district"] : ["district", "district+person_group"];
    const [whole, funds, subjects, districts, names, rows, ...enrolment] = await Promise.all([
      ask(
        context,
        {
          ...look,
          indicators: FUND_NAMES,
          grouping: district === undefined ? "total" : "district",
          where: at,
        },
        compare,
      ),
      ask(
        context,
        { ...look, indicators: FUND_NAMES, grouping: withDistrict("fund"), where: { ...at, ...pick } },
        compare,
      ),
      ask(
        context,
        {
          ...look,
          indicators: ["income", "expense", "beneficiaries"],
          grouping: withDistrict("fund+subject"),
          where: { ...at, ...pick },
        },
        compare,
      ),
      ask(
        context,
        { ...look, indicators: OF_DISTRICT, grouping: "district+fund", where: { ...at, ...pick } },
        compare,
      ),
      labels(context),
      district === undefined ? outlooks(context) : new Map<string, z.input<typeof outlookShape>>(),
      ...enrolled.map((grouping) =>
        ask(
          context,
          {
            ...look,
            indicators: ENROLMENT_NAMES,
            grouping,
            where: grouping === "total" || grouping === "person_group" ? {} : at,
          },
          compare,
        ),
      ),
    ]);
    const place = (f: string): number => (ORDER.includes(f) ? ORDER.indexOf(f) : ORDER.length);
    const groups = groupsOf(funds).sort((a, b) => place(a.dimensions.fund!) - place(b.dimensions.fund!));
    const total = groupsOf(whole)[0];
    const nameOf = (g: Group): Said => {
      const name = names.nameOf("fund", g.dimensions.fund!);
      return [name.zh, name.en];
    };
    return {
      period,
      scope: { insurance, district: district ?? null },
      finding: fundsFinding(
        total === undefined ? null : facts(["合计", "All"], total),
        groups.filter((g) => g.dimensions.fund !== "employee").map((g) => facts(nameOf(g), g)),
      ),
      total: { figures: { ...total?.figures } },
      funds: groups.map((g) => ({
        fund: g.dimensions.fund!,
        name_zh: nameOf(g)[0],
        name_en: nameOf(g)[1],
        insurance: g.insurance,
        figures: { ...g.figures },
        outlook: rows.get(g.dimensions.fund!) ?? null,
      })),
      subjects,
      districts,
      enrolment: enrolment.flat(),
    };
  },
});

const facts = (name: Said, g: Group): FundBookFacts => ({
  name,
  income: g.figures.income?.value ?? null,
  expense: g.figures.expense?.value ?? null,
  balance: g.figures.balance_period?.value ?? null,
  cumulative: g.figures.balance_cumulative?.value ?? null,
  months: g.figures.months_payable?.value ?? null,
  incomeProgress: g.figures.income_progress?.value ?? null,
});

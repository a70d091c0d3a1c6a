import { z } from "zod";
import { dipFinding } from "../../../aggregations/findings/shares.js";
import { compare } from "../../../aggregations/findings/words.js";
import { ask, groupsOf, labels, periodOf, scopeShape, viewQuery } from "./ask.js";
import { figuresShape } from "./care.js";
import { route } from "./route.js";
import { findingShape } from "./shapes.js";
import { told } from "./told.js";

export const DIP_NAMES = [
  "dip_cases",
  "ffs_amount",
  "dip_amount",
  "dip_difference",
  "dip_deposit",
  "dip_prepay_rate",
];
/** Facilities with fewer cases are not named. */
const LEAST_CASES = 10;

export const dipRoute = route({
  path: "/api/v1/dip",
  summary: "DIP prepayment by facility: cases, amounts, rate, difference",
  role: "viewer",
  query: z.object(viewQuery),
  answer: z.object({
    period: z.string(),
    scope: scopeShape,
    finding: findingShape,
    total: z.object({ figures: figuresShape }),
    facilities: z.array(z.object({ facility: z.string(), name: z.string(), figures: figuresShape })),
  }),
  answerOf: async (context, query) => {
    const { insurance, compare: other } = query;
    const period = periodOf(context, query.period);
    const look = { periods: [period], insurances: [insurance], indicators: DIP_NAMES };
    const [whole, rows, names] = await Promise.all([
      ask(context, { ...look, grouping: "total" }, other),
      ask(context, { ...look, grouping: "facility" }, other),
      labels(context),
    ]);
    const total = groupsOf(whole)[0]?.figures ?? {};
    const facilities = groupsOf(rows).map((g) => ({
      facility: g.dimensions.facility!,
      name: names.nameOf("facility", g.dimensions.facility!).zh,
      figures: { ...g.figures },
    }));
    const rated = facilities
      .filter(
        (f) =>
          f.figures.dip_prepay_rate?.value != null && Number(f.figures.dip_cases?.value ?? 0) >= LEAST_CASES,
      )
      .sort((a, b) => compare(a.figures.dip_prepay_rate!.value, b.figures.dip_prepay_rate!.value));
    const end = (f: (typeof rated)[number] | undefined) =>
      f === undefined ? null : { name: [f.name, f.name] as const, rate: f.figures.dip_prepay_rate!.value! };
    return {
      period,
      scope: { insurance, district: null },
      finding: dipFinding({
        rate: told(total.dip_prepay_rate),
        difference: total.dip_difference?.value ?? null,
        low: rated.length > 1 ? end(rated[0]) : null,
        high: rated.length > 1 ? end(rated.at(-1)) : null,
      }),
      total: { figures: { ...total } },
      facilities,
    };
  },
});

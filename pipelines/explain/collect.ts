import { parseDay } from "../../aggregations/calendar.js";
import { difference, figureOf, sameValue, sideSum } from "../../aggregations/explain/arithmetic.js";
import { enrolmentBehind, type KeyedRow } from "../../aggregations/explain/enrolment.js";
import { baseOf, type Formula, termUnit, termZh } from "../../aggregations/explain/formula.js";
import type { Request } from "../../aggregations/explain/request.js";
import type { PublishedFigure } from "../../connectors/duckdb/explain/figure.js";
import { publishedEnrolled, publishedFigures } from "../../connectors/duckdb/explain/figure.js";
import type { ExplainReader } from "../../connectors/duckdb/explain/reader.js";
import {
  baseDimensions,
  type RecordQuery,
  settlementQueries,
} from "../../connectors/duckdb/explain/settlement-queries.js";
import {
  dipQuery,
  enrolmentQuery,
  enrolmentRowsSql,
  enrolmentTerms,
  factQuery,
  fundQueries,
  REPORTED_INSURANCES,
} from "../../connectors/duckdb/explain/stream-queries.js";
import type { Config } from "../../schemas/config/schema.js";
import type { ComponentMeasure } from "../../schemas/measures.js";
import type { Explanation, Part, Persons, Records } from "./explanation.js";
import { collectPersons, collectRecords, type Limits } from "./records.js";
import { collectReference } from "./reference.js";
import { sinceClose } from "./restated.js";

type Sides = readonly (string | null)[];

/** Parts that a composed measure is the sum of under the configuration. */
const components =
  (config: Config, insurance: string) =>
  (measure: string): readonly ComponentMeasure[] => {
    if (measure === "reimbursed") return config.reimbursed;
    if (measure !== "benefit_paid") return [];
    const of: Readonly<Record<string, readonly ComponentMeasure[]>> = config.benefit;
    return of[insurance] ?? [...new Set(Object.values(of).flat())];
  };

/** Statements for the records behind a figure. Reads enrolment rows, since which of them stand is a rule. */
export async function recordQueries(
  reader: ExplainReader,
  config: Config,
  request: Request,
  formula: Formula,
): Promise<RecordQuery[]> {
  switch (formula.family) {
    case "settlement": {
      const { indicator } = formula;
      const queries = settlementQueries(request, indicator, components(config, request.insurance));
      if (indicator.denominator !== "enrolled") return queries;
      const { district, person_kind } = request.dimensions;
      const dimensions = {
        ...(district === undefined ? {} : { district }),
        ...(person_kind === undefined ? {} : { person_group: person_kind }),
      };
      const keys = await enrolmentKeys(reader, config, { ...request, dimensions });
      return [...queries, enrolmentQuery(keys, [{ side: "denominator", sign: "+", term: "enrolled" }])];
    }
    case "fund":
      return fundQueries(request, formula.indicator, config.jurisdiction);
    case "enrolment":
      return [
        enrolmentQuery(await enrolmentKeys(reader, config, request), enrolmentTerms(formula.indicator)),
      ];
    case "dip":
      return [dipQuery(request, formula.indicator)];
    case "fact":
      return [factQuery(request, formula.indicator, config.jurisdiction.admdvs)];
  }
}

async function enrolmentKeys(reader: ExplainReader, config: Config, request: Request): Promise<string[][]> {
  const { rows } = await reader.query(enrolmentRowsSql(request));
  const number = (v: unknown): number | null => (v === null ? null : Number(v));
  const keyed = rows.map(([day, admdvs, insurance, group, sex, persons, paid, target]): KeyedRow => {
    const key = [day, admdvs, insurance, group, sex].map(String);
    return {
      key: JSON.stringify(key),
      day: parseDay(String(day))!,
      admdvs: String(admdvs),
      insurance: String(insurance),
      group: String(group),
      sex: String(sex),
      enrolled: { persons: Number(persons), paid: number(paid), target: number(target) },
    };
  });
  const { insurance, dimensions, period } = request;
  const reported = (await reader.query(REPORTED_INSURANCES)).rows.map(([name]) => String(name));
  const group = { insurance, dimensions, endDay: period.endDay };
  const behind = enrolmentBehind(keyed, config.jurisdiction, group, reported);
  return (behind?.rows ?? []).map((key) => JSON.parse(key) as string[]);
}

/** Names of indicators that a term is published under in the figure's own group. */
const ownTerms = (formula: Formula): string[] =>
  formula.family !== "settlement"
    ? []
    : sidesOf(formula).filter((t): t is string => t !== null && t !== "enrolled" && baseOf(t) === null);

const sidesOf = (formula: Formula): Sides =>
  formula.family === "settlement" ? [formula.indicator.numerator, formula.indicator.denominator] : [];

/** The published figure and the terms that stand beside it. */
export const lookUp = (
  reader: ExplainReader,
  request: Request,
  formula: Formula,
): Promise<Map<string, PublishedFigure>> =>
  publishedFigures(reader, request, [...new Set([request.indicator, ...ownTerms(formula)])]);

/** Goes from a published figure to the records behind it and holds both against each other. */
export async function explain(
  reader: ExplainReader,
  config: Config,
  request: Request,
  formula: Formula,
  published: Map<string, PublishedFigure>,
  limits: Limits,
): Promise<Omit<Explanation, "published" | "detail">> {
  const queries = await recordQueries(reader, config, request, formula);
  const records: Records[] = [];
  for (const [i, query] of queries.entries()) {
    records.push(await collectRecords(reader, formula, query, i, limits));
  }
  let persons: Persons | null = null;
  if (sidesOf(formula).includes("persons"))
    persons = await collectPersons(reader, queries[0]!, limits.records);
  const parts: Part[] = [];
  for (const part of ordered(formula, records, persons)) {
    parts.push({ ...part, ...(await publishedTerm(reader, request, part.term, published)) });
  }
  const side = (name: Part["side"]): string | null => sideSum(parts.filter((p) => p.side === name));
  const isRatio = parts.some((p) => p.side === "denominator");
  const months = "perMonth" in formula.indicator && formula.indicator.perMonth ? monthsOf(request) : 1;
  const numerator = side("numerator");
  const denominator = isRatio ? side("denominator") : null;
  const computed = figureOf(numerator, isRatio ? { sum: denominator, months } : null);
  const figure = published.get(request.indicator)!;
  const differences = differencesOf(figure, computed, parts);
  return {
    request,
    formula,
    figure,
    parts,
    numerator,
    denominator,
    months,
    computed,
    records,
    persons,
    reference: formula.family === "settlement" ? await collectReference(reader, queries[0]!) : [],
    sinceClose: await sinceClose(reader, request, formula, figure, limits.records),
    check: { outcome: differences.length === 0 ? "equal" : "differs", differences },
  };
}

const monthsOf = ({ period }: Request): number => {
  const month = (day: number): number => {
    const date = new Date(day * 86_400_000);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  };
  return month(period.endDay) - month(period.startDay) + 1;
};

/** Parts of all record kinds in the order of the formula. */
function ordered(formula: Formula, records: readonly Records[], persons: Persons | null): Part[] {
  const parts = records.flatMap((r) => r.parts);
  if (persons !== null) {
    const side = sidesOf(formula)[0] === "persons" ? "numerator" : "denominator";
    parts.push({
      side,
      sign: "+",
      term: "persons",
      zh: termZh("persons"),
      unit: termUnit("persons", "settlement", "person"),
      value: String(persons.counted),
    });
  }
  return parts.sort((a, b) => Number(a.side === "denominator") - Number(b.side === "denominator"));
}

/** What is published for a term: an indicator of the group, a share's base, the enrolment of a rate. */
async function publishedTerm(
  reader: ExplainReader,
  request: Request,
  term: string,
  own: Map<string, PublishedFigure>,
): Promise<{ published?: string | null }> {
  const base = baseOf(term);
  if (base !== null) {
    const group = { ...request, dimensions: baseDimensions(request, base.level), other: {} };
    const found = (await publishedFigures(reader, group, [base.measure])).get(base.measure);
    return found ? { published: found.value } : {};
  }
  if (term === "enrolled") return { published: await publishedEnrolled(reader, request) };
  const found = own.get(term);
  return found ? { published: found.value } : {};
}

function differencesOf(figure: PublishedFigure, computed: string | null, parts: readonly Part[]): string[] {
  const found = parts
    .filter((p) => p.published !== undefined && !sameValue(p.published, p.value))
    .map((p) => `${p.term}: the records give ${p.value ?? 0} ${p.unit}, published is ${p.published ?? 0}`);
  if (!sameValue(computed, figure.value)) {
    const by = difference(figure.value, computed);
    found.push(
      `the figure: the records give ${computed ?? "nothing"}, published is ${figure.value ?? "nothing"}${by === null ? "" : ` (${by} more)`}`,
    );
  }
  return found;
}

import {
  baseOf,
  FAMILY_DIMENSIONS,
  type Formula,
  factFormula,
  INDICATOR_WORDS,
} from "../../../aggregations/explain/formula.js";
import {
  indicatorsNamed,
  type Meaning,
  type Place,
  placeNamed,
  type Vocabulary,
} from "../../../aggregations/explain/vocabulary.js";
import { insuranceOfFund } from "../../../aggregations/streams/record.js";
import { nearest } from "../../../connectors/config/problems.js";
import type { Config } from "../../../schemas/config/schema.js";
import { ALL_INSURANCES, DIMENSIONS, type Dimension, groupingParts } from "../../../schemas/dimensions.js";
import { FUND_INDICATORS } from "../../../schemas/indicators.js";
import { type CategoryLine, WHOLE } from "../../../schemas/labels.js";
import { type FigureText, TagProblem, type ValueText } from "./grammar.js";
import type { GivenFigure, Quantity, Ref, Where } from "./quantity.js";

/** What figures can be named, beyond what the product computes everywhere. */
export interface Catalogue {
  readonly config: Config;
  readonly vocabulary: Vocabulary;
  /** Care of each category. */
  readonly caresOf: ReadonlyMap<string, readonly string[]>;
  /** Codes of the jurisdiction's facilities by kind. */
  readonly facilitiesOf: ReadonlyMap<string, readonly string[]>;
  /** Indicators that other offices report under names of their own, with their units. */
  readonly reported: ReadonlyMap<string, string>;
}

/** What a loop is at, and what a tag's values mean: by dimension. */
export type Context = Meaning;

/** A reading of a tag: its dimensions, and those that only a fact has. */
interface Reading {
  readonly formula: Formula;
  readonly meaning: Meaning;
  readonly other: Readonly<Record<string, string>>;
}

/**
 * The figure that a tag names.
 * @throws TagProblem where a name is unknown, where nothing stands in that grouping, and where two readings fit.
 */
export function resolveFigure(text: FigureText, context: Context, catalogue: Catalogue): Quantity {
  const formulas = formulasOf(text.indicator, catalogue);
  const readings = readValues(text.values, catalogue);
  const problems: string[] = [];
  const found: { reading: Reading; quantity: Quantity }[] = [];
  for (const formula of formulas) {
    // The first preference that fits is what is meant: 居民 is the insurance before it is a kind of person.
    for (const tier of [0, 1]) {
      const fitting = readings
        .filter((r) => r.tier === tier)
        .flatMap(({ meaning, other }) => {
          const reading = { formula, meaning: { ...onlyOf(formula, context, meaning), ...meaning }, other };
          try {
            return [{ reading, quantity: quantityOf(reading, catalogue) }];
          } catch (error) {
            if (!(error instanceof TagProblem)) throw error;
            problems.push(error.message);
            return [];
          }
        });
      found.push(...fitting);
      if (fitting.length > 0) break;
    }
    // A name that settlements and the books share is the settlements' wherever it fits there.
    if (found.length > 0) break;
  }
  if (found.length === 1) return found[0]!.quantity;
  if (found.length > 1) {
    const list = found.map((f) => `{${writeFigure(text.indicator, f.reading)}}`).join(" or ");
    throw new TagProblem(`it can be read as ${list}: name the dimension`);
  }
  throw new TagProblem(problems[0] ?? "it has no reading");
}

function formulasOf(name: string, catalogue: Catalogue): readonly Formula[] {
  const known = indicatorsNamed(name);
  if (known.length > 0) return known;
  const unit = catalogue.reported.get(name);
  if (unit !== undefined) return [factFormula(name, unit)];
  const near = nearest(name, [...catalogue.reported.keys(), ...INDICATOR_WORDS]);
  throw new TagProblem(`there is no indicator "${name}"${near === null ? "" : `; near it is ${near}`}`);
}

/** Dimensions of the loop around a tag that its figure can vary by and that it does not name itself. */
function onlyOf(formula: Formula, context: Context, own: Meaning): Meaning {
  // The whole is the same at every member.
  if (own.line?.[0] === WHOLE) return {};
  const allowed: readonly string[] = [...FAMILY_DIMENSIONS[formula.family], "insurance", "line", "kind"];
  return Object.fromEntries(Object.entries(context).filter(([d]) => !(d in own) && allowed.includes(d)));
}

/** Every combination of what the values can mean, the unlikely ones in tier 1. */
export function readValues(
  values: readonly ValueText[],
  { vocabulary }: Pick<Catalogue, "vocabulary">,
): { meaning: Meaning; other: Record<string, string>; tier: 0 | 1 }[] {
  let readings: { meaning: Meaning; other: Record<string, string>; tier: 0 | 1 }[] = [
    { meaning: {}, other: {}, tier: 0 },
  ];
  for (const value of values) {
    const options = optionsOf(value, vocabulary);
    readings = readings.flatMap((r) =>
      options.flatMap(({ meaning, other, tier }) =>
        Object.keys(meaning).some(
          (d) => d in r.meaning && !same(r.meaning[d as Place]!, meaning[d as Place]!),
        )
          ? []
          : [
              {
                meaning: { ...r.meaning, ...meaning },
                other: { ...r.other, ...other },
                tier: (r.tier || tier) as 0 | 1,
              },
            ],
      ),
    );
  }
  if (readings.length === 0) throw new TagProblem("two of its values are of the same dimension");
  return readings;
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.join("\n") === b.join("\n");

function optionsOf(
  { dimension, values }: ValueText,
  vocabulary: Vocabulary,
): { meaning: Meaning; other: Record<string, string>; tier: 0 | 1 }[] {
  if (dimension !== null) {
    const place = placeNamed(dimension);
    if (place === null) return [{ meaning: {}, other: { [dimension]: values.join("+") }, tier: 0 }];
    const named = values.flatMap((v) => {
      const codes = vocabulary.valuesOf(place, v);
      if (codes === null) throw new TagProblem(unknown(v, vocabulary.words(place), dimension));
      return codes;
    });
    return [{ meaning: { [place]: named }, other: {}, tier: 0 }];
  }
  const all = values.map((v) => vocabulary.meanings(v));
  const missing = values.find((_, i) => all[i]!.length === 0);
  if (missing !== undefined) throw new TagProblem(unknown(missing, vocabulary.words()));
  // Values that are added up are of one dimension.
  const options = all.reduce<readonly Meaning[]>(
    (sofar, next) => sofar.flatMap((a) => next.flatMap((b) => joined(a, b))),
    [{}],
  );
  const insurance = options.some((m) => "insurance" in m);
  return options.map((meaning) => ({
    meaning,
    other: {},
    tier: insurance && !("insurance" in meaning) ? 1 : 0,
  }));
}

function joined(a: Meaning, b: Meaning): Meaning[] {
  if (Object.keys(a).length === 0) return [b];
  const [x, y] = [Object.keys(a).sort().join(), Object.keys(b).sort().join()];
  if (x !== y) return [];
  const merged = Object.keys(a).map((d) => [d, [...new Set([...a[d as Place]!, ...b[d as Place]!])]]);
  return [Object.fromEntries(merged) as Meaning];
}

function unknown(word: string, words: readonly string[], dimension?: string): string {
  const near = nearest(word, words);
  const what = dimension === undefined ? `nobody knows "${word}"` : `${dimension} has no "${word}"`;
  return `${what}${near === null ? "" : `; near it is ${near}`}`;
}

/** @throws TagProblem where the figure does not stand in such a grouping. */
function quantityOf(reading: Reading, catalogue: Catalogue): Quantity {
  const { formula } = reading;
  if (formula.family !== "settlement") return givenQuantity(reading);
  if (Object.keys(reading.other).length > 0) {
    throw new TagProblem(
      `${formula.indicator.name} has no dimension ${Object.keys(reading.other).join(", ")}`,
    );
  }
  const { numerator, denominator, name, unit } = formula.indicator;
  const meaning: Meaning =
    name === "hospitalization_rate" && !("line" in reading.meaning)
      ? { ...reading.meaning, care: ["inpatient"] }
      : reading.meaning;
  const base = denominator === null ? null : baseOf(denominator);
  if (base !== null) {
    return {
      formula,
      unit,
      numerator: cellSum(numerator, meaning, catalogue),
      denominator: cellSum(base.measure, baseMeaning(meaning, base.level), catalogue),
    };
  }
  // Both sides stand in the same grouping, the one that has persons where either side needs them.
  const persons = numerator === "persons" || denominator === "persons";
  return {
    formula,
    unit,
    numerator: cellSum(numerator, meaning, catalogue, persons),
    denominator: denominator === null ? null : cellSum(denominator, meaning, catalogue, persons),
  };
}

/** The row that a share stands over. */
export function baseMeaning(meaning: Meaning, level: "total" | "care" | "category"): Meaning {
  const { insurance, care, category, line } = meaning;
  const own: Meaning = { ...(insurance ? { insurance } : {}) };
  if (level === "total") return own;
  if (level === "care") {
    if (care) return { ...own, care };
    if (line) return { ...own, care: [line[0] === "inpatient" ? "inpatient" : "outpatient"] };
    throw new TagProblem("its share of the care needs the care: 住院 or 门诊");
  }
  if (category) return { ...own, ...(care ? { care } : {}), category };
  if (line) return { ...own, line };
  throw new TagProblem("its share of the category needs the category");
}

export function cellSum(
  measure: string,
  meaning: Meaning,
  catalogue: Catalogue,
  withPersons = measure === "persons",
): Ref {
  const { insurance = [ALL_INSURANCES], line, kind, ...dimensions } = meaning;
  if (line?.[0] === WHOLE) return wholeStructure(measure, meaning, catalogue);
  if (insurance.length > 1) throw new TagProblem("figures are of one insurance, or of all");
  const where: Partial<Record<Dimension, readonly string[]>> = { ...dimensions };
  if (line) Object.assign(where, lineWhere(line[0] as CategoryLine, where, catalogue.config));
  if (kind) {
    if (where.facility) throw new TagProblem("a facility is of one kind; name the kind or the facility");
    where.facility = kind.flatMap((k) => catalogue.facilitiesOf.get(k) ?? []);
  }
  if (where.category && !where.care) {
    const cares = new Set(where.category.flatMap((c) => catalogue.caresOf.get(c) ?? []));
    if (cares.size === 1) where.care = [...cares];
  }
  const grouping = groupingFor(where, withPersons, catalogue.config);
  return { kind: "cells", measure, insurance: insurance[0]!, grouping, where };
}

/** The whole of the structural table: settlements, and the lines that only the books know. */
function wholeStructure(measure: string, meaning: Meaning, catalogue: Catalogue): Ref {
  const { line: _, ...rest } = meaning;
  const cells = cellSum(measure, rest, catalogue);
  if (cells.kind !== "cells" || cells.grouping !== "total") {
    throw new TagProblem("报表合计 is the whole of an insurance, without other dimensions");
  }
  if (measure !== "benefit_paid") return cells;
  const booked = catalogue.config.report.booked.map(
    ({ subject }): GivenFigure => ({
      kind: "given",
      indicator: "expense",
      insurance: cells.insurance,
      grouping: "subject",
      where: { subject: [subject] },
      other: {},
    }),
  );
  return { kind: "together", cells, booked };
}

/** What a line of the printed tables covers, as the tables themselves take it. */
function lineWhere(line: CategoryLine, where: Where, config: Config): Where {
  const categories = config.report.categories[line];
  if (where.category) throw new TagProblem("a line of the printed tables is of certain categories already");
  if (categories.length > 0) return { category: categories };
  return { care: [line === "inpatient" ? "inpatient" : "outpatient"] };
}

/** The smallest grouping with these dimensions; what it has besides is summed over. */
function groupingFor(where: Where, withPersons: boolean, config: Config): string {
  const wanted = DIMENSIONS.filter((d) => where[d] !== undefined);
  const own = wanted.join("+") || "total";
  const groupings = withPersons ? config.personGroupings : config.groupings;
  if (groupings.includes(own)) return own;
  const fitting = groupings
    .map((g) => ({ g, parts: groupingParts(g) }))
    .filter(({ parts }) => wanted.every((d) => parts.includes(d)))
    // Inbound people stand only where the flow does; people cannot be added up.
    .filter(({ parts }) => wanted.includes("flow") || !parts.includes("flow"))
    .filter(() => !withPersons)
    .sort((a, b) => a.parts.length - b.parts.length);
  if (fitting.length > 0) return fitting[0]!.g;
  throw new TagProblem(
    `no figure${withPersons ? " of persons" : ""} stands by ${own}; groupings are ${groupings.join(", ")}`,
  );
}

function givenQuantity({ formula, meaning, other }: Reading): Quantity {
  const { insurance, line, kind, ...dimensions } = meaning;
  const allowed: readonly string[] = FAMILY_DIMENSIONS[formula.family];
  const wrong = [
    ...Object.keys(dimensions).filter((d) => !allowed.includes(d)),
    ...(line ? ["line"] : []),
    ...(kind && formula.family !== "fact" ? ["kind"] : []),
    ...(formula.family === "fact" ? [] : Object.keys(other)),
  ];
  const { name, unit } = formula.indicator;
  if (wrong.length > 0) throw new TagProblem(`${name} has no dimension ${wrong.join(", ")}`);
  const fund = meaning.fund?.[0];
  const own =
    insurance?.[0] ??
    (formula.family === "fund" && fund !== undefined ? insuranceOfFund(fund) : ALL_INSURANCES);
  const more = { ...other, ...(kind ? { kind: kind[0]! } : {}) };
  const grouping =
    [
      ...DIMENSIONS.filter((d) => dimensions[d] !== undefined),
      ...(Object.keys(more).length > 0 ? ["other"] : []),
    ].join("+") || "total";
  return {
    formula,
    unit,
    numerator: { kind: "given", indicator: name, insurance: own, grouping, where: dimensions, other: more },
    denominator: null,
  };
}

/** A reading as a tag that says which dimension each value is of. */
function writeFigure(indicator: string, { meaning, other }: Reading): string {
  const values = [...Object.entries(meaning), ...Object.entries(other).map(([k, v]) => [k, [v]] as const)];
  return [indicator, ...values.map(([d, v]) => `${d}=${(v as readonly string[]).join("+")}`)].join("|");
}

/** `budget_income` of `income`, `budget_expense` of `expense`. */
export function budgetOf(text: FigureText): FigureText {
  const [formula] = indicatorsNamed(text.indicator).filter((f) => f.family === "fund");
  const budget = FUND_INDICATORS.find((i) => i.name === `budget_${formula?.indicator.name}`);
  if (budget === undefined) throw new TagProblem(`"${text.indicator}" has no budget; 收入 and 支出 have one`);
  return { ...text, indicator: budget.name };
}

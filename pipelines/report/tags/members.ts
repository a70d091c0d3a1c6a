import { type Meaning, type Place, placeNamed } from "../../../aggregations/explain/vocabulary.js";
import { COMPOSITE } from "../../../aggregations/streams/fund.js";
import { DIMENSIONS, type Dimension, SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { facilityKindLabels, type Label, REGION_LINES, TIER_LABELS } from "../../../schemas/labels.js";
import type { FullCatalogue } from "./catalogue.js";
import type { Figures } from "./figures.js";
import { TagProblem, type ValueText } from "./grammar.js";
import type { Ref } from "./quantity.js";
import { type Context, cellSum, readValues } from "./resolve.js";

/** One member of a dimension that a loop goes through. */
export interface Member {
  readonly label: string;
  readonly meaning: Meaning;
}

/** A loop that has been understood: which figures say who its members are. */
export interface Loop {
  readonly place: Place;
  readonly meaning: Meaning;
  /** Figures that a member has to stand in; null where the members are all that are known. */
  readonly ref: Ref | null;
}

const SETTLED: readonly string[] = SETTLEMENT_DIMENSIONS;

/** @throws TagProblem where the dimension or a value is unknown. */
export function resolveLoop(
  dimension: string,
  values: readonly ValueText[],
  context: Context,
  catalogue: FullCatalogue,
): Loop {
  const place = placeNamed(dimension);
  if (place === null) throw new TagProblem(`there is no dimension "${dimension}"`);
  const readings = readValues(values, catalogue).filter((r) => r.tier === 0);
  if (readings.length !== 1) throw new TagProblem("its values have several readings: name their dimensions");
  const meaning: Meaning = { ...context, ...readings[0]!.meaning };
  if (place === "line" || place === "insurance") return { place, meaning, ref: null };
  if (place === "kind") {
    const { region: _, kind: __, ...rest } = meaning;
    const ref = cellSum("visits", { ...rest, facility: ANY }, catalogue);
    return { place, meaning, ref: anyOf(ref, "facility", undefined) };
  }
  if (!SETTLED.includes(place)) {
    const { insurance = ["all"], line: _, kind: __, ...where } = meaning;
    const indicator = place === "fund" || place === "subject" ? "expense" : "enrolled";
    const own = { ...where, [place]: undefined };
    const grouping = DIMENSIONS.filter((d) => d === place || where[d] !== undefined).join("+");
    return {
      place,
      meaning,
      ref: { kind: "given", indicator, insurance: insurance[0]!, grouping, where: own, other: {} },
    };
  }
  const { region: _, ...rest } = meaning;
  const asked: Meaning = place === "facility" && atHome(meaning, catalogue) ? rest : meaning;
  const ref = cellSum("visits", { ...asked, [place]: asked[place as Dimension] ?? ANY }, catalogue);
  return { place, meaning, ref: anyOf(ref, place as Dimension, asked[place as Dimension]) };
}

/** Of facilities 县内 (of a city 市内) says where they are, not where the stays were. */
function atHome({ region }: Meaning, { config }: FullCatalogue): boolean {
  const [home] = REGION_LINES[config.jurisdiction.level];
  return region !== undefined && region.join() === home!.of.join();
}

/** Stands in for every value while the grouping is found. */
const ANY: readonly string[] = ["*"];

function anyOf(ref: Ref, place: Dimension, values: readonly string[] | undefined): Ref {
  if (ref.kind === "together") throw new TagProblem("报表合计 has no members");
  return { ...ref, where: { ...ref.where, [place]: values } };
}

/** The members of a loop in display order, named as the tables name them. */
export function membersOf(
  { place, meaning, ref }: Loop,
  figures: Figures,
  catalogue: FullCatalogue,
): Member[] {
  const { vocabulary, config } = catalogue;
  const member = (label: string, values: readonly string[]): Member => ({
    label,
    meaning: { [place]: values },
  });
  if (place === "kind" && ref !== null) {
    const facilities = figures.membersOf(ref, "facility");
    return facilityKindLabels(config.jurisdiction.level)
      .filter((l) => catalogue.facilitiesOf.get(l.value)?.some((f) => facilities.has(f)))
      .map((l) => member(l.zh, [l.value]));
  }
  if (ref === null) {
    const all = place === "insurance" ? vocabulary.names.insurances : [];
    return all.map((v) => member(vocabulary.label(place, v), [v]));
  }
  const found = figures.membersOf(ref, place as Dimension);
  // The composite fund is the sum of two that stand beside it.
  if (place === "fund") found.delete(COMPOSITE);
  if (place === "region") {
    return REGION_LINES[config.jurisdiction.level]
      .filter((l) => l.of.some((v) => found.has(v)))
      .map((l) => member(l.zh, l.of));
  }
  const listed = orderOf(place as Dimension, meaning, catalogue);
  const rest = [...found].filter((v) => !listed.some((l) => l.value === v)).sort();
  const inside = place === "facility" && atHome(meaning, catalogue);
  return [
    ...listed.filter((l) => found.has(l.value)).map((l) => member(l.zh, [l.value])),
    ...(inside ? [] : rest.map((v) => member(vocabulary.label(place, v), [v]))),
  ];
}

function orderOf(place: Dimension, meaning: Meaning, catalogue: FullCatalogue): readonly Label[] {
  const { names } = catalogue.vocabulary;
  const plain = (values: readonly string[]): Label[] => values.map((v) => ({ value: v, zh: v }));
  const label = (values: readonly string[]): Label[] =>
    values.map((value) => ({ value, zh: catalogue.vocabulary.label(place, value) }));
  switch (place) {
    case "facility":
      return atHome(meaning, catalogue) ? catalogue.inside : names.facilities;
    case "category":
      return plain(names.categories);
    case "care_group":
      return plain(names.careGroups);
    case "tier":
      return TIER_LABELS;
    case "fund":
      return label(names.occurring.fund ?? []);
    case "district":
    case "facility_district":
      return names.divisions;
    default:
      return label(catalogue.vocabulary.words(place).filter((w) => /^[a-z0-9_]+$/.test(w)));
  }
}

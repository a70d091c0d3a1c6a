import { DIMENSIONS } from "./dimensions.js";
import { FACT_INDICATORS } from "./fact-indicators.js";
import { type Worry, wordsOf } from "./indicator-words.js";
import { DIP_INDICATORS, ENROLMENT_INDICATORS, FUND_INDICATORS, INDICATORS } from "./indicators.js";
import {
  DIMENSION_LABELS,
  FACILITY_KIND_LABELS,
  FUND_LABELS,
  type Label,
  PERSON_GROUP_LABELS,
  SEX_LABELS,
  SUBJECT_LABELS,
} from "./labels.js";
import { VALUE_EN } from "./labels-en.js";

/** An indicator as the published catalogue names it. */
export interface CatalogueIndicator {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly unit: string;
  readonly formula: string;
  readonly family: "settlement" | "enrolment" | "fund" | "dip" | "fact";
  readonly worry: Worry;
}

const named = (
  family: CatalogueIndicator["family"],
  list: readonly { name: string; zh: string; unit: string; formula: string }[],
): CatalogueIndicator[] =>
  list.map(({ name, zh, unit, formula }) => ({ name, zh, unit, formula, family, ...wordsOf(name) }));

/** Every indicator that is named, in the order in which people are shown them. */
export const CATALOGUE_INDICATORS: readonly CatalogueIndicator[] = [
  ...named("settlement", INDICATORS),
  ...named("enrolment", ENROLMENT_INDICATORS),
  ...named("fund", FUND_INDICATORS),
  ...named("dip", DIP_INDICATORS),
  ...named("fact", FACT_INDICATORS),
];

/** A value of a dimension with its names. */
export interface CatalogueLabel {
  readonly dimension: string;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

const VALUES: Readonly<Record<string, readonly Label[]>> = {
  ...DIMENSION_LABELS,
  fund: FUND_LABELS,
  subject: SUBJECT_LABELS,
  person_group: PERSON_GROUP_LABELS,
  sex: SEX_LABELS,
  kind: FACILITY_KIND_LABELS,
};

/**
 * Names of the values that the specification lists (docs/specification.md#dimensions); those of a bureau's
 * own tables are not here.
 */
export const CATALOGUE_LABELS: readonly CatalogueLabel[] = ["insurance", ...DIMENSIONS, "kind"].flatMap(
  (dimension) =>
    (VALUES[dimension] ?? []).map(({ value, zh }) => ({
      dimension,
      code: value,
      zh,
      en: VALUE_EN[dimension]?.[value] ?? zh,
    })),
);

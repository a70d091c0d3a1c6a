/**
 * Dimensions of the published figures in the order of `grouping` names
 * (docs/specification.md#indicators-table).
 */
export const DIMENSIONS = [
  "care",
  "category",
  "region",
  "flow",
  "tier",
  "ownership",
  "care_group",
  "district",
  "facility_district",
  "channel",
  "person_kind",
  "facility",
  "fund",
  "subject",
  "person_group",
  "sex",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Dimensions that a settlement can be grouped by. */
export const SETTLEMENT_DIMENSIONS = [
  "care",
  "category",
  "region",
  "flow",
  "tier",
  "ownership",
  "care_group",
  "district",
  "facility_district",
  "channel",
  "person_kind",
  "facility",
] as const satisfies readonly Dimension[];
export type SettlementDimension = (typeof SETTLEMENT_DIMENSIONS)[number];

/** Names of a grouping's dimensions, in its order; `other` among them stands for those without a column. */
export const groupingParts = (grouping: string): string[] =>
  grouping === "total" ? [] : grouping.split("+");

/** Dimensions of a grouping of settlements, in its order. */
export const dimensionsOf = (grouping: string): SettlementDimension[] =>
  groupingParts(grouping) as SettlementDimension[];

/** What cannot be determined reads so, in every dimension. */
export const UNKNOWN = "unknown";

const withCare = (names: readonly string[]): string[] => ["total", "care", ...names.map((n) => `care+${n}`)];

/** Default groupings of settlements for month, quarter, half, year and ytd. */
export const DEFAULT_GROUPINGS: readonly string[] = withCare([
  "category",
  "region",
  "flow",
  "tier",
  "ownership",
  "care_group",
  "district",
  "facility_district",
  "channel",
  "person_kind",
  "facility",
  "category+region",
  "category+tier",
  "category+care_group",
  "category+district",
  "category+channel",
  "category+facility",
  "region+tier",
  "region+channel",
  "region+facility",
  "region+flow+channel",
  "tier+ownership",
  "ownership+care_group",
  "district+person_kind",
]);

/** Groupings in which exact distinct persons are kept. */
export const DEFAULT_PERSON_GROUPINGS: readonly string[] = withCare([
  "category",
  "region",
  "flow",
  "tier",
  "care_group",
  "district",
  "facility",
  "category+facility",
  "region+flow+channel",
]);

/** Groupings kept by day; `care+facility` for `periods.keepFacilityDays`, the others for `keepDays`. */
export const DEFAULT_DAY_GROUPINGS: readonly string[] = withCare([
  "category",
  "region",
  "tier",
  "district",
  "facility",
]);

/** Kinds of persons and channels that settlements can be told to be of. */
export const PERSON_KINDS = ["active", "retired", "veteran", "resident"] as const;
export const CHANNELS = ["manual", "direct"] as const;

export const INSURANCES = ["employee", "resident", "maternity"] as const;
export type Insurance = (typeof INSURANCES)[number];
/** Sum over all insurances. */
export const ALL_INSURANCES = "all";

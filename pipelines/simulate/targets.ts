/** What is chosen for every cell, integers: visits, days, persons, fen. */
export const CELL_MEASURES = [
  "visits",
  "heads",
  "bed_days",
  "fee",
  "in_scope",
  "pool",
  "critical",
  "large",
  "aid",
  "account",
  "aid_visits",
] as const;
export type CellMeasure = (typeof CELL_MEASURES)[number];
export type CellSums = Record<CellMeasure, number>;

/** Settlements that a printed report cannot tell apart more finely: the unit that totals are given to. */
export interface Cell {
  /** 0 this year, 1 the year before. */
  readonly year: 0 | 1;
  /** What it is: insurance, category, care, region, tier, channel, facility … Targets name some of them. */
  readonly tokens: ReadonlySet<string>;
  /** Plausible sums to start from; a measure with prior 0 stays 0. */
  readonly prior: CellSums;
}

/** Formula, where (tokens, all of them), this year, last year, difference, growth %, and the whole of a share. */
export type PrintedTarget = readonly [string, string, string, string, string, string, string?];

/** How a bureau writes a figure with fewer digits than it has. */
export type PrintRounding = "half-up" | "cut-off";

import type { TableSettings } from "../../schemas/config/report.js";
import type { CategoryLine } from "../../schemas/labels.js";
import type { DayNumber, Fen } from "../../schemas/units.js";
import {
  CELL_MEASURES,
  type Cell,
  type CellSums,
  type PrintedTarget,
  type PrintRounding,
} from "./targets.js";

/** A facility of a named profile, as in facilities.csv. */
export interface ProfileFacility {
  readonly code: string;
  readonly admdvs: string;
  readonly name: string;
  readonly hosp_lv: string;
  readonly ownership: string;
  readonly kind: string;
  /** Tokens by which cells choose their facilities: tier, region, id, group. */
  readonly tokens: readonly string[];
}

/** A line of the bureau's structure table, as in categories.csv. */
export interface ProfileCategory {
  /** Token of its cells. */
  readonly token: string;
  readonly med_type: string;
  readonly category: string;
  readonly care: string;
  readonly dise_no?: string;
  readonly insurance?: string;
  readonly parent?: string;
}

/** A line of a fund's books, as in stream `fund-entry`. */
export interface BookedFact {
  readonly fund: string;
  readonly kind: string;
  readonly subject: string;
  readonly fen: Fen;
  readonly book_date: string;
  readonly insurance?: string;
}

/** What one facility's cases of some months came to under DIP; spread over the months. */
export interface DipFact {
  /** Token of the facility. */
  readonly facility: string;
  readonly insurance: string;
  /** `2024-01` … */
  readonly months: readonly string[];
  readonly cases: number;
  /** By fee for service. */
  readonly ffs: Fen;
  readonly dip: Fen;
}

/** A figure that another office reports. */
export interface StatedFact {
  readonly indicator: string;
  readonly period: string;
  /** Day on which it was written, `2024-07-01`. */
  readonly stated: string;
  readonly value: string;
  readonly unit: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** A named profile: a real bureau's printed figures and a plausible world behind them. */
export interface NamedProfile {
  readonly name: string;
  readonly jurisdiction: { readonly name: string; readonly admdvs: string; readonly level: "county" };
  readonly timezone: string;
  /** Data days of this year and of the year before; last day included. */
  readonly spans: readonly [readonly [DayNumber, DayNumber], readonly [DayNumber, DayNumber] | null];
  readonly firstDay: string;
  readonly ratios: PrintRounding;
  readonly facilities: readonly ProfileFacility[];
  readonly categories: readonly ProfileCategory[];
  readonly divisions: readonly (readonly [string, string])[];
  readonly careGroups: readonly unknown[];
  readonly benefit: Readonly<Record<string, readonly string[]>>;
  readonly enrolment: readonly EnrolmentFact[];
  readonly booked: readonly BookedFact[];
  readonly dip: readonly DipFact[];
  readonly facts: readonly StatedFact[];
  /** What the bureau prints otherwise, by table (`report.tables` of the configuration). */
  readonly tables: Readonly<Record<string, Partial<TableSettings>>>;
  /** Categories that its tables cover, where not the usual ones (`report.categories`). */
  readonly covers: Readonly<Partial<Record<CategoryLine, readonly string[]>>>;
  readonly cells: readonly Cell[];
  readonly targets: readonly PrintedTarget[];
  /** Highest person number + 1 of each insurance. */
  readonly persons: Readonly<Record<string, number>>;
}

export interface EnrolmentFact {
  readonly as_of: string;
  readonly insurance: string;
  readonly group?: string;
  readonly persons: number;
  readonly paid_persons?: number;
  readonly target_persons?: number;
}

/** Rates of a guess at a cell, relative to visits or to the fee; what is absent is 0. */
export interface Guess {
  readonly visits: number;
  /** Yuan. */
  readonly avgFee: number;
  readonly days?: number;
  readonly visitsPerHead?: number;
  readonly inScope?: number;
  readonly pool?: number;
  readonly critical?: number;
  readonly large?: number;
  readonly aid?: number;
  readonly account?: number;
  /** Share of the visits that aid takes part in. */
  readonly aidVisits?: number;
}

export function cell(year: 0 | 1, tokens: string, g: Guess): Cell {
  const fee = g.visits * g.avgFee * 100;
  const prior = Object.fromEntries(CELL_MEASURES.map((m) => [m, 0])) as CellSums;
  prior.visits = g.visits;
  prior.heads = g.visits / (g.visitsPerHead ?? 1.12);
  prior.bed_days = g.visits * (g.days ?? 0);
  prior.fee = fee;
  prior.in_scope = fee * (g.inScope ?? 0);
  prior.pool = fee * (g.pool ?? 0);
  prior.critical = fee * (g.critical ?? 0);
  prior.large = fee * (g.large ?? 0);
  prior.aid = fee * (g.aid ?? 0);
  prior.account = fee * (g.account ?? 0);
  prior.aid_visits = g.visits * (g.aidVisits ?? 0);
  return { year, tokens: new Set(tokens.split(" ")), prior };
}

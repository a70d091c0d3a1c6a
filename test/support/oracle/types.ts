import type { Config } from "../../../schemas/config/schema.js";
import type { SettlementDimension } from "../../../schemas/dimensions.js";
import type { MeasureName } from "../../../schemas/measures.js";
import type { QuarantineReason } from "../../../schemas/quarantine.js";

/** A record as JSON carries it: field names of its stream, amounts as decimal text, times as text. */
export type Plain = Readonly<Record<string, string | number | null>>;

/** One record as delivered. The same place delivered again is the same record. */
export interface Arrival {
  readonly stream: "settlement" | "facility";
  readonly record: Plain;
  readonly source: string;
  readonly partition: string;
  readonly position: number;
}

/** A row of the effective category table. */
export interface OracleCategory {
  readonly med_type: string;
  readonly category: string;
  readonly care: string;
  readonly dise_no?: string;
  readonly insurance?: string;
  readonly parent?: string;
}

export interface RecountOptions {
  readonly config: Config;
  /** The clock at the end of the history, epoch ms. */
  readonly now: number;
  /** Rows of facilities.csv. */
  readonly facilities: readonly Plain[];
  readonly categories: readonly OracleCategory[];
  /**
   * Of two versions with the same key and `updt_time` but other content: the one with the greater canonical
   * form. Without it such a history is listed in `ambiguous`.
   */
  readonly greater?: (a: Arrival, b: Arrival) => Arrival;
  /** What to do in the corners of the rules. A corner without a reading is `ambiguous`. */
  readonly readings?: Readings;
  /** `month` leaves the sums of quarters, halves, years and ytd out (they are the sums of their months). */
  readonly sums?: "all" | "month";
}

/** Readings of corners that can be read in more than one way. */
export interface Readings {
  /**
   * A person insured elsewhere at a facility of which no division is known: counted everywhere like any
   * settlement that is not `inbound`, or only in groupings with flow, since it cannot be our fund's.
   */
  readonly insuredElsewhereTreatedUnknown?: "everywhere" | "with-flow";
  /** original-period: a refund that is out of the jurisdiction at its original's time counts at its own time. */
  readonly refundOutsideAtOriginalTime?: "own-time";
  /** The latest day, from which days are counted back: of its own time, or of the time that it counts at. */
  readonly latestDay?: "own" | "effective";
  /** `enddate` before `begndate`: one bed day, or `bad_value`. */
  readonly stayEndsBeforeItBegins?: "one-day" | "bad-value";
}

/** Measures of one group in one period: fen, visits, days. */
export type Sums = Record<MeasureName, number>;

/** Figures of one period, by group key (`groupKey`). */
export type Figures = Map<string, Sums>;

/** One current version with what was derived from it. */
export interface CurrentVersion {
  readonly arrival: Arrival;
  readonly settlement: Reading;
  readonly insurance: string;
  /** +1, −1 or 0. */
  readonly weight: number;
  /** Its money counts: `vali_flag` is 1. */
  readonly counts: boolean;
  /** The instant that decides period and facility version. */
  readonly effectiveTime: number;
  readonly dimensions: Readonly<Record<SettlementDimension, string>>;
  /** Own category first, then its parents. */
  readonly categories: readonly string[];
  readonly facilityKnown: boolean;
  /** Touches other people's funds: stands only in groupings that contain flow. */
  readonly onlyWithFlow: boolean;
  readonly sums: Sums;
}

export interface Recount {
  /** By `setl_id`. */
  readonly current: ReadonlyMap<string, CurrentVersion>;
  /** Period id (any kind but day) -> figures. */
  readonly months: ReadonlyMap<string, Figures>;
  /** Period id (any kind but day) -> group key -> distinct persons; never 0. */
  readonly persons: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Day `YYYY-MM-DD` -> figures, inside the windows counted back from `lastDay`. */
  readonly days: ReadonlyMap<string, Figures>;
  /** Latest day of a counted settlement; null before the first. */
  readonly lastDay: string | null;
  /** Position (`positionKey`) -> every reason that holds against the record. */
  readonly rejected: ReadonlyMap<string, ReadonlySet<QuarantineReason>>;
  /** Reason -> places at which it is the only one. */
  readonly quarantine: ReadonlyMap<QuarantineReason, ReadonlySet<string>>;
  /** `setl_id`s whose current version is held. */
  readonly currentHeld: ReadonlySet<string>;
  /** `setl_id`s of counted refunds of which no version of the original is known. */
  readonly orphanRefunds: ReadonlySet<string>;
  /** Facility codes behind counted settlements that no valid facility version explains. */
  readonly unmappedFacilities: ReadonlySet<string>;
  /** Corners in which the figures are open. Empty for nearly every history. */
  readonly ambiguous: readonly string[];
}

/** A settlement record read from its text: codes as text ("" absent), amounts in fen, times in ms. */
export interface Reading {
  readonly text: Readonly<Record<string, string>>;
  readonly setlTime: number;
  readonly updtTime: number;
  /** Day text, or null. */
  readonly begndate: string | null;
  readonly enddate: string | null;
  readonly iptDays: number | null;
  /** Fen; absent amounts are missing from the map. */
  readonly amounts: ReadonlyMap<string, number>;
}

export const positionKey = (a: { source: string; partition: string; position: number }): string =>
  JSON.stringify([a.source, a.partition, a.position]);

/** Insurance, grouping and the values of its dimensions in their order: the identity of a group. */
export const groupKey = (insurance: string, grouping: string, values: readonly string[]): string =>
  [insurance, grouping, ...values].join("|");

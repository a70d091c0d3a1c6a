import type { Change } from "../../aggregations/closing/change.js";
import type { ClosedRow } from "../../schemas/closed.js";
import type { FacilityReportingRow, PeriodQualityRow } from "../../schemas/completeness.js";
import type { Dimension } from "../../schemas/dimensions.js";
import type { Figure } from "../../schemas/figure.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { QuarantineReason } from "../../schemas/quarantine.js";
import type { DayNumber, EpochMs, MonthNumber } from "../../schemas/units.js";

import type { AlertsAndOutlook } from "./alerts.js";

export type { Figure } from "../../schemas/figure.js";

/** One group of settlements: an insurance (or `all`), a grouping and the values of its dimensions. */
export interface Group {
  /** Small integer, stable for the life of a state; equal groups have equal ids. */
  readonly groupId: number;
  readonly insurance: string;
  /** `total`, `care`, `care+category` … */
  readonly grouping: string;
  /** Values of the dimensions that vary; absent where the dimension is not in the grouping. */
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
}

/** Sums of groups: row i belongs to `groupIds[i]`; `sums[m][i]` is measure m of schemas/measures.ts (fen, visits, days). */
export interface GroupSums {
  readonly groupIds: Int32Array;
  readonly sums: readonly Float64Array[];
  /** Counted settlements behind each row: a group without any has no data. */
  readonly settlements: Float64Array;
}

/** Sums that are the same in each of some periods. */
export interface PeriodSums {
  readonly periods: readonly string[];
  readonly data: GroupSums;
}

/** Exact distinct persons of a period, by group. Groups that are not listed have none. */
export interface PersonCounts {
  /** Period id of any kind but `day`: `2024-03`, `2024Q1`, `2024H1`, `2024`, `2024YTD05`. */
  readonly period: string;
  readonly groupIds: Int32Array;
  readonly counts: Float64Array;
}

export interface FacilityRow {
  readonly facility: string;
  readonly name: string | null;
  readonly admdvs: string;
  readonly hosp_lv: string | null;
  readonly tier: string;
  readonly ownership: string | null;
  readonly kind: string | null;
  readonly parent_code: string | null;
  readonly valid_from: string | null;
  readonly valid_to: string | null;
  readonly display_order: number | null;
}

export interface CategoryRow {
  readonly med_type: string;
  readonly dise_no: string | null;
  readonly insurance: string | null;
  readonly category: string;
  readonly care: string;
  readonly parent: string | null;
  readonly display_order: number | null;
  /** `national` or `configured`. */
  readonly origin: string;
}

export interface DivisionRow {
  readonly admdvs: string;
  readonly name: string;
}

export interface BalanceRow {
  readonly source: string;
  readonly partition: string;
  readonly received: number;
  readonly applied: number;
  readonly duplicate: number;
  readonly held: number;
  readonly quarantined: number;
}

export interface QuarantineRow {
  readonly id: number;
  readonly source: string;
  readonly partition: string;
  readonly position: number;
  readonly stream: StreamName;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly first_seen: EpochMs;
  /** `waiting`, `resolved` or `dismissed`. */
  readonly status: string;
}

export interface WarningRow {
  /** e.g. `in_scope_above_fee`, `parts_differ`, `partial_refund`, `refund_beyond_original`. */
  readonly warning: string;
  readonly source: string;
  readonly partition: string;
  readonly position: number;
  readonly stream: StreamName;
  /** Key of the record (setl_id …), never a person. */
  readonly record_key: string;
  readonly detail: string;
}

export interface OrphanRefundRow {
  readonly setl_id: string;
  readonly init_setl_id: string;
  readonly setl_time: EpochMs;
  /** Yuan as decimal text. */
  readonly fee: string;
}

export interface UnmappedRow {
  /** `facility`, `category`, `psn_type`, `setl_type`, `hosp_lv`. */
  readonly kind: string;
  readonly code: string;
  readonly records: number;
  /** Yuan as decimal text. */
  readonly fee: string;
  readonly blocks_close: boolean;
}

/** When published figures were last recounted and compared, and what came of it. */
export interface Verified {
  readonly at: EpochMs;
  readonly version: number;
  readonly sequence: number;
  readonly figures: number;
  readonly differences: number;
  readonly hash: string;
}

/** Records of a source that were lost before they could be read, and that somebody accepted. */
export interface GapRow {
  readonly id: number;
  readonly source: string;
  readonly partition: string;
  /** `expired` (gone from the log), `recreated` (another log under the name). */
  readonly kind: string;
  /** Positions from, and up to, not including. */
  readonly from_next: number;
  readonly to_next: number;
  readonly accepted_at: EpochMs;
  readonly accepted_by: string;
  /** `open` or `dismissed`. */
  readonly status: string;
  readonly dismissed_at: EpochMs | null;
  readonly dismissed_by: string | null;
  readonly note: string | null;
}

/** One thing that was done to the state as a whole. */
export interface HistoryRow {
  readonly at: EpochMs;
  /** Version of the program that did it. */
  readonly program: string;
  /** `made`, `upgraded`, `restored` … */
  readonly kind: string;
  /** JSON. */
  readonly detail: string;
}

/** The state behind a published file. */
export interface StateOrigin {
  readonly program: string;
  readonly stateId: string;
  readonly history: readonly HistoryRow[];
}

export interface InputPosition {
  readonly source: string;
  readonly partition: string;
  readonly next: number;
}

/** A closed period with the whole numbers of its figures. */
export interface ClosedPeriod extends ClosedRow {
  readonly groupings: readonly string[];
  readonly personGroupings: readonly string[];
  /** Group of each row. */
  readonly groupIds: Int32Array;
  /** The rows' measures as columns, and their distinct persons (NaN where they were not counted); read when asked for. */
  load(): { readonly sums: readonly Float64Array[]; readonly persons: Float64Array };
}

/** A change in a closed month, with the groups that it counts in. */
export interface GroupedChange {
  readonly change: Change;
  readonly groupIds: Iterable<number>;
}

/**
 * One consistent snapshot of the state, holding only what changed since the last publish that succeeded.
 * With `full` everything is given and the working file is made anew. Months, days and counts of persons
 * that are given whole replace what was published, and whatever adds up such a month is added up anew; of other
 * periods only what changed is given.
 */
export interface PublishInput {
  readonly full: boolean;
  /** Commit sequence of the state at the snapshot; stored, so that a restart knows what is still to publish. */
  readonly sequence: number;
  /** Sequence of the snapshot that must be published for `sumChanges` to be right; with `full` of no meaning. */
  readonly since: number;
  readonly publishedAt: EpochMs;
  /** Latest `setl_time` applied; null before the first settlement. */
  readonly watermark: EpochMs | null;
  /** First and last day with an applied settlement; null before the first. */
  readonly firstDataDay: DayNumber | null;
  readonly lastDataDay: DayNumber | null;
  readonly inputPositions: readonly InputPosition[];
  /** The state that this is a snapshot of, and what was done to it. */
  readonly origin?: StateOrigin;
  /** The last recount of everything; absent when there was none. */
  readonly verified?: Verified;
  /** Alerts and outlook; absent: their tables stay as they are. */
  readonly foresight?: AlertsAndOutlook;
  /** Groups never published before; groups are never withdrawn. */
  readonly newGroups: readonly Group[];
  /** Month sums that replace the published ones, whole months. */
  readonly months: readonly { readonly month: MonthNumber; readonly data: GroupSums }[];
  /** Sums of periods that add up months all of which are given whole. */
  readonly addedUp?: readonly PeriodSums[];
  /** Person counts that replace the published ones, whole periods. */
  readonly persons: readonly PersonCounts[];
  /** Day sums that replace the published ones, whole days. */
  readonly days: readonly { readonly day: DayNumber; readonly data: GroupSums }[];
  /** Periods closed since the last publish, and what changed in closed ones. */
  readonly closed?: readonly ClosedPeriod[];
  readonly changes?: readonly GroupedChange[];
  /** The new version is above this one, also where every published file was lost. */
  readonly versionFloor?: number;
  /** What sums of published periods of any kind have more than before; none of a period given whole. */
  readonly sumChanges: readonly PeriodSums[];
  /** Person counts of groups of published periods that replace theirs alone, 0 included. */
  readonly personChanges: readonly PersonCounts[];
  /** Whole tables, given when they changed (always with `full`). */
  readonly figures?: readonly Figure[];
  /** Given: `figures` holds all those of these periods alone, and replaces them. */
  readonly figurePeriods?: readonly string[];
  readonly facilities?: readonly FacilityRow[];
  readonly categories?: readonly CategoryRow[];
  readonly divisions?: readonly DivisionRow[];
  readonly balance?: readonly BalanceRow[];
  readonly quarantine?: readonly QuarantineRow[];
  readonly warnings?: readonly WarningRow[];
  readonly orphanRefunds?: readonly OrphanRefundRow[];
  /** Given for a table: its rows are all those of these keys alone, and replace them. */
  readonly changedKeys?: Readonly<Partial<Record<KeyedTable, readonly string[]>>>;
  readonly unmapped?: readonly UnmappedRow[];
  readonly gaps?: readonly GapRow[];
  readonly facilityReporting?: readonly FacilityReportingRow[];
  readonly periodQuality?: readonly PeriodQualityRow[];
}

/** Tables of which changed rows alone can be given, and the column that tells their rows. */
export const KEYED_TABLES = { quarantine: "id", warnings: "record_key", orphanRefunds: "setl_id" } as const;
export type KeyedTable = keyof typeof KEYED_TABLES;

/** First and last day with data. */
export interface DataSpan {
  readonly firstDay: DayNumber;
  readonly lastDay: DayNumber;
}

/** What the last successful publish left in the working file; null when there is none or it is damaged. */
export interface PublishedState {
  readonly sequence: number;
  readonly version: number;
  /** Of the data that it shows; null where it shows no settlement. */
  readonly span: DataSpan | null;
  /** Identity of the state it was made from: another state means `full`. */
  readonly stateId: string;
}

/** Writes the published database. Derived from the state: it may be deleted and is made again. */
export interface Publisher {
  /** Opens or makes the working file. */
  open(stateId: string): Promise<PublishedState | null>;
  /** Begins, beside what the program does meanwhile, what would take long in the first publish. */
  prepare(): void;
  /** Atomically replaces the published file. Returns the new version. Readers never meet an error. */
  publish(input: PublishInput): Promise<number>;
  /**
   * Puts the published file back where it is not the one that was put there (deleted, overwritten, or never put
   * there because the disk was full): true when it had to. Readers' open files stay what they are.
   */
  restore?(): Promise<boolean>;
  close(): Promise<void>;
}

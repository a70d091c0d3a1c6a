import type { EpochMs } from "./units.js";

/** How far a facility's settlements have come; rules in aggregations/completeness.ts. */
export interface FacilityReportingRow {
  readonly facility: string;
  /** Latest `setl_time`. */
  readonly latest: EpochMs;
  /** Days from its latest settlement to the watermark. */
  readonly lag_days: number;
  /** Days from one settlement day to the next that are usual for it; null without a habit. */
  readonly usual_gap: number | null;
  /** `current`, `lagging`, `occasional` or `gone`. */
  readonly standing: string;
  /** Month of the watermark and the one before: `2024-03`. */
  readonly month: string;
  readonly last_month: string;
  /** Days with a settlement in them. */
  readonly days_this_month: number;
  readonly days_last_month: number;
}

/** Whether a period can be closed, and what speaks against it. */
export interface PeriodQualityRow {
  readonly period: string;
  /** The watermark has come to the period's last day. */
  readonly over: boolean;
  readonly facilities_expected: number;
  readonly facilities_reached: number;
  readonly facilities_lagging: number;
  /** Waiting records of the period. */
  readonly quarantined: number;
  /** Waiting records of which nobody can tell the period. */
  readonly quarantined_undated: number;
  readonly unmapped: number;
  readonly closed: boolean;
  readonly may_close: boolean;
  /** In Chinese; null when nothing speaks against a close. */
  readonly why_not: string | null;
}
